"""The lists of milestones and their outlooks, declared once for heading, sorting and export."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from pmo_portal.common.registers import Column, Register

_MILESTONE = (
    Column("reference", _("Milestone"), "milestone.reference", sort=("milestone__number",)),
    Column("name", _("Name"), "milestone.name", on_page=False),
)
_PROGRAMME = (
    Column("programme", _("Programme"), "milestone.programme.name", sort=("milestone__programme__name",)),
    Column("code", _("Code"), "milestone.programme.code", on_page=False),
)  # fmt: skip
_DATES = (
    Column("missed", _("Chance to miss"), "percent", sort=("missed",), numeric=True),
    Column("level", _("Level"), "state_word", sort=("missed",)),
    Column("track", _("Track"), lambda row: row.milestone.get_track_display(), on_page=False),
    Column("baseline", _("Baseline"), "milestone.baseline_on", sort=("milestone__baseline_on",)),
    Column("forecast", _("Forecast"), "milestone.forecast_on", sort=("milestone__forecast_on",)),
    Column("p50", _("P50"), "row.p50_on", sort=("p50_on",)),
    Column("p80", _("P80"), "row.p80_on", sort=("p80_on",)),
    Column("p90", _("P90"), "row.p90_on", sort=("p90_on",)),
    Column("told_for", _("Told for"), "row.forecast_on", on_page=False),
    Column("kind", _("Like milestones"), "kind", on_page=False),
    Column("basis", _("Rests on"), "basis", on_page=False),
    Column("as_of", _("As of"), "row.as_of", on_page=False),
)

OUTLOOKS = Register("milestone-outlooks", (*_MILESTONE, *_DATES), default_sort="-missed")
OUTLOOKS_OF_ALL = Register(
    "milestone-outlooks-all", (*_MILESTONE, *_PROGRAMME, *_DATES), default_sort="-missed"
)
