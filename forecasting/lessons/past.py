"""An organisation's past as rows to learn from: inputs as they were known, and what came of each.

Only jobs and commands import this module: it needs numpy.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import isnan
from typing import Any

import numpy as np
from django.db.models import Avg
from django.db.models.functions import Coalesce

from programmes.models import Programme, ProgrammeUnit, ReportedFact, StatusReport

from .. import inputs, under_way
from ..crises.outcomes import crises_of
from ..inputs import Place
from ..learning.features import CRISIS
from ..learning.inputset import Matrix
from ..learning.linear import Rows
from ..learning.outcomes import HORIZON
from ..learning.walk import History, begun, outcomes
from ..models import RiskSnapshot

# So many days are read with one set of statements.
AT_ONCE = 13
# Units with fewer people in the mean are small: few of them answer a survey.
SMALL_UNIT = 50


@dataclass(frozen=True)
class Past:
    """Places (programme and day) with their rows, in the same order.

    `trained`: as in `inputs.Inputs`.
    """

    places: list[Place]
    history: History
    trained: Matrix

    @property
    def trained_before(self) -> Matrix:
        """The share trained four weeks before each row, NaN where that week is not among them."""
        at = {place: row for row, place in enumerate(self.places)}
        before = np.array(
            [at.get((programme, day - HORIZON), -1) for programme, day in self.places], dtype=int
        )
        return np.where(before >= 0, self.trained[before, 0], np.nan)

    @property
    def state(self) -> Matrix:
        """What is known of training, as in `learning.whatif.State`."""
        return np.column_stack([self.trained, self.trained_before])

    def with_surveys(self, figures: Matrix) -> History:
        """The same history with other inputs from surveys: rows x `inputs.SURVEYED`."""
        raw = self.history.rows.raw.copy()
        raw[:, [CRISIS.names.index(name) for name in inputs.SURVEYED]] = figures
        return replace(self.history, rows=replace(self.history.rows, raw=raw))

    @property
    def without_surveys(self) -> History:
        """The same history if nobody had been asked."""
        return self.with_surveys(np.full((len(self.places), len(inputs.SURVEYED)), np.nan))


# A week in which none of these was known is no part of a programme's past.
_TELLING = ("spi_s", "status_age_w", "ms_missed_12w", "raid_open", "eng_mean", "train_gap")


def kept(*, until: date) -> Past:
    """The past as kept: the snapshots of programmes up to a day, with the outcomes known by then.

    Weeks before anything was known of a programme are left out, and those after its tool stopped to report.
    """
    rows = (
        RiskSnapshot.objects.filter(unit__isnull=True, feature_set=CRISIS.version, as_of__lte=until)
        .order_by("as_of", "programme_id")
        .values_list("programme_id", "as_of", "raw", "trained")
    )
    spoken = spoken_of()
    telling = [CRISIS.names.index(name) for name in _TELLING]
    places: list[Place] = []
    raw: list[Any] = []
    trained: list[Any] = []
    for programme, day, values, shares in rows.iterator(chunk_size=5000):
        if is_followed(programme, day, spoken) and not all(isnan(values[at]) for at in telling):
            places.append((programme, day))
            raw.append(values)
            trained.append(shares)
    matrix = np.array(raw, dtype=float).reshape(-1, len(CRISIS.names))
    return _with_outcomes(
        places, matrix, np.array(trained).reshape(-1, 2), until=until, reported=spoken
    )


def is_followed(programme: int, day: date, spoken: Mapping[int, Sequence[date]]) -> bool:
    """Whether a day lies where a tool reported a programme; what is kept here alone is always followed."""
    said = spoken.get(programme)
    return not said or said[0] <= day <= said[-1]


@dataclass(frozen=True)
class Weeks:
    """Which days of which programmes a past is read of, where somebody knows better than what is kept here.

    Attributes:
        spoken: the days on which something was said of each programme, ascending.
        wanted: the days of each programme that are read: those, and weeks between them that nobody reported.
    """

    spoken: Mapping[int, Sequence[date]]
    wanted: Mapping[int, Collection[date]]


def read(
    days: Sequence[date],
    *,
    weeks: Weeks | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Past:
    """The past read anew for some days, of programmes somebody still spoke of; or of given weeks of programmes."""
    spoken = spoken_of() if weeks is None else weeks.spoken
    places: list[Place] = []
    parts: list[Matrix] = []
    trained: list[Matrix] = []
    for start in range(0, len(days), AT_ONCE):
        made = inputs.read(days[start : start + AT_ONCE])
        wanted = [
            at
            for at, (programme, day) in enumerate(made.places)
            if (
                is_followed(programme, day, spoken)
                if weeks is None
                else day in weeks.wanted.get(programme, ())
            )
        ]
        places += [made.places[at] for at in wanted]
        parts.append(made.raw[wanted])
        trained.append(made.trained[wanted])
        if progress:
            progress(start + AT_ONCE, len(days))
    raw = np.concatenate(parts) if parts else np.empty((0, len(CRISIS.names)))
    shares = np.concatenate(trained) if trained else np.empty((0, 2))
    return _with_outcomes(places, raw, shares, until=max(days, default=date.min), reported=spoken)


def _with_outcomes(
    places: list[Place],
    raw: Matrix,
    trained: Matrix,
    *,
    until: date,
    reported: Mapping[int, Sequence[date]],
) -> Past:
    spoken = defaultdict(list, {pk: list(said) for pk, said in reported.items()})
    for programme, day in places:
        # What is kept here alone is followed as long as snapshots are taken of it.
        if programme not in reported:
            spoken[programme].append(day)
    crises = crises_of()
    labels, known_on = outcomes(places, crises, spoken, until=until)
    portfolio = dict(Programme.all_objects.values_list("pk", "portfolio"))
    rows = Rows(
        raw=raw,
        label=labels,
        group=np.array([programme for programme, _day in places]),
        pool=np.array([portfolio.get(programme, "") for programme, _day in places]),
        day=np.array([day.toordinal() for _programme, day in places]),
    )
    days = {programme: [day.toordinal() for day in said] for programme, said in spoken.items()}
    return Past(places, History(rows, known_on, begun(places, crises), days), trained)


def in_small_units() -> set[int]:
    """The programmes whose units are small in the mean, by the people they are known to have now."""
    people = Coalesce("headcount", "unit__headcount")
    rows = ProgrammeUnit.objects.order_by().values("programme_id").annotate(mean=Avg(people))
    return set(rows.filter(mean__lt=SMALL_UNIT).values_list("programme_id", flat=True))


def spoken_of() -> dict[int, list[date]]:
    """The days on which another tool said something of each programme it reports, ascending.

    A programme whose history came from elsewhere is followed as long as that history goes on.
    """
    found: dict[int, set[date]] = {}
    for model in (StatusReport, ReportedFact):
        rows = (
            model.objects.exclude(programme__source="")
            .order_by()
            .values_list("programme_id", "effective_on")
            .distinct()
        )
        for programme, day in rows.iterator(chunk_size=10_000):
            found.setdefault(programme, set()).add(day)
    return {programme: sorted(days) for programme, days in found.items()}


def followed_until(as_of: date) -> dict[int, date]:
    """The last day by a day on which each programme was followed, as learning has it; one that never was is not in it.

    What a tool reports is followed to its last word, what is kept here alone until it is closed or removed. Four statements.
    """
    found = under_way.last_days(as_of)
    for programme, said in spoken_of().items():
        found.pop(programme, None)
        by_then = bisect_right(said, as_of)
        if by_then:
            found[programme] = said[by_then - 1]
    return found
