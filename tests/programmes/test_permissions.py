"""Peers: delivery keeps its records, change keeps its own, neither edits the other's."""

from __future__ import annotations

import pytest

from pmo_portal.accounts.permissions import NotAllowed, can
from pmo_portal.common import clock
from pmo_portal.tenants.context import tenant_context
from programmes import services
from programmes.models import Milestone, RaidItem, StatusReport
from tests.factories.programmes import (
    MilestoneFactory,
    ProgrammeFactory,
    RaidItemFactory,
    StatusReportFactory,
)

pytestmark = pytest.mark.django_db

DELIVERY = ("dana", "dee")
CHANGE = ("cam", "coe")
READERS = ("ada", "sam", "spen", "vic")

MILESTONE = {"name": "Cut over", "baseline_on": "2099-01-05"}
RAID = {
    "kind": "risk",
    "title": "Late test data",
    "status": "identified",
    "opened_on": "2026-06-01",
}
STATUS = {"rating": "amber", "effective_on": "2026-06-01", "sentence": "It holds."}


@pytest.mark.parametrize(
    ("who", "half", "side"),
    [(who, "delivery", "delivery") for who in DELIVERY]
    + [(who, "adoption", "people") for who in CHANGE],
)
def test_each_function_keeps_its_own_records(who, half, side, stage, acme, client_for, request):
    browser = client_for(request.getfixturevalue(who))
    base = stage.base
    assert browser.post(f"{base}plan/new/", {**MILESTONE, "track": half}).status_code == 303
    assert browser.post(f"{base}raid/new/", {**RAID, "side": side}).status_code == 303
    assert browser.post(f"{base}raid/new/", {**RAID, "side": "both"}).status_code == 303
    assert browser.post(f"{base}status/{half}/new/", STATUS).status_code == 303
    with tenant_context(acme.id):
        assert Milestone.objects.get(name="Cut over").track == half
        assert RaidItem.objects.filter(title="Late test data").count() == 2
        assert StatusReport.objects.filter(half=half, sentence="It holds.").exists()


@pytest.mark.parametrize(
    ("who", "half", "side"),
    [(who, "adoption", "people") for who in DELIVERY]
    + [(who, "delivery", "delivery") for who in CHANGE],
)
def test_no_function_writes_the_records_of_the_other(
    who, half, side, stage, acme, client_for, request
):
    browser = client_for(request.getfixturevalue(who))
    base = stage.base
    milestone = stage.ready if half == "adoption" else stage.data
    risk = stage.people_risk if half == "adoption" else stage.risk
    with tenant_context(acme.id):
        report = StatusReportFactory(programme=stage.programme, half=half)
    # The other side is not among the choices; a forged choice comes back as a form.
    assert browser.post(f"{base}plan/new/", {**MILESTONE, "track": half}).status_code == 422
    assert browser.post(f"{base}raid/new/", {**RAID, "side": side}).status_code == 422
    assert browser.post(f"{base}status/{half}/new/", STATUS).status_code == 403
    forbidden = [
        *(
            f"{base}plan/{milestone.reference}/{verb}/"
            for verb in ("edit", "move", "achieve", "remove")
        ),
        *(f"{base}raid/{risk.reference}/{verb}/" for verb in ("edit", "close", "remove")),
        *(f"{base}status/{report.reference}/{verb}/" for verb in ("edit", "remove")),
    ]
    for path in forbidden:
        assert browser.post(path, {"version": 1}).status_code == 403, path
    for record in (milestone, risk, report):
        assert stage.fresh(record).version == 1
    assert stage.fresh(risk).is_open


@pytest.mark.parametrize("who", [*DELIVERY, *CHANGE])
def test_items_of_both_sides_are_kept_by_either(who, stage, client_for, request):
    browser = client_for(request.getfixturevalue(who))
    path = f"{stage.base}raid/{stage.joint_issue.reference}/close/"
    assert browser.post(path, {"to": "closed", "version": 1}).status_code == 303
    assert not stage.fresh(stage.joint_issue).is_open


