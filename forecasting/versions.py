"""Records that are edited in place, as they stood at any moment: relations for statements in SQL.

A version holds from when it was written until the next one was, and a record until it was removed. What is said first
holds for every moment before as well: a record that came in late speaks of a past others knew, and when that was
known is told by dates of its own (`known_at` of its facts, `created_at`). The trail is read of what was edited after the
first moment asked about, and of nothing else.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from adoption.models import ResistanceSignal
from governance.models import Action, Decision, Escalation
from pmo_portal.tenants.models import BusinessUnit
from programmes.models import (
    Milestone,
    MilestoneLink,
    Programme,
    ProgrammeUnit,
    RaidItem,
    RaidItemMilestone,
    StatusReport,
)

# Before anything was written: for statements about all of the past.
EVER = datetime.min.replace(tzinfo=UTC) + timedelta(days=2)
# What a first version holds since; see `stood`.
ALWAYS = "'-infinity'::timestamptz"

# What inputs are made of in records that are edited in place; other edits of them say nothing here.
_READ: dict[Any, tuple[str, ...]] = {
    Programme: ("stage", "starts_on"),
    Milestone: ("baseline_on", "is_golive"),
    MilestoneLink: ("before", "after"),
    RaidItem: ("kind", "opened_on", "category", "side", "external_id"),
    RaidItemMilestone: ("item", "milestone"),
    StatusReport: ("half", "opinion", "rating", "effective_on"),
    Decision: ("status", "requested_on", "decided_on"),
    Action: ("agreed_on", "due_on", "done_on"),
    Escalation: ("raid_item", "effective_on", "known_at"),
    ResistanceSignal: ("unit", "effective_on"),
    BusinessUnit: ("headcount", "path"),
}


def table_of(model: Any) -> str:
    """The quoted name of a table."""
    return f'"{model._meta.db_table}"'


def trail_of(model: Any) -> str:
    """The quoted name of the table in which every version of a record is kept."""
    return table_of(model.pgh_event_model)


def _columns(model: Any, fields: tuple[str, ...]) -> list[str]:
    return [model._meta.get_field(name).column for name in fields]


def _is_removable(model: Any) -> bool:
    return any(field.name == "deleted_at" for field in model._meta.concrete_fields)


def _parameter(model: Any) -> str:
    return f"edited_{model._meta.model_name}"


def _edited(model: Any, fields: tuple[str, ...]) -> str:
    """The records of which one of these was another before the last word, or that are gone."""
    columns = _columns(model, fields) + (["deleted_at"] if _is_removable(model) else [])
    return f"""
SELECT '{_parameter(model)}', pgh_obj_id FROM {trail_of(model)}
WHERE pgh_obj_id IN (
    SELECT pgh_obj_id FROM {trail_of(model)} WHERE pgh_created_at > %(moment)s AND pgh_label IN ('update', 'delete')
)
GROUP BY pgh_obj_id
HAVING count(DISTINCT ROW({", ".join(f"{column}::text" for column in columns)})) > 1
    OR bool_or(pgh_label = 'delete')"""


# Units may be added to a programme at any time, so that of its units it matters as well when they were.
_EDITED = "\nUNION ALL".join(
    [
        *(_edited(model, fields) for model, fields in _READ.items()),
        f"""
SELECT DISTINCT '{_parameter(ProgrammeUnit)}', pgh_obj_id FROM {trail_of(ProgrammeUnit)} WHERE pgh_created_at > %(moment)s""",
    ]
)


def edited_after(moment: datetime) -> dict[str, list[int]]:
    """The ids of what was edited after a moment, as the parameters `stood` asks for. One statement."""
    found: dict[str, list[int]] = {_parameter(model): [] for model in (*_READ, ProgrammeUnit)}
    with connection.cursor() as cursor:
        cursor.execute(_EDITED, {"moment": moment})
        for name, record in cursor.fetchall():
            found[name].append(record)
    return found


def was_edited(model: Any, record: str) -> str:
    """A condition: that a record was edited; `record` is its id in SQL."""
    return f"{record} = ANY(%({_parameter(model)})s::bigint[])"


def stood(model: Any, *fields: str, first: str = ALWAYS) -> str:
    """Every version of every record that may hold after a moment.

    Columns: `id`, those of the fields, and `since` and `before`: it holds at a moment with
    `since <= moment AND moment < before`. Parameters of the statement: those of `edited_after` that moment.

    Args:
        first: since when the first version of a record holds; `e` is its row of the trail.
    """
    columns = _columns(model, fields)
    own, old, new = (
        ", ".join(f"{alias}.{column}" for column in columns) for alias in ("r", "e", "v")
    )
    removable = _is_removable(model)
    ends = "coalesce(r.deleted_at, 'infinity')" if removable else "'infinity'::timestamptz"
    moment = "coalesce(e.deleted_at, e.pgh_created_at)" if removable else "e.pgh_created_at"
    there = "e.pgh_label <> 'delete'" + (" AND e.deleted_at IS NULL" if removable else "")
    return f"""(
    SELECT r.id, {own}, {ALWAYS} AS since, {ends} AS before
    FROM {table_of(model)} r WHERE NOT {was_edited(model, "r.id")}
    UNION ALL
    SELECT v.id, {new}, v.since, v.before
    FROM (
        SELECT e.pgh_obj_id AS id, {old}, {there} AS is_there,
            CASE WHEN row_number() OVER versions = 1 THEN {first} ELSE {moment} END AS since,
            lead({moment}, 1, 'infinity') OVER versions AS before
        FROM {trail_of(model)} e WHERE {was_edited(model, "e.pgh_obj_id")}
        WINDOW versions AS (PARTITION BY e.pgh_obj_id ORDER BY e.pgh_created_at, e.pgh_id)
    ) v WHERE v.is_there AND v.since < v.before
)"""
