"""Whether a lesson may come into use while a remedy or a person's decision holds, judged on what came after that.

Only jobs and commands import this module: it needs numpy.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import numpy as np

from .choices import Target
from .learning import watch
from .learning.evaluation import mean_interval, surprise
from .learning.inputset import Matrix
from .learning.linear import LinearModel, Rows
from .learning.metrics import Array
from .learning.outcomes import HORIZON
from .learning.stages import count_events
from .learning.walk import NOT_ASKED
from .past import Past
from .raid_history import RaidHistory
from .standing import Hold, Standing
from .starting import origin_of

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
    weeks: watch.Told,
    raw: Matrix,
    pool: Array,
    as_of: date,
) -> Ruling:
    """What follows from a lesson while something holds.

    Args:
        used: what is in use; `is_learned`: whether by a lesson.
        start: what the lesson started from, the shipped prior or a shared one, on the level of here where that is known.
        weeks: of each week since the level changed, what began in it; its probabilities say nothing.
        raw, pool: the inputs of these weeks.
    """
    levelled = partial(_on_level, standing=standing, weeks=weeks, raw=raw, pool=pool, as_of=as_of)
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
    weeks: watch.Told,
    raw: Matrix,
    pool: Array,
    as_of: date,
) -> _Levelled:
    """A model put to the level of the weeks since a change, where such a level holds."""
    if model is None or standing.level_since is None or not len(weeks):
        return _Levelled(model)
    risks = model.probability(raw, pool)
    found = watch.watch(
        watch.Told(weeks.week, weeks.programme, risks, weeks.began, weeks.over),
        until=as_of.toordinal(),
        high_from=1.0,
    )
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


# --- what came in the weeks since a change -----------------------------------------------------------------


def weeks_of_programmes(past: Past, since: date, as_of: date) -> tuple[watch.Told, Array]:
    """The weeks of programmes since a day of which the next one is over, and which rows of the past they are."""
    rows, began_on = past.history.rows, past.history.began_on
    assert rows.day is not None
    assert began_on is not None
    at = np.flatnonzero(
        (rows.day >= since.toordinal())
        & (rows.day + 7 <= as_of.toordinal())
        & (began_on != NOT_ASKED)
    )
    away = (began_on[at] - rows.day[at]).astype(float)
    return _told(rows.day[at], rows.group[at], away, as_of), at


def weeks_of_items(history: RaidHistory, since: date, as_of: date) -> tuple[watch.Told, Array]:
    """As `weeks_of_programmes`, of open RAID items."""
    days = np.array([day.toordinal() for day in history.made.days], dtype=np.int64)
    escalated: dict[int, list[int]] = defaultdict(list)
    for each in history.happened:
        escalated[each.item].append(each.on.toordinal())
    away = np.full(len(days), np.inf)
    for index, item in enumerate(history.made.items.tolist()):
        for on in escalated.get(item, ()):
            if on >= days[index]:
                away[index] = min(away[index], on - days[index])
    watched = np.array(
        [history.watched[each].toordinal() for each in history.made.programmes.tolist()],
        dtype=np.int64,
    )
    at = np.flatnonzero(
        (days >= since.toordinal())
        & (days + 7 <= np.minimum(watched, as_of.toordinal()))
        & (away > 0)
    )
    return _told(days[at], history.made.programmes[at], away[at], as_of), at


def _told(days: Array, group: Array, away: Matrix, as_of: date) -> watch.Told:
    return watch.Told(
        week=days,
        programme=group,
        probability=np.full(len(days), 0.5),
        began=np.where(away <= HORIZON.days, away, np.nan),
        over=days + HORIZON.days <= as_of.toordinal(),
    )


def weeks_since(target: Target, gathered: Any, since: date, as_of: date) -> Any:
    """The weeks since a change with their inputs and portfolios, of either target."""
    if target is Target.CRISIS_4W:
        told, at = weeks_of_programmes(gathered.past, since, as_of)
        rows = gathered.past.history.rows
        pool = rows.pool[at] if rows.pool is not None else np.full(len(at), "")
        return told, rows.raw[at], pool
    told, at = weeks_of_items(gathered.items, since, as_of)
    return told, gathered.items.made.raw[at], np.array(gathered.items.pools, dtype=object)[at]
