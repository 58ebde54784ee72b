"""What the curves in use say of open milestones on the Mondays before: from the dates that were said, and as programmes ran, then.

Only jobs and commands import this module: it needs numpy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from pmo_portal.common import clock
from programmes.models import Milestone, MilestoneForecast

from ..choices import Direction
from ..crises import weeks_before
from ..crises.weeks_before import ChanceByDay
from ..learning.dates.slips import Reference, kind_of
from ..learning.features import CRISIS
from ..models import MilestoneOutlook, RiskSnapshot
from ..versions import edited_after, stood, table_of

SPI = CRISIS.names.index("spi_s")
# How old the snapshot a schedule index is taken from may be.
SNAPSHOT_DAYS = 14
# So many rows are read at once.
AT_ONCE = 5000

# The word in force on a day on milestones that were open then, their baseline then, and how their programme ran.
_THEN = f"""
SELECT m.id, word.forecast_on, m.baseline_on, snapshot.spi
FROM {stood(Milestone, "programme", "baseline_on")} m
CROSS JOIN LATERAL (
    SELECT f.forecast_on, f.actual_on FROM {table_of(MilestoneForecast)} f
    WHERE f.milestone_id = m.id AND f.effective_on <= %(day)s AND f.known_at <= %(until)s
    ORDER BY f.effective_on DESC, f.known_at DESC, f.id DESC LIMIT 1
) word
LEFT JOIN (
    SELECT DISTINCT ON (s.programme_id) s.programme_id, s.raw[{SPI + 1}] AS spi FROM {table_of(RiskSnapshot)} s
    WHERE s.unit_id IS NULL AND s.feature_set = '{CRISIS.version}'
      AND s.as_of <= %(day)s AND s.as_of > %(day)s - {SNAPSHOT_DAYS}
    ORDER BY s.programme_id, s.as_of DESC
) snapshot ON snapshot.programme_id = m.programme_id
WHERE m.id = ANY(%(milestones)s::bigint[]) AND m.since <= %(until)s AND %(until)s < m.before
  AND word.actual_on IS NULL"""


@dataclass
class Before:
    """What the curves in use say of open milestones on some earlier days, once every day in `lacking` was looked at.

    What was told of a day is carried from row to row; it is told anew where the curves are others or a Monday is missing.
    """

    used: Reference
    days: Sequence[date]
    told: dict[int, ChanceByDay]

    @property
    def lacking(self) -> list[date]:
        """The days that are to be looked at."""
        return [day for day in self.days if any(day not in told for told in self.told.values())]

    def look_at(self, day: date) -> None:
        """Tell what is lacking on a day, from what was said then. Two statements."""
        milestones = [pk for pk, told in self.told.items() if day not in told]
        found = _told(day, milestones, self.used)
        for pk in milestones:
            self.told[pk][day] = found.get(pk)

    def add_to(self, rows: Sequence[MilestoneOutlook]) -> None:
        """Give outlooks the chances of the days before, and where these are going."""
        # Milestones that were told alike for weeks are going the same way.
        directions: dict[tuple[float | None, ...], Direction] = {}
        for row in rows:
            before = {day: self.told[row.milestone_id][day] for day in self.days}
            row.series = weeks_before.as_series(before)
            key = *before.values(), row.missed
            if key not in directions:
                directions[key] = weeks_before.direction_of({**before, row.as_of: row.missed})
            row.direction = directions[key]


def carried(rows: Sequence[MilestoneOutlook], used: Reference, as_of: date) -> Before:
    """What the same curves said of the Mondays before a day, as kept beside the last outlook of each milestone. One statement."""
    days = weeks_before.of_trend(as_of)
    current = MilestoneOutlook.objects.filter(is_current=True)
    kept = {
        (milestone, model): [*series, (told_on.isoformat(), missed)]
        for milestone, model, series, told_on, missed in current.values_list(
            "milestone_id", "model", "series", "as_of", "missed"
        ).iterator(chunk_size=AT_ONCE)
    }
    told = {
        row.milestone_id: weeks_before.carried(kept.get((row.milestone_id, row.model), ()), days)
        for row in rows
    }
    return Before(used, days, told)


def _told(day: date, milestones: Sequence[int], used: Reference) -> dict[int, float]:
    """The chance to miss the baseline of milestones that were open on a day."""
    until = clock.end_of(day)
    with connection.cursor() as cursor:
        cursor.execute(
            _THEN,
            {"day": day, "until": until, "milestones": list(milestones), **edited_after(until)},
        )
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    # Milestones whose dates lie alike are told alike.
    alike: dict[tuple[str, int, int], float] = {}
    found = {}
    for milestone, planned, baseline, schedule in rows:
        ahead, room = (planned - day).days, (baseline - planned).days
        key = kind_of(ahead, schedule), ahead, room
        if key not in alike:
            alike[key] = used.tell(ahead=ahead, schedule=schedule, baseline=room).missed
        found[milestone] = alike[key]
    return found
