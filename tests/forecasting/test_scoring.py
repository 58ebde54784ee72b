"""Inputs as of a day, snapshots that stay, and scores that add up."""

from __future__ import annotations

import io
import math
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from django.core.management import call_command

from adoption import engagement
from adoption.models import SurveyResult
from forecasting import inputs, usual
from forecasting.choices import Origin, Stage, Target
from forecasting.crises import scoring
from forecasting.in_force import registry
from forecasting.learning import features, prior, worlds
from forecasting.learning.linear import logit
from forecasting.models import RiskScore, RiskSnapshot
from pmo_portal.tenants.context import tenant_context
from pmo_portal.tenants.services import next_reference
from programmes.models import Milestone, MilestoneForecast, Programme, ReportedFact
from programmes.selectors import performance_as_of
from tests.factories.adoption import (
    ResistanceSignalFactory,
    SignalTallyFactory,
    SurveyResultFactory,
    SurveyWaveFactory,
    TrainingProgressFactory,
)
from tests.factories.programmes import (
    BudgetAmountFactory,
    BudgetLineFactory,
    MilestoneFactory,
    ProgrammeFactory,
)
from tests.factories.tenants import UnitFactory

pytestmark = pytest.mark.django_db

DAY = date(2026, 6, 15)
NOW = datetime(2026, 6, 15, 18, tzinfo=UTC)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


def raw_of(programme: Programme, day: date = DAY) -> dict[str, float]:
    made = inputs.read([day], programme_ids=[programme.pk])
    return dict(zip(features.CRISIS.names, made.raw[0], strict=True))


@pytest.fixture
def programme(in_acme):
    return ProgrammeFactory(starts_on=DAY - timedelta(weeks=30))


@pytest.fixture
def unit(programme):
    unit = UnitFactory(headcount=50)
    programme.unit_links.create(unit=unit)
    return unit


def indicator(programme: Programme, weeks_ago: int, ratio: float, **more) -> ReportedFact:
    on = DAY - timedelta(weeks=weeks_ago)
    values = {"kind": "spi", "source": "history bundle", "effective_on": on, "known_at": at(on)}
    return ReportedFact.objects.create(programme=programme, ratio=ratio, **{**values, **more})


def golive(programme: Programme, *dates: tuple[date, date]) -> Milestone:
    """A go-live with what was said of it: (day it was said, date)."""
    milestone = Milestone.objects.create(
        number=next_reference("M"),
        programme=programme,
        track="delivery",
        name="Go-live",
        baseline_on=dates[0][1],
        forecast_on=dates[-1][1],
        is_golive=True,
    )
    before = None
    for said, to in dates:
        MilestoneForecast.objects.create(
            milestone=milestone,
            forecast_on=to,
            previous_on=before,
            effective_on=said,
            known_at=at(said),
        )
        before = to
    return milestone


def test_weekly_values_are_smoothed_as_one_would_by_hand(programme) -> None:
    smoothed = 1.0
    values = [0.9, 0.8, 0.95, 0.7]
    for weeks_ago, value in zip(reversed(range(4)), values, strict=True):
        indicator(programme, weeks_ago, value)
        smoothed += 0.3 * (value - smoothed)
    assert raw_of(programme)["spi_s"] == pytest.approx(smoothed)


@pytest.mark.parametrize(("said", "counts"), [(999_999.0, 3.0), (-999_999.0, 0.0)])
def test_a_slip_of_the_pen_does_not_drown_half_a_year(programme, said, counts) -> None:
    indicator(programme, 0, said)
    assert raw_of(programme)["spi_s"] == pytest.approx(1 + 0.3 * (counts - 1))


def test_a_week_without_a_value_lets_the_series_return_to_one(programme) -> None:
    indicator(programme, 3, 0.6)
    expected = 1 + 0.3 * -0.4 * 0.97**3
    assert raw_of(programme)["spi_s"] == pytest.approx(expected)


def test_the_slope_is_the_change_of_the_smoothed_value_in_six_weeks(programme) -> None:
    for weeks_ago in range(12):
        indicator(programme, weeks_ago, 0.8 if weeks_ago < 6 else 1.0)
    assert raw_of(programme)["spi_slope_6w"] == pytest.approx(0.2 * 0.7**6 - 0.2)


