"""Pages of adoption over HTTP: lists, records, forms, conflicts, undo."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.test import Client

from adoption.models import ResistanceSignal, SurveyWave
from pmo_portal.common import clock
from pmo_portal.tenants.context import tenant_context
from tests.factories.adoption import (
    ResistanceSignalFactory,
    SurveyResultFactory,
    SurveyWaveFactory,
    TrainingProgressFactory,
)
from tests.factories.tenants import UnitFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(stage, cam, client_for) -> Client:
    return client_for(cam)


@pytest.fixture
def signal(stage, acme) -> ResistanceSignal:
    with tenant_context(acme.id):
        return ResistanceSignalFactory(
            programme=stage.programme, unit=stage.claims, text="People keep paper lists"
        )


def sign(stage, **changes) -> dict[str, object]:
    return {
        "unit": stage.claims.pk,
        "source": "log",
        "theme": "cannot_yet",
        "strength": "2",
        "text": "Paper lists",
        "effective_on": "2026-06-01",
        "response": "",
    } | changes


def fresh(acme, record):
    with tenant_context(acme.id):
        return type(record).all_objects.get(pk=record.pk)


# --- signals ---------------------------------------------------------------------------------------


def test_a_signal_is_edited_and_its_history_tells(stage, acme, signal, desk):
    path = f"{stage.base}resistance/{signal.reference}/"
    post = sign(stage, text="They keep paper lists", version=1)
    assert desk.post(f"{path}edit/", post).status_code == 303
    assert fresh(acme, signal).version == 2
    trail = desk.get(f"/t/acme/history/{signal.reference}/").content.decode()
    assert "Cam Castillo" in trail


def test_two_edits_of_one_signal_end_in_a_page_that_shows_both(stage, acme, signal, desk):
    path = f"{stage.base}resistance/{signal.reference}/edit/"
    assert desk.post(path, sign(stage, text="Theirs", version=1)).status_code == 303
    answer = desk.post(path, sign(stage, text="Mine", version=1))
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Theirs" in page
    assert "Mine" in page
    assert fresh(acme, signal).text == "Theirs"
    assert desk.post(path, sign(stage, text="Mine", version=2)).status_code == 303
    assert fresh(acme, signal).text == "Mine"


def test_a_removed_signal_comes_back(stage, acme, signal, desk):
    path = f"{stage.base}resistance/{signal.reference}/"
    answer = desk.post(f"{path}remove/", follow=True)
    undo = f"/t/acme/history/{signal.reference}/restore/"
    assert undo in answer.content.decode()
    assert desk.get(path).status_code == 410
    assert desk.post(f"{path}edit/", sign(stage, version=1)).status_code == 410
    assert desk.post(undo).status_code in (302, 303)
    assert desk.get(path).status_code == 200


def test_a_signal_is_resolved_and_opened_again(stage, acme, signal, desk):
    path = f"{stage.base}resistance/{signal.reference}/"
    post = {"version": "1", "resolved_on": "2026-06-10", "response": "Shadow shifts"}
    assert desk.post(f"{path}resolve/", post).status_code == 303
    resolved = fresh(acme, signal)
    assert (resolved.status, resolved.resolved_on) == ("resolved", date(2026, 6, 10))
    assert "Shadow shifts" in desk.get(path).content.decode()
    assert desk.post(f"{path}reopen/").status_code == 303
    assert fresh(acme, signal).is_open


def test_resolving_before_it_was_noticed_is_refused(stage, acme, signal, desk):
    post = {"version": "1", "resolved_on": "2026-05-01", "response": "Shadow shifts"}
    answer = desk.post(f"{stage.base}resistance/{signal.reference}/resolve/", post)
    assert answer.status_code == 422
    assert "Shadow shifts" in answer.content.decode()
    assert fresh(acme, signal).is_open


def test_a_day_after_it_was_resolved_is_refused_and_what_was_typed_stays(stage, acme, signal, desk):
    path = f"{stage.base}resistance/{signal.reference}/"
    post = {"version": "1", "resolved_on": "2026-06-10", "response": "Shadow shifts"}
    desk.post(f"{path}resolve/", post)
    later = sign(stage, text="Paper again", effective_on="2026-06-12", version=2)
    answer = desk.post(f"{path}edit/", later)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "It cannot be resolved before it was noticed." in page
    assert "Paper again" in page


def test_resolving_what_somebody_edited_meanwhile_is_a_conflict(stage, acme, signal, desk):
    path = f"{stage.base}resistance/{signal.reference}/"
    desk.post(f"{path}edit/", sign(stage, text="Theirs", version=1))
    post = {"version": "1", "resolved_on": "2026-06-10", "response": "Shadow shifts"}
    assert desk.post(f"{path}resolve/", post).status_code == 409


@pytest.mark.parametrize(
    ("changes", "kept"),
    [
        ({"text": ""}, "Paper lists and so on"),
        ({"strength": "9"}, "Paper lists"),
        ({"effective_on": "2999-01-01"}, "Paper lists"),
        ({"effective_on": "soon"}, "Paper lists"),
        ({"unit": "999999"}, "Paper lists"),
    ],
)
def test_a_refused_form_keeps_what_was_typed(stage, acme, desk, changes, kept):
    post = sign(stage, response="Paper lists and so on") | changes
    answer = desk.post(f"{stage.base}resistance/new/", post)
    assert answer.status_code == 422
    assert kept in answer.content.decode()
    with tenant_context(acme.id):
        assert not ResistanceSignal.objects.exists()


def test_a_new_signal_was_noticed_today_unless_said_otherwise(stage, desk):
    page = desk.get(f"{stage.base}resistance/new/").content.decode()
    assert f'value="{clock.today().isoformat()}"' in page


def test_an_empty_post_is_answered_with_what_is_missing(stage, signal, desk):
    base = stage.base
    paths = [
        f"{base}resistance/new/",
        f"{base}resistance/{signal.reference}/edit/",
        f"{base}resistance/{signal.reference}/resolve/",
        f"{base}training/new/",
        f"{base}surveys/new/",
        "/t/acme/surveys/new/",
    ]
    for path in paths:
        assert desk.post(path, {}).status_code == 422, path


def test_the_register_filters_sorts_and_exports(stage, acme, signal, desk):
    with tenant_context(acme.id):
        ResistanceSignalFactory(
            programme=stage.programme, unit=stage.payroll, text="=cmd()", theme="no_trust"
        )
    path = f"{stage.base}resistance/"
    page = desk.get(f"{path}?unit=CLAIMS").content.decode()
    assert signal.text in page
    assert "=cmd()" not in page
    part = desk.get(f"{path}?theme=no_trust&sort=text", headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()
    csv = desk.get(f"{path}?format=csv&status=open").content.decode()
    assert "'=cmd()" in csv
    assert desk.get(f"{path}?format=xlsx")["Content-Type"].endswith("sheet")
    for odd in ("?unit=%00", "?since=xx&status=nope", "?sort=-nope&page=99"):
        assert desk.get(path + odd).status_code == 200, odd
    # A unit that is in use no more keeps its rows.
    with tenant_context(acme.id):
        stage.claims.is_active = False
        stage.claims.save()
    page = desk.get(f"{path}?unit=CLAIMS").content.decode()
    assert signal.text in page
    assert "=cmd()" not in page


def test_a_filter_that_finds_no_wave_does_not_say_nobody_was_asked(stage, acme, desk):
    assert "Nobody has been asked yet" in desk.get("/t/acme/surveys/").content.decode()
    with tenant_context(acme.id):
        SurveyWaveFactory()
    page = desk.get("/t/acme/surveys/?year=1999").content.decode()
    assert "No survey wave is shown" in page
    assert "Nobody has been asked yet" not in page


def test_references_and_words_find_the_signal(stage, signal, desk):
    answer = desk.get(f"/t/acme/{signal.reference}")
    assert answer["Location"] == f"{stage.base}resistance/{signal.reference}/"
    found = desk.get("/t/acme/find/?q=paper").content.decode()
    assert signal.reference in found


def test_a_signal_under_another_programme_is_not_there(stage, acme, signal, desk):
    from tests.factories.programmes import ProgrammeFactory

    with tenant_context(acme.id):
        ProgrammeFactory(code="OTHER")
    assert desk.get(f"/t/acme/p/OTHER/resistance/{signal.reference}/").status_code == 404
    assert desk.get(f"{stage.base}resistance/RS-x/").status_code == 404
    assert desk.get(f"{stage.base}resistance/W-1/").status_code == 404


# --- waves -----------------------------------------------------------------------------------------


def head(**changes) -> dict[str, object]:
    return {"name": "Pulse 7", "measure": "engagement", "closed_on": "2026-06-01"} | changes


def test_the_grid_keeps_what_was_typed_and_says_what_is_wrong_in_each_line(stage, acme, desk):
    post = head(name="") | {"CLAIMS-mean": "61.5", "PAY-n": "12", "OPS-mean": "x", "OPS-n": "3"}
    answer = desk.post(f"{stage.base}surveys/new/", post)
    page = answer.content.decode()
    assert answer.status_code == 422
    for kept in ('value="61.5"', 'value="12"', 'value="x"', 'value="3"'):
        assert kept in page
    assert page.count('class="pp-error"') >= 3
    with tenant_context(acme.id):
        assert not SurveyWave.objects.exists()


def test_what_was_typed_for_a_unit_that_left_meanwhile_is_not_dropped_in_silence(stage, acme, desk):
    post = head() | {
        "CLAIMS-mean": "61",
        "CLAIMS-n": "44",
        "GONE-TEAM-mean": "70",
        "GONE-TEAM-n": "9",
    }
    answer = desk.post(f"{stage.base}surveys/new/", post)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "These units left the list since you opened it: GONE-TEAM." in page
    assert 'value="61"' in page
    with tenant_context(acme.id):
        assert not SurveyWave.objects.exists()


def test_answers_below_cannot_exceed_those_of_the_unit_above(stage, acme, desk):
    post = head() | {"OPS-mean": "60", "OPS-n": "10", "CLAIMS-mean": "61", "CLAIMS-n": "44"}
    answer = desk.post(f"{stage.base}surveys/new/", post)
    assert answer.status_code == 422
    assert "44 there" in answer.content.decode()


def test_a_mean_outside_the_scale_is_refused(stage, desk):
    post = head() | {"CLAIMS-mean": "161", "CLAIMS-n": "44"}
    assert desk.post(f"{stage.base}surveys/new/", post).status_code == 422


def test_the_same_wave_again_is_refused_with_its_reference(stage, desk):
    post = head() | {"CLAIMS-mean": "61", "CLAIMS-n": "44"}
    assert desk.post(f"{stage.base}surveys/new/", post).status_code == 303
    answer = desk.post(f"{stage.base}surveys/new/", post)
    assert answer.status_code == 422
    assert "W-1" in answer.content.decode()


def test_a_withdrawn_wave_comes_back(stage, acme, desk):
    with tenant_context(acme.id):
        wave = SurveyResultFactory(unit=stage.claims, wave__programme=stage.programme).wave
    path = f"/t/acme/surveys/{wave.reference}/"
    answer = desk.post(f"{path}withdraw/", follow=True)
    assert f"/t/acme/history/{wave.reference}/restore/" in answer.content.decode()
    assert desk.get(path).status_code == 410
    desk.post(f"/t/acme/history/{wave.reference}/restore/")
    assert desk.get(path).status_code == 200


def test_only_name_and_note_of_a_wave_are_edited(stage, acme, desk):
    with tenant_context(acme.id):
        wave = SurveyResultFactory(unit=stage.claims, mean=61.5).wave
    path = f"/t/acme/surveys/{wave.reference}/edit/"
    page = desk.get(path).content.decode()
    assert "61.5" not in page
    assert 'name="closed_on"' not in page
    post = {"name": "Pulse, June", "note": "", "version": "1", "closed_on": "2020-01-01", "k": "5"}
    assert desk.post(path, post).status_code == 303
    changed = fresh(acme, wave)
    assert (changed.name, changed.closed_on, changed.k) == ("Pulse, June", wave.closed_on, 7)
    assert desk.post(path, {"name": "Mine", "note": "", "version": "1"}).status_code == 409


def test_a_wave_of_a_programme_shows_the_navigation_of_that_programme(stage, acme, desk):
    with tenant_context(acme.id):
        wave = SurveyWaveFactory(programme=stage.programme)
    page = desk.get(f"/t/acme/surveys/{wave.reference}/").content.decode()
    assert f"{stage.base}resistance/" in page


# --- training and panels ------------------------------------------------------------------------------


def test_training_is_listed_and_exported(stage, acme, desk):
    with tenant_context(acme.id):
        TrainingProgressFactory(
            programme=stage.programme, unit=stage.claims, required=40, completed=10
        )
    page = desk.get(f"{stage.base}training/").content.decode()
    assert "25%" in page
    assert "40,25%" in desk.get(f"{stage.base}training/?format=csv").content.decode()


def test_more_cannot_complete_it_than_need_it(stage, desk):
    post = {
        "unit": stage.claims.pk,
        "effective_on": "2026-06-01",
        "required": "4",
        "completed": "30",
    }
    answer = desk.post(f"{stage.base}training/new/", post)
    assert answer.status_code == 422
    assert 'value="30"' in answer.content.decode()


@pytest.mark.parametrize("path", ["surveys/", "resistance/", "training/"])
def test_lists_need_no_more_statements_for_more_rows(stage, acme, desk, path):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def grow(count: int) -> None:
        with tenant_context(acme.id):
            for _each in range(count):
                unit = UnitFactory(headcount=30)
                wave = SurveyWaveFactory(programme=stage.programme)
                SurveyResultFactory(unit=unit, wave=wave)
                ResistanceSignalFactory(programme=stage.programme, unit=unit)
                TrainingProgressFactory(programme=stage.programme, unit=unit)

    counts = []
    for size in (2, 20):
        grow(size)
        with CaptureQueriesContext(connection) as asked:
            assert desk.get(stage.base + path).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_page_of_a_wave_needs_no_more_statements_for_more_units(stage, acme, desk):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for size in (2, 30):
        with tenant_context(acme.id):
            wave = SurveyWaveFactory()
            for _each in range(size):
                SurveyResultFactory(wave=wave, unit=UnitFactory(parent=stage.ops))
        with CaptureQueriesContext(connection) as asked:
            desk.get(f"/t/acme/surveys/{wave.reference}/")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_milestone_shows_the_people_it_touches(stage, acme, vic, client_for):
    from tests.factories.programmes import MilestoneFactory, MilestoneUnitFactory

    with tenant_context(acme.id):
        milestone = MilestoneFactory(programme=stage.programme)
        for unit in (stage.claims, stage.payroll):
            MilestoneUnitFactory(milestone=milestone, unit=unit)
        wave = SurveyWaveFactory(closed_on=date(2026, 6, 1))
        SurveyResultFactory(wave=wave, unit=stage.ops, mean=57.2, n=90)
        SurveyResultFactory(wave=wave, unit=stage.claims, mean=44.4, n=31)
        SurveyResultFactory(wave=wave, unit=stage.payroll, mean=None, n=None, is_released=False)
        TrainingProgressFactory(programme=stage.programme, unit=stage.claims)
        ResistanceSignalFactory(programme=stage.programme, unit=stage.claims)
    page = client_for(vic).get(f"{stage.base}plan/{milestone.reference}/").content.decode()
    assert "The people it touches" in page
    assert "31 answers" in page
    assert "inherited from Operations" in page
    assert "20 of 40" in page


def test_a_milestone_without_units_has_no_such_panel(stage, acme, vic, client_for):
    from tests.factories.programmes import MilestoneFactory

    with tenant_context(acme.id):
        milestone = MilestoneFactory(programme=stage.programme)
    page = client_for(vic).get(f"{stage.base}plan/{milestone.reference}/").content.decode()
    assert "The people it touches" not in page


@pytest.mark.parametrize("path", ["surveys/", "resistance/", "training/"])
def test_a_part_is_contained_in_its_page_and_nothing_is_shown_signed_out(
    stage, acme, signal, desk, path
):
    with tenant_context(acme.id):
        SurveyWaveFactory(programme=stage.programme)
        TrainingProgressFactory(programme=stage.programme, unit=stage.claims)
    page, part = (
        re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "token", answer.content.decode())
        for answer in (
            desk.get(stage.base + path),
            desk.get(stage.base + path, headers={"HX-Request": "true"}),
        )
    )
    assert part.strip()
    assert "<html" not in part
    assert part.strip() in page
    answer = Client().get(stage.base + path)
    assert answer.status_code == 302
    assert "/accounts/login/" in answer["Location"]


def test_entries_of_training_are_filtered_by_unit_and_day(stage, acme, desk):
    with tenant_context(acme.id):
        for unit, completed in ((stage.claims, 11), (stage.payroll, 12)):
            TrainingProgressFactory(
                programme=stage.programme, unit=unit, required=40, completed=completed
            )
    path = f"{stage.base}training/"
    assert f'{path}?unit=CLAIMS"' in desk.get(path).content.decode()
    for name, found, other in (("CLAIMS", "11,40", "12,40"), ("PAY", "12,40", "11,40")):
        held = desk.get(f"{path}?unit={name}&format=csv").content.decode()
        assert found in held
        assert other not in held
    assert "11,40" not in desk.get(f"{path}?since=2099-01-01&format=csv").content.decode()
