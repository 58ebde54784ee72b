"""Decisions to look at again: who may, what is kept, the register, the agenda."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance import selectors, services
from governance.models import Decision, DecisionLook, MeetingItem
from pmo_portal.accounts.permissions import NotAllowed
from pmo_portal.common import clock
from pmo_portal.history.services import EditConflict
from pmo_portal.tenants.context import tenant_context
from tests.factories.governance import (
    DecisionFactory,
    DecisionLookFactory,
    GroupMemberFactory,
    MeetingFactory,
    SteeringGroupFactory,
)
from tests.factories.programmes import ProgrammeFactory

pytestmark = pytest.mark.django_db

DAY = date(2026, 6, 30)
NOW = datetime(2026, 6, 30, 9, tzinfo=UTC)


def decided(programme, review_on=None, on=date(2026, 6, 2), **more) -> Decision:
    return DecisionFactory(
        programme=programme,
        requested_on=on,
        due_on=on,
        decided_on=on,
        status="decided",
        outcome="So it is",
        function_of_decider="joint",
        review_on=review_on,
        **more,
    )


def look(decision, acting, again_on=None, version=None, verdict="worked"):
    return services.look_again(
        decision,
        verdict=verdict,
        text="Nobody asks any more",
        again_on=again_on,
        on=DAY,
        at=NOW,
        version=version,
        acting=acting,
    )


@pytest.fixture
def programme(in_acme):
    return ProgrammeFactory(code="FHR")


def test_viewers_and_administrators_say_nothing(programme, vic, ada) -> None:
    decision = decided(programme, DAY)
    for acting in (vic, ada):
        with pytest.raises(NotAllowed):
            look(decision, acting)
    assert not DecisionLook.objects.exists()


def test_a_look_is_kept_and_sets_the_next_day(programme, dana, cam) -> None:
    decision = decided(programme, DAY)
    first = look(decision, dana, again_on=DAY + timedelta(days=30), verdict="early")
    now = Decision.objects.get(pk=decision.pk)
    assert now.review_on == DAY + timedelta(days=30)
    look(now, cam, verdict="failed")
    looks = selectors.looks_of(now)
    assert [(each.line, each.verdict) for each in looks] == [(2, "failed"), (1, "early")]
    assert (first.author, first.effective_on, first.known_at) == (dana.person, DAY, NOW)
    assert Decision.objects.get(pk=decision.pk).review_on is None
    assert Decision.objects.get(pk=decision.pk).outcome == "So it is"


def test_two_people_do_not_look_past_each_other(programme, dana, cam) -> None:
    """Also where the day to look again stays as it was."""
    decision = decided(programme)
    opened = decision.version
    look(decision, dana, version=opened)
    with pytest.raises(EditConflict):
        look(decision, cam, version=opened)
    assert DecisionLook.objects.count() == 1


def test_only_what_is_decided_and_only_later_days(programme, dana) -> None:
    with pytest.raises(ValidationError):
        look(DecisionFactory(programme=programme), dana)
    with pytest.raises(ValidationError):
        look(decided(programme), dana, again_on=DAY)


def test_the_register_knows_what_is_due_and_what_was_found(programme, vic, dee) -> None:
    due, later = decided(programme, DAY), decided(programme, DAY + timedelta(days=1))
    looked = decided(programme)
    DecisionLookFactory(decision=looked, verdict="worked")
    DecisionLookFactory(decision=looked, verdict="failed", line=30001)
    decided(programme)
    DecisionFactory(programme=programme, review_on=DAY)
    found = selectors.decisions_again(vic, programme)
    assert set(found) == {due, later, looked}
    assert found.get(pk=looked.pk).last_word == "Did not work"
    assert selectors.looks_counted(vic, None, DAY) == {"all": 3, "due": 1, "coming": 1, "failed": 1}
    assert selectors.looks_counted(dee, None, DAY) == {"all": 0, "due": 0, "coming": 0, "failed": 0}


def test_the_register_as_page_and_file(acme, vic, dana, client_for) -> None:
    with tenant_context(acme.id):
        programme = ProgrammeFactory(code="FHR")
        today = clock.today()
        decided(programme, today, on=today - timedelta(days=90), question="Who opens the door?")
        decided(programme, today + timedelta(days=9), question="Which browser?")
    page = client_for(vic).get("/t/acme/p/FHR/decisions/again/").content.decode()
    assert "One decision is due for another look now" in page
    due = client_for(vic).get("/t/acme/decisions/again/?state=due").content.decode()
    assert "Who opens the door?" in due
    assert "Which browser?" not in due
    rows = b"".join(client_for(vic).get("/t/acme/decisions/again/?format=csv"))
    assert b"Who opens the door?" in rows
    assert b"Look again on" in rows


def test_statements_of_the_register_do_not_grow(acme, vic, client_for) -> None:
    browser, counts = client_for(vic), []
    for _each in range(3):
        with tenant_context(acme.id):
            decision = decided(ProgrammeFactory(), DAY)
            DecisionLookFactory(decision=decision)
        browser.get("/t/acme/decisions/again/")
        with CaptureQueriesContext(connection) as captured:
            assert browser.get("/t/acme/decisions/again/").status_code == 200
        counts.append(len(captured))
    assert len(set(counts)) == 1


def test_looking_on_the_page_and_the_second_who_looks(acme, dana, cam, vic, client_for) -> None:
    with tenant_context(acme.id):
        decision = decided(ProgrammeFactory(code="FHR"), DAY)
        waiting = DecisionFactory(programme=decision.programme)
    url = f"{decision.get_absolute_url()}look/"
    typed = {"verdict": "partly", "text": "Half of them", "version": str(decision.version)}
    assert client_for(vic).post(url, typed).status_code == 403
    assert client_for(dana).get(f"{waiting.get_absolute_url()}look/").status_code == 302
    assert client_for(dana).post(url, typed | {"text": ""}).status_code == 422
    past = typed | {"review_on": "2020-01-01"}
    assert client_for(dana).post(url, past).status_code == 422
    assert client_for(dana).post(url, typed).status_code == 303
    assert client_for(cam).post(url, typed).status_code == 409
    page = client_for(vic).get(decision.get_absolute_url()).content.decode()
    assert "Half of them" in page
    assert "Worked in part" in page
    with tenant_context(acme.id):
        assert DecisionLook.objects.count() == 1


# --- on the agenda ------------------------------------------------------------------------------------


@pytest.fixture
def meeting(programme, dana, cam):
    group = SteeringGroupFactory(programme=programme)
    GroupMemberFactory(group=group, person=dana.person, function="delivery")
    GroupMemberFactory(group=group, person=cam.person, function="change")
    return MeetingFactory(group=group, held_on=DAY, chair=dana.person)


def test_what_is_due_by_the_meeting_is_proposed_for_it(meeting) -> None:
    due = decided(meeting.programme, DAY, question="Which browser?")
    decided(meeting.programme, DAY + timedelta(days=1))
    decided(meeting.programme, DAY, group=SteeringGroupFactory(programme=meeting.programme))
    found = [each for each in selectors.proposals_for(meeting, DAY) if "Did it" in each.title]
    assert [(each.title, each.decision) for each in found] == [("Did it work? Which browser?", due)]


def test_what_is_decided_anew_leaves_the_old_decision_as_it_was(meeting, dana, cam) -> None:
    old = decided(meeting.programme, DAY, question="Which browser?")
    services.take_proposals(meeting, on=DAY, acting=dana)
    item = MeetingItem.objects.get(meeting=meeting, decision=old)
    for each in (dana, cam):
        services.attend(meeting, each.person, presence="present", acting=dana)
    minuted = services.minute_item(
        item, note="It did not", outcome="decision", words="The other one", acting=dana
    )
    kept = Decision.objects.get(pk=old.pk)
    assert (kept.outcome, kept.meeting_item) == ("So it is", None)
    (new,) = minuted.decisions.all()
    assert (new.outcome, new.decided_on) == ("The other one", DAY)
    # Written again without new words, nothing is decided twice.
    services.minute_item(
        MeetingItem.objects.get(pk=item.pk), note="It did not work", outcome="decision", acting=dana
    )
    assert Decision.objects.filter(outcome="The other one").count() == 1
