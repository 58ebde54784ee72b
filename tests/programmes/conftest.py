"""A programme of Acme with Dee on its delivery side and Coe on its change side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.test import Client

from pmo_portal.tenants.context import tenant_context
from tests.factories.programmes import (
    MilestoneFactory,
    MilestoneUnitFactory,
    ProgrammeFactory,
    ProgrammeMemberFactory,
    ProgrammeUnitFactory,
    RaidItemFactory,
    RaidItemMilestoneFactory,
    StatusReportFactory,
)
from tests.factories.tenants import UnitFactory


@dataclass
class Stage:
    """What a story of delivery needs; all of it in Acme. `data` is on the delivery side, `ready` on the other."""

    tenant: Any
    programme: Any
    payroll: Any
    data: Any
    ready: Any
    risk: Any
    people_risk: Any
    joint_issue: Any
    report: Any

    @property
    def base(self) -> str:
        return f"/t/acme/p/{self.programme.code}/"

    def fresh(self, record: Any) -> Any:
        with tenant_context(self.tenant.id):
            manager = getattr(type(record), "all_objects", type(record).objects)
            return manager.select_related(None).get(pk=record.pk)


@pytest.fixture
def stage(acme, dana, cam, dee, coe) -> Stage:
    with tenant_context(acme.id):
        # A member's entry in the directory is only found inside the tenant.
        assert dana.person
        assert cam.person
        programme = ProgrammeFactory(code="FHR", name="Finance and HR")
        payroll = UnitFactory(code="PAY", name="Payroll", headcount=60)
        ProgrammeUnitFactory(programme=programme, unit=payroll)
        for member, role in ((dee, "contributor_delivery"), (coe, "contributor_change")):
            ProgrammeMemberFactory(programme=programme, person=member.person, role=role)
        data = MilestoneFactory(
            programme=programme, name="Data migrated", baseline_on=date(2099, 9, 1), is_golive=True
        )
        MilestoneUnitFactory(milestone=data, unit=payroll)
        ready = MilestoneFactory(
            programme=programme,
            name="Payroll ready",
            track="adoption",
            baseline_on=date(2099, 8, 3),
        )
        risk = RaidItemFactory(
            programme=programme, title="Supplier is late", probability=4, impact=4
        )
        RaidItemMilestoneFactory(item=risk, milestone=data)
        people_risk = RaidItemFactory(programme=programme, title="Paper lists", side="people")
        joint_issue = RaidItemFactory(
            programme=programme, title="No test data", kind="issue", side="both"
        )
        report = StatusReportFactory(programme=programme)
    return Stage(acme, programme, payroll, data, ready, risk, people_risk, joint_issue, report)


@pytest.fixture
def delivery(stage, dana, client_for) -> Client:
    return client_for(dana)


@pytest.fixture
def change(stage, cam, client_for) -> Client:
    return client_for(cam)
