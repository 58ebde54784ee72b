"""The inputs of the risk that a RAID item escalates, as they were known on some days, for every open item at once.

Each family of inputs is one set-based statement over all items and all days; what the programme around an item
went through comes from `inputs.read`, or from the snapshots that were kept. A row counts on a day when it was
known by the end of it and speaks of it or an earlier one; what an item is about is what its record said by then. Only
jobs and commands import this module: it needs numpy.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from governance.models import Escalation
from programmes.choices import RAID_ENDED, RaidCategory, RaidKind, RaidSide, RaidStatus
from programmes.models import (
    Milestone,
    MilestoneForecast,
    MilestoneLink,
    RaidItem,
    RaidItemMilestone,
    RaidUpdate,
)

from .. import inputs
from ..choices import EventKind
from ..inputs import AT, Asked
from ..learning.features import CRISIS
from ..learning.inputset import Matrix
from ..learning.raid.escalation import PAST_DUE, RAID
from ..models import ReportedEvent
from ..versions import stood, table_of

# Escalations of other items of the same programme count for so long.
REMEMBERED = timedelta(weeks=12)
# Shares of few are drawn towards what is usual, as if so many more had been seen.
USUAL_OVERDUE, USUAL_ESCALATED, DRAWN_BY = 0.2, 0.1, 4.0
# An open item without a date that nobody spoke of for so long is overdue as well.
SILENT_DAYS = 42
# What is due further away than this says only that it is far away.
DUE_WEEKS = (-8.0, 26.0)
NAN = float("nan")

Place = tuple[int, date]
# The raw inputs of programmes, in the order of `CRISIS.raw`.
Signals = Mapping[Place, Sequence[float] | Matrix]


# Every item that was open, and not known to have escalated, on each day: as its record and its log stood by then. What
# is past its date by more than five working days has escalated.
_OPEN = (
    AT
    + f"""
, items AS (
    SELECT r.id, r.programme_id, r.kind, r.external_id, r.opened_on, at.day, at.until,
        CASE WHEN r.category = '' AND r.side = '{RaidSide.PEOPLE}' THEN '{RaidCategory.PEOPLE}'
            ELSE r.category END AS category
    FROM at JOIN {stood(RaidItem, "programme", "kind", "external_id", "opened_on", "category", "side")} r
        ON r.programme_id = at.id AND r.since <= at.until AND at.until < r.before AND r.opened_on <= at.day
), said AS (
    SELECT items.*, u.status, u.probability, u.impact, u.effective_on, u.owner_id, u.review_on
    FROM items CROSS JOIN LATERAL (
        SELECT * FROM {table_of(RaidUpdate)} u
        WHERE u.item_id = items.id AND u.effective_on <= items.day AND u.known_at <= items.until
        ORDER BY u.effective_on DESC, u.known_at DESC, u.id DESC LIMIT 1
    ) u
    WHERE NOT u.status = ANY(%(ended)s) AND (u.escalated_on IS NULL OR u.escalated_on > items.day)
        AND (u.review_on IS NULL OR u.review_on > items.day - {PAST_DUE.days})
), raised AS (
    SELECT * FROM {stood(Escalation, "raid_item", "effective_on", "known_at")} e WHERE e.raid_item_id IS NOT NULL
)
SELECT said.id, said.programme_id, said.day, said.kind, said.category, said.opened_on, said.status,
    said.probability, said.impact, said.effective_on, said.owner_id, said.review_on,
    EXISTS (
        SELECT 1 FROM {table_of(RaidUpdate)} u
        WHERE u.item_id = said.id AND u.status = ANY(%(ended)s)
            AND u.effective_on <= said.day AND u.known_at <= said.until
    )
FROM said
WHERE (said.external_id = '' OR NOT EXISTS (
    SELECT 1 FROM {table_of(ReportedEvent)} e
    WHERE e.programme_id = said.programme_id AND e.kind = '{EventKind.RAID_ESCALATED}'
        AND e.subject = said.external_id AND e.effective_on <= said.day AND e.known_at <= said.until
)) AND NOT EXISTS (
    SELECT 1 FROM raised
    WHERE raised.raid_item_id = said.id AND raised.effective_on <= said.day AND raised.known_at <= said.until
        AND raised.since <= said.until AND said.until < raised.before
)
ORDER BY said.day, said.id"""
)

# Milestones not reached yet for which the milestones an item threatens wait. How many there are is known from
# the moment both links were drawn, until one of them was taken away.
_BLOCKED = f"""
WITH days AS (
    SELECT unnest(%(days)s::date[]) AS day, unnest(%(until)s::timestamptz[]) AS until
)
SELECT t.item_id, days.day, count(DISTINCT l.before_id)
FROM {stood(RaidItemMilestone, "item", "milestone", "created_at")} t
JOIN days ON t.created_at <= days.until AND t.since <= days.until AND days.until < t.before
JOIN {stood(MilestoneLink, "before", "after", "created_at")} l
    ON l.after_id = t.milestone_id AND l.created_at <= days.until AND l.since <= days.until AND days.until < l.before
