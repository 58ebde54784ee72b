"""Governance on the scorecard: one reading says the same as the three it stands for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import Q

from governance import selectors as governance
from governance.models import Action, Decision, DecisionInput
from pmo_portal.scorecards import governing
from pmo_portal.tenants.services import next_reference
from tests.factories.programmes import ProgrammeFactory

from .stories import TODAY

pytestmark = pytest.mark.django_db


def decision(programme, asked: int, due: int, decided: int | None = None, **more: object):
    """Days are counted back from today."""
    fields = {"status": "requested"}
    if decided is not None:
        fields = {"status": "decided", "outcome": "Yes", "function_of_decider": "joint"}
        fields["decided_on"] = TODAY - timedelta(days=decided)
    return Decision.objects.create(
        number=next_reference("DEC"),
        programme=programme,
        question=f"Asked {asked} days ago",
        requested_on=TODAY - timedelta(days=asked),
        due_on=TODAY - timedelta(days=due),
        **{**fields, **more},
    )


@pytest.fixture
def programme(in_acme):
    made = ProgrammeFactory()
    decision(made, 30, 20)
    decision(made, 10, -5)
    decision(made, 25, 15, 12)
    heard = decision(made, 40, 30, 30)
    for function in ("delivery", "change"):
        DecisionInput.objects.create(
            decision=heard,
            function=function,
            stance="supports",
            note="Fine",
            given_on=TODAY - timedelta(days=35),
        )
    decision(made, 20, 1, status="withdrawn")
    decision(made, 5, 5, 0)
    decision(ProgrammeFactory(), 30, 20)
    for late in (-3, 4, 20):
        Action.objects.create(
            number=next_reference("ACT"),
            programme=made,
            text="Do it",
            agreed_on=TODAY - timedelta(days=28),
            due_on=TODAY - timedelta(days=late),
        )
    return made


@pytest.mark.parametrize("back", [0, 6, 12, 13, 26, 32, 50])
def test_one_reading_says_the_same_as_three(programme, back):
    day = TODAY - timedelta(days=back)
    found = governance.overview_of(programme, day)
    decisions = Decision.objects.filter(programme=programme, requested_on__lte=day)
    is_open = Q(decided_on__isnull=True) | Q(decided_on__gt=day)
    asked = decisions.exclude(status="withdrawn").filter(is_open)
    assert found.asks == list(asked.order_by("due_on", "number"))
    assert found.health == governance.health_of([programme.pk], day)[programme.pk]
    taken = decisions.filter(status="decided", decided_on__lte=day)
    assert found.decided == list(taken.order_by("-decided_on", "-number")[:3])


def test_it_takes_two_statements_and_links_without_more(programme, django_assert_num_queries):
    assert programme.tenant.slug
    with django_assert_num_queries(2):
        found = governance.overview_of(programme, TODAY)
        asks = [governing.ask(each, TODAY) for each in found.asks]
        governing.health_figures(programme, found.health)
    assert [each["label"] for each in asks] == ["20 days overdue", "Due 20 Jun"]
    assert asks[0]["state"] == "bad"
