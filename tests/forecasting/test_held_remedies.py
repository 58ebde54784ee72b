"""Weeks go by with a lesson each: a change is seen, what is done about it holds, and so does what a person decides."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from forecasting import lessons, services, watching
from forecasting.choices import Happening, ModelStatus, Origin, Stage, Target
from forecasting.in_force import holding, registry
from forecasting.in_force.standing import Hold, Standing, standing_of, standings
from forecasting.in_force.weeks_since import WeeksSince
from forecasting.learning import prior
from forecasting.learning.judging import report, watch
from forecasting.learning.linear import LinearModel, Rows
from forecasting.models import Lesson, ModelCheck, ModelEvent, RiskModel
from pmo_portal.accounts.permissions import NotAllowed
from pmo_portal.jobs.models import Ticket
from pmo_portal.tenants.context import tenant_context
from pmo_portal.tenants.models import TenantSettings
from tests.factories.forecasting import (
    LessonFactory,
    ModelEventFactory,
    RaidScoreFactory,
    ReportedEventFactory,
    RiskModelFactory,
)
from tests.factories.programmes import ProgrammeFactory, RaidItemFactory

from .weeks import TARGET, Weeks

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("without_reports")]

DAY = date(2026, 6, 1)
NOW = datetime(2026, 6, 1, 4, tzinfo=UTC)


def draft(on: date, target: Target = TARGET) -> lessons.Draft:
    lesson = LessonFactory.build(
        target=target, as_of=on, stage=Stage.OWN, verdict={"tried": True}, computed_at=NOW
    )
    standing = standing_of(target)
    # What holds is ruled on while a lesson is learned; these were learned before it held.
    known = {"standing": standing} if standing.is_free else {}
    return lessons.Draft(lesson, prior.load(target), **known)


# --- a change of the rate, while lessons come every week ----------------------------------------------------


@pytest.mark.long
@pytest.mark.parametrize(("rate", "alarm", "seed"), [(0.4, "fewer", 1), (3.0, "more", 2)])
def test_a_change_is_seen_within_six_weeks_and_its_correction_holds(
    in_acme, rate, alarm, seed
) -> None:
    weeks = Weeks(440, seed=seed)
    weeks.run(11)
    assert not ModelEvent.objects.filter(kind=Happening.ALARM).exists()
    # Lessons put several models into use before anything changed.
    assert registry.in_force(TARGET).number > 5
    changed = weeks.day
    for _day in weeks.go(7, rate=rate):
        pass
    first = ModelEvent.objects.filter(kind=Happening.ALARM).order_by("pk").first()
    assert first is not None, [check.figures["fewer"] for check in ModelCheck.objects.all()]
    assert first.happened_on - changed <= timedelta(weeks=6)
    assert first.details["alarms"] == [alarm]
    assert first.details["remedy"] == "level"
    check = ModelCheck.objects.get(target=TARGET, as_of=first.happened_on)
    assert len(check.figures["told_by"]) > 5
    assert check.figures["weeks"] >= 11
    weeks.run(12, rate=rate)
    print(
        weeks.off(first.happened_on + timedelta(weeks=2)),
        weeks.off(first.happened_on + timedelta(weeks=5)),
        first.happened_on,
        changed,
        weeks.kinds(since=first.happened_on),
    )
    assert abs(weeks.off(first.happened_on + timedelta(weeks=2))) < 0.2
    # One correction was enough, though lessons went on.
    kinds = weeks.kinds(since=first.happened_on)
    assert kinds.count(Happening.ALARM) <= 2
    assert Happening.FELL_BACK not in kinds or registry.in_force(TARGET).stage is not Stage.PRIOR
    assert Lesson.objects.filter(as_of__gt=first.happened_on).count() >= 12


def test_a_fall_back_holds_over_the_next_lessons(in_acme) -> None:
    weeks = Weeks(120)
    weeks.run(8)
    fallen = weeks.day - timedelta(days=1)
    for remedy in ("level", "learn"):
        ModelEventFactory(
            kind=Happening.ALARM, happened_on=fallen, details={"remedy": remedy, "alarms": ["more"]}
        )
    weeks.run(6, rate=4.0)
    back = ModelEvent.objects.get(kind=Happening.FELL_BACK, details__because="alarm")
    after = Lesson.objects.filter(as_of__gt=back.happened_on)
    held = [lesson for lesson in after if lesson.verdict.get("held") == "fell_back"]
    assert held
    assert held[-1].model is None
    assert standing_of(TARGET).hold is Hold.FELL_BACK
    assert Happening.PROMOTED not in weeks.kinds(since=back.happened_on + timedelta(days=1))


# --- what a lesson has to overcome -------------------------------------------------------------------------


def taught(*, better: bool) -> tuple[holding.Lessons, Rows]:
    """A hundred programmes in eight weeks, which a lesson told well or badly."""
    rng = np.random.default_rng(4)
    risk = np.where(rng.random(800) < 0.3, 0.6, 0.02)
    model = prior.load(TARGET)
    rows = Rows(
        raw=np.tile(model.reference, (800, 1)),
        label=rng.random(800) < risk,
        group=np.repeat(np.arange(100), 8),
        pool=np.full(800, ""),
        day=DAY.toordinal() + 7 * np.tile(np.arange(1, 9), 100),
    )
    return holding.Lessons(model, rows, risk if better else 0.62 - risk), rows


def ruled(
    learned: holding.Lessons,
    standing: Standing,
    *,
    levelled: bool = False,
    start: LinearModel | None = None,
) -> holding.Ruling:
    model, rows = prior.load(TARGET), learned.rows
    weeks = rows.only(np.full(len(rows), levelled))
    return holding.rule(
        learned,
        standing,
        used=model,
        is_learned=False,
        start=start or model,
        since=WeeksSince(
            watch.ToldWeeks(
                week=weeks.day,
                programme=weeks.group,
                probability=np.full(len(weeks), 0.5),
                began=np.where(weeks.label, 3.0, np.nan),
                over=np.ones(len(weeks), dtype=bool),
            ),
            weeks.raw,
            weeks.pool,
        ),
        as_of=DAY + timedelta(weeks=14),
    )


def event(kind: Happening, **details) -> ModelEvent:
    return ModelEvent(target=TARGET, kind=kind, happened_on=DAY, details=details)


FELL_BACK = Standing().after(event(Happening.FELL_BACK, because="alarm"))
SHIFTED = Standing().after(event(Happening.SHIFTED, since="2026-05-25", shift=0.5))


def test_after_a_fall_back_a_lesson_has_to_be_surely_better_on_what_came_since() -> None:
    good, bad = (ruled(taught(better=each)[0], FELL_BACK) for each in (True, False))
    assert good.model is not None
    assert good.ends == ("hold",)
    assert good.details["after_gain"][1] > 0
    assert bad.model is None
    assert bad.details["held"] == "fell_back"


def test_what_came_before_says_nothing_about_it() -> None:
    learned, rows = taught(better=True)
    early = Rows(rows.raw, rows.label, rows.group, rows.pool, rows.day - 70)
    ruling = ruled(holding.Lessons(learned.model, early, learned.told), FELL_BACK)
    assert ruling.model is None
    assert ruling.details["after_events"] == 0


def test_after_a_correction_lessons_are_put_to_the_level_since_the_change() -> None:
    learned, rows = taught(better=True)
    ruling = ruled(learned, SHIFTED, levelled=True)
    assert ruling.model.intercept > learned.model.intercept
    assert ruling.model.about["level_since"] == "2026-05-25"
    assert ruling.details["shift"] == pytest.approx(
        ruling.model.intercept - learned.model.intercept, abs=1e-3
    )
    worse = ruled(taught(better=False)[0], SHIFTED, levelled=True)
    assert worse.model is None
    assert worse.details["held"] == "level"
    # Without a model the prior goes on, on that level.
    alone = ruled(holding.Lessons(None, rows, learned.told), SHIFTED, levelled=True)
    assert alone.is_prior
    assert alone.model.intercept > prior.load(TARGET).intercept


def test_a_person_who_set_a_model_aside_is_not_overruled_by_any_lesson(in_acme, dana, cam) -> None:
    model = lessons.keep_lesson(draft(DAY))
    services.set_aside(model, acting=dana, on=DAY)
    for week in (1, 2, 3):
        assert lessons.keep_lesson(draft(DAY + timedelta(weeks=week))) is None
    assert registry.in_force(TARGET).number is None
    lesson = Lesson.objects.first()
    assert lesson.verdict["held"] == "aside"
    assert ModelEvent.objects.filter(kind=Happening.PROMOTED).count() == 1
    # The way back: lessons come into use again.
    assert services.resume(TARGET, acting=cam, on=DAY + timedelta(weeks=3))
    assert not services.resume(TARGET, acting=cam, on=DAY + timedelta(weeks=3))
    assert Ticket.objects.filter(kind="forecasting.learn_models").exists()
    # What was held back were challengers 2 to 4, of which none is left.
    assert lessons.keep_lesson(draft(DAY + timedelta(weeks=4))).number == 5
    assert not RiskModel.objects.filter(number__in=[2, 3, 4]).exists()


def test_a_model_a_person_brought_back_stays(in_acme, dana, vic) -> None:
    old, new = lessons.keep_lesson(draft(DAY)), lessons.keep_lesson(draft(DAY + timedelta(weeks=1)))
    services.reinstate(old, acting=dana, on=DAY + timedelta(weeks=1))
    assert lessons.keep_lesson(draft(DAY + timedelta(weeks=2))) is None
    assert registry.in_force(TARGET).number == old.number
    new.refresh_from_db()
    assert new.status == ModelStatus.RETIRED
    with pytest.raises(NotAllowed):
        services.resume(TARGET, acting=vic, on=DAY)


def test_what_a_person_decides_while_a_lesson_is_learned_counts(in_acme, dana) -> None:
    model = lessons.keep_lesson(draft(DAY))
    gathered = lessons.gather(TARGET, DAY + timedelta(weeks=1))
    assert gathered.standing.is_free
    late = draft(DAY + timedelta(weeks=1))
    services.set_aside(model, acting=dana, on=DAY + timedelta(weeks=1))
    assert lessons.keep_lesson(late) is None


def test_a_lesson_an_alarm_came_into_answers_it_no_more(in_acme) -> None:
    """Also where the alarm changed nothing that holds: what was learned did not know of it, and another lesson follows the day after."""
    lessons.keep_lesson(draft(DAY))
    late = draft(DAY + timedelta(weeks=1))
    ModelEventFactory(
        kind=Happening.ALARM, happened_on=late.lesson.as_of,
        details={"remedy": "learn", "lesson": DAY.isoformat()},
    )  # fmt: skip
    assert standing_of(TARGET).is_free
    assert lessons.keep_lesson(late) is None
    assert Lesson.objects.first().verdict["overtaken"]
    assert lessons.is_due(TARGET, late.lesson.as_of + timedelta(days=1))
    # A lesson that knew of it comes into use, however long ago it was.
    assert lessons.keep_lesson(draft(DAY + timedelta(weeks=2))) is not None


def test_what_holds_in_one_tenant_holds_in_no_other(acme, borealis, dana) -> None:
    with tenant_context(acme.id):
        services.set_aside(lessons.keep_lesson(draft(DAY)), acting=dana, on=DAY)
        assert standings()[TARGET].hold is Hold.ASIDE
        assert standings()[Target.RAID_ESCALATES_4W].is_free
    with tenant_context(borealis.id):
        assert standings()[TARGET].is_free
        assert lessons.keep_lesson(draft(DAY)).number == 1
        assert lessons.keep_lesson(draft(DAY + timedelta(weeks=1))).number == 2


def test_a_fall_back_by_a_lesson_holds_nothing(in_acme) -> None:
    ModelEventFactory(kind=Happening.FELL_BACK, details={"because": "lesson"})
    assert standing_of(TARGET).is_free


def test_a_level_known_better_is_no_new_remedy() -> None:
    again = event(Happening.SHIFTED, since="2026-05-25", shift=0.6, again=True)
    again.happened_on = DAY + timedelta(weeks=1)
    held = SHIFTED.after(again)
    assert held.anew == DAY
    assert held.level is again
    ended = held.after(event(Happening.PROMOTED, ends=["level"]))
    assert ended.level is None
    assert ended.anew == DAY


def test_alerts_are_measured_for_the_threshold_of_the_organisation(in_acme) -> None:
    assert lessons.gather(TARGET, DAY).alerts == report.ALERTS == 0.1
    TenantSettings.objects.update(alert_share_percent=25)
    assert lessons.gather(TARGET, DAY).alerts == 0.25


# --- RAID items ----------------------------------------------------------------------------------------------

RAID = Target.RAID_ESCALATES_4W


def test_what_was_told_of_items_is_watched_whichever_model_told_it_and_its_correction_holds(
    in_acme,
) -> None:
    programme = ProgrammeFactory(source="history bundle")
    model = prior.load(RAID)
    for week in range(4):
        kept = RiskModelFactory(
            target=RAID, digest=f"{week}" * 64, feature_set=model.inputs.version
        )
        day = DAY + timedelta(weeks=week)
        for index in range(40):
            item = RaidItemFactory(programme=programme, external_id=f"{week}-{index}")
            RaidScoreFactory(
                item=item, as_of=day, probability=0.03, low=0.03, high=0.03, model=kept.digest,
                model_version=str(kept.number), is_current=False,
            )  # fmt: skip
            if week == 3 and index < 14:
                on = day + timedelta(days=2)
                ReportedEventFactory(
                    programme=programme, kind="raid_escalated", subject=item.external_id,
                    effective_on=on, known_at=datetime(on.year, on.month, on.day, 9, tzinfo=UTC),
                )  # fmt: skip
    today = DAY + timedelta(weeks=4, days=1)
    found = watching.keep_findings(watching.look(today), on=today)
    assert found["alarms"] == 1
    check = ModelCheck.objects.get(target=RAID)
    assert len(check.figures["told_by"]) == 4
    used = registry.in_force(RAID)
    assert used.stage is Stage.RECALIBRATED
    assert standing_of(RAID).level_since == DAY + timedelta(weeks=3)
    # One programme is too little for a model of its own; the level is still that of the weeks since the change.
    later = today + timedelta(weeks=4)
    lessons.keep_lesson(lessons.learn_from(lessons.gather(RAID, later), at=NOW))
    champion = RiskModel.objects.get(status=ModelStatus.CHAMPION)
    assert champion.origin == Origin.SHIFTED
    assert champion.numbers["about"]["level_since"] == (DAY + timedelta(weeks=3)).isoformat()
    assert standing_of(RAID).level is not None


def test_a_lesson_about_items_is_held_back_by_a_person_as_well(in_acme, cam) -> None:
    services.set_aside(lessons.keep_lesson(draft(DAY, RAID)), acting=cam, on=DAY)
    assert lessons.keep_lesson(draft(DAY + timedelta(weeks=4), RAID)) is None
    assert registry.in_force(RAID).number is None
