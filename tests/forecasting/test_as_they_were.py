"""A day of the past reads the same whatever is written, edited, taken back or removed afterwards."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import time_machine
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from forecasting import inputs
from forecasting.choices import Target
from forecasting.crises import scoring
from forecasting.dates import slips
from forecasting.learning import features, prior
from forecasting.lessons import past, weeks as weeks_to_learn
from forecasting.models import RiskScore, RiskSnapshot
from forecasting.raid import (
    history as raid_history,
    inputs as raid_inputs,
    outcomes as raid_outcomes,
)
from governance.models import Decision
from pmo_portal.common import clock
from pmo_portal.history import services as history
from pmo_portal.tenants.services import place_unit
from programmes.models import (
    Milestone,
    MilestoneForecast,
    Programme,
    ProgrammeUnit,
    RaidUpdate,
    StatusReport,
)
from tests.factories.adoption import (
    HeadcountFactory,
    ResistanceSignalFactory,
    SignalTallyFactory,
    SurveyCommentFactory,
    SurveyResultFactory,
    SurveyWaveFactory,
    TrainingProgressFactory,
)
from tests.factories.governance import ActionFactory, DecisionFactory, EscalationFactory
from tests.factories.programmes import (
    BaselineDateFactory,
    BudgetAmountFactory,
    BudgetLineFactory,
    MilestoneFactory,
    MilestoneLinkFactory,
    PlanBaselineFactory,
    ProgrammeFactory,
    RaidItemFactory,
    RaidItemMilestoneFactory,
    ReportedFactFactory,
    StatusReportFactory,
)
from tests.factories.tenants import UnitFactory

pytestmark = pytest.mark.django_db

# The trail keeps the time of the database, so the days are told from today: what a test writes now is written after
# DAY and before LATER.
TODAY = timezone.localdate()
DAY, LATER = TODAY - timedelta(days=10), TODAY + timedelta(days=1)
WEEK = timedelta(weeks=1)


def on(days: int) -> date:
    """So many days from DAY."""
    return DAY + timedelta(days=days)


def at(day: date) -> datetime:
    return clock.start_of(day) + timedelta(hours=9)


def then(days: int) -> dict[str, Any]:
    """A fact of a day, known on it."""
    return {"effective_on": on(days), "known_at": at(on(days))}


def late(days: int) -> dict[str, Any]:
    """A fact of a day that becomes known only now."""
    return {"effective_on": on(days), "known_at": timezone.now()}


def written(record: Any, day: date) -> None:
    """As if the record had been saved on a day as it stands."""
    model = type(record)
    trail = model.pgh_event_model
    values = {
        field.attname: getattr(model.objects.model._base_manager.get(pk=record.pk), field.attname)
        for field in model._meta.concrete_fields
        if field.attname in {each.attname for each in trail._meta.concrete_fields}
    }
    with time_machine.travel(at(day), tick=False):
        trail.objects.create(pgh_obj_id=record.pk, pgh_label="update", **values)


@pytest.fixture
def story(in_acme) -> SimpleNamespace:
    """Two programmes of which something is known from every source."""
    programme = ProgrammeFactory(starts_on=on(-200), portfolio="Finance")
    other = ProgrammeFactory(starts_on=on(-200))
    unit, second, theirs = (UnitFactory(headcount=heads) for heads in (50, 20, 500))
    link = ProgrammeUnit.objects.create(programme=programme, unit=unit)
    partly = ProgrammeUnit.objects.create(programme=programme, unit=second, headcount=10)
    larger = ProgrammeUnit.objects.create(programme=other, unit=theirs)
    for record in (programme, other, link, partly, larger):
        written(record, on(-190))
    for back in (-20, -13, -6):
        for kind in ("spi", "cpi", "burn_ratio"):
            ReportedFactFactory(programme=programme, kind=kind, ratio=0.9, **then(back))
    golive = planned(programme, on(40), is_golive=True)
    missed = planned(programme, on(-20))
    coming = planned(programme, on(20))
    waited = planned(programme, on(15))
    moved = MilestoneForecast.objects.create(
        milestone=golive, forecast_on=on(60), previous_on=on(40), **then(-30)
    )
    item = RaidItemFactory(
        programme=programme, opened_on=on(-15), category="cost", probability=3, impact=4,
        first_word__at=at(on(-15)),
    )  # fmt: skip
    escalated = RaidItemFactory(
        programme=programme, opened_on=on(-40), category="cost", first_word__at=at(on(-40))
    )
    RaidUpdate.objects.create(
        item=escalated,
        status="assessed",
        probability=5,
        impact=5,
        escalated_on=on(-14),
        **then(-14),
    )
    above = RaidItemFactory(
        programme=programme, opened_on=on(-40), category="cost", first_word__at=at(on(-40))
    )
    drawn = {"created_at": at(on(-15))}
    threat = RaidItemMilestoneFactory(item=item, milestone=coming, **drawn)
    wait = MilestoneLinkFactory(before=waited, after=coming, **drawn)
    recorded = {"programme": programme, "created_at": at(on(-25))}
    wave = SurveyWaveFactory(programme=programme, closed_on=on(-9))
    for where, mean in ((unit, 48.0), (second, 61.0)):
        SurveyResultFactory(wave=wave, unit=where, mean=mean, n=12, known_at=at(on(-9)))
    place = {"programme": programme, "unit": unit}
    SignalTallyFactory(programme=other, unit=theirs, count=4, **then(-3))
    return SimpleNamespace(
        programme=programme, other=other, unit=unit, second=second, link=link, partly=partly,
        golive=golive, missed=missed, coming=coming, waited=waited, moved=moved, item=item,
        escalated=escalated, above=above, threat=threat, wait=wait, wave=wave, place=place,
        waiting=DecisionFactory(requested_on=on(-24), due_on=on(-10), **recorded),
        action=ActionFactory(agreed_on=on(-24), due_on=on(-8), **recorded),
        raised=EscalationFactory(programme=programme, raid_item=above, **then(-12)),
        raising=EscalationFactory(programme=programme, **then(-12)),
        status=StatusReportFactory(programme=programme, rating="amber", **then(-5)),
        training=TrainingProgressFactory(**place, required=40, completed=20, planned_share=0.8, **then(-5)),
        sign=ResistanceSignalFactory(**place, **then(-3)),
        tally=SignalTallyFactory(**place, count=3, **then(-3)),
        comments=[SurveyCommentFactory(**place, wave=wave, resists_by_words=says, **then(-9)) for says in (True, False, True, False, True)],
        heads=HeadcountFactory(unit=unit, people=60, **then(-100)),
    )  # fmt: skip


def planned(programme: Programme, day: date, **values: Any) -> Milestone:
    return MilestoneFactory(
        programme=programme, baseline_on=day, first_word__on=on(-90), first_word__at=at(on(-90)), **values
    )  # fmt: skip


MODEL = prior.load(Target.CRISIS_4W)


def read(day: date) -> dict[str, Any]:
    """All that is known of a day, and what the shipped model says of it."""
    made = inputs.read([day], with_units=True)
    items = raid_inputs.read([day], happened=raid_outcomes.happened(until=day))
    return {
        **{each.name: getattr(made, each.name) for each in dataclasses.fields(made)},
        "items": items.items,
        "raid": items.raw,
        "risk": MODEL.probability(made.raw, [""] * len(made.places)),
    }


def same(before: dict[str, Any], after: dict[str, Any]) -> bool:
    for name, value in before.items():
        if name == "risk":
            if value.shape != after[name].shape or not np.allclose(
                value, after[name], rtol=0, atol=1e-9
            ):
                return False
        elif isinstance(value, np.ndarray):
            if not np.array_equal(value, after[name], equal_nan=value.dtype.kind == "f"):
                return False
        elif value != after[name]:
            return False
    return True


def remove(record: Any) -> None:
    history.remove(record, at=timezone.now(), acting=None)


def edit(record: Any, **values: Any) -> None:
    history.revise(record, changes=values, acting=None)


def wave_of(story: SimpleNamespace) -> None:
    wave = SurveyWaveFactory(programme=story.programme, closed_on=on(-1))
    SurveyResultFactory(wave=wave, unit=story.unit, mean=20.0, n=30, known_at=timezone.now())


LATER_CHANGES: dict[str, Callable[[SimpleNamespace], Any]] = {
    "a figure of another tool": lambda s: ReportedFactFactory(
        programme=s.programme, kind="spi", ratio=0.4, source="correction", **late(-6)
    ),
    "a size": lambda s: ReportedFactFactory(programme=s.other, kind="size", ratio=9.0, **late(-100)),
    "a report": lambda s: StatusReportFactory(programme=s.programme, rating="red", **late(-1)),
    "a report edited": lambda s: edit(s.status, rating="red"),
    "a report put on another day": lambda s: edit(s.status, effective_on=on(5)),
    "a report removed": lambda s: remove(s.status),
    "a forecast": lambda s: MilestoneForecast.objects.create(
        milestone=s.golive, forecast_on=on(15), previous_on=on(60), **late(-1)
    ),
    "a milestone reached": lambda s: MilestoneForecast.objects.create(
        milestone=s.missed, forecast_on=on(-20), actual_on=on(-20), **late(-19)
    ),
    "a baseline moved": lambda s: edit(s.missed, baseline_on=on(90)),
    "a baseline moved at once": lambda s: Milestone.objects.filter(pk=s.missed.pk).update(
        baseline_on=on(90)
    ),
    "a go-live marked": lambda s: edit(s.coming, is_golive=True),
    "a go-live unmarked": lambda s: edit(s.golive, is_golive=False),
    "a milestone removed": lambda s: remove(s.missed),
    "a milestone added": lambda s: MilestoneFactory(
        programme=s.programme, baseline_on=on(-5), first_word__on=on(-90), first_word__at=timezone.now()
    ),
    "a word on an item": lambda s: RaidUpdate.objects.create(
        item=s.item, status="assessed", probability=5, impact=5, **late(-1)
    ),
    "an item opened": lambda s: RaidItemFactory(
        programme=s.programme, opened_on=on(-10), first_word__at=timezone.now()
    ),
    "an item removed": lambda s: remove(s.item),
    "an item raised": lambda s: EscalationFactory(
        programme=s.programme, raid_item=s.item, **late(-1)
    ),
    "an item named in an escalation": lambda s: edit(s.raising, raid_item=s.item),
    "an escalation removed": lambda s: remove(s.raised),
    "an escalated item removed": lambda s: remove(s.escalated),
    "an item put under another subject": lambda s: edit(s.item, category="schedule"),
    "a threat taken away": lambda s: s.threat.delete(),
    "a wait removed": lambda s: remove(s.wait),
    "what is waited for removed": lambda s: remove(s.waited),
    "a question decided": lambda s: Decision.objects.filter(pk=s.waiting.pk).update(
        status="decided", decided_on=on(-1), outcome="Yes", function_of_decider="joint"
    ),
    "a question withdrawn": lambda s: edit(s.waiting, status="withdrawn"),
    "a question removed": lambda s: remove(s.waiting),
    "a question asked earlier": lambda s: edit(s.waiting, requested_on=on(-60)),
    "a question written down late": lambda s: DecisionFactory(
        programme=s.programme, requested_on=on(-100), due_on=on(-90)
    ),
    "an action done": lambda s: edit(s.action, status="done", done_on=on(-1)),
    "an action put off": lambda s: edit(s.action, due_on=on(50)),
    "an action removed": lambda s: remove(s.action),
    "an action written down late": lambda s: ActionFactory(
        programme=s.programme, agreed_on=on(-30), due_on=on(-20)
    ),
    "a survey": wave_of,
    "training": lambda s: TrainingProgressFactory(
        **s.place, required=40, completed=1, planned_share=0.9, **late(-1)
    ),
    "training taken back": lambda s: history.withdraw([s.training], at=timezone.now(), acting=None),
    "a sign": lambda s: ResistanceSignalFactory(**s.place, **late(-1)),
    "a sign put on another day": lambda s: edit(s.sign, effective_on=on(-60)),
    "a sign of another unit": lambda s: edit(s.sign, unit=s.second),
    "a sign removed": lambda s: remove(s.sign),
    "a tally": lambda s: SignalTallyFactory(**s.place, count=9, source="other", **late(-1)),
    "comments": lambda s: SurveyCommentFactory(**s.place, wave=s.wave, **late(-2)),
    "a headcount": lambda s: HeadcountFactory(unit=s.unit, people=9, **late(-5)),
    "a headcount taken back": lambda s: history.withdraw([s.heads], at=timezone.now(), acting=None),
    "the people of a unit": lambda s: type(s.unit).objects.update(headcount=F("headcount") * 3),
    "a unit put within another": lambda s: place_unit(s.second, parent=s.unit),
    "the people touched": lambda s: ProgrammeUnit.objects.filter(pk=s.partly.pk).update(headcount=90),
    "a unit added": lambda s: ProgrammeUnit.objects.create(
        programme=s.programme, unit=UnitFactory(headcount=300)
    ),
    "a unit taken away": lambda s: s.partly.delete(),
    "a programme closed": lambda s: edit(s.programme, stage="closed"),
    "a start moved": lambda s: edit(s.programme, starts_on=on(100)),
    "a programme removed": lambda s: remove(s.programme),
    "a programme recorded late": lambda s: ProgrammeFactory(
        starts_on=on(-100), created_at=timezone.now()
    ),
}  # fmt: skip


@pytest.mark.parametrize("change", LATER_CHANGES)
def test_a_day_reads_the_same_later(story, change: str) -> None:
    before, later = read(DAY), read(LATER)
    LATER_CHANGES[change](story)
    assert same(before, read(DAY))
    # What changed nothing at all would prove nothing.
    assert not same(later, read(LATER))


def test_every_input_is_known_of_the_day(story) -> None:
    """So that what is the same later is more than gaps."""
    values = dict(zip(features.CRISIS.names, read(DAY)["raw"][0], strict=True))
    unknown = {name for name, value in values.items() if np.isnan(value)}
    assert unknown == set()
    nothing = {name for name, value in values.items() if value == 0}
    # Change requests are another source; the figures are the same every week.
    assert nothing <= {"scope_changes_8w", "raid_overdue_share", "ms_due_4w"}


def test_an_escalation_is_told_under_the_subject_it_had_then(story) -> None:
    before = read(DAY)
    edit(story.escalated, category="schedule")
    assert same(before, read(DAY))
    subjects = {each.item: each.category for each in raid_outcomes.happened(until=LATER)}
    assert subjects[story.escalated.pk] == "cost"


def budget(programme: Programme) -> Any:
    line = BudgetLineFactory(programme=programme)
    first = on(-150).replace(day=1)
    months = sorted({(first + timedelta(days=31 * back)).replace(day=1) for back in range(12)})
    for month in months:
        BudgetAmountFactory(line=line, month=month, amount=100_00, **then(-180))
    for month in months[:4]:
        BudgetAmountFactory(line=line, month=month, amount=105_00, kind="actual", **then(-20))
    return line


@pytest.mark.parametrize("change", ["a baseline moved", "a milestone removed", "a line removed"])
def test_what_was_earned_by_a_day_is_the_same_later(story, change: str) -> None:
    """Of a programme whose indices come from a budget that is kept here."""
    due, other = planned(story.other, on(-60)), planned(story.other, on(-30))
    line = budget(story.other)
    MilestoneForecast.objects.create(
        milestone=other, forecast_on=on(-30), actual_on=on(-30), **then(-30)
    )
    before, later = read(DAY), read(LATER)
    row = before["places"].index((story.other.pk, DAY))
    assert not np.isnan(before["raw"][row, features.CRISIS.names.index("spi_s")])
    if change == "a baseline moved":
        edit(due, baseline_on=on(90))
    else:
        remove(due if change == "a milestone removed" else line)
    assert same(before, read(DAY))
    assert not same(later, read(LATER))


def test_what_was_removed_on_a_day_stays_so_when_it_comes_back(story) -> None:
    action = story.action
    written(action, on(-25))
    action.deleted_at = at(on(-2))
    action.save()
    written(action, on(-2))
    column = features.CRISIS.names.index("actions_overdue")
    days = [on(-3), DAY, LATER]

    def overdue() -> list[float]:
        made = inputs.read(days, programme_ids=[story.programme.pk])
        return made.raw[:, column].tolist()

    assert overdue() == [1, 0, 0]
    history.restore(action, acting=None)
    assert overdue() == [1, 0, 1]


def test_an_edit_counts_from_the_day_it_was_made(story) -> None:
    """Each day reads the version of its own end: rated amber, then red, then green."""
    written(story.status, on(-5))
    for rating, after in (("red", 2), ("green", 5)):
        StatusReport.objects.filter(pk=story.status.pk).update(rating=rating)
        written(story.status, on(after))
    days = [on(-1), on(2), on(4), on(6)]
    made = inputs.read(days, programme_ids=[story.programme.pk])
    rated = made.raw[:, features.CRISIS.names.index("rag_reported")].tolist()
    assert rated == [1, 2, 2, 0]
    alone = [inputs.read([day], programme_ids=[story.programme.pk]).raw[0] for day in days]
    column = features.CRISIS.names.index("rag_reported")
    assert [row[column] for row in alone] == rated


def test_a_baseline_that_is_kept_is_a_picture_and_moves_no_date(story) -> None:
    """What a kept baseline says is the forecast of its day: keeping one makes no missed date met."""
    before = read(DAY)
    kept = PlanBaselineFactory(programme=story.programme, taken_on=on(-1), taken_at=at(on(-1)))
    BaselineDateFactory(baseline=kept, milestone=story.missed, expected_on=on(60))
    assert same(before, read(DAY))


def test_a_withdrawn_wave_leaves_every_day_and_stays_in_what_was_kept(story) -> None:
    """The one exception: what nobody should have seen is not read again, not for the past either."""
    (kept, _other) = scoring.take_snapshots([DAY], at=timezone.now())
    scoring.keep_snapshots([kept])
    before = read(DAY)
    remove(story.wave)
    assert not same(before, read(DAY))
    assert np.isnan(read(DAY)["raw"][0, features.CRISIS.names.index("eng_mean")])
    snapshot = RiskSnapshot.objects.get()
    assert not np.isnan(snapshot.raw[features.CRISIS.names.index("eng_mean")])
    history.restore(story.wave, acting=None)
    assert same(before, read(DAY))


# --- programmes that ended ----------------------------------------------------------------------------------


def test_items_of_a_programme_that_was_closed_keep_its_signals(story) -> None:
    late_then = raid_late(story)
    assert late_then > 0
    edit(story.programme, stage="closed")
    assert raid_late(story) == late_then
    made = raid_history.gather_items([on(-7), DAY, LATER]).made
    assert {day for item, day in zip(made.items.tolist(), made.days, strict=True) if item == story.item.pk} == {on(-7), DAY}  # fmt: skip


def raid_late(story: SimpleNamespace) -> float:
    made = raid_history.gather_items([DAY]).made
    row = made.items.tolist().index(story.item.pk)
    return float(made.raw[row, raid_inputs.RAID.names.index("late")])


def test_a_closed_programme_is_learned_from_and_has_no_score(story) -> None:
    edit(story.programme, stage="closed")
    scored = scoring.compute_scores(as_of=DAY, at=timezone.now())
    scoring.keep_scores(scored)
    assert RiskSnapshot.objects.filter(programme=story.programme).exists()
    assert story.programme.pk in {programme for programme, _day in past.kept(until=DAY).places}
    assert not RiskScore.objects.filter(programme=story.programme).exists()
    assert RiskScore.objects.filter(programme=story.other).exists()


# --- dates ---------------------------------------------------------------------------------------------------


def test_words_are_looked_back_at_from_the_baseline_in_force(story) -> None:
    """A missed baseline that was moved afterwards is still looked back at; after the move, the new one is."""
    milestone = story.missed

    def days_before() -> list[int]:
        made = slips.history(TODAY).slips
        mine = made.milestone == milestone.pk
        return sorted((on(-20).toordinal() - made.said[mine]).tolist())

    assert days_before() == [14, 56]
    edit(milestone, baseline_on=on(100))
    assert days_before() == [14, 56]
    # As if it had been moved forty days before DAY: one of the words was said for the first baseline then, and a later
    # one for the new baseline, 126 days before it.
    written(milestone, on(-40))
    Milestone.objects.filter(pk=milestone.pk).update(baseline_on=on(-20))
    written(milestone, on(-100))
    assert days_before() == [6, 56]


def test_what_a_programme_left_open_when_it_closed_says_nothing_from_then_on(story) -> None:
    assert story.missed.pk in slips.history(TODAY).slips.milestone
    edit(story.programme, stage="closed")
    assert story.missed.pk in slips.history(DAY).slips.milestone
    assert story.missed.pk not in slips.history(TODAY + WEEK).slips.milestone


# --- what came in late ---------------------------------------------------------------------------------------


MONDAYS = weeks_to_learn.mondays(DAY - 4 * WEEK, DAY)


def kept_of(programme: Programme) -> list[date]:
    return sorted(RiskSnapshot.objects.filter(programme=programme).values_list("as_of", flat=True))


def test_a_history_that_comes_in_late_gets_its_snapshots(story) -> None:
    scoring.keep_snapshots(scoring.take_snapshots(weeks_to_learn.weeks_without_snapshot(DAY), at=timezone.now()))  # fmt: skip
    assert weeks_to_learn.weeks_without_snapshot(DAY) == []
    assert scoring.take_snapshots(MONDAYS, at=timezone.now()) == []
    before = dict(RiskSnapshot.objects.values_list("pk", "raw"))
    late_one = ProgrammeFactory(starts_on=MONDAYS[1], source="history bundle", external_id="L")
    ReportedFactFactory(
        programme=late_one, kind="spi", ratio=0.8, effective_on=MONDAYS[1], known_at=at(MONDAYS[1])
    )
    assert weeks_to_learn.weeks_without_snapshot(DAY) == MONDAYS[1:]
    made = scoring.take_snapshots(MONDAYS, at=timezone.now())
    assert [(each.programme_id, each.as_of) for each in made] == [
        (late_one.pk, day) for day in MONDAYS[1:]
    ]
    scoring.keep_snapshots(made)
    assert kept_of(late_one) == MONDAYS[1:]
    # Those that were kept stay, to the last bit.
    again = {pk: raw for pk, raw in RiskSnapshot.objects.values_list("pk", "raw") if pk in before}
    assert before.keys() == again.keys()
    assert all(np.array_equal(before[pk], again[pk], equal_nan=True) for pk in before)
    assert weeks_to_learn.weeks_without_snapshot(DAY) == []


def test_a_programme_that_is_kept_here_gets_none_of_the_weeks_before_it_was(story) -> None:
    new = ProgrammeFactory(created_at=at(MONDAYS[-1]))
    assert {each.as_of for each in scoring.take_snapshots(MONDAYS, at=timezone.now()) if each.programme_id == new.pk} == {MONDAYS[-1]}  # fmt: skip
    # Once something is known of it earlier, it was there.
    StatusReportFactory(programme=new, effective_on=MONDAYS[2], known_at=at(MONDAYS[2]))
    assert {each.as_of for each in scoring.take_snapshots(MONDAYS, at=timezone.now()) if each.programme_id == new.pk} == set(MONDAYS[2:])  # fmt: skip


# --- reading in parts ----------------------------------------------------------------------------------------


def test_items_learn_from_what_was_kept_of_their_programmes(story, monkeypatch) -> None:
    weeks = MONDAYS
    scoring.keep_snapshots(scoring.take_snapshots(weeks[:-1], at=timezone.now()))
    at_spi = features.CRISIS.names.index("spi_s")
    for each in RiskSnapshot.objects.filter(programme=story.programme):
        raw = [*each.raw[:at_spi], 0.5, *each.raw[at_spi + 1 :]]
        RiskSnapshot.objects.filter(pk=each.pk).update(raw=raw)
    asked = []
    real = inputs.read
    monkeypatch.setattr(
        inputs, "read", lambda days, **more: asked.append(list(days)) or real(days, **more)
    )
    made = raid_history.gather_items(weeks).made
    told = {
        day: row[raid_inputs.RAID.names.index("late")]
        for item, day, row in zip(made.items.tolist(), made.days, made.raw, strict=True)
        if item == story.item.pk
    }
    # Only the week that is missing is read; what is kept is taken as it is.
    assert asked == [[weeks[-1]]]
    assert {round(float(told[day]), 6) for day in told if day in weeks[:-1]} == {0.5}
    assert told[weeks[-1]] < 0.5


def test_many_weeks_are_read_some_at_a_time(story, monkeypatch) -> None:
    monkeypatch.setattr(raid_history, "AT_ONCE", 2)
    together = raid_history.gather_items(MONDAYS).made
    asked = []
    real = inputs.read
    monkeypatch.setattr(
        inputs, "read", lambda days, **more: asked.append(list(days)) or real(days, **more)
    )
    raid_history.gather_items(MONDAYS)
    assert asked == [MONDAYS[start : start + 2] for start in range(0, len(MONDAYS), 2)]
    monkeypatch.setattr(raid_history, "AT_ONCE", 13)
    at_once = raid_history.gather_items(MONDAYS).made
    assert np.array_equal(together.items, at_once.items)
    assert together.days == at_once.days
    assert together.due_on == at_once.due_on
    assert np.array_equal(together.raw, at_once.raw, equal_nan=True)


def test_of_very_many_weeks_some_items_are_drawn_with_all_of_theirs(story) -> None:
    RaidItemFactory.create_batch(40, programme=story.programme)
    whole = raid_history.gather_items(MONDAYS).made
    assert len(set(whole.items.tolist())) > 40
    most = len(MONDAYS) * 10
    drawn = raid_history.gather_items(MONDAYS, most=most).made
    items = set(drawn.items.tolist())
    assert 3 <= len(items) <= 25
    # Those that are drawn are told as beside all others, whose owners and escalations they share.
    same = whole.only([item in items for item in whole.items.tolist()])
    assert drawn.days == same.days
    assert np.array_equal(drawn.raw, same.raw, equal_nan=True)
    again = raid_history.gather_items(MONDAYS, most=most).made
    assert np.array_equal(again.items, drawn.items)


def test_the_trail_is_read_with_as_many_statements_for_many_as_for_one(story) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            inputs.read([DAY, on(-7)])
        return len(asked)

    few = statements()
    for record in (story.status, story.action, story.missed):
        remove(record)
    for _each in range(3):
        edit(ActionFactory(programme=ProgrammeFactory(), agreed_on=on(-9), due_on=on(-8)), due_on=DAY)  # fmt: skip
    assert statements() == few
