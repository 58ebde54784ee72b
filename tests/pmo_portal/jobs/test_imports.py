"""Files in, in the browser: upload, preview, confirm, report, and everything that may go wrong."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from adoption.models import SurveyWave
from pmo_portal.common import clock
from pmo_portal.jobs import runs, services as jobs
from pmo_portal.jobs.imports import reading, services
from pmo_portal.jobs.models import Job, Ticket, Upload
from pmo_portal.tenants.context import tenant_context

pytestmark = pytest.mark.django_db

FILE = Path(__file__).parents[2] / "adoption" / "files" / "people_survey.csv"
URL = "/t/acme/imports/people-survey/"


@pytest.fixture(autouse=True)
def _nothing_leaves(monkeypatch):
    monkeypatch.setattr(jobs, "nudge", lambda *args: True)


def send(desk, content: bytes | None = None, name: str = "survey.csv"):
    content = FILE.read_bytes() if content is None else content
    return desk.post(URL, {"file": SimpleUploadedFile(name, content)})


def work(tenant) -> Job:
    """Do what a worker would do; the latest job."""
    with tenant_context(tenant.id):
        job = Job.objects.select_related("ticket").order_by("-number").first()
    runs.run(tenant.id, job.ticket_id)
    with tenant_context(tenant.id):
        return Job.objects.select_related("ticket").get(pk=job.pk)


def waves(tenant) -> int:
    with tenant_context(tenant.id):
        return SurveyWave.objects.count()


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\xef\xbb\xbf\r\n \r\n"])
def test_a_file_without_a_letter_is_empty(content):
    with pytest.raises(reading.DamagedFile, match="empty"):
        reading.read_csv(content, required=("a",))


def test_columns_without_a_name_are_said_plainly():
    with pytest.raises(reading.DamagedFile, match="2 columns have no name in the heading"):
        reading.read_csv(b"a,b,,\n1,2,,\n", required=("a",))


def test_a_file_is_checked_previewed_confirmed_and_reported(acme, cam, client_for):
    desk = client_for(cam)
    preview = send(desk)["Location"]
    waiting = desk.get(preview).content.decode()
    assert "every 2s" in waiting
    job = work(acme)
    assert preview in desk.get(f"/t/acme/jobs/{job.reference}/").content.decode()
    page = desk.get(preview).content.decode()
    assert "Nothing has been written yet" in page
    assert "lies outside 0 to 100" in page
    assert "Benchmark rows" in page
    assert waves(acme) == 0
    report = desk.post(f"{preview}confirm/")["Location"]
    assert report != preview
    work(acme)
    page = desk.get(report).content.decode()
    assert "The file is imported" in page
    assert waves(acme) == 13
    with tenant_context(acme.id):
        assert not Upload.objects.exists()


def test_confirming_twice_imports_once(acme, cam, client_for):
    desk = client_for(cam)
    preview = send(desk)["Location"]
    work(acme)
    first = desk.post(f"{preview}confirm/")["Location"]
    assert desk.post(f"{preview}confirm/")["Location"] == first
    with tenant_context(acme.id):
        assert Job.objects.count() == 2


def test_a_preview_says_how_the_import_went_and_what_failed_is_tried_again(acme, cam, client_for):
    desk = client_for(cam)
    preview = send(desk)["Location"]
    work(acme)
    report = desk.post(f"{preview}confirm/")["Location"]
    assert "This file is being imported" in desk.get(preview).content.decode()
    with tenant_context(acme.id):
        job = Job.objects.latest("number")
        Ticket.objects.filter(pk=job.ticket_id).update(state="failed")
    page = desk.get(preview).content.decode()
    assert "The import of this file failed" in page
    assert report in page
    assert desk.post(f"{preview}confirm/")["Location"] == report
    assert work(acme).state == "done"
    assert "This file was imported" in desk.get(preview).content.decode()
    assert waves(acme) == 13


def test_so_many_files_of_an_organisation_wait_at_once(acme, cam, client_for):
    desk = client_for(cam)
    preview = send(desk)["Location"]
    work(acme)
    for _time in range(services.MOST_WAITING):
        assert send(desk).status_code == 303
    full = "5 files of your organisation wait to be checked or imported. Try again when one of them is done."
    refused = send(desk)
    assert refused.status_code == 422
    assert full in refused.content.decode()
    confirmed = desk.post(f"{preview}confirm/")
    assert (confirmed.status_code, confirmed.url) == (303, preview)
    assert full in desk.get(preview).content.decode()
    with tenant_context(acme.id):
        assert Job.objects.count() == Upload.objects.count() == 1 + services.MOST_WAITING
    work(acme)
    assert desk.post(f"{preview}confirm/").url != preview


def test_so_many_files_are_sent_within_a_day(acme, cam, client_for, monkeypatch):
    monkeypatch.setattr(services, "MOST_A_DAY", 1)
    desk = client_for(cam)
    send(desk)
    work(acme)
    answer = send(desk)
    assert answer.status_code == 422
    assert "has sent 1 files within a day. Send this one tomorrow." in answer.content.decode()
    with tenant_context(acme.id):
        Job.objects.update(created_at=clock.now() - timedelta(days=1))
    assert send(desk).status_code == 303


def test_the_same_file_again_has_nothing_to_do(acme, cam, client_for):
    desk = client_for(cam)
    preview = send(desk)["Location"]
    work(acme)
    desk.post(f"{preview}confirm/")
    work(acme)
    again = send(desk)["Location"]
    work(acme)
    page = desk.get(again).content.decode()
    assert "Everything in this file is here already" in page
    assert "confirm/" not in page


def test_a_damaged_file_imports_nothing_and_says_why(acme, cam, client_for):
    desk = client_for(cam)
    preview = send(desk, FILE.read_bytes()[:-40])["Location"]
    job = work(acme)
    assert job.state == "failed"
    page = desk.get(preview).content.decode()
    assert "the file is damaged" in page
    assert page.count("Nothing was imported") == 1
    assert desk.post(f"{preview}confirm/").status_code == 404
    assert waves(acme) == 0


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [("survey.xlsx", b"x", "of type .csv"), ("survey.csv", b"", "empty")],
)
def test_a_file_of_the_wrong_kind_is_refused_at_once(acme, cam, client_for, name, content, why):
    answer = send(client_for(cam), content, name)
    assert answer.status_code == 422
    assert why in answer.content.decode()


def test_sending_no_file_is_answered(acme, cam, client_for):
    assert client_for(cam).post(URL, {}).status_code == 422


def test_a_file_that_is_too_large_is_refused(acme, cam, client_for, monkeypatch):
    from pmo_portal.jobs.imports import forms

    monkeypatch.setattr(forms, "MAX_BYTES", 10)
    assert send(client_for(cam)).status_code == 422


def test_delivery_does_not_import_adoption_records(acme, dana, vic, client_for):
    for member in (dana, vic):
        assert client_for(member).get(URL).status_code == 403
        assert send(client_for(member)).status_code == 403


def test_an_outsider_finds_no_import(acme, cam, ola, client_for):
    preview = send(client_for(cam))["Location"]
    assert client_for(ola).get(URL).status_code == 404
    assert client_for(ola).get(preview).status_code == 404


def test_somebody_elses_preview_is_not_there(acme, cam, client_for):
    from pmo_portal.accounts.choices import Role
    from tests.factories.accounts import make_member

    preview = send(client_for(cam))["Location"]
    other = make_member(acme, "Cleo Chang", Role.CHANGE_LEAD)
    assert client_for(other).get(preview).status_code == 404
    assert client_for(other).post(f"{preview}confirm/").status_code == 404


def test_who_lost_their_role_meanwhile_imports_nothing(acme, cam, client_for):
    send(client_for(cam))
    with tenant_context(acme.id):
        cam.membership.roles = ["viewer"]
        cam.membership.save()
    job = work(acme)
    assert job.state == "failed"
    assert "change lead" in job.error


def test_files_that_nobody_imported_are_removed(acme, cam, client_for):
    send(client_for(cam))
    with tenant_context(acme.id):
        Upload.objects.update(created_at=clock.now() - timedelta(days=8))
        jobs.enqueue("jobs.remove_uploads", title="Tidy", slot="tidy")
    assert work(acme).result == {"removed": 1}


def test_unknown_kinds_and_odd_references_are_not_there(acme, cam, client_for):
    desk = client_for(cam)
    for path in ("nope/", "people-survey/J-99/", "people-survey/X/", "people-survey/J-x/"):
        assert desk.get(f"/t/acme/imports/{path}").status_code == 404


def test_the_list_names_what_a_member_may_import(acme, cam, vic, client_for):
    page = client_for(cam).get("/t/acme/imports/").content.decode()
    assert "People Survey" in page
    assert client_for(vic).get("/t/acme/imports/").status_code == 403


@pytest.mark.parametrize("text", ["nan", "inf", "-Infinity", "1,5", "x"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValueError):
        reading.number(text)
