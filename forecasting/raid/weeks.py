"""What the model in use says of open RAID items in the last weeks.

What it said of earlier Mondays is carried from score to score. What is missing there, because the model is another, the item is new or a night
was left out, is told from records as they stood on those days (decision 0035); an item that could not escalate then has no chance on
that day. A Monday that was looked at is not looked at again under the same model, also where entries come in later that speak of it.

Only jobs and commands import this module: it needs numpy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt
from django.db.models import Min
from django.utils import timezone

from programmes.models import RaidUpdate

from ..crises.weeks_before import ChanceByDay
from ..learning.inputset import Matrix
from ..learning.linear import LinearModel
from ..models import RaidScore
from . import history as raid_history, inputs as raid_inputs
from .inputs import Happened

# So many rows are read at once.
AT_ONCE = 5000


@dataclass
class Before:
    """What a model says of open items on some earlier days, once every day in `lacking` was looked at.

    Attributes:
        items: in order; `days`: oldest first.
        chances: items x days, NaN where there was nothing to ask.
        is_lacking: items x days, where it is still to be told from the records.
    """

    model: LinearModel
    items: npt.NDArray[np.int64]
    days: Sequence[date]
    chances: Matrix
    is_lacking: npt.NDArray[np.bool_]

    @property
    def lacking(self) -> list[date]:
        """The days that are to be looked at."""
        return [day for day, at in zip(self.days, self.is_lacking.T, strict=True) if at.any()]

    def look_at(
        self, day: date, *, portfolio: Mapping[int, str], happened: Sequence[Happened]
    ) -> None:
        """Tell what is lacking on a day, from records as they stood then.

        Args:
            portfolio: of each programme.
            happened: escalations; each counts from when it was known.
        """
        at = self.days.index(day)
        signals = raid_history.signals_of([day])
        made = raid_inputs.read([day], signals=signals, happened=happened)
        if len(made):
            pools = [portfolio.get(programme, "") for programme in made.programmes.tolist()]
            found = np.searchsorted(self.items, made.items)
            found[found == len(self.items)] = 0
            wanted = (self.items[found] == made.items) & self.is_lacking[found, at]
            told = self.model.probability(made.raw, pools)
            self.chances[found[wanted], at] = told[wanted]
        self.is_lacking[:, at] = False

    def of(self, item: int) -> ChanceByDay:
        """Of one item."""
        row = self.chances[self._place[item]].tolist()
        return {
            day: None if chance != chance else chance
            for day, chance in zip(self.days, row, strict=True)
        }

    @cached_property
    def _place(self) -> dict[int, int]:
        return {item: at for at, item in enumerate(self.items.tolist())}


def carried(model: LinearModel, items: npt.NDArray[np.int64], days: Sequence[date]) -> Before:
    """What the same model said of some days, as kept beside the last score of each item. Two statements.

    Args:
        items: in order.
    """
    shape = len(items), len(days)
    made = Before(model, items, days, np.full(shape, np.nan), np.ones(shape, dtype=bool))
    place = {day.isoformat(): at for at, day in enumerate(days)}
    index = {item: at for at, item in enumerate(items.tolist())}
    rows = RaidScore.objects.filter(is_current=True, model=model.digest)
    for item, series in rows.values_list("item_id", "series").iterator(chunk_size=AT_ONCE):
        row = index.get(item)
        if row is None:
            continue
        for day, chance in series:
            if day in place:
                made.is_lacking[row, place[day]] = False
                if chance is not None:
                    made.chances[row, place[day]] = chance
    _ask_from_the_first_word(made)
    return made


def _ask_from_the_first_word(made: Before) -> None:
    """Before anybody knew of an item there is nothing to ask."""
    lacking = np.flatnonzero(made.is_lacking.any(axis=1))
    index = dict(zip(made.items[lacking].tolist(), lacking.tolist(), strict=True))
    known = RaidUpdate.objects.filter(item__in=list(index)).order_by().values_list("item_id")
    since = np.full(len(made.items), np.iinfo(np.int64).max)
    for item, known_at in known.annotate(Min("known_at")):
        since[index[item]] = timezone.localdate(known_at).toordinal()
    ordinals = np.array([day.toordinal() for day in made.days])
    made.is_lacking &= since[:, None] <= ordinals[None, :]
