"""Two people at two browsers with the same record, sheet and register: nothing is overwritten unseen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import Person, Portal


@pytest.fixture(params=[True, False], ids=["with-script", "without-script"])
def two(
    request: pytest.FixtureRequest, demo_portal: Portal, somebody: Callable[..., Person]
) -> tuple[Page, Page, str]:
    """The PMO lead and the change lead, each signed in, and where their organisation is."""
    pages = []
    for who in ("pmo", "change"):
        page = somebody(java_script_enabled=request.param).page
        page.goto(f"{demo_portal.address}/accounts/login/")
        page.locator("[name=login]").fill(f"{who}@northshire.example")
        page.locator("[name=password]").fill("demo-portal")
        page.locator("main button[type=submit]").first.click()
        page.wait_for_url("**/t/**")
        pages.append(page)
    return pages[0], pages[1], f"{demo_portal.address}/t/northshire/"


def _save(page: Page) -> None:
    page.locator("main form.pp-form button[type=submit]").last.click()


def test_the_same_record(two: tuple[Page, Page, str]) -> None:
    pmo, change, root = two
    pmo.goto(f"{root}p/FHR/raid/new/")
    pmo.locator("[name=side]").select_option("both")
    pmo.locator("[name=title]").fill("Rooms for training are taken")
    _save(pmo)
    expect(pmo.locator("h1")).to_contain_text("Rooms for training are taken")
    item = pmo.url.partition("#")[0]
    for page in (pmo, change):
        page.goto(f"{item}edit/")
    pmo.locator("[name=effect]").fill("Training moves into December")
    _save(pmo)
    expect(pmo.locator("main")).to_contain_text("Training moves into December")
    change.locator("[name=effect]").fill("Nobody is trained before the holidays")
    _save(change)
    # Both wishes stand there; nothing was written over.
    expect(change.locator("main")).to_contain_text("Training moves into December")
    expect(change.locator("main [name=effect]")).to_have_value(
        "Nobody is trained before the holidays"
    )
    pmo.goto(item)
    expect(pmo.locator("main")).to_contain_text("Training moves into December")
    _save(change)
    expect(change.locator("main")).to_contain_text("Nobody is trained before the holidays")


def test_the_same_escalation_answered_by_the_other_side(two: tuple[Page, Page, str]) -> None:
    """Each side writes its own words: both are there afterwards, whoever was first."""
    pmo, change, root = two
    pmo.goto(f"{root}p/FHR/escalations/new/")
    pmo.locator("[name=title]").fill("Rooms cannot be found by the programme")
    pmo.locator("[name=severity]").select_option("3")
    pmo.locator("[name=text]").fill("Estates says no.")
    _save(pmo)
    expect(pmo.locator("main")).to_contain_text("Estates says no.")
    url = pmo.url
    change.goto(f"{url}view/")
    pmo.goto(f"{url}edit/")
    pmo.locator("[name=severity]").select_option("4")
    _save(pmo)
    change.locator("[name=view]").fill("We can train in the library.")
    _save(change)
    expect(change.locator("main")).to_contain_text("We can train in the library.")
    _save(change)
    expect(change.locator("main")).to_contain_text("Estates says no.")
    expect(change.locator("main")).to_contain_text("We can train in the library.")
    expect(change.locator("main")).to_contain_text("4 Severe")


def test_the_same_sheet(two: tuple[Page, Page, str]) -> None:
    """Two browsers of the PMO office with the months of one budget line."""
    pmo, _change, root = two
    again = pmo.context.new_page()
    sheet = f"{root}p/FHR/money/lines/B-1/amounts/"
    for page in (pmo, again):
        page.goto(sheet)
    field = "main [name^=forecast-]"
    name = pmo.locator(field).last.get_attribute("name")
    # Another amount than any test left there: who types what the field held has changed nothing.
    held = int(float(pmo.locator(f"[name='{name}']").input_value() or 0))
    first, second = held + 1111, held + 2222
    pmo.locator(f"[name='{name}']").fill(str(first))
    _save(pmo)
    expect(pmo.locator("main")).to_contain_text(f"£{first:,}.00")
    again.locator(f"[name='{name}']").fill(str(second))
    _save(again)
    expect(again.locator("h1")).to_contain_text("Somebody saved this sheet")
    expect(again.locator("main")).to_contain_text(f"£{first:,}.00")
    expect(again.locator(f"[name='{name}']")).to_have_value(str(second))
    _save(again)
    expect(again.locator("main")).to_contain_text(f"£{second:,}.00")


def test_the_same_register(two: tuple[Page, Page, str]) -> None:
    """What one closes the other sees at the next look at the list, and opens with its present state."""
    pmo, change, root = two
    pmo.goto(f"{root}p/FHR/raid/new/")
    pmo.locator("[name=side]").select_option("both")
    pmo.locator("[name=title]").fill("Printers are missing")
    _save(pmo)
    item = pmo.url.partition("#")[0]
    change.goto(f"{root}p/FHR/raid/?sort=-reference")
    expect(change.locator("#register")).to_contain_text("Printers are missing")
    pmo.goto(item)
    pmo.locator("form[action$='/remove/'] button").click()
    change.goto(item)
    expect(change.locator("h1")).to_contain_text("was deleted")
    change.goto(f"{root}p/FHR/raid/?sort=-reference")
    expect(change.locator("#register")).not_to_contain_text("Printers are missing")


def _minuted(page: Page, meeting: str, title: str) -> Locator:
    """The form of an item: in the page of the meeting with script, on its own page without."""
    page.goto(meeting)
    page.get_by_role("link", name=f"Write {title}").last.click()
    return page.locator("form.pp-writing")


def test_two_items_of_one_meeting_at_the_same_time(two: tuple[Page, Page, str]) -> None:
    pmo, change, root = two
    meeting = f"{root}p/FHR/meetings/MT-2/"
    pairs = ((pmo, "Delivery: where it stands"), (change, "Adoption: where it stands"))
    for page, title in pairs:
        _minuted(page, meeting, title).locator("[name=note]").fill(f"Said of {title}")
    for page, _title in pairs:
        page.locator("form.pp-writing button[type=submit]").click()
        expect(page.locator("form.pp-writing")).to_have_count(0)
    for page, _title in pairs:
        page.goto(meeting)
        for _other, title in pairs:
            expect(page.locator("#minutes")).to_contain_text(f"Said of {title}")


def test_the_same_item_of_a_meeting(two: tuple[Page, Page, str]) -> None:
    """Who saves second sees both texts, and what they write over they have read."""
    pmo, change, root = two
    meeting, title = f"{root}p/FHR/meetings/MT-2/", "What we taught each other"
    for page, words in ((pmo, "How long a ledger freezes"), (change, "How a clerk learns")):
        _minuted(page, meeting, title).locator("[name=note]").fill(words)
    pmo.locator("form.pp-writing button[type=submit]").click()
    expect(pmo.locator("form.pp-writing")).to_have_count(0)
    expect(pmo.locator("#minutes")).to_contain_text("How long a ledger freezes")
    change.locator("form.pp-writing button[type=submit]").click()
    clash = change.locator(".pp-conflict")
    expect(clash).to_contain_text("How long a ledger freezes")
    expect(clash).to_contain_text("How a clerk learns")
    expect(change.locator("main [name=note]")).to_have_value("How a clerk learns")
    pmo.goto(meeting)
    expect(pmo.locator("#minutes")).not_to_contain_text("How a clerk learns")
    both = "How long a ledger freezes, and how a clerk learns"
    change.locator("main [name=note]").fill(both)
    change.locator("main form.pp-form button[type=submit]").last.click()
    expect(change.locator("#minutes")).to_contain_text(both)


def test_the_same_agenda_with_somebody_writing(two: tuple[Page, Page, str]) -> None:
    """An item moves while somebody writes it: what they write goes where the item is."""
    pmo, change, root = two
    meeting, title = f"{root}p/FHR/meetings/MT-3/", "Printers in the library"
    pmo.goto(f"{meeting}agenda/new/")
    pmo.locator("[name=title]").fill(title)
    _save(pmo)
    pmo.goto(f"{meeting}agenda/new/")
    pmo.locator("[name=title]").fill("Chairs in the library")
    _save(pmo)
    _minuted(change, meeting, title).locator("[name=note]").fill("There are two")
    pmo.goto(f"{meeting}agenda/")
    pmo.get_by_role("button", name="Earlier: Chairs in the library").last.click()
    expect(pmo.locator("main")).to_contain_text(title)
    change.locator("form.pp-writing button[type=submit]").click()
    expect(change.locator("#minutes")).to_contain_text("There are two")
