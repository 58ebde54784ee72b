"""The models in force, and putting others in their place.

Only jobs and commands import this module: it needs numpy.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np

from .. import services
from ..choices import ModelStatus, Origin, Stage, Target
from ..learning import prior
from ..learning.linear import LinearModel
from ..learning.whatif import Rates, assumed_rates
from ..models import Lesson, RiskModel
from ..sharing import prior as shared_prior
from . import challenging, level_here, starting
from .standing import standing_of

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class InForce:
    """The model of a target that scores are made with. `number` is that of the registry; None for a prior."""

    model: LinearModel
    stage: Stage
    number: int | None = None

    @property
    def version(self) -> str:
        """What people call it."""
        if self.number is not None:
            return str(self.number)
        return str(self.model.about.get("version", ""))


def in_force(target: Target) -> InForce:
    """The champion of an organisation, else the prior its lessons start from, the shipped one or a shared one, on the level of here.

    Raises:
        FileNotFoundError: no model is shipped.
    """
    kept = RiskModel.objects.filter(target=target, status=ModelStatus.CHAMPION).first()
    if kept is None:
        return _prior_in_force(target)
    try:
        model = LinearModel.from_dict(kept.numbers, prior.INPUTS[target])
    except ValueError:
        # The portal was updated to other inputs; the next lesson makes a model for them.
        log.warning("model_of_other_inputs", extra={"model": kept.pk})
        return _prior_in_force(target)
    return InForce(model, Stage(kept.stage), kept.number)


def _prior_in_force(target: Target) -> InForce:
    start = shared_prior.start_of(target)
    lesson = Lesson.objects.filter(target=target).only("level").first()
    is_known = lesson is not None and lesson.level
    level = level_here.level_here(lesson, start, standing_of(target)) if is_known else None
    if level is None:
        return InForce(starting.model_of(start, target), start.stage)
    model = LinearModel.from_dict(level_here.told(start, level), prior.INPUTS[target])
    return InForce(model, Stage.SHARED if start.is_shared else Stage.LEVELLED)


# --- putting into use ----------------------------------------------------------------------------------------


def enthrone(
    model: LinearModel,
    target: Target,
    *,
    stage: str,
    origin: Origin,
    on: date,
    lesson: Lesson | None = None,
) -> RiskModel:
    """Put a model into use, in place of the one that was.

    Args:
        lesson: what it was learned by; None where only a level was corrected.
    """
    services.retire(target)
    return RiskModel.objects.create(
        target=target,
        number=challenging.next_number(target),
        origin=origin,
        status=ModelStatus.CHAMPION,
        stage=stage,
        made_on=on,
        **challenging.fields_of(model),
        **(challenging.learned_by(lesson) if lesson else {}),
    )


# --- how an organisation goes on --------------------------------------------------------------------------


def rates_as_values(rates: Rates) -> dict[str, Any]:
    """As a lesson keeps them."""
    return {
        **asdict(rates),
        "usual": rates.usual.tolist(),
        "persistence": rates.persistence.tolist(),
    }


def rates_in_force(model: LinearModel) -> Rates:
    """How the organisation goes on by its last lesson; what is usual elsewhere where there is none."""
    kept = Lesson.objects.filter(target=Target.CRISIS_4W).values_list("rates", flat=True).first()
    usual: Sequence[float] = (kept or {}).get("usual", ())
    if not kept or len(usual) != len(model.inputs.names):
        return assumed_rates(model)
    return Rates(
        usual=np.array(kept["usual"]),
        persistence=np.array(kept["persistence"]),
        half=kept["half"],
        rise=kept["rise"],
        spread=tuple(kept["spread"]),
        measured=kept["measured"],
    )
