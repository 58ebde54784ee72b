"""Scores are closed with what came of them; alarms lead to something."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from django.utils import timezone

from forecasting import cards, lessons, selectors, services, watching
from forecasting.choices import Happening, ModelStatus, Origin, Stage, Target, Touch
from forecasting.in_force import registry
from forecasting.in_force.standing import standing_of
from forecasting.learning import prior
from forecasting.learning.features import CRISIS, RAW
from forecasting.learning.judging import watch
from forecasting.learning.limits import WATCHED
from forecasting.learning.linear import LinearModel
from forecasting.models import (
    ModelCheck,
    ModelEvent,
    RaidOutcome,
    RiskModel,
    RiskOutcome,
    RiskSnapshot,
)
from forecasting.watching import interventions, remedies
from governance.choices import DecisionStatus
from pmo_portal.common.days import day_text, monday_of
from pmo_portal.common.levels import State
from pmo_portal.jobs.models import Ticket
from pmo_portal.tenants.context import tenant_context
from programmes.choices import Stage as ProgrammeStage
from programmes.models import Programme, RaidUpdate
from tests.factories.forecasting import (
    LessonFactory,
    ModelEventFactory,
    RaidScoreFactory,
    ReportedEventFactory,
    RiskModelFactory,
    RiskScoreFactory,
    RiskSnapshotFactory,
)
from tests.factories.governance import ActionFactory, DecisionFactory
from tests.factories.programmes import (
    MilestoneFactory,
    MilestoneForecastFactory,
    ProgrammeFactory,
    RaidItemFactory,
    ReportedFactFactory,
)

pytestmark = pytest.mark.django_db

TARGET = Target.CRISIS_4W
MONDAY = date(2026, 6, 1)
TODAY = date(2026, 6, 30)


def told(programme, day: date, risk: float = 0.2, **values):
    return RiskScoreFactory(
        programme=programme, as_of=day, probability=risk, low=risk, high=risk, is_current=False,
        model=registry.in_force(TARGET).model.digest, **values,
    )  # fmt: skip


def crisis(programme, day: date) -> None:
    at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    ReportedEventFactory(programme=programme, effective_on=day, known_at=at)


def look(day: date = TODAY) -> dict[str, int]:
    return watching.keep_findings(watching.look(day), on=day)


def test_a_score_is_closed_when_its_four_weeks_are_over(in_acme) -> None:
    calm, hit = ProgrammeFactory(), ProgrammeFactory()
    for programme in (calm, hit):
        told(programme, MONDAY)
        told(programme, MONDAY + timedelta(weeks=1))
        # A day in the middle of a week is no week of its own.
        told(programme, MONDAY + timedelta(days=2))
    crisis(hit, MONDAY + timedelta(days=28))
    assert look()["closed"] == 2
    assert {(each.programme, each.as_of, each.happened) for each in RiskOutcome.objects.all()} == {
        (calm, MONDAY, False),
        (hit, MONDAY, True),
    }
    # Looking again closes nothing twice; a week later the next ones are.
    assert look()["closed"] == 0
    assert look(TODAY + timedelta(weeks=1))["closed"] == 2


def test_what_is_told_in_the_middle_of_a_crisis_is_not_closed(in_acme) -> None:
    programme = ProgrammeFactory()
    told(programme, MONDAY)
    crisis(programme, MONDAY - timedelta(days=3))
    assert look()["closed"] == 0


def test_the_score_of_an_evening_counts_not_that_of_the_morning(in_acme) -> None:
    programme = ProgrammeFactory()
    told(programme, MONDAY, 0.1, computed_at=datetime(2026, 6, 1, 4, tzinfo=UTC))
    told(programme, MONDAY, 0.4, computed_at=datetime(2026, 6, 1, 18, tzinfo=UTC))
    look()
    assert RiskOutcome.objects.get().probability == 0.4


def test_models_are_checked_once_a_week_and_only_where_they_told_something(in_acme) -> None:
    look()
    assert not ModelCheck.objects.exists()
    told(ProgrammeFactory(), MONDAY)
    look()
    look(TODAY + timedelta(days=1))
    check = ModelCheck.objects.get()
    assert (check.target, check.as_of, check.alarms) == (TARGET, date(2026, 6, 29), [])
    assert check.figures["rows"] == 1
    assert check.figures["observed"] == 0
    assert {each["name"] for each in check.figures["inputs"]} == set(prior.INPUTS[TARGET].names)


def test_two_and_eight_weeks_are_compared_with_what_came_in_them(in_acme) -> None:
    """Told on the first Monday of May: a crisis in its third week, one in its seventh, and none."""
    day = date(2026, 5, 4)
    programmes = [ProgrammeFactory() for _each in range(3)]
    for programme in programmes:
        told(programme, day, 0.36, eight=[0.5, 0.4, 0.6])
        # Of these four weeks are over, and eight are not.
        told(programme, MONDAY, 0.19, eight=[0.3, 0.2, 0.4])
    crisis(programmes[0], day + timedelta(days=18))
    crisis(programmes[1], day + timedelta(days=45))
    # One that eight weeks were not told of says nothing of eight.
    told(ProgrammeFactory(), day, 0.36)
    look()
    two, four, eight = ModelCheck.objects.get(target=TARGET).figures["windows"]
    assert [each["weeks"] for each in (two, four, eight)] == [2, 4, 8]
    # The first programme is in its crisis on the first of June, and nothing is asked.
    assert (two["rows"], two["came"], two["events"]) == (6, 0, 0)
    assert two["told"] == pytest.approx(4 * (1 - 0.8) + 2 * (1 - 0.9))
    assert (four["rows"], four["came"], four["events"]) == (6, 2, 2)
    assert (eight["rows"], eight["came"], eight["events"]) == (3, 2, 2)
    assert eight["ratio"] == pytest.approx(2 / 1.5)
    assert 0 < eight["low"] < eight["ratio"] < eight["high"]


def test_items_are_told_of_four_weeks_only(in_acme) -> None:
    RaidScoreFactory(as_of=MONDAY)
    look()
    check = ModelCheck.objects.get(target=Target.RAID_ESCALATES_4W)
    assert check.figures["windows"] == []


def overtaken(found: watching.Findings) -> RiskModel:
    """Another model comes into use between a check and what follows from it."""
    assert any(each.remedy for each in found.checks)
    other = replace(prior.load(TARGET), intercept=-2.0)
    made = registry.enthrone(other, TARGET, stage=Stage.OWN, origin=Origin.LEARNED, on=TODAY)
    assert watching.keep_findings(found, on=TODAY)["alarms"] == 0
    return made


def test_a_remedy_does_not_undo_what_a_person_chose_meanwhile(in_acme, dana) -> None:
    """The check was made, and somebody put another model into use before it was written."""
    many_crises()
    chosen = overtaken(watching.look(TODAY))
    assert registry.in_force(TARGET).number == chosen.number
    services.note(Happening.CHOSEN, TARGET, on=TODAY, model=chosen, acting=dana)
    # Looking again finds nothing that was told since the decision.
    assert look()["checked"] == 0
    assert registry.in_force(TARGET).number == chosen.number
    assert not ModelEvent.objects.filter(kind=Happening.ALARM).exists()


def test_a_remedy_overtaken_by_a_lesson_is_found_anew_for_what_the_lesson_made(in_acme) -> None:
    many_crises()
    made = overtaken(watching.look(TODAY))
    services.note(Happening.PROMOTED, TARGET, on=TODAY, model=made)
    assert not ModelCheck.objects.exists()
    assert Ticket.objects.filter(kind=services.WATCH).exists()
    # The job that was asked for looks at the same week, and what the lesson made is put to the level of what came.
    assert look()["alarms"] == 1
    used = registry.in_force(TARGET)
    assert used.number == made.number + 1
    assert (
        used.model.weights.tolist() == LinearModel.from_dict(made.numbers, CRISIS).weights.tolist()
    )
    assert used.model.intercept > -2.0
    assert ModelCheck.objects.get().model == made.digest
    assert ModelEvent.objects.filter(kind=Happening.ALARM).count() == 1


def test_a_check_without_an_alarm_stands_whatever_came_into_use(in_acme) -> None:
    told(ProgrammeFactory(), MONDAY)
    found = watching.look(TODAY)
    registry.enthrone(
        replace(prior.load(TARGET), intercept=-2.0), TARGET, stage=Stage.OWN, origin=Origin.LEARNED, on=TODAY,
    )  # fmt: skip
    assert watching.keep_findings(found, on=TODAY)["checked"] == 1
    assert not Ticket.objects.filter(kind=services.WATCH).exists()


def many_crises(count: int = 14, *, since: date = MONDAY) -> None:
    """Programmes that were told little, and had crises within days."""
    for index in range(40):
        programme = ProgrammeFactory()
        for week in range(4):
            told(programme, since + timedelta(weeks=week), 0.03)
        if index < count:
            crisis(programme, since + timedelta(weeks=3, days=2))


def test_an_alarm_corrects_the_level_and_scores_follow(in_acme) -> None:
    many_crises()
    assert look()["alarms"] == 1
    used = registry.in_force(TARGET)
    assert (used.stage, used.number) == (Stage.RECALIBRATED, 1)
    assert used.model.intercept > prior.load(TARGET).intercept
    events = {each.kind: each for each in ModelEvent.objects.all()}
    assert set(events) == {Happening.ALARM, Happening.SHIFTED}
    assert events[Happening.ALARM].details == {
        "remedy": "level",
        "alarms": ["more"],
        "since": "2026-06-22",
    }
    assert events[Happening.SHIFTED].details["shift"] > 0
    assert events[Happening.SHIFTED].details["since"] == "2026-06-22"
    assert Ticket.objects.filter(kind="forecasting.recompute_scores").exists()


def test_the_second_alarm_learns_anew_and_the_third_falls_back(in_acme) -> None:
    many_crises()
    look()
    assert RiskModel.objects.get().status == ModelStatus.CHAMPION
    # What was told until then is compared no more.
    assert look(TODAY + timedelta(weeks=1))["alarms"] == 0
    for turn, day in enumerate((TODAY, TODAY + timedelta(weeks=5)), start=1):
        many_crises(since=day + timedelta(days=6))
        assert look(day + timedelta(weeks=5))["alarms"] == 1
        assert Ticket.objects.filter(kind="forecasting.learn_models").exists()
        assert (registry.in_force(TARGET).number is None) == (turn == 2)
    remedies = [
        each.details["remedy"]
        for each in ModelEvent.objects.filter(kind=Happening.ALARM).order_by("pk")
    ]
    assert remedies == ["level", "learn", "fall_back"]
    last = ModelEvent.objects.order_by("-pk").first()
    assert (last.kind, last.details) == (Happening.FELL_BACK, {"because": "alarm"})


def learning_asked_for() -> None:
    """A second alarm, after which everything is to be learned anew."""
    ModelEventFactory(
        target=TARGET, kind=Happening.ALARM, happened_on=TODAY - timedelta(weeks=12), details={"remedy": "level", "alarms": ["more"]},
    )  # fmt: skip
    many_crises()
    assert look()["alarms"] == 1
    assert ModelEvent.objects.first().details["remedy"] == "learn"


@pytest.mark.parametrize("learned_on", [TODAY, TODAY - timedelta(days=2)])
def test_a_lesson_before_the_alarm_does_not_answer_it(in_acme, learned_on) -> None:
    LessonFactory(as_of=learned_on)
    tomorrow = TODAY + timedelta(days=1)
    assert not lessons.is_due(TARGET, tomorrow)
    learning_asked_for()
    assert lessons.is_due(TARGET, tomorrow)
    LessonFactory(as_of=tomorrow)
    assert not lessons.is_due(TARGET, tomorrow + timedelta(days=1))


def test_a_lesson_learned_while_the_alarm_came_does_not_answer_it_either(in_acme) -> None:
    LessonFactory(as_of=TODAY - timedelta(weeks=1))
    late = lessons.Draft(LessonFactory.build(as_of=TODAY), standing=standing_of(TARGET))
    learning_asked_for()
    assert lessons.keep_lesson(late) is None
    assert lessons.is_due(TARGET, TODAY + timedelta(days=1))


def test_what_people_were_told_is_compared_whichever_model_told_it(in_acme) -> None:
    digests = []
    for week in range(4):
        model = RiskModelFactory(digest=f"{week}" * 64)
        digests.append(model.digest)
        for _each in range(40):
            programme = ProgrammeFactory()
            RiskScoreFactory(
                programme=programme, as_of=MONDAY + timedelta(weeks=week), probability=0.03, low=0.03, high=0.03, base=0.03,
                model=model.digest, model_version=str(model.number), stage=Stage.OWN, is_current=False,
            )  # fmt: skip
            if week == 3 and _each < 14:
                crisis(programme, MONDAY + timedelta(weeks=3, days=2))
    assert look()["alarms"] == 1
    check = ModelCheck.objects.get()
    assert [each["model"] for each in check.figures["told_by"]] == digests
    assert {each["rows"] for each in check.figures["told_by"]} == {40}
    assert check.figures["weeks"] == 4


def test_a_remedy_of_long_ago_was_not_tried(in_acme) -> None:
    ModelEventFactory(
        kind=Happening.ALARM,
        happened_on=TODAY - timedelta(weeks=27),
        details={"remedy": "level", "alarms": ["more"]},
    )
    assert remedies.tried(TARGET, TODAY) == []
    ModelEventFactory(
        kind=Happening.ALARM, happened_on=TODAY, details={"remedy": "learn", "alarms": ["slope"]}
    )
    # A lesson that came into use since is no sign that anything is right again.
    ModelEventFactory(kind=Happening.PROMOTED, happened_on=TODAY)
    assert remedies.tried(TARGET, TODAY) == [watch.Remedy.LEARN]
    ModelEventFactory(kind=Happening.SET_ASIDE, happened_on=TODAY)
    assert remedies.tried(TARGET, TODAY) == []


def moved_inputs(count: int = 32, *, name: str = "spi_s", by: float = 0.3) -> None:
    """Snapshots of a year, in which an input lies elsewhere in the last quarter, or is not known any more."""
    at = CRISIS.names.index(name)
    rng = np.random.default_rng(3)
    rows = []
    for programme in [ProgrammeFactory() for _each in range(count)]:
        for week in range(26):
            raw = [feature.stands_in for feature in RAW]
            raw[at] = 0.9 + 0.1 * float(rng.normal()) + (by if week < 12 else 0.0)
            rows.append(
                RiskSnapshotFactory.build(
                    tenant_id=programme.tenant_id, programme=programme, raw=raw,
                    as_of=date(2026, 6, 29) - timedelta(weeks=week),
                )
            )  # fmt: skip
    RiskSnapshot.objects.bulk_create(rows)


@pytest.mark.parametrize(("by", "alarm"), [(0.3, "drift"), (float("nan"), "missing")])
def test_inputs_that_moved_or_went_missing_are_an_alarm_without_a_remedy(
    in_acme, by, alarm
) -> None:
    told(ProgrammeFactory(), MONDAY)
    moved_inputs(by=by)
    assert look()["alarms"] == 0
    check = ModelCheck.objects.get()
    assert check.alarms == [alarm]
    assert check.figures["input_alarms"] == {alarm: ["spi_s"]}
    event = ModelEvent.objects.get()
    assert (event.kind, event.details) == (Happening.INPUTS, {"inputs": {alarm: ["spi_s"]}})
    # Noted when it begins, not every week.
    look(TODAY + timedelta(weeks=1))
    assert ModelCheck.objects.count() == 2
    assert ModelEvent.objects.count() == 1


@pytest.mark.parametrize("by", [0.3, float("nan")])
@pytest.mark.parametrize("is_late", [True, False])
def test_a_few_programmes_on_either_side_are_no_alarm(in_acme, by, is_late) -> None:
    """Many programmes before and nine now, as where most have ended, or the other way round."""
    told(ProgrammeFactory(), MONDAY)
    moved_inputs(by=by)
    some = list(Programme.objects.order_by("pk").values_list("pk", flat=True)[:10])
    few = RiskSnapshot.objects.exclude(programme__in=some)
    late_from = date(2026, 6, 29) - timedelta(weeks=12)
    few.filter(**{"as_of__gte" if is_late else "as_of__lt": late_from}).delete()
    look()
    check = ModelCheck.objects.get()
    assert check.figures["input_alarms"] == {}
    assert {each["psi"] for each in check.figures["inputs"]} == {None}


@pytest.mark.parametrize("by", [0.3, float("nan")])
def test_what_a_tool_ceased_to_report_is_no_alarm(in_acme, by) -> None:
    """Nobody says any more how these programmes are; learning leaves such weeks out as well."""
    told(ProgrammeFactory(), MONDAY)
    moved_inputs(by=by)
    ended = RiskSnapshot.objects.values_list("programme_id", flat=True).distinct()
    for programme in Programme.objects.filter(pk__in=ended):
        for weeks in (26, 14):
            ReportedFactFactory(
                programme=programme, effective_on=date(2026, 6, 29) - timedelta(weeks=weeks)
            )
    Programme.objects.filter(pk__in=ended).update(source="history bundle")
    look()
    assert ModelCheck.objects.get().figures["input_alarms"] == {}


def ended_in(days: int) -> Programme:
    """A programme of which a tool spoke last so many days after MONDAY."""
    programme = ProgrammeFactory(source="history bundle")
    for on in (MONDAY - timedelta(weeks=4), MONDAY + timedelta(days=days)):
        said(programme, on)
    return programme


def said(programme: Programme, on: date) -> None:
    at = datetime(on.year, on.month, on.day, 9, tzinfo=UTC)
    ReportedFactFactory(programme=programme, effective_on=on, known_at=at, source="history bundle")


def test_weeks_nobody_followed_are_no_outcome_and_let_expect_nothing(in_acme) -> None:
    """The night goes on scoring what a tool ceased to report; learning leaves these weeks out as well."""
    ended, going = ended_in(10), ProgrammeFactory()
    for programme in (ended, going):
        for week in range(4):
            told(programme, MONDAY + timedelta(weeks=week), eight=[0.3, 0.2, 0.4])
    # Bad news alone would count otherwise.
    crisis(ended, MONDAY + timedelta(days=20))
    look()
    assert RiskOutcome.objects.get().programme == going
    figures = ModelCheck.objects.get().figures
    # Of what ended the first week alone was followed.
    assert (figures["rows"], figures["observed"]) == (5, 0)
    assert figures["expected"] == pytest.approx(5 * (1 - 0.8**0.25))
    two, four, _eight = figures["windows"]
    assert (two["rows"], four["rows"]) == (3, 1)
    # A tool that speaks again has followed it all along.
    said(ended, MONDAY + timedelta(days=28))
    look()
    assert RiskOutcome.objects.get(programme=ended).happened


def test_a_programme_closed_within_the_four_weeks_is_no_outcome(in_acme) -> None:
    """The trail keeps the time of the database, so the days are told from today."""
    monday = monday_of(timezone.localdate())
    over, cut = monday - timedelta(weeks=5), monday - timedelta(weeks=2)
    closed, going = ProgrammeFactory(), ProgrammeFactory()
    for programme in (closed, going):
        for day in (over, cut, monday + timedelta(weeks=1)):
            told(programme, day)
    closed.stage = ProgrammeStage.CLOSED
    closed.save()
    look(monday + timedelta(weeks=3))
    rows = RiskOutcome.objects.values_list("programme", "as_of")
    assert set(rows) == {(closed.pk, over), (going.pk, over), (going.pk, cut)}
    assert ModelCheck.objects.get().figures["rows"] == 5


def test_weeks_of_items_nobody_followed_let_expect_nothing(in_acme) -> None:
    item = RaidItemFactory(programme=ended_in(10))
    for week in range(4):
        item_told(item, MONDAY + timedelta(weeks=week))
    look()
    assert not RaidOutcome.objects.exists()
    check = ModelCheck.objects.get(target=Target.RAID_ESCALATES_4W)
    assert check.figures["rows"] == 1


def test_items_of_a_programme_closed_or_removed_within_the_four_weeks_are_no_outcome(
    in_acme,
) -> None:
    """The trail keeps the time of the database, so the days are told from today."""
    monday = monday_of(timezone.localdate())
    over, cut = monday - timedelta(weeks=5), monday - timedelta(weeks=2)
    closed, removed, going = (RaidItemFactory() for _each in range(3))
    for item in (closed, removed, going):
        for day in (over, cut, monday + timedelta(weeks=1)):
            item_told(item, day)
    closed.programme.stage = ProgrammeStage.CLOSED
    closed.programme.save()
    removed.programme.deleted_at = timezone.now()
    removed.programme.save()
    look(monday + timedelta(weeks=3))
    rows = RaidOutcome.objects.values_list("item", "as_of")
    assert set(rows) == {
        (closed.pk, over), (removed.pk, over), (going.pk, over), (going.pk, cut)
    }  # fmt: skip
    # What the alarm goes by expects nothing of them afterwards either.
    assert ModelCheck.objects.get(target=Target.RAID_ESCALATES_4W).figures["rows"] == 7


def test_the_comparison_ends_where_no_programme_is_followed_for_half_a_year(in_acme) -> None:
    """What was found before does not stand as if it were found every week."""
    ended = ended_in(10)
    told(ended, MONDAY)
    look(MONDAY + timedelta(weeks=2))
    ModelCheck.objects.update(alarms=["more"])
    item_told(RaidItemFactory(), MONDAY + timedelta(weeks=28))
    later = MONDAY + timedelta(weeks=30)
    assert look(later) == {"closed": 0, "checked": 2, "alarms": 0}
    check = ModelCheck.objects.filter(target=TARGET).first()
    assert check is not None
    assert (check.as_of, check.alarms, check.figures["rows"]) == (later, [], 0)
    since = day_text(later - WATCHED)
    assert cards.watch_finding(check) == f"Nothing to compare since {since}: no programme has been followed since then"  # fmt: skip
    card = selectors.card_of(TARGET)
    assert (card.state_word, card.state, card.alarms) == ("Nothing to compare", State.NONE, [])


def test_scores_of_items_are_watched_too(in_acme) -> None:
    LessonFactory(target=Target.RAID_ESCALATES_4W)
    digest = registry.in_force(Target.RAID_ESCALATES_4W).model.digest
    RaidScoreFactory(as_of=MONDAY, model=digest, is_current=False)
    look()
    check = ModelCheck.objects.get()
    assert (check.target, check.figures["rows"]) == (Target.RAID_ESCALATES_4W, 1)


def item_told(item, day: date, risk: float = 0.2):
    digest = registry.in_force(Target.RAID_ESCALATES_4W).model.digest
    return RaidScoreFactory(
        item=item, as_of=day, probability=risk, low=risk, high=risk, model=digest, is_current=False
    )


def test_a_score_of_an_item_is_closed_when_its_four_weeks_are_over(in_acme) -> None:
    programme = ProgrammeFactory()
    calm, hit, known_late = (RaidItemFactory(programme=programme) for _each in range(3))
    for item in (calm, hit, known_late):
        item_told(item, MONDAY)
        item_told(item, MONDAY + timedelta(weeks=1))
        item_told(item, MONDAY + timedelta(days=2))
    for item, on in ((hit, MONDAY + timedelta(days=28)), (known_late, MONDAY)):
        at = datetime(2026, 6, 29, 9, tzinfo=UTC)
        RaidUpdate.objects.create(
            item=item, effective_on=on, known_at=at, status=item.status, escalated_on=on,
            probability=item.probability, impact=item.impact,
        )  # fmt: skip
    day = MONDAY + timedelta(days=29)
    assert look(day)["closed"] == 2
    assert {(each.item, each.as_of, each.happened) for each in RaidOutcome.objects.all()} == {
        (calm, MONDAY, False),
        (hit, MONDAY, True),
    }
    assert look(day)["closed"] == 0
    check = ModelCheck.objects.get(target=Target.RAID_ESCALATES_4W)
    assert {each["name"] for each in check.figures["inputs"]} == set(
        prior.INPUTS[Target.RAID_ESCALATES_4W].names
    )
    assert check.figures["inputs"][0]["missing"] == 0
    assert check.figures["skill"] is not None


def test_inputs_of_items_that_lie_otherwise_than_before_are_told(in_acme) -> None:
    names = prior.INPUTS[Target.RAID_ESCALATES_4W].names
    usual = [each.stands_in for each in prior.INPUTS[Target.RAID_ESCALATES_4W].raw]
    for number in range(40):
        item = RaidItemFactory()
        for weeks in (*range(20, 24), *range(4)):
            raw = list(usual)
            raw[names.index("score")] = float(number % 25 + 1 if weeks >= 20 else 25)
            raw[names.index("weeks_to_due")] = float("nan") if weeks < 20 else 5.0
            item_told(item, MONDAY - timedelta(weeks=weeks)).__class__.objects.filter(
                item=item, as_of=MONDAY - timedelta(weeks=weeks)
            ).update(raw=raw)
    look(MONDAY + timedelta(days=1))
    check = ModelCheck.objects.get(target=Target.RAID_ESCALATES_4W)
    found = {each["name"]: each for each in check.figures["inputs"]}
    assert found["score"]["state"] == "bad"
    assert (found["weeks_to_due"]["missing"], found["weeks_to_due"]["missing_before"]) == (1, 0)
    assert found["impact"]["state"] == "ok"


def test_what_came_in_one_tenant_closes_nothing_in_another(acme, borealis) -> None:
    with tenant_context(acme.id):
        told(ProgrammeFactory(), MONDAY)
    with tenant_context(borealis.id):
        assert look() == {"closed": 0, "checked": 0, "alarms": 0}


def test_the_number_of_statements_does_not_grow_with_programmes(
    in_acme, django_assert_max_num_queries
) -> None:
    many_crises(count=0)
    with django_assert_max_num_queries(52):
        watching.look(TODAY)


@pytest.mark.parametrize(
    ("seen_on", "what", "expected"),
    [
        (None, "decided", Touch.UNSEEN),
        (MONDAY + timedelta(days=40), "decided", Touch.UNSEEN),
        (MONDAY + timedelta(days=3), None, Touch.SEEN),
        (MONDAY + timedelta(days=3), "decided before", Touch.SEEN),
        (MONDAY + timedelta(days=3), "decided long after", Touch.SEEN),
        (MONDAY + timedelta(days=3), "decided elsewhere", Touch.SEEN),
        (MONDAY + timedelta(days=3), "decided", Touch.ACTED),
        (MONDAY - timedelta(days=20), "decided", Touch.ACTED),
        (MONDAY + timedelta(days=3), "agreed", Touch.ACTED),
        (MONDAY + timedelta(days=3), "moved", Touch.ACTED),
        (MONDAY + timedelta(days=3), "said again", Touch.SEEN),
    ],
)
def test_what_people_did_is_kept_with_what_came(in_acme, seen_on, what, expected) -> None:
    programme = ProgrammeFactory()
    at = seen_on and datetime(seen_on.year, seen_on.month, seen_on.day, 9, tzinfo=UTC)
    told(programme, MONDAY, shown_at=at)
    day = MONDAY + timedelta(days=10)
    if what and what.startswith("decided"):
        where = ProgrammeFactory() if what == "decided elsewhere" else programme
        days = {"decided before": MONDAY + timedelta(days=2), "decided long after": MONDAY + timedelta(days=29)}  # fmt: skip
        DecisionFactory(programme=where, status=DecisionStatus.DECIDED, decided_on=days.get(what, day), outcome="Moved", function_of_decider="delivery")  # fmt: skip
    if what == "agreed":
        ActionFactory(programme=programme, agreed_on=day)
    if what in ("moved", "said again"):
        golive = MilestoneFactory(programme=programme, is_golive=True)
        later = golive.forecast_on + timedelta(days=14 if what == "moved" else 0)
        MilestoneForecastFactory(
            milestone=golive, effective_on=day, previous_on=golive.forecast_on, forecast_on=later
        )
    look()
    assert RiskOutcome.objects.get().touch == expected


def test_what_people_did_takes_one_statement(in_acme, django_assert_num_queries) -> None:
    for count in (1, 20):
        places = [(each, MONDAY) for each in range(count)]
        with django_assert_num_queries(1):
            interventions.touches(places, within=timedelta(days=28))
