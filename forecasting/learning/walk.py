"""Walks a history week by week: learn from what was known, tell the coming week, go on.

The walk is how an organisation's own past is used to show what the scores would have been worth: nothing that
became known later is read when a week is told.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from .linear import LinearModel, Matrix, Rows
from .outcomes import HORIZON, QUIET, Crisis, at_risk, label
from .stages import Learned, Stage, learn_crises, learn_on, prior_here

# A window whose end nobody can know any more.
NEVER = np.iinfo(np.int64).max
# The start of a crisis where the question makes no sense: one is open, or hardly over.
NOT_ASKED = -1
# A model is moved by what came since every so many days, and judged anew every so many.
EVERY, JUDGED_EVERY = 7, 28
Ordinals = npt.NDArray[np.int64]


@dataclass(frozen=True)
class History:
    """All rows of an organisation with the day from which the outcome of each is known.

    Attributes:
        rows: with the day and portfolio of each; `label` says nothing where `known_on` is `NEVER`.
        known_on: the first day, as an ordinal, on which the outcome can be learned from.
        began_on: when the next crisis of each row's programme began, as of `begun`; None where nobody says, and
            then nothing is learned from windows that are not over.
        spoken: the days on which something was said of each group, as ordinals, ascending.
    """

    rows: Rows
    known_on: Ordinals
    began_on: Ordinals | None = None
    spoken: Mapping[Any, Sequence[int]] = field(default_factory=dict)

    def known_by(self, day: int) -> Rows:
        return self.rows.only(self.known_on <= day)

    def unfinished_by(self, day: int) -> Rows | None:
        """The rows whose window is not over by a day, as far as it was followed by then; None where nobody says.

        A window followed for a share of it says whether a crisis began within that share, no more: what follows is
        neither good nor bad news. Nothing said after the day is looked at.
        """
        if self.began_on is None or self.rows.day is None:
            return None
        horizon = HORIZON.days
        at = np.flatnonzero(
            (self.rows.day <= day) & (self.known_on > day) & (self.began_on != NOT_ASKED)
        )
        groups, of = np.unique(self.rows.group[at], return_inverse=True)
        last = np.array([self.last_spoken(group, day) for group in groups.tolist()], dtype=np.int64)  # fmt: skip
        seen = last[of] if len(groups) else np.empty(0, dtype=np.int64)
        followed = seen - self.rows.day[at]
        partly = (followed > 0) & (followed < horizon)
        at, seen, followed = at[partly], seen[partly], followed[partly]
        return replace(
            self.rows.only(at), label=self.began_on[at] <= seen, exposure=followed / horizon
        )

    def last_spoken(self, group: Any, day: int) -> int:
        """The last day by a day on which something was said of a group, as an ordinal; 0 where nothing was."""
        said = self.spoken.get(group, ())
        before = bisect_right(said, day)
        return said[before - 1] if before else 0

    @property
    def is_known(self) -> npt.NDArray[np.bool_]:
        return self.known_on < NEVER


def outcomes(
    places: list[tuple[Any, date]],
    crises: Mapping[Any, list[Crisis]],
    spoken: Mapping[Any, Sequence[date]],
    *,
    until: date,
) -> tuple[npt.NDArray[np.bool_], Ordinals]:
    """The outcome of each place (programme and day), and from when it is known.

    A crisis counts from the day it began. That nothing happened is known once the window is over and the
    programme is still spoken of; a window nobody followed to its end says nothing, even when something happened
    in the part that was seen: otherwise only bad news would count.

    Args:
        spoken: the days on which something was said of each programme, ascending.
        until: the last day of which anything is known.
    """
    labels = np.zeros(len(places), dtype=bool)
    known_on = np.full(len(places), NEVER)
    for at, (programme, day) in enumerate(places):
        ends = day + HORIZON
        said = spoken.get(programme, ())
        after = bisect_left(said, ends)
        if after == len(said) or said[after] > until:
            continue
        came = label(day, crises.get(programme, ()), observed_until=ends, quiet=QUIET)
        if came is not None:
            labels[at] = came
            known_on[at] = said[after].toordinal()
    return labels, known_on


def begun(
    places: list[tuple[Any, date]], crises: Mapping[Any, list[Crisis]], *, quiet: timedelta = QUIET
) -> Ordinals:
    """The day on which the next crisis after each place began, as an ordinal; `NEVER` where none did.

    `NOT_ASKED` where a new crisis could not be told from an old one.
    """
    made = np.full(len(places), NEVER)
    for at, (programme, day) in enumerate(places):
        its = crises.get(programme, ())
        if not at_risk(day, its, quiet=quiet):
            made[at] = NOT_ASKED
        else:
            later = [began.toordinal() for began, _ended in its if began > day]
            made[at] = min(later, default=NEVER)
    return made


@dataclass
class Walked:
    """What was told in every week, and the models that told it.

    Attributes:
        probability, low, high: of each row of the history, NaN where it was not told.
        by_prior: what the prior says of each row.
        turn: which of `learned` told a row; -1 where none did.
        learned: each time something was learned, with the day from which it told.
        on_level: what the prior would have said of each row on the level of here as it was known then; None where nobody looked.
    """

    probability: Matrix
    low: Matrix
    high: Matrix
    by_prior: Matrix
    turn: Ordinals
    learned: list[tuple[date, Learned]] = field(default_factory=list)
    on_level: Matrix | None = None

    def stage(self, row: int) -> Stage:
        return self.learned[self.turn[row]][1].stage


def walk(
    history: History,
    prior: LinearModel,
    *,
    every: int = EVERY,
    about: Callable[[date], Mapping[str, Any]] | None = None,
    progress: Callable[[date], None] | None = None,
) -> Walked:
    """Tell every row of a history by a model that was learned from what was known before its day.

    Args:
        every: days from one learning to the next; what was learned is judged every `JUDGED_EVERY`.
        about: what a model learned on a day says of where it comes from.
    """
    rows = history.rows
    if rows.day is None:
        raise ValueError("A history is walked by the day of each row.")
    count = len(rows)
    on_level = np.full(count, np.nan)
    made = Walked(
        probability=np.full(count, np.nan),
        low=np.full(count, np.nan),
        high=np.full(count, np.nan),
        by_prior=prior.probability(rows.raw, rows.pool) if count else np.empty(0),
        turn=np.full(count, -1),
        on_level=on_level,
    )
    if not count:
        return made
    first = int(rows.day.min())
    week, period = (rows.day - first) // every, -(-JUDGED_EVERY // every)
    # Nothing is learned for weeks without a row to tell, or one mistyped year would cost as much as a century; what is
    # judged at the beginning of a period holds for all its weeks.
    for number in np.unique([week, week - week % period]).tolist():
        start = first + number * every
        now = np.flatnonzero(week == number)
        day = date.fromordinal(start)
        says = about(day) if about else None
        known, unfinished = history.known_by(start), history.unfinished_by(start)
        if number % period == 0:
            learned = learn_crises(
                known, prior, unfinished=unfinished, slices=slices(known), about=says
            )
        else:
            learned = learn_on(learned, known, prior, unfinished=unfinished, about=says)
        made.learned.append((day, learned))
        if len(now):
            pool = None if rows.pool is None else rows.pool[now]
            made.probability[now] = learned.model.probability(rows.raw[now], pool)
            made.low[now], made.high[now] = learned.model.band(rows.raw[now], pool)
            made.turn[now] = len(made.learned) - 1
            here = learned.model
            if learned.stage is not Stage.PRIOR:
                here, _level = prior_here(known, prior, unfinished)
            on_level[now] = here.probability(rows.raw[now], pool)
        if progress:
            progress(day)
    return made


def slices(rows: Rows) -> dict[str, npt.NDArray[np.bool_]]:
    """The parts of a history that must not be told worse by a new model."""
    from .features import CRISIS

    near = rows.raw[:, CRISIS.names.index("near_golive")]
    return {"near_golive": np.nan_to_num(near) > 0.3}
