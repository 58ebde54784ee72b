from __future__ import annotations

import numpy as np

from forecasting.learning import similar
from forecasting.learning.features import CRISIS
from forecasting.learning.limits import FEWEST_ALIKE
from forecasting.learning.linear import Rows

from .rows import raw_rows


def past(programmes: int = 40, weeks: int = 5) -> Rows:
    raw = raw_rows(programmes * weeks, seed=2)
    group = np.repeat(np.arange(programmes), weeks)
    return Rows(raw, np.arange(len(raw)) % 3 == 0, group, day=np.arange(len(raw)))


def test_the_same_week_of_another_programme_is_the_nearest() -> None:
    rows = past()
    found = similar.nearest(rows.raw[[17]], np.array([999]), rows, CRISIS)[0]
    assert found is not None
    assert found.rows[0] == 17
    assert found.distances[0] < 1e-6
    assert (np.diff(found.distances) >= 0).all()


def test_every_programme_is_there_once_and_its_own_past_is_not() -> None:
    rows = past()
    found = similar.nearest(rows.raw[[17]], rows.group[[17]], rows, CRISIS)[0]
    assert found is not None
    programmes = rows.group[found.rows].tolist()
    assert len(set(programmes)) == len(programmes) == similar.SHOWN
    assert rows.group[17] not in programmes


def test_few_programmes_are_no_evidence() -> None:
    rows = past(programmes=FEWEST_ALIKE)
    own, other = similar.nearest(rows.raw[[0, 0]], np.array([0, 999]), rows, CRISIS)
    assert own is None
    assert other is not None
    nothing = rows.only(np.arange(0))
    assert similar.nearest(rows.raw[[0]], np.array([999]), nothing, CRISIS) == [None]


def test_inputs_count_alike_whatever_their_unit() -> None:
    """A week that differs by one standard deviation in one input is as far off whichever input that is."""
    rows = past()
    terms = CRISIS.filled(rows.raw)
    away = []
    for name in ("spi_s", "weeks_to_golive"):
        moved = terms[[17]].copy()
        moved[0, CRISIS.names.index(name)] += terms[:, CRISIS.names.index(name)].std()
        own = rows.only(np.r_[17, np.flatnonzero(rows.group != rows.group[17])])
        found = similar.nearest(moved, np.array([999]), own, CRISIS)[0]
        assert found is not None
        place = found.rows.tolist().index(0)
        away.append(found.distances[place])
    assert abs(away[0] - away[1]) < 0.02
