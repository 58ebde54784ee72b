"""By when milestones are reached: read as known on a day, kept when it changes, shown to whoever may see the milestone."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forecasting.dates import slips
from forecasting.models import MilestoneOutlook, SlipRecord
from pmo_portal.common import clock
from pmo_portal.tenants.context import tenant_context
from programmes.models import MilestoneForecast, ProgrammeMember
from tests.factories.forecasting import (
    MilestoneOutlookFactory,
    RiskSnapshotFactory,
    SlipRecordFactory,
)
from tests.factories.programmes import MilestoneFactory, ProgrammeFactory
from tests.pages import read
from tests.pmo_portal.scorecards.stories import TODAY, moment, payroll

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("day_of_stories")]

ALL = "/t/acme/forecasts/milestones/"
OF_PAYROLL = "/t/acme/p/PAY/milestone-outlook/"


def said(milestone: Any, on: date, planned: date, *, actual: date | None = None, known: date | None = None) -> None:  # fmt: skip
    MilestoneForecast.objects.create(
        milestone=milestone,
        baseline_on=milestone.baseline_on,
        forecast_on=planned,
        actual_on=actual,
        effective_on=on,
        known_at=moment(known or on),
    )


def reached(programme: Any, due: date, late: int, *, known: date | None = None) -> Any:
    """A milestone somebody spoke of half a year before, reached so many days late."""
    actual = due + timedelta(days=late)
    milestone = MilestoneFactory(
        programme=programme, baseline_on=due, actual_on=actual, first_word=False
    )
    said(milestone, due - timedelta(days=180), due)
    said(milestone, actual, due, actual=actual, known=known)
    return milestone


# --- reading ----------------------------------------------------------------------------------------------


def test_each_word_is_looked_back_at_with_what_came_of_it(acme) -> None:
    with tenant_context(acme.id):
        programme = ProgrammeFactory()
        due = TODAY - timedelta(days=100)
        reached(programme, due, 20)
        RiskSnapshotFactory(
            programme=programme, as_of=due - timedelta(days=16), raw=[0.9] + [0.0] * 27
        )
        found = slips.history(TODAY).slips
    assert found.days.tolist() == [20, 20, 20]
    assert sorted(found.ahead.tolist()) == [14, 56, 126]
    # The schedule was known of one of the three days.
    assert sorted(found.kinds) == ["far/any", "months/any", "near/late"]


def test_what_became_known_later_is_not_known_before(acme) -> None:
    """A date reached in June that somebody wrote down in August: in July nobody knows of it."""
    with tenant_context(acme.id):
        programme = ProgrammeFactory()
        due = TODAY - timedelta(days=100)
        reached(programme, due, 5, known=TODAY - timedelta(days=10))
        before = slips.history(TODAY - timedelta(days=20)).slips
        after = slips.history(TODAY).slips
    assert not before.reached.any()
    assert before.days.tolist() == [80, 80, 80]
    assert after.reached.all()
    assert after.days.tolist() == [5, 5, 5]


def test_a_moved_date_is_told_from_the_word_in_force_then(acme) -> None:
    with tenant_context(acme.id):
        due = TODAY - timedelta(days=100)
        milestone = reached(ProgrammeFactory(), due, 30)
        said(milestone, due - timedelta(days=20), due + timedelta(days=28))
        found = slips.history(TODAY).slips
    by_word = dict(zip((due.toordinal() - found.said).tolist(), found.days.tolist(), strict=True))
    assert by_word == {14: 2, 56: 30, 126: 30}


def test_what_a_closed_programme_never_reached_says_nothing(acme) -> None:
    with tenant_context(acme.id):
        due = TODAY - timedelta(days=60)
        closed = ProgrammeFactory(stage="closed")
        milestone = MilestoneFactory(programme=closed, baseline_on=due, first_word=False)
        said(milestone, due - timedelta(days=180), due)
        assert len(slips.history(TODAY).slips) == 0


def test_organisations_learn_from_their_own_milestones_only(acme, borealis) -> None:
    with tenant_context(borealis.id):
        for late in range(30):
            reached(ProgrammeFactory(), TODAY - timedelta(days=90), late)
    with tenant_context(acme.id):
        assert slips.learn_slips(TODAY, at=clock.now()) is None


def test_reading_takes_as_many_statements_for_many_as_for_one(acme) -> None:
    with tenant_context(acme.id):
        counts = []
        for count in (1, 12):
            programme = ProgrammeFactory()
            for late in range(count):
                reached(programme, TODAY - timedelta(days=90), late)
            with CaptureQueriesContext(
                connection,
            ) as asked:
                slips.learn_slips(TODAY, at=clock.now())
            counts.append(len(asked))
    assert counts[0] == counts[1]


def learned() -> None:
    record = slips.learn_slips(TODAY, at=clock.now())
    assert record is not None
    slips.keep_record(record)


# --- telling and keeping -----------------------------------------------------------------------------------


def outlook(programme: Any) -> MilestoneOutlook:
    made = slips.compute_outlooks(as_of=TODAY, at=clock.now(), schedules={programme.pk: 1.0})
    assert len(made) == 1
    return made[0]


def test_own_late_milestones_move_the_range(acme) -> None:
    with tenant_context(acme.id):
        programme = ProgrammeFactory()
        due = TODAY + timedelta(days=14)
        milestone = MilestoneFactory(programme=programme, baseline_on=due)
        assumed = outlook(programme)
        other = ProgrammeFactory()
        for number in range(120):
            reached(other, TODAY - timedelta(days=60 + number % 30), 70)
        for row in range(50):
            RiskSnapshotFactory(
                programme=other, as_of=TODAY - timedelta(days=60 + row), raw=[1.0] + [0.0] * 27
            )
        learned()
        own = outlook(programme)
    assert assumed.milestone_id == milestone.pk
    assert assumed.stage == "prior"
    assert own.stage == "own"
    assert own.own == 120
    assert own.p80_on == due + timedelta(days=70)
    assert assumed.p80_on is not None
    assert assumed.p80_on < own.p80_on
    assert own.missed > assumed.missed
    assert own.model != assumed.model


def test_what_stays_the_same_is_written_once_and_what_is_reached_ends(acme) -> None:
    with tenant_context(acme.id):
        programme = ProgrammeFactory()
        milestone = MilestoneFactory(programme=programme, baseline_on=TODAY + timedelta(days=20))
        first = slips.compute_outlooks(as_of=TODAY, at=clock.now(), schedules={})
        assert slips.keep_outlooks(first, as_of=TODAY)["milestones_written"] == 1
        tomorrow = TODAY + timedelta(days=1)
        again = slips.compute_outlooks(as_of=tomorrow, at=clock.now(), schedules={})
        assert slips.keep_outlooks(again, as_of=tomorrow)["milestones_written"] == 0
        assert MilestoneOutlook.objects.get().as_of == tomorrow
        milestone.actual_on = TODAY
        milestone.save()
        slips.keep_outlooks(
            slips.compute_outlooks(as_of=tomorrow, at=clock.now(), schedules={}), as_of=tomorrow
        )
        assert not MilestoneOutlook.objects.filter(is_current=True).exists()


def test_the_record_is_made_every_four_weeks_or_when_asked(acme) -> None:
    with tenant_context(acme.id):
        assert slips.is_due(TODAY, is_asked=False)
        reached(ProgrammeFactory(), TODAY - timedelta(days=60), 3)
        learned()
        assert not slips.is_due(TODAY, is_asked=True)
        assert not slips.is_due(TODAY + timedelta(days=27), is_asked=False)
        assert slips.is_due(TODAY + timedelta(days=1), is_asked=True)
        assert slips.is_due(TODAY + timedelta(days=28), is_asked=False)
        # Twice on one day is once.
        learned()
        assert SlipRecord.objects.get().milestones == 1


# --- pages -------------------------------------------------------------------------------------------------


@pytest.fixture
def story(acme):
    with tenant_context(acme.id):
        made = payroll()
        made.due = MilestoneFactory(
            programme=made.programme,
            name="Interfaces ready",
            baseline_on=TODAY + timedelta(days=14),
        )
        made.outlook = MilestoneOutlookFactory(milestone=made.due, as_of=TODAY, missed=0.62)
        return made


def test_the_list_says_which_dates_are_likely_to_slip(story, vic, client_for) -> None:
    with tenant_context(story.outlook.tenant_id):
        SlipRecordFactory(as_of=TODAY)
    for url in (ALL, OF_PAYROLL):
        page = read(client_for(vic), url)
        for words in ("1 of 1 open milestones is likely to miss its baseline", "Interfaces ready", "60%", "Likely to miss",
                      "Assumed, not measured", "P80 in 80%", "in programmes on schedule"):  # fmt: skip
            assert words in page, words


def test_the_milestone_shows_its_range(story, vic, client_for) -> None:
    page = read(client_for(vic), story.due.get_absolute_url())
    for words in ("Chance to miss the baseline: 60%", "Half of such milestones are reached by", "eight of ten by", "Assumed, not measured: prior of slips 2026.1"):  # fmt: skip
        assert words in page, words


def test_a_range_that_nobody_knows_is_not_made_up(story, vic, client_for) -> None:
    with tenant_context(story.outlook.tenant_id):
        MilestoneOutlook.objects.update(p50_on=None, p80_on=None, p90_on=None, missed=1.0, high=1.0)
    page = read(client_for(vic), story.due.get_absolute_url())
    assert "no date can be forecast" in page
    assert "95%" in page
    assert "not known" in read(client_for(vic), ALL)


def test_without_an_outlook_nothing_is_said(acme, vic, client_for) -> None:
    with tenant_context(acme.id):
        made = payroll()
        due = MilestoneFactory(programme=made.programme)
    assert "No open milestone has a forecast yet" in read(client_for(vic), ALL)
    assert "Chance to miss" not in read(client_for(vic), due.get_absolute_url())


def test_a_date_moved_since_is_said_to_be(story, vic, client_for) -> None:
    with tenant_context(story.outlook.tenant_id):
        story.due.forecast_on = TODAY + timedelta(days=50)
        story.due.save()
    assert "Computed when the plan said" in read(client_for(vic), story.due.get_absolute_url())


def test_filters_and_exports_agree(story, vic, client_for) -> None:
    with tenant_context(story.outlook.tenant_id):
        MilestoneOutlookFactory(
            milestone=MilestoneFactory(programme=story.programme, name="Training held", track="adoption"),
            missed=0.2,
        )  # fmt: skip
    page = read(client_for(vic), f"{ALL}?likely=keep")
    assert "Training held" in page
    assert "Interfaces ready" not in page
    answer = client_for(vic).get(f"{ALL}?track=adoption&format=xlsx")
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.values)
    assert "Training held" in [each for row in rows for each in row]
    assert "Interfaces ready" not in [each for row in rows for each in row]


def test_a_contributor_sees_the_milestones_of_own_programmes_only(
    story, acme, client_for, dee
) -> None:
    assert "Interfaces ready" not in read(client_for(dee), ALL)
    with tenant_context(acme.id):
        ProgrammeMember.objects.create(
            programme=story.programme, person=dee.person, role="contributor_delivery"
        )
    assert "Interfaces ready" in read(client_for(dee), ALL)


def test_the_list_asks_as_much_for_many_as_for_one(story, vic, client_for) -> None:
    client = client_for(vic)
    read(client, ALL)
    with CaptureQueriesContext(connection) as few:
        read(client, ALL)
    with tenant_context(story.outlook.tenant_id):
        for _each in range(10):
            MilestoneOutlookFactory(milestone=MilestoneFactory(programme=story.programme))
    with CaptureQueriesContext(connection) as many:
        read(client, ALL)
    assert len(many) == len(few)
