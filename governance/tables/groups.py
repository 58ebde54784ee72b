"""Registers of seats in steering groups."""

from __future__ import annotations

from django.utils.translation import gettext as _now, gettext_lazy as _

from pmo_portal.common.registers import Column, Register

_COLUMNS = (
    Column("person", _("Person"), "person.name", sort=("person__name",)),
    Column("group", _("Group"), "group.name", sort=("group__name",)),
    Column("function", _("Speaks for"), lambda row: row.get_function_display(), sort=("function",)),
    Column(
        "is_voting",
        _("Votes"),
        lambda row: _now("Yes") if row.is_voting else _now("No"),
        sort=("is_voting",),
    ),
    Column(
        "is_chair",
        _("Chairs now"),
        lambda row: _now("Yes") if row.is_chair and row.deleted_at is None else _now("No"),
        sort=("is_chair",),
    ),
    Column("created_at", _("Since"), sort=("created_at",)),
    Column("deleted_at", _("Until"), sort=("deleted_at",)),
    Column("job_title", _("Job title"), "person.job_title", on_page=False),
    Column("reference", _("ID of the group"), "group.reference", on_page=False),
)

SEATS = Register("seats", _COLUMNS, default_sort="group")
SEATS_OF_ALL = Register(
    "seats-all-programmes",
    (
        _COLUMNS[0],
        Column(
            "programme", _("Programme"), "group.programme.code", sort=("group__programme__code",)
        ),
        *_COLUMNS[1:],
    ),
    default_sort="person",
)
