"""The challenger of a target: what lessons leave, what people decide about it, and what stays of that."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Thread
from typing import Any

import numpy as np
import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from forecasting import cards, lessons, selectors, services
from forecasting.choices import Happening, ModelStatus, Origin, Stage, Target
from forecasting.in_force import (
    challenging,
    choosing,
    holding,
    registry,
    shipped,
    words as standing_words,
)
from forecasting.in_force.holding import Ruling
from forecasting.in_force.plain_model import teller
from forecasting.in_force.standing import Hold, Standing, standing_of
from forecasting.learning import prior, stages
from forecasting.learning.judging.evaluation import Interval, Verdict
from forecasting.learning.linear import LinearModel
from forecasting.models import Lesson, ModelEvent, RiskModel
from pmo_portal.accounts.permissions import NotAllowed
from pmo_portal.jobs.models import Ticket
from pmo_portal.tenants.context import tenant_context
from tests.factories.forecasting import LessonFactory, ModelEventFactory, RiskModelFactory

from .test_held_remedies import FELL_BACK, SHIFTED, ruled, taught
from .weeks import TARGET, Weeks

pytestmark = pytest.mark.django_db

DAY = date(2026, 6, 1)
NOW = datetime(2026, 6, 1, 4, tzinfo=UTC)
PRIOR = shipped.digest(TARGET)
REFUSED = {"tried": True, "promoted": False, "gain": [-0.01, -0.02, -0.001], "slope": [0.5, 0.4, 0.6], "reasons": ["slope"]}  # fmt: skip


def model_of(shift: float, target: Target = TARGET) -> LinearModel:
    assumed = prior.load(target)
    return replace(assumed, intercept=assumed.intercept + shift)


def lesson_on(week: int, **values: Any) -> Lesson:
    return LessonFactory.build(
        target=TARGET, as_of=DAY + timedelta(weeks=week), computed_at=NOW, **values
    )


def refused(week: int) -> lessons.Draft:
    """A lesson whose model was tried in vain."""
    left = challenging.Challenger(model_of(0.01 * (week + 1)), Stage.RECALIBRATED)
    return lessons.Draft(lesson_on(week, verdict=dict(REFUSED)), challenger=left)


def used(week: int) -> lessons.Draft:
    """A lesson whose model comes into use where nothing holds."""
    verdict = {"tried": True, "promoted": True, "reasons": []}
    standing = standing_of(TARGET)
    # What holds is ruled on while a lesson is learned; these were learned before it held.
    known = {"standing": standing} if standing.is_free else {}
    return lessons.Draft(
        lesson_on(week, stage=Stage.OWN, verdict=verdict), model_of(-0.01 * (week + 1)), **known
    )


def challenger() -> RiskModel | None:
    return RiskModel.objects.filter(target=TARGET, status=ModelStatus.CANDIDATE).first()


# --- what lessons leave ------------------------------------------------------------------------------------


def test_what_is_refused_waits_beside_what_is_in_use(in_acme) -> None:
    assert lessons.keep_lesson(refused(0)) is None
    made = challenger()
    assert made.digest == model_of(0.01).digest
    assert (made.number, made.stage, made.made_on) == (1, Stage.RECALIBRATED, DAY)
    assert (made.rows, made.programmes, made.events) == (100, 12, 6)
    assert made.measured["verdict"]["reasons"] == ["slope"]
    assert made.approved_by is None
    assert Lesson.objects.get().challenger == 1
    # It tells nobody anything.
    assert registry.in_force(TARGET).number is None


def test_each_lesson_takes_the_place_of_the_one_before_and_the_registry_does_not_grow(in_acme) -> None:  # fmt: skip
    for week in range(6):
        lessons.keep_lesson(refused(week))
        assert RiskModel.objects.count() == 1
    assert challenger().number == 6
    assert lessons.keep_lesson(used(6)).number == 7
    assert challenger() is None
    assert list(RiskModel.objects.values_list("number", flat=True)) == [7]


def test_a_lesson_that_tried_nothing_leaves_no_challenger(in_acme) -> None:
    lessons.keep_lesson(refused(0))
    lessons.keep_lesson(lessons.Draft(lesson_on(1, verdict={"tried": False})))
    assert challenger() is None
    # Its number is not given out again, though no model has it any more.
    lessons.keep_lesson(refused(2))
    assert challenger().number == 2


def test_there_is_one_challenger_for_a_target(in_acme) -> None:
    RiskModelFactory(status=ModelStatus.CANDIDATE)
    RiskModelFactory(status=ModelStatus.CANDIDATE, target=Target.RAID_ESCALATES_4W)
    with pytest.raises(IntegrityError), transaction.atomic():
        RiskModelFactory(status=ModelStatus.CANDIDATE)


def test_what_a_persons_decision_holds_back_is_the_challenger(in_acme, dana) -> None:
    first = lessons.keep_lesson(used(0))
    services.set_aside(first, acting=dana, on=DAY)
    late = used(1)
    lessons.keep_lesson(late)
    assert late.lesson.verdict["held"] == "aside"
    assert challenger().digest == late.model.digest
    assert challenger().stage == Stage.OWN


def test_a_remedy_leaves_what_it_holds_back_on_the_level_that_holds() -> None:
    held = ruled(taught(better=False)[0], FELL_BACK)
    assert held.model is None
    assert held.left is not None
    assert ruled(taught(better=True)[0], FELL_BACK).left is None
    levelled = ruled(taught(better=False)[0], SHIFTED, levelled=True)
    assert levelled.details["held"] == "level"
    assert levelled.left.about["level_since"] == "2026-05-25"
    assert levelled.shift == pytest.approx(
        levelled.left.intercept - prior.load(TARGET).intercept, abs=1e-3
    )


@pytest.mark.parametrize("standing", [FELL_BACK, SHIFTED])
def test_what_is_refused_while_something_holds_is_left_too(standing: Standing) -> None:
    learned, rows = taught(better=False)
    tried = holding.Lessons(None, rows, learned.told, model_of(0.3))
    ruling = ruled(tried, standing, levelled=standing is SHIFTED)
    # The prior goes on, on the level that holds; what was tried stands on it too.
    assert ruling.is_prior is (standing is SHIFTED)
    expected = "2026-05-25" if standing is SHIFTED else None
    assert ruling.left.about.get("level_since") == expected
    assert ruling.left.weights.tolist() == model_of(0.3).weights.tolist()


NO = Verdict(False, Interval(0.0, -0.1, 0.1), Interval(0.5, 0.4, 0.6), ("slope",))


@pytest.mark.usefixtures("without_reports")
def test_while_a_corrected_level_holds_the_prior_keeps_the_slope_of_here(in_acme, monkeypatch) -> None:  # fmt: skip
    """A correction moves the level of what is told; how well the prior tells programmes apart here is not forgotten with it."""
    monkeypatch.setattr(stages, "judge", lambda *_values, **_more: NO)
    # What is in use is not far enough from the level of the weeks since to be put to it anew.
    monkeypatch.setattr(holding, "SAME_ODDS", 2.0)
    weeks = Weeks(60)
    weeks.run(8)
    assert registry.in_force(TARGET).stage is Stage.LEVELLED
    ModelEventFactory(
        target=TARGET, kind=Happening.SHIFTED, happened_on=weeks.day,
        details={"since": (weeks.day - timedelta(weeks=3)).isoformat(), "shift": 0.3},
    )  # fmt: skip
    seen: dict[str, Any] = {}
    rule = holding.rule
    monkeypatch.setattr(holding, "rule", lambda *values, **more: seen.update(more) or rule(*values, **more))  # fmt: skip
    weeks.day += timedelta(weeks=1)
    weeks.learn()
    level, start = Lesson.objects.first().level, seen["start"]
    assert level["slope"] != pytest.approx(1, abs=1e-3)
    assert start.weights == pytest.approx(level["slope"] * prior.load(TARGET).weights, abs=1e-6)
    # What is made of it comes from the prior, and stands beside the prior by name.
    assert start.about["starts_from"] == PRIOR == challenger().measured["compared"]["beside"]


@pytest.mark.usefixtures("without_reports")
def test_a_refused_lesson_is_measured_beside_what_will_be_in_use(in_acme, dana, monkeypatch) -> None:  # fmt: skip
    weeks = Weeks(120)
    weeks.run(9)
    champion = RiskModel.objects.get(status=ModelStatus.CHAMPION)
    assert challenger() is None
    with monkeypatch.context() as against:
        against.setattr(stages, "judge", lambda *_values, **_more: NO)
        weeks.learn()
    made = challenger()
    found = made.measured["compared"]
    # What was learned before goes as well: the prior is what it is compared with.
    assert registry.in_force(TARGET).number is None
    assert (found["beside"], found["since"]) == (PRIOR, None)
    assert (found["rows"], found["events"]) == (made.rows, made.events)
    assert found["events"] >= 10
    assert found["by"]["challenger"]["auc"][0] > 0.5
    # A person brings the champion back: what is learned then is asked about later weeks alone.
    weeks.day += timedelta(weeks=1)
    champion.refresh_from_db()
    services.reinstate(champion, acting=dana, on=weeks.day)
    weeks.learn()
    later = challenger()
    assert later.number > made.number
    assert later.measured["verdict"]["held"] == "brought_back"
    compared = later.measured["compared"]
    assert compared["beside"] == champion.digest
    assert compared["since"] == champion.numbers["about"]["learned_on"]
    assert compared["rows"] < later.rows


# --- what people decide ------------------------------------------------------------------------------------


def choose(acting, *, beside: str = PRIOR) -> RiskModel:
    return choosing.put_into_use(
        challenger(), reason="We know why.", beside=beside, acting=acting, on=DAY
    )


def decline(acting, *, beside: str = PRIOR) -> RiskModel:
    return choosing.decline(
        challenger(), reason="Too bold for us", beside=beside, acting=acting, on=DAY
    )


def test_a_person_puts_the_challenger_into_use_and_it_stays_over_lessons(in_acme, dana, cam) -> None:  # fmt: skip
    lessons.keep_lesson(refused(0))
    model = choose(dana)
    assert registry.in_force(TARGET).number == model.number == 1
    assert RiskModel.objects.get().approved_by == dana.user
    assert challenger() is None
    event = ModelEvent.objects.get(kind=Happening.CHOSEN)
    assert (event.by, event.model, event.details["reason"]) == (dana.user, model, "We know why.")
    assert Ticket.objects.filter(kind=services.SCORE).exists()
    standing = standing_of(TARGET)
    assert (standing.hold, standing.anew) == (Hold.BROUGHT_BACK, DAY)
    assert "The challenger since 1 June 2026: Dana Delaney" in standing_words.short(standing)
    # No lesson takes its place by itself; what is learned waits.
    assert lessons.keep_lesson(used(1)) is None
    assert registry.in_force(TARGET).number == 1
    assert challenger().number == 2
    # The ways back are those of the other decisions.
    assert services.resume(TARGET, acting=cam, on=DAY)
    assert lessons.keep_lesson(used(2)).approved_by is None
    assert RiskModel.objects.get(number=1).status == ModelStatus.RETIRED
    assert RiskModel.objects.get(number=1).approved_by == dana.user


def test_the_challenger_takes_the_place_of_a_champion_and_of_what_held(in_acme, dana) -> None:
    first = lessons.keep_lesson(used(0))
    services.set_aside(first, acting=dana, on=DAY)
    services.reinstate(first, acting=dana, on=DAY)
    assert RiskModel.objects.get().approved_by == dana.user
    lessons.keep_lesson(used(1))
    model = choose(dana, beside=first.digest)
    assert registry.in_force(TARGET).number == model.number
    first.refresh_from_db()
    assert first.status == ModelStatus.RETIRED
    assert standing_of(TARGET).event.kind == Happening.CHOSEN


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("wanted", "was", "number"), [(1, [True], 2), (0, [False], 1)])
def test_who_brings_one_back_waits_for_whoever_did_so_first(acme, dana, cam, wanted, was, number) -> None:  # fmt: skip
    found: list[Any] = []
    with tenant_context(acme.id):
        models = [RiskModelFactory(number=at, target=TARGET, status=ModelStatus.RETIRED) for at in (1, 2)]  # fmt: skip

    def second() -> None:
        try:
            with tenant_context(acme.id):
                found.append(services.reinstate(models[wanted], acting=cam, on=DAY))
        except IntegrityError as error:
            found.append(error)
        finally:
            connection.close()

    other = Thread(target=second)
    with tenant_context(acme.id), transaction.atomic():
        assert services.reinstate(models[0], acting=dana, on=DAY)
        other.start()
        other.join(0.5)
    other.join(30)
    assert found == was
    with tenant_context(acme.id):
        assert RiskModel.objects.get(status=ModelStatus.CHAMPION).number == number


def test_nobody_decides_on_what_is_another_by_now(in_acme, dana) -> None:
    lessons.keep_lesson(refused(0))
    seen = challenger()
    lessons.keep_lesson(refused(1))
    values = {"reason": "Why", "beside": PRIOR, "acting": dana, "on": DAY}
    for act in (choosing.put_into_use, choosing.decline):
        with pytest.raises(ValidationError, match="not the challenger any more"):
            act(seen, **values)
        with pytest.raises(ValidationError, match="came into use since"):
            act(challenger(), **{**values, "beside": "0" * 64})
    assert challenger().number == 2
    assert registry.in_force(TARGET).number is None
    kinds = ModelEvent.objects.values_list("kind", flat=True)
    assert set(kinds) == {Happening.REFUSED}


def test_a_challenger_of_other_inputs_does_not_come_into_use(in_acme, dana) -> None:
    lessons.keep_lesson(refused(0))
    RiskModel.objects.update(feature_set="1999.1")
    with pytest.raises(ValidationError, match="other inputs"):
        choose(dana)
    assert challenger() is not None
    decline(dana)
    assert challenger() is None


def test_only_leads_and_administrators_decide(in_acme, vic, sam, dee, ada) -> None:
    lessons.keep_lesson(refused(0))
    for member in (vic, sam, dee):
        for act in (choose, decline):
            with pytest.raises(NotAllowed):
                act(member)
        with pytest.raises(NotAllowed):
            choosing.offer(challenger(), acting=member, on=DAY)
    assert challenger() is not None
    assert choose(ada).approved_by == ada.user


def test_what_a_person_set_aside_is_not_put_up_again_by_lessons(in_acme, dana, cam) -> None:
    lessons.keep_lesson(refused(0))
    model = decline(dana)
    assert model.status == ModelStatus.RETIRED
    standing = standing_of(TARGET)
    assert standing.is_free
    words = standing_words.declined(standing)
    assert "Model 1 was set aside as challenger by Dana Delaney on 1 June 2026: Too bold for us." in words  # fmt: skip
    lessons.keep_lesson(refused(1))
    assert challenger() is None
    assert Lesson.objects.first().challenger is None
    # The rule is not held up by it, and what comes into use begins the comparison anew.
    champion = lessons.keep_lesson(used(2))
    assert champion is not None
    services.set_aside(champion, acting=cam, on=DAY)
    lessons.keep_lesson(used(3))
    assert challenger() is not None


def test_a_word_on_a_challenger_ends_when_something_else_comes_into_use(in_acme, dana) -> None:
    """Also where what was in use then is in use again later."""
    lessons.keep_lesson(refused(0))
    decline(dana)
    lessons.keep_lesson(used(1))
    assert standing_of(TARGET).declined is None
    lessons.keep_lesson(refused(2))
    assert registry.in_force(TARGET).model.digest == PRIOR
    assert challenger() is not None


def test_a_word_on_a_challenger_is_asked_of_what_the_lesson_leaves_in_use(in_acme, dana) -> None:
    """A lesson that begins to start from another prior leaves a challenger, whatever was said beside the one before."""
    lessons.keep_lesson(refused(0))
    decline(dana)
    other = replace(refused(1), start=model_of(0.3))
    lessons.keep_lesson(other)
    assert challenger() is not None


def test_what_was_never_in_use_is_not_used_again(in_acme, dana) -> None:
    """It comes into use from its own page, with a reason; one a person chose was in use."""
    lessons.keep_lesson(refused(0))
    assert not cards.may_be_used_again(decline(dana))
    lessons.keep_lesson(used(1))
    lessons.keep_lesson(refused(2))
    chosen = choose(dana)
    services.set_aside(chosen, acting=dana, on=DAY)
    chosen.refresh_from_db()
    assert cards.may_be_used_again(chosen)


def test_the_heading_never_tells_what_another_model_reached(in_acme, dana) -> None:
    """After a person chose a challenger, lessons are refused or held back: their figures are not of what is in use."""
    reached = {"parts": [{"part": "all", "rows": 9, "share": 0.1, "by": {
        "model": {"auc": [0.9, 0.8, 0.95]}, "prior": {"auc": [0.7, 0.6, 0.8]}, "colour": {"auc": [0.5, 0.4, 0.6]},
    }}]}  # fmt: skip
    lessons.keep_lesson(refused(0))
    choose(dana)
    later = refused(1)
    later.lesson.left_out = reached
    lessons.keep_lesson(replace(later, standing=standing_of(TARGET), ruling=Ruling(None, left=model_of(0.2))))  # fmt: skip
    card = selectors.card_of(TARGET)
    assert "is in use" in card.finding
    assert card.measured[0].teller == "The model that was tried"
    services.resume(TARGET, acting=dana, on=DAY)
    made = used(2)
    made.lesson.left_out = reached
    lessons.keep_lesson(made)
    card = selectors.card_of(TARGET)
    assert "ranks programmes better" in card.finding
    assert card.measured[0].teller == "The model"


def test_what_was_set_aside_can_be_put_up_again(in_acme, dana, cam) -> None:
    lessons.keep_lesson(refused(0))
    model = decline(dana)
    assert choosing.offer(model, acting=cam, on=DAY)
    assert challenger() == model
    assert standing_of(TARGET).declined is None
    assert not choosing.offer(model, acting=cam, on=DAY)
    # People spoke of it, so it stays in the registry when a lesson makes another.
    lessons.keep_lesson(refused(1))
    model.refresh_from_db()
    assert model.status == ModelStatus.RETIRED
    assert challenger().number == 2
    assert not choosing.offer(model, acting=cam, on=DAY)


def test_a_lesson_learned_while_a_person_decided_leaves_what_they_chose(in_acme, dana) -> None:
    lessons.keep_lesson(refused(0))
    late = used(1)
    model = choose(dana)
    assert lessons.keep_lesson(late) is None
    assert registry.in_force(TARGET).number == model.number
    assert challenger().digest == late.model.digest


def test_a_lesson_learned_while_lessons_were_let_in_again_says_why_it_waits(in_acme, dana) -> None:
    services.set_aside(lessons.keep_lesson(used(0)), acting=dana, on=DAY)
    late = replace(used(1), standing=standing_of(TARGET))
    services.resume(TARGET, acting=dana, on=DAY)
    assert lessons.keep_lesson(late) is None
    assert Lesson.objects.first().verdict["held"] == "changed"
    (why,) = cards.Duel(selectors.card_of(TARGET)).against
    assert "The next one will be" in why


def test_a_model_is_not_put_up_again_beside_something_else(in_acme, dana) -> None:
    """A page that was left open: what was set aside beside the prior is none of the champion's business."""
    lessons.keep_lesson(refused(0))
    model = decline(dana)
    registry.enthrone(model_of(0.5), TARGET, stage=Stage.OWN, origin=Origin.LEARNED, on=DAY)
    assert not choosing.offer(model, acting=dana, on=DAY)


