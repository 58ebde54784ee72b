"""The list of units before go-lives, declared once for heading, sorting and export."""

from __future__ import annotations

from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from pmo_portal.common.registers import Column, Register

from ..chance_words import plain_cell
from ..learning.part_names import PARTS
from ..points import as_points, points_of
from ..readiness.forecast import part_cell
from ..readiness.parts import LABELS


def _points(name: str) -> Column:
    """What one part adds to the chance."""

    def value(row: Any) -> float | None:
        return points_of(row.row.terms, name)

    label = format_lazy(_("{part}, points"), part=LABELS[name])
    return Column(f"points_{name}", label, value, numeric=True, on_page=False)


UNITS_AT_GOLIVES = Register(
    "units-at-golives",
    (
        Column("unit", _("Unit"), "unit.name", sort=("unit__name",)),
        Column("unit_code", _("Code of the unit"), "unit.code", on_page=False),
        Column("chance", _("Chance not to be ready"), "cell", sort=("chance",), numeric=True),
        Column("level", _("Level"), lambda row: row.row.get_level_display(), sort=("chance",)),
        Column("programme", _("Programme"), "milestone.programme.name", sort=("milestone__programme__name",)),
        Column("code", _("Code"), "milestone.programme.code", on_page=False),
        Column("milestone", _("Milestone"), "milestone.reference", on_page=False),
        Column("golive", _("Go-live"), "row.golive_on", sort=("golive_on",)),
        Column("band", _("Likely range"), "band"),
        Column("trend", _("Trend"), lambda row: row.row.get_direction_display(), sort=("direction",)),
        Column("training", _("Training short"), lambda row: part_cell(row.row.training), sort=("training",), numeric=True),
        Column("engagement", _("Engagement low"), lambda row: part_cell(row.row.engagement), sort=("engagement",), numeric=True),
        Column("main", _("Raised most by"), "main", on_page=False),
        Column("usual", _("Usual"), lambda row: plain_cell(row.row.base), numeric=True, on_page=False),
        Column("start", _("Start, points"), lambda row: as_points(row.row.start), numeric=True, on_page=False),
        *(_points(name) for name in PARTS),
        Column("sum", _("Sum, points"), lambda row: as_points(row.row.chance), numeric=True, on_page=False),
        Column("missing", _("Not known"), "missing", on_page=False),
        Column("why_training", _("Training"), "training.text", on_page=False),
        Column("why_engagement", _("Engagement"), "engagement.text", on_page=False),
        Column("counted_on", _("Counted on"), "counted_on", on_page=False),
        Column("basis", _("Based on"), "basis", on_page=False),
        Column("as_of", _("As of"), "row.as_of", on_page=False),
    ),
    default_sort="-chance",
)  # fmt: skip
