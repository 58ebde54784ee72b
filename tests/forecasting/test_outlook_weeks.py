"""The weeks before of a milestone: what today's curves say of the dates that were said then."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forecasting.dates import slips
from forecasting.models import MilestoneOutlook
from pmo_portal.common import clock
from pmo_portal.tenants.context import tenant_context
from programmes.models import MilestoneForecast
from tests.factories.forecasting import (
    MilestoneOutlookFactory,
    RiskSnapshotFactory,
    SlipRecordFactory,
)
from tests.factories.programmes import MilestoneFactory, ProgrammeFactory
from tests.pmo_portal.scorecards.stories import TODAY, moment, payroll

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("day_of_stories")]

ALL = "/t/acme/forecasts/milestones/"
MONDAY = TODAY - timedelta(days=TODAY.weekday() or 7)
DUE = TODAY + timedelta(days=40)


def said(milestone: Any, on: date, planned: date, *, known: date | None = None) -> None:
    MilestoneForecast.objects.create(
        milestone=milestone,
        baseline_on=milestone.baseline_on,
        forecast_on=planned,
        effective_on=on,
        known_at=moment(known or on),
    )


def planned(programme: Any) -> Any:
    """A milestone somebody spoke of half a year ago."""
    milestone = MilestoneFactory(programme=programme, baseline_on=DUE, first_word=False)
    said(milestone, TODAY - timedelta(days=180), DUE)
    return milestone


def told() -> MilestoneOutlook:
    (row,) = slips.compute_outlooks(as_of=TODAY, at=clock.now(), schedules={})
    return row


def by_day(row: MilestoneOutlook) -> dict[date, float | None]:
    return {date.fromisoformat(day): chance for day, chance in row.series}


def chance(day: date, planned_on: date, schedule: float | None = None) -> float:
    used = slips.reference({})
    ahead, room = (planned_on - day).days, (DUE - planned_on).days
    return round(used.tell(ahead=ahead, schedule=schedule, baseline=room).missed, 4)


def test_each_week_is_told_from_the_date_that_was_said_then(acme) -> None:
    with tenant_context(acme.id):
        programme = ProgrammeFactory()
        milestone = planned(programme)
        moved = DUE + timedelta(days=60)
        said(milestone, MONDAY - timedelta(days=15), moved)
        milestone.forecast_on = moved
        milestone.save()
        row = told()
    weeks = by_day(row)
    assert len(weeks) == 12
    before, after = MONDAY - timedelta(weeks=3), MONDAY - timedelta(weeks=2)
    assert weeks[before] == chance(before, DUE)
    assert weeks[after] == chance(after, moved) == 1.0
    assert weeks[before] != weeks[after]
    assert row.direction == "rising"


def test_what_became_known_later_is_not_known_before(acme) -> None:
    with tenant_context(acme.id):
        milestone = planned(ProgrammeFactory())
        said(milestone, MONDAY - timedelta(days=15), DUE + timedelta(days=60), known=MONDAY - timedelta(days=1))  # fmt: skip
        weeks = by_day(told())
    before = MONDAY - timedelta(weeks=1)
    assert weeks[before] == chance(before, DUE)
    assert weeks[MONDAY] == 1.0


def test_the_schedule_is_that_of_the_week(acme) -> None:
    with tenant_context(acme.id):
        programme = ProgrammeFactory()
        planned(programme)
        late = [0.8] + [0.0] * 27
        RiskSnapshotFactory(programme=programme, as_of=MONDAY, raw=late)
        before = RiskSnapshotFactory(
            programme=programme, as_of=MONDAY - timedelta(weeks=4), raw=late
        )
        weeks = by_day(told())
    assert weeks[MONDAY] == chance(MONDAY, DUE, 0.8) != chance(MONDAY, DUE)
    assert weeks[before.as_of] == chance(before.as_of, DUE, 0.8)
    # A snapshot of two weeks ago says nothing any more.
    later = before.as_of + timedelta(weeks=2)
    assert weeks[later] == chance(later, DUE)


def test_before_anybody_spoke_of_it_there_is_no_chance(acme) -> None:
    with tenant_context(acme.id):
        milestone = MilestoneFactory(programme=ProgrammeFactory(), baseline_on=DUE, first_word=False)  # fmt: skip
        said(milestone, MONDAY - timedelta(days=1), DUE)
        row = told()
    assert [day for day, value in by_day(row).items() if value is not None] == [MONDAY]
    assert row.direction == "unknown"


def test_weeks_are_carried_until_the_curves_are_others(acme) -> None:
    with tenant_context(acme.id):
        milestone = planned(ProgrammeFactory())
        slips.keep_outlooks([told()], as_of=TODAY)
        # Nothing is asked of weeks that are known: were it, this would change them.
        MilestoneForecast.objects.filter(milestone=milestone).delete()
        MilestoneOutlook.objects.update(series=[[MONDAY.isoformat(), 0.123], *MilestoneOutlook.objects.get().series[:-1]])  # fmt: skip
        assert by_day(told())[MONDAY] == 0.123
        said(milestone, TODAY - timedelta(days=180), DUE)
        curve = {"days": [90], "share": [1.0], "milestones": 1000}
        SlipRecordFactory(as_of=TODAY, own={"months/any": curve, "near/any": curve})
        anew = by_day(told())
    assert anew[MONDAY] is not None
    assert anew[MONDAY] > 0.9


def test_the_day_of_the_last_telling_becomes_a_week(acme) -> None:
    with tenant_context(acme.id):
        planned(ProgrammeFactory())
        slips.keep_outlooks([told()], as_of=TODAY)
        MilestoneOutlook.objects.update(as_of=MONDAY, missed=0.456, high=1, series=[])
        assert by_day(told())[MONDAY] == 0.456


def test_only_the_current_row_keeps_its_weeks(acme) -> None:
    with tenant_context(acme.id):
        milestone = planned(ProgrammeFactory())
        slips.keep_outlooks([told()], as_of=TODAY)
        milestone.forecast_on = DUE + timedelta(days=5)
        milestone.save()
        slips.keep_outlooks([told()], as_of=TODAY)
        old, new = MilestoneOutlook.objects.order_by("is_current")
    assert old.series == []
    assert len(new.series) == 12


def test_many_milestones_take_as_many_statements_as_one(acme) -> None:
    with tenant_context(acme.id):
        counts = []
        for count in (1, 9):
            for _each in range(count):
                planned(ProgrammeFactory())
            with CaptureQueriesContext(connection) as asked:
                slips.compute_outlooks(as_of=TODAY, at=clock.now(), schedules={})
            counts.append(len(asked))
    assert counts[0] == counts[1]


def test_pages_and_files_say_where_it_is_going(acme, vic, client_for) -> None:
    with tenant_context(acme.id):
        made = payroll()
        due = MilestoneFactory(programme=made.programme, name="Interfaces ready", baseline_on=DUE)
        MilestoneOutlookFactory(
            milestone=due, as_of=TODAY, direction="rising",
            series=[[(MONDAY - timedelta(weeks=1)).isoformat(), 0.2], [MONDAY.isoformat(), 0.3]],
        )  # fmt: skip
    client = client_for(vic)
    page = client.get(due.get_absolute_url()).content.decode().partition('id="outlook"')[2]
    card = page.partition("</section>")[0]
    assert "Rising" in card
    # The two weeks, and today.
    assert card.partition("Show the weeks before")[2].count('<circle class="dot"') == 3
    assert "Interfaces ready" in client.get(f"{ALL}?direction=rising").content.decode()
    assert "Interfaces ready" not in client.get(f"{ALL}?direction=falling").content.decode()
    assert "Rising" in client.get(f"{ALL}?format=csv").content.decode()
