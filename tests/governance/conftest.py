from __future__ import annotations

import pytest

from pmo_portal.tenants.context import tenant_context
from tests.factories.governance import DecisionFactory, GroupMemberFactory, SteeringGroupFactory
from tests.factories.programmes import ProgrammeFactory


class Stage:
    """A programme of Acme with a group and a question put to it."""

    def __init__(self, acme, sam) -> None:
        with tenant_context(acme.id):
            self.programme = ProgrammeFactory(code="FHR", name="Finance and HR")
            self.group = SteeringGroupFactory(programme=self.programme, name="Joint board")
            GroupMemberFactory(
                group=self.group, person=sam.person, function="change", is_chair=True
            )
            self.decision = DecisionFactory(
                programme=self.programme, group=self.group, question="Do we move the go-live?"
            )
        self.base = "/t/acme/p/FHR/"
        self.paper = f"{self.base}decisions/{self.decision.reference}/"


@pytest.fixture
def stage(acme, sam) -> Stage:
    return Stage(acme, sam)
