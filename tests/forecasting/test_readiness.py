"""Whether units will be ready at go-lives: read as known on a day, kept when it changes, shown to whoever may see it."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from adoption.models import SurveyResult, TrainingProgress
from forecasting.models import AdoptionShortfall, RiskScore, ShortfallRecord
from forecasting.readiness import shortfalls
from forecasting.readiness.forecast import Readiness
from pmo_portal.common import clock
from pmo_portal.tenants.context import tenant_context
from programmes.models import MilestoneForecast, ProgrammeMember
from tests.factories.adoption import TrainingProgressFactory
from tests.factories.forecasting import (
    AdoptionShortfallFactory,
    GoLiveRiskFactory,
    RiskScoreFactory,
    ShortfallRecordFactory,
)
from tests.factories.programmes import (
    MilestoneFactory,
    MilestoneUnitFactory,
    ProgrammeFactory,
    ProgrammeUnitFactory,
)
from tests.factories.tenants import UnitFactory
from tests.pages import read
from tests.pmo_portal.scorecards.stories import TODAY, moment, payroll, wave

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("day_of_stories")]

ALL = "/t/acme/forecasts/readiness/"


def trained(programme: Any, unit: Any, on: Any, completed: int, *, known: Any = None, required: int = 100) -> None:  # fmt: skip
    TrainingProgressFactory(
        programme=programme, unit=unit, required=required, completed=completed,
        effective_on=on, known_at=moment(known or on),
    )  # fmt: skip


def told() -> list[AdoptionShortfall]:
    return shortfalls.compute_readiness(as_of=TODAY, at=clock.now())


def values(row: AdoptionShortfall) -> tuple[Any, ...]:
    return row.chance, row.training, row.engagement, row.level, row.facts, row.missing


def before_golive(*, weeks: int = 6, headcount: int = 100) -> Any:
    programme = ProgrammeFactory()
    unit = UnitFactory(headcount=headcount)
    ProgrammeUnitFactory(programme=programme, unit=unit)
    golive = MilestoneFactory(
        programme=programme, is_golive=True, baseline_on=TODAY + timedelta(weeks=weeks)
    )
    MilestoneUnitFactory(milestone=golive, unit=unit)
    return programme, unit, golive


def ended(number: int, share: int) -> Any:
    """A go-live some weeks ago whose unit was trained that far two weeks before it."""
    golive_on = TODAY - timedelta(weeks=3 + number % 10)
    programme = ProgrammeFactory()
    unit = UnitFactory(headcount=100)
    golive = MilestoneFactory(
        programme=programme, is_golive=True, baseline_on=golive_on, first_word=False
    )
    MilestoneForecast.objects.create(
        milestone=golive, baseline_on=golive.baseline_on, forecast_on=golive_on,
        effective_on=golive_on - timedelta(days=200), known_at=moment(golive_on - timedelta(days=200)),
    )  # fmt: skip
    MilestoneUnitFactory(milestone=golive, unit=unit)
    for weeks in (14, 10, 6, 2):
        done = max(0, share - 5 * weeks + number % 7)
        trained(programme, unit, golive_on - timedelta(weeks=weeks), min(100, done))
        wave(
            {unit: (45.0 + number % 20 + weeks % 3, 40)},
            on=golive_on - timedelta(weeks=weeks),
            programme=programme,
        )
    return programme, unit, golive


# --- telling -----------------------------------------------------------------------------------------------


def test_a_unit_is_told_from_its_training_and_its_engagement(acme) -> None:
    with tenant_context(acme.id):
        story = payroll()
        (row,) = told()
    assert row.unit_id == story.unit.pk
    assert row.facts["share"] == 0.8
    assert row.facts["shown"] == 41.0
    assert row.facts["counted_on"] == (TODAY + timedelta(weeks=1)).isoformat()
    assert row.missing == []
    assert row.chance == pytest.approx(1 - (1 - row.training) * (1 - row.engagement))
    assert row.level == "high"
    assert row.stage == "prior"


def test_the_pace_is_that_of_the_last_weeks(acme) -> None:
    with tenant_context(acme.id):
        programme, unit, _golive = before_golive()
        trained(programme, unit, TODAY - timedelta(weeks=20), 0)
        trained(programme, unit, TODAY - timedelta(weeks=4), 20)
        trained(programme, unit, TODAY, 60)
        (row,) = told()
    assert row.facts["pace"] == pytest.approx(0.1)
    assert row.facts["share_expected"] > 0.7


def test_what_is_missing_is_named_and_never_low(acme) -> None:
    with tenant_context(acme.id):
        programme, unit, _golive = before_golive()
        (none,) = told()
        assert (none.chance, none.level, none.missing) == (None, "unknown", ["training", "engagement"])  # fmt: skip
        trained(programme, unit, TODAY, 100)
        (half,) = told()
    assert half.missing == ["engagement"]
    assert half.engagement is None
    assert half.level == "unknown"


def test_old_figures_are_not_known(acme) -> None:
    with tenant_context(acme.id):
        programme, unit, _golive = before_golive()
        trained(programme, unit, TODAY - timedelta(weeks=27), 100)
        wave({unit: (70.0, 40)}, on=TODAY - timedelta(weeks=27))
        (row,) = told()
    assert row.missing == ["training", "engagement"]


def test_go_lives_far_off_reached_or_of_very_few_people_are_not_told(acme) -> None:
    with tenant_context(acme.id):
        before_golive(weeks=15)
        before_golive(headcount=4)
        assert told() == []
        before_golive(weeks=14)
        assert len(told()) == 1


def test_later_facts_change_nothing(acme) -> None:
    """Leakage: what became known after the day, and what speaks of later days, is not read."""
    with tenant_context(acme.id):
        programme, unit, golive = before_golive()
        trained(programme, unit, TODAY - timedelta(days=3), 50)
        wave({unit: (55.0, 40)}, on=TODAY - timedelta(days=10))
        (before,) = told()
        later = TODAY + timedelta(days=9)
        trained(programme, unit, TODAY - timedelta(days=1), 95, known=later)
        trained(programme, unit, later, 99)
        wave({unit: (20.0, 40)}, on=later)
        MilestoneForecast.objects.create(
            milestone=golive, baseline_on=golive.baseline_on, forecast_on=TODAY + timedelta(weeks=20),
            effective_on=TODAY, known_at=moment(later),
        )  # fmt: skip
        (after,) = told()
    assert values(before) == values(after)


def test_what_was_taken_back_is_neither_the_latest_word_nor_the_pace(acme) -> None:
    with tenant_context(acme.id):
        programme, unit, _golive = before_golive()
        trained(programme, unit, TODAY - timedelta(weeks=3), 20)
        trained(programme, unit, TODAY - timedelta(days=3), 50)
        (without,) = told()
        taken = TrainingProgress.objects.filter(unit=unit)
        trained(programme, unit, TODAY - timedelta(weeks=5), 5)
        trained(programme, unit, TODAY - timedelta(days=2), 90)
        wrong = taken.filter(completed__in=[5, 90])
        (before,) = told()
        wrong.update(withdrawn_at=moment(TODAY + timedelta(days=1)))
        (known_today,) = told()
        wrong.update(withdrawn_at=moment(TODAY))
        (after,) = told()
    assert values(before) != values(without)
    # It was still known at the end of the day before it was taken back.
    assert values(known_today) == values(before)
    assert values(after) == values(without)


def test_cells_that_may_not_be_shown_change_nothing(acme) -> None:
    with tenant_context(acme.id):
        _programme, unit, _golive = before_golive()
        wave({unit: (30.0, 3)}, on=TODAY - timedelta(days=5))
        assert not SurveyResult.objects.released().filter(unit=unit).exists()
        (row,) = told()
        assert row.engagement is None
        wave({unit: (58.0, 40)}, on=TODAY - timedelta(days=20))
        (before,) = told()
        wave({unit: (95.0, 3)}, on=TODAY - timedelta(days=2))
        (after,) = told()
    assert before.engagement is not None
    assert values(before) == values(after)


def test_reading_takes_as_many_statements_for_many_as_for_one(acme) -> None:
    with tenant_context(acme.id):
        counts = []
        for count in (1, 8):
            for number in range(count):
                programme, unit, _golive = before_golive()
                trained(programme, unit, TODAY, 40 + number)
                ended(number, 80)
            with CaptureQueriesContext(connection) as asked:
                told()
                shortfalls.learn_readiness(TODAY, at=clock.now())
            counts.append(len(asked))
    assert counts[0] == counts[1]


# --- learning and keeping ----------------------------------------------------------------------------------


def test_what_came_is_read_as_known_on_a_day(acme) -> None:
    with tenant_context(acme.id):
        programme, unit, _golive = ended(0, 70)
        cases = shortfalls.history(TODAY)
        assert [each.weeks for each in cases] == [4, 8]
        assert cases[0].came is True
        assert cases[0].came_share == pytest.approx(0.6)
        # Corrected since: more were trained then.
        trained(programme, unit, TODAY - timedelta(weeks=5), 99, known=TODAY - timedelta(days=1))
        assert shortfalls.history(TODAY)[0].came_share == pytest.approx(0.99)
        assert shortfalls.history(TODAY - timedelta(days=2))[0].came_share == pytest.approx(0.6)


def test_own_cases_take_the_place_of_the_shipped_ones_when_there_are_enough(acme, borealis) -> None:
    with tenant_context(borealis.id):
        assert shortfalls.learn_readiness(TODAY, at=clock.now()) is None
    with tenant_context(acme.id):
        before_golive()
        for number in range(29):
            ended(number, 90)
        few = shortfalls.learn_readiness(TODAY, at=clock.now())
        assert few is not None
        assert (few.cases, few.own) == (29, {})
        ended(29, 90)
        many = shortfalls.learn_readiness(TODAY, at=clock.now())
        assert many is not None
        assert many.own["cases"] == 30
        # Told by the shipped ones: nothing had ended before the half year began.
        assert many.held["rows"] > 0
        shortfalls.keep_record(many)
        shortfalls.keep_record(shortfalls.learn_readiness(TODAY, at=clock.now()))
        assert ShortfallRecord.objects.count() == 1
        assert {(row.stage, row.own) for row in told()} == {("own", 30)}
    with tenant_context(borealis.id):
        before_golive()
        assert {row.stage for row in told()} == {"prior"}


def test_what_stays_the_same_is_written_once_and_what_is_over_ends(acme) -> None:
    with tenant_context(acme.id):
        _programme, _unit, golive = before_golive()
        assert shortfalls.keep_readiness(told(), as_of=TODAY)["units_written"] == 1
        tomorrow = TODAY + timedelta(days=1)
        again = shortfalls.compute_readiness(as_of=tomorrow, at=clock.now())
        assert shortfalls.keep_readiness(again, as_of=tomorrow)["units_written"] == 0
        assert AdoptionShortfall.objects.get().as_of == tomorrow
        MilestoneForecast.objects.create(
            milestone=golive, baseline_on=golive.baseline_on, forecast_on=TODAY, actual_on=TODAY,
            effective_on=TODAY, known_at=clock.now(),
        )  # fmt: skip
        shortfalls.keep_readiness(
            shortfalls.compute_readiness(as_of=tomorrow, at=clock.now()), as_of=tomorrow
        )
        assert not AdoptionShortfall.objects.filter(is_current=True).exists()


def test_own_cases_say_how_sure_they_are_and_the_shipped_ones_as_many_as_replace_them(acme) -> None:
    with tenant_context(acme.id):
        programme, unit, _golive = before_golive(weeks=7)
        trained(programme, unit, TODAY - timedelta(weeks=4), 30)
        trained(programme, unit, TODAY, 55)
        (assumed,) = told()
        spreads = shortfalls.assumed().as_dict()
        ShortfallRecordFactory(as_of=TODAY, own=spreads, worth=3.0, fallen_back=False)
        (few,) = told()
        ShortfallRecord.objects.update(worth=300.0)
        (many,) = told()
        ShortfallRecord.objects.update(fallen_back=True)
        (fallen,) = told()
    assert assumed.chance == few.chance == many.chance
    assert few.low < assumed.low < many.low < many.chance
    assert (fallen.low, fallen.high) == (assumed.low, assumed.high)
    assert (few.high, few.missing) == (1.0, ["engagement"])


def test_what_learned_cases_are_worth_is_kept(acme) -> None:
    with tenant_context(acme.id):
        for number in range(30):
            ended(number, 90)
        record = shortfalls.learn_readiness(TODAY, at=clock.now())
    assert record is not None
    # Each of a go-live of its own.
    assert 0 < record.worth <= 30


def test_a_record_is_due_every_four_weeks_or_when_asked(acme) -> None:
    with tenant_context(acme.id):
        assert shortfalls.is_due(TODAY, is_asked=False)
        ShortfallRecordFactory(as_of=TODAY)
        assert not shortfalls.is_due(TODAY, is_asked=True)
        assert not shortfalls.is_due(TODAY + timedelta(days=27), is_asked=False)
        assert shortfalls.is_due(TODAY + timedelta(days=1), is_asked=True)
        assert shortfalls.is_due(TODAY + timedelta(days=28), is_asked=False)


# --- pages -------------------------------------------------------------------------------------------------


@pytest.fixture
def story(acme):
    with tenant_context(acme.id):
        made = payroll()
        made.told = AdoptionShortfallFactory(milestone=made.golive, unit=made.unit, as_of=TODAY)
        return made


def test_the_list_says_which_units_are_likely_not_to_be_ready(story, vic, client_for) -> None:
    page = read(client_for(vic), ALL)
    for words in ("1 of 1 units is likely not to be ready for a go-live", "Payroll Operations", "60%", "Elevated",
                  "Assumed, not measured", "is not known yet"):  # fmt: skip
        assert words in page, words


def test_a_unit_counts_once_however_many_golives_it_meets(story, vic, client_for) -> None:
    with tenant_context(story.told.tenant_id):
        again = MilestoneFactory(programme=story.programme, is_golive=True, baseline_on=TODAY + timedelta(weeks=6))  # fmt: skip
        for unit in (story.unit, UnitFactory()):
            AdoptionShortfallFactory(milestone=again, unit=unit, as_of=TODAY)
    page = read(client_for(vic), ALL)
    assert "2 of 2 units are likely not to be ready for a go-live" in page
    assert "pairs of unit and go-live" in page
    # All of them, not two of three.
    assert "Partly assumed" not in page


def test_what_is_usual_is_said_as_assumed_until_it_is_measured(acme, vic, client_for) -> None:
    page = read(client_for(vic), ALL)
    assert re.search(r"That usually \d+% of units fall short is assumed", page)
    assert "fall short here" not in page
    with tenant_context(acme.id):
        ShortfallRecordFactory(as_of=TODAY, own={"base": 0.42})
    page = read(client_for(vic), ALL)
    assert "Usually 42% of units fall short here." in page
    assert "is assumed" not in page


def test_tellings_are_compared_with_what_came(story, vic, client_for) -> None:
    with tenant_context(story.told.tenant_id):
        # In whole units the rows would add up to five.
        bins = [{"rows": 4, "told": 1.4, "came": 1}] * 5
        held = {"rows": 20, "told": 7.1, "came": 8, "brier": 0.15, "plain": 0.24, "bins": bins}
        ShortfallRecordFactory(as_of=TODAY, held=held)
    page = read(client_for(vic), ALL)
    for words in ("7.0 of 20 were expected to fall short, 8 did", '<td class="pp-num">1.4</td>', "40 – 60%", "In 5 of 12 cases a unit fell short"):  # fmt: skip
        assert words in page, words


def test_the_go_live_the_signal_and_the_forecast_of_the_unit_show_it(
    story, vic, client_for
) -> None:
    with tenant_context(story.told.tenant_id):
        risk = GoLiveRiskFactory(milestone=story.golive, programme=story.programme, unit=story.unit)
        RiskScoreFactory(programme=story.programme, unit=story.unit)
    client = client_for(vic)
    for url in (
        story.golive.get_absolute_url(),
        risk.get_absolute_url(),
        f"/t/acme/p/PAY/forecast/{story.unit.code}/",
    ):
        page = read(client, url)
        for words in ("Chance not to be ready: <b>60%</b>", "Of 20 units in this position, about 12 are expected not to be ready",
                      "60% of 120 people are trained", "off track below 50", "Assumed, not measured: spreads 2026.1"):  # fmt: skip
            assert words in page, (url, words)


def test_what_is_not_known_is_said_on_every_page(story, vic, client_for) -> None:
    with tenant_context(story.told.tenant_id):
        AdoptionShortfall.objects.update(
            engagement=None, chance=0.5, level="elevated", missing=["engagement"]
        )
    client = client_for(vic)
    assert "at least 50%" in read(client, ALL)
    page = read(client, story.golive.get_absolute_url())
    assert "at least 10 are expected" in page
    assert "Engagement: not known" in page
    with tenant_context(story.told.tenant_id):
        AdoptionShortfall.objects.update(
            training=None, chance=None, level="unknown", missing=["training", "engagement"]
        )
    page = read(client, ALL)
    assert "Whether 1 of 1 units will be ready is not known" in page
    assert "0%" not in page.split("<tbody")[1].split("</tbody")[0]


def test_the_plan_of_the_day_of_the_entry_stands_beside_its_share(in_acme) -> None:
    told_text = Readiness(AdoptionShortfallFactory()).training.text
    share, expected = told_text.split("; ")[:2]
    assert share.startswith("60% of 120 people are trained (")
    assert share.endswith("80% planned by that day")
    assert expected.startswith("85% expected by ")


def test_how_sure_a_chance_is_stands_beside_it(story, vic, client_for) -> None:
    with tenant_context(story.told.tenant_id):
        AdoptionShortfall.objects.update(low=0.47, high=0.76)
    client = client_for(vic)
    assert "45% to 80%" in read(client, ALL)
    assert "45% to 80%" in read(client, f"{ALL}?format=csv")
    for url in (story.golive.get_absolute_url(), f"/t/acme/p/PAY/forecast/{story.unit.code}/"):
        with tenant_context(story.told.tenant_id):
            if not RiskScore.objects.exists():
                RiskScoreFactory(programme=story.programme, unit=story.unit)
        assert "Likely range: 45% to 80%." in read(client, url)
    with tenant_context(story.told.tenant_id):
        AdoptionShortfall.objects.update(
            engagement=None, chance=0.5, low=0.42, high=1.0, missing=["engagement"]
        )
    assert "40% or more" in read(client, ALL)
    with tenant_context(story.told.tenant_id):
        AdoptionShortfall.objects.update(chance=0.02, low=0.01)
    assert " or more" not in read(client, ALL)


def test_the_weeks_before_a_golive_are_drawn(story, vic, client_for) -> None:
    with tenant_context(story.told.tenant_id):
        AdoptionShortfall.objects.update(
            series=[["2026-06-01", 0.3], ["2026-06-08", 0.45], [TODAY.isoformat(), 0.62]],
            direction="rising",
        )
    client = client_for(vic)
    page = read(client, story.golive.get_absolute_url()).partition('id="readiness"')[2]
    assert page.partition("</section>")[0].count('<circle class="dot"') == 3
    assert "Rising" in page.partition("</section>")[0]
    assert "Payroll Operations" in read(client, f"{ALL}?direction=rising")
    assert "Payroll Operations" not in read(client, f"{ALL}?direction=falling")
    assert "Rising" in read(client, f"{ALL}?format=csv")


def test_without_a_go_live_nothing_is_said(acme, vic, client_for) -> None:
    assert "No go-live is near enough" in read(client_for(vic), ALL)


def test_filters_and_exports_agree(story, vic, client_for) -> None:
    with tenant_context(story.told.tenant_id):
        AdoptionShortfallFactory(
            milestone=story.golive, unit=UnitFactory(name="Night shift"), chance=0.1, training=0.05, engagement=0.05, level="low",
        )  # fmt: skip
    client = client_for(vic)
    page = read(client, f"{ALL}?likely=ready")
    assert "Night shift" in page
    assert "Payroll Operations" not in page
    csv = read(client, f"{ALL}?level=low&format=csv")
    assert "Night shift" in csv
    assert ",Low," in csv
    assert "Payroll Operations" not in csv
    answer = client.get(f"{ALL}?words=payroll op&format=xlsx")
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.values)
    cells = [each for row in rows for each in row]
    assert "Payroll Operations" in cells
    assert "Night shift" not in cells


def test_a_contributor_sees_own_programmes_only(story, acme, client_for, dee) -> None:
    assert "Payroll Operations" not in read(client_for(dee), ALL)
    with tenant_context(acme.id):
        ProgrammeMember.objects.create(
            programme=story.programme, person=dee.person, role="contributor_delivery"
        )
    assert "Payroll Operations" in read(client_for(dee), ALL)


def test_the_list_asks_as_much_for_many_as_for_one(story, vic, client_for) -> None:
    client = client_for(vic)
    read(client, ALL)
    with CaptureQueriesContext(connection) as few:
        read(client, ALL)
    with tenant_context(story.told.tenant_id):
        for _each in range(10):
            AdoptionShortfallFactory()
    with CaptureQueriesContext(connection) as many:
        read(client, ALL)
    assert len(many) == len(few)
