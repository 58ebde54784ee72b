"""One page of every shape, with the demonstration's data: reachable for everybody, on every width, in both colours."""

from __future__ import annotations

import pytest

from .conftest import DEVICES, shuts_out

# Shape by shape: portfolio, scorecard, registers, records, forms, waves, lists, job, import, history, error.
PAGES = (
    "", "?as_of=2026-06-30", "my-work/", "my-work/?only=reports", "my-work/?programme=nowhere", "roadmap/", "roadmap/?show=golives&scale=quarters", "units-by-week/", "p/FHR/", "p/DID/", "p/FHR/plan/", "p/FHR/plan/M-6/", "p/FHR/plan/new/",
    "p/FHR/raid/", "p/FHR/raid/R-1/", "p/FHR/raid/R-2/edit/", "raid/", "p/FHR/status/",
    "p/FHR/details/", "p/FHR/facts/", "p/FHR/surveys/", "surveys/W-13/", "p/FHR/resistance/",
    "p/FHR/resistance/RS-1/", "p/FHR/training/", "units/PAY/people/", "p/FHR/baselines/", "p/FHR/baselines/keep/", "p/FHR/baselines/1/", "p/FHR/stakeholders/", "p/FHR/stakeholders/STK-1/", "p/FHR/engagement/", "p/FHR/engagement/EA-1/", "p/FHR/signals/", "p/FHR/forecast/", "p/FHR/what-if/", "p/HRO/what-if/", "p/HRO/what-if/?first=20", "p/FHR/forecast/PAY/", "forecasts/", "forecasts/units/", "forecasts/raid/", "forecasts/milestones/", "forecasts/readiness/", "p/FHR/milestone-outlook/", "forecasts/models/", "forecasts/models/crisis/", "forecasts/models/crisis/watch/", "forecasts/models/crisis/challenger/", "forecasts/models/escalation/challenger/", "forecasts/models/crisis/1/", "forecasts/models/escalation/1/", "forecasts/models/escalation/challenger/?page=2",
    "forecasts/models/escalation/", "forecasts/models/escalation/watch/", "forecasts/models/dates/", "forecasts/models/readiness/", "forecasts/sharing/", "forecasts/sharing/crisis/", "forecasts/backtest/", "forecasts/backtest/raid/", "forecasts/outcomes/", "forecasts/outcomes/raid/", "p/FHR/raid-forecast/", "p/FHR/steering/",
    "p/FHR/steering/SG-1/", "p/FHR/decisions/", "p/FHR/decisions/DEC-1/", "p/FHR/actions/",
    "p/FHR/actions/ACT-1/", "p/FHR/charter/", "p/DID/charter/", "p/DID/charter/1/edit/",
    "p/WSM/charter/2/changes/", "charters/", "p/FHR/reviews/", "p/FHR/reviews/RV-3/",
    "p/FHR/reviews/RV-3/lines/4/delivery/", "reviews/", "p/HRO/golives/moves/",
    "p/HRO/golives/moves/GM-3/", "golives/moves/", "history/M-6/", "find/?q=payroll", "imports/", "jobs/", "money/", "p/FHR/money/", "p/FHR/money/lines/",
    "p/FHR/money/lines/B-1/", "p/FHR/money/lines/B-1/amounts/", "p/FHR/plan/M-6/needs/", "escalations/", "p/FHR/impacts/", "p/FHR/impacts/IM-1/",
    "changes/", "p/FHR/changes/", "p/FHR/changes/CR-1/", "p/FHR/changes/CR-2/", "p/FHR/changes/new/", "p/FHR/changes/CR-1/edit/", "p/FHR/changes/CR-2/delivery/",
    "p/FHR/escalations/", "p/FHR/escalations/ESC-1/", "p/FHR/escalations/new/", "views/", "views/new/", "no-such-page/",
    "actions/", "judgements/", "p/FHR/judgements/", "p/FHR/judgements/new/", "p/FHR/judgements/JR-3/", "p/FHR/judgements/JR-4/", "p/FHR/judgements/JR-4/say/delivery/", "decisions/again/", "p/FHR/decisions/again/", "p/FHR/decisions/DEC-3/look/", "balance/", "p/FHR/balance/", "p/FHR/balance/delivery/", "meetings/", "p/FHR/meetings/", "p/FHR/meetings/new/", "p/FHR/meetings/MT-1/", "p/FHR/meetings/MT-1/amend/", "p/FHR/meetings/MT-1/pack/", "p/FHR/meetings/MT-2/pack/", "p/FHR/meetings/MT-2/",
    "p/FHR/meetings/MT-2/edit/", "p/FHR/meetings/MT-2/chair/", "p/FHR/meetings/MT-2/agenda/", "p/FHR/meetings/MT-3/agenda/",
    "p/FHR/meetings/MT-2/agenda/new/", "p/FHR/agenda/MI-6/edit/", "p/FHR/agenda/MI-6/minutes/", "p/FHR/steering/SG-1/chairs/",
    "p/FHR/steering/SG-1/chairs/series/", "impacts/", "engagement/", "resistance/", "training/", "headcounts/", "steering/seats/", "p/FHR/steering/seats/",
    "meetings/items/", "p/FHR/meetings/items/", "p/FHR/slips/", "p/FHR/comments/", "forecasts/comments/", "forecasts/comments/words/", "p/FHR/plan/needs/ML-1/edit/",
)  # fmt: skip
# What only the change lead may open.
FOR_CHANGE = (
    "p/FHR/changes/CR-2/people/",
    "p/FHR/training/sheet/",
    "surveys/W-13/comments/",
    "units/PAY/people/new/",
)
# What only an administrator may open.
FOR_ADMINISTRATOR = ("forecasts/sharing/crisis/edit/",)


