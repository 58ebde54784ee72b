"""Who corrects a date takes nobody away: what is chosen stays, also where it would not be offered any more."""

from __future__ import annotations

from typing import Any

import pytest

from adoption.forms import ActivityForm, GroupForm, ImpactForm, SignalForm
from governance.forms import ActionForm, DecisionForm, EscalationForm
from pmo_portal.accounts.forms import PersonForm, UnitForm
from pmo_portal.common import clock
from pmo_portal.history import services as history
from programmes.forms import MilestoneForm, ProgrammeForm, RaidForm
from tests.factories.adoption import (
    ActivityUnitFactory,
    EngagementActivityFactory,
    ImpactFactory,
    ImpactUnitFactory,
    ResistanceSignalFactory,
    StakeholderGroupFactory,
)
from tests.factories.governance import (
    ActionFactory,
    DecisionFactory,
    EscalationFactory,
    SteeringGroupFactory,
)
from tests.factories.programmes import (
    MilestoneFactory,
    MilestoneUnitFactory,
    ProgrammeFactory,
    RaidItemFactory,
)
from tests.factories.tenants import PersonFactory, UnitFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_acme")]


def left() -> Any:
    return PersonFactory(is_active=False)


def retired() -> Any:
    return UnitFactory(is_active=False)


def removed(record: Any) -> Any:
    return history.remove(record, at=clock.now(), acting=None)


def again(made: Any, record: Any, **more: Any) -> Any:
    """The form of a record, sent back as it was opened."""
    opened = made(instance=record, **more)
    sent = {field.html_name: field.value() for field in opened if field.value() not in (None, "")}
    form = made(sent, instance=type(record)._base_manager.get(pk=record.pk), **more)
    assert form.is_valid(), form.errors
    return form.cleaned_data


def test_who_left_stays_the_owner(dana) -> None:
    who, programme = left(), ProgrammeFactory()
    for made, record, more in (
        (ActionForm, ActionFactory(programme=programme, owner=who), {}),
        (GroupForm, StakeholderGroupFactory(programme=programme, owner=who), {}),
        (ActivityForm, EngagementActivityFactory(programme=programme, owner=who), {}),
        (MilestoneForm, MilestoneFactory(programme=programme, owner=who), {"member": dana}),
        (RaidForm, RaidItemFactory(programme=programme, owner=who), {"member": dana}),
    ):
        assert again(made, record, **more)["owner"] == who, made


def test_who_left_stays_the_lead() -> None:
    who = left()
    assert again(ProgrammeForm, ProgrammeFactory(sponsor=who))["sponsor"] == who
    assert again(UnitForm, UnitFactory(lead=who))["lead"] == who


def test_a_retired_unit_stays(dana) -> None:
    unit, programme = retired(), ProgrammeFactory()
    sign = ResistanceSignalFactory(programme=programme, unit=unit)
    assert again(SignalForm, sign, today=clock.today())["unit"] == unit
    assert again(GroupForm, StakeholderGroupFactory(programme=programme, unit=unit))["unit"] == unit
    assert again(PersonForm, PersonFactory(unit=unit))["unit"] == unit
    impact = ImpactUnitFactory(impact__programme=programme, unit=unit).impact
    assert list(again(ImpactForm, impact)["units"]) == [unit]
    activity = ActivityUnitFactory(activity__programme=programme, unit=unit).activity
    assert list(again(ActivityForm, activity)["units"]) == [unit]
    milestone = MilestoneUnitFactory(milestone__programme=programme, unit=unit).milestone
    assert list(again(MilestoneForm, milestone, member=dana)["units"]) == [unit]


def test_what_was_removed_stays_chosen() -> None:
    """A question put to a group that is gone does not become one for both leads."""
    programme = ProgrammeFactory()
    group = SteeringGroupFactory(programme=programme)
    milestone = MilestoneFactory(programme=programme)
    decision = DecisionFactory(programme=programme, group=group, milestone=milestone)
    escalation = EscalationFactory(programme=programme, milestone=milestone)
    impact = ImpactFactory(programme=programme, milestone=milestone)
    action = ActionFactory(programme=programme, decision=DecisionFactory(programme=programme))
    removed(group)
    removed(milestone)
    removed(action.decision)
    kept = again(DecisionForm, decision)
    assert (kept["group"], kept["milestone"]) == (group, milestone)
    assert again(EscalationForm, escalation)["milestone"] == milestone
    assert again(ImpactForm, impact)["milestone"] == milestone
    assert again(ActionForm, action)["decision"] == action.decision


def test_nothing_of_it_is_offered_to_a_new_record() -> None:
    who, programme = left(), ProgrammeFactory()
    assert (
        who
        not in ActionForm(instance=ActionFactory.build(programme=programme))
        .fields["owner"]
        .queryset
    )
