"""My work in the browser: open it, follow a line, do what it asks, and find it gone; with and without script."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from .conftest import Person, Portal


def _sign_in(page: Page, portal: Portal, who: str) -> None:
    page.goto(f"{portal.address}/accounts/login/")
    page.locator("[name=login]").fill(f"{who}@northshire.example")
    page.locator("[name=password]").fill("demo-portal")
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url("**/t/**")


@pytest.mark.parametrize(
    ("script", "who", "width"),
    [(True, "pmo", 1440), (False, "change", 390)],
    ids=["with-script", "without-script-on-a-phone"],
)
def test_what_waits_is_done_and_gone(
    demo_portal: Portal, somebody: Callable[..., Person], script: bool, who: str, width: int
) -> None:
    """Both functions are asked for their view of the same question, and each finds its own line gone."""
    page = somebody(java_script_enabled=script, viewport={"width": width, "height": 900}).page
    _sign_in(page, demo_portal, who)
    # On a phone the navigation is opened first.
    if width < 992:
        page.locator("a.pp-top-menu").click()
    page.locator(".pp-nav a", has_text="My work").click()
    expect(page.locator("h1")).to_contain_text("wait for you")
    before = int(page.locator("h1").inner_text().split()[0])
    views = page.locator(".pp-waits", has_text="Views asked of your function")
    line = views.locator("li", has_text="Who owns payslip questions after the go-live?")
    line.locator("a").click()
    page.locator("main [name=stance]").first.wait_for()
    _choose_a_stance(page)
    page.locator("main [name=note]").fill("We can answer them for four weeks.")
    page.locator("main form.pp-form button[type=submit]").last.click()
    expect(page.locator("main")).to_contain_text("We can answer them for four weeks.")
    page.goto(f"{demo_portal.address}/t/northshire/my-work/")
    expect(page.locator("h1")).to_contain_text(f"{before - 1} things wait for you")
    expect(line).to_have_count(0)


def _choose_a_stance(page: Page) -> None:
    field = page.locator("main [name=stance]").first
    if field.evaluate("each => each.tagName") == "SELECT":
        field.select_option("supports")
    else:
        page.locator("main [name=stance][value=supports]").check()


def test_filters_work_with_and_without_script(
    demo_portal: Portal, somebody: Callable[..., Person]
) -> None:
    for script in (True, False):
        page = somebody(java_script_enabled=script).page
        _sign_in(page, demo_portal, "chair")
        page.goto(f"{demo_portal.address}/t/northshire/my-work/")
        everything = page.locator(".pp-waits-lines li").count()
        page.locator("[name=due]").select_option("late")
        if not script:
            page.locator(".pp-filter-go").click()
        page.wait_for_url("**due=late**")
        expect(page.locator(".pp-waits-lines li").first).to_contain_text("Overdue by")
        late = page.locator(".pp-waits-lines li").count()
        assert 0 < late < everything
        expect(page.locator(".pp-waits .pp-st")).to_contain_text(["Overdue by"] * late)
