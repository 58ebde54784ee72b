"""Groups, decisions, inputs, actions. All create inside a tenant's context or fail."""

from __future__ import annotations

from datetime import date

import factory
from factory.django import DjangoModelFactory

from governance.choices import Stance, Voice
from governance.models import (
    Action,
    Decision,
    DecisionInput,
    DecisionOption,
    GroupMember,
    SteeringGroup,
)
from pmo_portal.accounts.choices import Function
from pmo_portal.tenants.services import next_reference

from .programmes import ProgrammeFactory
from .tenants import PersonFactory

DAY = date(2026, 6, 1)


class SteeringGroupFactory(DjangoModelFactory):
    class Meta:
        model = SteeringGroup

    number = factory.LazyFunction(lambda: next_reference("SG"))
    programme = factory.SubFactory(ProgrammeFactory)
    name = factory.Sequence(lambda n: f"Steering group {n}")


class GroupMemberFactory(DjangoModelFactory):
    class Meta:
        model = GroupMember

    group = factory.SubFactory(SteeringGroupFactory)
    person = factory.SubFactory(PersonFactory)
    function = Function.DELIVERY


class DecisionFactory(DjangoModelFactory):
    """A question that waits."""

    class Meta:
        model = Decision

    number = factory.LazyFunction(lambda: next_reference("DEC"))
    programme = factory.SubFactory(ProgrammeFactory)
    question = factory.Sequence(lambda n: f"Do we move date {n}?")
    requested_on = DAY
    due_on = date(2026, 6, 15)


class DecisionOptionFactory(DjangoModelFactory):
    class Meta:
        model = DecisionOption

    decision = factory.SubFactory(DecisionFactory)
    position = factory.Sequence(lambda n: n % 30000 + 1)
    text = "Move it by two weeks"


class DecisionInputFactory(DjangoModelFactory):
    class Meta:
        model = DecisionInput

    decision = factory.SubFactory(DecisionFactory)
    function = Voice.DELIVERY
    stance = Stance.SUPPORTS
    note = "The plan allows it."
    given_on = DAY


class ActionFactory(DjangoModelFactory):
    """An open action."""

    class Meta:
        model = Action

    number = factory.LazyFunction(lambda: next_reference("ACT"))
    programme = factory.SubFactory(ProgrammeFactory)
    text = "Book the training rooms"
    agreed_on = DAY
    due_on = date(2026, 6, 15)