JOIN {stood(Milestone, "number")} m
    ON m.id = l.before_id AND m.since <= days.until AND days.until < m.before
WHERE NOT EXISTS (
    SELECT 1 FROM {table_of(MilestoneForecast)} f
    WHERE f.milestone_id = l.before_id AND f.actual_on IS NOT NULL
        AND f.effective_on <= days.day AND f.known_at <= days.until
)
GROUP BY t.item_id, days.day"""


@dataclass
class RaidInputs:
    """The raw inputs of many places (open item and day).

    Attributes:
        items, programmes, days: of each row of `raw`.
        raw: places x `RAID.raw`, NaN for what was not known.
        due_on: of each row, None where the item has no date.
    """

    items: npt.NDArray[np.int64]
    programmes: npt.NDArray[np.int64]
    days: list[date]
    raw: Matrix
    due_on: list[date | None] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.items)

    @property
    def places(self) -> list[Place]:
        """The programme and day of each row."""
        return list(zip(self.programmes.tolist(), self.days, strict=True))

    def only(self, wanted: Sequence[bool] | npt.NDArray[np.bool_]) -> RaidInputs:
        """Some of the rows."""
        at = np.flatnonzero(wanted)
        return RaidInputs(
            self.items[at],
            self.programmes[at],
            [self.days[each] for each in at],
            self.raw[at],
            [self.due_on[each] for each in at],
        )

    def part(self, rows: slice) -> RaidInputs:
        """Rows that follow each other."""
        return RaidInputs(
            self.items[rows],
            self.programmes[rows],
            self.days[rows],
            self.raw[rows],
            self.due_on[rows],
        )

    @classmethod
    def joined(cls, parts: Sequence[RaidInputs]) -> RaidInputs:
        """Those of several groups of days, one after the other."""
        return cls(
            items=np.concatenate([part.items for part in parts]),
            programmes=np.concatenate([part.programmes for part in parts]),
            days=[day for part in parts for day in part.days],
            raw=np.concatenate([part.raw for part in parts]),
            due_on=[due for part in parts for due in part.due_on],
        )


@dataclass(frozen=True)
class Happened:
    """An escalation that somebody knows of: of which item, about what, when, and since when it is known."""

    item: int
    programme: int
    category: str
    on: date
    known_on: date


def read(
    days: Sequence[date],
    *,
    signals: Signals | None = None,
    happened: Sequence[Happened] = (),
) -> RaidInputs:
    """The inputs of every open item as of some days. The number of statements is the same for any number of both.

    Args:
        signals: the raw inputs of programmes by programme and day, where somebody has them already; what is
            missing in it is not read.
        happened: escalations, for what other items of a programme went through; each counts from when it was known.
    """
    asked = Asked(sorted(set(days)))
    rows = asked.rows(_OPEN, ended=list(RAID_ENDED))
    made = RaidInputs(
        items=np.array([row[0] for row in rows], dtype=np.int64),
        programmes=np.array([row[1] for row in rows], dtype=np.int64),
        days=[row[2] for row in rows],
        raw=np.full((len(rows), len(RAID.raw)), NAN),
        due_on=[row[11] for row in rows],
    )
    if not rows:
        return made
    table = {name: made.raw[:, index] for index, name in enumerate(RAID.names)}
    _of_items(rows, table)
    _of_owners(rows, table)
    blocked = {(item, day): count for item, day, count in asked.rows_of_days(_BLOCKED)}
    table["blocked_by"][:] = np.log1p([blocked.get((row[0], row[2]), 0) for row in rows])
    _of_escalations(rows, table, happened, asked.days)
    _of_programmes(made, table, signals_on(asked.days) if signals is None else signals)
    return made


def signals_on(days: Sequence[date]) -> Signals:
    """The raw inputs of every programme under way on some days."""
    made = inputs.read(days)
    return dict(zip(made.places, made.raw, strict=True))


Table = dict[str, Any]
Rows = list[tuple[Any, ...]]


def _of_items(rows: Rows, table: Table) -> None:
    """What the item itself says: its rating, its age, what is done, what it is about."""
    day = _ordinals(rows, 2)
    likely = np.array([row[7] or NAN for row in rows], dtype=float)
    heavy = np.array([row[8] or NAN for row in rows], dtype=float)
    table["score"][:] = likely * heavy
    table["likelihood"][:] = likely
    table["impact"][:] = heavy
    table["log_update_w"][:] = np.log1p((day - _ordinals(rows, 9)) / 7)
    table["log_age_w"][:] = np.log1p((day - _ordinals(rows, 5)) / 7)
    table["mitigated"][:] = [row[6] == RaidStatus.MONITORING for row in rows]
    table["reopened"][:] = [row[12] for row in rows]
    for name, category in (
        ("is_schedule", RaidCategory.SCHEDULE),
        ("is_cost", RaidCategory.COST),
        ("is_people", RaidCategory.PEOPLE),
        ("is_technical", RaidCategory.TECHNICAL),
    ):
        table[name][:] = [float(row[4] == category) if row[4] else NAN for row in rows]
    for name, kind in (
        ("is_issue", RaidKind.ISSUE),
        ("is_assumption", RaidKind.ASSUMPTION),
        ("is_dependency", RaidKind.DEPENDENCY),
    ):
        table[name][:] = [row[3] == kind for row in rows]
    due = np.array([row[11].toordinal() if row[11] else NAN for row in rows], dtype=float)
    table["weeks_to_due"][:] = np.clip((due - day) / 7, *DUE_WEEKS)


def _of_owners(rows: Rows, table: Table) -> None:
    """How many items the owner of an item has, and how many of the others are overdue."""
    late = np.array(
        [
            row[11] < row[2] if row[11] else row[9] < row[2] - timedelta(days=SILENT_DAYS)
            for row in rows
        ],
        dtype=float,
    )
    owned = [index for index, row in enumerate(rows) if row[10] is not None]
    count: dict[tuple[int, date], int] = defaultdict(int)
    overdue: dict[tuple[int, date], float] = defaultdict(float)
    for index in owned:
        key = (rows[index][10], rows[index][2])
        count[key] += 1
        overdue[key] += late[index]
    for index in owned:
        key = (rows[index][10], rows[index][2])
        others = count[key] - 1
        table["owner_load"][index] = np.log1p(others)
        table["owner_overdue"][index] = (overdue[key] - late[index] + USUAL_OVERDUE * DRAWN_BY) / (
            others + DRAWN_BY
        )


def _of_escalations(
    rows: Rows, table: Table, happened: Sequence[Happened], days: Sequence[date]
) -> None:
    """Which share of a programme's items escalated of late, and of those about the same subject."""
    whole: dict[tuple[int, str, date], int] = defaultdict(int)
    for each in happened:
        for day in days:
            if max(each.on, each.known_on) <= day and each.on > day - REMEMBERED:
                whole[each.programme, "", day] += 1
                if each.category:
                    whole[each.programme, each.category, day] += 1
    still: dict[tuple[int, str, date], int] = defaultdict(int)
    for row in rows:
        still[row[1], "", row[2]] += 1
        if row[4]:
            still[row[1], row[4], row[2]] += 1

    def share(programme: int, category: str, day: date) -> float:
        key = (programme, category, day)
        seen = whole.get(key, 0)
        return (seen + USUAL_ESCALATED * DRAWN_BY) / (seen + still[key] + DRAWN_BY)

    table["escalated_12w"][:] = [share(row[1], "", row[2]) for row in rows]
    table["alike_escalated_12w"][:] = [
        share(row[1], row[4], row[2]) if row[4] else NAN for row in rows
    ]


_FROM_PROGRAMME = (
    "ms_missed_12w", "rag_reported", "eng_low", "resist_4w", "near_golive",
)  # fmt: skip


def _of_programmes(made: RaidInputs, table: Table, signals: Signals) -> None:
    """What the programme of an item goes through on that day."""
    unknown = np.full(len(CRISIS.raw), NAN)
    around = np.array(
        [
            signals.get((programme, day), unknown)
            for programme, day in zip(made.programmes.tolist(), made.days, strict=True)
        ],
        dtype=float,
    )
    column = {name: around[:, index] for index, name in enumerate(CRISIS.names)}
    table["late"][:] = 1.0 - column["spi_s"]
    table["costly"][:] = 1.0 - column["cpi_s"]
    table["overspent"][:] = column["burn_ratio_s"] - 1.0
    for name in _FROM_PROGRAMME:
        table[name][:] = column[name]


def _ordinals(rows: Rows, at: int) -> Matrix:
    return np.array([row[at].toordinal() for row in rows], dtype=float)
