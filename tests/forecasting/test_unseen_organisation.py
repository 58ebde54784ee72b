"""What the product exists for, in an organisation nobody saw, against the true chances of that organisation.

A go-live is one to six weeks away, the schedule is sound and the people of a unit are not engaged. Everything goes the
way of a real history: a bundle, the import, the inputs as of each week, the shipped prior. What truly was likely is known
here, so how the dice fell plays no part.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from forecasting.learning import prior, worlds
from forecasting.learning.features import CRISIS
from forecasting.learning.judging.metrics import Array
from forecasting.learning.linear import LinearModel, Rows, logit, sigmoid
from forecasting.learning.names import DRIVER_OF
from forecasting.learning.raid.invented import CHANCE_OF_NO_EFFECT
from forecasting.learning.stages import learn_crises
from forecasting.lessons import past
from pmo_portal.tenants.context import tenant_context
from programmes.models import Programme

from .test_bundle import take_in

pytestmark = pytest.mark.django_db

# The shipped prior was learned from the seeds 1000 to 1039.
SEED, PROGRAMMES, WEEKS = 8, 60, 60
HORIZON = 4
# Half a step below where engagement begins to count as low.
DISENGAGED, SOUND = 58.0, 0.95
AT = {name: index for index, name in enumerate(CRISIS.names)}
OF_PEOPLE = [
    AT[name] for name in CRISIS.names if DRIVER_OF[name] in {"engagement", "training", "resistance"}
]


def usual_effects() -> dict[str, float]:
    """Every cause as strong as it is in the mean of all organisations that are drawn."""
    usual = float(np.sqrt(2 / np.pi)) * (1 - CHANCE_OF_NO_EFFECT)
    return {
        cause: usual * worlds.SIDE_SCALE / float(np.sqrt(len(causes)))
        for causes in worlds.SIDES.values()
        for cause in causes
    }


@dataclass(frozen=True)
class Unseen:
    """The weeks of an organisation in which a crisis could begin: inputs as they were known, what came, the true chance."""

    rows: Rows
    truth: Array

    @property
    def wanted(self) -> Array:
        at = {name: self.rows.raw[:, index] for name, index in AT.items()}
        comes = (at["weeks_to_golive"] >= 1) & (at["weeks_to_golive"] <= 6)
        return comes & (at["spi_s"] >= SOUND) & (at["eng_min"] < DISENGAGED)


@pytest.fixture
def unseen(acme, tmp_path: Path) -> Unseen:
    world = worlds.World(SEED, programmes=PROGRAMMES, weeks=WEEKS, effects=usual_effects())
    history = worlds.History(world)
    # All at the same time: as many weeks to read as one programme has.
    history.start = [worlds.FIRST_MONDAY] * PROGRAMMES
    history.write(tmp_path)
    take_in(tmp_path, acme.slug)
    with tenant_context(acme.id):
        days = [worlds.FIRST_MONDAY + timedelta(weeks=week) for week in range(WEEKS)]
        read = past.read(days)
        names = dict(Programme.objects.values_list("pk", "name"))
    number = {history.name(at): at for at in range(PROGRAMMES)}
    of = np.array([number[names[programme]] for programme, _day in read.places])
    week = np.array([(day - worlds.FIRST_MONDAY).days // 7 for _programme, day in read.places])
    known = read.history.is_known
    of, week = of[known], week[known]
    ahead = week[:, None] + np.arange(1, HORIZON + 1)
    truth = 1 - np.prod(1 - history.hazard[of[:, None], ahead], axis=1)
    return Unseen(read.history.rows.only(known), truth)


def as_delivery_alone(model: LinearModel, raw: Array) -> Array:
    """What the same model says where nobody knows anything of people."""
    alone = raw.copy()
    alone[:, OF_PEOPLE] = np.nan
    return model.probability(alone)


def on_level(told: Array, mean: float) -> Array:
    """The same log-odds, all moved by so much that their chances have a mean."""
    low, high = -5.0, 5.0
    for _halving in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if sigmoid(logit(told) + middle).mean() < mean else (low, middle)
    return np.asarray(sigmoid(logit(told) + low))


def test_people_who_are_not_engaged_before_a_golive_are_told_as_likely_as_it_is(
    unseen: Unseen,
) -> None:
    model, wanted = prior.load("crisis_4w"), unseen.wanted
    assert len(set(unseen.rows.group[wanted])) >= 15
    truth = unseen.truth[wanted].mean()
    # A case that stands out: nobody would need a forecast otherwise.
    assert truth > 3 * unseen.truth.mean()
    assert model.probability(unseen.rows.raw[wanted]).mean() == pytest.approx(truth, rel=0.3)
    # What delivery alone knows says next to nothing of it, also where it is told on the true level of this organisation.
    alone = as_delivery_alone(model, unseen.rows.raw)
    assert alone[wanted].mean() < truth / 4
    assert on_level(alone, unseen.truth.mean())[wanted].mean() < truth / 2
    # And so does a model of their own, told of programmes it did not learn from.
    learned = learn_crises(unseen.rows, model)
    assert learned.verdict is not None
    assert learned.told[wanted].mean() == pytest.approx(truth, rel=0.3)
