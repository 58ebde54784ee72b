"""What is known of open RAID items on a day, by whom, and which of them escalated."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forecasting.learning.raid.escalation import RAID
from forecasting.raid import (
    history as raid_history,
    inputs as raid_inputs,
    outcomes as raid_outcomes,
)
from forecasting.raid.inputs import Happened
from pmo_portal.history import services as history
from pmo_portal.tenants.context import tenant_context
from programmes.choices import RaidStatus
from programmes.models import (
    MilestoneForecast,
    MilestoneLink,
    RaidItem,
    RaidItemMilestone,
    RaidUpdate,
)
from tests.factories.forecasting import ReportedEventFactory
from tests.factories.governance import EscalationFactory
from tests.factories.programmes import MilestoneFactory, ProgrammeFactory, RaidItemFactory
from tests.factories.tenants import PersonFactory

pytestmark = pytest.mark.django_db

DAY = date(2026, 6, 15)
OPENED = DAY - timedelta(weeks=8)
SOURCE = "history bundle"


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


@pytest.fixture
def programme(in_acme):
    return ProgrammeFactory(starts_on=DAY - timedelta(weeks=30))


def opened(programme, *, on: date = OPENED, **values) -> RaidItem:
    values = {"probability": 3, "impact": 4, "status": "assessed", "opened_on": on, **values}
    return RaidItemFactory(programme=programme, first_word__at=at(on), **values)


def say(item: RaidItem, on: date, *, known: date | None = None, **values) -> RaidUpdate:
    stands = {"probability": item.probability, "impact": item.impact, "status": item.status}
    return RaidUpdate.objects.create(
        item=item, effective_on=on, known_at=at(known or on), **{**stands, **values}
    )


def read(day: date = DAY, **more) -> dict[int, dict[str, float]]:
    made = raid_inputs.read([day], **more)
    return {
        item: dict(zip(RAID.names, row, strict=True))
        for item, row in zip(made.items.tolist(), made.raw, strict=True)
    }


def test_an_item_as_its_log_stood(programme) -> None:
    item = opened(programme, category="schedule", kind="issue")
    say(item, DAY - timedelta(weeks=3), probability=5, status=RaidStatus.MONITORING)
    found = read()[item.pk]
    assert (found["score"], found["likelihood"], found["impact"]) == (20, 5, 4)
    assert found["mitigated"] == 1
    assert found["log_update_w"] == pytest.approx(math.log1p(3))
    assert found["log_age_w"] == pytest.approx(math.log1p(8))
    assert (found["is_schedule"], found["is_cost"], found["is_issue"]) == (1, 0, 1)
    before = read(DAY - timedelta(weeks=4))[item.pk]
    assert (before["score"], before["mitigated"]) == (12, 0)


def test_what_is_said_later_changes_no_earlier_day(programme) -> None:
    item = opened(programme)
    before = read()[item.pk]
    # A word about an earlier day that became known only now, and what the row of the item says by now.
    say(item, DAY - timedelta(weeks=1), known=DAY + timedelta(days=1), probability=5)
    RaidItem.objects.filter(pk=item.pk).update(
        probability=5, impact=5, status="closed", closed_on=DAY, escalated_on=DAY
    )
    after = read()[item.pk]
    assert before == pytest.approx(after, nan_ok=True)
    assert read(DAY + timedelta(days=1))[item.pk]["likelihood"] == 5


def test_ended_escalated_and_removed_items_are_not_asked_about(programme) -> None:
    ended, escalated, removed = (opened(programme) for _each in range(3))
    opened(programme, opened_on=DAY + timedelta(days=1))
    say(ended, DAY - timedelta(days=1), status="closed")
    say(escalated, DAY - timedelta(days=1), escalated_on=DAY - timedelta(days=1))
    RaidItem.objects.filter(pk=removed.pk).update(deleted_at=at(DAY))
    assert read() == {}
    # What was removed later was there.
    assert set(read(DAY - timedelta(days=2))) == {ended.pk, escalated.pk, removed.pk}


def test_an_escalation_another_tool_reports_counts_once_it_is_known(programme) -> None:
    item = opened(programme, external_id="X1")
    ReportedEventFactory(
        programme=programme, kind="raid_escalated", subject="X1", effective_on=DAY, source=SOURCE,
        known_at=at(DAY + timedelta(days=1)),
    )  # fmt: skip
    assert item.pk in read(DAY)
    assert item.pk not in read(DAY + timedelta(days=1))


def test_an_item_that_was_escalated_is_not_asked_about_from_when_that_is_known(programme) -> None:
    item, other = opened(programme, category="cost"), opened(programme, category="cost")
    EscalationFactory(
        programme=programme, raid_item=item, effective_on=DAY, known_at=at(DAY + timedelta(days=1))
    )
    assert set(read()) == {item.pk, other.pk}
    assert raid_outcomes.happened(until=DAY) == []
    later = DAY + timedelta(days=1)
    (found,) = raid_outcomes.happened(until=later)
    assert found == Happened(item.pk, programme.pk, "cost", DAY, later)
    left = read(later, happened=[found])
    assert set(left) == {other.pk}
    assert left[other.pk]["alike_escalated_12w"] == pytest.approx((1 + 0.4) / (1 + 1 + 4))


def test_a_removed_escalation_does_not_count(programme) -> None:
    item = opened(programme)
    raised = EscalationFactory(
        programme=programme, raid_item=item, effective_on=OPENED, known_at=at(OPENED)
    )
    assert read() == {}
    history.remove(raised, at=at(DAY), acting=None)
    assert set(read()) == {item.pk}
    assert raid_outcomes.happened(until=DAY) == []
    # On days before it was taken away it was there.
    assert read(DAY - timedelta(days=1)) == {}


def test_an_item_long_past_its_date_has_escalated_already(programme) -> None:
    item = opened(programme, review_on=DAY - timedelta(days=7))
    assert read()[item.pk]["weeks_to_due"] == -1
    assert read(DAY + timedelta(days=1)) == {}


def test_reopened_items_are_told_apart(programme) -> None:
    item, other = opened(programme), opened(programme)
    say(item, DAY - timedelta(weeks=3), status="closed")
    say(item, DAY - timedelta(weeks=2))
    found = read()
    assert (found[item.pk]["reopened"], found[other.pk]["reopened"]) == (1, 0)


def test_an_owner_is_known_by_the_other_items(programme) -> None:
    owner = PersonFactory()
    item = opened(programme, owner=owner, review_on=DAY + timedelta(weeks=2))
    opened(programme, owner=owner, review_on=DAY - timedelta(days=2))
    opened(programme, owner=owner, review_on=DAY + timedelta(days=2))
    found = read()[item.pk]
    assert found["owner_load"] == pytest.approx(math.log1p(2))
    assert found["owner_overdue"] == pytest.approx((1 + 0.2 * 4) / (2 + 4))
    nobody = opened(programme)
    assert math.isnan(read()[nobody.pk]["owner_load"])


def test_what_blocks_an_item_counts_until_it_is_reached(programme) -> None:
    item = opened(programme)
    first, second, threatened = (MilestoneFactory(programme=programme) for _each in range(3))
    RaidItemMilestone.objects.create(item=item, milestone=threatened)
    for number, before in enumerate((first, second), start=1):
        MilestoneLink.objects.create(number=number, before=before, after=threatened)
    known = datetime.now(UTC).date() + timedelta(days=1)
    assert read(known)[item.pk]["blocked_by"] == pytest.approx(math.log1p(2))
    # Nobody knew of the links in the past.
    assert read()[item.pk]["blocked_by"] == 0
    MilestoneForecast.objects.create(
        milestone=first,
        baseline_on=first.baseline_on,
        forecast_on=known,
        actual_on=known,
        effective_on=known,
        known_at=at(known),
    )
    assert read(known)[item.pk]["blocked_by"] == pytest.approx(math.log1p(1))


def test_escalations_of_others_count_once_known_and_for_twelve_weeks(programme) -> None:
    item = opened(programme, category="cost")
    on = DAY - timedelta(days=3)
    known = Happened(999, programme.pk, "cost", on, DAY)
    assert read()[item.pk]["escalated_12w"] == pytest.approx(0.4 / 5)
    share = (1 + 0.4) / (1 + 1 + 4)
    assert read(happened=[known])[item.pk]["escalated_12w"] == pytest.approx(share)
    assert read(happened=[known])[item.pk]["alike_escalated_12w"] == pytest.approx(share)
    yesterday = read(DAY - timedelta(days=1), happened=[known])[item.pk]
    assert yesterday["escalated_12w"] == pytest.approx(0.4 / 5)
    assert read(DAY + timedelta(weeks=13), happened=[known])[item.pk][
        "escalated_12w"
    ] == pytest.approx(0.4 / 5)


def test_what_the_programme_goes_through_comes_from_its_own_inputs(programme) -> None:
    from forecasting.learning.features import CRISIS

    item = opened(programme, category="schedule")
    row = [each.stands_in for each in CRISIS.raw]
    row[CRISIS.names.index("spi_s")] = 0.9
    found = read(signals={(programme.pk, DAY): row})[item.pk]
    assert found["late"] == pytest.approx(0.1)
    assert math.isnan(read(signals={})[item.pk]["late"])


def test_the_number_of_statements_does_not_grow(programme) -> None:
    def statements(days: int) -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            raid_history.gather_items([DAY - timedelta(weeks=back) for back in range(days)])
        return len(asked)

    opened(programme)
    few = statements(1)
    for _each in range(9):
        opened(ProgrammeFactory(starts_on=OPENED), owner=PersonFactory())
    assert statements(10) == few


def test_another_tenant_is_not_read(acme, borealis) -> None:
    with tenant_context(acme.pk):
        item = opened(ProgrammeFactory(starts_on=OPENED))
        say(item, DAY, escalated_on=DAY)
    with tenant_context(borealis.pk):
        assert read(DAY - timedelta(days=1)) == {}
        assert raid_outcomes.happened(until=DAY) == []
    with tenant_context(acme.pk):
        assert set(read(DAY - timedelta(days=1))) == {item.pk}
        assert len(raid_outcomes.happened(until=DAY)) == 1


# --- what came of it -----------------------------------------------------------------------------------


def test_rows_to_learn_from_need_their_whole_window(programme) -> None:
    item = opened(programme, on=DAY - timedelta(weeks=10))
    on = DAY - timedelta(weeks=3)
    say(item, on, escalated_on=on)
    history = raid_history.gather_items([DAY - timedelta(weeks=back) for back in range(12)])
    rows, escalated = history.rows(cut=DAY)
    weeks = {
        (DAY.toordinal() - day) // 7: came for day, came in zip(rows.day, rows.label, strict=True)
    }
    # From ten weeks ago until the escalation; it came within four weeks of the last four of them.
    assert weeks == {back: back <= 7 for back in range(5, 11)}
    assert escalated == 1
    earlier, none = history.rows(cut=on)
    assert (len(earlier), none) == (3, 0)


def test_items_of_a_bundle_escalate_by_its_word_alone(in_acme) -> None:
    programme = ProgrammeFactory(source=SOURCE, external_id="P1", starts_on=OPENED)
    item = opened(programme, external_id="X1", probability=1, impact=1)
    say(item, DAY - timedelta(weeks=1), probability=5, impact=5)
    assert raid_outcomes.happened(until=DAY) == []
    ReportedEventFactory(
        programme=programme, kind="raid_escalated", subject="X1", effective_on=DAY, source=SOURCE,
        known_at=at(DAY + timedelta(days=1)),
    )  # fmt: skip
    assert raid_outcomes.happened(until=DAY) == []
    (found,) = raid_outcomes.happened(until=DAY + timedelta(days=1))
    assert (found.item, found.on, found.known_on) == (item.pk, DAY, DAY + timedelta(days=1))
