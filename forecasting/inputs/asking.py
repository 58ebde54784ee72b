"""What is asked for: days, the programmes under way on them, and those of which no snapshot is kept.

Every subject reads its own statements through `Asked`; the parts such statements begin with are here.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import Any

from django.db import connection

from adoption.models import SurveyResult, SurveyWave, TrainingProgress
from pmo_portal.common import clock
from programmes.choices import Stage
from programmes.models import (
    Milestone,
    MilestoneForecast,
    Programme,
    RaidItem,
    RaidUpdate,
    ReportedFact,
    StatusReport,
)

from ..learning import features
from ..models import RiskSnapshot
from ..versions import edited_after, stood, table_of

NAN = float("nan")
Place = tuple[int, date]
Table = dict[str, Any]


def holds(version: str) -> str:
    """That a version holds at the end of the day."""
    return f"{version}.since <= at.until AND at.until < {version}.before"


DAYS = """
WITH days AS (
    SELECT unnest(%(days)s::date[]) AS day, unnest(%(until)s::timestamptz[]) AS until
)"""

# What tells of a programme, for those that were spoken of before anybody kept them here.
_SPOKEN_OF = " OR ".join(
    f"EXISTS (SELECT FROM {table_of(model)} f {via} = p.id AND f.known_at <= days.until)"
    for model, via in (
        (StatusReport, "WHERE f.programme_id"),
        (ReportedFact, "WHERE f.programme_id"),
        (TrainingProgress, "WHERE f.programme_id"),
        (MilestoneForecast, f"JOIN {table_of(Milestone)} m ON m.id = f.milestone_id WHERE m.programme_id"),
        (RaidUpdate, f"JOIN {table_of(RaidItem)} r ON r.id = f.item_id WHERE r.programme_id"),
        (SurveyResult, f"JOIN {table_of(SurveyWave)} w ON w.id = f.wave_id WHERE w.programme_id"),
    )
)  # fmt: skip

# Every programme that was under way on a day, by what its record said then. One that is kept here alone is known from
# when it was recorded, or from the first word on it.
_PROGRAMMES = (
    DAYS
    + f"""
SELECT p.id, days.day AS day
FROM {stood(Programme, "stage", "starts_on")} v
JOIN {table_of(Programme)} p ON p.id = v.id
JOIN days ON v.since <= days.until AND days.until < v.before
WHERE v.stage <> '{Stage.CLOSED}' AND (v.starts_on IS NULL OR v.starts_on <= days.day)
  AND (%(only)s::bigint[] IS NULL OR p.id = ANY(%(only)s))
  AND (p.source <> '' OR p.created_at <= days.until OR {_SPOKEN_OF})
ORDER BY days.day, p.id"""
)

# `at` has a row for every programme under way and day: id, day, and the last moment of the day.
AT = (
    DAYS
    + """
, spells AS (
    SELECT unnest(%(ids)s::bigint[]) AS id, unnest(%(from)s::date[]) AS since, unnest(%(to)s::date[]) AS till
), at AS (
    SELECT spells.id, days.day, days.until
    FROM spells JOIN days ON days.day BETWEEN spells.since AND spells.till
)"""
)


def not_kept(days: Sequence[date]) -> list[Place]:
    """The programmes under way on some days of which no snapshot is kept, by days. Two statements."""
    return Asked(days).not_kept()


def days_not_kept(days: Sequence[date]) -> list[date]:
    """Those of some days on which a programme was under way of which no snapshot is kept, in order. Two statements."""
    return sorted({day for _programme, day in not_kept(days)})


class Asked:
    """The days that are asked for, and the programmes under way on them, as parameters of the statements."""

    def __init__(self, days: Sequence[date], programme_ids: Collection[int] | None = None) -> None:
        self.days = sorted(days)
        self.until = {day: clock.end_of(day) for day in self.days}
        self.programme_ids = None if programme_ids is None else list(programme_ids)

    @cached_property
    def places(self) -> list[Place]:
        """Every programme under way on each day, by days."""
        return [(row[0], row[1]) for row in self._rows(_PROGRAMMES)]

    def not_kept(self) -> list[Place]:
        """Those of which no snapshot is kept.

        Told apart here: the database takes one at a time of either side where it does not know yet how many there are.
        """
        rows = RiskSnapshot.objects.filter(
            as_of__in=self.days, unit__isnull=True, feature_set=features.CRISIS.version
        )
        kept = set(rows.values_list("programme_id", "as_of"))
        return [place for place in self.places if place not in kept]

    @cached_property
    def _spells(self) -> dict[str, list[Any]]:
        """From which of the days to which each programme is under way, without a break."""
        after = dict(pairwise(self.days))
        began: dict[int, date] = {}
        ended: dict[int, date] = {}
        found: list[tuple[int, date, date]] = []
        for programme, day in self.places:
            if programme in began and after[ended[programme]] != day:
                found.append((programme, began.pop(programme), ended[programme]))
            began.setdefault(programme, day)
            ended[programme] = day
        found += [(programme, day, ended[programme]) for programme, day in began.items()]
        return {
            "ids": [each[0] for each in found],
            "from": [each[1] for each in found],
            "to": [each[2] for each in found],
        }

    def rows(self, statement: str, **more: Any) -> list[tuple[Any, ...]]:
        """The rows of a statement that begins with `AT`."""
        return self._rows(statement, **self._spells, **more)

    def rows_of_days(self, statement: str, **more: Any) -> list[tuple[Any, ...]]:
        """The rows of a statement that knows the days and not the programmes under way."""
        return self._rows(statement, **more)

    @cached_property
    def _edited(self) -> dict[str, list[int]]:
        """What was edited after the first of the days: it did not say then what it says now."""
        return edited_after(self.until[self.days[0]])

    def _rows(self, statement: str, **more: Any) -> list[tuple[Any, ...]]:
        if not self.days:
            return []
        values = {
            "days": self.days,
            "until": [self.until[day] for day in self.days],
            "only": self.programme_ids,
            **self._edited,
            **more,
        }
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall()
