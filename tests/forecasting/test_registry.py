"""Learning from an organisation's own past: what is kept, what comes into use, and what stays apart."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import time_machine
from django.db import connection

from forecasting import inputs, lessons, selectors, services
from forecasting.choices import Happening, ModelStatus, Origin, Stage, Target
from forecasting.crises import scoring
from forecasting.in_force import registry
from forecasting.learning import prior, worlds
from forecasting.learning.features import CRISIS
from forecasting.learning.linear import sigmoid
from forecasting.lessons import past
from forecasting.models import Lesson, ModelEvent, RiskModel, RiskScore, RiskSnapshot
from pmo_portal.accounts.permissions import NotAllowed
from pmo_portal.jobs import runs
from pmo_portal.jobs.models import Ticket
from pmo_portal.tenants.context import tenant_context
from tests.factories.forecasting import LessonFactory, ModelEventFactory, RiskModelFactory
from tests.factories.programmes import ProgrammeFactory, ProgrammeUnitFactory
from tests.factories.tenants import UnitFactory

from .test_bundle import rewritten, take_in

pytestmark = pytest.mark.django_db

TARGET = Target.CRISIS_4W
# The world below ends within this week.
WEEKS, TODAY = 40, date(2025, 6, 4)
NOW = datetime(2025, 6, 4, 4, tzinfo=UTC)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An organisation of forty programmes with many crises."""
    found = tmp_path_factory.mktemp("world")
    worlds.History(worlds.draw_world(5, programmes=40, weeks=WEEKS)).write(found)
    return found


@pytest.fixture
def history(acme, folder) -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        take_in(folder, acme.slug)
        with tenant_context(acme.id):
            yield


def learn(tenant) -> str:
    """Run the job that is waiting since the import, or a new one."""
    with time_machine.travel(NOW, tick=False), tenant_context(tenant.id):
        services.ask_to_learn()
        ticket = Ticket.objects.get(kind=services.LEARN, state="queued")
    with time_machine.travel(NOW + timedelta(minutes=5), tick=False):
        return runs.run(tenant.id, ticket.pk)


def draft(*, stage: Stage = Stage.OWN, on: date = TODAY, tried: bool = True) -> lessons.Draft:
    lesson = LessonFactory.build(
        target=TARGET, as_of=on, stage=stage, verdict={"tried": tried}, computed_at=NOW
    )
    return lessons.Draft(lesson, prior.load(TARGET) if stage is not Stage.PRIOR else None)


# --- what is in use ----------------------------------------------------------------------------------------


def test_the_shipped_prior_is_in_force_where_nothing_was_learned(in_acme) -> None:
    used = registry.in_force(TARGET)
    assert (used.stage, used.number) == (Stage.PRIOR, None)
    assert used.model.digest == prior.load(TARGET).digest


LEVEL = {"shift": 0.7, "slope": 0.8, "base": 0.09}


def levelled(**change) -> lessons.Draft:
    made = draft(stage=Stage.PRIOR)
    made.lesson.level = {**LEVEL, "of": prior.load(TARGET).digest, **change}
    return made


def test_the_prior_is_told_on_the_level_the_last_lesson_found(in_acme) -> None:
    lessons.keep_lesson(levelled())
    used, shipped = registry.in_force(TARGET), prior.load(TARGET)
    assert (used.stage, used.number, used.version) == (Stage.LEVELLED, None, shipped.about["version"])  # fmt: skip
    raw = np.full((1, len(CRISIS.names)), np.nan)
    assert used.model.log_odds(raw) == pytest.approx(0.7 + 0.8 * shipped.log_odds(raw), abs=1e-6)
    card = selectors.card_of(TARGET)
    assert (card.stage, card.digest) == (Stage.LEVELLED, used.model.digest)
    assert card.numbers == used.model.as_dict()
    # A challenger stands beside the prior, whatever its level is this week.
    assert card.beside == shipped.digest


def test_a_level_is_of_the_prior_it_was_found_for(in_acme) -> None:
    lessons.keep_lesson(levelled(of="another"))
    assert registry.in_force(TARGET).model.digest == prior.load(TARGET).digest


