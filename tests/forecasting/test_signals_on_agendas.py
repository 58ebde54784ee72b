"""A unit that may not be ready for a go-live is a subject of both sides at the next meeting."""

from __future__ import annotations

from datetime import date

import pytest

from forecasting.choices import RiskLevel
from governance import selectors, services
from pmo_portal.common import clock
from tests.factories.forecasting import GoLiveRiskFactory
from tests.factories.governance import MeetingFactory, SteeringGroupFactory
from tests.factories.programmes import MilestoneFactory, ProgrammeFactory
from tests.factories.tenants import UnitFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting(in_acme):
    programme = ProgrammeFactory()
    return MeetingFactory(group=SteeringGroupFactory(programme=programme), programme=programme)


def proposed(meeting) -> list[tuple[str, str, str]]:
    return [
        (each.title, each.side, each.why)
        for each in selectors.proposals_for(meeting, clock.today())
        if each.source.startswith("signal:")
    ]


def test_units_that_may_not_be_ready_are_one_subject_of_both_sides_for_each_golive(meeting) -> None:
    golive = MilestoneFactory(
        programme=meeting.programme,
        name="Payroll go-live",
        baseline_on=date(2099, 9, 1),
        is_golive=True,
    )
    for name, level in (
        ("Payroll", RiskLevel.HIGH),
        ("Pensions", RiskLevel.ELEVATED),
        ("Archive", RiskLevel.LOW),
    ):
        GoLiveRiskFactory(milestone=golive, unit=UnitFactory(name=name), level=level)
    GoLiveRiskFactory(level=RiskLevel.HIGH)
    assert proposed(meeting) == [
        (
            "Readiness for Payroll go-live",
            "both",
            "Expected on 1 Sep 2099; may not be ready: Payroll (training); Pensions (training).",
        )
    ]


def test_an_agenda_has_it_once_and_nothing_is_asked_without_a_signal(meeting, dana) -> None:
    assert proposed(meeting) == []
    risk = GoLiveRiskFactory(
        milestone=MilestoneFactory(programme=meeting.programme, is_golive=True),
        level=RiskLevel.HIGH,
    )
    services.take_proposals(meeting, on=clock.today(), acting=dana)
    item = meeting.items.get(source=f"signal:{risk.milestone.reference}")
    # An agenda is kept for good: no figure of a survey stands in it.
    assert "points" not in f"{item.title} {item.why}"
    assert proposed(meeting) == []
