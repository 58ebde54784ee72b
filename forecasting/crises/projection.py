"""Projects what a later go-live would do, for every programme with one ahead.

Only jobs and commands import this module: it needs numpy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from pmo_portal.tenants.selectors import thresholds

from ..choices import FARTHEST_GOLIVE, FIRST_WAVES
from ..in_force import registry
from ..learning.features import CRISIS
from ..learning.inputset import Matrix
from ..learning.judging.metrics import Array
from ..learning.linear import LinearModel
from ..learning.outcomes import HORIZON
from ..learning.whatif import DELAYS, Projected, State, project, within
from ..models import RiskSnapshot

# In two waves the second goes live later by so many weeks; the first arm is the plan as it is.
WAVES = (0, 2, 4, 6, 8)
_TO_GO = CRISIS.names.index("weeks_to_golive")


@dataclass(frozen=True)
class Programmes:
    """Programmes as they stand on a day, from which it goes on.

    Attributes:
        keys: of the programmes; `raw`, `trained`: the inputs of each on that day, as in `inputs.Inputs`.
        portfolio: of each programme, by its key.
        fresh: snapshots that were taken and are not kept yet.
    """

    keys: Sequence[int]
    raw: Matrix
    trained: Matrix
    portfolio: Mapping[int, str]
    as_of: date
    fresh: Sequence[RiskSnapshot] = ()

    def only(self, wanted: Array) -> Programmes:
        """Those at some places."""
        keys = [self.keys[at] for at in wanted.tolist()]
        return replace(self, keys=keys, raw=self.raw[wanted], trained=self.trained[wanted])

    @property
    def state(self) -> State:
        """One statement."""
        return State(
            self.raw,
            np.column_stack([self.trained, _trained_before(self.keys, self.as_of, self.fresh)]),
            [self.portfolio.get(key, "") for key in self.keys],
        )


def projections(model: LinearModel, programmes: Programmes) -> dict[int, dict[str, Any]]:
    """What a later go-live would do to each programme that has one within sixteen weeks, as plain values: for all at
    once, and in two waves by the percent of the people in the first.
    """
    to_go = programmes.raw[:, _TO_GO]
    with np.errstate(invalid="ignore"):
        wanted = np.flatnonzero((to_go > 0) & (to_go <= FARTHEST_GOLIVE))
    if not len(wanted):
        return {}
    near = programmes.only(wanted)
    state = near.state
    rates = registry.rates_in_force(model)
    permille = thresholds().delay_cost_permille
    cost = -permille / 1000
    whole = project(state, model, rates, cost_of_a_week=cost)
    waves = {
        first: project(
            state, model, rates, delays=WAVES, cost_of_a_week=cost, later=1 - first / 100
        )
        for first in FIRST_WAVES
    }
    return {
        key: {
            "whole": _as_values(whole, row, DELAYS),
            "waves": {
                str(first): _as_values(told, row, WAVES)[1:] for first, told in waves.items()
            },
            "measured": rates.measured,
            "cost_permille": permille,
        }
        for row, key in enumerate(near.keys)
    }


def eight_weeks(model: LinearModel, programmes: Programmes) -> dict[int, list[float]]:
    """The risk of each programme within eight weeks, and between which values it lies."""
    if not len(programmes.raw):
        return {}
    told = within(programmes.state, model, registry.rates_in_force(model))
    rows = zip(*(each.tolist() for each in told), strict=True)
    return {
        key: [round(value, 4) for value in row]
        for key, row in zip(programmes.keys, rows, strict=True)
    }


def _as_values(told: Projected, row: int, delays: Sequence[int]) -> list[dict[str, float | None]]:
    change = told.change
    return [
        {
            "delay": delay,
            "risk": round(float(told.probability[row, at]), 4),
            "change": round(float(change[row, at]), 4),
            "low": round(float(told.low[row, at]), 4),
            "high": round(float(told.high[row, at]), 4),
            "gap": round(float(told.gap[row, at]), 4),
            "engagement": _known(told.engagement[row, at]),
            "nearness": round(float(told.nearness[row, at]), 4),
        }
        for at, delay in enumerate(delays)
    ]


def _known(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 1)


def _trained_before(
    programmes: Sequence[int], as_of: date, fresh: Sequence[RiskSnapshot] = ()
) -> Matrix:
    """The share trained four weeks ago, by the snapshot of that week; NaN where there is none."""
    then = as_of - HORIZON
    since = then - timedelta(weeks=1)
    rows = (
        RiskSnapshot.objects.filter(
            programme_id__in=list(programmes),
            unit__isnull=True,
            feature_set=CRISIS.version,
            as_of__gt=since,
            as_of__lte=then,
        )
        .order_by("as_of")
        .values_list("programme_id", "trained")
    )
    found = {programme: shares[0] for programme, shares in rows}
    found |= {each.programme_id: each.trained[0] for each in fresh if since < each.as_of <= then}
    return np.array([found.get(programme, np.nan) for programme in programmes], dtype=float)
