"""The RAID log week by week: what came, what went, what stood."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from pmo_portal.tenants.context import tenant_context
from programmes import selectors
from programmes.models import RaidUpdate
from programmes.raid_trend import Said, Week, by_week, last_days
from tests.factories.programmes import ProgrammeFactory, RaidItemFactory

TODAY = date(2026, 6, 15)
NOW = datetime(2026, 6, 15, 9, tzinfo=UTC)


def weeks_ago(count: int, days: int = 0) -> date:
    return TODAY - timedelta(weeks=count, days=days)


def test_items_come_go_and_come_back() -> None:
    said = [
        Said(1, weeks_ago(9), True, 20),
        Said(2, weeks_ago(1, 3), True, 4),
        Said(1, weeks_ago(1, 2), False, 20),
        Said(1, weeks_ago(0, 1), True, 12),
    ]
    made = by_week(said, last_days(TODAY, 3), appetite=12)
    assert made == [
        Week(weeks_ago(2), 0, 0, 1, 1),
        Week(weeks_ago(1), 1, 1, 1, 0),
        Week(TODAY, 1, 0, 2, 1),
    ]


def test_the_last_word_of_a_day_counts_and_what_passed_within_a_week_is_not_seen() -> None:
    said = [
        Said(1, weeks_ago(0, 3), True, 25),
        Said(1, weeks_ago(0, 3), True, 2),
        Said(2, weeks_ago(0, 5), True, 9),
        Said(2, weeks_ago(0, 4), False, 9),
    ]
    in_order = sorted(said, key=lambda each: each.on)
    (week,) = by_week(in_order, [TODAY], appetite=12)
    assert (week.opened, week.ended, week.open, week.above) == (1, 0, 1, 0)


def test_an_empty_log_has_empty_weeks() -> None:
    assert [week.open for week in by_week([], last_days(TODAY, 4), appetite=12)] == [0] * 4
    assert by_week([], [], appetite=12) == []


@pytest.mark.django_db
def test_the_log_is_read_in_one_statement_as_it_was_known(
    in_acme, django_assert_num_queries
) -> None:
    programme = ProgrammeFactory()
    at = datetime(2026, 5, 4, 9, tzinfo=UTC)
    item = RaidItemFactory(programme=programme, opened_on=at.date(), first_word__at=at)
    RaidUpdate.objects.create(
        item=item, effective_on=weeks_ago(1), known_at=NOW, status="closed", probability=4, impact=4
    )
    with django_assert_num_queries(1):
        first, last = selectors.raid_log([programme.pk], TODAY)
    assert (first.is_open, last.is_open, last.score) == (True, False, 16)
    # Nobody knew of the end before today.
    (only,) = selectors.raid_log([programme.pk], TODAY - timedelta(days=1))
    assert only.is_open


@pytest.mark.django_db
def test_the_page_shows_the_quarter(acme, vic, client_for) -> None:
    with time_machine.travel(NOW, tick=False):
        with tenant_context(acme.id):
            programme = ProgrammeFactory(code="PAY")
            for days in (100, 20, 10):
                on = NOW - timedelta(days=days)
                RaidItemFactory(programme=programme, opened_on=on.date(), first_word__at=on)
        text = " ".join(client_for(vic).get("/t/acme/p/PAY/raid/").content.decode().split())
        assert "2 more open items than 13 weeks ago" in text
        with tenant_context(acme.id):
            ProgrammeFactory(code="NEW")
        assert "weeks ago" not in client_for(vic).get("/t/acme/p/NEW/raid/").content.decode()
