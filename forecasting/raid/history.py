"""The history of RAID items as rows to learn from, and what a model said of each day with what was known then.

Only jobs and commands import this module: it needs numpy.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from pmo_portal.common.batches import batches
from programmes.models import Programme, RaidItem

from .. import inputs
from ..choices import Target
from ..learning import prior
from ..learning.features import CRISIS
from ..learning.inputset import Matrix
from ..learning.judging.report import ALERTS
from ..learning.linear import LinearModel, Rows
from ..learning.outcomes import HORIZON
from ..learning.raid.escalation import learn_escalation
from ..learning.raid.report import walked_report
from ..learning.walk import Walked
from ..models import RiskSnapshot
from . import inputs as raid_inputs, outcomes as raid_outcomes
from .inputs import Happened, Place, RaidInputs, Signals

# A model learns again after so long.
RETRAINED = timedelta(weeks=4)


# Later than any day.
NEVER = date.max.toordinal()


@dataclass(frozen=True)
class RaidHistory:
    """What was known of every open item on some days, and what came of it.

    `watched`: until when each programme was watched. `portfolio`: of each programme.
    """

    made: RaidInputs
    happened: Sequence[Happened]
    watched: Mapping[int, date]
    portfolio: Mapping[int, str]

    @cached_property
    def _came(self) -> tuple[npt.NDArray[np.int64], ...]:
        """For each place, as ordinals: its day, the last day it could be watched on, since when it is known that it
        escalated within the horizon, and since when it is known that it had escalated that very day."""
        events: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for each in self.happened:
            events[each.item].append((each.on.toordinal(), each.known_on.toordinal()))
        days = np.array([day.toordinal() for day in self.made.days], dtype=np.int64)
        watched = np.array(
            [self.watched[each].toordinal() for each in self.made.programmes.tolist()],
            dtype=np.int64,
        )
        came, that_day = np.full((2, len(days)), NEVER)
        for index, item in enumerate(self.made.items.tolist()):
            for on, known_on in events.get(item, ()):
                if 0 < on - days[index] <= HORIZON.days:
                    came[index] = min(came[index], known_on)
                elif on == days[index]:
                    that_day[index] = min(that_day[index], known_on)
        return days, watched, came, that_day

    def known_by(self, cut: date) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
        """The places whose four weeks were over by a day, and what had come of each as known then."""
        days, watched, came, that_day = self._came
        now = cut.toordinal()
        # What happens on a day may be known only once it is over.
        over = days + HORIZON.days <= np.minimum(watched, now - 1)
        # Those that had escalated that very day, when nobody knew yet, say nothing.
        wanted = np.flatnonzero(over & (that_day > now))
        return wanted, came[wanted] <= now

    def rows(self, *, cut: date) -> tuple[Rows, int]:
        """The rows whose four weeks were over by a day, labelled by what was known then, and how many items escalated."""
        wanted, label = self.known_by(cut)
        rows = self.every_row.only(wanted)
        rows = replace(rows, label=label)
        return rows, len(np.unique(self.made.items[wanted][label]))

    @cached_property
    def every_row(self) -> Rows:
        """All places as rows; their labels say nothing."""
        return Rows(
            raw=self.made.raw,
            label=np.zeros(len(self.made), dtype=bool),
            group=self.made.programmes,
            pool=np.array(self.pools),
            day=self._came[0],
        )

    def labelled(self, *, cut: date) -> tuple[Rows, npt.NDArray[np.bool_]]:
        """All places as rows with what had come of them by a day, and of which of them that is known."""
        wanted, label = self.known_by(cut)
        labels = np.zeros(len(self.made), dtype=bool)
        labels[wanted] = label
        known = np.zeros(len(self.made), dtype=bool)
        known[wanted] = True
        return replace(self.every_row, label=labels), known

    @cached_property
    def pools(self) -> list[str]:
        """The portfolio of each place."""
        return [self.portfolio.get(programme, "") for programme in self.made.programmes.tolist()]


# So many days are read with one set of statements, and so many weeks of items.
AT_ONCE, ROWS_AT_ONCE = 13, 400_000
# From so many weeks of items more would teach nothing that could be seen: in a larger organisation lessons draw some items.
MOST_TO_LEARN = 500_000


def gather_items(
    days: Sequence[date],
    *,
    signals: Signals | None = None,
    watched: Mapping[int, date] | None = None,
    most: int | None = None,
) -> RaidHistory:
    """Read what was known on some days and what came of it, some days at a time.

    What programmes went through comes from the snapshots that are kept; only where one is missing is it read anew.

    Args:
        signals: the inputs of programmes by programme and day, where they were read already; then the items of
            these programmes and days are read, and no others.
        watched: until when each programme was watched, where somebody knows better than what is kept here.
        most: weeks of items to keep about so many of at most: of more they are those of some items, always the same ones,
            with all their weeks. All are kept where nothing is said.
    """
    ordered = sorted(set(days))
    last = ordered[-1]
    happened = raid_outcomes.happened(until=last + timedelta(days=1))
    items = RaidItem.all_objects.count()
    at_once = min(AT_ONCE, max(1, ROWS_AT_ONCE // max(1, items)))
    one_of = -(-items * len(ordered) // most) if most else 1
    parts = []
    for some in batches(ordered, at_once):
        if signals is None:
            made = raid_inputs.read(some, signals=signals_of(some), happened=happened)
        else:
            made = raid_inputs.read(some, signals=signals, happened=happened)
            made = made.only([place in signals for place in made.places])
        parts.append(made.only(_is_drawn(made.items, one_of)) if one_of > 1 else made)
    return RaidHistory(
        made=RaidInputs.joined(parts),
        happened=happened,
        watched=raid_outcomes.followed_until(last + timedelta(days=1))
        if watched is None
        else watched,
        portfolio=dict(Programme.all_objects.values_list("pk", "portfolio")),
    )


def _is_drawn(items: npt.NDArray[np.int64], one_of: int) -> npt.NDArray[np.bool_]:
    """One item of so many, by its number and nothing it is about.

    Multiplied first (Knuth, The Art of Computer Programming, volume 3, 6.4), because what is recorded in turns has numbers in turns.
    """
    mixed: npt.NDArray[np.int64] = (items * 2654435761) % 2**32
    return mixed % one_of == 0


def signals_of(days: Sequence[date]) -> Signals:
    """The inputs of programmes on some days: as they were kept, else as they are read now."""
    found: dict[Place, Sequence[float] | Matrix] = {}
    missing = inputs.not_kept(days)
    if missing:
        made = inputs.read(sorted({day for _programme, day in missing}))
        found.update(zip(made.places, made.raw, strict=True))
    kept = RiskSnapshot.objects.filter(
        as_of__in=days, unit__isnull=True, feature_set=CRISIS.version
    ).values_list("programme_id", "as_of", "raw")
    for programme, day, raw in kept.iterator(chunk_size=5000):
        found[programme, day] = np.array(raw, dtype=float)
    return found


def first_words() -> dict[int, str]:
    """What each item was called and why it may happen, as it was first recorded: edits come with hindsight. One statement."""
    trail = RaidItem.pgh_event_model.objects.filter(pgh_label="insert")  # type: ignore[attr-defined]
    return {
        item: f"{title} {cause}".strip()
        for item, title, cause in trail.values_list("pgh_obj_id", "title", "cause")
    }


@dataclass(frozen=True)
class RaidScored:
    """What was said of an item on a day: `item` is its name in the tool it came from, else its reference."""

    item: str
    day: date
    probability: float
    stage: str


@dataclass(frozen=True)
class RaidWalked:
    """A history of items and what was told of each of its weeks, with what is said of it to people.

    `until`: the day by which outcomes are counted.
    """

    history: RaidHistory
    walked: Walked
    until: date
    names: Mapping[int, str] = field(default_factory=dict)

    def scores(self) -> Iterator[RaidScored]:
        """What was told, day by day."""
        made = self.history.made
        for index in np.argsort(self.history.every_row.day, kind="stable").tolist():  # type: ignore[arg-type]
            if self.walked.turn[index] >= 0:
                yield RaidScored(
                    self.names[int(made.items[index])],
                    made.days[index],
                    float(self.walked.probability[index]),
                    self.walked.stage(index).value,
                )

    def report(self, *, since: date | None = None, alerts: float = ALERTS) -> dict[str, Any]:
        """What it was worth, from a day on."""
        rows, known = self.history.labelled(cut=self.until)
        return walked_report(
            rows, self.history.made.items, known, self.walked, since=since, alerts=alerts
        )


def walk(
    history: RaidHistory,
    start: LinearModel,
    *,
    score_from: date | None = None,
    progress: Callable[[date], None] | None = None,
) -> Walked:
    """Tell every open item of each day by a model that knew only what was known by then.

    Learns again every four weeks on the organisation's own items, as far as they carry it and nothing speaks against it.

    Args:
        score_from: nothing is told of earlier days; what is told of later ones is the same.
    """
    count = len(history.made)
    rows = history.every_row
    made = Walked(
        probability=np.full(count, np.nan),
        low=np.full(count, np.nan),
        high=np.full(count, np.nan),
        by_prior=start.probability(rows.raw, rows.pool) if count else np.empty(0),
        turn=np.full(count, -1),
    )
    of_day: dict[date, list[int]] = defaultdict(list)
    for index, day in enumerate(history.made.days):
        # Nothing is said of a programme whose tool stopped to report.
        if day <= history.watched[int(history.made.programmes[index])]:
            of_day[day].append(index)
    learned_on, is_due = date.min, False
    for day in sorted(of_day):
        if learned_on == date.min or day - learned_on >= RETRAINED:
            learned_on, is_due = day, True
        if score_from is not None and day < score_from:
            continue
        # The first day that is told is told by the lesson of its period, as where every day is.
        if is_due:
            known, escalated = history.rows(cut=learned_on)
            made.learned.append((learned_on, learn_escalation(known, start, escalated=escalated)))
            is_due = False
            if progress:
                progress(learned_on)
        at, model = of_day[day], made.learned[-1][1].model
        pools = [history.pools[index] for index in at]
        made.probability[at] = model.probability(history.made.raw[at], pools)
        made.low[at], made.high[at] = model.band(history.made.raw[at], pools)
        made.turn[at] = len(made.learned) - 1
    return made


def walked(
    days: Sequence[date],
    *,
    signals: Signals | None = None,
    watched: Mapping[int, date] | None = None,
    score_from: date | None = None,
    assumed: LinearModel | None = None,
) -> RaidWalked:
    """Read the history of some days and walk it.

    Args:
        days: all of the history, so that there is something to learn from.
        signals, watched: as for `gather_items`.
        score_from: nothing is said of earlier days.
        assumed: the model to start from; the shipped one where none is given.
    """
    start = assumed or prior.load(Target.RAID_ESCALATES_4W)
    history = gather_items(days, signals=signals, watched=watched)
    names = {
        pk: external or reference
        for pk, external, reference in (
            (item.pk, item.external_id, item.reference)
            for item in RaidItem.all_objects.only("pk", "external_id", "kind", "number")
        )
    }
    told = walk(history, start, score_from=score_from)
    return RaidWalked(history, told, max(days) + timedelta(days=1), names)


def raid_scores(days: Sequence[date], **how: Any) -> Iterator[RaidScored]:
    """The risk of every open item on each day, as `walked` tells it."""
    if days:
        yield from walked(days, **how).scores()
