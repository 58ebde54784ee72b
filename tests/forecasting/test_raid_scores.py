"""The risk of RAID items: computed, kept, walked through a history, and shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from forecasting import lessons, selectors
from forecasting.choices import Happening, Origin, Stage, Target
from forecasting.crises import scoring
from forecasting.in_force import registry
from forecasting.learning import prior
from forecasting.learning.raid import item_words
from forecasting.learning.raid.escalation import RAID
from forecasting.models import Lesson, ModelEvent, RaidScore, ReportedEvent, RiskModel
from forecasting.raid import (
    forecast as raid_forecast,
    history as raid_history,
    scoring as raid_scoring,
)
from pmo_portal.tenants.context import tenant_context
from programmes.choices import Stage as ProgrammeStage
from programmes.models import RaidItem, RaidUpdate
from tests.factories.forecasting import ReportedEventFactory
from tests.factories.programmes import ProgrammeFactory, RaidItemFactory, StatusReportFactory

pytestmark = pytest.mark.django_db

DAY = date(2026, 6, 15)
NOW = datetime(2026, 6, 15, 18, tzinfo=UTC)
SOURCE = "history bundle"


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


def opened(programme: Any, *, weeks: int = 8, **values: Any) -> RaidItem:
    on = DAY - timedelta(weeks=weeks)
    return RaidItemFactory(programme=programme, opened_on=on, first_word__at=at(on), **values)


def say(item: RaidItem, on: date, **values: Any) -> None:
    stands = {"probability": item.probability, "impact": item.impact, "status": item.status}
    RaidUpdate.objects.create(item=item, effective_on=on, known_at=at(on), **{**stands, **values})


def history(programme: Any, *, items: int, escalated: int, told: bool = False) -> None:
    """Items opened over forty weeks; some escalate four weeks after, the others are closed after eight.

    Args:
        told: most of those that escalate are rated higher from the start, and few of the others.
    """
    for index in range(items):
        weeks = 12 + index % 28
        rated = (
            5 if (told and index % 4 == 0) or (index < escalated and index % 4 < 3 and told) else 2
        )
        item = opened(
            programme, weeks=weeks, external_id=f"X{index}", probability=rated, impact=rated
        )
        if index < escalated:
            on = DAY - timedelta(weeks=weeks - 4)
            ReportedEventFactory(
                programme=programme, kind="raid_escalated", subject=f"X{index}", effective_on=on,
                known_at=at(on + timedelta(days=1)), source=SOURCE,
            )  # fmt: skip
        else:
            say(item, DAY - timedelta(weeks=weeks - 8), status="closed")


@pytest.fixture
def programme(in_acme):
    return ProgrammeFactory(starts_on=DAY - timedelta(weeks=60))


@pytest.fixture
def of_bundle(in_acme):
    return ProgrammeFactory(
        source=SOURCE, external_id="P1", starts_on=DAY - timedelta(weeks=60), portfolio="North"
    )


def scored(day: date = DAY) -> list[RaidScore]:
    made = raid_scoring.compute_raid_scores(as_of=day, at=NOW)
    raid_scoring.keep_raid_scores(made, at=NOW)
    return made


def test_an_open_item_has_a_score_whose_drivers_add_up(programme) -> None:
    item = opened(programme, probability=5, impact=5)
    scored()
    score = RaidScore.objects.get()
    assert (score.item_id, score.as_of, score.stage) == (item.pk, DAY, Stage.PRIOR)
    assert score.low <= score.probability <= score.high
    total = score.start + sum(term["share"] for term in score.terms)
    assert 1 / (1 + np.exp(-total)) == pytest.approx(score.probability, abs=1e-6)
    assert score.level == prior.load("raid_escalates_4w").level(score.probability)
    assert {"owner_load", "weeks_to_due", "late"} <= set(score.missing)


def test_a_higher_rating_never_has_a_lower_risk(programme) -> None:
    mild, severe = (opened(programme, probability=each, impact=each) for each in (1, 5))
    scored()
    risk = dict(RaidScore.objects.values_list("item", "probability"))
    assert risk[severe.pk] >= risk[mild.pk]


def test_a_score_stays_until_something_changes_and_ends_with_its_item(programme) -> None:
    item = opened(programme)
    scored()
    first = RaidScore.objects.get()
    scored()
    assert RaidScore.objects.get() == first
    say(item, DAY, probability=5, impact=5)
    scored()
    assert RaidScore.objects.filter(is_current=True).get() != first
    say(item, DAY, status="closed")
    scored()
    assert not RaidScore.objects.filter(is_current=True).exists()
    assert RaidScore.objects.count() == 2


def test_another_portfolio_tells_items_anew_on_the_same_day(programme) -> None:
    model = prior.load(Target.RAID_ESCALATES_4W)
    registry.enthrone(
        replace(model, pools={"North": 1.0}, members=model.members[:0]), Target.RAID_ESCALATES_4W,
        stage=Stage.OWN, origin=Origin.LEARNED, on=DAY,
    )  # fmt: skip
    opened(programme)
    scored()
    before = RaidScore.objects.get()
    programme.portfolio = "North"
    programme.save()
    scored()
    assert RaidScore.objects.get(is_current=True).probability > before.probability + 0.01


def test_no_items_make_no_scores(in_acme) -> None:
    assert scored() == []


def learned() -> RiskModel | None:
    gathered = lessons.gather(Target.RAID_ESCALATES_4W, DAY)
    kept = lessons.keep_lesson(lessons.learn_from(gathered, at=NOW))
    # Words and counts of items have no stage for a prior on the level of here.
    assert Lesson.objects.get(target=Target.RAID_ESCALATES_4W).level == {}
    assert registry.in_force(Target.RAID_ESCALATES_4W).stage in TOLD_OF_ITEMS
    return kept


# Every stage a score of an item can have.
TOLD_OF_ITEMS = set(Stage) - {Stage.LEVELLED}


@pytest.mark.parametrize("stage", sorted(TOLD_OF_ITEMS))
def test_every_stage_of_an_item_has_words(stage) -> None:
    score = RaidScore(stage=stage, model_version="2026.1")
    assert "2026.1" in raid_forecast.model_text(score)


def test_few_escalations_leave_the_prior_in_force(of_bundle) -> None:
    history(of_bundle, items=30, escalated=7)
    opened(of_bundle, weeks=2)
    assert learned() is None
    assert Lesson.objects.get().events <= 7
    made = scored()
    assert {score.stage for score in made} == {Stage.PRIOR}


def organisation(*, items: int, escalated: int, told: bool = True) -> list[Any]:
    """Six programmes of another tool, each with so many items."""
    made = [
        ProgrammeFactory(
            source=SOURCE, external_id=f"P{number}", starts_on=DAY - timedelta(weeks=60)
        )
        for number in range(6)
    ]
    for programme in made:
        history(programme, items=items, escalated=escalated, told=told)
        reported(programme)
    return made


def test_an_organisation_learns_from_its_own_escalations(in_acme) -> None:
    stage = Stage.OWN
    (first, *_others) = organisation(items=30, escalated=7)
    opened(first, weeks=2)
    kept = learned()
    assert kept is not None
    assert (kept.stage, kept.status) == (stage, "champion")
    lesson = Lesson.objects.get()
    assert lesson.events >= 8
    assert lesson.programmes == 6
    assert lesson.verdict["promoted"]
    assert lesson.left_out["parts"][0]["by"].keys() == {"model", "prior", "rating", "base"}
    assert lesson.walked["learned"]
    assert [each.kind for each in ModelEvent.objects.all()] == [Happening.PROMOTED]
    made = scored()
    assert {score.stage for score in made} == {stage}
    assert {score.model for score in made} == {kept.digest}
    assert {score.model_version for score in made} == {str(kept.number)}
    (score,) = made
    total = score.start + sum(term["share"] for term in score.terms)
    assert 1 / (1 + np.exp(-total)) == pytest.approx(score.probability, abs=1e-6)


def test_words_count_as_they_were_first_recorded(programme) -> None:
    """Who knows how it ended may have renamed it."""
    item = RaidItemFactory(programme=programme, title="Vendor", cause="One person knows it")
    RaidItem.objects.filter(pk=item.pk).update(title="Vendor went bankrupt")
    assert raid_history.first_words()[item.pk] == "Vendor One person knows it"


def test_what_words_of_items_would_add_is_measured_with_each_lesson(
    in_acme, monkeypatch: pytest.MonkeyPatch
) -> None:
    organisation(items=30, escalated=7)
    learned()
    assert Lesson.objects.get().left_out["words"] is None
    assert "Too few items" in selectors.card_of(Target.RAID_ESCALATES_4W).words
    Lesson.objects.all().delete()
    monkeypatch.setattr(item_words, "FEWEST_TEXTS", 10)
    learned()
    words = Lesson.objects.get().left_out["words"]
    assert words["auc"].keys() == {"told", "with_words"}
    assert words["gain"][1] <= words["gain"][0] <= words["gain"][2]
    assert f"{words['auc']['with_words'][0]:.2f} instead of" in selectors.card_of(Target.RAID_ESCALATES_4W).words  # fmt: skip
    assert selectors.card_of(Target.CRISIS_4W).words == ""


def test_escalations_that_nothing_told_are_not_learned_from(in_acme) -> None:
    """Those that escalated were like those that did not: the prior stays, and what was in use goes."""
    organisation(items=30, escalated=7, told=False)
    registry.enthrone(
        prior.load(Target.RAID_ESCALATES_4W),
        Target.RAID_ESCALATES_4W,
        stage=Stage.OWN,
        origin=Origin.LEARNED,
        on=DAY - timedelta(weeks=4),
    )
    assert learned() is None
    lesson = Lesson.objects.get()
    assert (lesson.stage, lesson.verdict["promoted"]) == (Stage.PRIOR, False)
    assert lesson.verdict["reasons"]
    assert registry.in_force(Target.RAID_ESCALATES_4W).stage is Stage.PRIOR
    kinds = set(ModelEvent.objects.values_list("kind", flat=True))
    assert kinds == {Happening.REFUSED, Happening.FELL_BACK}


def test_what_one_tenant_learns_is_not_seen_by_another(acme, borealis) -> None:
    with tenant_context(acme.pk):
        organisation(items=30, escalated=7)
        assert learned() is not None
    with tenant_context(borealis.pk):
        opened(ProgrammeFactory(starts_on=DAY - timedelta(weeks=60)))
        made = scored()
        assert {score.stage for score in made} == {Stage.PRIOR}
        assert not RiskModel.objects.exists()


def test_items_like_it_are_counted_with_what_became_of_them(programme) -> None:
    category = {"category": "cost", "probability": 4, "impact": 4}
    for index in range(6):
        item = opened(programme, weeks=20, **category)
        ended = {"status": "occurred"} if index < 2 else {"status": "closed"}
        say(item, DAY - timedelta(weeks=10), **ended)
    # Another category, another rating, and mitigation that was in place.
    for other in (
        {"category": "people"},
        {"probability": 1, "impact": 1},
        {"status": "monitoring"},
    ):
        item = opened(programme, weeks=20, **{**category, **other})
        say(item, DAY - timedelta(weeks=10), status="closed")
    opened(programme, weeks=2, **category)
    (score,) = scored()
    assert (score.alike, score.alike_escalated) == (6, 2)


def test_what_a_closed_programme_left_open_is_no_item_that_escalated(in_acme) -> None:
    """The trail keeps the time of the database, so the days are told from today."""
    today = timezone.localdate()
    closed, _going = (RaidItemFactory(review_on=today + timedelta(days=2)) for _each in range(2))
    closed.programme.stage = ProgrammeStage.CLOSED
    closed.programme.save()
    found = raid_scoring.open_items(as_of=today + timedelta(weeks=4), at=NOW)
    assert set(found.alike.values()) == {(1, 1)}


def test_the_number_of_statements_does_not_grow_with_items(programme) -> None:
    opened(programme)
    counts = []
    for _more in range(2):
        with CaptureQueriesContext(connection) as seen:
            raid_scoring.keep_raid_scores(
                raid_scoring.compute_raid_scores(as_of=DAY, at=NOW), at=NOW
            )
        counts.append(len(seen))
        for _item in range(10):
            opened(ProgrammeFactory(starts_on=DAY - timedelta(weeks=60)))
    assert counts[0] == counts[1]


# --- a history, walked through ---------------------------------------------------------------------------

MONDAYS = [DAY - timedelta(weeks=back) for back in reversed(range(40))]


def walked(days: list[date] = MONDAYS, **more: Any) -> dict[tuple[str, date], float]:
    return {
        (each.item, each.day): each.probability for each in raid_history.raid_scores(days, **more)
    }


def reported(programme: Any) -> None:
    StatusReportFactory(
        programme=programme, reported_source=SOURCE, effective_on=DAY, known_at=at(DAY)
    )


def test_a_history_names_items_as_their_tool_does(of_bundle) -> None:
    reported(of_bundle)
    item = opened(of_bundle, weeks=3, external_id="X7")
    assert set(walked()) == {("X7", DAY - timedelta(weeks=back)) for back in range(4)}
    RaidItem.objects.filter(pk=item.pk).update(external_id="")
    assert {name for name, _day in walked()} == {item.reference}


def test_what_happens_later_changes_no_score_of_an_earlier_day(of_bundle) -> None:
    """A leak would show: everything after a day is turned upside down."""
    reported(of_bundle)
    history(of_bundle, items=60, escalated=25)
    middle = DAY - timedelta(weeks=16)
    before = {key: risk for key, risk in walked().items() if key[1] <= middle}
    assert len(set(before.values())) > 3
    for item in RaidItem.objects.all():
        RaidUpdate.objects.filter(item=item, effective_on__gt=middle).delete()
        if item.opened_on <= middle:
            say(item, middle + timedelta(days=1), probability=5, impact=5)
    ReportedEvent.objects.filter(effective_on__gt=middle).delete()
    for index in range(25, 60):
        ReportedEventFactory(
            programme=of_bundle, kind="raid_escalated", subject=f"X{index}", source=SOURCE,
            effective_on=middle + timedelta(days=1), known_at=at(middle + timedelta(days=2)),
        )  # fmt: skip
    RaidItem.objects.update(escalated_on=middle + timedelta(days=1), closed_on=DAY, status="closed")
    after = {key: risk for key, risk in walked().items() if key[1] <= middle}
    assert after.keys() == before.keys()
    assert max(abs(after[key] - before[key]) for key in before) < 1e-9


def test_a_column_of_what_comes_later_reaches_no_input(of_bundle) -> None:
    """A canary: the label itself, known too late, as an update of the rating."""
    reported(of_bundle)
    history(of_bundle, items=40, escalated=20)
    days = MONDAYS[:30]
    clean = walked(days)
    for index, item in enumerate(RaidItem.objects.order_by("pk")):
        RaidUpdate.objects.create(
            item=item, probability=5 if index < 20 else 1, impact=5, status=item.status,
            effective_on=item.opened_on, known_at=at(DAY + timedelta(days=40)),
        )  # fmt: skip
    assert walked(days) == clean


def test_nothing_is_said_before_the_day_that_is_asked_for(of_bundle) -> None:
    reported(of_bundle)
    opened(of_bundle, weeks=10)
    since = DAY - timedelta(weeks=2)
    assert min(day for _item, day in walked(score_from=since)) == since


def test_lessons_are_of_the_same_days_from_whichever_day_on_something_is_said(of_bundle) -> None:
    reported(of_bundle)
    opened(of_bundle, weeks=11)
    days = [DAY - timedelta(weeks=back) for back in range(12)]
    told_by = []
    for since in (None, DAY - timedelta(weeks=5)):
        walk = raid_history.walked(days, score_from=since).walked
        told_by.append([walk.learned[turn][0] for turn in walk.turn if turn >= 0])
    assert told_by[1] == told_by[0][-6:]
    assert len(set(told_by[1])) == 2


def test_no_days_or_no_items_are_no_scores(in_acme) -> None:
    assert walked([]) == {}
    assert walked() == {}


def test_the_shipped_prior_fits_the_inputs_and_is_marked_as_assumed() -> None:
    model = prior.load("raid_escalates_4w")
    assert model.inputs is RAID
    assert model.about["assumed"] is True
    assert len(model.spread) == 1 + len(RAID.terms)
    weights = dict(zip(RAID.terms, model.weights, strict=True))
    assert weights["score"] > 0 > weights["mitigated"] + weights["score_x_mitigated"]


def test_an_older_run_takes_nothing_from_a_newer_one(programme) -> None:
    first = opened(programme, probability=5, impact=5)
    older = raid_scoring.open_items(as_of=DAY, at=NOW)
    for day in older.lacking:
        older.look_at(day)
    second = opened(programme, probability=4, impact=4)
    later = NOW + timedelta(minutes=1)
    newer = raid_scoring.compute_raid_scores(as_of=DAY, at=later)
    raid_scoring.keep_raid_scores(newer, at=later)
    kept = dict(RaidScore.objects.filter(is_current=True).values_list("item_id", "pk"))
    assert kept.keys() == {first.pk, second.pk}
    raid_scoring.keep_raid_scores(older.scores_of(older.made), at=NOW)
    assert dict(RaidScore.objects.filter(is_current=True).values_list("item_id", "pk")) == kept


def test_what_ended_while_it_was_computed_has_no_score(programme) -> None:
    item, removed = (opened(programme, probability=5, impact=5) for _number in range(2))
    scored()
    made = raid_scoring.compute_raid_scores(as_of=DAY, at=NOW)
    item.status = "closed"
    item.save()
    removed.deleted_at = NOW
    removed.save()
    raid_scoring.keep_raid_scores(made, at=NOW)
    assert not RaidScore.objects.filter(is_current=True).exists()


def test_a_programme_without_a_score_of_today_is_read(programme) -> None:
    scoring.keep_scores(scoring.compute_scores(as_of=DAY, at=NOW))
    assert raid_scoring._signals_told(DAY) is not None
    new = ProgrammeFactory()
    item = opened(new, probability=5, impact=5)
    assert raid_scoring._signals_told(DAY) is None
    (made,) = [each for each in raid_scoring.compute_raid_scores(as_of=DAY, at=NOW) if each.item_id == item.pk]  # fmt: skip
    assert not np.isnan(made.raw[RAID.names.index("near_golive")])
