"""The lists of milestones and their outlooks, declared once for heading, sorting and export."""

from __future__ import annotations

from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from pmo_portal.common.exports import Percent
from pmo_portal.common.registers import Column, Register

from ..chance import LIKE
from ..dates.parts import PART_LABELS
from ..dates.steps import LABELS, P50, P80, P90
from ..learning.part_names import MISS_PARTS, STEPS
from ..points import as_points, points_of


def _points(name: str) -> Column:
    """What one part adds to the chance."""

    def value(row: Any) -> float | None:
        return points_of(row.row.terms, name)

    label = format_lazy(_("{part}, points"), part=PART_LABELS[name])
    return Column(f"points_{name}", label, value, numeric=True, on_page=False)


def _step(name: str, quantile: int, percent: str) -> Column:
    """The working days one step adds to a date."""

    def value(row: Any) -> int | None:
        days: int | None = row.chain.days_of(name, quantile)
        return days

    label = format_lazy(_("{step}, working days of {percent}"), step=LABELS[name], percent=percent)
    return Column(f"{percent.lower()}_{name}", label, value, numeric=True, on_page=False)


def _steps(quantile: int, percent: str) -> tuple[Column, ...]:
    """What moves a date from the plan to what is told, and the sum."""
    label = format_lazy(_("Working days from the plan to {percent}"), percent=percent)
    key = f"{percent.lower()}_sum"
    return (
        *(_step(name, quantile, percent) for name in STEPS),
        Column(key, label, lambda row: row.chain.slips[quantile], numeric=True, on_page=False),
    )


_MILESTONE = (
    Column("reference", _("Milestone"), "milestone.reference", sort=("milestone__number",)),
    Column("name", _("Name"), "milestone.name", on_page=False),
)
_PROGRAMME = (
    Column("programme", _("Programme"), "milestone.programme.name", sort=("milestone__programme__name",)),
    Column("code", _("Code"), "milestone.programme.code", on_page=False),
)  # fmt: skip
# What is told stands beside the name: it is what a phone shows.
_TOLD = (
    Column(
        "missed",
        _("Chance to miss"),
        lambda row: Percent(row.of_twenty / LIKE),
        sort=("missed",),
        numeric=True,
    ),
    Column("level", _("Level"), "state_word", sort=("missed",)),
)
_DATES = (
    Column("band", _("Likely range"), "band", on_page=False),
    Column("raised", _("Raised most by"), "main", on_page=False),
    Column("start", _("Start, points"), lambda row: as_points(row.row.start), numeric=True, on_page=False),
    *(_points(name) for name in MISS_PARTS),
    Column("sum", _("Sum, points"), lambda row: as_points(row.row.missed), numeric=True, on_page=False),
    Column("trend", _("Trend"), lambda row: row.row.get_direction_display(), on_page=False),
    Column("track", _("Track"), lambda row: row.milestone.get_track_display(), on_page=False),
    Column("baseline", _("Baseline"), "milestone.baseline_on", sort=("milestone__baseline_on",)),
    Column("forecast", _("Forecast"), "milestone.forecast_on", sort=("milestone__forecast_on",)),
    Column("p50", _("P50"), "row.p50_on", sort=("p50_on",)),
    Column("p80", _("P80"), "row.p80_on", sort=("p80_on",)),
    Column("p90", _("P90"), "row.p90_on", sort=("p90_on",)),
    Column("main", _("Delayed most by"), "chain.main", on_page=False),
    *_steps(P50, "P50"),
    *_steps(P80, "P80"),
    *_steps(P90, "P90"),
    Column("missing", _("Not known"), lambda row: "; ".join(row.missing), on_page=False),
    Column("told_for", _("Forecast for"), "row.forecast_on", on_page=False),
    Column("kind", _("Similar milestones"), "kind", on_page=False),
    Column("basis", _("Based on"), "basis", on_page=False),
    Column("as_of", _("As of"), "row.as_of", on_page=False),
)  # fmt: skip

OUTLOOKS = Register("milestone-outlooks", (*_MILESTONE, *_TOLD, *_DATES), default_sort="-missed")
OUTLOOKS_OF_ALL = Register(
    "milestone-outlooks-all", (*_MILESTONE, *_TOLD, *_PROGRAMME, *_DATES), default_sort="-missed"
)
