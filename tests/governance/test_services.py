from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from governance import selectors, services
from governance.models import Decision, GroupMember, SteeringGroup
from pmo_portal.accounts.permissions import NotAllowed
from pmo_portal.history import services as history
from pmo_portal.tenants.context import tenant_context
from tests.factories.governance import (
    ActionFactory,
    DecisionFactory,
    DecisionInputFactory,
    GroupMemberFactory,
)
from tests.factories.tenants import PersonFactory

pytestmark = pytest.mark.django_db

DAY = date(2026, 6, 10)
MOMENT = datetime(2026, 6, 10, 9, tzinfo=UTC)


@pytest.fixture
def inside(acme, stage):
    with tenant_context(acme.id):
        yield stage


def _say(stage, function, member, **more):
    return services.give_input(
        stage.decision,
        function=function,
        stance="supports",
        note="Yes.",
        on=DAY,
        acting=member,
        **more,
    )


def test_each_function_writes_its_own_view_only(inside, dana, cam, vic, sam):
    assert _say(inside, "delivery", dana).person == dana.person
    assert _say(inside, "change", cam).person == cam.person
    for function, member in (
        ("change", dana),
        ("delivery", cam),
        ("delivery", vic),
        ("change", sam),
    ):
        with pytest.raises(NotAllowed):
            _say(inside, function, member)


def test_a_second_word_revises_the_first_and_an_old_form_is_refused(inside, dana):
    first = _say(inside, "delivery", dana)
    services.give_input(
        inside.decision,
        function="delivery",
        stance="objects",
        note="No longer.",
        on=DAY,
        version=first.version,
        acting=dana,
    )
    with pytest.raises(history.EditConflict):
        services.give_input(
            inside.decision,
            function="delivery",
            stance="conditions",
            note="Late.",
            on=DAY,
            version=first.version,
            acting=dana,
        )
    assert selectors.inputs_of(inside.decision)["delivery"].stance == "objects"


def test_the_function_of_the_decider_is_that_of_the_seat_and_stays(inside, sam):
    decided = services.decide(inside.decision, outcome="Moved.", on=DAY, acting=sam)
    assert (decided.decided_by, decided.function_of_decider) == (sam.person, "change")
    seat = GroupMember.objects.get(group=inside.group, person=sam.person)
    services.revise_seat(seat, changes={"function": "business"}, acting=sam)
    assert Decision.objects.get(pk=decided.pk).function_of_decider == "change"


def test_only_who_votes_decides(inside, dana, cam, vic):
    for member in (dana, cam, vic):
        with pytest.raises(NotAllowed):
            services.decide(inside.decision, outcome="Moved.", on=DAY, acting=member)


def test_what_was_decided_meanwhile_is_not_deleted(inside, sam, dana):
    slow = Decision.objects.get(pk=inside.decision.pk)
    services.decide(inside.decision, outcome="Moved.", on=DAY, acting=sam)
    with pytest.raises(ValidationError, match="not deleted"):
        services.remove_decision(slow, at=MOMENT, acting=dana)
    assert Decision.objects.get(pk=slow.pk).is_decided


def test_what_was_decided_is_not_changed_withdrawn_or_deleted(inside, sam, dana):
    decided = services.decide(inside.decision, outcome="Moved.", on=DAY, acting=sam)
    with pytest.raises(ValidationError, match="decided already"):
        services.revise_decision(decided, changes={"question": "Another?"}, acting=sam)
    with pytest.raises(ValidationError, match="decided already"):
        services.withdraw_decision(decided, acting=sam)
    with pytest.raises(ValidationError, match="not deleted"):
        services.remove_decision(decided, at=MOMENT, acting=sam)
    with pytest.raises(ValidationError, match="decided already"):
        _say(inside, "delivery", dana)


def test_the_database_knows_that_a_decision_is_complete(inside):
    with pytest.raises(IntegrityError, match="decision_decided_is_complete"), transaction.atomic():
        Decision.objects.filter(pk=inside.decision.pk).update(status="decided")


def test_a_new_chair_takes_over(inside, dana):
    person = PersonFactory()
    services.seat_member(
        GroupMember(group=inside.group, person=person, function="delivery", is_chair=True),
        acting=dana,
    )
    chairs = GroupMember.objects.filter(group=inside.group, is_chair=True)
    assert [chair.person for chair in chairs] == [person]


def test_a_group_without_one_function_is_named(inside):
    group = SteeringGroup.objects.get(pk=inside.group.pk)
    assert selectors.missing_functions(group) == ["delivery"]
    GroupMemberFactory(group=inside.group, function="delivery", is_voting=False)
    group = SteeringGroup.objects.get(pk=inside.group.pk)
    assert selectors.missing_functions(group) == ["delivery"]


def test_health_as_of_a_day(inside):
    programme = inside.programme
    isolated = DecisionFactory(programme=programme, requested_on=date(2026, 5, 1))
    Decision.objects.filter(pk=isolated.pk).update(
        status="decided",
        decided_on=date(2026, 6, 5),
        outcome="Yes.",
        function_of_decider="delivery",
    )
    DecisionInputFactory(decision=isolated, function="delivery", given_on=date(2026, 5, 2))
    # A view that came after the decision does not heal it on the day before.
    DecisionInputFactory(decision=isolated, function="change", given_on=date(2026, 6, 20))
    ActionFactory(programme=programme, due_on=date(2026, 6, 8))
    ActionFactory(programme=programme, due_on=date(2026, 6, 30))

    before = selectors.health_of([programme.pk], date(2026, 6, 3))[programme.pk]
    assert (before.waiting, before.decided, before.isolated) == (2, 0, 0)
    assert before.oldest_days == 33
    after = selectors.health_of([programme.pk], date(2026, 6, 10))[programme.pk]
    assert (after.waiting, after.decided, after.isolated) == (1, 1, 1)
    assert (after.actions_open, after.actions_late) == (2, 1)


def test_asks_are_what_was_not_decided_by_that_day_soonest_first(inside):
    late = DecisionFactory(programme=inside.programme, due_on=date(2026, 6, 2))
    DecisionFactory(
        programme=inside.programme, requested_on=date(2026, 7, 1), due_on=date(2026, 7, 2)
    )
    assert selectors.overview_of(inside.programme, DAY).asks == [late, inside.decision]


@pytest.mark.parametrize("programmes", [1, 8])
def test_health_takes_two_statements(inside, programmes, django_assert_num_queries):
    ids = [DecisionFactory().programme_id for _each in range(programmes)]
    with django_assert_num_queries(2):
        selectors.health_of(ids, DAY)
