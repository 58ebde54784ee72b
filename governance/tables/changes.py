"""Registers of change requests."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _now, gettext_lazy as _

from pmo_portal.common.registers import Column, Register

from ..choices import Voice
from ..models import ChangeRequest


def _cost(row: ChangeRequest) -> float | None:
    """In the units of the currency, as files hold amounts."""
    cost = row.delivery_impact.cost
    return None if cost is None else cost / 100


def _signed(function: str) -> Any:
    def name(row: ChangeRequest) -> str:
        found = row.signed.get(function)
        if found is None:
            return ""
        word = _now("rejected") if found.is_rejection else _now("approved")
        return f"{found.person.name}, {word}"

    return name


def _waits_for(row: ChangeRequest) -> str:
    return ", ".join(str(Voice(each).label) for each in row.waits_for)


_COLUMNS = (
    Column("reference", _("ID"), sort=("number",)),
    Column("title", _("What shall change"), sort=("title",)),
    Column("raised_on", _("Raised"), "effective_on", sort=("effective_on",)),
    Column("needed_by", _("Needed by"), sort=("needed_by",)),
    Column(
        "days", _("Days"), "delivery_impact.days", sort=("delivery_impact__days",), numeric=True
    ),
    Column("cost", _("Cost"), _cost, sort=("delivery_impact__cost",), numeric=True),
    Column(
        "units",
        _("Units hit"),
        lambda row: ", ".join(row.people_impact.unit_codes),
    ),
    Column("status", _("State"), lambda row: row.get_status_display(), sort=("status",)),
    Column("waits_for", _("Waits for"), _waits_for),
    Column("kinds", _("Touches"), "kind_words", on_page=False),
    Column("decided_on", _("Decided"), sort=("decided_on",), on_page=False),
    Column(
        "raised_by",
        _("Raised by"),
        lambda row: row.get_raised_by_display(),
        sort=("raised_by",),
        on_page=False,
    ),
    Column("raised_person", _("Raised by (person)"), "raised_person.name", on_page=False),
    Column("what", _("What changes"), on_page=False),
    Column("why", _("Why"), on_page=False),
    Column("milestones", _("Milestones"), lambda row: ", ".join(row.milestone_refs), on_page=False),
    Column("scope", _("Scope"), "delivery_impact.scope", on_page=False),
    Column("quality", _("Quality"), "delivery_impact.quality", on_page=False),
    Column("benefit", _("Benefit"), "delivery_impact.benefit", on_page=False),
    Column(
        "nothing_delivery",
        _("Nothing for delivery, because"),
        "delivery_impact.nothing_because",
        on_page=False,
    ),
    Column("hours", _("Hours of people"), "people_impact.hours", on_page=False),
    Column(
        "severity",
        _("How much it means to them"),
        lambda row: row.people_impact.get_severity_display(),
        on_page=False,
    ),
    Column("words", _("What it means for people"), "people_impact.words", on_page=False),
    Column("training", _("Training"), "people_impact.training", on_page=False),
    Column("communications", _("Communications"), "people_impact.communications", on_page=False),
    Column(
        "nothing_people",
        _("Nothing for people, because"),
        "people_impact.nothing_because",
        on_page=False,
    ),
    Column("signed_delivery", _("Signed for delivery"), _signed("delivery"), on_page=False),
    Column("signed_change", _("Signed for adoption"), _signed("change"), on_page=False),
    Column("baseline", _("Baseline kept"), "baseline.name", on_page=False),
    Column("closed_on", _("Closed"), sort=("closed_on",), on_page=False),
    Column("outcome", _("What came of it"), on_page=False),
)

CHANGES = Register("change-requests", _COLUMNS, default_sort="-raised_on")
CHANGES_OF_ALL = Register(
    "change-requests-all-programmes",
    (
        _COLUMNS[0],
        Column("programme", _("Programme"), "programme.code", sort=("programme__code",)),
        *_COLUMNS[1:],
    ),
    default_sort="-raised_on",
)