def _sign_in(page, portal, email):
    page.goto(f"{portal.address}/accounts/login/")
    page.locator("[name=login]").fill(email)
    page.locator("[name=password]").fill("demo-portal")
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url("**/t/**")


_TOO_WIDE = "document.documentElement.scrollWidth > innerWidth + 1"
# Names of the demonstration, of each kind of thing that has one.
NAMES = (
    "Finance and HR Platform", "Resources", "Payroll Operations", "Payroll go-live", "Managers briefed",
    "Data migration rehearsal 3", "Payroll staff do not trust the parallel-run results",
    "Migration checks fail on historic absence records", "Do we move the payroll go-live by two weeks, to use shadow shifts first?",
    "Who owns payslip questions after the go-live?", "Margaret Ellison", "Lucy Sand",
)  # fmt: skip
_AS_ONE_WORD = """names => {
  const nodes = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (nodes.nextNode())
    for (const name of names) nodes.currentNode.data = nodes.currentNode.data.replaceAll(name, "abcdefghij".repeat(20));
}"""
# Text that is neither scrolled to, cut with dots, nor drawn, and ends beyond the card or the bar that it stands in.
_BEYOND_ITS_BOX = """() => [...document.querySelectorAll("main *, .pp-side *")].filter(each => {
  const box = each.closest(".card, .pp-side"), text = document.createRange();
  if (!box || each.children.length || each.closest("svg, option, .visually-hidden")) return false;
  for (let up = each; up !== box; up = up.parentElement)
    if (getComputedStyle(up).overflowX !== "visible" || getComputedStyle(up).position === "absolute") return false;
  text.selectNodeContents(each);
  return text.getBoundingClientRect().right > box.getBoundingClientRect().right + 1;
}).map(each => each.outerHTML.slice(0, 80))"""


@pytest.mark.parametrize(
    ("who", "paths"),
    [
        # In parts, so that several workers take their share.
        *(("pmo", PAGES[part::6]) for part in range(6)),
        ("change", FOR_CHANGE),
        ("admin", FOR_ADMINISTRATOR),
    ],
    ids=[*(f"everybody-{part + 1}" for part in range(6)), "change", "administrator"],
)
def test_no_page_shuts_anybody_out(demo_portal, somebody, who, paths):
    """Every page on every device, on the smallest phone, and with names of one long word.

    Each is asked for once: it follows the width and the colours of the device.
    """
    page = somebody(reduced_motion="reduce").page
    _sign_in(page, demo_portal, f"{who}@northshire.example")
    found = []
    for path in paths:
        answer = page.goto(f"{demo_portal.address}/t/northshire/{path}")
        assert answer.status == (404 if path == "no-such-page/" else 200), path
        for width, colours, rules in DEVICES:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=colours)
            found += [(path, width, colours, *each) for each in shuts_out(page, *rules)]
        page.set_viewport_size({"width": 320, "height": 640})
        if page.evaluate(_TOO_WIDE):
            found.append((path, 320, "scrolls sideways"))
        page.evaluate(_AS_ONE_WORD, NAMES)
        for width in (390, 1440):
            page.set_viewport_size({"width": width, "height": 844})
            if page.evaluate(_TOO_WIDE):
                found.append((path, width, "one long word"))
            found += [(path, width, text) for text in page.evaluate(_BEYOND_ITS_BOX)]
    assert found == []


