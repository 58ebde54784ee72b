"""What the rule says of a day that is past: asked again, with what was known then, and nothing is saved."""

from __future__ import annotations

from datetime import date
from typing import Any

from ..choices import LOUDEST_FIRST, RiskLevel
from ..models import GoLiveRisk
from ..services import Outcome, outcomes_as_of


def signals_on(programme: Any, day: date) -> list[GoLiveRisk]:
    """The outcomes for one programme, loudest first. They have no key, and no page of their own."""
    outcomes = outcomes_as_of(day, programme_ids=[programme.pk])
    return sorted(
        (_unsaved(programme, each, day) for each in outcomes),
        key=lambda risk: (LOUDEST_FIRST.index(RiskLevel(risk.level)), risk.golive_on),
    )


def _unsaved(programme: Any, outcome: Outcome, day: date) -> GoLiveRisk:
    return GoLiveRisk(
        tenant=programme.tenant,
        programme=programme,
        unit=outcome.pair.unit,
        milestone=outcome.pair.milestone,
        as_of=day,
        raised_on=day,
        golive_on=outcome.pair.golive_on,
        level=outcome.level,
        causes=outcome.causes,
        missing=outcome.missing,
    )