@pytest.mark.parametrize("who", [*DELIVERY, *CHANGE])
def test_everybody_who_keeps_a_side_speaks_in_every_thread(who, stage, client_for, request):
    browser = client_for(request.getfixturevalue(who))
    for item in (stage.risk, stage.people_risk):
        path = f"{stage.base}raid/{item.reference}/update/"
        assert browser.post(path, {"text": "Heard in the briefing"}).status_code == 303


@pytest.mark.parametrize("who", READERS)
def test_readers_change_nothing(who, stage, client_for, request):
    browser = client_for(request.getfixturevalue(who))
    base = stage.base
    for path in (
        "/t/acme/programmes/new/",
        f"{base}details/edit/",
        f"{base}details/remove/",
        f"{base}details/members/",
        f"{base}details/members/dee/remove/",
        f"{base}plan/new/",
        f"{base}plan/{stage.data.reference}/move/",
        f"{base}raid/new/",
        f"{base}raid/{stage.joint_issue.reference}/edit/",
        f"{base}raid/{stage.risk.reference}/update/",
        f"{base}raid/{stage.risk.reference}/close/",
        f"{base}status/delivery/new/",
        f"{base}status/adoption/new/",
    ):
        assert browser.post(path, {"text": "x"}).status_code == 403, path
    for record in (stage.programme, stage.data, stage.risk, stage.joint_issue):
        assert stage.fresh(record).version == 1


@pytest.mark.parametrize("who", ["dee", "coe"])
def test_contributors_see_their_programmes_alone(who, stage, acme, client_for, request):
    with tenant_context(acme.id):
        other = RaidItemFactory(programme=ProgrammeFactory(code="OTHER"), title="Not for them")
    browser = client_for(request.getfixturevalue(who))
    for part in ("details/", "plan/", "raid/", "status/", "facts/"):
        assert browser.get(f"/t/acme/p/OTHER/{part}").status_code == 404
    assert browser.get(f"/t/acme/{other.reference}").status_code == 404
    log = browser.get("/t/acme/raid/").content.decode()
    assert "Not for them" not in log
    assert "Supplier is late" in log
    assert "Not for them" not in browser.get("/t/acme/raid/?format=csv").content.decode()


def test_leads_of_a_programme_change_what_it_is(stage, acme, vic):
    with tenant_context(acme.id):
        other = ProgrammeFactory()
        assert not can(vic, "programmes.programme_change", stage.programme)
        stage.programme.change_lead = vic.person
        assert can(vic, "programmes.programme_change", stage.programme)
        assert can(
            vic,
            "programmes.milestone_change",
            stage.ready.__class__(programme=stage.programme, track="adoption"),
        )
        assert not can(
            vic,
            "programmes.milestone_change",
            stage.data.__class__(programme=stage.programme, track="delivery"),
        )
        assert not can(vic, "programmes.programme_change", other)


def test_nobody_makes_themselves_a_lead_by_asking_for_it(stage, coe, client_for):
    post = {"code": "FHR", "name": "Mine", "stage": "delivery", "version": 1}
    post["delivery_lead"] = coe.person.pk
    assert client_for(coe).post(f"{stage.base}details/edit/", post).status_code == 403
    assert stage.fresh(stage.programme).delivery_lead_id is None


def test_a_milestone_does_not_change_sides_by_the_hand_of_one_function(stage, acme, dana):
    with tenant_context(acme.id), pytest.raises(NotAllowed):
        services.revise_milestone(
            stage.data, changes={"track": "adoption"}, at=clock.now(), on=clock.today(), acting=dana
        )
    assert stage.fresh(stage.data).track == "delivery"


def test_delivery_is_told_why(stage, acme, dana):
    with tenant_context(acme.id):
        answer = can(dana, "programmes.milestone_change", MilestoneFactory(track="adoption"))
    assert not answer
    assert "adoption function" in answer.reason
