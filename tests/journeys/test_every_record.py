"""Every kind of record, as people meet it: added from the navigation, changed, taken back and brought back.

One table of kinds, walked with script and without. Everything happens in a programme made here for it, so that
no other journey finds its records changed.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from .conftest import Portal

TODAY = date.today()
SOON, LATER = (TODAY + timedelta(days=days) for days in (30, 60))
# A field's name, and what is chosen or typed: True ticks the first box, a number chooses by position.
Typed = Mapping[str, str | int | bool]


@dataclass(frozen=True)
class Kind:
    """How one kind of record is found, filled in and changed.

    Attributes:
        name: what people call it.
        who: the lead who keeps it.
        menu: the link of the navigation.
        add: the link or button that leads to its form.
        typed: what is filled in; `change` is the field that is changed then.
        shown: what of it stands in the list, and opens it.
        via: links between the navigation and the form.
        edit, remove: how editing and removing are called on its page.
    """

    name: str
    who: str
    menu: str
    add: str
    typed: Typed
    change: str
    shown: str
    via: tuple[str, ...] = ()
    edit: str = "Edit"
    remove: str = "Remove"
    # What is typed without script besides: one measure of one day is released once.
    without_script: Typed = field(default_factory=dict)


def _raid(kind: str) -> Kind:
    title = f"A new {kind}"
    return Kind(
        f"RAID {kind}", "pmo", "RAID", "Add item",
        {"kind": kind, "title": title, "effect": "Nobody is paid."}, "effect", title,
    )  # fmt: skip


KINDS = (
    Kind("milestone of delivery", "pmo", "Plan", "Add milestone",
         {"name": "Cables are laid", "description": "All of them.", "baseline_on": f"{SOON}"},
         "description", "Cables are laid"),
    Kind("milestone of adoption", "change", "Plan", "Add milestone",
         {"name": "Champions are named", "description": "One a team.", "baseline_on": f"{SOON}"},
         "description", "Champions are named"),
    Kind("budget line", "pmo", "Money", "Add a line",
         {"category": 1, "name": "Cables", "note": "By the metre."}, "note", "Cables",
         via=("lines",), edit="Edit the line"),
    *(_raid(kind) for kind in ("risk", "assumption", "issue", "dependency")),
    Kind("status report", "pmo", "Status", "Report delivery",
         {"rating": True, "sentence": "All is well."}, "sentence", "All is well.",
         edit="Correct it"),
    Kind("resistance signal", "change", "Resistance", "Record a sign",
         {"unit": 1, "source": 1, "strength": True, "text": "Old lists are kept.",
          "response": "Asked why."}, "response", "Old lists are kept."),
    Kind("impact", "change", "Impacts", "Add an impact",
         {"title": "Forms go", "kind": 1, "before": "On paper.", "units": True}, "before",
         "Forms go"),
    Kind("stakeholder group", "change", "Stakeholders", "Add a group",
         {"name": "Night shift", "evidence": "They said so."}, "evidence", "Night shift"),
    Kind("engagement activity", "change", "Engagement", "Plan an activity",
         {"title": "Open evening", "kind": 1, "planned_on": f"{SOON}"}, "title", "Open evening"),
    Kind("survey wave", "change", "Surveys", "Record a wave",
         {"name": "Pulse of the journey", "note": "Asked on paper.", "PAY-mean": "61",
          "PAY-n": "60"}, "note", "Pulse of the journey", remove="Withdraw",
         without_script={"measure": 1}),
    Kind("steering group", "pmo", "Steering", "Add a group",
         {"name": "Cable board", "purpose": "It steers."}, "purpose", "Cable board"),
    Kind("decision", "pmo", "Decisions", "Ask for a decision",
         {"question": "Do we lay cables?", "context": "They are dear.", "options": "Yes\nNo"},
         "context", "Do we lay cables?", remove="Remove a question asked by mistake"),
    Kind("action", "pmo", "Actions", "Add an action",
         {"text": "Count the cables"}, "text", "Count the cables"),
    Kind("change request", "pmo", "Change requests", "Ask for a change",
         {"title": "Cables under the floor", "what": "Not on the wall.", "why": "It is nicer.",
          "kinds": True}, "what", "Cables under the floor"),
    Kind("escalation", "pmo", "Escalations", "Escalate",
         {"title": "No cable to be had", "severity": "3", "text": "Sold out."}, "text",
         "No cable to be had"),
)  # fmt: skip


def _fill(page: Page, typed: Typed) -> None:
    for name, value in typed.items():
        control = page.locator(f"main [name='{name}']").first
        if value is True:
            control.check()
        elif control.evaluate("each => each.tagName") == "SELECT":
            if isinstance(value, int):
                control.select_option(index=value)
            else:
                control.select_option(str(value))
        else:
            control.fill(str(value))


def _save(page: Page) -> None:
    page.locator("main form .pp-buttons button[type=submit]").last.click()


def _press(page: Page, name: str) -> None:
    """A link or button of the page, by what it says."""
    main = page.locator("main")
    both = main.get_by_role("link", name=name, exact=True).or_(
        main.get_by_role("button", name=name, exact=True)
    )
    both.first.click()


def _menu(page: Page, name: str) -> None:
    page.locator(".pp-nav a").filter(has=page.locator(f"span:text-is('{name}')")).first.click()


def _said(page: Page) -> Locator:
    """What the portal says of the write that was just made: one message, and no error."""
    toast = page.locator("#toasts .pp-toast-success")
    expect(toast.last).to_be_visible()
    expect(page.locator("#toasts .pp-toast-error")).to_have_count(0)
    return toast.last


@dataclass
class Desk:
    """The two leads at their browsers, in a programme of their own."""

    people: dict[str, Page]
    programme: str
    script: bool
    complaints: list[str]

    def page(self, who: str) -> Page:
        page = self.people[who]
        page.goto(self.programme)
        return page


def _listen(page: Page, complaints: list[str]) -> None:
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
    page.on(
        "console",
        lambda message: (
            complaints.append(f"{page.url}: {message.text}") if message.type == "error" else None
        ),
    )
    page.on(
        "response",
        lambda answer: (
            complaints.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None
        ),
    )


def sign_in(
    browser: Browser, portal: Portal, who: str, script: bool
) -> tuple[BrowserContext, Page]:
    context = browser.new_context(java_script_enabled=script)
    context.set_default_timeout(20_000)
    page = context.new_page()
    page.goto(f"{portal.address}/accounts/login/")
    page.locator("[name=login]").fill(f"{who}@northshire.example")
    page.locator("[name=password]").fill("demo-portal")
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url("**/t/**")
    return context, page


# A worker that is given tests of this module once more, after others, opens one more desk.
_DESKS = itertools.count(1)


@pytest.fixture(scope="module", params=[True, False], ids=["with-script", "without-script"])
def desk(request: pytest.FixtureRequest, demo_portal: Portal, chromium: Browser) -> Iterator[Desk]:
    """A programme added from the portfolio, with both leads and two units."""
    complaints: list[str] = []
    opened, people = [], {}
    for who in ("pmo", "change"):
        context, page = sign_in(chromium, demo_portal, who, request.param)
        _listen(page, complaints)
        opened.append(context)
        people[who] = page
    pmo = people["pmo"]
    _press(pmo, "Add programme")
    code = f"EV{next(_DESKS)}"
    _fill(pmo, {"name": f"Every record {code}", "code": code, "units": True})
    pmo.get_by_label("Payroll", exact=False).first.check()
    for lead, who in (("delivery_lead", "pmo"), ("change_lead", "change")):
        name = people[who].locator(".pp-account-name").first.inner_text()
        pmo.locator(f"main [name={lead}]").select_option(label=name)
    _save(pmo)
    _said(pmo)
    programme = f"{demo_portal.address}/t/northshire/p/{code}/"
    yield Desk(people, programme, request.param, complaints)
    for context in opened:
        context.close()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name.replace(" ", "-"))
def test_it_is_added_changed_taken_back_and_brought_back(desk: Desk, kind: Kind) -> None:
    page = desk.page(kind.who)
    desk.complaints.clear()
    _menu(page, kind.menu)
    for name in kind.via:
        page.locator("main a").filter(has_text=re.compile(name)).first.click()
    listed = page.url
    _press(page, kind.add)
    _fill(page, kind.typed)
    if not desk.script:
        _fill(page, kind.without_script)
    _save(page)
    _said(page)

    # It stands in the list, and the list leads to it.
    page.goto(listed)
    rows = page.locator("main a, main li, main td, main th").filter(has_text=kind.shown)
    expect(rows.first).to_be_visible()
    row = page.locator("main tr, main li, main .card").filter(has_text=kind.shown).last
    row.get_by_role("link").first.click()
    expect(page.locator("main")).to_contain_text(kind.shown)

    # It is changed, and the page, the history and the way back from there say so.
    changed = f"{kind.typed[kind.change]} Said anew"
    _press(page, kind.edit)
    expect(page.locator(f"main [name={kind.change}]")).to_have_value(str(kind.typed[kind.change]))
    _fill(page, {kind.change: changed})
    _save(page)
    _said(page)
    expect(page.locator("main")).to_contain_text("Said anew")
    _press(page, "History")
    expect(page.locator("h1")).to_contain_text("was saved 2 times")
    expect(page.locator("main ins").filter(has_text="Said anew").first).to_be_visible()
    _press(page, "Back to the record")

    # It is removed, gone from the list, and back after undo.
    if kind.remove not in page.locator("main").inner_text():
        _press(page, kind.edit)
    _press(page, kind.remove)
    said = _said(page)
    undo = said.get_by_role("button", name="Undo")
    expect(undo).to_be_visible()
    expect(rows).to_have_count(0)
    undo.click()
    _said(page)
    expect(page.locator("main")).to_contain_text("Said anew")
    page.goto(listed)
    expect(rows.first).to_be_visible()
    assert desk.complaints == []


def _undone(page: Page, button: str) -> None:
    """Something is taken away, and the message brings it back."""
    _press(page, button)
    _said(page).get_by_role("button", name="Undo").click()
    _said(page)


def _added(page: Page, menu: str, add: str, typed: Typed) -> str:
    _menu(page, menu)
    _press(page, add)
    _fill(page, typed)
    _save(page)
    _said(page)
    return page.url


def test_milestones_wait_move_and_are_kept_as_a_baseline(desk: Desk) -> None:
    page = desk.page("pmo")
    desk.complaints.clear()
    _added(page, "Plan", "Add milestone", {"name": "Hall is rented", "baseline_on": f"{SOON}"})
    golive = _added(
        page, "Plan", "Add milestone",
        {"name": "Hall opens", "baseline_on": f"{LATER}", "is_golive": True, "units": True},
    )  # fmt: skip
    _press(page, "It waits for …")
    page.locator("main [name=before]").select_option(
        page.locator("main [name=before] option", has_text="Hall is rented").get_attribute("value")
    )
    _fill(page, {"lag": "2", "note": "Keys first."})
    _save(page)
    _said(page)
    expect(page.locator("main")).to_contain_text("Keys first.")
    _press(page, "Edit how it waits for Hall is rented")
    _fill(page, {"note": "Keys first, then lamps."})
    _save(page)
    _said(page)
    expect(page.locator("main")).to_contain_text("then lamps.")
    _undone(page, "No longer wait for Hall is rented")
    page.goto(golive)
    expect(page.locator("main")).to_contain_text("then lamps.")

    _press(page, "Move the date")
    _fill(page, {"forecast_on": f"{LATER + timedelta(days=20)}", "reason": "No chairs yet."})
    _save(page)
    _said(page)
    expect(page.locator("main")).to_contain_text("No chairs yet.")
    _menu(page, "Moved go-lives")
    page.locator("main a", has_text="GM-").first.click()
    _press(page, "Say why")
    _fill(page, {"reason": "readiness", "text": "Chairs are late."})
    _save(page)
    _said(page)
    expect(page.locator("main")).to_contain_text("Chairs are late.")

    _menu(page, "Plan")
    _press(page, "Baselines")
    _press(page, "Keep the plan of today")
    _fill(page, {"name": "After the hall", "reason": "It is later."})
    _save(page)
    _said(page)
    _menu(page, "Plan")
    _press(page, "Baselines")
    expect(page.locator("main")).to_contain_text("After the hall")
    assert desk.complaints == []


def test_the_months_of_a_budget_line_are_typed_and_undone(desk: Desk) -> None:
    page = desk.page("pmo")
    desk.complaints.clear()
    _added(page, "Money", "Add a line", {"category": 1, "name": "Chairs"})
    line = page.url
    _press(page, "Type the months")
    name = page.locator("main [name^=forecast-]").last.get_attribute("name")
    _fill(page, {f"{name}": "4321"})
    _save(page)
    _said(page)
    page.goto(line)
    expect(page.locator("main")).to_contain_text("4,321")
    expect(page.locator("#months")).to_contain_text("4,321")
    _press(page, "Undo the last save")
    _said(page)
    expect(page.locator("#months")).not_to_contain_text("4,321")
    assert desk.complaints == []


def test_a_risk_becomes_an_issue_and_a_risk_again(desk: Desk) -> None:
    page = desk.page("pmo")
    desk.complaints.clear()
    risk = _added(page, "RAID", "Add item", {"kind": "risk", "title": "The hall floods"})
    _press(page, "Make it a new issue")
    _said(page)
    expect(page.locator("main")).to_contain_text("issue")
    assert page.url.partition("#")[0] != risk.partition("#")[0]
    page.locator("main button", has_text="Back to R-").click()
    _said(page)
    expect(page.locator("main")).to_contain_text("risk")
    _fill(page, {"text": "Pumps are bought."})
    _press(page, "Add")
    _said(page)
    expect(page.locator("main")).to_contain_text("Pumps are bought.")
    assert desk.complaints == []


def test_a_group_gets_seats_meets_and_minutes_what_it_heard(desk: Desk) -> None:
    page = desk.page("pmo")
    desk.complaints.clear()
    _added(page, "Steering", "Add a group", {"name": "Hall board"})
    group = page.url
    for number, function in enumerate(("delivery", "change", "business"), 1):
        _press(page, "Give a seat")
        _fill(page, {"person": number, "function": function})
        _save(page)
        _said(page)
    _press(page, "Who chairs")
    _press(page, "Plan a series")
    _fill(page, {"first": f"{SOON}", "count": "2"})
    _save(page)
    _said(page)
    page.goto(group)
    _press(page, "Plan a meeting")
    _fill(page, {"held_on": f"{TODAY}"})
    _save(page)
    _said(page)
    meeting = page.url
    _press(page, "Agenda")
    _press(page, "Add an item")
    _fill(page, {"title": "The floor of the hall", "why": "It creaks."})
    _save(page)
    _said(page)
    expect(page.locator("main")).to_contain_text("The floor of the hall")
    page.goto(meeting)
    page.get_by_role("link", name="Write The floor of the hall").last.click()
    page.locator("form.pp-writing [name=note]").fill("It creaks indeed.")
    page.locator("form.pp-writing button[type=submit]").click()
    expect(page.locator("form.pp-writing")).to_have_count(0)
    expect(page.locator("#minutes")).to_contain_text("It creaks indeed.")
    _press(page, "Edit")
    _undone(page, "Remove, it was a mistake")
    expect(page.locator("main")).to_contain_text("The floor of the hall")
    assert desk.complaints == []


def test_both_voices_are_heard_before_it_is_decided_and_escalated(desk: Desk) -> None:
    page, other = desk.page("pmo"), desk.page("change")
    desk.complaints.clear()
    asked = {"question": "Do we paint the hall?", "options": "White\nGreen"}
    decision = _added(page, "Decisions", "Ask for a decision", asked)
    for each, words in ((page, "White is cheap."), (other, "Green is calm.")):
        each.goto(decision)
        _press(each, "Give this view")
        _fill(each, {"stance": True, "note": words})
        _save(each)
        _said(each)
    page.goto(decision)
    _press(page, "Record the decision")
    _fill(page, {"chosen": 2, "outcome": "Green it is."})
    _save(page)
    _said(page)
    for words in ("White is cheap.", "Green is calm.", "Green it is."):
        expect(page.locator("main")).to_contain_text(words)

    escalation = _added(
        page, "Escalations", "Escalate",
        {"title": "No paint", "severity": "3", "text": "Sold out."},
    )  # fmt: skip
    other.goto(escalation)
    other.locator("main a[href$='/view/']").first.click()
    _fill(other, {"view": "We can wait."})
    _save(other)
    _said(other)
    page.goto(escalation)
    expect(page.locator("main")).to_contain_text("We can wait.")
    _press(page, "Close with an outcome")
    _fill(page, {"outcome": "Ordered abroad."})
    _save(page)
    _said(page)
    expect(page.locator("main")).to_contain_text("Ordered abroad.")
    assert desk.complaints == []


def test_a_change_is_said_by_both_signed_by_both_and_carried_out(desk: Desk) -> None:
    pmo, change = desk.page("pmo"), desk.page("change")
    desk.complaints.clear()
    asked = {
        "title": "The stage comes later",
        "what": "In spring.",
        "why": "No wood.",
        "kinds": True,
    }
    request = _added(pmo, "Change requests", "Ask for a change", asked).partition("#")[0]
    for each, form, words in (
        (pmo, "delivery", {"scope": "No stage at first."}),
        (change, "people", {"words": "Choirs sing on the floor.", "units": True}),
    ):
        each.goto(request)
        each.locator(f"main a[href$='/{form}/']").first.click()
        _fill(each, words)
        _save(each)
        _said(each)
    expect(change.locator("main")).to_contain_text("No stage at first.")
    _press(change, "Put it to both leads")
    _said(change)

    # The first signature falls with a word that is changed, and both sign again what now stands there.
    def sign(page: Page) -> str:
        page.goto(request)
        _press(page, "Read and sign")
        if page.locator("main [name=password]").count():
            _fill(page, {"password": "demo-portal"})
            page.locator("main button[type=submit]").first.click()
        expect(page.locator("main")).to_contain_text("Choirs sing")
        _fill(page, {"verdict": True})
        _save(page)
        return _said(page).inner_text()

    sign(pmo)
    change.goto(request)
    _press(change, "Revise the people impact")
    _fill(change, {"hours": "12"})
    _save(change)
    expect(_said(change)).to_contain_text("signature was removed")
    _press(change, "Put it to both leads")
    _said(change)
    sign(change)
    assert "approved" in sign(pmo)
    expect(pmo.locator("main a[href$='/edit/']")).to_have_count(0)

    # A baseline follows, if there is a plan; then it is closed, and that can be taken back.
    _added(pmo, "Plan", "Add milestone", {"name": "Stage is built", "baseline_on": f"{LATER}"})
    pmo.goto(request)
    _press(pmo, "Keep the new baseline")
    _save(pmo)
    _said(pmo)
    pmo.locator("main a[href*='/baselines/']").first.click()
    expect(pmo.locator("main")).to_contain_text("Kept from an approved change")
    pmo.goto(request)
    _press(pmo, "Close it")
    _fill(pmo, {"outcome": "Told to the choirs."})
    _save(pmo)
    _said(pmo)
    expect(pmo.locator("main")).to_contain_text("Told to the choirs.")
    _press(pmo, "Not closed yet")
    _said(pmo)
    assert desk.complaints == []


def test_what_each_half_records_of_its_own(desk: Desk) -> None:
    """Judgements, the review of an impact, training and comments of a wave."""
    pmo, page = desk.page("pmo"), desk.page("change")
    desk.complaints.clear()
    asked = _added(pmo, "Judgements", "Ask all three", {})
    for each, words in ((pmo, "The hall stands."), (page, "Nobody goes there.")):
        each.goto(asked)
        each.locator("main a[href*='/say/']").first.click()
        _fill(each, {"level": True, "sentence": words})
        _save(each)
        _said(each)
    pmo.goto(asked)
    _undone(pmo, "Remove")

    _added(page, "Impacts", "Add an impact", {"title": "Rooms move", "kind": 1, "units": True})
    page.locator("main a[href$='/review/']").first.click()
    _fill(page, {"stage": 1, "project_rating": 2, "unit_rating": 3, "reason": "Far away."})
    _save(page)
    _said(page)
    expect(page.locator("main")).to_contain_text("Far away.")

    measure = 2 if desk.script else 3
    wave = {"name": "Words of the hall", "measure": measure, "PAY-mean": "58", "PAY-n": "40"}
    _added(page, "Surveys", "Record a wave", wave)
    _press(page, "Take in comments")
    payroll = page.locator("main [name=unit] option", has_text="Payroll").get_attribute("value")
    _fill(page, {"unit": f"{payroll}", "texts": "It is cold.\nIt is far."})
    _save(page)
    _said(page)

    _added(page, "Training", "Record progress", {"unit": 1, "required": "20", "completed": "7"})
    expect(page.locator("main")).to_contain_text("20")
    assert desk.complaints == []


def test_the_training_sheet_is_taken_back_and_brought_back(desk: Desk) -> None:
    page = desk.page("change")
    desk.complaints.clear()
    _menu(page, "Training")
    _press(page, "All units at once")
    _fill(page, {"PAY-completed": "9", "PAY-required": "23"})
    _save(page)
    toasts = page.locator("#toasts .pp-toast-success")
    for words in ("is recorded", "is withdrawn", "is recorded again"):
        said = toasts.filter(has_text=f"{words}.").last
        expect(said).to_be_visible()
        expect(page.locator("main tr", has_text="Payroll").first).to_contain_text("23")
        if words != "is recorded again":
            said.get_by_role("button", name="Undo").click()
    assert desk.complaints == []


def test_a_charter_is_written_by_both_leads(desk: Desk) -> None:
    pmo, change = desk.page("pmo"), desk.page("change")
    desk.complaints.clear()
    _menu(pmo, "Charter")
    _press(pmo, "Start the charter")
    _said(pmo)
    _fill(pmo, {"purpose": "A hall for all.", "objectives": "One hall."})
    _save(pmo)
    _said(pmo)
    expect(pmo.locator("main")).to_contain_text("A hall for all.")
    change.goto(pmo.url)
    expect(change.locator("main")).to_contain_text("A hall for all.")
    _undone(pmo, "Remove this version")
    expect(pmo.locator("main")).to_contain_text("A hall for all.")

    # Each side names its measure, both sign, and the next version starts from what was agreed.
    charter = pmo.url.partition("#")[0]
    for each, name in ((pmo, "Halls that stand"), (change, "Halls in use")):
        each.goto(charter)
        each.locator("main a[href*='/measures/new/']").first.click()
        _fill(each, {"name": name, "baseline_value": "0", "target_value": "5",
                     "due_on": f"{LATER}"})  # fmt: skip
        _save(each)
        _said(each)
    _press(change, "Ready to sign")
    _said(change)
    for each in (pmo, change):
        each.goto(charter)
        _press(each, "Read and sign")
        _press(each, "Sign")
        said = _said(each)
    expect(said).to_contain_text("the charter is agreed")
    _press(change, "Start a new version")
    _said(change)
    expect(change.locator("main [name=purpose]")).to_have_value("A hall for all.")
    assert desk.complaints == []


def test_filters_are_kept_as_a_view_and_taken_back(desk: Desk) -> None:
    page = desk.page("pmo")
    desk.complaints.clear()
    _menu(page, "RAID")
    page.goto(f"{page.url}?kind=risk")
    page.locator("main a[href*='views/new/']").first.evaluate("each => each.click()")
    _fill(page, {"name": "Risks of the hall", "is_shared": True})
    _save(page)
    _said(page)
    _menu(page, "Saved views")
    row = page.locator("main tr", has_text="Risks of the hall")
    expect(row.first).to_be_visible()
    row.first.locator("form button").click()
    _said(page).get_by_role("button", name="Undo").click()
    _said(page)
    _menu(page, "Saved views")
    expect(row.first).to_be_visible()
    row.first.locator("form button").click()
    _said(page)
    assert desk.complaints == []


def test_a_unit_and_its_people_are_administered(
    desk: Desk, demo_portal: Portal, chromium: Browser
) -> None:
    context, page = sign_in(chromium, demo_portal, "admin", desk.script)
    desk.complaints.clear()
    _listen(page, desk.complaints)
    code, unit = ("HLJ", "Hall with a screen") if desk.script else ("HLP", "Hall on paper")
    _added(page, "Units", "Add a unit", {"code": code, "name": unit, "headcount": "12"})
    _menu(page, "Units")
    page.locator("main a", has_text=unit).first.click()
    _press(page, "Edit")
    _fill(page, {"name": f"{unit}, east"})
    _save(page)
    _said(page)
    expect(page.locator("main")).to_contain_text(f"{unit}, east")
    _added(page, "People", "Add a person", {"name": f"Hal of {code}"})
    _menu(page, "People")
    expect(page.locator("main")).to_contain_text(f"Hal of {code}")
    context.close()
    assert desk.complaints == []


def test_who_only_reads_is_offered_no_writing(
    desk: Desk, demo_portal: Portal, chromium: Browser
) -> None:
    context, page = sign_in(chromium, demo_portal, "viewer", desk.script)
    desk.complaints.clear()
    _listen(page, desk.complaints)
    page.goto(desk.programme)
    page.set_viewport_size({"width": 390, "height": 800})
    addresses = page.locator(".pp-nav a[href*='/p/']").evaluate_all(
        "all => all.map(each => each.href)"
    )
    assert len(addresses) > 20
    offered, wide = [], []
    for address in addresses:
        page.goto(address)
        forms = page.locator(
            "main form[method=post], main a[href$='/edit/'], main a[href$='/new/']"
        )
        offered += [address] * forms.count()
        if page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"):
            wide.append(address)
    context.close()
    assert (offered, wide, desk.complaints) == ([], [], [])
