"""What the curves in use say of open milestones on the Mondays before: from the dates that were said, and as programmes ran, then.

Only jobs and commands import this module: it needs numpy.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection

from pmo_portal.common import clock
from programmes.models import Milestone, MilestoneForecast

from . import weeks_before
from .choices import Direction
from .learning.features import CRISIS
from .learning.slips import Reference, kind_of
from .models import MilestoneOutlook, RiskSnapshot
from .versions import edited_after, stood, table_of
from .weeks_before import ChanceByDay

SPI = CRISIS.names.index("spi_s")
# How old the snapshot a schedule index is taken from may be.
SNAPSHOT_DAYS = 14

# The word in force on some days on milestones that were open then, their baseline then, and how their programme ran.
_THEN = f"""
SELECT m.id, at.day, word.forecast_on, m.baseline_on, m.programme_id, snapshot.spi
FROM unnest(%(days)s::date[], %(untils)s::timestamptz[]) AS at(day, until)
JOIN {stood(Milestone, "programme", "baseline_on")} m ON m.since <= at.until AND at.until < m.before
CROSS JOIN LATERAL (
    SELECT f.forecast_on, f.actual_on FROM {table_of(MilestoneForecast)} f
    WHERE f.milestone_id = m.id AND f.effective_on <= at.day AND f.known_at <= at.until
    ORDER BY f.effective_on DESC, f.known_at DESC, f.id DESC LIMIT 1
) word
LEFT JOIN LATERAL (
    SELECT s.raw[{SPI + 1}] AS spi FROM {table_of(RiskSnapshot)} s
    WHERE s.programme_id = m.programme_id AND s.unit_id IS NULL AND s.feature_set = '{CRISIS.version}'
      AND s.as_of <= at.day AND s.as_of > at.day - {SNAPSHOT_DAYS}
    ORDER BY s.as_of DESC LIMIT 1
) snapshot ON true
WHERE m.id = ANY(%(milestones)s::bigint[]) AND word.actual_on IS NULL"""


def add(
    rows: Sequence[MilestoneOutlook],
    used: Reference,
    as_of: date,
    *,
    fresh: Sequence[RiskSnapshot] = (),
) -> None:
    """Give outlooks of a day the chances of the weeks before, and where these are going.

    They are carried from row to row, and told anew where the curves are others or a Monday is missing. A constant number of statements.

    Args:
        fresh: snapshots of programmes that were taken and are not kept yet.
    """
    days = weeks_before.of_trend(as_of)
    current = MilestoneOutlook.objects.filter(is_current=True)
    kept = {
        (milestone, model): [*series, (told_on.isoformat(), missed)]
        for milestone, model, series, told_on, missed in current.values_list(
            "milestone_id", "model", "series", "as_of", "missed"
        )
    }
    earlier: dict[int, ChanceByDay] = {
        row.milestone_id: weeks_before.carried(kept.get((row.milestone_id, row.model), ()), days)
        for row in rows
    }
    lacking = {day: [pk for pk, told in earlier.items() if day not in told] for day in days}
    asked = [day for day, milestones in lacking.items() if milestones]
    if asked:
        told = _told(asked, sorted({pk for day in asked for pk in lacking[day]}), used, fresh)
        for day in asked:
            for pk in lacking[day]:
                earlier[pk][day] = told.get((pk, day))
    # Milestones that were told alike for weeks are going the same way.
    directions: dict[tuple[float | None, ...], Direction] = {}
    for row in rows:
        before = {day: earlier[row.milestone_id][day] for day in days}
        row.series = weeks_before.as_series(before)
        key = *before.values(), row.missed
        if key not in directions:
            directions[key] = weeks_before.direction_of({**before, as_of: row.missed})
        row.direction = directions[key]


def _told(
    days: Sequence[date],
    milestones: Sequence[int],
    used: Reference,
    fresh: Sequence[RiskSnapshot],
) -> dict[tuple[int, date], float]:
    """The chance to miss the baseline of milestones that were open on some days. Two statements."""
    untils = [clock.end_of(day) for day in days]
    with connection.cursor() as cursor:
        cursor.execute(
            _THEN,
            {"days": list(days), "untils": untils, "milestones": list(milestones), **edited_after(untils[0])},
        )  # fmt: skip
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    new = {(each.programme_id, each.as_of): each.raw[SPI] for each in fresh if each.unit_id is None}
    # Milestones whose dates lie alike are told alike.
    alike: dict[tuple[str, int, int], float] = {}
    found = {}
    for milestone, day, planned, baseline, programme, spi in rows:
        schedule = new.get((programme, day)) if spi is None else spi
        ahead, room = (planned - day).days, (baseline - planned).days
        key = kind_of(ahead, schedule), ahead, room
        if key not in alike:
            alike[key] = used.tell(ahead=ahead, schedule=schedule, baseline=room).missed
        found[milestone, day] = alike[key]
    return found
