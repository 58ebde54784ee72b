"""A programme with both halves, as the tests of the roof need it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from adoption.services import Entry, record_wave
from pmo_portal.tenants.models import BusinessUnit
from programmes.models import Milestone, Programme
from tests.factories.adoption import ResistanceSignalFactory, TrainingProgressFactory
from tests.factories.programmes import (
    MilestoneFactory,
    MilestoneUnitFactory,
    ProgrammeFactory,
    ProgrammeUnitFactory,
    RaidItemFactory,
    StatusReportFactory,
)
from tests.factories.tenants import UnitFactory

TODAY = date(2026, 6, 15)


def moment(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


@dataclass
class Story:
    programme: Programme
    unit: BusinessUnit
    golive: Milestone


def wave(
    figures: dict[BusinessUnit, tuple[float, int]],
    *,
    on: date,
    programme: Any = None,
    name: str = "",
) -> Any:
    """Record an own wave: mean and answers by unit."""
    return record_wave(
        name=name or f"Pulse of {on}",
        measure="engagement",
        closed_on=on,
        entries=[Entry(unit, mean, n) for unit, (mean, n) in figures.items()],
        known_at=moment(on),
        programme=programme,
        acting=None,
    )


def payroll(*, code: str = "PAY", engagement: float = 41.0) -> Story:
    """On time, and its people are not ready: goes live in three weeks."""
    programme = ProgrammeFactory(
        code=code, name="Payroll renewal", portfolio="Finance", budget=510_000_000
    )
    unit = UnitFactory(name="Payroll Operations", headcount=212)
    others = [UnitFactory(headcount=100) for _each in range(6)]
    ProgrammeUnitFactory(programme=programme, unit=unit)
    golive = MilestoneFactory(
        programme=programme,
        name="Payroll go-live",
        is_golive=True,
        baseline_on=TODAY + timedelta(weeks=3),
    )
    MilestoneUnitFactory(milestone=golive, unit=unit)
    MilestoneFactory(
        programme=programme,
        name="Design agreed",
        baseline_on=date(2026, 6, 8),
        actual_on=date(2026, 6, 5),
        first_word__on=date(2026, 6, 5),
        first_word__at=moment(date(2026, 6, 5)),
    )
    wave({**dict.fromkeys(others, (63.0, 50)), unit: (engagement, 38)}, on=date(2026, 6, 1))
    TrainingProgressFactory(
        programme=programme, unit=unit, required=200, completed=160, planned_share=0.82
    )
    RaidItemFactory(programme=programme, title="Rehearsal fails", probability=2, impact=3)
    StatusReportFactory(programme=programme, half="delivery", rating="green")
    StatusReportFactory(programme=programme, half="adoption", rating="amber")
    return Story(programme, unit, golive)


def resisting(story: Story, *, on: date) -> None:
    for source in ("champion", "workaround"):
        ResistanceSignalFactory(
            programme=story.programme,
            unit=story.unit,
            source=source,
            strength=3,
            effective_on=on,
            known_at=moment(on),
        )