# What is drawn in a colour, by element; and the colours of it.
COLOURED = "body, h1, a, table, th, td, .card, .btn, .form-control, .form-select, .pp-st, .pp-side, .pp-top, svg *"
COLOURS = (
    "color",
    "background-color",
    "background-image",
    "border-top-color",
    "fill",
    "stroke",
    "color-scheme",
)
# A portfolio, a scorecard, a form, a register, charts.
SHAPES = ("", "p/FHR/", "p/FHR/raid/R-2/edit/", "p/FHR/raid/", "p/FHR/money/", "p/FHR/slips/")


def test_dark_devices_get_dark_pages_also_without_script(demo_portal, somebody):
    seen = []
    for script in (True, False):
        page = somebody(color_scheme="dark", java_script_enabled=script).page
        _sign_in(page, demo_portal, "pmo@northshire.example")
        colours = {}
        for path in SHAPES:
            page.goto(f"{demo_portal.address}/t/northshire/{path}")
            # What only a script answers to is no button without it.
            printing = page.locator("[data-print]")
            assert printing.filter(visible=True).count() == (printing.count() if script else 0)
            found = page.evaluate(
                """([what, names]) => [...document.querySelectorAll(what)].map((each) => {
                    const style = getComputedStyle(each);
                    return [each.tagName, each.getAttribute("class"), ...names.map((name) => style.getPropertyValue(name))];
                })""",
                [COLOURED, COLOURS],
            )
            # What only scripts draw is left out.
            colours[path] = {tuple(each) for each in found if each[1] != "btn pp-explore"}
            (body,) = [each[2:4] for each in colours[path] if each[0] == "BODY"]
            assert body == ("rgb(233, 238, 245)", "rgb(16, 21, 28)")
        seen.append(colours)
    with_script, without = seen
    assert [without[path] - with_script[path] for path in SHAPES] == [set() for path in SHAPES]


def test_who_chose_light_keeps_it_on_a_dark_device(demo_portal, somebody):
    person = somebody(color_scheme="dark", java_script_enabled=False)
    address, paper = (
        f"{demo_portal.address}/accounts/login/",
        "getComputedStyle(document.body).backgroundColor",
    )
    person.page.goto(address)
    assert person.page.evaluate(paper) == "rgb(16, 21, 28)"
    person.context.add_cookies([{"name": "theme", "value": "light", "url": demo_portal.address}])
    person.page.goto(address)
    assert person.page.evaluate(paper) == "rgb(244, 246, 248)"


# Pages of several cards one below the other.
PAPERS = ("p/FHR/", "p/FHR/forecast/", "p/FHR/forecast/PAY/", "p/FHR/what-if/", "p/FHR/plan/M-6/", "forecasts/models/crisis/", "p/FHR/money/")  # fmt: skip
# Cards that stand in one column of a grid with another. Where one moves to the next page as a whole, browsers print others over it.
STACKED_IN_GRIDS = """() => [...document.querySelectorAll(".card")].filter((card) => {
    const left = card.getBoundingClientRect().left;
    return getComputedStyle(card.parentElement).display === "grid" && [...card.parentElement.children].some(
        (other) => other !== card && other.matches(".card") && Math.abs(other.getBoundingClientRect().left - left) < 1);
}).map((card) => card.id)"""


def test_on_paper_no_card_can_stand_on_another(demo_portal, somebody):
    page = somebody().page
    _sign_in(page, demo_portal, "pmo@northshire.example")
    page.emulate_media(media="print")
    found = {}
    for path in PAPERS:
        page.goto(f"{demo_portal.address}/t/northshire/{path}")
        found[path] = page.evaluate(STACKED_IN_GRIDS)
    assert not any(found.values()), found


# What a reader of paper cannot open, and what they could not use.
CLOSED = """() => [...document.querySelectorAll("details.pp-twin")].filter(
    (each) => ![...each.children].slice(1).every((part) => part.checkVisibility({contentVisibilityAuto: true}) && part.getBoundingClientRect().height > 1)
).length"""
CONTROLS = """() => [...document.querySelectorAll("details.pp-more, .pp-main .btn, .pp-menu, .pp-filter, .pp-twin > summary")].filter(
    (each) => each.checkVisibility()).map((each) => each.outerHTML.slice(0, 80))"""
