"""Outcomes of the go-live rule. Creates inside a tenant's context or fails."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import factory
from factory.django import DjangoModelFactory

from forecasting.choices import RiskLevel
from forecasting.models import GoLiveRisk
from forecasting.rule import RULE_VERSION

from .programmes import MilestoneFactory
from .registry import job_args
from .tenants import UnitFactory

DAY = date(2026, 6, 1)


class GoLiveRiskFactory(DjangoModelFactory):
    class Meta:
        model = GoLiveRisk

    milestone = factory.SubFactory(MilestoneFactory, is_golive=True)
    programme = factory.SelfAttribute("milestone.programme")
    unit = factory.SubFactory(UnitFactory)
    as_of = DAY
    raised_on = DAY
    golive_on = factory.SelfAttribute("milestone.forecast_on")
    level = RiskLevel.ELEVATED
    causes = factory.LazyFunction(
        lambda: [
            {
                "key": "training",
                "value": 0.3,
                "threshold": 0.2,
                "facts": {"share": 0.5, "planned": 0.8, "on": DAY.isoformat()},
                "text": "Training is 30 points behind plan; go-live in 3 weeks",
            }
        ]
    )
    missing = factory.LazyFunction(list)
    rule_version = RULE_VERSION
    computed_at = datetime(2026, 6, 1, 9, tzinfo=UTC)


@job_args("forecasting.recompute_signals")
def recompute_args() -> dict[str, Any]:
    return {}
