"""From an empty portal to somebody who signs in with a passkey, loses it and comes back."""

import re
import time

from playwright.sync_api import expect

from tests.factories.accounts import PASSWORD


def sign_in(page, portal, email):
    page.goto(f"{portal.address}/accounts/login/")
    page.get_by_label("Mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def links_in_log(portal) -> list[str]:
    return re.findall(r"http://localhost:\d+/accounts/invitations/\S+", portal.log("worker"))


def link_in_log(portal, *, but=()) -> str:
    """The next invitation as the worker prints it."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        fresh = [link for link in links_in_log(portal) if link not in but]
        if fresh:
            return fresh[-1]
        time.sleep(0.2)
    raise AssertionError(portal.log("worker"))


def open_organisation(portal, somebody, name: str, slug: str, administrator: str, **options):
    """An operator opens an organisation and its administrator joins; the pages of both."""
    first = administrator.split(maxsplit=1)[0].lower()
    portal.manage("create_operator", f"ops@{slug}.example", "--name", "Ops", typed=f"{PASSWORD}\n")
    earlier = links_in_log(portal)
    ops = somebody(**options)
    sign_in(ops.page, portal, f"ops@{slug}.example")
    expect(ops.page).to_have_url(f"{portal.address}/operations/")
    ops.page.get_by_role("link", name="Add an organisation").click()
    ops.page.get_by_label("Name of the organisation").fill(name)
    ops.page.get_by_label("Short name").fill(slug)
    ops.page.get_by_label("Name of the first administrator").fill(administrator)
    ops.page.get_by_label("Their mail address").fill(f"{first}@{slug}.example")
    ops.page.get_by_role("button", name="Add and invite").click()
    expect(ops.page.get_by_role("heading", level=1)).to_contain_text(f"{name} is active")
    joining = somebody(**options)
    joining.page.goto(link_in_log(portal, but=earlier))
    expect(joining.page.get_by_role("heading", level=1)).to_have_text(f"{name} invites you")
    joining.page.get_by_label("Password", exact=True).fill(PASSWORD)
    joining.page.get_by_label("Password again").fill(PASSWORD)
    joining.page.get_by_role("button", name="Join").click()
    expect(joining.page).to_have_url(f"{portal.address}/t/{slug}/")
    return ops, joining


def test_an_organisation_is_opened_and_its_administrator_gets_in(empty_portal, somebody):
    portal = empty_portal
    _ops, hana = open_organisation(portal, somebody, "Harbour Trust", "harbour", "Hana Holt")
    page = hana.page

    # She adds a passkey.
    session, key = hana.virtual_key()
    page.goto(f"{portal.address}/accounts/2fa/")
    page.get_by_role("link", name="Add a key").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button").filter(has_text=re.compile("Confirm|Continue|Go on")).first.click()
    page.get_by_label(re.compile("^Name")).fill("Laptop")
    page.get_by_label(re.compile("Passwordless", re.IGNORECASE)).check()
    page.get_by_role("button", name="Add the key").click()
    page.wait_for_url(re.compile("recovery-codes|webauthn/$"))
    assert (
        len(session.send("WebAuthn.getCredentials", {"authenticatorId": key})["credentials"]) == 1
    )

    # She keeps the recovery codes.
    page.goto(f"{portal.address}/accounts/2fa/recovery-codes/")
    codes = re.findall(r"\b[0-9a-f]{8}\b", page.locator("main").inner_text())
    assert len(codes) >= 8

    # The passkey alone opens the portal.
    hana.context.clear_cookies()
    page.goto(f"{portal.address}/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{portal.address}/t/harbour/")

    # The laptop is gone: password and a recovery code, once.
    session.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": key})
    for attempt, works in ((1, True), (2, False)):
        lost = somebody().page
        sign_in(lost, portal, "hana@harbour.example")
        expect(lost).to_have_url(re.compile("/accounts/2fa/authenticate/"))
        lost.get_by_label(re.compile("code", re.IGNORECASE)).first.fill(codes[0])
        lost.locator("form").filter(has=lost.locator("[name=code]")).get_by_role(
            "button"
        ).first.click()
        if works:
            expect(lost).to_have_url(f"{portal.address}/t/harbour/")
        else:
            expect(lost).to_have_url(re.compile("/accounts/2fa/authenticate/"))
            assert attempt == 2


def test_without_script_an_administrator_invites_and_gives_roles(empty_portal, somebody):
    portal = empty_portal
    _ops, joined = open_organisation(
        portal, somebody, "Plain Council", "plain", "Pia Plain", java_script_enabled=False
    )
    pia = joined.page

    pia.goto(f"{portal.address}/t/plain/admin/units/new/")
    pia.get_by_label("Code").fill("fin")
    pia.get_by_label("Name", exact=True).fill("Finance")
    pia.get_by_role("button", name="Save").click()
    expect(pia.get_by_role("heading", level=1)).to_have_text("Finance")

    pia.goto(f"{portal.address}/t/plain/admin/invitations/new/")
    pia.get_by_label("Mail address").fill("lea@plain.example")
    pia.get_by_label("Name", exact=True).fill("Lea Lead")
    pia.get_by_label("PMO lead").check()
    pia.get_by_label("Change lead").check()
    pia.get_by_role("button", name="Invite").click()
    expect(pia.get_by_text("nobody holds roles in both").first).to_be_visible()
    pia.get_by_label("Change lead").uncheck()
    pia.get_by_role("button", name="Invite").click()
    expect(pia.get_by_role("row").filter(has_text="Lea Lead")).to_contain_text("PMO lead")
