"""Escalations: one side raises, the other is heard, those above settle."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forecasting.crises.outcomes import crises_of
from governance import selectors, services
from governance.models import Escalation
from governance.services.escalations import put_back_escalation
from pmo_portal.accounts.permissions import NotAllowed
from pmo_portal.history.services import EditConflict
from pmo_portal.tenants.context import tenant_context
from tests.factories.governance import EscalationFactory, GoliveMoveFactory
from tests.factories.programmes import ProgrammeFactory, RaidItemFactory

pytestmark = pytest.mark.django_db

FRIDAY, TUESDAY, WEDNESDAY = date(2026, 6, 5), date(2026, 6, 9), date(2026, 6, 10)
NOW = datetime(2026, 6, 5, 9, tzinfo=UTC)


@pytest.fixture
def programme(in_acme):
    return ProgrammeFactory(code="FHR")


def raised(programme, acting, **more) -> Escalation:
    values = {"title": "No test data", "severity": 4, "effective_on": FRIDAY, **more}
    return services.raise_escalation(
        Escalation(programme=programme, **values), at=NOW, acting=acting
    )


def test_the_other_side_is_asked_and_has_two_working_days(programme, dana, cam) -> None:
    by_delivery, by_change = raised(programme, dana), raised(programme, cam)
    assert (by_delivery.raised_by, by_delivery.asked_of) == ("delivery", "change")
    assert (by_change.raised_by, by_change.asked_of) == ("change", "delivery")
    assert by_delivery.view_due_on == TUESDAY


def test_only_the_side_that_is_asked_gives_its_view(programme, dana, cam) -> None:
    escalation = raised(programme, dana)
    with pytest.raises(NotAllowed, match="that function alone"):
        services.give_view(escalation, view="We agree", on=TUESDAY, acting=dana)
    answered = services.give_view(escalation, view="We agree", on=TUESDAY, acting=cam)
    assert answered.view_by == cam.person
    assert not answered.is_view_late(WEDNESDAY)


def test_the_other_side_does_not_rewrite_what_was_raised(programme, dana, cam) -> None:
    escalation = raised(programme, dana)
    with pytest.raises(NotAllowed, match="raised it"):
        services.revise_escalation(escalation, changes={"severity": 1}, acting=cam)


def test_viewers_raise_nothing(programme, vic) -> None:
    with pytest.raises(NotAllowed):
        raised(programme, vic)


def test_a_view_after_its_time_is_late_and_none_too(programme, dana, cam) -> None:
    escalation = raised(programme, dana)
    assert not escalation.is_view_late(TUESDAY)
    assert escalation.is_view_late(WEDNESDAY)
    answered = services.give_view(escalation, view="We agree", on=WEDNESDAY, acting=cam)
    assert answered.is_view_late(WEDNESDAY)


def test_closing_needs_an_outcome(programme, dana, sam) -> None:
    escalation = raised(programme, dana)
    with pytest.raises(ValidationError):
        services.close_escalation(escalation, changes={"outcome": ""}, on=TUESDAY, acting=sam)
    closed = services.close_escalation(
        escalation, changes={"outcome": "Two more testers"}, on=TUESDAY, acting=sam
    )
    assert not closed.is_open
    with pytest.raises(ValidationError, match="before the outcome"):
        services.give_view(closed, view="Too late", on=WEDNESDAY, acting=None)


@pytest.mark.parametrize(
    ("start", "end"),
    [("programme", "programme"), ("steering", "programme"), ("executive", "executive"), ("x", "y")],
)
def test_an_escalation_goes_up(programme, dana, start, end) -> None:
    with pytest.raises(ValidationError) as refused:
        raised(programme, dana, level_from=start, level_to=end)
    assert "level_to" in refused.value.error_dict
    higher = raised(programme, dana, level_from="steering", level_to="executive")
    assert higher.level_to == "executive"


def test_what_is_settled_is_not_settled_over_it(programme, dana, sam, client_for) -> None:
    escalation = raised(programme, dana)
    closed = services.close_escalation(
        escalation, changes={"outcome": "Two more testers"}, on=TUESDAY, acting=sam
    )
    late = {"outcome": "One is enough", "version": closed.version}
    answer = client_for(dana).post(f"{closed.get_absolute_url()}close/", late)
    assert answer.status_code == 422
    assert "This is settled already" in answer.content.decode()
    assert "One is enough" in answer.content.decode()
    assert Escalation.objects.get().outcome == "Two more testers"


def test_a_view_nobody_gave_before_it_was_settled_is_not_asked_for(
    programme, dana, sam, client_for
) -> None:
    escalation = raised(programme, dana)
    services.close_escalation(escalation, changes={"outcome": "Two"}, on=FRIDAY, acting=sam)
    page = client_for(sam).get(escalation.get_absolute_url()).content.decode()
    assert "Asked for, by" not in page
    assert "Not provided by adoption" in page


def test_reopening_keeps_the_words(programme, dana, sam) -> None:
    escalation = raised(programme, dana)
    closed = services.close_escalation(
        escalation, changes={"outcome": "Two more testers"}, on=TUESDAY, acting=sam
    )
    again = services.reopen_escalation(closed, acting=sam)
    assert again.is_open
    assert again.outcome == "Two more testers"


def test_what_is_settled_is_opened_again_before_it_is_changed(programme, dana, sam) -> None:
    escalation = raised(programme, dana)
    services.close_escalation(escalation, changes={"outcome": "Two more"}, on=TUESDAY, acting=sam)
    with pytest.raises(ValidationError, match="is settled"):
        services.revise_escalation(escalation, changes={"severity": 5}, version=1, acting=dana)


def test_who_raised_it_puts_back_neither_the_other_view_nor_the_settlement(
    programme, dana, cam
) -> None:
    escalation = raised(programme, dana)
    now = services.give_view(escalation, view="We do not agree", on=TUESDAY, acting=cam)
    back = put_back_escalation(
        now,
        changes={"severity": 2, "view": "Fine with us", "outcome": "None", "closed_on": TUESDAY},
        acting=dana,
    )
    assert (back.severity, back.view, back.outcome) == (2, "We do not agree", "")
    assert back.is_open


def test_two_people_with_one_escalation_meet_each_other(programme, dana, cam) -> None:
    escalation = raised(programme, dana)
    services.give_view(escalation, view="We agree", version=1, on=TUESDAY, acting=cam)
    with pytest.raises(EditConflict):
        services.revise_escalation(escalation, changes={"severity": 5}, version=1, acting=dana)


def test_pairing_is_counted_for_both_sides_alike(programme, dana, cam) -> None:
    first = raised(programme, dana)
    services.give_view(first, view="We agree", on=TUESDAY, acting=cam)
    raised(programme, cam)
    found = selectors.pairing(Escalation.objects.all(), on=WEDNESDAY)
    assert (found.open, found.waiting, found.late, found.paired, found.all) == (2, 1, 1, 1, 2)
    assert found.days_to_pair == 2


def test_severe_ones_and_late_moves_are_crises(programme, dana, sam) -> None:
    raised(programme, dana, severity=3)
    severe = raised(programme, dana, severity=4)
    services.close_escalation(severe, changes={"outcome": "Settled"}, on=TUESDAY, acting=sam)
    GoliveMoveFactory(milestone__programme=programme)
    GoliveMoveFactory(
        milestone__programme=programme, from_on=date(2026, 9, 1), to_on=date(2026, 9, 9)
    )
    crises = crises_of([programme.pk])[programme.pk]
    assert (FRIDAY, TUESDAY) in crises
    assert len(crises) == 2


def test_the_story_in_the_browser(programme, dana, cam, sam, client_for) -> None:
    item = RaidItemFactory(programme=programme, title="No test data")
    pmo, change, chair = (client_for(each) for each in (dana, cam, sam))
    page = pmo.get(item.get_absolute_url()).content.decode()
    assert f"?about={item.reference}" in page
    form = pmo.get(f"/t/acme/p/FHR/escalations/new/?about={item.reference}").content.decode()
    assert 'value="No test data"' in form
    made = pmo.post(
        "/t/acme/p/FHR/escalations/new/",
        {
            "title": "No test data",
            "severity": 4,
            "level_from": "programme",
            "level_to": "steering",
            "raid_item": item.pk,
        },
    )
    assert made.status_code == 303
    url = made["Location"]
    assert "Asked for, by" in change.get(url).content.decode()
    answered = change.post(f"{url}view/", {"view": "Training cannot start either", "version": 1})
    assert answered.status_code == 303
    assert "Training cannot start either" in chair.get(url).content.decode()
    assert chair.post(f"{url}close/", {"outcome": "Two testers", "version": 2}).status_code == 303
    register = chair.get("/t/acme/escalations/").content.decode()
    assert "1 of 1 have both views" in register
    assert item.reference in register


def test_a_stale_view_is_answered_with_both(programme, dana, cam, client_for) -> None:
    escalation = raised(programme, dana)
    url = escalation.get_absolute_url()
    services.give_view(escalation, view="First words", version=1, on=TUESDAY, acting=cam)
    answer = client_for(cam).post(f"{url}view/", {"view": "Second words", "version": 1})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "First words" in page
    assert "Second words" in page


def test_removed_ones_come_back(programme, dana, client_for) -> None:
    escalation = raised(programme, dana)
    browser = client_for(dana)
    browser.post(f"{escalation.get_absolute_url()}remove/")
    assert not Escalation.objects.exists()
    browser.post(f"/t/acme/history/{escalation.reference}/restore/")
    assert Escalation.objects.exists()


def test_a_settled_one_stays_on_record(programme, dana, cam, client_for) -> None:
    """It holds the view of the other side, and counts as a crisis."""
    escalation = raised(programme, dana)
    services.close_escalation(escalation, changes={"outcome": "We wait."}, on=TUESDAY, acting=dana)
    browser, url = client_for(dana), escalation.get_absolute_url()
    answer = browser.post(f"{url}remove/", follow=True)
    assert Escalation.objects.get().outcome == "We wait."
    page = answer.content.decode()
    assert "stays on record" in page
    assert f"{url}remove/" not in page
    assert f"{url}edit/" not in page


@pytest.mark.parametrize(
    "query", ["", "?state=late", "?raised_by=change", "?severity=4", "?format=csv"]
)
def test_registers_need_no_more_statements_for_more_rows(in_acme, dana, client_for, query) -> None:
    browser = client_for(dana)
    browser.get("/t/acme/escalations/")
    counts = []
    for more in (1, 9):
        for _each in range(more):
            EscalationFactory()
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(f"/t/acme/escalations/{query}").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_those_of_another_organisation_do_not_exist(acme, borealis, dana, client_for) -> None:
    with tenant_context(borealis.id):
        EscalationFactory(title="Their trouble")
    assert "Their trouble" not in client_for(dana).get("/t/acme/escalations/").content.decode()


def test_search_finds_escalations(in_acme, dana, client_for) -> None:
    escalation = EscalationFactory(title="Testers are missing")
    page = client_for(dana).get("/t/acme/find/?q=testers").content.decode()
    assert f'href="{escalation.get_absolute_url()}"' in page
