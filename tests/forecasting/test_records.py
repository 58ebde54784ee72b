"""What dates and readiness are told from: whether it holds, what is told instead, and the cards that say so."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forecasting import records
from forecasting.cards import record_words, records as record_cards
from forecasting.choices import Forecast, Happening
from forecasting.dates import slips
from forecasting.learning import readiness as shortfall
from forecasting.learning.dates import slips as learned_slips
from forecasting.models import ModelEvent, ShortfallRecord, SlipRecord
from forecasting.readiness import shortfalls
from pmo_portal.common import clock
from pmo_portal.common.levels import State
from pmo_portal.tenants.context import tenant_context
from tests.factories.forecasting import ShortfallRecordFactory, SlipRecordFactory
from tests.factories.programmes import MilestoneFactory, ProgrammeFactory
from tests.pmo_portal.scorecards.stories import TODAY

from .test_outlooks import reached

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("day_of_stories")]

ALL = "/t/acme/forecasts/models/"
FOUR = timedelta(weeks=4)


def figures(cases: int, came: int, *, low: float, high: float, alarm: str = "", holds: bool = True, meant: float = 0.8) -> dict[str, Any]:  # fmt: skip
    return {
        "cases": cases, "groups": cases, "came": came, "share": came / cases, "meant": meant, "low": low, "high": high,
        "allowed": [0.74, 0.9], "alarm": alarm, "holds": holds,
    }  # fmt: skip


GOOD = figures(50, 40, low=0.66, high=0.9)
BAD = figures(50, 20, low=0.26, high=0.55, alarm="fewer", holds=False)


def judged(own: dict[str, Any]) -> dict[str, Any]:
    alarms = [own["alarm"]] if own["alarm"] else []
    return {"judged": {"own": own, "shipped": GOOD, "has_own": True, "alarms": alarms}}


def slip(on: date, own: dict[str, Any], *, fallen_back: bool) -> SlipRecord:
    held = {"rows": 90, "p50": 0.3, "p80": 0.4, "p90": 0.5, "pinball": 0.9, **judged(own)}
    return SlipRecordFactory.build(as_of=on, held=held, fallen_back=fallen_back)


# --- dates -------------------------------------------------------------------------------------------------


def late(count: int, *, due: date, days: int, programmes: int = 20) -> None:
    of = [ProgrammeFactory() for _each in range(programmes)]
    for number in range(count):
        reached(of[number % programmes], due - timedelta(days=number % 20), days)


def test_dates_that_surely_do_not_keep_their_ranges_fall_back_to_what_is_shipped(acme) -> None:
    """For years milestones were reached on their day; in the last half year they come three weeks late."""
    with tenant_context(acme.id):
        late(60, due=TODAY - timedelta(days=300), days=0)
        late(60, due=TODAY - timedelta(days=60), days=21)
        record = slips.learn_slips(TODAY, at=clock.now())
        assert record is not None
        own, shipped = (record.held["judged"][who] for who in ("own", "shipped"))
        assert own["cases"] == 60
        assert own["alarm"] == "fewer"
        assert shipped["share"] > own["share"]
        assert record.fallen_back
        slips.keep_record(record)
        assert slips.in_use(record) == {}
        MilestoneFactory(baseline_on=TODAY + timedelta(days=20), forecast_on=TODAY + timedelta(days=20))  # fmt: skip
        (outlook,) = slips.compute_outlooks(as_of=TODAY, at=clock.now(), schedules={})
        assert (outlook.stage, outlook.weight) == ("prior", 0)
        assert outlook.model == learned_slips.digest({})
        events = list(ModelEvent.objects.order_by("pk"))
        assert [each.kind for each in events] == [Happening.ALARM, Happening.FELL_BACK]
        assert {each.target for each in events} == {Forecast.MILESTONE_SLIP}
        # Of one day there is one record, and its events are noted once.
        slips.keep_record(slips.learn_slips(TODAY, at=clock.now()))
        assert (SlipRecord.objects.count(), ModelEvent.objects.count()) == (1, 2)


def test_dates_that_keep_their_ranges_are_told_by_the_own_record(acme) -> None:
    with tenant_context(acme.id):
        late(60, due=TODAY - timedelta(days=300), days=4)
        late(60, due=TODAY - timedelta(days=60), days=4)
        record = slips.learn_slips(TODAY, at=clock.now())
        assert record is not None
        assert not record.fallen_back
        assert slips.in_use(record) == record.own
        slips.keep_record(record)
        assert not [each for each in ModelEvent.objects.all() if each.kind == Happening.FELL_BACK]


def test_one_milestone_counts_once_and_only_once_its_range_has_passed(acme) -> None:
    with tenant_context(acme.id):
        late(12, due=TODAY - timedelta(days=1), days=0, programmes=3)
        record = slips.learn_slips(TODAY, at=clock.now())
        assert record is not None
        # Reached at once, but P80 of most kinds is still ahead: nothing is said of the late ones among them.
        assert record.held["judged"]["own"]["cases"] <= 12


def test_what_fell_back_is_used_again_when_it_holds_and_that_is_noted(in_acme) -> None:
    records.keep_and_note(slip(TODAY - 3 * FOUR, BAD, fallen_back=True), Forecast.MILESTONE_SLIP)
    records.keep_and_note(slip(TODAY - 2 * FOUR, BAD, fallen_back=True), Forecast.MILESTONE_SLIP)
    records.keep_and_note(slip(TODAY - FOUR, GOOD, fallen_back=False), Forecast.MILESTONE_SLIP)
    kinds = list(ModelEvent.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == [Happening.ALARM, Happening.FELL_BACK, Happening.HOLDS]
    assert records.alarms_of(SlipRecord.objects.first()) == []


def test_an_alarm_without_anything_better_is_noted_and_nothing_falls_back(in_acme) -> None:
    records.keep_and_note(slip(TODAY, BAD, fallen_back=False), Forecast.MILESTONE_SLIP)
    event = ModelEvent.objects.get()
    assert event.details["remedy"] == records.NOTHING
    assert "Nothing better is known" in record_words.event_text(event)


# --- readiness ---------------------------------------------------------------------------------------------


def test_readiness_that_fell_back_is_told_by_what_is_shipped(in_acme) -> None:
    own = shortfall.shipped()["spreads"] | {"cases": 40}
    record = ShortfallRecordFactory(own=own, held={"rows": 0, **judged(BAD)}, fallen_back=True)
    assert shortfalls.in_use(record) == {}
    record.fallen_back = False
    assert shortfalls.in_use(record) == own
    assert shortfalls.in_use(None) == {}


def test_both_parts_are_counted_together(in_acme) -> None:
    made = shortfall.Case(
        key=(1, 1), weeks=4, said=1, counted=43, training=shortfall.Training(0.5, 40, 0.02),
        engagement=shortfall.Engagement(45, 9), came_share=0.6, came_engagement=44, threshold=50,
    )  # fmt: skip
    found = shortfall.together([made], shortfalls.assumed())
    assert (found["rows"], found["came"]) == (1, 1)
    assert 0 < found["told"] <= 1
    assert shortfall.together([], shortfalls.assumed()) == {"rows": 0, "told": 0, "came": 0}


# --- cards -------------------------------------------------------------------------------------------------


def read(client: Any, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_every_forecast_is_listed_with_what_it_rests_on(acme, vic, client_for) -> None:
    page = read(client_for(vic), ALL)
    for forecast in Forecast:
        assert str(forecast.label) in page
    for words in ("Shipped curves 2026.1", "Shipped spreads 2026.1", "65,994 milestones of 40 invented organisations"):  # fmt: skip
        assert words in page


@pytest.mark.parametrize("slug", ["dates", "readiness"])
def test_a_card_speaks_before_anything_was_learned(acme, vic, client_for, slug: str) -> None:
    page = read(client_for(vic), f"{ALL}{slug}/")
    assert "assumed, not measured" in page
    assert "is not known yet" in page
    assert client_for(vic).get(f"{ALL}{slug}/watch/").status_code == 404
    values = json.loads(client_for(vic).get(f"{ALL}{slug}/export/").content)
    assert values["own"] == {}
    assert values["record"] is None


def test_the_card_of_dates_says_what_came_and_what_is_told_instead(acme, vic, client_for) -> None:
    with tenant_context(acme.id):
        records.keep_and_note(slip(TODAY, BAD, fallen_back=True), Forecast.MILESTONE_SLIP)
    page = read(client_for(vic), f"{ALL}dates/")
    for words in (
        "Alarm: P80 was kept in 20 of 50 milestones, 40% (95% of such: 26% to 55%; 80% are meant)",
        "The shipped assumptions are used instead of what was measured here",
        "Assumed again: what was measured here did not come true",
        "Forecasts here do not come true", "What it cannot tell", "Records, the newest first",
    ):  # fmt: skip
        assert words in page, words
    # The list of dates says so as well.
    assert "The shipped assumptions are used instead" in read(client_for(vic), "/t/acme/forecasts/milestones/")  # fmt: skip
    answer = client_for(vic).get(f"{ALL}dates/export/")
    values = json.loads(answer.content)
    assert values["fallen_back"] is True
    assert values["sha256"] == learned_slips.digest({})
    assert values["targets"] == ["milestone_miss", "milestone_slip_days"]
    assert values["record"]["measured"]["near/steady"]["milestones"] == 40


def test_the_card_of_readiness_says_its_parts_are_told_as_independent(acme, vic, client_for) -> None:  # fmt: skip
    own = {**shortfall.shipped()["spreads"], "cases": 40}
    good = figures(50, 40, low=0.66, high=0.9)
    both = {"both": {"rows": 30, "told": 9.4, "came": 12}}
    with tenant_context(acme.id):
        held = {"rows": 50, "told": 40.0, "came": 40, "brier": 0.1, "plain": 0.2, **both}
        record = ShortfallRecordFactory(as_of=TODAY, own=own, cases=40, short=32, held={**held, **judged(good)})  # fmt: skip
        assert record_cards.RecordCard(Forecast.ADOPTION_SHORTFALL, record).digest == shortfall.digest(own)  # fmt: skip
    page = read(client_for(vic), f"{ALL}readiness/")
    for words in (
        "Comes true: 40 of 50 units fell short", "treated as independent", "Measured on 40 cases",
        "Both parts fell short at once in 12 of 30 cases that ended here; 9 would be expected",
    ):  # fmt: skip
        assert words in page, words


@pytest.mark.parametrize(
    ("own", "fallen_back", "state"),
    [
        (GOOD, False, State.OK),
        (BAD, True, State.BAD),
        (figures(900, 690, low=0.74, high=0.79, holds=False), False, State.WARN),
        (GOOD, True, State.WARN),
        (figures(5, 5, low=0.4, high=1.0, holds=False), False, State.NONE),
    ],
)
def test_the_state_of_a_card(own, fallen_back: bool, state: State) -> None:
    record = slip(TODAY, own, fallen_back=fallen_back)
    assert record_cards.RecordCard(Forecast.MILESTONE_SLIP, record).state is state


def test_records_of_one_tenant_are_not_those_of_another(acme, borealis, vic, client_for) -> None:
    with tenant_context(borealis.id):
        records.keep_and_note(slip(TODAY, BAD, fallen_back=True), Forecast.MILESTONE_SLIP)
    assert "Alarm" not in read(client_for(vic), f"{ALL}dates/")
    with tenant_context(acme.id):
        assert not ModelEvent.objects.exists()
        assert not SlipRecord.objects.exists()


def test_a_record_kept_before_it_was_judged_is_shown(acme, vic, client_for) -> None:
    with tenant_context(acme.id):
        SlipRecordFactory()
        ShortfallRecordFactory()
        assert ShortfallRecord.objects.exists()
    for slug in ("dates", "readiness"):
        assert "Nothing to compare yet" in read(client_for(vic), f"{ALL}{slug}/")


@pytest.mark.parametrize("url", [ALL, f"{ALL}dates/", f"{ALL}readiness/"])
def test_statements_do_not_grow(acme, vic, client_for, url: str) -> None:
    counts = []
    for turn in range(2):
        client = client_for(vic)
        with CaptureQueriesContext(connection) as seen:
            client.get(url)
        counts.append(len(seen))
        with tenant_context(acme.id):
            for week in range(5):
                on = TODAY - timedelta(weeks=week, days=turn)
                records.keep_and_note(
                    slip(on, BAD, fallen_back=week % 2 == 0), Forecast.MILESTONE_SLIP
                )
    assert counts[0] == counts[1]