@pytest.mark.parametrize("kind", [Happening.FELL_BACK, Happening.SET_ASIDE])
def test_after_alarms_and_by_a_persons_word_the_prior_is_told_as_it_was_shipped(in_acme, kind) -> None:  # fmt: skip
    lessons.keep_lesson(levelled())
    ModelEventFactory(target=TARGET, kind=kind, details={"because": "alarm"}, happened_on=TODAY)
    assert registry.in_force(TARGET).model.digest == prior.load(TARGET).digest
    assert selectors.card_of(TARGET).digest == prior.load(TARGET).digest


def test_a_level_of_another_prior_is_reason_to_learn_at_once(in_acme) -> None:
    lessons.keep_lesson(levelled())
    tomorrow = TODAY + timedelta(days=1)
    assert not lessons.is_due(TARGET, tomorrow)
    Lesson.objects.update(level={**LEVEL, "of": "another"})
    assert lessons.is_due(TARGET, tomorrow)
    assert not lessons.is_due(TARGET, TODAY)


def test_what_is_made_of_a_levelled_prior_still_says_which_prior_it_was(in_acme) -> None:
    lessons.keep_lesson(levelled())
    about = registry.in_force(TARGET).model.about
    shipped = prior.load(TARGET)
    assert (about["starts_from"], about["prior"]) == (shipped.digest, shipped.about["version"])


def test_a_learned_model_comes_into_use_and_the_one_before_goes(in_acme) -> None:
    first = lessons.keep_lesson(draft())
    second = lessons.keep_lesson(draft(on=TODAY + timedelta(weeks=4)))
    assert (first.number, second.number) == (1, 2)
    assert registry.in_force(TARGET).number == 2
    first.refresh_from_db()
    assert first.status == ModelStatus.RETIRED
    assert [each.kind for each in ModelEvent.objects.all()] == [Happening.PROMOTED] * 2


def test_what_is_no_better_is_not_used_and_what_was_learned_before_goes(in_acme) -> None:
    lessons.keep_lesson(draft())
    assert lessons.keep_lesson(draft(stage=Stage.PRIOR, on=TODAY + timedelta(weeks=4))) is None
    assert registry.in_force(TARGET).stage is Stage.PRIOR
    kinds = set(ModelEvent.objects.values_list("kind", flat=True))
    assert kinds == {Happening.PROMOTED, Happening.REFUSED, Happening.FELL_BACK}


def test_a_corrected_level_stays_while_nothing_better_is_known(in_acme) -> None:
    registry.enthrone(
        prior.load(TARGET), TARGET, stage=Stage.RECALIBRATED, origin=Origin.SHIFTED, on=TODAY
    )
    lessons.keep_lesson(draft(stage=Stage.PRIOR, tried=False, on=TODAY + timedelta(weeks=4)))
    assert registry.in_force(TARGET).stage == Stage.RECALIBRATED


def test_a_model_of_other_inputs_is_not_used(in_acme) -> None:
    model = RiskModelFactory(status=ModelStatus.CHAMPION)
    RiskModel.objects.update(numbers={**model.numbers, "feature_set": "1999.1"})
    assert registry.in_force(TARGET).stage is Stage.PRIOR


def test_models_of_one_tenant_are_not_those_of_another(acme, borealis) -> None:
    with tenant_context(acme.id):
        lessons.keep_lesson(draft())
    with tenant_context(borealis.id):
        assert registry.in_force(TARGET).number is None
        lessons.keep_lesson(draft())
        assert registry.in_force(TARGET).number == 1


def test_learning_is_due_after_a_week_or_when_asked_the_next_day(in_acme) -> None:
    assert lessons.is_due(TARGET, TODAY)
    LessonFactory(as_of=TODAY)
    assert not lessons.is_due(TARGET, TODAY, is_asked=True)
    assert not lessons.is_due(TARGET, TODAY + timedelta(days=6))
    assert lessons.is_due(TARGET, TODAY + timedelta(days=7))
    assert lessons.is_due(TARGET, TODAY + timedelta(days=1), is_asked=True)
    assert lessons.is_due(Target.RAID_ESCALATES_4W, TODAY)


