"""A programme of Acme in three units, with Coe as its change contributor and Dee as its delivery one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from pmo_portal.tenants.context import tenant_context
from tests.factories.programmes import ProgrammeFactory, ProgrammeMemberFactory
from tests.factories.tenants import UnitFactory


@dataclass
class Stage:
    """What a story of adoption needs; all of it in Acme."""

    programme: Any
    ops: Any
    claims: Any
    payroll: Any

    @property
    def base(self) -> str:
        return f"/t/acme/p/{self.programme.code}/"


@pytest.fixture
def stage(acme, dana, cam, dee, coe) -> Stage:
    with tenant_context(acme.id):
        programme = ProgrammeFactory(code="FHR", name="Finance and HR")
        ops = UnitFactory(code="OPS", name="Operations", headcount=120)
        claims = UnitFactory(code="CLAIMS", name="Claims", parent=ops, headcount=60)
        payroll = UnitFactory(code="PAY", name="Payroll", parent=ops, headcount=5)
        for member, role in ((dee, "contributor_delivery"), (coe, "contributor_change")):
            ProgrammeMemberFactory(programme=programme, person=member.person, role=role)
    return Stage(programme, ops, claims, payroll)
