"""Stakeholder groups and engagement activities: who may write, what is kept, and what they take from the week of a unit."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from adoption import selectors, services
from adoption.models import EngagementActivity, StakeholderGroup
from pmo_portal.accounts.permissions import NotAllowed
from pmo_portal.common import clock
from pmo_portal.common.levels import State
from pmo_portal.tenants.context import tenant_context
from programmes import services as delivery
from programmes.models import Programme
from tests.factories.adoption import (
    ActivityUnitFactory,
    EngagementActivityFactory,
    ImpactFactory,
    StakeholderGroupFactory,
)
from tests.factories.programmes import MilestoneFactory, ProgrammeFactory
from tests.factories.tenants import UnitFactory
from tests.pages import read
from tests.pmo_portal.scorecards.stories import TODAY, payroll

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("day_of_stories")]

MONDAY = date(2026, 6, 1)
GROUPS, ACTIVITIES = "/t/acme/p/PAY/stakeholders/", "/t/acme/p/PAY/engagement/"


@pytest.fixture
def programme(acme) -> Any:
    with tenant_context(acme.id):
        return payroll().programme


# --- who may ------------------------------------------------------------------------------------------------


def test_delivery_reads_and_does_not_write(acme, programme, dana, cam) -> None:
    with tenant_context(acme.id):
        group = StakeholderGroup(programme=programme, name="Payroll clerks")
        with pytest.raises(NotAllowed):
            services.record_group(group, acting=dana)
        activity = EngagementActivity(
            programme=programme, title="Open hour", kind="event", planned_on=TODAY
        )
        with pytest.raises(NotAllowed):
            services.plan_activity(activity, acting=dana)
        assert services.record_group(group, acting=cam).reference == "STK-1"
        assert services.plan_activity(activity, acting=cam).reference == "EA-1"


def test_the_plan_of_another_organisation_is_not_found(
    acme, borealis, programme, vic, client_for
) -> None:
    with tenant_context(borealis.id):
        group, activity = StakeholderGroupFactory(), EngagementActivityFactory()
    client = client_for(vic)
    assert client.get(f"{GROUPS}{group.reference}/").status_code == 404
    assert client.get(f"{ACTIVITIES}{activity.reference}/").status_code == 404


# --- groups -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("position", "wanted", "influence", "steps", "state"),
    [
        (None, 4, 3, None, State.NONE),
        (4, 4, 3, 0, State.OK),
        (5, 4, 1, 0, State.OK),
        (3, 4, 3, 1, State.WARN),
        (2, 4, 3, 2, State.BAD),
        (2, 4, 1, 2, State.WARN),
    ],
)
def test_how_far_a_group_has_to_go(position, wanted, influence, steps, state) -> None:
    group = StakeholderGroup(name="Clerks", position=position, wanted=wanted, influence=influence)
    assert (group.steps, group.state) == (steps, state)


def test_the_matrix_marks_where_they_stand_and_need_to(acme, programme) -> None:
    with tenant_context(acme.id):
        StakeholderGroupFactory(
            programme=programme, name="There", position=4, wanted=4, influence=3
        )
        StakeholderGroupFactory(programme=programme, name="Far", position=1, wanted=4, influence=3)
        StakeholderGroupFactory(
            programme=programme, name="Light", position=None, wanted=3, influence=1
        )
        rows = selectors.matrix(list(selectors.groups_of(programme)))
    assert [(group.name, marks) for group, marks in rows] == [
        ("Far", ["C", "", "", "D", ""]),
        ("There", ["", "", "", "CD", ""]),
        ("Light", ["", "", "D", "", ""]),
    ]


def test_a_group_is_noted_edited_and_brought_back(acme, programme, cam, client_for) -> None:
    client = client_for(cam)
    values = {"name": "Payroll clerks", "influence": 3, "position": 2, "wanted": 4, "people": 38, "evidence": "Asked in a workshop."}  # fmt: skip
    assert client.post(f"{GROUPS}new/", values).status_code == 303
    page = read(client, GROUPS)
    assert "One group with high influence does not stand where it needs to" in page
    with tenant_context(acme.id):
        group = StakeholderGroup.objects.get()
    edit = f"{GROUPS}{group.reference}/edit/"
    assert client.post(edit, {**values, "position": 4, "version": 1}).status_code == 303
    # Somebody who opened it before sees what became of it.
    assert client.post(edit, {**values, "position": 3, "version": 1}).status_code == 409
    assert client.post(f"{GROUPS}{group.reference}/remove/").status_code == 303
    assert client.get(f"{GROUPS}{group.reference}/").status_code == 410
    assert "No stakeholder group is on record yet" in read(client, GROUPS)


def test_a_removed_activity_is_no_longer_planned_for_a_group(acme, programme) -> None:
    with tenant_context(acme.id):
        group = StakeholderGroupFactory(programme=programme)
        _kept, gone = (
            EngagementActivityFactory(programme=programme, group=group) for _each in range(2)
        )
        services.remove_activity(gone, at=clock.now(), acting=None)
        assert selectors.groups_of(programme).get(pk=group.pk).planned == 1


# --- activities ---------------------------------------------------------------------------------------------


def test_an_activity_is_planned_held_and_says_what_came_of_it(
    acme, programme, cam, client_for
) -> None:
    client = client_for(cam)
    with tenant_context(acme.id):
        unit = UnitFactory(name="Payroll office")
        group = StakeholderGroupFactory(programme=programme, name="Line managers")
    values = {"title": "Open hour", "kind": "listening", "purpose": "resistance", "hours": "1.5",
              "planned_on": (TODAY - timedelta(days=2)).isoformat(), "group": group.pk, "units": [unit.pk]}  # fmt: skip
    assert client.post(f"{ACTIVITIES}new/", values).status_code == 303
    page = read(client, ACTIVITIES)
    for words in ("One engagement activity was not held when it should have been", "Line managers", "Payroll office", "Overdue"):  # fmt: skip
        assert words in page, words
    hold = f"{ACTIVITIES}EA-1/hold/"
    held = {"held_on": TODAY.isoformat(), "reached": 31, "outcome": "They want an answer.", "version": 1}  # fmt: skip
    assert client.post(hold, held).status_code == 303
    assert "Every planned engagement activity was held" in read(client, ACTIVITIES)
    page = read(client, f"{ACTIVITIES}EA-1/")
    for words in ("They want an answer.", "31", "Resistance", "Held"):
        assert words in page, words
    assert "One activity is for them" in read(client, group.get_absolute_url())


def test_nothing_is_held_tomorrow_and_nobody_reached_before(
    acme, programme, cam, client_for
) -> None:
    with tenant_context(acme.id):
        activity = EngagementActivityFactory(programme=programme, planned_on=TODAY)
        with pytest.raises(ValidationError):
            services.hold_activity(
                activity, held_on=TODAY + timedelta(days=1), today=TODAY, acting=cam
            )
        with pytest.raises(ValidationError):
            services.revise_activity(activity, changes={"reached": 5}, acting=cam)
    answer = client_for(cam).post(
        f"{ACTIVITIES}{activity.reference}/hold/",
        {"held_on": (TODAY + timedelta(days=1)).isoformat(), "version": 1},
    )
    assert answer.status_code == 422
    assert "a day that is over, or today" in answer.content.decode()


def test_registers_filter_and_export(acme, programme, vic, client_for) -> None:
    with tenant_context(acme.id):
        StakeholderGroupFactory(programme=programme, name="Won", position=4)
        StakeholderGroupFactory(programme=programme, name="Open", position=None)
        EngagementActivityFactory(
            programme=programme, title="Later", planned_on=TODAY + timedelta(days=9)
        )
        EngagementActivityFactory(
            programme=programme, title="Late", planned_on=TODAY - timedelta(days=9)
        )
    client = client_for(vic)
    table = client.get(f"{GROUPS}?state=unknown&format=csv").content.decode()
    assert "Open" in table
    assert "Won" not in table
    assert "Won" in client.get(f"{GROUPS}?state=there&format=csv").content.decode()
    table = client.get(f"{ACTIVITIES}?state=overdue&format=csv").content.decode()
    assert "Late," in table
    assert "Later" not in table


def test_search_finds_what_people_look_for(acme, programme, vic) -> None:
    from adoption.panels import search

    with tenant_context(acme.id):
        StakeholderGroupFactory(programme=programme, name="Depot drivers")
        EngagementActivityFactory(programme=programme, title="Depot evening")
        ImpactFactory(programme=programme, title="Depots plan by map")
        found = [each.title for each in search(vic, "depot")]
    assert found == ["Depots plan by map", "Depot drivers", "Depot evening"]


def test_lists_ask_as_much_for_many_as_for_one(acme, programme, vic, client_for) -> None:
    client = client_for(vic)
    with tenant_context(acme.id):
        ActivityUnitFactory(activity=EngagementActivityFactory(programme=programme))
        StakeholderGroupFactory(programme=programme)
    for url in (GROUPS, ACTIVITIES):
        read(client, url)
        with CaptureQueriesContext(connection) as few:
            read(client, url)
        with tenant_context(acme.id):
            for _each in range(8):
                group = StakeholderGroupFactory(programme=programme)
                ActivityUnitFactory(
                    activity=EngagementActivityFactory(programme=programme, group=group)
                )
        with CaptureQueriesContext(connection) as many:
            read(client, url)
        assert len(many) == len(few), url


# --- load ---------------------------------------------------------------------------------------------------


def test_hours_add_up_by_unit_and_week(acme) -> None:
    with tenant_context(acme.id):
        first, second = ProgrammeFactory(), ProgrammeFactory()
        unit, other = UnitFactory(), UnitFactory()

        def planned(programme: Any, on: date, hours: str | None, **values: Any) -> None:
            activity = EngagementActivityFactory(
                programme=programme,
                planned_on=on,
                hours=Decimal(hours) if hours else None,
                **values,
            )
            ActivityUnitFactory(activity=activity, unit=unit)

        planned(first, MONDAY, "1.5")
        planned(second, MONDAY + timedelta(days=4), "3")
        planned(first, MONDAY + timedelta(days=7), None)
        # Planned for the second week, held in the third.
        planned(first, MONDAY + timedelta(days=8), "2", held_on=MONDAY + timedelta(days=15))
        planned(first, MONDAY - timedelta(days=1), "9")
        planned(first, MONDAY, "9", deleted_at=clock.now())
        every = selectors.load_by_week(
            [unit.pk, other.pk], Programme.objects.all(), first=MONDAY, weeks=12
        )
        seen = selectors.load_by_week(
            [unit.pk], Programme.objects.filter(pk=second.pk), first=MONDAY, weeks=12
        )
    assert every == {unit.pk: {MONDAY: 4.5, MONDAY + timedelta(days=14): 2.0}}
    assert seen == {unit.pk: {MONDAY: 3.0}}


def test_hours_reach_the_units_below_once_and_the_unit_of_a_group(
    acme, django_assert_num_queries
) -> None:
    with tenant_context(acme.id):
        top = UnitFactory()
        middle = UnitFactory(parent=top)
        below, beside = UnitFactory(parent=middle), UnitFactory()
        programme = ProgrammeFactory()
        group = StakeholderGroupFactory(programme=programme, unit=middle)

        def planned(hours: int, *units: Any, **values: Any) -> None:
            activity = EngagementActivityFactory(
                programme=programme, planned_on=MONDAY, hours=Decimal(hours), **values
            )
            for unit in units:
                ActivityUnitFactory(activity=activity, unit=unit)

        # Both are ticked, so those below have the hours once.
        planned(1, top, middle)
        # For everybody of a unit, whatever group is named; a group alone is some of the people of its unit.
        planned(4, below, group=group)
        planned(16, group=group)
        planned(64, group=StakeholderGroupFactory(programme=programme))
        units = [each.pk for each in (top, middle, below, beside)]
        with django_assert_num_queries(2):
            found = selectors.load_by_week(units, Programme.objects.all(), first=MONDAY, weeks=12)
    assert found == {top.pk: {MONDAY: 1}, middle.pk: {MONDAY: 17}, below.pk: {MONDAY: 5}}


def test_the_units_by_week_show_hours_and_who_is_over(acme, programme, vic, client_for) -> None:
    with tenant_context(acme.id):
        unit = UnitFactory(name="Payroll office")
        activity = EngagementActivityFactory(
            programme=programme, planned_on=TODAY, hours=Decimal("5.5")
        )
        ActivityUnitFactory(activity=activity, unit=unit)
    page = read(client_for(vic), "/t/acme/units-by-week/")
    assert "Payroll office carries 5.5 hours in the week of" in page


# --- on the page of a milestone -----------------------------------------------------------------------------


def test_a_milestone_says_what_is_done_before_it_and_who_heard_of_another_date(
    acme, programme, client_for, vic
) -> None:
    with tenant_context(acme.id):
        golive = MilestoneFactory(
            programme=programme, name="Cut over", baseline_on=TODAY + timedelta(days=28)
        )
        for title, more in (
            ("Town hall", {"planned_on": TODAY, "held_on": TODAY}),
            ("Open hour", {"planned_on": TODAY + timedelta(days=20)}),
            ("Refresher", {"planned_on": TODAY + timedelta(days=60)}),
        ):
            EngagementActivityFactory(programme=programme, milestone=golive, title=title, **more)
        EngagementActivityFactory(programme=programme, title="Elsewhere")
        ImpactFactory(programme=programme, milestone=golive, title="Leave is asked for on a phone")
        before = {each.activity.title: each for each in selectors.activities_before(golive)}
        assert [(title, each.is_too_late, each.told) for title, each in before.items()] == [
            ("Town hall", False, None),
            ("Open hour", False, None),
            ("Refresher", True, None),
        ]
        moved = delivery.move_forecast(
            golive,
            to=TODAY + timedelta(days=10),
            reason="Earlier",
            at=clock.now() + timedelta(days=1),
            on=TODAY + timedelta(days=1),
            acting=None,
        )
        before = {each.activity.title: each for each in selectors.activities_before(moved)}
        assert before["Town hall"].told == TODAY + timedelta(days=28)
        assert before["Open hour"].is_too_late
    page = read(client_for(vic), moved.get_absolute_url())
    for words in (
        "What it asks of people",
        "Town hall",
        "after this date",
        "tell them the new date",
    ):
        assert words in page
    assert "Leave is asked for on a phone" in page
    assert "Elsewhere" not in page
    with tenant_context(acme.id):
        reached = delivery.achieve_milestone(
            moved,
            achieved_on=TODAY + timedelta(days=2),
            at=clock.now() + timedelta(days=2),
            on=TODAY + timedelta(days=2),
            acting=None,
        )
        assert not any(each.told for each in selectors.activities_before(reached))