def budget(programme: Programme, *, known: date) -> None:
    """A year of 100 a month, of which five months cost 120 each, and two milestones: one met, one late."""
    line = BudgetLineFactory(programme=programme)
    more = {"line": line, "effective_on": known, "known_at": at(known)}
    for month in range(1, 13):
        BudgetAmountFactory(month=date(2026, month, 1), amount=100_00, **more)
    for month in range(1, 6):
        BudgetAmountFactory(month=date(2026, month, 1), amount=120_00, kind="actual", **more)
    for due, reached in ((date(2026, 4, 1), date(2026, 4, 1)), (date(2026, 6, 1), None)):
        milestone = MilestoneFactory(
            programme=programme, baseline_on=due, actual_on=reached, first_word__at=at(known),
            first_word__on=known,
        )  # fmt: skip
        if reached:
            MilestoneForecast.objects.create(
                milestone=milestone, forecast_on=reached, actual_on=reached, effective_on=reached,
                known_at=at(reached),
            )  # fmt: skip


def test_indices_come_from_a_budget_kept_here_where_no_tool_reports_any(programme) -> None:
    budget(programme, known=DAY - timedelta(weeks=20))
    money = performance_as_of([programme.pk], DAY)[programme.pk]
    found = raw_of(programme)
    # Two milestones were due: an index counts for a third.
    assert 1 - inputs.FARTHEST <= found["spi_s"] < 1
    assert found["cpi_s"] == pytest.approx(max(1 + (money.cpi - 1) / 3, 1 - inputs.FARTHEST))
    # Five months at 120 where 100 were planned by the end of the fifth; no index is told further from 1 than this.
    assert money.ac / money.pv == 1.2
    assert found["burn_ratio_s"] == pytest.approx(1 + inputs.FARTHEST)
    indicator(programme, 0, 1.2)
    assert raw_of(programme)["spi_s"] == pytest.approx(1 + 0.3 * 0.2)


def test_before_a_milestone_is_due_a_budget_says_nothing_of_the_schedule(programme) -> None:
    budget(programme, known=DAY - timedelta(weeks=20))
    found = raw_of(programme, date(2026, 3, 1))
    assert np.isnan(found["spi_s"])
    assert np.isnan(found["cpi_s"])


def test_a_budget_written_later_changes_no_earlier_day(programme) -> None:
    budget(programme, known=DAY)
    earlier = raw_of(programme, DAY - timedelta(weeks=1))
    assert math.isnan(earlier["spi_s"])
    assert math.isnan(earlier["cpi_s"])


def test_what_is_not_known_is_said_to_be_so(programme) -> None:
    raw = raw_of(programme)
    unknown = {name for name, value in raw.items() if math.isnan(value)}
    assert {"spi_s", "cpi_s", "eng_mean", "train_gap", "weeks_to_golive"} <= unknown
    assert raw["raid_open"] == 0


def test_the_golive_is_the_one_planned_then(programme) -> None:
    said_first, moved = DAY - timedelta(weeks=10), DAY - timedelta(weeks=2)
    golive(programme, (said_first, DAY + timedelta(weeks=1)), (moved, DAY + timedelta(weeks=9)))
    assert raw_of(programme)["weeks_to_golive"] == 9
    assert raw_of(programme)["replans"] == 1
    before = raw_of(programme, DAY - timedelta(weeks=3))
    assert before["weeks_to_golive"] == 4
    assert before["replans"] == 0


@pytest.mark.parametrize("weeks", [(2, -2), (-2, 2)])
def test_of_two_golives_equally_near_the_coming_one_counts(programme, weeks) -> None:
    for away in weeks:
        golive(programme, (DAY - timedelta(weeks=20), DAY + timedelta(weeks=away)))
    assert raw_of(programme)["weeks_to_golive"] == 2


def test_engagement_is_what_the_filter_of_adoption_says(programme, unit) -> None:
    waves = []
    for weeks_ago, mean, n in ((9, 58.0, 12), (5, 49.0, 30), (1, 52.0, 9)):
        on = DAY - timedelta(weeks=weeks_ago)
        wave = SurveyWaveFactory(programme=programme, closed_on=on)
        SurveyResultFactory(wave=wave, unit=unit, mean=mean, n=n, known_at=at(on))
        waves.append(engagement.Wave(on, mean, n))
    expected = engagement.estimate(waves, on=DAY, mean=usual.ASSUMED)
    raw = raw_of(programme)
    assert raw["eng_mean"] == pytest.approx(expected.value)
    assert raw["eng_age_w"] == pytest.approx(1)


