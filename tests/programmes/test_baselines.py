"""Baselines of a plan: kept by both functions, never changed, and compared with the plan of today."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pmo_portal.accounts.permissions import NotAllowed
from pmo_portal.common import clock
from pmo_portal.tenants.context import tenant_context
from programmes import selectors, services
from programmes.models import BaselineDate, Milestone, PlanBaseline
from tests.factories.programmes import (
    BaselineDateFactory,
    MilestoneFactory,
    PlanBaselineFactory,
    ProgrammeFactory,
)
from tests.pages import read
from tests.pmo_portal.scorecards.stories import TODAY, payroll

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("day_of_stories")]

LIST = "/t/acme/p/PAY/baselines/"
DUE = date(2026, 9, 1)


@pytest.fixture
def programme(acme) -> Any:
    with tenant_context(acme.id):
        return payroll().programme


def keep(programme: Any, acting: Any, name: str = "Agreed") -> PlanBaseline:
    baseline = PlanBaseline(programme=programme, name=name, reason="The steering group agreed.")
    return services.keep_baseline(baseline, at=clock.now(), on=TODAY, acting=acting)


def test_both_functions_may_keep_one_and_others_may_not(acme, programme, dana, cam, vic) -> None:
    with tenant_context(acme.id):
        assert keep(programme, dana, "By delivery").number == 1
        assert keep(programme, cam, "By change").number == 2
        with pytest.raises(NotAllowed):
            keep(programme, vic)


def test_it_holds_both_tracks_and_does_not_move_with_the_plan(acme, programme, dana) -> None:
    with tenant_context(acme.id):
        Milestone.objects.all().delete()
        moved = MilestoneFactory(programme=programme, baseline_on=DUE)
        done = MilestoneFactory(
            programme=programme,
            baseline_on=DUE,
            track="adoption",
            actual_on=DUE - timedelta(days=3),
        )
        kept = keep(programme, dana)
        services.move_forecast(
            moved, to=DUE + timedelta(days=7), reason="Late", at=clock.now(), on=TODAY, acting=dana
        )
        dates = {
            each.milestone_id: (each.expected_on, each.was_reached) for each in kept.dates.all()
        }
        found = {
            each.milestone.pk: each.slip for each in map(selectors.moved, selectors.dates_of(kept))
        }
    assert dates == {moved.pk: (DUE, False), done.pk: (DUE - timedelta(days=3), True)}
    assert found == {moved.pk: 5, done.pk: 0}


def test_an_empty_plan_and_a_name_twice_are_refused(acme, programme, dana) -> None:
    with tenant_context(acme.id):
        with pytest.raises(ValidationError):
            keep(ProgrammeFactory(), dana)
        keep(programme, dana)
        with pytest.raises(ValidationError):
            keep(programme, dana)
        assert PlanBaseline.objects.count() == 1


def test_what_was_removed_or_added_since_is_named(acme, programme, dana, vic, client_for) -> None:
    with tenant_context(acme.id):
        gone = MilestoneFactory(programme=programme, name="Old interface", baseline_on=DUE)
        keep(programme, dana)
        services.remove_milestone(gone, at=clock.now(), acting=dana)
        MilestoneFactory(programme=programme, name="New interface", baseline_on=DUE)
    page = read(client_for(vic), f"{LIST}1/")
    for words in ("Old interface", "Removed", "One milestone was added since", "New interface", "No milestone is later than in the baseline “Agreed”"):  # fmt: skip
        assert words in page, words


def test_it_is_kept_and_compared_in_the_browser(acme, programme, cam, client_for) -> None:
    client = client_for(cam)
    assert "No baseline of this plan is kept yet" in read(client, LIST)
    answer = client.post(f"{LIST}keep/", {"name": "Agreed", "reason": "Steering group of May."})
    assert answer.status_code == 303
    assert "Steering group of May." in read(client, LIST)
    refused = client.post(f"{LIST}keep/", {"name": "Agreed", "reason": "Again."})
    assert refused.status_code == 422
    assert "A baseline of this name is kept already." in refused.content.decode()
    with tenant_context(acme.id):
        BaselineDate.objects.update(expected_on=TODAY - timedelta(days=60))
    page = read(client, f"{LIST}1/")
    assert "2 of 2 milestones are later than in the baseline “Agreed”" in page
    table = client.get(f"{LIST}1/?track=delivery&format=csv").content.decode()
    assert "Slip (working days)" in table


def test_that_of_another_programme_or_organisation_is_not_found(
    acme, borealis, programme, vic, client_for
) -> None:
    with tenant_context(acme.id):
        PlanBaselineFactory(programme=ProgrammeFactory(), number=7)
    with tenant_context(borealis.id):
        PlanBaselineFactory(number=8)
    for number in (7, 8):
        assert client_for(vic).get(f"{LIST}{number}/").status_code == 404


def test_the_comparison_asks_as_much_for_many_as_for_one(acme, programme, vic, client_for) -> None:
    client = client_for(vic)
    with tenant_context(acme.id):
        baseline = PlanBaselineFactory(programme=programme, number=1)
        BaselineDateFactory(baseline=baseline, milestone=MilestoneFactory(programme=programme))
    read(client, f"{LIST}1/")
    with CaptureQueriesContext(connection) as few:
        read(client, f"{LIST}1/")
    with tenant_context(acme.id):
        for _each in range(8):
            BaselineDateFactory(baseline=baseline, milestone=MilestoneFactory(programme=programme))
    with CaptureQueriesContext(connection) as many:
        read(client, f"{LIST}1/")
    assert len(many) == len(few)


# --- the register of those kept -----------------------------------------------------------------------


def rows(client: Any, query: str = "") -> list[str]:
    answer = client.get(f"{LIST}{query}")
    assert answer.status_code == 200, answer.status_code
    return [each.name for each in answer.context["register"].rows]


@pytest.fixture
def three(acme, borealis, programme, dana) -> None:
    with tenant_context(borealis.id):
        PlanBaselineFactory(name="Theirs")
    with tenant_context(acme.id):
        PlanBaselineFactory(name="Of another programme")
        PlanBaselineFactory(
            programme=programme, number=1, name="Business case", taken_on=date(2026, 2, 2)
        )
        PlanBaselineFactory(
            programme=programme,
            number=2,
            name="Replanned",
            taken_on=date(2026, 5, 4),
            reason="Late",
        )
        kept = PlanBaselineFactory(
            programme=programme, number=3, name="Agreed", taken_on=date(2026, 6, 8)
        )
        kept.author = dana.person
        kept.save()


def test_the_register_holds_those_of_the_programme_alone(three, vic, ola, client_for) -> None:
    assert rows(client_for(vic)) == ["Agreed", "Replanned", "Business case"]
    assert client_for(ola).get(LIST).status_code in {403, 404}


def test_each_filter_narrows_it_and_nonsense_does_not(three, dana, vic, client_for) -> None:
    client = client_for(vic)
    assert rows(client, "?words=late") == ["Replanned"]
    assert rows(client, "?words=case") == ["Business case"]
    assert rows(client, "?since=2026-05-04") == ["Agreed", "Replanned"]
    assert rows(client, "?until=2026-05-04") == ["Replanned", "Business case"]
    assert rows(client, f"?author={dana.person.handle}") == ["Agreed"]
    assert len(rows(client, "?since=yesterday&author=nobody&sort=colour")) == 3
    page = read(client, f"{LIST}?words=nowhere")
    assert "Nothing matches these filters" in page
    assert "3 baselines of this plan are kept" in page


def test_it_is_sorted_and_taken_along(three, vic, client_for) -> None:
    client = client_for(vic)
    assert rows(client, "?sort=name") == ["Agreed", "Business case", "Replanned"]
    assert rows(client, "?sort=taken_on") == ["Business case", "Replanned", "Agreed"]
    table = client.get(f"{LIST}?words=late&format=csv").content.decode().splitlines()
    assert len(table) == 2
    assert table[1].startswith("Replanned,2026-05-04,Late,0,0,")
    book = client.get(f"{LIST}?format=xlsx")
    assert book["Content-Disposition"] == 'attachment; filename="baselines.xlsx"'


def test_the_register_asks_as_much_for_many_as_for_one(acme, programme, vic, client_for) -> None:
    client = client_for(vic)
    with tenant_context(acme.id):
        PlanBaselineFactory(programme=programme, number=1)
    read(client, LIST)
    with CaptureQueriesContext(connection) as few:
        read(client, LIST)
    with tenant_context(acme.id):
        for number in range(2, 9):
            PlanBaselineFactory(programme=programme, number=number)
    with CaptureQueriesContext(connection) as many:
        read(client, LIST)
    assert len(many) == len(few)