CUT_OFF = """() => [...document.querySelectorAll("main table, main svg")].filter(
    (each) => each.getBoundingClientRect().right > innerWidth + 1).map((each) => each.outerHTML.slice(0, 80))"""
# The main kinds of pages that are handed out.
HANDED_OUT = (*PAPERS, "", "p/FHR/raid/", "p/FHR/signals/", "p/FHR/charter/", "p/FHR/slips/", "p/FHR/decisions/DEC-1/", "p/FHR/meetings/MT-2/pack/", "p/FHR/raid/R-1/", "roadmap/", "forecasts/milestones/")  # fmt: skip


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_on_paper_every_breakdown_is_open_and_nothing_is_cut_off(demo_portal, somebody, script):
    # As wide as a sheet of A4 between its margins; whoever reads in the dark prints on white paper all the same.
    sheet = {"width": 703, "height": 1032}
    page = somebody(viewport=sheet, java_script_enabled=script, color_scheme="dark").page
    _sign_in(page, demo_portal, "pmo@northshire.example")
    page.emulate_media(media="print", color_scheme="dark")
    found, breakdowns = {}, 0
    for path in HANDED_OUT:
        page.goto(f"{demo_portal.address}/t/northshire/{path}")
        breakdowns += page.locator("details.pp-twin").count()
        white = page.evaluate(
            "getComputedStyle(document.querySelector('.card') ?? document.body).backgroundColor"
        )
        found[path] = [
            page.evaluate(CLOSED),
            page.evaluate(CONTROLS),
            page.evaluate(CUT_OFF),
            white not in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"),
        ]
    assert breakdowns > 10
    assert {path: each for path, each in found.items() if any(each)} == {}


def test_a_summary_leads_to_the_field_that_two_fields_are_about(demo_portal, somebody):
    page = somebody().page
    _sign_in(page, demo_portal, "pmo@northshire.example")
    page.goto(f"{demo_portal.address}/t/northshire/p/FHR/decisions/new/")
    page.locator("[name=question]").fill("Do we wait?")
    page.locator("[name=requested_on]").fill("2026-05-02")
    page.locator("[name=due_on]").fill("2026-05-01")
    page.locator("main form.pp-form button[type=submit]").first.click()
    summary = page.locator("[role=alert]")
    summary.get_by_role("link", name="It is needed before it was asked for").click()
    assert page.evaluate("document.activeElement.name") == "due_on"
    assert page.locator("[name=due_on]").get_attribute("aria-invalid") == "true"


# What of a table reaches out of the frame it scrolls in.
_CUT_OFF = (
    "all => all.filter(each => each.getBoundingClientRect().right > each.closest('.pp-scroll').getBoundingClientRect().right)"
    ".map(each => each.textContent)"
)


def test_name_chance_and_level_of_a_row_are_in_sight_on_a_phone(demo_portal, somebody):
    """Decision 0054: what is told stands beside the name."""
    page = somebody(viewport={"width": 390, "height": 844}).page
    _sign_in(page, demo_portal, "pmo@northshire.example")
    for register in ("", "units/", "raid/", "milestones/", "readiness/", "comments/"):
        page.goto(f"{demo_portal.address}/t/northshire/forecasts/{register}")
        chips = page.locator(".pp-scroll > .pp-reg td:nth-child(3) .pp-st")
        assert chips.count() > 5, register
        assert chips.evaluate_all(_CUT_OFF) == [], register
    # So do both sides of the balance, how severe a RAID item of the group is, and whole amounts of money.
    for path, cells in (
        ("balance/", "#sides td:nth-child(3)"),
        ("", "#raid td:nth-child(3) .pp-st"),
    ):
        page.goto(f"{demo_portal.address}/t/northshire/p/FHR/{path}")
        assert page.locator(cells).count() > 2, path
        assert page.locator(cells).evaluate_all(_CUT_OFF) == [], path
    page.goto(f"{demo_portal.address}/t/northshire/p/FHR/money/lines/B-2/amounts/")
    amounts = page.locator("td > input")
    assert amounts.count() > 20
    hidden = (
        "all => all.filter(each => each.scrollWidth > each.clientWidth).map(each => each.value)"
    )
    assert amounts.evaluate_all(hidden) == []
