"""Deciding to give and to take; what a lesson makes ready; and whether what others found is used here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError

from forecasting import lessons, services
from forecasting.choices import Happening, ModelStatus, Stage, Target
from forecasting.in_force import registry, starting
from forecasting.learning import prior, sharing, worlds
from forecasting.learning.linear import LinearModel
from forecasting.learning.pooling import own_model
from forecasting.lessons import past
from forecasting.models import Lesson, ModelEvent, RiskModel, RiskScore, SharedWord, SharingChoice
from forecasting.selectors import card_of, choice_by_number, sharing_of
from forecasting.sharing import prior as shared_prior, records as sharing_records
from forecasting.sharing.prior import fingerprint
from pmo_portal.accounts.permissions import NotAllowed
from pmo_portal.history import selectors as trails
from pmo_portal.history.services import EditConflict, put_back
from pmo_portal.jobs import runs
from pmo_portal.jobs.models import Ticket
from pmo_portal.tenants.context import tenant_context
from tests.factories.forecasting import (
    LessonFactory,
    ModelEventFactory,
    SharedPriorFactory,
    SharedWordFactory,
    word_values,
)

from .test_bundle import take_in

pytestmark = pytest.mark.django_db

TARGET = Target.CRISIS_4W
TODAY = date(2026, 6, 1)


def decide(acting: Any, *, seen: str | None = None, **changes: bool) -> SharingChoice:
    target = sharing_of(TARGET)
    return sharing_records.decide(
        target.choice,
        changes={"gives": target.choice.gives, "takes": target.choice.takes, **changes},
        acting=acting,
        on=TODAY,
        version=target.choice.version,
        seen=target.fingerprint if seen is None else seen,
    )


# --- deciding ------------------------------------------------------------------------------------------------


def test_nothing_is_given_or_taken_until_somebody_decides(in_acme) -> None:
    SharedWordFactory()
    found = sharing_of(TARGET)
    assert (found.choice.gives, found.choice.takes, found.word.given) == (False, False, "")
    assert shared_prior.taken(TARGET) is None


@pytest.mark.parametrize("who", ["dana", "cam", "sam", "spen", "vic"])
def test_only_an_administrator_decides(in_acme, who, request) -> None:
    SharedWordFactory()
    member = request.getfixturevalue(who)
    for changes in ({"gives": True}, {"takes": True}):
        with pytest.raises(NotAllowed):
            decide(member, **changes)
    assert not SharingChoice.objects.exists()
    assert SharedWord.objects.get().given == ""


def test_what_is_given_is_the_very_text_that_was_shown(in_acme, ada) -> None:
    word = SharedWordFactory()
    shown = sharing_of(TARGET).text
    decide(ada, gives=True)
    word.refresh_from_db()
    assert word.given == shown == word.ready
    assert word.given_on == TODAY
    [event] = ModelEvent.objects.all()
    assert (event.kind, event.by) == (Happening.GIVEN, ada.user)
    assert event.details == {"sha256": fingerprint(shown)}


def test_what_was_learned_anew_since_is_not_given_unseen(in_acme, ada) -> None:
    SharedWordFactory()
    seen = sharing_of(TARGET).fingerprint
    SharedWord.objects.update(ready=sharing.as_text(word_values(spi_s=-0.9)))
    with pytest.raises(ValidationError, match="have changed"):
        decide(ada, gives=True, seen=seen)
    assert not SharingChoice.objects.filter(gives=True).exists()
    assert SharedWord.objects.get().given == ""


def test_where_there_is_nothing_nothing_is_given(in_acme, ada) -> None:
    for word in ({}, {"ready": "", "lacking": "events"}):
        if word:
            SharedWordFactory(**word)
        with pytest.raises(ValidationError, match="nothing to contribute"):
            decide(ada, gives=True)


def test_taking_back_deletes_what_was_given_at_once(in_acme, ada) -> None:
    word = SharedWordFactory()
    decide(ada, gives=True)
    SharedWord.objects.update(combined_in=3, others={"numbers": {"about": {}}})
    decide(ada, gives=False)
    word.refresh_from_db()
    assert (word.given, word.given_on, word.others) == ("", None, {})
    kinds = list(ModelEvent.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == [Happening.GIVEN, Happening.WITHDRAWN]


def test_to_take_is_not_to_give(in_acme, ada) -> None:
    SharedWordFactory()
    decide(ada, takes=True)
    assert SharedWord.objects.get().given == ""
    assert not ModelEvent.objects.exists()
    assert Ticket.objects.filter(kind=services.LEARN).count() == 1


def test_two_who_decide_at_once_are_told(in_acme, ada) -> None:
    SharedWordFactory()
    opened = sharing_of(TARGET)
    decide(ada, takes=True)
    with pytest.raises(EditConflict):
        sharing_records.decide(
            opened.choice,
            changes={"gives": True, "takes": False},
            acting=ada,
            on=TODAY,
            version=opened.choice.version,
            seen=opened.fingerprint,
        )
    assert SharedWord.objects.get().given == ""


def test_who_decided_is_kept_and_an_earlier_choice_is_put_back(in_acme, ada) -> None:
    SharedWordFactory()
    choice = decide(ada, gives=True, takes=True)
    assert next(entry.who for entry in trails.trail(choice)) == str(ada.user)
    values = trails.values_at(choice, 1)
    back = put_back(
        choice, changes={"gives": values["gives"], "takes": values["takes"]}, version=1, acting=ada
    )
    assert (back.gives, back.takes, back.version) == (False, False, 3)
    assert SharedWord.objects.get().given == ""


def test_giving_is_not_agreed_to_from_the_history(in_acme, ada) -> None:
    """There the numbers are not in sight."""
    SharedWordFactory()
    decide(ada, gives=True)
    choice = decide(ada, gives=False)
    with pytest.raises(ValidationError, match="where the numbers are shown"):
        put_back(choice, changes={"gives": True, "takes": False}, version=2, acting=ada)
    assert SharedWord.objects.get().given == ""
    choice.refresh_from_db()
    assert not choice.gives


def test_every_target_is_decided_for_itself(in_acme, ada) -> None:
    SharedWordFactory()
    choice = decide(ada, gives=True)
    other = sharing_of(Target.RAID_ESCALATES_4W)
    assert not other.choice.gives
    assert choice_by_number(ada, choice.number) == choice


# --- what a lesson makes ready -------------------------------------------------------------------------------


def text_of(**coefficients: float) -> str:
    return sharing.as_text(word_values(**coefficients))


def ready(text: str, on: date, lacking: str = "") -> SharedWord:
    return sharing_records.make_ready(TARGET, text, lacking=lacking, on=on)


def test_a_lesson_makes_ready_and_gives_nothing(in_acme) -> None:
    word = ready(text_of(), TODAY)
    assert word.ready
    assert word.given == ""
    assert not ModelEvent.objects.exists()


@pytest.mark.parametrize(
    ("on", "is_renewed"),
    [
        (date(2026, 6, 29), False),
        (date(2026, 7, 6), False),
        (date(2026, 8, 31), False),
        (date(2026, 9, 1), True),
        (date(2027, 6, 7), True),
    ],
)
def test_what_is_given_is_renewed_in_the_last_month_of_a_quarter(
    in_acme, ada, on, is_renewed
) -> None:
    SharedWordFactory()
    decide(ada, gives=True)
    first, later = SharedWord.objects.get().given, text_of(spi_s=-0.9)
    word = ready(later, on)
    assert word.given == (later if is_renewed else first)
    assert word.ready == later
    if is_renewed:
        # Once: it stands until priors are made.
        assert ready(text_of(spi_s=-0.8), on + timedelta(days=7)).given == later


def test_where_nothing_can_be_said_any_more_giving_ends(in_acme, ada) -> None:
    SharedWordFactory()
    decide(ada, gives=True)
    word = ready("", date(2026, 7, 6), lacking="events")
    assert word.given == ""
    assert not SharingChoice.objects.get().gives
    event = ModelEvent.objects.filter(kind=Happening.WITHDRAWN).get()
    assert event.by is None


# --- whether it is used --------------------------------------------------------------------------------------


def lesson(start: shared_prior.Start, *, used: bool, **values: Any) -> Lesson:
    said = {
        "number": start.number,
        "organisations": start.organisations,
        "digest": start.digest,
        "gain": [0.01, 0.001, 0.02],
        "used": used,
    }
    return LessonFactory(verdict={"tried": True, "shared": said}, **values)


def test_a_shared_prior_is_told_only_where_the_last_lesson_found_it_better(in_acme, ada) -> None:
    SharedPriorFactory()
    decide(ada, takes=True)
    offered = shared_prior.offered(TARGET)
    assert registry.in_force(TARGET).stage is Stage.PRIOR
    lesson(offered, used=False, as_of=TODAY)
    assert registry.in_force(TARGET).stage is Stage.PRIOR
    lesson(offered, used=True, as_of=TODAY + timedelta(days=7))
    used = registry.in_force(TARGET)
    assert (used.stage, used.version) == (Stage.SHARED, "S1")
    assert used.model.digest == offered.digest
    card = card_of(TARGET)
    assert (card.stage, card.digest) == (Stage.SHARED, offered.digest)


def test_it_goes_the_moment_it_is_no_longer_wanted_or_there(in_acme, ada) -> None:
    SharedPriorFactory()
    decide(ada, takes=True)
    lesson(shared_prior.offered(TARGET), used=True)
    decide(ada, takes=False)
    assert registry.in_force(TARGET).stage is Stage.PRIOR
    decide(ada, takes=True)
    assert registry.in_force(TARGET).stage is Stage.SHARED
    SharedPriorFactory(number=2, organisations=0, numbers={}, digest="")
    assert registry.in_force(TARGET).stage is Stage.PRIOR
    SharedPriorFactory(number=3)
    assert registry.in_force(TARGET).stage is Stage.PRIOR, "another one is tried first"


@pytest.mark.parametrize(
    ("kind", "details"),
    [(Happening.FELL_BACK, {"because": "alarm"}), (Happening.SET_ASIDE, {})],
)
def test_after_an_alarm_or_a_persons_word_it_is_the_shipped_prior(
    in_acme, ada, kind, details
) -> None:
    SharedPriorFactory()
    decide(ada, takes=True)
    lesson(shared_prior.offered(TARGET), used=True)
    ModelEventFactory(kind=kind, details=details, happened_on=TODAY)
    assert registry.in_force(TARGET).model.digest == prior.load(TARGET).digest
    assert card_of(TARGET).digest == prior.load(TARGET).digest


def test_a_model_somebody_chose_leaves_the_shared_prior_as_it_is(in_acme, ada) -> None:
    """It is what lessons start from, and what comes back when the model goes."""
    SharedPriorFactory()
    decide(ada, takes=True)
    offered = shared_prior.offered(TARGET)
    lesson(offered, used=True)
    ModelEventFactory(kind=Happening.CHOSEN, details={"reason": "We know why"}, happened_on=TODAY)
    assert registry.in_force(TARGET).model.digest == offered.digest


def test_who_stops_to_take_is_told_other_scores_soon(in_acme, ada) -> None:
    SharedPriorFactory()
    decide(ada, takes=True)
    Ticket.objects.all().delete()
    decide(ada, takes=False)
    assert Ticket.objects.filter(kind=services.SCORE, state="queued").exists()


def test_an_undo_that_comes_too_late_changes_nothing(in_acme, ada) -> None:
    """The page was opened before somebody else decided anew."""
    decide(ada, takes=True)
    opened = sharing_of(TARGET).choice
    decide(ada, takes=False)
    with pytest.raises(ValidationError, match="differently in the meantime"):
        sharing_records.undo(opened, version=1, acting=ada)
    assert not sharing_of(TARGET).choice.takes
    assert sharing_of(TARGET).choice.version == 3


def test_a_new_choice_or_a_new_prior_is_learned_with_soon(in_acme, ada) -> None:
    LessonFactory(as_of=TODAY)
    tomorrow = TODAY + timedelta(days=1)
    SharedPriorFactory()
    assert not lessons.is_due(TARGET, tomorrow)
    decide(ada, takes=True)
    assert lessons.is_due(TARGET, tomorrow)
    lesson(shared_prior.offered(TARGET), used=False, as_of=tomorrow)
    assert not lessons.is_due(TARGET, tomorrow + timedelta(days=1))
    decide(ada, takes=False)
    assert lessons.is_due(TARGET, tomorrow + timedelta(days=1))


def test_what_one_takes_changes_nothing_for_another(acme, borealis, ada) -> None:
    SharedPriorFactory()
    with tenant_context(acme.id):
        decide(ada, takes=True)
        lesson(shared_prior.offered(TARGET), used=True)
    with tenant_context(borealis.id):
        assert registry.in_force(TARGET).stage is Stage.PRIOR


# --- learning with it ----------------------------------------------------------------------------------------

WEEKS, NOW = 40, datetime(2025, 6, 4, 4, tzinfo=UTC)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("world")
    worlds.History(worlds.draw_world(5, programmes=40, weeks=WEEKS)).write(found)
    return found


@pytest.fixture
def history(acme, folder) -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        take_in(folder, acme.slug)
        yield


def learn(tenant, at: datetime = NOW) -> None:
    with time_machine.travel(at, tick=False), tenant_context(tenant.id):
        services.ask_to_learn(because="asked")
        ticket = Ticket.objects.get(kind=services.LEARN, state="queued")
    with time_machine.travel(at + timedelta(minutes=5), tick=False):
        assert runs.run(tenant.id, ticket.pk) == "done"


def publish(model: LinearModel, **values: Any) -> None:
    """A shared prior of given weights, as six others might have made it."""
    about = {"version": "S1", "organisations": 6, "assumed": False, "pool_spread": 0.5}
    shipped = prior.load(TARGET)
    made = LinearModel(
        **{
            **{name: getattr(shipped, name) for name in shipped.__dataclass_fields__},
            "intercept": model.intercept,
            "weights": model.weights,
            "about": about,
        }
    )
    SharedPriorFactory(numbers=made.as_dict(), digest=made.digest, **values)


def known_rows(tenant) -> Any:
    with tenant_context(tenant.id):
        return past.kept(until=NOW.date()).history.known_by(NOW.date().toordinal())


@pytest.mark.usefixtures("without_reports")
def test_what_is_better_here_is_learned_from_and_what_is_worse_is_not(history, acme, ada) -> None:
    learn(acme)
    rows = known_rows(acme)
    shipped = prior.load(TARGET)
    better = own_model(rows, shipped)
    with tenant_context(acme.id):
        assert "shared" not in Lesson.objects.filter(target=TARGET).first().verdict
        word = SharedWord.objects.get(target=TARGET)
        assert (word.ready, word.lacking) == ("", "programmes")
        decide(ada, takes=True)
    publish(better)
    learn(acme, NOW + timedelta(days=1))
    with tenant_context(acme.id):
        said = Lesson.objects.filter(target=TARGET).first().verdict["shared"]
        assert said["used"], said
        assert said["gain"][1] > 0
        champion = RiskModel.objects.get(target=TARGET, status=ModelStatus.CHAMPION)
        offered = shared_prior.offered(TARGET)
        assert champion.numbers["about"]["starts_from"] == offered.digest
        assert "better here" in card_of(TARGET).tried
        assert ModelEvent.objects.filter(target=TARGET, kind=Happening.SHARED_USED).count() == 1
    # Others turned the other way round: what was used goes, by the organisation's own test.
    worse = LinearModel(
        **{
            **{name: getattr(shipped, name) for name in shipped.__dataclass_fields__},
            "intercept": shipped.intercept + 2.5,
            "weights": shipped.weights * 0,
        }
    )
    publish(worse, number=2)
    learn(acme, NOW + timedelta(days=2))
    with tenant_context(acme.id):
        said = Lesson.objects.filter(target=TARGET).first().verdict["shared"]
        assert not said["used"]
        champion = RiskModel.objects.get(target=TARGET, status=ModelStatus.CHAMPION)
        assert champion.numbers["about"]["starts_from"] == shipped.digest
        assert ModelEvent.objects.filter(target=TARGET, kind=Happening.SHARED_LEFT).count() == 1
        assert "shipped one stays" in sharing_of(TARGET).taken_text


def test_without_a_history_nothing_is_taken(in_acme, ada) -> None:
    """Whatever others found: nobody could say whether it holds here."""
    SharedPriorFactory()
    decide(ada, takes=True)
    gathered = lessons.gather(TARGET, TODAY)
    assert gathered.shared is not None
    draft = lessons.learn_from(gathered, at=NOW)
    said = draft.lesson.verdict["shared"]
    assert not said["used"]
    assert "gain" not in said
    lessons.keep_lesson(draft)
    assert registry.in_force(TARGET).stage is Stage.PRIOR
    assert "Too little has happened here" in sharing_of(TARGET).taken_text


def test_a_large_history_makes_a_word_ready(in_acme, monkeypatch) -> None:
    from tests.forecasting.learning.rows import organisation

    rows = organisation(120, seed=3)
    made = lessons.Draft(LessonFactory.build(programmes=120, events=90, as_of=TODAY), None, rows)
    made.word = starting.word_of(made.lesson, rows, prior.load(TARGET))
    lessons.keep_lesson(made)
    word = SharedWord.objects.get(target=TARGET)
    assert sharing.read(word.ready, prior.load(TARGET), target=TARGET)["programmes"] == 100
    assert word.given == ""


def test_scores_say_that_their_prior_is_of_others(in_acme, ada) -> None:
    from forecasting.crises.forecast import model_text

    score = RiskScore(stage=Stage.SHARED, model_version="S1")
    assert model_text(score) == "Measured in other organisations: shared prior S1"
    assert not score.is_assumed
