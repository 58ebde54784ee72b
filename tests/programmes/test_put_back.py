"""Bringing back a record or an earlier version of it leaves the same traces as any other change."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from governance import events as governance
from pmo_portal.history import services as history
from pmo_portal.tenants.context import tenant_context
from programmes import events
from programmes.models import Milestone, RaidItem
from tests.factories.governance import (
    ActionFactory,
    ChangeRequestFactory,
    CharterFactory,
    DecisionFactory,
    EscalationFactory,
    MeetingFactory,
    ReviewFactory,
    SteeringGroupFactory,
)
from tests.factories.programmes import (
    BudgetLineFactory,
    MilestoneFactory,
    ProgrammeFactory,
    RaidItemFactory,
    StatusReportFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme(acme):
    with tenant_context(acme.id):
        return ProgrammeFactory(code="FHR")


def test_a_forecast_put_back_is_a_forecast_said_again(acme, programme, dana, client_for):
    with tenant_context(acme.id):
        milestone = MilestoneFactory(programme=programme, track="delivery")
    first = milestone.forecast_on
    browser = client_for(dana)
    move = {"forecast_on": "2027-03-01", "reason": "Supplier late", "version": 1}
    path = f"/t/acme/p/FHR/plan/{milestone.reference}/"
    assert browser.post(f"{path}move/", move).status_code == 303
    browser.post(f"/t/acme/history/{milestone.reference}/restore/", {"version": 1})
    with tenant_context(acme.id):
        assert Milestone.objects.get(pk=milestone.pk).forecast_on == first
        said = milestone.forecasts.first()
        assert (said.forecast_on, said.previous_on) == (first, date(2027, 3, 1))
        assert said.reason == "Version 1 put back"


def test_a_version_of_the_other_function_is_not_put_back(acme, programme, dana, cam, client_for):
    with tenant_context(acme.id):
        item = RaidItemFactory(programme=programme, side="delivery", title="Ours")
        RaidItem.objects.filter(pk=item.pk).update(side="people", version=2)
    refused = client_for(cam).post(f"/t/acme/history/{item.reference}/restore/", {"version": 1})
    assert refused.status_code == 403
    with tenant_context(acme.id):
        assert RaidItem.objects.get(pk=item.pk).side == "people"


@pytest.mark.parametrize(
    ("factory", "event"),
    [
        (MilestoneFactory, events.milestone_changed),
        (RaidItemFactory, events.raid_item_changed),
        (StatusReportFactory, events.status_reported),
        (BudgetLineFactory, events.budget_changed),
        (SteeringGroupFactory, governance.group_changed),
        (DecisionFactory, governance.decision_changed),
        (ActionFactory, governance.action_changed),
        (CharterFactory, governance.charter_changed),
        (ReviewFactory, governance.review_changed),
        (EscalationFactory, governance.escalation_changed),
        (ChangeRequestFactory, governance.change_request_changed),
        (MeetingFactory, governance.meeting_changed),
    ],
)
def test_what_comes_back_by_undo_is_announced(
    factory, event, in_acme, sam, django_capture_on_commit_callbacks
):
    record = factory()
    history.remove(record, at=timezone.now(), acting=sam)
    heard = []

    def hear(sender, programme_id, **kwargs):
        heard.append(programme_id)

    event.connect(hear)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            history.bring_back(record, acting=sam)
    finally:
        event.disconnect(hear)
    assert heard == [record.programme_id]


def test_a_version_is_not_put_back_over_what_nobody_looked_at(acme, programme, dana, client_for):
    with tenant_context(acme.id):
        item = RaidItemFactory(programme=programme, side="delivery", title="First")
        history.revise(item, changes={"title": "Second"}, acting=dana)
    browser, trail = client_for(dana), f"/t/acme/history/{item.reference}/"
    assert '<input type="hidden" name="seen" value="2">' in browser.get(trail).content.decode()
    with tenant_context(acme.id):
        history.revise(RaidItem.objects.get(pk=item.pk), changes={"title": "Third"}, acting=dana)
    answer = browser.post(f"{trail}restore/", {"version": 1, "seen": 2})
    assert (answer.status_code, answer.url) == (303, trail)
    assert "meanwhile. Look at what they wrote first." in browser.get(trail).content.decode()
    browser.post(f"{trail}restore/", {"version": 1, "seen": 3})
    with tenant_context(acme.id):
        assert RaidItem.objects.get(pk=item.pk).title == "First"
