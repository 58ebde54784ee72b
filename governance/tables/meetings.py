"""Registers of meetings and of what is on their agendas."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from pmo_portal.common.registers import Column, Register

from ..models import MeetingItem


def _subject(row: MeetingItem) -> str:
    return row.subject.reference if row.subject else ""


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
    Column("time", _("Minutes: delivery, adoption"), _minutes, numeric=True),
    Column("status", _("State"), lambda row: row.get_status_display(), sort=("status",)),
    Column(
        "chair_function",
        _("Chaired for"),
        lambda row: row.get_chair_function_display(),
        on_page=False,
    ),
    Column("delivery_present", _("Delivery present"), on_page=False, numeric=True),
    Column("change_present", _("Adoption present"), on_page=False, numeric=True),
    Column("delivery_minutes", _("Minutes of delivery"), on_page=False, numeric=True),
    Column("change_minutes", _("Minutes of adoption"), on_page=False, numeric=True),
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

_ITEM = (
    Column("reference", _("ID"), sort=("number",)),
    Column("title", _("What"), sort=("title",)),
    Column("held_on", _("Meeting"), "meeting.held_on", sort=("meeting__held_on", "position")),
    Column("group", _("Group"), "meeting.group.name", sort=("meeting__group__name",)),
    Column("side", _("Whose item"), lambda row: row.get_side_display(), sort=("side",)),
    Column("minutes", _("Minutes"), sort=("minutes",), numeric=True),
    Column("outcome", _("Outcome"), lambda row: row.get_outcome_display(), sort=("outcome",)),
    Column("subject", _("About"), _subject),
    Column("why", _("Why it is here"), on_page=False),
    Column("note", _("What was said"), on_page=False),
    Column("carried_from", _("Carried from"), "carried_from.reference", on_page=False),
    Column("meeting", _("ID of the meeting"), "meeting.reference", on_page=False),
    Column(
        "status",
        _("State of the meeting"),
        lambda row: row.meeting.get_status_display(),
        on_page=False,
    ),
)

ITEMS = Register("agenda-items", _ITEM, default_sort="-held_on")
ITEMS_OF_ALL = Register(
    "agenda-items-all-programmes",
    (
        *_ITEM[:2],
        Column(
            "programme",
            _("Programme"),
            "meeting.programme.code",
            sort=("meeting__programme__code",),
        ),
        *_ITEM[2:],
    ),
    default_sort="-held_on",
)
