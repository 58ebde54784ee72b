"""Levels from facts: what is read, what is kept, and when something new is written."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from adoption.services import record_training, withdraw_training
from forecasting import selectors, services
from forecasting.crises import forecast
from forecasting.models import GoLiveRisk
from pmo_portal.tenants.context import tenant_context
from programmes.services import achieve_milestone, move_forecast
from tests.factories.adoption import TrainingProgressFactory
from tests.factories.programmes import MilestoneFactory, ProgrammeFactory, ProgrammeUnitFactory
from tests.factories.tenants import UnitFactory
from tests.pmo_portal.scorecards.stories import TODAY, moment, payroll, resisting, wave

pytestmark = pytest.mark.django_db


def recompute(day: date = TODAY) -> services.Changes:
    return services.recompute(as_of=day, at=moment(day))


def current() -> GoLiveRisk:
    return selectors.risks().current().get()


def test_low_engagement_before_a_golive_is_told_in_plain_words(in_acme):
    payroll()
    recompute()
    risk = current()
    assert risk.level == "elevated"
    assert [cause["text"] for cause in risk.causes] == [
        (
            "Engagement in Payroll Operations is 41, the organisation's usual is 63 "
            "(survey of 1 Jun 2026, 38 answers); go-live in 3 weeks"
        )
    ]
    assert risk.rule_version == "2"
    assert (risk.as_of, risk.raised_on, risk.is_current) == (TODAY, TODAY, True)


def test_two_causes_make_it_high(in_acme):
    resisting(payroll(), on=TODAY - timedelta(days=4))
    recompute()
    assert current().level == "high"
    assert current().cause_keys == ["engagement", "resistance"]


def test_what_is_missing_is_named(in_acme):
    programme = ProgrammeFactory()
    ProgrammeUnitFactory(programme=programme, unit=UnitFactory(name="Depots", headcount=40))
    MilestoneFactory(programme=programme, is_golive=True, baseline_on=TODAY + timedelta(weeks=2))
    recompute()
    assert current().level == "unknown"
    assert current().missing == [
        "No engagement figure that may be shown for Depots or a unit above it",
        "No training figures for Depots",
        "No sign of resistance has been recorded in this programme",
    ]


def test_a_golive_that_touches_nobody_is_not_known(in_acme):
    MilestoneFactory(is_golive=True, baseline_on=TODAY + timedelta(weeks=2))
    recompute()
    risk = current()
    assert (risk.unit, risk.level) == (None, "unknown")
    assert risk.missing == ["No units are named for this go-live"]


def test_nothing_new_is_written_while_nothing_changes(in_acme):
    payroll()
    assert recompute().added == 1
    assert recompute() == services.Changes(looked_at=1)
    assert GoLiveRisk.objects.count() == 1


def test_history_keeps_every_outcome_and_since_when(in_acme):
    story = payroll()
    recompute()
    later = TODAY + timedelta(days=4)
    resisting(story, on=later)
    changes = recompute(later)
    assert (changes.added, changes.ended, changes.raised) == (1, 1, 1)
    new, old = selectors.history_of(story.programme, story.golive.number, story.unit.code)
    assert (old.level, old.is_current, old.ended_on) == ("elevated", False, later)
    assert (new.level, new.raised_on) == ("high", later)
    assert (old.as_of, new.as_of, new.ended_on) == (TODAY, later, None)


def test_the_same_reasons_are_not_raised_again(in_acme):
    payroll()
    recompute()
    later = TODAY + timedelta(days=5)
    assert recompute(later).raised == 0
    assert current().raised_on == TODAY
    assert current().causes[0]["text"].endswith("go-live in 2 weeks")
    last = TODAY + timedelta(days=12)
    recompute(last)
    assert current().causes[0]["text"].endswith("go-live in 1 week")
    assert current().raised_on == TODAY


@pytest.mark.parametrize(
    ("before", "after", "goes_on"),
    [
        (("high", "ab"), ("elevated", "a"), True),
        (("high", "ab"), ("high", "b"), True),
        (("elevated", "a"), ("high", "ab"), False),
        (("elevated", "a"), ("elevated", "b"), False),
        (("high", "ab"), ("low", ""), False),
        (("low", ""), ("elevated", "a"), False),
        (("low", ""), ("low", ""), True),
        (("unknown", ""), ("low", ""), False),
    ],
)
def test_an_alert_is_raised_again_only_when_it_gets_worse(before, after, goes_on):
    def causes(keys):
        return [{"key": key, "text": key} for key in keys]

    row = GoLiveRisk(level=before[0], causes=causes(before[1]))
    outcome = services.Outcome(None, after[0], causes(after[1]), [])
    assert outcome.goes_on(row) is goes_on


@pytest.mark.parametrize("what", ["achieved", "moved away", "removed"])
def test_a_golive_out_of_sight_ends_its_signal(in_acme, what):
    story = payroll()
    recompute()
    later = TODAY + timedelta(days=1)
    known = {"at": moment(later), "on": later, "acting": None}
    if what == "achieved":
        achieve_milestone(story.golive, achieved_on=later, **known)
    elif what == "moved away":
        move_forecast(story.golive, to=later + timedelta(weeks=20), reason="Not ready", **known)
    else:
        story.golive.deleted_at = moment(later)
        story.golive.save()
    assert recompute(later).ended == 1
    assert not GoLiveRisk.objects.current().exists()


def test_days_of_the_past_are_judged_by_what_was_known_then(in_acme):
    story = payroll(engagement=62.0)
    late = TODAY + timedelta(days=3)
    known = {"programme": story.programme, "unit": story.unit, "required": 200}
    progress = TrainingProgressFactory.build(
        **known, completed=20, planned_share=0.8, effective_on=TODAY
    )
    record_training(progress, known_at=moment(late), acting=None)
    before = services.outcomes_as_of(TODAY)
    after = services.outcomes_as_of(late)
    assert [outcome.level for outcome in before] == ["low"]
    assert [outcome.level for outcome in after] == ["elevated"]


def test_training_that_was_taken_back_judges_the_days_before_alone(in_acme):
    story = payroll(engagement=62.0)
    entered, taken = TODAY, TODAY + timedelta(days=3)
    wrong = TrainingProgressFactory(
        programme=story.programme, unit=story.unit, required=200, completed=20, planned_share=0.8,
        effective_on=entered, known_at=moment(entered),
    )  # fmt: skip
    assert [outcome.level for outcome in services.outcomes_as_of(entered)] == ["elevated"]
    withdraw_training([wrong], at=moment(taken), acting=None)
    pk = story.programme.pk
    days = [entered, taken - timedelta(days=1), taken]
    levels = [[outcome.level for outcome in services.outcomes_as_of(day)] for day in days]
    assert levels == [["elevated"], ["elevated"], ["low"]]
    newest = [forecast.figures_of([pk], as_of=day)[pk]["training"] for day in days]
    assert newest[:2] == [entered, entered]
    assert newest[2] < entered


def test_a_hidden_unit_stands_with_the_unit_above_and_says_so(in_acme):
    above = UnitFactory(name="Finance", headcount=120)
    small = UnitFactory(name="Ledger team", parent=above, headcount=6)
    beside = UnitFactory(name="Payables", parent=above, headcount=80)
    others = [UnitFactory(headcount=100) for _each in range(6)]
    programme = ProgrammeFactory()
    ProgrammeUnitFactory(programme=programme, unit=small)
    MilestoneFactory(programme=programme, is_golive=True, baseline_on=TODAY + timedelta(weeks=2))
    figures = {**dict.fromkeys(others, (63.0, 60)), small: (12.0, 5), beside: (45.0, 60)}
    wave(figures, on=TODAY - timedelta(days=7))
    recompute()
    (cause,) = current().causes
    assert cause["facts"]["inherited_from"] == "Finance"
    assert cause["text"].startswith("Engagement in Finance, of which Ledger team is part, is ")
    assert cause["facts"]["n"] == 65
    assert "12" not in cause["text"]


def test_what_is_hidden_changes_no_byte_of_a_signal(acme, borealis):
    """Two organisations that differ inside a hidden group alone are told the same."""

    def told(tenant, hidden_mean: float, beside_mean: float) -> list[object]:
        with tenant_context(tenant.id):
            above = UnitFactory(code="FIN", name="Finance", headcount=120)
            small = UnitFactory(code="LED", name="Ledger team", parent=above, headcount=6)
            beside = UnitFactory(code="PAB", name="Payables", parent=above, headcount=80)
            programme = ProgrammeFactory(code="SAME")
            for unit in (small, beside):
                ProgrammeUnitFactory(programme=programme, unit=unit)
            soon = TODAY + timedelta(weeks=2)
            MilestoneFactory(programme=programme, name="Go", is_golive=True, baseline_on=soon)
            wave({small: (hidden_mean, 5), beside: (beside_mean, 6)}, on=TODAY - timedelta(days=7))
            recompute()
            rows = selectors.risks().current().order_by("unit__path")
            return [(row.unit.name, row.level, row.causes, row.missing) for row in rows]

    # The sum over both is the same, and so is the released figure of the unit above.
    assert told(acme, 20.0, 50.0) == told(borealis, 32.0, 40.0)


def test_one_alert_for_a_unit_and_cause(in_acme):
    story = payroll()
    MilestoneFactory(
        programme=story.programme,
        name="Second wave",
        is_golive=True,
        baseline_on=TODAY + timedelta(weeks=6),
    )
    recompute()
    risks = selectors.signals_of(story.programme)
    assert len(risks) == 2
    (alert,) = selectors.alerts(risks)
    assert alert.risk.milestone == story.golive


@pytest.mark.parametrize("count", [1, 10, 40])
def test_reading_takes_the_same_number_of_statements(in_acme, count):
    for number in range(count):
        programme = ProgrammeFactory()
        unit = UnitFactory(headcount=100)
        ProgrammeUnitFactory(programme=programme, unit=unit)
        MilestoneFactory(
            programme=programme, is_golive=True, baseline_on=TODAY + timedelta(days=number)
        )
        TrainingProgressFactory(programme=programme, unit=unit)
    with CaptureQueriesContext(connection) as queries:
        assert len(services.outcomes_as_of(TODAY)) == count
    assert len(queries) == 15