def test_fewer_answers_move_the_score_less(programme, unit, in_acme) -> None:
    other = ProgrammeFactory(starts_on=DAY - timedelta(weeks=30))
    their_unit = UnitFactory(headcount=50)
    other.unit_links.create(unit=their_unit)
    for of, where, n in ((programme, unit, 60), (other, their_unit, 5)):
        wave = SurveyWaveFactory(programme=of, closed_on=DAY)
        SurveyResultFactory(wave=wave, unit=where, mean=40.0, n=n, known_at=at(DAY))
    assert raw_of(programme)["eng_mean"] < raw_of(other)["eng_mean"] - 3


def test_few_answers_move_the_chance_that_is_told_less(in_acme) -> None:
    """The same low figure of five people and of sixty, three weeks before a go-live."""
    told = []
    for n in (0, 5, 60):
        programme = ProgrammeFactory(starts_on=DAY - timedelta(weeks=30))
        where = UnitFactory(headcount=100)
        programme.unit_links.create(unit=where)
        golive(programme, (DAY - timedelta(weeks=20), DAY + timedelta(weeks=3)))
        if n:
            wave = SurveyWaveFactory(programme=programme, closed_on=DAY)
            SurveyResultFactory(wave=wave, unit=where, mean=40.0, n=n, known_at=at(DAY))
        told.append(programme.pk)
    made = {(each.programme_id, each.unit_id is None): each for each in computed(DAY).scores}
    for is_whole in (True, False):
        nobody, few, many = (made[programme, is_whole].probability for programme in told)
        assert nobody < few < many
        assert few - nobody < 0.7 * (many - nobody)


def test_a_figure_that_is_not_released_is_not_read(programme, unit) -> None:
    wave = SurveyWaveFactory(programme=programme, closed_on=DAY)
    SurveyResult.objects.create(
        wave=wave, unit=unit, is_released=False, effective_on=DAY, known_at=at(DAY)
    )
    assert math.isnan(raw_of(programme)["eng_mean"])


def test_the_size_of_a_programme_that_touches_no_named_unit_is_not_known(
    programme, in_acme
) -> None:
    """It is no small one, and the others are as large among themselves as without it."""
    others = ProgrammeFactory.create_batch(3, starts_on=DAY - timedelta(weeks=30))
    for other, heads in zip(others, (20, 60, 400), strict=True):
        other.unit_links.create(unit=UnitFactory(headcount=heads))
    at = features.CRISIS.names.index("log_size")

    def sizes(*programmes: Programme) -> list[float]:
        made = inputs.read([DAY], programme_ids=[each.pk for each in programmes])
        told = {place[0]: raw[at] for place, raw in zip(made.places, made.raw, strict=True)}
        return [told[each.pk] for each in programmes]

    unknown, *known = sizes(programme, *others)
    assert math.isnan(unknown)
    assert known == sorted(known)
    assert sum(known) == pytest.approx(0)
    assert known == sizes(*others)


def test_training_counts_people_and_the_worst_unit(programme, unit) -> None:
    second = UnitFactory(headcount=10)
    programme.unit_links.create(unit=second)
    for where, required, completed in ((unit, 40, 20), (second, 10, 9)):
        TrainingProgressFactory(
            programme=programme, unit=where, required=required, completed=completed,
            planned_share=0.8, effective_on=DAY, known_at=at(DAY),
        )  # fmt: skip
    raw = raw_of(programme)
    assert raw["train_gap"] == pytest.approx(0.3 * 40 / 50)
    assert raw["train_gap_max"] == pytest.approx(0.3)


