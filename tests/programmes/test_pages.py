"""Every page opens for whoever belongs to the organisation, whole and as a part."""

from __future__ import annotations

import pytest
from django.utils.formats import date_format

from pmo_portal.tenants.context import tenant_context
from programmes.models import Programme
from tests.factories.programmes import ProgrammeFactory

pytestmark = pytest.mark.django_db


def pages(stage) -> list[str]:
    base = stage.base
    return [
        f"{base}details/",
        f"{base}facts/",
        f"{base}plan/",
        f"{base}plan/{stage.data.reference}/",
        f"{base}raid/",
        f"{base}raid/{stage.risk.reference}/",
        f"{base}raid/{stage.joint_issue.reference}/",
        f"{base}status/",
        f"{base}status/{stage.report.reference}/",
        "/t/acme/raid/",
    ]


@pytest.mark.parametrize("who", ["dana", "cam", "ada", "sam", "spen", "vic", "dee", "coe"])
def test_everybody_of_the_programme_reads_everything(who, stage, client_for, request):
    browser = client_for(request.getfixturevalue(who))
    for path in pages(stage):
        assert browser.get(path).status_code == 200, path


def test_forms_open_for_those_who_keep_the_records(stage, delivery, change):
    base = stage.base
    for path in (
        "/t/acme/programmes/new/",
        f"{base}details/edit/",
        f"{base}plan/new/",
        f"{base}plan/{stage.data.reference}/edit/",
        f"{base}plan/{stage.data.reference}/move/",
        f"{base}plan/{stage.data.reference}/achieve/",
        f"{base}raid/new/",
        f"{base}raid/new/?kind=issue",
        f"{base}raid/{stage.risk.reference}/edit/",
        f"{base}status/delivery/new/",
        f"{base}status/{stage.report.reference}/edit/",
    ):
        assert delivery.get(path).status_code == 200, path
    assert change.get(f"{base}status/adoption/new/").status_code == 200
    assert change.get(f"{base}plan/{stage.ready.reference}/edit/").status_code == 200


def test_an_outsider_finds_nothing(stage, ola, client_for):
    browser = client_for(ola)
    for path in pages(stage):
        assert browser.get(path).status_code == 404, path
        assert browser.get(path.replace("/acme/", "/borealis/", 1)).status_code in (200, 404), path
    assert "Supplier is late" not in browser.get("/t/borealis/raid/").content.decode()


def test_htmx_gets_the_register_alone(stage, delivery):
    for path in (
        f"{stage.base}plan/",
        f"{stage.base}raid/",
        f"{stage.base}status/",
        "/t/acme/raid/",
    ):
        part = delivery.get(path, headers={"HX-Request": "true"}).content.decode()
        assert "<html" not in part
        assert 'id="register"' in part


def test_references_and_words_find_records(stage, delivery):
    for record in (stage.data, stage.risk, stage.report, stage.programme):
        answer = delivery.get(f"/t/acme/{record.reference}")
        assert answer["Location"] == record.get_absolute_url()
    found = delivery.get("/t/acme/find/?q=supplier").content.decode()
    assert stage.risk.reference in found


def test_a_record_under_another_programme_is_not_there(stage, acme, delivery):
    with tenant_context(acme.id):
        ProgrammeFactory(code="OTHER")
    for path in (
        f"plan/{stage.data.reference}/",
        f"raid/{stage.risk.reference}/",
        f"status/{stage.report.reference}/",
        "plan/M-x/",
        "plan/R-1/",
        "raid/X-1/",
        "raid/R-٣/",
        "status/sideways/new/",
        "details/members/nobody/",
    ):
        assert delivery.get(f"/t/acme/p/OTHER/{path}").status_code == 404, path


def test_an_address_with_a_former_code_leads_on_whoever_may_see_the_programme(
    stage, acme, delivery, dee, client_for
):
    with tenant_context(acme.id):
        ProgrammeFactory(code="OTHER")
        for old, new in (("FHR", "HRF"), ("OTHER", "HIDDEN")):
            Programme.objects.filter(code=old).update(code=new)
    answer = client_for(dee).get(f"{stage.base}raid/?sort=-score")
    assert (answer.status_code, answer.url) == (302, "/t/acme/p/HRF/raid/?sort=-score")
    typed = {
        "kind": "risk", "side": "delivery", "title": "Keys are lost",
        "status": "identified", "opened_on": "2026-06-01",
    }  # fmt: skip
    made = delivery.post(f"{stage.base}raid/new/", typed, follow=True)
    assert [status for _url, status in made.redirect_chain] == [307, 303]
    assert "Keys are lost" in made.content.decode()
    assert delivery.get("/t/acme/p/OTHER/raid/").status_code == 302
    assert client_for(dee).get("/t/acme/p/OTHER/raid/").status_code == 404


def test_half_a_rating_is_shown_and_so_is_the_category(stage, delivery):
    """What somebody typed is never out of sight because the other half of it is missing."""
    url = f"{stage.base}raid/new/"
    typed = {
        "kind": "risk", "side": "delivery", "category": "supplier", "title": "Keys are lost",
        "probability": "4", "status": "identified", "opened_on": "2026-06-01",
    }  # fmt: skip
    made = delivery.post(url, typed)
    assert made.status_code == 303
    page = delivery.get(made.url).content.decode()
    assert "Probability 4 Likely, impact not said yet" in page
    assert "Supplier" in page


def test_a_register_of_one_counts_one(stage, delivery):
    page = delivery.get(f"{stage.base}status/").content.decode()
    assert "<b>1</b> report<" in page


def test_the_plan_has_a_drawing_for_phones_with_names_and_dates(stage, delivery):
    page = delivery.get(f"{stage.base}plan/").content.decode()
    phone = page.partition('<div class="pp-on-phone">')[2].partition("</svg>")[0]
    assert 'class="pp-plot pp-plot-narrow"' in phone
    for milestone in (stage.data, stage.ready):
        assert f"{milestone.reference} " in phone
        assert date_format(milestone.forecast_on, "j M Y") in phone
    # The form in which people are added is no part of a paper.
    paper = delivery.get(f"{stage.base}details/").content.decode()
    assert '<form class="pp-form pp-no-print"' in paper


def test_the_half_of_adoption_has_one_name(stage, change):
    page = change.get(f"{stage.base}raid/").content.decode()
    navigation = page.partition('<nav class="pp-nav"')[2].partition("</nav>")[0]
    assert "</span>Adoption</p>" in navigation
    assert "People</p>" not in navigation
    assert "Adoption</option>" in page
    assert "People</option>" not in page.partition('name="side"')[2].partition("</select>")[0]
