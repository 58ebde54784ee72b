"""The portfolio, declared once for heading, sorting and export."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from pmo_portal.common.registers import Column, Register
from programmes.choices import Opinion, Rating


def _half(name: str) -> Any:
    return lambda row: getattr(row.summary, name)


def _index(name: str) -> Any:
    """An index to one decimal: more digits would claim more than a survey knows."""

    def value(row: Any) -> float | None:
        index = getattr(row.summary, name)
        return None if index is None else round(index, 1)

    return value


def _state(half: str) -> Any:
    return lambda row: getattr(row.summary, f"get_{half}_state_display")()


def _reported(half: str) -> Any:
    def words(row: Any) -> str:
        rating = getattr(row.summary, f"{half}_reported")
        return str(Rating(rating).label) if rating else ""

    return words


def _opinion(row: Any) -> str:
    opinion = row.summary.delivery_opinion
    return str(Opinion(opinion).label) if opinion else ""


def _budget(row: Any) -> Decimal | None:
    """In pounds or euros, as spreadsheets want it."""
    return None if row.budget is None else Decimal(row.budget) / 100


# Under the heading of its half a column needs fewer words than in a file.
SHORT = {
    "delivery": _("Status, confidence"),
    "delivery_on": _("Figure of"),
    "delivery_lead": _("Lead"),
    "adoption": _("Status, confidence"),
    "adoption_on": _("Figure of"),
    "change_lead": _("Lead"),
}

PORTFOLIO = Register(
    "portfolio",
    (
        Column("programme", _("Programme"), "name", sort=("name",)),
        Column("code", _("Code"), on_page=False),
        Column("portfolio", _("Portfolio"), on_page=False),
        Column("stage", _("Stage"), lambda row: row.get_stage_display(), on_page=False),
        Column("budget", _("Budget"), _budget, on_page=False),
        Column("golive", _("Next go-live"), _half("golive_on"), sort=("summary__golive_on",)),
        Column("golive_name", _("Going live"), _half("golive_name"), on_page=False),
        Column(
            "delivery",
            _("Delivery status"),
            _state("delivery"),
            sort=("summary__delivery_rank", "summary__adoption_rank", "name"),
        ),
        Column(
            "delivery_reported", _("Delivery as reported"), _reported("delivery"), on_page=False
        ),
        Column("delivery_opinion", _("Reported by"), _opinion, on_page=False),
        Column(
            "delivery_confidence",
            _("Delivery confidence"),
            _index("delivery_confidence"),
            on_page=False,
        ),
        Column(
            "delivery_before",
            _("Delivery confidence four weeks before"),
            _index("delivery_confidence_before"),
            on_page=False,
        ),
        Column(
            "delivery_of",
            _("Delivery figures known, of 4"),
            _half("delivery_confidence_of"),
            on_page=False,
        ),
        Column("met", _("Milestones met"), _half("met"), on_page=False),
        Column("due", _("Milestones due"), _half("due"), on_page=False),
        Column(
            "delivery_on",
            _("Delivery figure of"),
            _half("delivery_on"),
            sort=("summary__delivery_on",),
        ),
        Column(
            "delivery_lead", _("Delivery lead"), "delivery_lead.name", sort=("delivery_lead__name",)
        ),
        Column(
            "adoption",
            _("Adoption status"),
            _state("adoption"),
            sort=("summary__adoption_rank", "summary__delivery_rank", "name"),
        ),
        Column(
            "adoption_reported", _("Adoption as reported"), _reported("adoption"), on_page=False
        ),
        Column(
            "adoption_confidence",
            _("Adoption confidence"),
            _index("adoption_confidence"),
            on_page=False,
        ),
        Column(
            "adoption_before",
            _("Adoption confidence four weeks before"),
            _index("adoption_confidence_before"),
            on_page=False,
        ),
        Column(
            "adoption_of",
            _("Adoption figures known, of 4"),
            _half("adoption_confidence_of"),
            on_page=False,
        ),
        Column("engagement", _("Engagement"), _index("engagement"), on_page=False),
        Column("engagement_low", _("Engagement, lowest"), _index("engagement_low"), on_page=False),
        Column(
            "engagement_high", _("Engagement, highest"), _index("engagement_high"), on_page=False
        ),
        Column(
            "engagement_units",
            _("Units or organisations"),
            _half("engagement_units"),
            on_page=False,
        ),
        Column(
            "adoption_on",
            _("Adoption figure of"),
            _half("adoption_on"),
            sort=("summary__adoption_on",),
        ),
        Column("change_lead", _("Change lead"), "change_lead.name", sort=("change_lead__name",)),
    ),
    default_sort="adoption",
)

ROADMAP = Register(
    "roadmap",
    (
        Column(
            "golive", _("Next go-live"), _half("golive_on"), sort=("summary__golive_on", "name")
        ),
        Column("programme", _("Programme"), "name", sort=("name",)),
        Column("portfolio", _("Portfolio"), sort=("portfolio", "name")),
    ),
    default_sort="golive",
)

# The file of the roadmap: one row for each milestone.
MILESTONES = Register(
    "milestones",
    (
        Column("programme", _("Programme"), sort=("order",)),
        Column("code", _("Code")),
        Column("portfolio", _("Portfolio")),
        Column("stage", _("Stage")),
        Column("half", _("Half")),
        Column("reference", _("ID")),
        Column("name", _("Milestone")),
        Column("golive", _("Go-live")),
        Column("baseline_on", _("Baseline")),
        Column("expected_on", _("Expected or reached")),
        Column("reached", _("Reached")),
        Column("slip", _("Slip, working days")),
        Column("state", _("Status")),
    ),
    default_sort="programme",
)

HEAT = Register(
    "units",
    (
        Column("unit", _("Unit"), "name", sort=("name",)),
        Column("code", _("Code"), on_page=False),
        Column("people", _("People"), on_page=False),
        Column("engagement", _("Engagement"), "said", sort=("engagement", "name")),
        Column("change", _("Change since the survey before"), on_page=False),
        Column("note", _("Note"), on_page=False),
    ),
    default_sort="engagement",
)
