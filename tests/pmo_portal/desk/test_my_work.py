"""My work: every kind of thing waits for the right people, for nobody else, and goes once it is done."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

import adoption.services
import governance.services
import programmes.services
from adoption.models import ImpactReview
from governance.voices import VOICES
from pmo_portal.accounts.choices import Role
from pmo_portal.desk import my_work
from pmo_portal.desk.my_work import KINDS, SHOWN, Wish
from pmo_portal.jobs.imports import import_kind
from pmo_portal.jobs.imports.services import confirm
from pmo_portal.tenants.context import tenant_context
from programmes.models import Programme, StatusReport
from tests.factories.accounts import make_member
from tests.factories.governance import (
    DecisionFactory,
    DecisionInputFactory,
    GroupMemberFactory,
    JudgementFactory,
    ReviewViewFactory,
)
from tests.factories.programmes import (
    MilestoneFactory,
    ProgrammeFactory,
    RaidItemFactory,
    StatusReportFactory,
)

from .one_of_each import DUE, NOW, TODAY, World

pytestmark = pytest.mark.django_db

URL = "/t/acme/my-work/"
DELIVERY, CHANGE = {"dana", "dee", "lia"}, {"cam", "coe", "cleo"}
LEADS = {"dana", "lia"}, {"cam", "cleo"}

# Of each kind: for whom it waits, of all eleven members of Acme.
WAITS_FOR = {
    "views": DELIVERY | CHANGE,
    "decisions": {"sam"},
    "again": {*LEADS[0], *LEADS[1], "sam"},
    "actions": {"coe"},
    "minutes": {"sam"},
    "halves": DELIVERY | CHANGE,
    "signatures": LEADS[0] | LEADS[1],
    "escalations": CHANGE,
    "charters": LEADS[0] | LEADS[1],
    "reviews": DELIVERY | CHANGE,
    "judgements": {*LEADS[0], *LEADS[1], "spen"},
    "imports": {"dana"},
    "milestones": {"dee"},
    "raid": {"dee"},
    "reports": LEADS[0] | LEADS[1],
    "impacts": CHANGE,
    "engagement": {"coe"},
    "resistance": CHANGE,
}


@pytest.fixture(autouse=True)
def _a_day_in_june():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def world(acme, ola, dana, cam, ada, sam, spen, vic, dee, coe) -> World:
    return World(
        acme, ola=ola, dana=dana, cam=cam, ada=ada, sam=sam, spen=spen, vic=vic, dee=dee, coe=coe
    )


def rows(world: World, name: str, **wish: object) -> list:
    """What waits for somebody of one kind, in FHR where nothing else is said."""
    member = world.cast[name]
    with tenant_context(member.tenant.id):
        return my_work.rows_for(member, TODAY, Wish(**wish))


def waiting_for(world: World, kind: str, reference: str) -> set[str]:
    return {
        name
        for name in world.cast
        if any(row.reference == reference for row in rows(world, name, only=kind))
    }


@pytest.mark.parametrize("kind", WAITS_FOR)
def test_each_kind_waits_for_those_who_can_do_it_and_for_nobody_else(world, kind) -> None:
    with tenant_context(world.acme.id):
        thing = getattr(world, kind)()
    assert waiting_for(world, kind, thing.reference) == WAITS_FOR[kind]


def test_every_kind_but_the_balance_is_told_above() -> None:
    assert {*WAITS_FOR, "balance"} == set(KINDS)


@pytest.mark.parametrize("kind", WAITS_FOR)
def test_every_line_leads_to_a_page_that_lets_its_reader_in(world, kind, client_for) -> None:
    with tenant_context(world.acme.id):
        getattr(world, kind)()
    for name in WAITS_FOR[kind]:
        found = [row for row in rows(world, name, only=kind) if row.code in ("FHR", "")]
        assert found
        for row in found:
            # Before a signature people prove once more who they are.
            expected = 302 if kind in ("signatures", "charters") else 200
            answer = client_for(world.cast[name]).get(KINDS[kind].url("acme", row))
            assert answer.status_code == expected, (name, KINDS[kind].url("acme", row))


def _as(world: World, name: str):
    return world.cast[name]


def _views(world, thing) -> None:
    governance.services.give_input(
        thing, function="change", stance="supports", note="Yes.", on=TODAY, acting=_as(world, "cam")
    )


def _decisions(world, thing) -> None:
    governance.services.decide(thing, outcome="Yes", on=TODAY, acting=_as(world, "sam"))


def _again(world, thing) -> None:
    governance.services.look_again(
        thing, verdict="worked", text="It did.", again_on=None, on=TODAY, at=NOW, acting=_as(world, "sam")
    )  # fmt: skip


def _actions(world, thing) -> None:
    governance.services.finish_action(thing, on=TODAY, acting=_as(world, "coe"))


def _minutes(world, thing) -> None:
    type(thing).objects.filter(pk=thing.pk).update(status="approved", approved_on=TODAY)


def _halves(world, thing) -> None:
    type(thing.people_impact).objects.filter(request=thing).update(said_on=TODAY, words="Much.")


def _signatures(world, thing) -> None:
    thing.signatures.create(
        tenant=world.acme, function="change", verdict="approved", person=world.people["cleo"],
        role_then="Change lead", digest="0", signed_at=NOW, signed_on=TODAY,
    )  # fmt: skip


def _escalations(world, thing) -> None:
    governance.services.give_view(thing, view="We wait.", on=TODAY, acting=_as(world, "coe"))


def _charters(world, thing) -> None:
    thing.signatures.create(
        tenant=world.acme, function="change", person=world.people["cleo"],
        role_then="Change lead", digest="0", signed_at=NOW, signed_on=TODAY,
    )  # fmt: skip


def _reviews(world, thing) -> None:
    ReviewViewFactory(review_line=thing.lines.get(), function="change")
    governance.services.complete_review(
        thing, function="change", on=TODAY, acting=_as(world, "cam")
    )


def _judgements(world, thing) -> None:
    JudgementFactory(round=thing, voice="change")


def _imports(world, thing) -> None:
    confirm(thing, kind=import_kind("gmpp"), acting=_as(world, "dana"))


def _milestones(world, thing) -> None:
    programmes.services.achieve_milestone(
        thing, achieved_on=TODAY, on=TODAY, at=NOW, acting=_as(world, "dee")
    )


def _raid(world, thing) -> None:
    programmes.services.revise_raid_item(
        thing,
        changes={"review_on": TODAY + timedelta(days=30)},
        at=NOW,
        on=TODAY,
        acting=_as(world, "dee"),
    )


def _reports(world, thing) -> None:
    report = StatusReport(
        programme=thing, half="adoption", rating="green", sentence="On course.", effective_on=TODAY
    )
    programmes.services.report_status(report, at=NOW, acting=_as(world, "cam"))


def _impacts(world, thing) -> None:
    review = ImpactReview(
        impact=thing, stage="quarter", project_rating=2, reason="Asked.", effective_on=TODAY,
        review_on=TODAY + timedelta(days=60),
    )  # fmt: skip
    adoption.services.review_impact(review, at=NOW, on=TODAY, acting=_as(world, "coe"))


def _engagement(world, thing) -> None:
    adoption.services.hold_activity(thing, held_on=TODAY, today=TODAY, acting=_as(world, "coe"))


def _resistance(world, thing) -> None:
    adoption.services.revise_signal(
        thing, changes={"response": "We asked them."}, version=thing.version, acting=_as(world, "coe")
    )  # fmt: skip


@pytest.mark.parametrize("kind", WAITS_FOR)
def test_what_is_done_waits_no_more(world, kind) -> None:
    """What one function did waits for it no more, and for the other one as before."""
    with tenant_context(world.acme.id):
        thing = getattr(world, kind)()
        globals()[f"_{kind}"](world, thing)
    once_by_each = {"views", "halves", "signatures", "charters", "reviews", "judgements", "reports"}
    left = WAITS_FOR[kind] - CHANGE if kind in once_by_each else set()
    assert waiting_for(world, kind, thing.reference) == left


# A file is of no programme.
@pytest.mark.parametrize("kind", [kind for kind in WAITS_FOR if kind != "imports"])
def test_what_a_closed_programme_left_open_waits_for_nobody(world, kind) -> None:
    with tenant_context(world.acme.id):
        thing = getattr(world, kind)()
    assert waiting_for(world, kind, thing.reference)
    with tenant_context(world.acme.id):
        Programme.objects.update(stage="closed")
    assert waiting_for(world, kind, thing.reference) == set()


def test_both_halves_follow_the_same_rules(world) -> None:
    """The mirror of everything that delivery owns or is asked, on the people side."""
    with tenant_context(world.acme.id):
        milestone = world.milestones("adoption", "coe")
        item, wrong = world.raid("people", "coe"), world.raid("people", "dee")
        theirs = world.escalations("change")
    assert waiting_for(world, "milestones", milestone.reference) == {"coe"}
    assert waiting_for(world, "raid", item.reference) == {"coe"}
    # Its owner may not change what the other side keeps.
    assert waiting_for(world, "raid", wrong.reference) == set()
    assert waiting_for(world, "escalations", theirs.reference) == DELIVERY
    places = {row.kind: row.place for row in rows(world, "coe")}
    assert places["milestones"] == places["raid"] == "adoption"
    assert {row.place for row in rows(world, "cam", only="reports")} == {"adoption"}
    assert {row.place for row in rows(world, "dana", only="reports")} == {"delivery"}


def test_items_of_both_sides_stand_with_what_is_decided_together(world) -> None:
    with tenant_context(world.acme.id):
        item = world.raid("both", "coe")
    (row,) = [each for each in rows(world, "coe", only="raid") if each.reference == item.reference]
    assert row.place == "together"


def test_what_is_planned_further_ahead_waits_not_yet(world) -> None:
    with tenant_context(world.acme.id):
        for days in (28, 29):
            day = TODAY + timedelta(days=days)
            MilestoneFactory(programme=world.programme, owner=world.people["dee"], baseline_on=day)
            RaidItemFactory(programme=world.programme, owner=world.people["dee"], review_on=day)
    found = rows(world, "dee", only="milestones")
    assert [row.due for row in found] == [TODAY + timedelta(days=28)]
    assert rows(world, "dee", only="raid") == []


def test_a_report_is_due_by_the_rhythm_of_its_half(world) -> None:
    with tenant_context(world.acme.id):
        StatusReportFactory(programme=world.programme, effective_on=TODAY - timedelta(days=13))
    assert rows(world, "lia", only="reports") == []
    with tenant_context(world.acme.id):
        StatusReport.objects.update(effective_on=TODAY - timedelta(days=14))
    (row,) = rows(world, "lia", only="reports")
    assert row.due == TODAY
    with tenant_context(world.acme.id):
        StatusReport.objects.update(opinion="published")
    # What others publish comes when they publish it.
    assert rows(world, "lia", only="reports") == []


def test_a_question_put_to_no_group_waits_for_who_steers_and_leads(world) -> None:
    with tenant_context(world.acme.id):
        asked = DecisionFactory(programme=world.programme)
    expected = {"sam", "spen", "dana", "cam"}
    assert waiting_for(world, "decisions", asked.reference) == expected


def test_a_seat_without_a_vote_decides_nothing(world) -> None:
    with tenant_context(world.acme.id):
        asked = world.decisions()
        GroupMemberFactory(group=asked.group, person=world.people["vic"], is_voting=False)
    assert waiting_for(world, "decisions", asked.reference) == {"sam"}


def test_a_question_that_is_asked_later_waits_not_yet(world) -> None:
    with tenant_context(world.acme.id):
        asked = DecisionFactory(
            programme=world.programme, requested_on=date(2026, 7, 1), due_on=date(2026, 7, 9)
        )
    assert waiting_for(world, "views", asked.reference) == set()


def test_a_review_with_every_line_said_waits_for_the_lead_to_say_that_it_is_done(world) -> None:
    with tenant_context(world.acme.id):
        review = world.reviews()
        ReviewViewFactory(review_line=review.lines.get(), function="change")
    assert waiting_for(world, "reviews", review.reference) == DELIVERY | LEADS[1]


def test_a_closed_round_asks_nobody(world) -> None:
    with tenant_context(world.acme.id):
        asked = world.judgements()
        type(asked).objects.update(closes_on=TODAY - timedelta(days=1))
    assert waiting_for(world, "judgements", asked.reference) == set()


def test_the_leads_who_are_named_are_asked_about_a_balance_that_leans(world) -> None:
    with tenant_context(world.acme.id):
        for programme in (world.programme, world.other):
            for days in (*range(5, 13), *range(95, 103)):
                on = TODAY - timedelta(days=days)
                decided = DecisionFactory(
                    programme=programme,
                    status="decided",
                    outcome="Yes",
                    function_of_decider="delivery",
                    requested_on=on,
                    due_on=on,
                    decided_on=on,
                )
                for voice in VOICES:
                    DecisionInputFactory(decision=decided, function=voice, given_on=on)
        reference = world.programme.reference
    assert waiting_for(world, "balance", reference) == {"lia", "cleo"}
    assert waiting_for(world, "balance", world.other.reference) == set()
    with tenant_context(world.acme.id):
        governance.services.comment_balance(
            world.programme, function="change", text="We talk.", on=TODAY, acting=_as(world, "cleo")
        )
    assert waiting_for(world, "balance", reference) == {"lia"}


def test_removed_things_ask_nobody(world) -> None:
    with tenant_context(world.acme.id):
        for kind in WAITS_FOR.keys() - {"imports", "reports"}:
            thing = getattr(world, kind)()
            type(thing).all_objects.filter(pk=thing.pk).update(deleted_at=NOW)
    for name in world.cast:
        assert {row.kind for row in rows(world, name, programme="FHR")} <= {"reports"}


def test_removed_programmes_ask_nobody(world) -> None:
    _everything(world)
    with tenant_context(world.acme.id):
        type(world.programme).objects.filter(pk=world.programme.pk).update(deleted_at=NOW)
    for name in world.cast:
        assert rows(world, name, programme="FHR") == []


def test_in_a_suspended_organisation_nothing_can_wait(world, client_for) -> None:
    """Only administrators still read it; one who also leads a function could do all of this otherwise."""
    ali = make_member(world.acme, "Ali Ames", Role.ADMINISTRATOR, Role.PMO_LEAD)
    with tenant_context(world.acme.id):
        world.views()
    assert "The view of delivery is missing" in client_for(ali).get(URL).content.decode()
    type(world.acme).objects.filter(pk=world.acme.pk).update(status="suspended")
    page = client_for(ali).get(URL).content.decode()
    assert "This organisation is suspended" in page
    assert "The view of delivery is missing" not in page


# --- the page ---------------------------------------------------------------------------------------


def _everything(world: World) -> None:
    with tenant_context(world.acme.id):
        for kind in WAITS_FOR:
            getattr(world, kind)()


def test_the_page_says_what_waits_why_and_since_when_in_words(world, client_for) -> None:
    _everything(world)
    page = client_for(world.cast["coe"]).get(URL).content.decode()
    assert "Actions you own" in page
    assert "Overdue by 5 days" in page
    assert "The view of adoption is missing. Asked of your function." in page
    assert "Programme FHR" in page
    assert "Nothing of delivery waits for you" in page


def test_a_viewer_reads_that_nothing_can_wait(world, client_for) -> None:
    _everything(world)
    page = client_for(world.cast["vic"]).get(URL).content.decode()
    assert "A viewer reads everything and changes nothing." in page
    assert "Looked at 20 Jun 2026" in page


def test_who_has_done_everything_reads_when_it_was_looked(world, client_for) -> None:
    page = client_for(world.cast["ada"]).get(URL).content.decode()
    assert "Nothing waits for you" in page
    assert "nothing you own is due" in page


def test_filters_stand_in_the_address_and_nonsense_is_dropped(world, client_for) -> None:
    _everything(world)
    browser = client_for(world.cast["dana"])

    def count(query: str) -> int:
        lines = browser.get(f"{URL}?format=csv&{query}").content.decode().splitlines()
        return len(lines) - 1

    everything = count("")
    fhr, other = count("programme=fhr"), count("programme=OTHER")
    # The file that was sent in belongs to no programme.
    assert everything == fhr + other + 1
    assert count("programme=programme+other") == other > 0
    assert 0 < count("due=late") < everything
    assert count("asked=me") == 1
    assert count("only=judgements") == 1
    assert count("due=never&asked=x&only=nothing") == everything
    page = browser.get(f"{URL}?programme=nowhere").content.decode()
    assert "Nothing matches these filters" in page


def test_one_kind_is_read_page_by_page(world, client_for) -> None:
    with tenant_context(world.acme.id):
        asked = [DecisionFactory(programme=world.programme) for _each in range(60)]
    browser = client_for(world.cast["dee"])
    first = browser.get(URL).content.decode()
    assert first.count("The view of delivery is missing") == SHOWN
    assert "All: Views asked of your function" in first
    assert "60 things wait for you" in first
    pages = [browser.get(f"{URL}?only=views&page={each}").content.decode() for each in (1, 2)]
    shown = [page.count("The view of delivery is missing") for page in pages]
    assert shown == [50, 10]
    for each in asked:
        assert sum(f">{each.reference} " in page for page in pages) == 1


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_files_hold_every_row(world, client_for, kind) -> None:
    _everything(world)
    answer = client_for(world.cast["cam"]).get(f"{URL}?format={kind}")
    assert answer.status_code == 200
    if kind == "xlsx":
        assert answer.content[:2] == b"PK"
        return
    found = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(found) == len(rows(world, "cam"))
    late = next(each for each in found if each["What"] == "Change requests to sign")
    assert late["Days overdue"] == "5"
    assert late["Due"] == DUE.isoformat()
    assert late["Code"] == "FHR"


def test_the_page_costs_the_same_statements_whatever_waits(world, client_for) -> None:
    counted = []
    for more in (0, 4):
        with tenant_context(world.acme.id):
            for each in range(more):
                named = {"delivery_lead": world.people["lia"], "change_lead": world.people["cleo"]}
                world.programme = ProgrammeFactory(code=f"MORE{each}", **named)
                for kind in WAITS_FOR:
                    getattr(world, kind)()
        if not more:
            _everything(world)
        for name in ("dana", "lia", "sam"):
            browser = client_for(world.cast[name])
            browser.get(URL)
            with CaptureQueriesContext(connection) as queries:
                assert browser.get(URL).status_code == 200
            counted.append(len(queries))
    assert counted[:3] == counted[3:]
    assert max(counted) <= 20, counted


def test_another_organisation_reads_nothing_of_it(world, client_for) -> None:
    _everything(world)
    assert rows(world, "ola") == []
    assert client_for(world.cast["ola"]).get(URL).status_code == 404
    assert "FHR" not in client_for(world.cast["ola"]).get("/t/borealis/my-work/").content.decode()


def test_my_work_stands_beside_the_portfolio_for_everybody(world, client_for) -> None:
    for name in ("dana", "vic"):
        page = client_for(world.cast[name]).get("/t/acme/").content.decode()
        assert f'href="{URL}"' in page
