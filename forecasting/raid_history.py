"""The history of RAID items as rows to learn from, and what a model said of each day with what was known then.

Only jobs and commands import this module: it needs numpy.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import numpy.typing as npt

from programmes.models import Programme, RaidItem

from . import inputs, raid_inputs, raid_outcomes
from .choices import Target
from .learning import prior
from .learning.escalation import model_of
from .learning.features import CRISIS
from .learning.inputset import Matrix
from .learning.linear import LinearModel, Rows
from .learning.outcomes import HORIZON
from .models import RiskSnapshot
from .raid_inputs import Happened, Place, RaidInputs, Signals

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

    def rows(self, *, cut: date) -> tuple[Rows, int]:
        """The rows whose four weeks were over by a day, labelled by what was known then, and how many items escalated."""
        days, watched, came, that_day = self._came
        now = cut.toordinal()
        # What happens on a day may be known only once it is over.
        over = days + HORIZON.days <= np.minimum(watched, now - 1)
        # Those that had escalated that very day, when nobody knew yet, say nothing.
        wanted = np.flatnonzero(over & (that_day > now))
        label = came[wanted] <= now
        rows = Rows(
            raw=self.made.raw[wanted],
            label=label,
            group=self.made.programmes[wanted],
            pool=np.array(self.pools)[wanted],
            day=days[wanted],
        )
        return rows, len(np.unique(self.made.items[wanted][label]))

    @cached_property
    def pools(self) -> list[str]:
        """The portfolio of each place."""
        return [self.portfolio.get(programme, "") for programme in self.made.programmes.tolist()]


# So many days are read with one set of statements.
AT_ONCE = 13


def gather(days: Sequence[date], *, signals: Signals | None = None) -> RaidHistory:
    """Read what was known on some days and what came of it, some days at a time.

    What programmes went through comes from the snapshots that are kept; only where one is missing is it read anew.

    Args:
        signals: the inputs of programmes by programme and day, where they were read already.
    """
    ordered = sorted(set(days))
    last = ordered[-1]
    happened = raid_outcomes.happened(until=last + timedelta(days=1))
    parts = []
    for start in range(0, len(ordered), AT_ONCE):
        some = ordered[start : start + AT_ONCE]
        around = _signals_of(some) if signals is None else signals
        parts.append(raid_inputs.read(some, signals=around, happened=happened))
    return RaidHistory(
        made=RaidInputs.joined(parts),
        happened=happened,
        watched=raid_outcomes.watched_until(last + timedelta(days=1)),
        portfolio=dict(Programme.all_objects.values_list("pk", "portfolio")),
    )


def _signals_of(days: Sequence[date]) -> Signals:
    """The inputs of programmes on some days: as they were kept, else as they are read now."""
    missing = set(inputs.not_kept(days))
    found: dict[Place, Sequence[float] | Matrix] = {}
    if missing:
        made = inputs.read(sorted({day for _programme, day in missing}))
        found.update(zip(made.places, made.raw, strict=True))
    kept = RiskSnapshot.objects.filter(
        as_of__in=days, unit__isnull=True, feature_set=CRISIS.version
    ).values_list("programme_id", "as_of", "raw")
    for programme, day, raw in kept.iterator(chunk_size=5000):
        found[programme, day] = np.array(raw, dtype=float)
    return found


@dataclass(frozen=True)
class RaidScored:
    """What was said of an item on a day: `item` is its name in the tool it came from, else its reference."""

    item: str
    day: date
    probability: float
    stage: str


def raid_scores(
    days: Sequence[date],
    *,
    signals: Signals | None = None,
    score_from: date | None = None,
    assumed: LinearModel | None = None,
) -> Iterator[RaidScored]:
    """The risk of every open item on each day, by a model that knew only what was known by then.

    Learns again every four weeks on the organisation's own items, as far as they carry it.

    Args:
        days: all of the history, so that there is something to learn from.
        signals: the inputs of programmes by programme and day, where they were read already.
        score_from: nothing is said of earlier days.
        assumed: the model to start from; the shipped one where none is given.
    """
    if not days:
        return
    start = assumed or prior.load(Target.RAID_ESCALATES_4W)
    history = gather(days, signals=signals)
    names = {
        pk: external or reference
        for pk, external, reference in (
            (item.pk, item.external_id, item.reference)
            for item in RaidItem.all_objects.only("pk", "external_id", "kind", "number")
        )
    }
    of_day: dict[date, list[int]] = defaultdict(list)
    for index, day in enumerate(history.made.days):
        # Nothing is said of a programme whose tool stopped to report.
        if day <= history.watched[int(history.made.programmes[index])]:
            of_day[day].append(index)
    pools = history.pools
    model, stage, learned_on = start, "prior", date.min
    for day in sorted(of_day):
        if score_from is not None and day < score_from:
            continue
        if learned_on == date.min or day - learned_on >= RETRAINED:
            rows, escalated = history.rows(cut=day)
            model, stage = model_of(rows, start, escalated=escalated)
            learned_on = day
        at = of_day[day]
        told = model.probability(history.made.raw[at], [pools[index] for index in at])
        for index, risk in zip(at, told.tolist(), strict=True):
            yield RaidScored(names[int(history.made.items[index])], day, risk, stage)
