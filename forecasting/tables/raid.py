"""The ranked lists of items that may escalate, declared once for heading, sorting and export."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from pmo_portal.common.registers import Column, Register

from ..models import RaidOutcome
from ..raid.words import LABELS
from .scores import outcome_told, sum_columns, told_cell

_ITEM = (
    Column("reference", _("Item"), "item.reference", sort=("item__kind", "item__number")),
    Column("title", _("Summary"), "item.title", on_page=False),
    Column("type", _("Type"), lambda row: row.item.get_kind_display(), on_page=False),
    Column("category", _("Category"), lambda row: row.item.get_category_display(), on_page=False),
)
_PROGRAMME = (
    Column("programme", _("Programme"), "item.programme.name", sort=("item__programme__name",)),
    Column("code", _("Code"), "item.programme.code", on_page=False),
)
# What is told stands beside the name: it is what a phone shows.
_LEVEL = (
    Column("risk", _("Risk in four weeks"), told_cell, sort=("probability",), numeric=True),
    Column("level", _("Level"), lambda row: row.score.get_level_display(), sort=("probability",)),
)
_MORE = (
    Column("band", _("Likely range"), "band", on_page=False),
    Column("trend", _("Trend"), lambda row: row.score.get_direction_display(), sort=("direction",)),
    Column("rating", _("Rating"), "item.score", sort=("item__score",), numeric=True),
    Column("main", _("Raised most by"), "main"),
    *sum_columns(LABELS),
    Column("action", _("What to do"), "action"),
    Column("owner", _("Owner"), lambda row: row.item.owner.name if row.item.owner else ""),
    Column("alike", _("Similar items"), "alike", on_page=False),
    Column("missing", _("Not known"), lambda row: "; ".join(row.missing), on_page=False),
    Column("as_of", _("As of"), "score.as_of", sort=("as_of",), on_page=False),
    Column("made_by", _("Made by"), "model", on_page=False),
)

LIKELY = Register("likely-to-escalate", (*_ITEM, *_LEVEL, *_MORE), default_sort="-risk")
LIKELY_OF_ALL = Register(
    "likely-to-escalate-all", (*_ITEM, *_LEVEL, *_PROGRAMME, *_MORE), default_sort="-risk"
)


def _came(outcome: RaidOutcome) -> Any:
    return _("Escalated") if outcome.happened else _("Did not escalate")


RAID_OUTCOMES = Register(
    "outcomes-of-items",
    (
        Column("reference", _("Item"), "item.reference", sort=("item__kind", "item__number")),
        Column("title", _("Summary"), "item.title", on_page=False),
        Column("programme", _("Programme"), "item.programme.name", sort=("item__programme__name",)),
        Column("code", _("Code"), "item.programme.code", on_page=False),
        Column("as_of", _("Forecast on"), "as_of", sort=("as_of", "item__programme__name")),
        Column("told", _("Risk forecast"), outcome_told, sort=("probability",), numeric=True),
        Column("happened", _("Within four weeks"), _came, sort=("happened",)),
        Column("stage", _("Forecast by"), lambda row: row.get_stage_display(), sort=("stage",)),
        Column("known_on", _("Known on"), "known_on", sort=("known_on",)),
    ),
    default_sort="-as_of",
)