# --- the job -------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("without_reports")
def test_a_night_that_is_cut_off_goes_on_with_what_is_still_due(
    history, acme, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash while the second forecast is learned leaves the first one's lesson, and the next attempt does the rest."""
    learned: list[Target] = []
    learn_from = lessons.learn_from

    def crashing(gathered: lessons.Gathered, **more: object) -> lessons.Draft:
        learned.append(gathered.target)
        if learned == [Target.CRISIS_4W, Target.RAID_ESCALATES_4W]:
            raise ZeroDivisionError("oh")
        return learn_from(gathered, **more)

    monkeypatch.setattr(lessons, "learn_from", crashing)
    assert learn(acme) == "queued"
    with tenant_context(acme.id):
        assert Lesson.objects.get().target == Target.CRISIS_4W
        kept = RiskModel.objects.get(target=Target.CRISIS_4W).digest
        ticket = Ticket.objects.get(kind=services.LEARN, state="queued")
    with time_machine.travel(NOW + timedelta(minutes=10), tick=False):
        assert runs.run(acme.id, ticket.pk) == "done"
    assert learned == [Target.CRISIS_4W, Target.RAID_ESCALATES_4W, Target.RAID_ESCALATES_4W]
    with tenant_context(acme.id):
        assert set(Lesson.objects.values_list("target", flat=True)) == set(Target)
        assert RiskModel.objects.get(target=Target.CRISIS_4W).digest == kept


def test_an_imported_history_is_learned_from_in_one_night(history, acme) -> None:
    assert learn(acme) == "done"
    with tenant_context(acme.id):
        lesson = Lesson.objects.get(target=TARGET)
        assert lesson.programmes == 40
        assert lesson.rows > 1000
        assert lesson.events > 5
        assert lesson.walked["learned"]
        assert lesson.left_out["lead"]["events"] >= lesson.events
        assert [each["weeks"] for each in lesson.walked["windows"]] == [2, 4, 8]
        two, four, eight = lesson.walked["windows"]
        assert two["rows"] > four["rows"] > eight["rows"] > 0
        assert (
            two["told"] / two["rows"] < four["told"] / four["rows"] < eight["told"] / eight["rows"]
        )
        (whole, *_parts) = lesson.walked["surveys"]
        assert set(whole["by"]) == {"released", "none"}
        assert whole["by"]["released"] == lesson.walked["parts"][0]["by"]["model"]
        assert whole["by"]["none"] != whole["by"]["released"]
        assert RiskSnapshot.objects.values("as_of").distinct().count() >= WEEKS - 1
        # The same night is not learned from twice.
        assert Lesson.objects.count() == 2
    assert learn(acme) == "done"
    with tenant_context(acme.id):
        assert Lesson.objects.count() == 2


def test_inputs_are_the_same_to_the_last_digit_however_the_database_joins(history, acme) -> None:
    """Means of the same figures in another order differ in the last digit, and so would models."""
    days = [TODAY - timedelta(days=2 + 7 * week) for week in range(8)]
    with tenant_context(acme.id):
        usual = inputs.read(days)
        for ways in (
            ("hashjoin", "mergejoin"),
            ("nestloop", "mergejoin"),
            ("nestloop", "hashjoin"),
        ):
            with connection.cursor() as cursor:
                for way in ("hashjoin", "mergejoin", "nestloop"):
                    cursor.execute(f"SET LOCAL enable_{way} = {'off' if way in ways else 'on'}")
            other = inputs.read(days)
            assert other.places == usual.places
            assert np.array_equal(other.raw, usual.raw, equal_nan=True), ways


def test_rows_of_the_past_kept_are_those_read_anew(history, acme) -> None:
    """What is learned from in the portal is what a replay of the same history learns from."""
    learn(acme)
    with tenant_context(acme.id):
        kept = past.kept(until=TODAY)
        days = sorted({day for _programme, day in kept.places})
        anew = past.read(days)
        assert kept.places == [place for place in anew.places if place in set(kept.places)]
        at = {place: row for row, place in enumerate(anew.places)}
        rows = [at[place] for place in kept.places]
        assert np.array_equal(kept.history.rows.raw, anew.history.rows.raw[rows], equal_nan=True)
        assert np.array_equal(kept.trained, anew.trained[rows], equal_nan=True)
        assert kept.history.rows.label.tolist() == anew.history.rows.label[rows].tolist()


def test_without_surveys_nothing_of_them_is_left_and_all_else_is(history) -> None:
    found = past.read([TODAY - timedelta(weeks=12 + week) for week in range(3)])
    at = [CRISIS.names.index(name) for name in inputs.SURVEYED]
    others = [index for index in range(len(CRISIS.names)) if index not in at]
    raw, without = found.history.rows.raw, found.without_surveys.rows.raw
    assert not np.isnan(raw[:, at]).all()
    assert np.isnan(without[:, at]).all()
    assert np.array_equal(raw[:, others], without[:, others], equal_nan=True)
    assert found.without_surveys.known_on is found.history.known_on


def test_programmes_of_small_units_are_those_of_this_organisation(acme, borealis) -> None:
    """By the people touched where that is said, else by those of the unit; of which nothing is known is none."""
    small = []
    for tenant in (acme, borealis):
        with tenant_context(tenant.id):
            few, part, _many, _unknown = [ProgrammeFactory() for _each in range(4)]
            for programme, touched, people in (
                (few, None, 20), (few, None, 70), (part, 10, 900), (_many, None, 30), (_many, None, 90), (_unknown, None, None),
            ):  # fmt: skip
                unit = UnitFactory(headcount=people)
                ProgrammeUnitFactory(programme=programme, unit=unit, headcount=touched)
            small.append({few.pk, part.pk})
    with tenant_context(acme.id):
        assert past.in_small_units() == small[0]


def test_of_small_units_only_forecasts_of_programmes_ask(in_acme, monkeypatch) -> None:
    monkeypatch.setattr(past, "in_small_units", lambda: {7})
    assert lessons.gather(Target.CRISIS_4W, TODAY).small_units == {7}
    assert not lessons.gather(Target.RAID_ESCALATES_4W, TODAY).small_units


def test_the_same_past_makes_the_same_model(history, acme) -> None:
    learn(acme)
    with tenant_context(acme.id):
        drafts = [lessons.learn_from(lessons.gather(TARGET, TODAY), at=NOW) for _turn in range(2)]
    made = [draft.lesson for draft in drafts]
    assert made[0].walked == made[1].walked
    assert made[0].left_out == made[1].left_out
    (first, second) = (draft.model or draft.refused for draft in drafts)
    assert first is not None
    assert second is not None
    assert first.digest == second.digest != prior.load(TARGET).digest


def dealt(name: str, rows: list[dict[str, str]]) -> None:
    """Each programme with the crises of another, begun in another week: a life has its phases, which are alike in all of them."""
    if name != "snapshots.csv":
        return
    weeks: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        weeks.setdefault(row["programme"], []).append(row)
    rng = np.random.default_rng(1)
    turn = rng.permutation(len(weeks))
    came = [[row["in_crisis"] for row in said] for said in weeks.values()]
    for said, at in zip(weeks.values(), turn.tolist(), strict=True):
        for row, value in zip(said, np.roll(came[at], rng.integers(len(said))), strict=True):
            row["in_crisis"] = value


@pytest.mark.usefixtures("without_reports")
@pytest.mark.parametrize("is_dealt", [True, False])
def test_crises_dealt_to_other_programmes_come_into_no_use(acme, tmp_path, is_dealt) -> None:
    """The whole way, from the bundle on: what was learned of crises that have nothing to do with anything is not used."""
    world = worlds.World(
        seed=3, programmes=60, weeks=WEEKS, effects=dict.fromkeys(worlds.CAUSES, 0.9), base_risk=0.12
    )  # fmt: skip
    worlds.History(world).write(tmp_path / "true")
    folder = tmp_path / "true"
    if is_dealt:
        folder = rewritten(folder, tmp_path / "dealt", dealt)
    with time_machine.travel(NOW, tick=False):
        take_in(folder, acme.slug)
    assert learn(acme) == "done"
    with tenant_context(acme.id):
        lesson = Lesson.objects.get(target=TARGET)
        assert lesson.verdict["tried"]
        assert lesson.verdict["promoted"] is not is_dealt
        used = registry.in_force(TARGET)
        assert (used.number is None) is is_dealt


def test_an_organisation_without_a_past_learns_nothing_and_says_so_nowhere(acme) -> None:
    assert learn(acme) == "done"
    with tenant_context(acme.id):
        assert not Lesson.objects.exists()
        assert not RiskModel.objects.exists()


# --- scores of an own model ------------------------------------------------------------------------------


def test_scores_are_made_with_the_model_in_use_and_add_up_with_their_portfolio(
    history, acme
) -> None:
    with tenant_context(acme.id):
        assumed = prior.load(TARGET)
        made = scoring.compute_scores(as_of=TODAY, at=NOW)
        portfolios = {score.programme.portfolio for score in made.scores}
        own = dict.fromkeys(portfolios, 0.8)
        width = len(own)
        members = np.column_stack([assumed.members, np.zeros((len(assumed.members), width))])
        values = {**assumed.as_dict(), "pools": own, "members": members.tolist()}
        model = type(assumed).from_dict(values, assumed.inputs)
        registry.enthrone(model, TARGET, stage=Stage.OWN, origin=Origin.LEARNED, on=TODAY)
        again = scoring.compute_scores(as_of=TODAY, at=NOW)
    assert made.scores
    for before, after in zip(made.scores, again.scores, strict=True):
        total = after.start + sum(term["share"] for term in after.terms)
        assert sigmoid(total) == pytest.approx(after.probability, abs=1e-6) or after.probability in (0.005, 0.95)  # fmt: skip
        assert after.probability >= before.probability
        assert {"name": "portfolio", "share": 0.8, "value": 1.0} in after.terms
        assert (after.stage, after.model_version) == (Stage.OWN, "1")
        assert after.low <= after.probability <= after.high


def test_scores_follow_when_a_model_comes_into_use(history, acme) -> None:
    with tenant_context(acme.id):
        scoring.keep_scores(scoring.compute_scores(as_of=TODAY, at=NOW))
        before = set(RiskScore.objects.filter(is_current=True).values_list("model", flat=True))
        shifted = {**prior.load(TARGET).as_dict(), "intercept": -2.0}
        model = type(prior.load(TARGET)).from_dict(shifted, prior.INPUTS[TARGET])
        registry.enthrone(model, TARGET, stage=Stage.OWN, origin=Origin.LEARNED, on=TODAY)
        scoring.keep_scores(scoring.compute_scores(as_of=TODAY, at=NOW))
        after = set(RiskScore.objects.filter(is_current=True).values_list("model", flat=True))
    assert before == {prior.load(TARGET).digest}
    assert after == {model.digest}


# --- decisions of people ------------------------------------------------------------------------------------


def test_a_lead_sets_a_model_aside_and_brings_it_back(in_acme, dana, cam, sam, vic, dee) -> None:
    model = lessons.keep_lesson(draft())
    for stranger in (sam, vic, dee):
        with pytest.raises(NotAllowed):
            services.set_aside(model, acting=stranger, on=TODAY)
    assert services.set_aside(model, acting=dana, on=TODAY)
    assert registry.in_force(TARGET).stage is Stage.PRIOR
    # Twice is once.
    assert not services.set_aside(model, acting=dana, on=TODAY)
    assert services.reinstate(model, acting=cam, on=TODAY)
    assert registry.in_force(TARGET).number == model.number
    assert not services.reinstate(model, acting=dana, on=TODAY)
    event = ModelEvent.objects.filter(kind=Happening.REINSTATED).get()
    assert (event.by, event.model) == (cam.user, model)
