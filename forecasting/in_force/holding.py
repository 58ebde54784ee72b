"""Whether a lesson may come into use while a remedy or a person's decision holds, judged on what came after that.

Only jobs and commands import this module: it needs numpy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

import numpy as np

from ..learning.inputset import Matrix
from ..learning.judging import watch
from ..learning.judging.evaluation import mean_interval, surprise
from ..learning.linear import LinearModel, Rows
from ..learning.stages import count_events
from .standing import Hold, Standing
from .starting import origin_of
from .weeks_since import WeeksSince

# What holds against a lesson is judged once so many events came after it.
FEWEST_EVENTS = 5
# With so many crises since a change the own level of a lesson can be seen to be right again.
ENOUGH = 30
# A level that differs from the one in use by a smaller factor on the odds is left as it is.
SAME_ODDS = 1.2


@dataclass(frozen=True)
class Lessons:
    """What a lesson learned and what it learned from, as far as it matters for what holds.

    Attributes:
        model: what it made; None where the prior is to be used.
        rows: with their outcome known; `told`: what models say of them that did not learn from their programme.
        refused: what was tried in vain; None where nothing was.
    """

    model: LinearModel | None
    rows: Rows
    told: Matrix
    refused: LinearModel | None = None


@dataclass(frozen=True)
class Ruling:
    """What is to come into use, and why.

    Attributes:
        model: None where what is in use stays.
        is_prior: whether it is what the lesson started from, the shipped prior or a shared one, on another level.
        ends: what this ends: `hold` or `level`.
        details: for the event and the card.
        left: what the lesson made and what does not come into use, on the level that holds; None where it made none.
        shift: by how much that level lies above the lesson's own, in log-odds.
    """

    model: LinearModel | None
    is_prior: bool = False
    ends: tuple[str, ...] = ()
    details: Mapping[str, Any] | None = None
    left: LinearModel | None = None
    shift: float = 0.0


def rule(
    learned: Lessons,
    standing: Standing,
    *,
    used: LinearModel,
    is_learned: bool,
    start: LinearModel,
    since: WeeksSince,
    as_of: date,
) -> Ruling:
    """What follows from a lesson while something holds.

    Args:
        used: what is in use; `is_learned`: whether by a lesson.
        start: what the lesson started from, the shipped prior or a shared one, on the level of here where that is known.
        since: what came in the weeks since the level changed.
    """
    levelled = partial(_on_level, standing=standing, since=since, as_of=as_of)
    if standing.hold is Hold.ASIDE:
        left = levelled(learned.model or learned.refused)
        return Ruling(None, details={"held": Hold.ASIDE.value}, left=left.model, shift=left.shift)
    if learned.model is None:
        left, other = levelled(learned.refused), levelled(start)
        if other.model is None or other.found is None:
            return Ruling(None, details={}, left=left.model)
        # The prior takes the place of what was learned, or is put to its level anew, but never on the level before.
        moves = is_learned or abs(other.model.intercept - used.intercept) > np.log(SAME_ODDS)
        wanted = moves and standing.hold is not Hold.BROUGHT_BACK
        return Ruling(
            other.model if wanted else None,
            is_prior=True,
            details=other.details,
            left=left.model,
            shift=left.shift,
        )
    on, ends = levelled(learned.model), []
    if on.found is not None and on.found.observed >= ENOUGH and on.found.low <= 1 <= on.found.high:
        on = _Levelled(learned.model)
        ends.append("level")
    gain, events = _gain(learned, standing, used, on.shift)
    details = {**on.details, "after_gain": gain, "after_events": events}
    held = None
    if standing.hold is not None:
        if gain is None or events < FEWEST_EVENTS or gain[1] <= 0:
            held = standing.hold.value
        ends.append("hold")
    elif gain is not None and events >= FEWEST_EVENTS and gain[2] <= 0:
        held = "level"
    if held is not None:
        return Ruling(None, details={**details, "held": held}, left=on.model, shift=on.shift)
    return Ruling(on.model, ends=tuple(ends), details=details)


@dataclass(frozen=True)
class _Levelled:
    """A model on the level that holds; as it was where none does. `found`: how it told the weeks since the change."""

    model: LinearModel | None
    shift: float = 0.0
    found: watch.Watched | None = None

    @property
    def details(self) -> dict[str, Any]:
        if self.model is None or self.found is None:
            return {}
        return {"level_since": self.model.about["level_since"], "shift": self.shift}


def _on_level(
    model: LinearModel | None,
    *,
    standing: Standing,
    since: WeeksSince,
    as_of: date,
) -> _Levelled:
    """A model put to the level of the weeks since a change, where such a level holds."""
    if model is None or standing.level_since is None or not len(since.told):
        return _Levelled(model)
    risks = model.probability(since.raw, since.pool)
    told = replace(since.told, probability=risks)
    found = watch.watch(told, until=as_of.toordinal(), high_from=1.0)
    about = {
        **model.about,
        **origin_of(model),
        "assumed": False,
        "level_since": standing.level_since.isoformat(),
    }
    moved = watch.with_level(model, found, risks, about)
    return _Levelled(moved, float(moved.about["level_shift"]), found)


def _gain(
    learned: Lessons, standing: Standing, used: LinearModel, shift: float
) -> tuple[list[float] | None, int]:
    """The gain of a lesson over what is in use, in log loss on the weeks after what holds; and how many events these tell of."""
    since = standing.event.happened_on if standing.event else standing.anew
    rows = learned.rows
    if since is None or rows.day is None or not len(rows):
        return None, 0
    after = rows.day > since.toordinal()
    if not after.any():
        return None, 0
    later = rows.only(after)
    told = np.clip(learned.told[after], 1e-9, 1 - 1e-9)
    odds = np.log(told) - np.log1p(-told) + shift
    gains = surprise(later.label, used.probability(later.raw, later.pool)) - surprise(
        later.label, 1 / (1 + np.exp(-odds))
    )
    found = mean_interval(gains, later.group)
    return [found.value, found.low, found.high], count_events(later)
