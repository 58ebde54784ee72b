"""The history of RAID items as rows to learn from, and what a model said of each day with what was known then.

Only jobs and commands import this module: it needs numpy.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from programmes.models import Programme, RaidItem

from . import raid_inputs, raid_outcomes
from .choices import Target
from .learning import prior
from .learning.escalation import model_of
from .learning.linear import LinearModel, Rows
from .learning.outcomes import HORIZON
from .raid_inputs import Happened, Place, RaidInputs

# A model learns again after so long.
RETRAINED = timedelta(weeks=4)


@dataclass(frozen=True)
class RaidHistory:
    """What was known of every open item on some days, and what came of it.

    `watched`: until when each programme was watched. `portfolio`: of each programme.
    """

    made: RaidInputs
    happened: Sequence[Happened]
    watched: Mapping[int, date]
    portfolio: Mapping[int, str]

    def rows(self, *, cut: date) -> tuple[Rows, int]:
        """The rows whose four weeks were over by a day, labelled by what was known then, and how many items escalated."""
        escalated: dict[int, list[date]] = defaultdict(list)
        for each in self.happened:
            if each.known_on <= cut:
                escalated[each.item].append(each.on)
        # What happens on a day may be known only once it is over.
        last = cut - timedelta(days=1)
        wanted: list[int] = []
        labels: list[bool] = []
        came: set[tuple[int, date]] = set()
        made = self.made
        for index, (item, programme, day) in enumerate(
            zip(made.items.tolist(), made.programmes.tolist(), made.days, strict=True)
        ):
            if day + HORIZON > min(last, self.watched.get(programme, last)):
                continue
            ahead = [on for on in escalated.get(item, ()) if day < on <= day + HORIZON]
            # It had escalated that very day, and nobody knew yet.
            if day in escalated.get(item, ()):
                continue
            wanted.append(index)
            labels.append(bool(ahead))
            came.update((item, on) for on in ahead)
        rows = Rows(
            raw=made.raw[wanted],
            label=np.array(labels, dtype=bool),
            group=made.programmes[wanted],
            pool=np.array([self.portfolio.get(made.programmes[at], "") for at in wanted]),
            day=np.array([made.days[at].toordinal() for at in wanted]),
        )
        return rows, len({item for item, _on in came})

    def pools(self) -> list[str]:
        """The portfolio of each place."""
        return [self.portfolio.get(programme, "") for programme in self.made.programmes.tolist()]


def gather(
    days: Sequence[date], *, signals: Mapping[Place, Sequence[float]] | None = None
) -> RaidHistory:
    """Read what was known on some days and what came of it. A constant number of statements."""
    last = max(days)
    happened = raid_outcomes.happened(until=last + timedelta(days=1))
    return RaidHistory(
        made=raid_inputs.read(days, signals=signals, happened=happened, with_closed=True),
        happened=happened,
        watched=raid_outcomes.watched_until(last + timedelta(days=1)),
        portfolio=dict(Programme.all_objects.values_list("pk", "portfolio")),
    )


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
    signals: Mapping[Place, Sequence[float]] | None = None,
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
        of_day[day].append(index)
    pools = history.pools()
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
