"""What people wrote is kept where enough of them answered, and without names."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from adoption import services
from adoption.models import SurveyComment
from adoption.redaction import Redactor
from pmo_portal.accounts.permissions import NotAllowed
from pmo_portal.tenants.context import tenant_context
from pmo_portal.tenants.models import TenantSettings
from tests.factories.programmes import ProgrammeFactory
from tests.factories.tenants import PersonFactory, UnitFactory

pytestmark = pytest.mark.django_db

DAY = date(2026, 6, 1)
MOMENT = datetime(2026, 6, 1, 9, tzinfo=UTC)


def wave_of(answers: dict, *, day: date = DAY, programme=None):
    return services.record_wave(
        name="Pulse",
        measure="engagement",
        closed_on=day,
        entries=[services.Entry(unit, 60.0, n) for unit, n in answers.items()],
        known_at=MOMENT,
        programme=programme,
        acting=None,
    )


def write(wave, programme, texts, acting=None) -> None:
    services.record_comments(wave, programme=programme, texts=texts, known_at=MOMENT, acting=acting)


@pytest.mark.parametrize(("n", "kept"), [(9, ""), (10, "There is no time")])
def test_words_are_kept_from_ten_answers_on(in_acme, n, kept) -> None:
    unit = UnitFactory()
    write(wave_of({unit: n}), ProgrammeFactory(), {unit: ["There is no time"]})
    comment = SurveyComment.objects.get()
    assert comment.text == kept
    assert comment.is_released is bool(kept)
    assert SurveyComment.objects.readable().exists() is bool(kept)


def test_the_organisation_may_ask_for_more_and_never_for_less(in_acme) -> None:
    unit, programme = UnitFactory(), ProgrammeFactory()
    TenantSettings.objects.update(comments_k=20)
    write(wave_of({unit: 19}), programme, {unit: ["one"]})
    assert not SurveyComment.objects.readable().exists()
    # What was decided stays decided.
    TenantSettings.objects.update(comments_k=10)
    assert not SurveyComment.objects.readable().exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        TenantSettings.objects.update(comments_k=9)


def test_a_unit_hidden_to_protect_another_keeps_no_words(in_acme) -> None:
    """12 beside 3 below one parent: both are hidden, so that the 3 do not follow."""
    parent = UnitFactory(code="OPS")
    large, small = UnitFactory(parent=parent), UnitFactory(parent=parent)
    write(wave_of({large: 12, small: 3}), ProgrammeFactory(), {large: ["words"], small: ["others"]})
    assert set(SurveyComment.objects.values_list("text", flat=True)) == {""}


def test_the_database_refuses_to_keep_hidden_words(in_acme) -> None:
    unit = UnitFactory()
    write(wave_of({unit: 4}), ProgrammeFactory(), {unit: ["secret"]})
    for change in ({"text": "secret"}, {"themes": 1}, {"resists": True}, {"topic": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SurveyComment.objects.update(**change)


def test_words_of_a_withdrawn_wave_are_read_by_nobody(in_acme) -> None:
    unit = UnitFactory()
    wave = wave_of({unit: 30})
    write(wave, ProgrammeFactory(), {unit: ["words"]})
    services.withdraw_wave(wave, at=MOMENT, acting=None)
    assert not SurveyComment.objects.readable().exists()


def test_a_unit_is_taken_once(in_acme) -> None:
    unit, programme = UnitFactory(), ProgrammeFactory()
    wave = wave_of({unit: 30})
    write(wave, programme, {unit: ["words", "  "]})
    with pytest.raises(ValidationError):
        write(wave, programme, {unit: ["more"]})
    assert SurveyComment.objects.count() == 1


def test_only_the_change_side_records(in_acme, dana, cam) -> None:
    unit, programme = UnitFactory(), ProgrammeFactory()
    wave = wave_of({unit: 30})
    with pytest.raises(NotAllowed):
        write(wave, programme, {unit: ["words"]}, acting=dana)
    write(wave, programme, {unit: ["words"]}, acting=cam)


def test_names_of_the_directory_are_taken_out_before_anything_is_kept(in_acme) -> None:
    PersonFactory(handle="mark", name="Mark O'Neill")
    unit = UnitFactory()
    written = ["Ask MARK O'NEILL or Mark, not mark@acme.example; mark the box"]
    write(wave_of({unit: 30}), ProgrammeFactory(), {unit: written})
    text = SurveyComment.objects.get().text
    assert text == "Ask [name] or [name], not [name] mark the box"


def test_a_redactor_without_names_and_with_odd_ones() -> None:
    assert Redactor([]).redact("Ask Mark") == "Ask Mark"
    assert Redactor(["", " ", "(.*", "Jo"]).redact("Ask Jo (.* now") == "Ask [name] [name] now"
    # Parts of words stay.
    assert Redactor(["Ann Rose"]).redact("Annual Roses; Rose") == "Annual Roses; [name]"


def test_comments_are_taken_in_on_the_page_of_a_wave(acme, cam, dana, client_for) -> None:
    """Whether they may be kept or not, the answer is the same."""
    with tenant_context(acme.id):
        programme = ProgrammeFactory()
        large, small = UnitFactory(code="PAY"), UnitFactory(code="TINY")
        wave = wave_of({large: 30, small: 9})
    browser, answers = client_for(cam), []
    here = f"/t/acme/surveys/{wave.reference}/comments/"
    for unit in (large, small):
        form = {"programme": programme.pk, "unit": unit.pk, "texts": "No time\n\n Too slow "}
        answer = browser.post(here, form)
        answers.append((answer.status_code, answer.url))
        assert browser.post(here, form).status_code == 422
    assert answers[0] == answers[1] == (303, f"/t/acme/surveys/{wave.reference}/")
    assert client_for(dana).get(here).status_code == 403
    assert browser.post(here, {"unit": large.pk}).status_code == 422
    with tenant_context(acme.id):
        told = SurveyComment.objects.readable().values_list("unit__code", "text")
        assert sorted(told) == [("PAY", "No time"), ("PAY", "Too slow")]


def test_a_wave_of_a_programme_asks_for_no_other(acme, cam, client_for) -> None:
    with tenant_context(acme.id):
        unit = UnitFactory()
        wave = wave_of({unit: 30}, programme=ProgrammeFactory())
    browser = client_for(cam)
    here = f"/t/acme/surveys/{wave.reference}/comments/"
    assert 'name="programme"' not in browser.get(here).content.decode()
    assert browser.post(here, {"unit": unit.pk, "texts": "No time"}).status_code == 303
    with tenant_context(acme.id):
        assert SurveyComment.objects.get().programme == wave.programme
