from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pmo_portal.desk import services
from pmo_portal.desk.models import SavedView
from pmo_portal.tenants.context import tenant_context
from tests.factories.desk import SavedViewFactory
from tests.factories.programmes import RaidItemFactory

pytestmark = pytest.mark.django_db


def _keep(browser, name: str, **more: object):
    url = reverse("desk:view_create", kwargs={"tenant": "acme"})
    asked = "?page=programmes:raid_all&query=side%3Dpeople%26page%3D3&summary=Side%3A+People&next=/t/acme/raid/"
    return browser.post(url + asked, {"name": name, **more})


@pytest.fixture
def item(in_acme):
    return RaidItemFactory(side="people")


def test_filters_are_kept_under_a_name_and_offered_above_the_list(item, dana, client_for) -> None:
    browser = client_for(dana)
    answer = _keep(browser, "People side")
    assert answer.status_code == 303
    assert answer["Location"] == "/t/acme/raid/?side=people"
    page = browser.get("/t/acme/raid/").content.decode()
    assert "People side" in page
    assert 'href="/t/acme/raid/?side=people"' in page


def test_the_page_number_of_a_list_is_not_kept() -> None:
    assert services.kept_part("page=2&side=people&sort=-score&as_of=2026-01-01&words=") == (
        "side=people&sort=-score"
    )


def test_a_view_is_seen_by_its_owner_only(item, dana, cam, client_for) -> None:
    _keep(client_for(dana), "Only mine")
    assert "Only mine" not in client_for(cam).get("/t/acme/raid/").content.decode()
    assert "Only mine" not in client_for(cam).get("/t/acme/views/").content.decode()


def test_leads_share_with_everybody(item, dana, vic, client_for) -> None:
    _keep(client_for(dana), "For all", is_shared="on")
    assert "For all" in client_for(vic).get("/t/acme/raid/").content.decode()


def test_a_viewer_is_not_offered_to_share_and_may_not(item, vic, in_acme, client_for) -> None:
    browser = client_for(vic)
    assert _keep(browser, "Mine", is_shared="on").status_code == 303
    assert not SavedView.objects.get(name="Mine").is_shared


def test_a_name_is_used_once_on_a_page(item, dana, client_for) -> None:
    browser = client_for(dana)
    _keep(browser, "Twice")
    answer = _keep(browser, "Twice")
    assert answer.status_code == 422
    assert "of this name" in answer.content.decode()


def test_a_shared_view_is_changed_by_its_owner_or_an_administrator(
    dana, cam, ada, in_acme, client_for
) -> None:
    view = SavedViewFactory(owner=dana.user, is_shared=True)
    url = reverse("desk:view_edit", kwargs={"tenant": "acme", "reference": view.reference})
    assert client_for(cam).get(url).status_code == 403
    assert client_for(ada).get(url).status_code == 200
    assert client_for(dana).get(url).status_code == 200


def test_a_private_view_of_somebody_else_does_not_exist(dana, ada, in_acme, client_for) -> None:
    view = SavedViewFactory(owner=dana.user, is_shared=False)
    url = reverse("desk:view_edit", kwargs={"tenant": "acme", "reference": view.reference})
    assert client_for(ada).get(url).status_code == 404


def test_two_people_renaming_one_view_meet_each_other(dana, ada, in_acme, client_for) -> None:
    view = SavedViewFactory(owner=dana.user, name="Old")
    url = reverse("desk:view_edit", kwargs={"tenant": "acme", "reference": view.reference})
    assert (
        client_for(ada).post(url, {"name": "First", "is_shared": "on", "version": 1}).status_code
        == 303
    )
    answer = client_for(dana).post(url, {"name": "Second", "is_shared": "on", "version": 1})
    assert answer.status_code == 409
    view.refresh_from_db()
    assert view.name == "First"


def test_a_removed_view_comes_back(dana, in_acme, client_for) -> None:
    view = SavedViewFactory(owner=dana.user)
    browser = client_for(dana)
    place = {"tenant": "acme", "reference": view.reference}
    browser.post(reverse("desk:view_remove", kwargs=place))
    assert not SavedView.objects.filter(pk=view.pk).exists()
    browser.post(reverse("history:record_restore", kwargs=place))
    assert SavedView.objects.filter(pk=view.pk).exists()


def test_a_view_for_an_address_that_is_none_is_refused(dana, client_for) -> None:
    url = reverse("desk:view_create", kwargs={"tenant": "acme"})
    assert client_for(dana).get(f"{url}?page=account_login").status_code == 404


def test_one_is_led_back_to_pages_of_this_organisation_only(dana, client_for) -> None:
    url = reverse("desk:view_create", kwargs={"tenant": "acme"})
    answer = client_for(dana).post(f"{url}?next=//elsewhere.example/t/acme/", {"name": "Here"})
    assert answer["Location"] == "/t/acme/views/"


def test_views_of_another_organisation_are_not_offered(acme, borealis, dana, client_for) -> None:
    with tenant_context(borealis.id):
        SavedViewFactory(name="Of Borealis")
    with tenant_context(acme.id):
        RaidItemFactory()
    assert "Of Borealis" not in client_for(dana).get("/t/acme/raid/").content.decode()


def test_the_menu_costs_one_statement_however_many_views(item, dana, in_acme, client_for) -> None:
    browser = client_for(dana)
    browser.get("/t/acme/raid/")
    with CaptureQueriesContext(
        connection,
    ) as without:
        browser.get("/t/acme/raid/")
    for _view in range(10):
        SavedViewFactory(owner=dana.user)
    with CaptureQueriesContext(connection) as with_ten:
        browser.get("/t/acme/raid/")
    assert len(with_ten) == len(without)
