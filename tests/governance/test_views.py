"""Pages of governance over HTTP."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from html import unescape

import pytest
from django.core.exceptions import ValidationError

from governance import services
from governance.models import Decision, GroupMember, SteeringGroup
from pmo_portal.common import clock
from pmo_portal.tenants.context import tenant_context
from tests.factories.governance import ActionFactory, DecisionFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 6, 2, 9, tzinfo=UTC)
LISTS = ("steering/", "decisions/", "actions/")


def fresh(acme, record):
    with tenant_context(acme.id):
        return type(record).all_objects.get(pk=record.pk)


def question(**changes):
    return {
        "question": "Do we split the wave?",
        "context": "",
        "group": "",
        "milestone": "",
        "requested_on": "2026-06-01",
        "due_on": "2026-06-15",
        "options": "Split it\nKeep it",
    } | changes


def test_one_option_is_no_choice_and_what_was_typed_stays(stage, acme, cam, client_for):
    answer = client_for(cam).post(f"{stage.base}decisions/new/", question(options="Split it\n \n"))
    assert answer.status_code == 422
    text = unescape(answer.content.decode())
    assert '<a href="#id_options">Options: One option is no choice.' in text
    assert "Split it</textarea>" in text.replace("\r", "").replace("\n", "").replace(" </", "</")
    with tenant_context(acme.id):
        assert Decision.objects.count() == 1


def test_a_question_may_be_answered_in_words(stage, cam, client_for):
    asked = client_for(cam).post(f"{stage.base}decisions/new/", question(options=""))
    assert asked.status_code == 303


def test_no_way_in_leaves_a_decision_one_option(stage, acme, dana):
    with tenant_context(acme.id):
        asked = Decision(
            programme=stage.programme,
            question="Now?",
            requested_on="2026-06-01",
            due_on="2026-06-02",
        )
        with pytest.raises(ValidationError) as refused:
            services.request_decision(asked, options=["Wait", " "], acting=dana)
        assert set(refused.value.error_dict) == {"options"}
        with pytest.raises(ValidationError):
            services.revise_decision(stage.decision, changes={}, options=["Go"], acting=dana)


@pytest.mark.parametrize("path", LISTS)
def test_whoever_reads_the_programme_reads_its_governance(stage, vic, client_for, path):
    assert client_for(vic).get(f"{stage.base}{path}").status_code == 200


@pytest.mark.parametrize("path", [*LISTS, "decisions/new/"])
def test_an_outsider_sees_no_such_programme(stage, ola, client_for, path):
    assert client_for(ola).get(f"{stage.base}{path}").status_code == 404


@pytest.mark.parametrize("path", ["decisions/new/", "actions/new/", "steering/new/"])
def test_a_viewer_writes_nothing_and_is_told_whom_to_ask(stage, vic, client_for, path):
    answer = client_for(vic).get(f"{stage.base}{path}")
    assert answer.status_code == 403
    assert b"Ask one of them" in answer.content


def test_a_question_is_asked_with_its_options(stage, acme, cam, client_for):
    answer = client_for(cam).post(f"{stage.base}decisions/new/", question())
    assert answer.status_code == 303
    with tenant_context(acme.id):
        decision = Decision.objects.latest("number")
        assert [(each.position, each.text) for each in decision.options.all()] == [
            (1, "Split it"),
            (2, "Keep it"),
        ]


def test_a_form_that_does_not_hold_keeps_what_was_typed(stage, cam, client_for):
    post = question(question="", context="Because of the freeze", due_on="2026-05-01")
    answer = client_for(cam).post(f"{stage.base}decisions/new/", post)
    assert answer.status_code == 422
    assert b"Because of the freeze" in answer.content
    assert b"Keep it" in answer.content


def test_two_editors_one_is_shown_both_versions(stage, acme, cam, dana, client_for):
    first = client_for(cam).post(f"{stage.paper}edit/", question(version=1))
    assert first.status_code == 303
    second = client_for(dana).post(
        f"{stage.paper}edit/", question(question="Do we wait?", version=1)
    )
    assert second.status_code == 409
    for text in (b"Do we wait?", b"Do we split the wave?", b"Do we move the go-live?"):
        assert text in second.content
    assert fresh(acme, stage.decision).question == "Do we split the wave?"


def test_a_question_of_today_was_asked_today(in_acme, cam, client_for):
    decision = DecisionFactory(requested_on=clock.today(), due_on=clock.today())
    assert "Asked today." in client_for(cam).get(decision.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("function", "words"),
    [
        ("joint", "Decided jointly on 2 Jun 2026 (Cam Castillo)."),
        ("change", "Decided on 2 Jun 2026 by Cam Castillo, for adoption."),
    ],
)
def test_a_decision_says_for_whom_it_was_taken(in_acme, cam, client_for, function, words):
    decision = DecisionFactory(
        status="decided", decided_on=date(2026, 6, 2), outcome="Yes", decided_by=cam.person,
        function_of_decider=function,
    )  # fmt: skip
    assert words in client_for(cam).get(decision.get_absolute_url()).content.decode()


def test_both_voices_and_the_decision_end_up_on_the_paper(stage, dana, cam, sam, client_for):
    for member, voice in ((dana, "delivery"), (cam, "change")):
        answer = client_for(member).post(
            f"{stage.paper}view/{voice}/", {"stance": "supports", "note": f"{voice} agrees"}
        )
        assert answer.status_code == 303
    decide = {"outcome": "Moved by two weeks", "rationale": "", "decided_on": "2026-06-10"}
    answer = client_for(sam).post(f"{stage.paper}decide/", decide | {"version": 1})
    assert answer.status_code == 303
    page = client_for(cam).get(stage.paper).content.decode()
    assert "delivery agrees" in page
    assert "change agrees" in page
    assert "Moved by two weeks" in page
    assert "In isolation" not in page


def test_options_that_changed_places_are_chosen_again(stage, acme, dana, sam, client_for):
    def reorder(*options):
        with tenant_context(acme.id):
            services.revise_decision(
                fresh(acme, stage.decision), changes={}, options=options, acting=dana
            )

    def sent(page, **changes):
        form = page.context["form"]
        hidden = {name: form[name].value() for name in ("options_shown", "version")}
        return hidden | {"outcome": "So", "rationale": "", "decided_on": "2026-06-10"} | changes

    reorder("Move it", "Keep it", "Drop it")
    browser = client_for(sam)
    opened = browser.get(f"{stage.paper}decide/")
    assert '<option value="2">B. Keep it</option>' in opened.content.decode()
    reorder("Keep it", "Move it")
    # The place that was chosen is there no more, nor is what stands at another the same.
    for place in (3, 2):
        clash = browser.post(f"{stage.paper}decide/", sent(opened, chosen=place))
        assert clash.status_code == 409
    rows = {row.label: row for row in clash.context["rows"]}
    assert rows["Options"].base == "A. Move it; B. Keep it; C. Drop it"
    assert rows["Options"].theirs == "A. Keep it; B. Move it"
    assert rows["Options"].mine == "B. Keep it"
    assert '<option value="2">B. Move it</option>' in clash.content.decode()
    assert clash.context["form"]["chosen"].value() == ""
    assert fresh(acme, stage.decision).is_waiting
    saved = browser.post(f"{stage.paper}decide/", sent(clash, chosen=1))
    assert saved.status_code == 303
    with tenant_context(acme.id):
        assert stage.decision.options.get(is_chosen=True).text == "Keep it"


def test_options_written_down_or_taken_away_meanwhile_are_shown(stage, acme, dana, sam, client_for):
    browser = client_for(sam)
    post = {"outcome": "So", "rationale": "", "decided_on": "2026-06-10", "options_shown": ""}
    for version, options in ((1, ["Move it", "Keep it"]), (2, [])):
        with tenant_context(acme.id):
            services.revise_decision(
                fresh(acme, stage.decision), changes={}, options=options, acting=dana
            )
        clash = browser.post(f"{stage.paper}decide/", post | {"version": version})
        assert clash.status_code == 409
        form = clash.context["form"]
        assert ("chosen" in form.fields) == bool(options)
        assert next(iter(form.fields)) == ("chosen" if options else "outcome")
        post |= {"options_shown": form["options_shown"].value(), "chosen": len(options)}


def test_another_question_leaves_the_option_as_it_was_taken(stage, acme, dana, sam, client_for):
    with tenant_context(acme.id):
        services.revise_decision(
            stage.decision, changes={}, options=["Move it", "Keep it"], acting=dana
        )
        services.revise_decision(
            fresh(acme, stage.decision), changes={"context": "It rains"}, acting=dana
        )
    post = {"outcome": "So", "rationale": "", "decided_on": "2026-06-10", "version": 2}
    clash = client_for(sam).post(
        f"{stage.paper}decide/", post | {"chosen": 2, "options_shown": "Move it\r\nKeep it"}
    )
    assert clash.status_code == 409
    assert "Options" not in [row.label for row in clash.context["rows"]]
    assert clash.context["form"]["chosen"].value() == "2"


def test_the_option_taken_is_an_outcome_of_its_own(stage, acme, dana, sam, client_for):
    with tenant_context(acme.id):
        services.revise_decision(
            stage.decision, changes={}, options=["Move it", "Keep it"], acting=dana
        )
    browser = client_for(sam)
    opened = browser.get(f"{stage.paper}decide/").context["form"]
    post = {"outcome": "", "rationale": "", "decided_on": "2026-06-10"}
    shown = {name: opened[name].value() for name in ("version", "options_shown")}
    refused = browser.post(f"{stage.paper}decide/", post | shown | {"chosen": ""})
    assert set(refused.context["form"].errors) == {"outcome"}
    assert browser.post(f"{stage.paper}decide/", post | shown | {"chosen": 2}).status_code == 303
    assert fresh(acme, stage.decision).outcome == "Keep it"


def test_a_decision_without_one_voice_is_marked(stage, dana, sam, client_for):
    client_for(dana).post(f"{stage.paper}view/delivery/", {"stance": "supports", "note": "Yes"})
    browser = client_for(sam)
    assert b"No view of: Adoption" in browser.get(f"{stage.paper}decide/").content
    browser.post(
        f"{stage.paper}decide/",
        {"outcome": "Moved", "rationale": "", "decided_on": "2026-06-10", "version": 1},
    )
    assert b"Taken in isolation" in browser.get(stage.paper).content
    listed = browser.get(f"{stage.base}decisions/?state=isolated").content
    assert b"Do we move the go-live?" in listed


def test_one_function_cannot_write_the_view_of_the_other(stage, dana, client_for):
    answer = client_for(dana).post(
        f"{stage.paper}view/change/", {"stance": "supports", "note": "Mine"}
    )
    assert answer.status_code == 403
    assert b"Each function writes its own view" in answer.content


def test_an_action_is_done_reopened_removed_and_brought_back(stage, acme, dana, client_for):
    with tenant_context(acme.id):
        action = ActionFactory(programme=stage.programme)
    browser, path = client_for(dana), f"{stage.base}actions/{action.reference}/"
    browser.post(f"{path}done/")
    assert fresh(acme, action).status == "done"
    browser.post(f"{path}reopen/")
    assert fresh(acme, action).done_on is None
    gone = browser.post(f"{path}remove/", follow=True)
    undo = f"/t/acme/history/{action.reference}/restore/"
    assert undo in gone.content.decode()
    assert browser.get(path).status_code == 410
    browser.post(undo)
    assert browser.get(path).status_code == 200


def test_what_is_said_of_an_action_already_is_not_said_again(stage, acme, dana, client_for):
    with tenant_context(acme.id):
        action = ActionFactory(programme=stage.programme)
    browser, path = client_for(dana), f"{stage.base}actions/{action.reference}/"
    browser.post(f"{path}done/")
    for button in ("drop", "done"):
        page = browser.post(f"{path}{button}/", follow=True).content.decode()
        assert f"{action.reference} is done already." in page
    assert (fresh(acme, action).status, fresh(acme, action).version) == ("done", 2)


def test_groups_show_which_side_is_missing(stage, acme, cam, dana, client_for):
    browser = client_for(cam)
    assert b"One side is missing" in browser.get(f"{stage.base}steering/").content
    with tenant_context(acme.id):
        person = dana.person
    seat = {"person": person.pk, "function": "delivery", "is_voting": "on"}
    group = f"{stage.base}steering/{stage.group.reference}/"
    assert browser.post(f"{group}give-seat/", seat).status_code == 303
    assert b"Both sides vote" in browser.get(group).content
    twice = browser.post(f"{group}give-seat/", seat)
    assert twice.status_code == 422
    assert b"member already" in twice.content
    assert browser.post(f"{group}seats/{person.handle}/leave/").status_code == 303
    left = browser.get(group).content.decode()
    assert "One side is missing" in left
    (undo,) = set(re.findall(r'action="([^"]+seats/[^"]+/restore/)"', left))
    with tenant_context(acme.id):
        kept = GroupMember.all_objects.get(group=stage.group, person=person)
    assert browser.post(undo).status_code == 303
    assert b"Both sides vote" in browser.get(group).content
    with tenant_context(acme.id):
        seat = GroupMember.all_objects.get(group=stage.group, person=person)
    assert (seat.pk, seat.version, seat.created_at) == (kept.pk, 3, kept.created_at)
    twice = browser.post(undo, follow=True)
    assert b"member already" in twice.content
    assert browser.post(f"{group}seats/nobody/restore/").status_code == 404
    browser.post(f"{group}remove/")
    assert browser.post(undo).status_code == 410


def test_whoever_chairs_since_keeps_the_chair(stage, acme, cam, dana, vic, client_for):
    browser = client_for(cam)
    with tenant_context(acme.id):
        first, second = dana.person, vic.person
    group = f"{stage.base}steering/{stage.group.reference}/"
    chair = {"is_voting": "on", "is_chair": "on"}
    browser.post(f"{group}give-seat/", {"person": first.pk, "function": "delivery"} | chair)
    undo = f"{group}seats/{first.handle}/restore/"
    browser.post(f"{group}seats/{first.handle}/leave/")
    given_up = browser.get(f"{stage.base}steering/seats/?state=left")
    assert b"<b>Chairs</b>" not in given_up.content
    assert (
        browser.get(f"{stage.base}steering/seats/?state=left&right=chair").context["register"].total
        == 0
    )
    # Nobody chairs since: the seat comes back with the chair.
    browser.post(undo)
    with tenant_context(acme.id):
        assert GroupMember.objects.get(group=stage.group, person=first).is_chair
    browser.post(f"{group}seats/{first.handle}/leave/")
    browser.post(f"{group}give-seat/", {"person": second.pk, "function": "business"} | chair)
    answer = browser.post(undo, follow=True).content.decode()
    assert f"{first.name} sits here again; {second.name} chairs since." in unescape(answer)
    with tenant_context(acme.id):
        assert GroupMember.objects.get(group=stage.group, is_chair=True).person == second
        assert not GroupMember.objects.get(group=stage.group, person=first).is_chair


def test_two_people_who_change_a_seat_meet_each_other(stage, acme, cam, dana, sam, client_for):
    with tenant_context(acme.id):
        handle = sam.person.handle
    url = f"{stage.base}steering/{stage.group.reference}/seats/{handle}/"
    first = {"function": "business", "is_voting": "on", "is_chair": "on", "version": 1}
    assert client_for(cam).post(url, first).status_code == 303
    browser = client_for(dana)
    clash = browser.post(url, first | {"function": "delivery"})
    assert clash.status_code == 409
    (row,) = clash.context["rows"]
    assert (row.base, row.theirs, row.mine) == ("Adoption", "Business", "Delivery")
    again = first | {"function": "delivery", "version": clash.context["form"]["version"].value()}
    assert browser.post(url, again).status_code == 303
    with tenant_context(acme.id):
        assert GroupMember.objects.get(group=stage.group).function == "delivery"


def test_a_seat_that_was_left_meanwhile_is_said_on_the_page_of_the_group(
    stage, acme, cam, dana, sam, client_for
):
    with tenant_context(acme.id):
        person = sam.person
    group = f"{stage.base}steering/{stage.group.reference}/"
    url, browser = f"{group}seats/{person.handle}/", client_for(dana)
    client_for(cam).post(f"{url}leave/")
    sent = {"function": "delivery", "is_voting": "on", "version": 1}
    for answer in (
        browser.get(url, follow=True),
        browser.post(url, sent, follow=True),
        browser.post(f"{url}leave/", follow=True),
    ):
        assert answer.redirect_chain[-1][0] == group
        page = unescape(answer.content.decode())
        assert f"{person.name} gave up this seat meanwhile." in page
        assert f'action="{url}restore/"' in page


def test_the_seat_or_its_group_may_go_while_a_form_is_saved(
    stage, acme, dana, sam, client_for, monkeypatch
):
    with tenant_context(acme.id):
        person = sam.person
    group = f"{stage.base}steering/{stage.group.reference}/"
    sent = {"function": "delivery", "is_voting": "on", "version": 1}
    revise = services.revise_seat

    def left_first(seat, **kwargs):
        GroupMember.objects.filter(pk=seat.pk).update(deleted_at=NOW)
        return revise(seat, **kwargs)

    monkeypatch.setattr(services, "revise_seat", left_first)
    answer = client_for(dana).post(f"{group}seats/{person.handle}/", sent, follow=True)
    assert "gave up this seat meanwhile" in answer.content.decode()


@pytest.mark.parametrize("moment", ["before", "while"])
def test_a_group_removed_meanwhile_gives_no_seat_and_can_be_brought_back(
    stage, acme, dana, vic, sam, client_for, monkeypatch, moment
):
    with tenant_context(acme.id):
        newcomer, seated = vic.person, sam.person
    group = f"{stage.base}steering/{stage.group.reference}/"

    def gone():
        with tenant_context(acme.id):
            SteeringGroup.all_objects.filter(pk=stage.group.pk).update(deleted_at=NOW)

    def gone_first(act):
        def acted(seat, **kwargs):
            gone()
            return act(seat, **kwargs)

        return acted

    if moment == "before":
        gone()
    else:
        for name in ("seat_member", "revise_seat"):
            monkeypatch.setattr(services, name, gone_first(getattr(services, name)))
    browser = client_for(dana)
    given = browser.post(f"{group}give-seat/", {"person": newcomer.pk, "function": "delivery"})
    with tenant_context(acme.id):
        SteeringGroup.all_objects.filter(pk=stage.group.pk).update(
            deleted_at=None if moment == "while" else NOW
        )
    changed = browser.post(
        f"{group}seats/{seated.handle}/", {"function": "delivery", "is_voting": "on", "version": 1}
    )
    for answer in (given, changed):
        assert answer.status_code == 410
        assert f"/t/acme/history/{stage.group.reference}/restore/" in answer.content.decode()
    with tenant_context(acme.id):
        assert GroupMember.objects.get(group=stage.group).function == "change"


def test_the_history_of_a_group_tells_of_its_seats(stage, acme, cam, dana, client_for):
    browser = client_for(cam)
    with tenant_context(acme.id):
        person = dana.person
    group = f"{stage.base}steering/{stage.group.reference}/"
    browser.post(f"{group}give-seat/", {"person": person.pk, "function": "delivery"})
    change = {"person": person.pk, "function": "business", "is_voting": "on", "version": 1}
    assert browser.post(f"{group}seats/{person.handle}/", change).status_code == 303
    trail = f"/t/acme/history/{stage.group.reference}/"
    assert trail in browser.get(f"{group}seats/{person.handle}/").content.decode()
    browser.post(f"{group}seats/{person.handle}/leave/")
    parts = [
        each for each in browser.get(trail).context["parts"] if each.of.startswith(person.name)
    ]
    assert [each.version for each in parts][-2:] == [2, 1]
    assert [change.label for change in parts[-2].changes] == ["Speaks for", "Votes"]
    assert "business" in parts[-2].changes[0].pieces[-1].text.lower()
    page = browser.get(trail).content.decode()
    assert "What belongs to it" in page
    assert person.name in page


def test_exports_carry_no_formula(stage, acme, cam, client_for):
    with tenant_context(acme.id):
        DecisionFactory(programme=stage.programme, question="=1+1 or not?")
    answer = client_for(cam).get(f"{stage.base}decisions/?format=csv")
    assert "'=1+1 or not?" in answer.content.decode("utf-8-sig")
    assert client_for(cam).get(f"{stage.base}actions/?format=xlsx").content[:2] == b"PK"


@pytest.mark.parametrize("path", ["decisions/", "actions/"])
def test_a_list_takes_the_same_statements_for_any_number_of_rows(
    stage, acme, cam, client_for, path, django_assert_max_num_queries
):
    browser = client_for(cam)
    factory = DecisionFactory if path == "decisions/" else ActionFactory

    def statements(rows: int) -> int:
        with tenant_context(acme.id):
            factory.create_batch(rows, programme=stage.programme)
        with django_assert_max_num_queries(60) as counted:
            assert browser.get(f"{stage.base}{path}").status_code == 200
        return len(counted)

    assert statements(1) == statements(20)


def test_a_removed_question_is_gone_with_a_way_back(stage, cam, client_for):
    browser = client_for(cam)
    assert browser.post(f"{stage.paper}remove/").status_code == 303
    gone = browser.get(stage.paper)
    assert gone.status_code == 410
    assert b"Bring it back" in gone.content


def test_putting_a_version_back_never_undoes_a_decision(stage, acme, cam, sam, client_for):
    browser = client_for(sam)
    browser.post(f"{stage.paper}edit/", question(group=stage.group.pk, version=1))
    decide = {"outcome": "Moved", "rationale": "", "decided_on": "2026-06-10", "version": 2}
    assert browser.post(f"{stage.paper}decide/", decide).status_code == 303
    answer = browser.post(
        f"/t/acme/history/{stage.decision.reference}/restore/", {"version": 1}, follow=True
    )
    assert b"decided already" in answer.content
    assert fresh(acme, stage.decision).status == "decided"
