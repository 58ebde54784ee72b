"""What the go-live rule said, and what people are told of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from programmes.models import Milestone

from ..models import GoLiveRisk


def risks() -> Any:
    """All outcomes of the rule, with what their pages name."""
    return GoLiveRisk.objects.select_related("unit", "milestone", "programme", "tenant")


def signals_of(programme: Any) -> list[GoLiveRisk]:
    """The outcomes in force for one programme, loudest first. One statement."""
    found = GoLiveRisk.objects.select_related("unit", "milestone").filter(programme=programme)
    risks = list(found.current().loudest_first())
    for risk in risks:
        risk.programme, risk.tenant = programme, programme.tenant
    return risks


def signals_before(milestone: Milestone) -> Any:
    """The outcomes in force before a go-live, loudest first."""
    return risks().filter(milestone=milestone).current().loudest_first()


def history_of(programme: Any, milestone_number: int, unit_code: str) -> list[GoLiveRisk]:
    """Every outcome of a unit before a go-live, newest first."""
    return list(
        risks()
        .filter(programme=programme, milestone__number=milestone_number, unit__code=unit_code)
        .order_by("-as_of", "-computed_at", "-pk")
    )


@dataclass(frozen=True)
class Alert:
    """What people are told: one per unit and cause, at the go-live where it is loudest, then nearest."""

    risk: GoLiveRisk
    key: str
    text: str


def alerts(risks_in_force: Collection[GoLiveRisk]) -> list[Alert]:
    """One alert per unit and cause of signals that are loudest first."""
    told: dict[tuple[int, int | None, str], Alert] = {}
    for risk in risks_in_force:
        for cause in risk.causes:
            key = (risk.programme_id, risk.unit_id, cause["key"])
            told.setdefault(key, Alert(risk, cause["key"], cause["text"]))
    return list(told.values())
