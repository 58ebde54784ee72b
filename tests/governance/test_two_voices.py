"""Decisions under two hands: the first view, the options, and what the board says of the status."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forecasting.crises.outcomes import crises_of
from governance import selectors, services
from governance.models import DecisionInput
from pmo_portal.history.services import EditConflict
from pmo_portal.tenants.context import tenant_context
from tests.factories.governance import DecisionFactory, EscalationFactory
from tests.factories.programmes import ProgrammeFactory

pytestmark = pytest.mark.django_db

DAY, LATER, LAST = date(2026, 6, 2), date(2026, 6, 16), date(2026, 7, 1)


@pytest.fixture
def decision(in_acme):
    return DecisionFactory(programme=ProgrammeFactory(code="FHR"), question="Do we move?")


def say(decision, acting, note, version=None) -> DecisionInput:
    return services.give_input(
        decision,
        function="change",
        stance="supports",
        note=note,
        on=DAY,
        version=version,
        acting=acting,
    )


def test_of_two_first_views_the_second_meets_the_first(decision, cam) -> None:
    say(decision, cam, "Wait", version=0)
    with pytest.raises(EditConflict) as clash:
        say(decision, cam, "Go", version=0)
    assert clash.value.record.note == "Wait"
    assert DecisionInput.objects.get().note == "Wait"


def test_the_page_of_a_first_view_shows_both_and_saves_over_what_was_read(
    acme, cam, client_for
) -> None:
    with tenant_context(acme.id):
        decision = DecisionFactory(programme=ProgrammeFactory(code="FHR"))
        say(decision, cam, "Wait")
    url = f"/t/acme/p/FHR/decisions/{decision.reference}/view/change/"
    typed = {"stance": "objects", "note": "Go", "version": "0"}
    answer = client_for(cam).post(url, typed)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Wait" in page
    assert ">Go</textarea>" in page.replace("\n", "")
    typed["version"] = str(answer.context["form"]["version"].value())
    assert client_for(cam).post(url, typed).status_code == 303
    with tenant_context(acme.id):
        assert DecisionInput.objects.get().note == "Go"


def test_other_options_are_another_version(decision, dana) -> None:
    opened = decision.version
    services.revise_decision(
        decision, changes={}, options=["Wait", "Go"], version=opened, acting=dana
    )
    with pytest.raises(EditConflict):
        services.revise_decision(
            decision, changes={}, options=["Never", "Now"], version=opened, acting=dana
        )
    assert services.option_texts(decision) == ["Wait", "Go"]


def test_the_same_options_are_no_new_version(decision, dana) -> None:
    first = services.revise_decision(decision, changes={}, options=["Wait", "Go"], acting=dana)
    assert first.version == decision.version + 1
    again = services.revise_decision(first, changes={}, options=["Wait", "Go"], acting=dana)
    assert again.version == first.version


def test_the_options_stand_side_by_side_on_the_page_of_a_conflict(acme, dana, client_for) -> None:
    with tenant_context(acme.id):
        decision = services.request_decision(
            DecisionFactory.build(programme=ProgrammeFactory(code="FHR")),
            options=["Wait", "Go"],
            acting=dana,
        )
        typed = {
            "question": decision.question,
            "requested_on": "2026-06-01",
            "due_on": "2026-06-15",
            "options": "Wait\nGo in parts",
            "options_opened": "Wait\nGo",
            "version": str(decision.version),
        }
        services.revise_decision(decision, changes={}, options=["Wait", "Stop"], acting=dana)
    answer = client_for(dana).post(f"/t/acme/p/FHR/decisions/{decision.reference}/edit/", typed)
    assert answer.status_code == 409
    row = next(each for each in answer.context["rows"] if each.name == "options")
    assert (row.base, row.mine, row.theirs) == (
        "A. Wait; B. Go",
        "A. Wait; B. Go in parts",
        "A. Wait; B. Stop",
    )
    assert answer.context["form"]["options_opened"].value() == "Wait\nStop"


def decided(programme, on, status):
    return DecisionFactory(
        programme=programme,
        requested_on=on,
        due_on=on,
        status="decided",
        decided_on=on,
        outcome="So it is",
        function_of_decider="joint",
        sets_status=status,
    )


def test_red_by_decision_of_the_board_is_a_crisis_until_a_better_one(decision) -> None:
    programme = decision.programme
    decided(programme, DAY, "red")
    decided(programme, LATER, "red")
    decided(programme, LAST, "amber")
    decided(programme, LAST, "")
    assert crises_of() == {programme.pk: [(DAY, LAST)]}


def test_red_that_nobody_took_back_lasts(decision) -> None:
    decided(decision.programme, DAY, "amber")
    decided(decision.programme, LATER, "red")
    EscalationFactory(programme=decision.programme, severity=4, effective_on=DAY)
    assert crises_of([decision.programme_id]) == {
        decision.programme_id: [(DAY, None), (LATER, None)]
    }
    assert crises_of([decision.programme_id + 1]) == {}


def test_who_decides_says_the_status(decision, sam) -> None:
    taken = services.decide(decision, outcome="Stop", on=LATER, sets_status="red", acting=sam)
    assert taken.get_sets_status_display() == "Red"
    assert selectors.red_by_decision() == {decision.programme_id: [(LATER, None)]}


def test_statements_of_board_statuses_do_not_grow(in_acme) -> None:
    for _each in range(3):
        decided(ProgrammeFactory(), DAY, "red")
    with CaptureQueriesContext(connection) as captured:
        assert len(selectors.red_by_decision()) == 3
    assert len(captured) == 1


def test_the_history_of_a_question_tells_its_options(decision, dana, sam, client_for) -> None:
    def ask(*options):
        now = type(decision).objects.get(pk=decision.pk)
        services.revise_decision(now, changes={}, options=options, acting=dana)

    ask("Wait", "Go", "Stop")
    ask("Wait a month", "Go")
    ask("Wait a month", "Go")
    services.decide(
        type(decision).objects.get(pk=decision.pk), outcome="We go", chosen=2, on=DAY, acting=sam
    )
    page = client_for(sam).get(f"/t/acme/history/{decision.reference}/")
    told = [
        (each.of, each.action, each.who, [change.label for change in each.changes])
        for each in page.context["parts"]
    ]
    by, chose = str(dana.user), str(sam.user)
    assert told == [
        ("Go", "decide", chose, ["Taken"]),
        ("Stop", "remove option", by, []),
        ("Wait a month", "revise option", by, ["Option"]),
        ("Stop", "create option", by, ["Option", "Taken"]),
        ("Go", "create option", by, ["Option", "Taken"]),
        ("Wait a month", "create option", by, ["Option", "Taken"]),
    ]
    assert "Wait a month: revise option" in page.content.decode()