def test_people_of_a_unit_within_another_count_once(programme, unit) -> None:
    """A programme that lands in a unit and in one within it reads as one that lands in the outer alone, but for the worst."""
    wave = SurveyWaveFactory(programme=programme, closed_on=DAY)
    within = UnitFactory(headcount=20, parent=unit)
    for where, mean, completed in ((unit, 70.0, 30), (within, 40.0, 0)):
        SurveyResultFactory(wave=wave, unit=where, mean=mean, n=15, known_at=at(DAY))
        TrainingProgressFactory(
            programme=programme, unit=where, required=40, completed=completed,
            planned_share=0.8, effective_on=DAY, known_at=at(DAY),
        )  # fmt: skip
    ResistanceSignalFactory(programme=programme, unit=unit, effective_on=DAY, known_at=at(DAY))
    for heads in (50, 60):
        ProgrammeFactory(starts_on=programme.starts_on).unit_links.create(
            unit=UnitFactory(headcount=heads)
        )

    def known() -> tuple[dict[str, float], list[float]]:
        made = inputs.read([DAY])
        row = [place[0] for place in made.places].index(programme.pk)
        return dict(zip(features.CRISIS.names, made.raw[row], strict=True)), [*made.trained[row]]

    alone, trained = known()
    programme.unit_links.create(unit=within)
    both, trained_of_both = known()
    assert trained_of_both == trained
    differ = {
        name for name, value in both.items() if not math.isnan(value) and value != alone[name]
    }
    assert differ == {"eng_min", "train_gap_max"}
    assert both["train_gap_max"] == pytest.approx(0.8)


def test_training_that_was_taken_back_counts_on_the_days_it_was_known(programme, unit) -> None:
    known = {"programme": programme, "unit": unit, "required": 40, "planned_share": 0.8}
    week = timedelta(weeks=1)
    first, wrong = DAY - 3 * week, DAY - 2 * week
    TrainingProgressFactory(**known, completed=20, effective_on=first, known_at=at(first))
    TrainingProgressFactory(
        **known, completed=32, effective_on=wrong, known_at=at(wrong), withdrawn_at=at(DAY)
    )
    days = [first, wrong, DAY - timedelta(days=1), DAY, DAY + week]
    found = inputs.read(days, programme_ids=[programme.pk])
    gaps = found.raw[:, features.CRISIS.names.index("train_gap")]
    assert gaps.tolist() == pytest.approx([0.3, 0.0, 0.0, 0.3, 0.3])
    assert found.trained[:, 0].tolist() == pytest.approx([0.5, 0.8, 0.8, 0.5, 0.5])


def test_signs_told_one_by_one_and_counted_ones_add_up(programme, unit) -> None:
    ResistanceSignalFactory(programme=programme, unit=unit, effective_on=DAY, known_at=at(DAY))
    SignalTallyFactory(programme=programme, unit=unit, count=4, effective_on=DAY, known_at=at(DAY))
    SignalTallyFactory(
        programme=programme,
        unit=unit,
        count=9,
        effective_on=DAY - timedelta(weeks=5),
        known_at=at(DAY),
    )
    assert raw_of(programme)["resist_4w"] == pytest.approx(math.log1p(100 * 5 / 50))


