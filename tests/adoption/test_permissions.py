"""Peers: the change function keeps adoption records, delivery and everybody else reads them."""

from __future__ import annotations

import pytest

from adoption.models import ResistanceSignal, SurveyWave, TrainingProgress
from pmo_portal.accounts.permissions import can
from pmo_portal.tenants.context import tenant_context
from tests.factories.adoption import (
    ResistanceSignalFactory,
    SurveyResultFactory,
    SurveyWaveFactory,
)
from tests.factories.programmes import ProgrammeFactory

pytestmark = pytest.mark.django_db

WRITERS = ("cam", "coe")
READERS = ("dana", "dee", "sam", "spen", "vic", "ada")

SIGNAL = {
    "unit": "",
    "source": "log",
    "theme": "cannot_yet",
    "strength": "2",
    "text": "Shadow spreadsheets",
    "effective_on": "2026-06-01",
    "response": "",
}


def test_a_wave_without_figures_is_refused_and_what_is_wrong_is_counted(
    stage, cam, client_for
) -> None:
    wave = {"name": "Pulse 1", "measure": "engagement", "closed_on": "2026-06-01"}
    answer = client_for(cam).post(f"{stage.base}surveys/new/", wave)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "One thing needs another look" in page
    assert "Enter the figures of at least one unit." in page
    page = client_for(cam).post(f"{stage.base}surveys/new/", {**wave, "name": ""}).content.decode()
    assert "2 things need another look" in page


@pytest.mark.parametrize("who", WRITERS)
def test_the_change_function_keeps_adoption_records(who, stage, acme, client_for, request):
    browser = client_for(request.getfixturevalue(who))
    post = {**SIGNAL, "unit": stage.claims.pk}
    assert browser.post(f"{stage.base}resistance/new/", post).status_code == 303
    training = {
        "unit": stage.claims.pk,
        "effective_on": "2026-06-01",
        "required": "40",
        "completed": "30",
        "planned_percent": "80",
    }
    assert browser.post(f"{stage.base}training/new/", training).status_code == 303
    wave = {"name": "Pulse 1", "measure": "engagement", "closed_on": "2026-06-01"}
    wave |= {"CLAIMS-mean": "61.5", "CLAIMS-n": "44"}
    assert browser.post(f"{stage.base}surveys/new/", wave).status_code == 303
    with tenant_context(acme.id):
        assert ResistanceSignal.objects.get().text == "Shadow spreadsheets"
        assert TrainingProgress.objects.get().planned_share == 0.8
        assert SurveyWave.objects.get().results.released().count() == 2


@pytest.mark.parametrize("who", READERS)
def test_everybody_else_reads_and_changes_nothing(who, stage, acme, client_for, request):
    browser = client_for(request.getfixturevalue(who))
    with tenant_context(acme.id):
        signal = ResistanceSignalFactory(programme=stage.programme, unit=stage.claims)
        wave = SurveyResultFactory(unit=stage.claims, wave__programme=stage.programme).wave
    base = stage.base
    sign, survey = f"{base}resistance/{signal.reference}/", f"/t/acme/surveys/{wave.reference}/"
    for path in (f"{base}surveys/", f"{base}resistance/", f"{base}training/", sign, survey):
        assert browser.get(path).status_code == 200, path
    for path in (f"{base}surveys/new/", f"{base}resistance/new/", f"{base}training/new/"):
        assert browser.get(path).status_code == 403, path
        assert browser.post(path, SIGNAL).status_code == 403, path
    for path in (f"{sign}edit/", f"{sign}resolve/", f"{sign}reopen/", f"{sign}remove/"):
        assert browser.post(path, SIGNAL).status_code == 403, path
    for path in (f"{survey}edit/", f"{survey}withdraw/", "/t/acme/surveys/new/"):
        assert browser.post(path, SIGNAL).status_code == 403, path
    with tenant_context(acme.id):
        signal.refresh_from_db()
        wave.refresh_from_db()
        assert (signal.version, wave.version) == (1, 1)


def test_delivery_is_told_why(stage, dana):
    answer = can(dana, "adoption.signal_create", stage.programme)
    assert not answer
    assert "adoption function" in answer.reason


def test_the_change_lead_of_a_programme_keeps_its_records(stage, acme, vic):
    with tenant_context(acme.id):
        other = ProgrammeFactory()
        stage.programme.change_lead = vic.person
        assert can(vic, "adoption.signal_create", stage.programme)
        assert not can(vic, "adoption.signal_create", other)


def test_a_contributor_keeps_records_of_their_programmes_alone(stage, acme, coe, client_for):
    with tenant_context(acme.id):
        ProgrammeFactory(code="OTHER")
        assert not can(coe, "adoption.survey_record", None)
    browser = client_for(coe)
    for part in ("surveys/", "resistance/", "training/"):
        assert browser.get(f"/t/acme/p/OTHER/{part}").status_code == 404


def test_waves_of_the_organisation_are_recorded_by_its_change_lead(stage, cam, coe, client_for):
    assert client_for(cam).get("/t/acme/surveys/new/").status_code == 200
    assert client_for(coe).get("/t/acme/surveys/new/").status_code == 403


def test_a_wave_of_a_programme_is_not_there_for_those_who_do_not_see_it(
    stage, acme, coe, client_for
):
    with tenant_context(acme.id):
        hidden = SurveyWaveFactory(programme=ProgrammeFactory(code="OTHER"))
        common = SurveyWaveFactory()
    browser = client_for(coe)
    assert browser.get(f"/t/acme/surveys/{hidden.reference}/").status_code == 404
    assert browser.get(f"/t/acme/{hidden.reference}").status_code == 404
    assert browser.get(f"/t/acme/surveys/{common.reference}/").status_code == 200
    assert hidden.name not in browser.get("/t/acme/surveys/").content.decode()


def test_an_outsider_finds_nothing(stage, acme, ola, client_for):
    with tenant_context(acme.id):
        signal = ResistanceSignalFactory(programme=stage.programme, unit=stage.claims)
        wave = SurveyWaveFactory()
    browser = client_for(ola)
    for path in ("surveys/", f"surveys/{wave.reference}/", "p/FHR/resistance/"):
        assert browser.get(f"/t/acme/{path}").status_code == 404
        assert browser.get(f"/t/borealis/{path}").status_code in (200, 404)
    page = browser.get("/t/borealis/surveys/").content.decode()
    assert wave.name not in page
    assert browser.get(f"/t/borealis/surveys/{wave.reference}/").status_code == 404
    assert browser.get(f"/t/borealis/p/FHR/resistance/{signal.reference}/").status_code == 404