def test_challengers_of_one_tenant_are_not_those_of_another(acme, borealis, dana, ola) -> None:
    with tenant_context(acme.id):
        lessons.keep_lesson(refused(0))
        model = challenger()
    with tenant_context(borealis.id):
        assert challenger() is None
        lessons.keep_lesson(refused(0))
        with pytest.raises(ValidationError, match="not the challenger"):
            choosing.put_into_use(model, reason="Mine", beside=PRIOR, acting=ola, on=DAY)
        assert registry.in_force(TARGET).number is None
    with tenant_context(acme.id):
        assert challenger() == model


def test_what_is_corrected_after_an_alarm_says_nothing_was_learned(in_acme) -> None:
    model = registry.enthrone(
        model_of(0.5), TARGET, stage=Stage.RECALIBRATED, origin=Origin.SHIFTED, on=DAY
    )
    assert (model.rows, model.measured, model.approved_by) == (0, {}, None)


# --- what pages tell without numpy ---------------------------------------------------------------------------


@pytest.mark.parametrize("target", list(Target))
def test_pages_tell_what_the_model_tells(target) -> None:
    assumed = prior.load(target)
    rng = np.random.default_rng(6)
    weights = assumed.weights * rng.uniform(0.5, 2.0, len(assumed.weights))
    members = np.column_stack([assumed.members, np.zeros((len(assumed.members), 1))])
    model = replace(assumed, weights=weights, members=members, pools={"North": 0.7})
    raw = assumed.reference + 2 * rng.normal(size=(200, len(assumed.reference)))
    raw[rng.random(raw.shape) < 0.2] = np.nan
    pools = ["North", "", "South", "North"] * 50
    kept = model.as_dict()
    tell = teller(target, kept)
    told = [tell(row.tolist(), pool) for row, pool in zip(raw, pools, strict=True)]
    again = LinearModel.from_dict(kept, assumed.inputs)
    assert told == pytest.approx(again.probability(raw, pools).tolist(), abs=1e-9)
    assert min(told) < 0.02
    assert max(told) > 0.3