def test_a_canary_known_later_never_reaches_an_input(programme) -> None:
    """A value of today that somebody only learned next week."""
    before = raw_of(programme)
    indicator(programme, 0, 0.1, known_at=NOW + timedelta(days=7))
    assert np.array_equal(
        np.array(list(raw_of(programme).values())), np.array(list(before.values())), equal_nan=True
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("bundle")
    worlds.History(worlds.draw_world(9, programmes=12, weeks=30)).write(found)
    return found


@pytest.fixture
def history(acme, folder) -> date:
    """An imported history; returns a day in the middle of it."""
    call_command("import_history", str(folder), "--tenant", "acme", stdout=io.StringIO())
    with tenant_context(acme.id):
        started = Programme.objects.latest("starts_on").starts_on
    return started + timedelta(weeks=15)


def test_a_day_reads_the_same_later(acme, history) -> None:
    """Rows of later days, and corrections made later of days before, do not change what was known."""
    with tenant_context(acme.id):
        before = inputs.read([history], with_units=True)
        later = datetime.combine(history + timedelta(days=3), datetime.min.time(), UTC)
        for fact in ReportedFact.objects.filter(kind="spi", effective_on__lte=history)[:20]:
            ReportedFact.objects.create(
                programme=fact.programme, kind="spi", ratio=0.1, source="correction",
                effective_on=fact.effective_on, known_at=later,
            )  # fmt: skip
        ReportedFact.objects.filter(effective_on__gt=history).delete()
        after = inputs.read([history], with_units=True)
    assert before.places == after.places
    assert np.array_equal(before.raw, after.raw, equal_nan=True)
    assert np.array_equal(before.unit_raw, after.unit_raw, equal_nan=True)


def test_many_days_at_once_give_what_each_day_gives(acme, history) -> None:
    days = [history - timedelta(weeks=back) for back in range(3)]
    with tenant_context(acme.id):
        together = inputs.read(days)
        for day in days:
            alone = inputs.read([day])
            rows = [index for index, place in enumerate(together.places) if place[1] == day]
            assert rows
            assert np.array_equal(together.raw[rows], alone.raw, equal_nan=True)


def test_statements_are_the_same_for_any_number_of_programmes(
    acme, history, django_assert_num_queries
) -> None:
    with tenant_context(acme.id):
        few = list(Programme.objects.values_list("pk", flat=True)[:2])
        with django_assert_num_queries(18):
            inputs.read([history], programme_ids=few)
        with django_assert_num_queries(18):
            inputs.read([history], with_units=True)


def computed(day: date) -> scoring.Scored:
    return scoring.compute_scores(as_of=day, at=NOW)


def test_scores_add_up_and_lie_in_their_band(acme, history) -> None:
    with tenant_context(acme.id):
        scores = computed(history).scores
        assert any(score.unit_id for score in scores)
        for score in scores:
            total = score.start + sum(term["share"] for term in score.terms)
            assert total == pytest.approx(float(logit(score.probability)), abs=1e-6)
            assert 0 < score.low <= score.probability <= score.high < 1
            assert score.is_assumed


def test_a_score_that_was_kept_is_the_one_computed_later_as_of_its_day(acme, history) -> None:
    """From the sources alone, after corrections of the past became known: the snapshots that were kept are thrown away."""
    day, after = history, history + timedelta(weeks=2)
    known = datetime.combine(day + timedelta(days=3), datetime.min.time(), UTC)
    with tenant_context(acme.id):
        scoring.keep_scores(computed(day))
        rows = RiskScore.objects.filter(is_current=True)
        kept = {(each.programme_id, each.unit_id): each for each in rows}
        later = {(each.programme_id, each.unit_id): each for each in computed(after).scores}
        RiskSnapshot.objects.all().delete()
        for fact in ReportedFact.objects.filter(kind="spi", effective_on__lte=day):
            ReportedFact.objects.create(
                programme=fact.programme, kind="spi", ratio=0.2, source="correction",
                effective_on=fact.effective_on, known_at=known,
            )  # fmt: skip
        for programme in Programme.objects.all():
            wave = SurveyWaveFactory(programme=programme, closed_on=day - timedelta(days=1))
            for link in programme.unit_links.all():
                SurveyResultFactory(wave=wave, unit=link.unit, mean=5.0, n=50, known_at=known)
                TrainingProgressFactory(
                    programme=programme, unit=link.unit, required=40, completed=0, planned_share=1.0,
                    effective_on=day, known_at=known,
                )  # fmt: skip
        again = {(each.programme_id, each.unit_id): each for each in computed(day).scores}
        corrected = {(each.programme_id, each.unit_id): each for each in computed(after).scores}
    assert kept.keys() == again.keys()
    assert {unit is None for _programme, unit in kept} == {True, False}
    for key, score in kept.items():
        assert np.array_equal(score.raw, again[key].raw, equal_nan=True)
        for name in ("probability", "low", "high", "start"):
            assert getattr(again[key], name) == pytest.approx(getattr(score, name), rel=0, abs=1e-9)
        assert [each[0] for each in again[key].series] == [each[0] for each in score.series]
        said, told = ([each[1] or 0 for each in one.series] for one in (score, again[key]))
        assert told == pytest.approx(said, rel=0, abs=1e-9)
    # The corrections are no trifle: from the day they are known, hardly a score is as it was.
    differ = [abs(corrected[key].probability - later[key].probability) > 0.01 for key in later]
    assert np.mean(differ) > 0.9


def test_a_unit_of_few_people_counts_in_the_whole_and_has_no_score(programme, unit) -> None:
    unknown, five, few = (UnitFactory(headcount=heads) for heads in (None, 5, 3))
    for where in (unknown, five, few):
        programme.unit_links.create(unit=where)
    ResistanceSignalFactory(programme=programme, unit=few, effective_on=DAY, known_at=at(DAY))
    made = computed(DAY)
    told = {None, unit.pk, unknown.pk, five.pk}
    assert {score.unit_id for score in made.scores} == told
    assert {each.unit_id for each in made.snapshots} == told
    assert raw_of(programme)["resist_4w"] == pytest.approx(math.log1p(100 / 58))


def test_another_portfolio_tells_units_anew_on_the_same_day(programme, unit) -> None:
    """A portfolio is no input, and moves what an own model tells."""
    model = prior.load(Target.CRISIS_4W)
    registry.enthrone(
        replace(model, pools={"North": 1.0}, members=model.members[:0]), Target.CRISIS_4W,
        stage=Stage.OWN, origin=Origin.LEARNED, on=DAY,
    )  # fmt: skip
    scoring.keep_scores(computed(DAY))
    before = RiskScore.objects.get(is_current=True, unit=unit)
    programme.portfolio = "North"
    programme.save()
    scoring.keep_scores(computed(DAY))
    after = RiskScore.objects.get(is_current=True, unit=unit)
    assert after.raw == pytest.approx(before.raw, nan_ok=True)
    assert logit(after.probability) == pytest.approx(logit(before.probability) + 1)


def test_a_snapshot_once_taken_stays(acme, history) -> None:
    with tenant_context(acme.id):
        scoring.keep_scores(computed(history))
        kept = dict(RiskSnapshot.objects.values_list("pk", "raw"))
        assert len(set(RiskSnapshot.objects.values_list("as_of", flat=True))) == 12
        ReportedFact.objects.filter(kind="spi").delete()
        scoring.keep_scores(computed(history))
        again = dict(RiskSnapshot.objects.values_list("pk", "raw"))
    assert kept.keys() == again.keys()
    assert all(np.array_equal(kept[pk], again[pk], equal_nan=True) for pk in kept)


def test_a_second_computation_writes_nothing(acme, history) -> None:
    with tenant_context(acme.id):
        first = scoring.keep_scores(computed(history))
        assert first["written"] == first["computed"] > 0
        assert scoring.keep_scores(computed(history))["written"] == 0


def test_a_score_that_changed_ends_the_one_before_it(acme, history) -> None:
    with tenant_context(acme.id):
        scoring.keep_scores(computed(history))
        count = RiskScore.objects.count()
        scoring.keep_scores(computed(history + timedelta(days=1)))
        assert RiskScore.objects.count() > count
        current = RiskScore.objects.filter(is_current=True)
        assert current.count() == len(set(current.values_list("programme", "unit")))


def test_a_removed_programme_has_no_current_score(acme, history) -> None:
    with tenant_context(acme.id):
        scoring.keep_scores(computed(history))
        gone = Programme.objects.first()
        Programme.objects.filter(pk=gone.pk).update(deleted_at=NOW)
        scoring.keep_scores(computed(history))
        assert not RiskScore.objects.filter(programme_id=gone.pk, is_current=True).exists()


def test_an_organisation_without_programmes_gets_none(in_acme) -> None:
    assert scoring.keep_scores(computed(DAY)) == {"computed": 0, "written": 0, "ended": 0}


def test_one_programme_without_any_figure_gets_a_score_and_its_gaps(programme) -> None:
    (score,) = computed(DAY).scores
    assert 0 < score.probability < 0.5
    assert {"spi_s", "eng_mean", "weeks_to_golive"} <= set(score.missing)


def test_the_organisation_next_door_changes_nothing(acme, borealis, history, folder) -> None:
    with tenant_context(acme.id):
        before = inputs.read([history]).raw
    call_command("import_history", str(folder), "--tenant", "borealis", stdout=io.StringIO())
    with tenant_context(acme.id):
        assert np.array_equal(inputs.read([history]).raw, before, equal_nan=True)


def test_the_web_knows_the_job_and_not_numpy() -> None:
    """Web workers stay small: the address table and every app are loaded without the numeric libraries."""
    code = (
        "import os, sys; os.environ.update(DJANGO_SETTINGS_MODULE='pmo_portal.settings', PMO_PROFILE='embedded');"
        "import django; django.setup(); import pmo_portal.urls;"
        "sys.exit(1 if {'numpy', 'sklearn', 'scipy', 'plotly'} & set(sys.modules) else 0)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
