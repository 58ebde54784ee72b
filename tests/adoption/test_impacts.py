"""Impacts: kept by change, seen by both, looked at again and never rewritten."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from adoption import selectors, services
from adoption.models import Impact, ImpactReview
from pmo_portal.accounts.permissions import NotAllowed
from pmo_portal.common import clock
from pmo_portal.history.services import EditConflict
from pmo_portal.tenants.context import tenant_context
from tests.factories.adoption import ImpactFactory, ImpactReviewFactory
from tests.factories.programmes import ProgrammeFactory
from tests.factories.tenants import UnitFactory

pytestmark = pytest.mark.django_db

DAY, NEXT = date(2026, 6, 5), date(2026, 8, 1)
NOW = datetime(2026, 6, 5, 9, tzinfo=UTC)


@pytest.fixture
def programme(in_acme):
    return ProgrammeFactory(code="FHR")


@pytest.fixture
def impact(programme):
    return ImpactFactory(programme=programme, title="Leave is asked for in the portal")


def look(impact: Impact, acting=None, version: int | None = None, **more) -> ImpactReview:
    values = {
        "stage": "baseline",
        "project_rating": 2,
        "unit_rating": 4,
        "reason": "Asked",
        "review_on": NEXT,
    }
    review = ImpactReview(impact=impact, **{**values, **more})
    return services.review_impact(review, version=version, at=NOW, on=DAY, acting=acting)


def test_delivery_reads_impacts_and_changes_none(impact, dana, client_for) -> None:
    with pytest.raises(NotAllowed, match="adoption function"):
        look(impact, dana)
    with pytest.raises(NotAllowed):
        services.record_impact(Impact(programme=impact.programme, title="x"), acting=dana)
    assert client_for(dana).get(impact.get_absolute_url()).status_code == 200


def test_a_review_says_when_to_look_again(impact, cam) -> None:
    assert impact.is_due(DAY, is_reviewed=False)
    look(impact, cam)
    impact.refresh_from_db()
    assert impact.review_on == NEXT
    assert not impact.is_due(DAY, is_reviewed=True)
    assert impact.is_due(NEXT, is_reviewed=True)


def test_a_review_without_a_next_day_is_the_last_one(impact, cam, client_for) -> None:
    browser, today = client_for(cam), clock.today()
    pages = "/t/acme/p/FHR/impacts/", "/t/acme/impacts/"

    def due() -> list[bool]:
        found = [browser.get(page).context for page in pages]
        counts = [found[0]["due"], found[1]["counts"]["due"]]
        rows = [each["register"].rows[0].due for each in found]
        one = browser.get(impact.get_absolute_url()).context["is_due"]
        return [bool(each) for each in (*counts, *rows, one, Impact.objects.due(today))]

    assert due() == [True] * 6
    look(impact, review_on=None)
    look(impact, review_on=None)
    assert due() == [False] * 6
    look(impact, review_on=date(2020, 1, 1))
    assert due() == [True] * 6
    assert Impact.objects.due(today).count() == 1


def test_the_page_counts_the_newest_review_as_its_register_does(impact, cam, client_for) -> None:
    """Also where a later one is filed under an earlier stage."""
    look(impact, stage="half", project_rating=2, unit_rating=4)
    ImpactReviewFactory(
        impact=impact,
        stage="baseline",
        project_rating=3,
        unit_rating=3,
        effective_on=DAY + timedelta(days=1),
    )
    answer = client_for(cam).get("/t/acme/p/FHR/impacts/")
    assert answer.context["apart"] == 0
    assert not answer.context["register"].rows[0].apart


def test_every_review_is_kept(impact, cam) -> None:
    look(impact, cam)
    look(impact, cam, stage="half", project_rating=3, unit_rating=3)
    assert [each.project_rating for each in selectors.reviews_of(impact)] == [3, 2]
    ((_impact, stages),) = selectors.timeline(impact.programme)
    assert [each.gap for each in stages if each] == [2, 0]


def test_a_view_that_was_not_given_is_neither_agreement_nor_zero(impact, cam) -> None:
    review = look(impact, cam, unit_rating=None, reason="The unit is asked in July")
    assert review.gap is None
    assert not selectors.disagrees(5, None)
    assert selectors.disagrees(1, 3)
    assert not selectors.disagrees(2, 3)


def test_two_reviews_of_one_moment_meet_each_other(impact, cam) -> None:
    look(impact, cam, version=1)
    with pytest.raises(EditConflict):
        look(impact, cam, version=1)
    assert ImpactReview.objects.count() == 1


def test_the_story_in_the_browser(programme, cam, vic, client_for) -> None:
    unit = UnitFactory(name="Payroll")
    browser = client_for(cam)
    assert (
        "No impact on people is on record yet"
        in browser.get("/t/acme/p/FHR/impacts/").content.decode()
    )
    made = browser.post(
        "/t/acme/p/FHR/impacts/new/", {"title": "Leave in the portal", "units": [unit.pk]}
    )
    assert made.status_code == 303
    url = made["Location"]
    said = {
        "version": 1,
        "stage": "baseline",
        "project_rating": "1",
        "unit_rating": "4",
        "reason": "Workshop",
        "review_on": "2099-01-01",
    }
    assert browser.post(f"{url}review/", said).status_code == 303
    page = client_for(vic).get("/t/acme/p/FHR/impacts/").content.decode()
    assert "Project and unit see one of 1 impacts differently" in page
    assert "Payroll" in page
    assert "+3" in page


def test_a_colleagues_review_is_shown_before_mine_is_added(impact, cam, client_for) -> None:
    url = f"{impact.get_absolute_url()}review/"
    look(impact, cam, version=1, reason="They said so")
    said = {
        "version": 1,
        "stage": "half",
        "project_rating": "3",
        "reason": "I say so",
        "review_on": "2099-01-01",
    }
    answer = client_for(cam).post(url, said)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "They said so" in page
    assert "I say so" in page
    assert client_for(cam).post(url, {**said, "version": 2}).status_code == 303


def test_the_next_look_lies_ahead(impact, cam, client_for) -> None:
    said = {"version": 1, "stage": "half", "reason": "Again", "review_on": "2020-01-01"}
    answer = client_for(cam).post(f"{impact.get_absolute_url()}review/", said)
    assert answer.status_code == 422
    assert not ImpactReview.objects.exists()


@pytest.mark.parametrize("missing", ["project_rating", "unit_rating"])
def test_a_view_that_is_missing_is_asked_for_again(impact, cam, client_for, missing) -> None:
    url = f"{impact.get_absolute_url()}review/"
    given = {"project_rating": "2", "unit_rating": "2"}
    said = {"version": 1, "stage": "half", "reason": "Not asked yet", **given, missing: ""}
    answer = client_for(cam).post(url, said)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["review_on"]
    assert "A view is missing" in answer.content.decode()
    assert not ImpactReview.objects.exists()
    with pytest.raises(ValidationError, match="A view is missing"):
        look(impact, cam, review_on=None, **{missing: None})
    # A day that is over is told once, as what it is.
    (told,) = client_for(cam).post(url, said | {"review_on": "2020-01-01"}).context["form"].errors["review_on"]  # fmt: skip
    assert "after today" in told
    assert client_for(cam).post(url, said | given).status_code == 303


def test_two_people_editing_one_impact_meet_each_other(impact, cam, client_for) -> None:
    url = f"{impact.get_absolute_url()}edit/"
    assert client_for(cam).post(url, {"title": "First", "version": 1}).status_code == 303
    assert client_for(cam).post(url, {"title": "Second", "version": 1}).status_code == 409


def test_a_removed_impact_comes_back(impact, cam, client_for) -> None:
    browser = client_for(cam)
    browser.post(f"{impact.get_absolute_url()}remove/")
    assert not Impact.objects.exists()
    browser.post(f"/t/acme/history/{impact.reference}/restore/")
    assert Impact.objects.exists()


@pytest.mark.parametrize("state", ["due", "apart", "never"])
def test_filters_find_what_they_say(impact, cam, client_for, state: str) -> None:
    other = ImpactFactory(
        programme=impact.programme, title="Nothing to see", review_on=date(2099, 1, 1)
    )
    ImpactReviewFactory(impact=other, project_rating=1, unit_rating=1)
    if state == "apart":
        ImpactReviewFactory(impact=impact)
    page = client_for(cam).get(
        f"/t/acme/p/FHR/impacts/?state={state}", headers={"HX-Request": "true"}
    )
    assert "Leave is asked for" in page.content.decode()
    assert "Nothing to see" not in page.content.decode()


def test_statements_do_not_grow_with_impacts(programme, cam, client_for) -> None:
    browser, counts = client_for(cam), []
    for more in (1, 9):
        for _each in range(more):
            ImpactReviewFactory(impact=ImpactFactory(programme=programme))
        with CaptureQueriesContext(connection) as asked:
            assert browser.get("/t/acme/p/FHR/impacts/").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_impacts_of_another_organisation_do_not_exist(acme, borealis, cam, client_for) -> None:
    with tenant_context(borealis.id):
        impact = ImpactFactory()
    assert client_for(cam).get(f"/t/acme/{impact.reference}").status_code == 404
