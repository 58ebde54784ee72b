"""Dependencies between milestones: who may, what is refused, what the pages say."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pmo_portal.accounts.permissions import NotAllowed
from pmo_portal.tenants.context import tenant_context
from programmes import services
from programmes.models import MilestoneLink
from tests.factories.programmes import MilestoneFactory, MilestoneLinkFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 6, 5, 9, tzinfo=UTC)


@pytest.fixture
def programme(in_acme):
    return ProgrammeFactory(code="FHR")


@pytest.fixture
def plan(programme):
    """Data, then training, then the go-live."""
    return [
        MilestoneFactory(programme=programme, name="Data", baseline_on=date(2027, 1, 4)),
        MilestoneFactory(
            programme=programme, name="Training", track="adoption", baseline_on=date(2027, 1, 11)
        ),
        MilestoneFactory(
            programme=programme, name="Payroll", is_golive=True, baseline_on=date(2027, 1, 18)
        ),
    ]


def link(before, after, acting=None, **more) -> MilestoneLink:
    return services.link_milestones(
        MilestoneLink(before=before, after=after, **more), acting=acting
    )


def test_the_side_that_waits_says_what_for(plan, dana, cam) -> None:
    data, training, golive = plan
    with pytest.raises(NotAllowed):
        link(data, training, acting=dana)
    link(data, training, acting=cam)
    link(training, golive, acting=dana)


def test_a_loop_is_refused_and_named(plan) -> None:
    data, training, golive = plan
    link(data, training)
    link(training, golive)
    with pytest.raises(ValidationError) as refused:
        link(golive, data)
    chain = f"{data.reference} → {training.reference} → {golive.reference} → {data.reference}"
    assert chain in str(refused.value)


def test_a_removed_link_closes_no_loop_and_comes_back(plan, dana, client_for) -> None:
    data, _training, golive = plan
    first = link(data, golive)
    browser = client_for(dana)
    browser.post(f"/t/acme/p/FHR/plan/needs/{first.reference}/remove/")
    assert not MilestoneLink.objects.exists()
    link(golive, data)
    MilestoneLink.objects.all().delete()
    browser.post(f"/t/acme/history/{first.reference}/restore/")
    assert MilestoneLink.objects.get().before == data


def test_it_is_said_in_the_browser(plan, dana, client_for) -> None:
    data, _training, golive = plan
    browser, url = client_for(dana), golive.get_absolute_url()
    assert "It waits for nothing in the plan" in browser.get(url).content.decode()
    answer = browser.post(f"{url}needs/", {"before": data.pk, "lag": 3, "note": "Test data"})
    assert answer.status_code == 303
    page = browser.get(url).content.decode()
    assert data.reference in page
    assert "Test data" in page
    assert data.reference in browser.get("/t/acme/p/FHR/plan/").content.decode()


def test_dates_that_do_not_hold_together_are_said(plan, dana, client_for) -> None:
    data, _training, golive = plan
    link(data, golive, lag=20)
    page = client_for(dana).get(golive.get_absolute_url()).content.decode()
    assert "10 days too early" in page
    page = client_for(dana).get(data.get_absolute_url()).content.decode()
    assert "10 working days too late for what waits for it" in page


def test_a_milestone_of_another_programme_is_named_by_its_reference(plan, dana, client_for) -> None:
    elsewhere = MilestoneFactory(programme=ProgrammeFactory(name="Network"), name="Lines laid")
    url = plan[2].get_absolute_url()
    browser = client_for(dana)
    wrong = browser.post(f"{url}needs/", {"elsewhere": "M-99999", "lag": 0})
    assert wrong.status_code == 422
    assert "No milestone has this reference" in wrong.content.decode()
    right = browser.post(f"{url}needs/", {"elsewhere": elsewhere.reference.lower(), "lag": 0})
    assert right.status_code == 303
    assert "Network" in browser.get(url).content.decode()


def test_a_programme_one_does_not_see_is_not_named(plan, dee, in_acme, client_for) -> None:
    from tests.factories.programmes import ProgrammeMemberFactory

    ProgrammeMemberFactory(programme=plan[0].programme, person=dee.person)
    hidden = MilestoneFactory(programme=ProgrammeFactory(name="Secret"))
    answer = client_for(dee).post(
        f"{plan[2].get_absolute_url()}needs/", {"elsewhere": hidden.reference, "lag": 0}
    )
    assert answer.status_code == 422
    assert not MilestoneLink.objects.exists()


def test_the_plan_needs_no_more_statements_for_more_links(programme, dana, client_for) -> None:
    browser = client_for(dana)
    counts = []
    for more in (1, 9):
        for _each in range(more):
            first, second = (MilestoneFactory(programme=programme) for _end in range(2))
            MilestoneLinkFactory(before=first, after=second)
        browser.get("/t/acme/p/FHR/plan/")
        with CaptureQueriesContext(connection) as asked:
            assert browser.get("/t/acme/p/FHR/plan/").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_milestones_of_another_organisation_cannot_be_waited_for(
    acme, borealis, dana, client_for
) -> None:
    with tenant_context(borealis.id):
        theirs = [MilestoneFactory() for _each in range(3)][-1]
    with tenant_context(acme.id):
        ours = MilestoneFactory(programme__code="FHR")
        url = ours.get_absolute_url()
    answer = client_for(dana).post(f"{url}needs/", {"elsewhere": theirs.reference, "lag": 0})
    assert answer.status_code == 422
    answer = client_for(dana).post(f"{url}needs/", {"before": theirs.pk, "lag": 0})
    assert answer.status_code == 422
