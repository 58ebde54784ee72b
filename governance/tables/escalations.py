"""Registers of escalations."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from pmo_portal.common.registers import Column, Register

_COLUMNS = (
    Column("reference", _("ID"), sort=("number",)),
    Column("title", _("What is needed"), sort=("title",)),
    Column("severity", _("Severity"), lambda row: row.get_severity_display(), sort=("severity",)),
    Column(
        "raised_by", _("Raised by"), lambda row: row.get_raised_by_display(), sort=("raised_by",)
    ),
    Column("raised_on", _("Raised"), "effective_on", sort=("effective_on",)),
    Column("view", _("View of the other side"), lambda row: row.view or _("Not provided")),
    Column("status", _("State"), lambda row: row.get_status_display(), sort=("status",)),
    Column("view_due_on", _("View needed by"), on_page=False),
    Column("view_on", _("View given"), on_page=False),
    Column("outcome", _("Outcome"), on_page=False),
    Column("closed_on", _("Closed"), on_page=False),
)

ESCALATIONS = Register("escalations", _COLUMNS, default_sort="-severity")
ESCALATIONS_OF_ALL = Register(
    "escalations-all-programmes",
    (
        _COLUMNS[0],
        Column("programme", _("Programme"), "programme.code", sort=("programme__code",)),
        *_COLUMNS[1:],
    ),
    default_sort="-severity",
)
