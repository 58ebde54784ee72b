"""What lies beyond the charter: told as red, put to the group, and shown where the tolerances are."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance import selectors
from governance.choices import CharterStatus
from pmo_portal.common.levels import State
from programmes.choices import AmountKind, Half
from programmes.selectors import computed_status
from tests.factories.adoption import (
    SurveyResultFactory,
    SurveyWaveFactory,
    TrainingProgressFactory,
)
from tests.factories.governance import CharterFactory, EscalationFactory, MeetingFactory
from tests.factories.programmes import (
    DAY,
    BudgetAmountFactory,
    MilestoneFactory,
    ProgrammeUnitFactory,
    RaidItemFactory,
)

pytestmark = pytest.mark.django_db

ON = date(2026, 6, 15)


@pytest.fixture
def charter(in_acme):
    """Agreed, and tolerates something of everything that is measured."""
    return CharterFactory(
        programme__code="FHR",
        status=CharterStatus.AGREED,
        agreed_on=date(2026, 6, 8),
        tolerance_days=10,
        tolerance_cost=10,
        risk_appetite=12,
        tolerance_adoption=10,
    )


def golive(programme, expected, **more):
    MilestoneFactory(
        programme=programme,
        is_golive=True,
        baseline_on=date(2026, 7, 1),
        forecast_on=expected,
        **more,
    )


def spent(programme, forecast):
    """A thousand a month planned for June and July; June cost what it should, July costs `forecast`."""
    line = BudgetAmountFactory(line__programme=programme).line
    july = date(2026, 7, 1)
    BudgetAmountFactory(line=line, month=july)
    BudgetAmountFactory(line=line, kind=AmountKind.ACTUAL)
    BudgetAmountFactory(line=line, month=july, kind=AmountKind.FORECAST, amount=forecast)


def everything(programme, *, expected, forecast, score, mean, completed):
    golive(programme, expected, name="Payroll live", track=Half.DELIVERY)
    spent(programme, forecast)
    RaidItemFactory(programme=programme, side="people", probability=score // 3, impact=3)
    unit = ProgrammeUnitFactory(programme=programme, unit__name="Payroll").unit
    SurveyResultFactory(wave=SurveyWaveFactory(closed_on=DAY), unit=unit, mean=mean)
    TrainingProgressFactory(
        programme=programme,
        unit=unit,
        required=100,
        completed=completed,
        planned_share=0.5,
    )


def test_what_lies_beyond_is_said_with_the_figure_and_what_is_allowed(charter):
    everything(
        charter.programme,
        expected=date(2026, 7, 16),
        forecast=1300_00,
        score=15,
        mean=41.7,
        completed=39,
    )
    allows = f"{charter.reference} allows"
    found = selectors.beyond_tolerance(charter.programme, ON)
    assert [(each.half, each.what, each.sentence) for each in found] == [
        (
            "delivery",
            "time",
            f"Payroll live is expected 11 working days after its baseline; {allows} 10.",
        ),
        (
            "delivery",
            "cost",
            f"The programme is expected to end 15% above its budget; {allows} 10%.",
        ),
        ("adoption", "risk", f"R-1 scores above the 12 that {allows} and is not escalated."),
        # A report keeps these words for good, so they hold no survey figure.
        (
            "adoption",
            "engagement",
            f"Engagement is below its target by more than the 10 points {allows} in Payroll.",
        ),
        (
            "adoption",
            "training",
            f"Training is 11 points behind its plan in Payroll; {allows} 10.",
        ),
    ]
    told = computed_status(charter.programme, ON)
    for half in Half.values:
        state, reasons = told[half]
        assert state == State.BAD
        assert {each.sentence for each in found if each.half == half} <= set(reasons)


def test_what_is_allowed_is_not_beyond(charter):
    everything(
        charter.programme,
        expected=date(2026, 7, 15),
        forecast=1200_00,
        score=12,
        mean=59.6,
        completed=40,
    )
    assert selectors.beyond_tolerance(charter.programme, ON) == []
    # What was not agreed by a day, or never, allows nothing and forbids nothing.
    golive(charter.programme, date(2026, 9, 1), track=Half.ADOPTION)
    (found,) = selectors.beyond_tolerance(charter.programme, ON)
    assert (found.half, found.what) == ("adoption", "time")
    assert selectors.beyond_tolerance(charter.programme, date(2026, 6, 7)) == []
    assert selectors.beyond_tolerance(charter.programme, ON, [Half.DELIVERY]) == []
    charter.tolerance_days = None
    charter.save()
    assert selectors.beyond_tolerance(charter.programme, ON) == []


def test_of_a_risk_that_was_escalated_the_group_is_asked_already(charter):
    programme = charter.programme
    RaidItemFactory(programme=programme, probability=5, impact=5, escalated_on=DAY)
    raised = RaidItemFactory(programme=programme, probability=5, impact=5)
    EscalationFactory(programme=programme, raid_item=raised)
    assert selectors.beyond_tolerance(programme, ON) == []
    silent = RaidItemFactory(programme=programme, side="both", probability=5, impact=5)
    found = selectors.beyond_tolerance(programme, ON)
    assert [each.half for each in found] == ["delivery", "adoption"]
    assert all(each.sentence.startswith(f"{silent.reference} scores") for each in found)


def test_the_group_is_asked_once_and_with_the_same_number_of_statements(charter):
    meeting = MeetingFactory(group__programme=charter.programme, held_on=ON)
    counts = []
    for _each in range(2):
        golive(charter.programme, date(2026, 9, 1), name="Payroll live", track=Half.DELIVERY)
        golive(charter.programme, date(2026, 9, 1), name="Managers", track=Half.ADOPTION)
        RaidItemFactory(programme=charter.programme, side="both", probability=5, impact=5)
        with CaptureQueriesContext(connection) as captured:
            offered = selectors.proposals_for(meeting, ON)
        counts.append(len(captured))
    assert counts[0] == counts[1]
    asked = {each.source: each for each in offered}
    time, risk = asked["beyond:time"], asked["beyond:risk"]
    assert (time.title, time.side) == ("Beyond the charter: time", "both")
    assert time.why.index("Payroll live is expected") < time.why.index("Managers is expected")
    assert risk.why.count("R-1, R-2 score") == 1
    assert charter.reference not in asked["red:delivery"].why


@pytest.mark.parametrize("path", ["charter/", "details/"])
def test_the_pages_say_what_is_passed_and_lead_to_it(charter, vic, client_for, path):
    golive(charter.programme, date(2027, 9, 1), name="Payroll live", track=Half.DELIVERY)
    page = client_for(vic).get(f"/t/acme/p/FHR/{path}").content.decode()
    assert "One tolerance is passed" in page
    assert 'href="/t/acme/p/FHR/plan/">Payroll live is expected' in page
