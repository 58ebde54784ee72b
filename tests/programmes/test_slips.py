"""The slip chart: what was said of dates over time, drawn for both tracks alike, and as rows."""

from __future__ import annotations

import csv
import io
import itertools
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pmo_portal.common import clock
from pmo_portal.tenants.context import tenant_context
from programmes import selectors, services
from programmes.models import Milestone, MilestoneForecast
from programmes.slips import Said, Word, slips
from tests.factories.programmes import MilestoneFactory
from tests.pmo_portal.scorecards.stories import TODAY, moment, payroll

SLIPS = "/t/acme/p/PAY/slips/"
DUE = date(2026, 9, 1)


def said(*words: tuple[int, int], reached: bool = False, name: str = "M-1") -> Said:
    """Words as pairs of weeks: said so many weeks before today, of so many weeks after it."""
    made = [Word(TODAY - timedelta(weeks=ago), TODAY + timedelta(weeks=to)) for ago, to in words]
    if reached:
        made[-1] = Word(made[-1].on, made[-1].expected_on, reached=True)
    return Said(name, "Name", "/", made[0].expected_on, tuple(made))


def test_a_date_that_holds_is_level_and_one_that_slips_rises() -> None:
    (drawn, other) = slips([[said((20, 4), (6, 8))], [said((20, 4), name="M-2")]], on=TODAY)
    assert drawn is not None
    assert other is not None
    (line,), (level,) = drawn.lines, other.lines
    assert line.said.moves == 1
    assert line.said.slip(TODAY) == 20
    assert line.dots[1][1] < line.dots[0][1]
    assert line.baseline is not None
    assert "V" not in level.path
    assert level.baseline is None
    # Both tracks stand on the same axes and are of one size.
    assert (drawn.dates, drawn.days, drawn.height) == (other.dates, other.days, other.height)


def test_a_reached_date_ends_on_the_diagonal() -> None:
    (drawn,) = slips([[said((20, 4), (3, -3), reached=True), said((20, 9), name="M-2")]], on=TODAY)
    assert drawn is not None
    assert drawn.diagonal is not None
    line = next(each for each in drawn.lines if each.said.now.reached)
    x1, y1, x2, y2 = drawn.diagonal
    expected = y1 + (y2 - y1) * (line.end_x - x1) / (x2 - x1)
    assert abs(expected - line.end_y) < 0.5


def test_what_moves_only_in_its_last_week_was_said_late() -> None:
    assert Said("M-1", "", "", DUE, (Word(DUE - timedelta(days=90), DUE), Word(DUE - timedelta(days=4), DUE + timedelta(days=30)))).was_said_late  # fmt: skip
    assert not said((20, 4), (6, 8)).was_said_late
    assert not said((20, 4)).was_said_late


def test_names_do_not_cover_each_other_and_the_furthest_are_drawn() -> None:
    track = [said((20, 4), (6, 4 + n % 3), name=f"M-{n}") for n in range(12)]
    (drawn,) = slips([track], on=TODAY)
    assert drawn is not None
    assert (len(drawn.lines), drawn.left_out) == (8, 4)
    names = sorted(line.name_y for line in drawn.lines)
    assert all(b - a >= 14.9 for a, b in itertools.pairwise(names))
    assert slips([[], []], on=TODAY) == (None, None)


@pytest.fixture
def programme(acme: Any) -> Any:
    with time_machine.travel(moment(TODAY), tick=False), tenant_context(acme.id):
        yield payroll().programme


def word(milestone: Milestone, *, ago: int, to: date, before: date | None = None, **more: Any) -> None:  # fmt: skip
    on = TODAY - timedelta(days=ago)
    MilestoneForecast.objects.create(
        milestone=milestone, baseline_on=milestone.baseline_on, forecast_on=to, previous_on=before, effective_on=on, known_at=moment(on), **more
    )  # fmt: skip


@pytest.mark.django_db
class TestPage:
    def test_everybody_reads_both_tracks_and_every_word(self, programme, vic, client_for) -> None:
        MilestoneForecast.objects.all().delete()
        for track in ("delivery", "adoption"):
            milestone = MilestoneFactory(programme=programme, track=track, name=f"Point of {track}", baseline_on=DUE, forecast_on=DUE)  # fmt: skip
            MilestoneForecast.objects.filter(milestone=milestone).delete()
            word(milestone, ago=100, to=DUE)
            word(milestone, ago=50, to=DUE + timedelta(days=14), before=DUE, reason=f"Why {track}")
        client = client_for(vic)
        page = client.get(SLIPS).content.decode()
        assert "2 of 2 dates moved behind their baselines" in page
        assert page.count("1 of 1 date moved") == 6
        assert page.count("said said-") == 2
        for words in ("As of", "Why delivery", "Why adoption", "Point of adoption"):
            assert words in page, words
        part = client.get(f"{SLIPS}?track=adoption&what=moves", headers={"HX-Request": "true"})
        assert "Why adoption" in part.content.decode()
        assert "Why delivery" not in part.content.decode()

    def test_files_hold_the_words_and_what_they_changed(self, programme, dana, vic, client_for) -> None:  # fmt: skip
        milestone = MilestoneFactory(programme=programme, baseline_on=DUE, forecast_on=DUE)
        services.move_forecast(
            milestone, to=DUE + timedelta(days=7), reason="=Late", at=clock.now(), on=TODAY, acting=dana
        )  # fmt: skip
        client = client_for(vic)
        answer = client.get(f"{SLIPS}?format=csv&what=moves&words={milestone.name}")
        rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert [(row["Change (working days)"], row["Why"]) for row in rows] == [("5", "'=Late")]
        assert client.get(f"{SLIPS}?format=xlsx")["Content-Type"].endswith("sheet")

    def test_only_what_was_known_by_the_day_counts(self, programme) -> None:
        MilestoneForecast.objects.all().delete()
        milestone = MilestoneFactory(programme=programme, baseline_on=DUE)
        MilestoneForecast.objects.filter(milestone=milestone).delete()
        word(milestone, ago=30, to=DUE)
        word(milestone, ago=2, to=DUE + timedelta(days=7), before=DUE)
        ((_milestone, then),) = selectors.said_of(programme, as_of=TODAY - timedelta(days=10))
        ((_milestone, now),) = selectors.said_of(programme, as_of=TODAY)
        assert (then.moves, now.moves) == (0, 1)

    def test_an_empty_plan_says_so(self, programme, vic, client_for) -> None:
        Milestone.objects.all().delete()
        page = client_for(vic).get(SLIPS).content.decode()
        assert page.count("No milestone on this track yet") == 2

    def test_more_milestones_need_no_more_statements(self, programme, vic, client_for) -> None:
        client, counts = client_for(vic), []
        for more in (2, 20):
            for n in range(more):
                MilestoneFactory(programme=programme, track=("delivery", "adoption")[n % 2])
            with CaptureQueriesContext(connection) as asked:
                assert client.get(SLIPS).status_code == 200
            counts.append(len(asked))
        assert counts[0] == counts[1]

    def test_the_plan_is_the_current_page_and_leads_here(self, programme, vic, client_for) -> None:
        client = client_for(vic)
        assert SLIPS in client.get("/t/acme/p/PAY/plan/").content.decode()
        for path in (SLIPS, "/t/acme/p/PAY/baselines/"):
            page = client.get(path).content.decode()
            current = [part for part in page.split("<a ") if 'aria-current="page"' in part[:200]]
            assert any('href="/t/acme/p/PAY/plan/"' in part for part in current), path
            assert not any('href="/t/acme/p/PAY/"' in part for part in current), path
