"""Registers of meetings."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from pmo_portal.common.registers import Column, Register


def _seen(row: object) -> str:
    return f"{row.delivery_present} + {row.change_present}"  # type: ignore[attr-defined]


def _minutes(row: object) -> str:
    return f"{row.delivery_minutes} : {row.change_minutes}"  # type: ignore[attr-defined]


_COLUMNS = (
    Column("reference", _("ID"), sort=("number",)),
    Column("held_on", _("Date"), sort=("held_on",)),
    Column("group", _("Group"), "group.name", sort=("group__name",)),
    Column("chair", _("Chair"), "chair.name", sort=("chair__name",)),
    Column("present", _("Voting members present"), _seen, numeric=True),
    Column("time", _("Minutes: delivery, change"), _minutes, numeric=True),
    Column("status", _("State"), lambda row: row.get_status_display(), sort=("status",)),
    Column(
        "chair_function",
        _("Chaired for"),
        lambda row: row.get_chair_function_display(),
        on_page=False,
    ),
    Column("delivery_present", _("Delivery present"), on_page=False, numeric=True),
    Column("change_present", _("Change present"), on_page=False, numeric=True),
    Column("delivery_minutes", _("Minutes of delivery"), on_page=False, numeric=True),
    Column("change_minutes", _("Minutes of change"), on_page=False, numeric=True),
    Column("topics", _("Agenda items"), on_page=False, numeric=True),
    Column("starts_at", _("Starts at"), on_page=False),
    Column("place", _("Place"), on_page=False),
    Column("approved_on", _("Approved"), on_page=False),
    Column("approved_by", _("Approved by"), "approved_by.name", on_page=False),
)


MEETINGS = Register("meetings", _COLUMNS, default_sort="-held_on")
MEETINGS_OF_ALL = Register(
    "meetings-all-programmes",
    (
        _COLUMNS[0],
        Column("programme", _("Programme"), "programme.code", sort=("programme__code",)),
        *_COLUMNS[1:],
    ),
    default_sort="-held_on",
)
