"""From an empty portal to somebody who signs in with a passkey, loses it and comes back."""

import re
import time

from playwright.sync_api import expect

from tests.factories.accounts import PASSWORD


def _sign_in(page, portal, email):
    page.goto(f"{portal.address}/accounts/login/")
    page.get_by_label("Mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def _link_in_log(portal) -> str:
    """The invitation as the worker printed it."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        found = re.findall(r"http://localhost:\d+/accounts/invitations/\S+", portal.log("worker"))
        if found:
            return found[-1]
        time.sleep(0.3)
    raise AssertionError(portal.log("worker"))


def test_an_organisation_is_opened_and_its_administrator_gets_in(empty_portal, somebody):
    portal = empty_portal
    portal.manage("create_operator", "ops@portal.example", "--name", "Ops", typed=f"{PASSWORD}\n")

    # The operator opens an organisation.
    ops = somebody().page
    _sign_in(ops, portal, "ops@portal.example")
    expect(ops).to_have_url(f"{portal.address}/operations/")
    ops.get_by_role("link", name="Add an organisation").click()
    ops.get_by_label("Name of the organisation").fill("Harbour Trust")
    ops.get_by_label("Short name").fill("harbour")
    ops.get_by_label("Name of the first administrator").fill("Hana Holt")
    ops.get_by_label("Their mail address").fill("hana@harbour.example")
    ops.get_by_role("button", name="Add and invite").click()
    expect(ops.get_by_role("heading", level=1)).to_contain_text("Harbour Trust is active")

    # Its first administrator opens the mail and joins.
    hana = somebody()
    page = hana.page
    page.goto(_link_in_log(portal))
    expect(page.get_by_role("heading", level=1)).to_have_text("Harbour Trust invites you")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password again").fill(PASSWORD)
    page.get_by_role("button", name="Join").click()
    expect(page).to_have_url(f"{portal.address}/t/harbour/")

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
        _sign_in(lost, portal, "hana@harbour.example")
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
    portal.manage("create_operator", "ops2@portal.example", typed=f"{PASSWORD}\n")
    page = somebody(java_script_enabled=False).page
    _sign_in(page, portal, "ops2@portal.example")
    page.get_by_role("link", name="Add an organisation").click()
    page.get_by_label("Name of the organisation").fill("Plain Council")
    page.get_by_label("Short name").fill("plain")
    page.get_by_label("Name of the first administrator").fill("Pia Plain")
    page.get_by_label("Their mail address").fill("pia@plain.example")
    before = portal.log("worker")
    page.get_by_role("button", name="Add and invite").click()
    while "pia@plain.example" not in portal.log("worker").removeprefix(before):
        time.sleep(0.2)

    pia = somebody(java_script_enabled=False).page
    pia.goto(_link_in_log(portal))
    pia.get_by_label("Password", exact=True).fill(PASSWORD)
    pia.get_by_label("Password again").fill(PASSWORD)
    pia.get_by_role("button", name="Join").click()
    expect(pia).to_have_url(f"{portal.address}/t/plain/")

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
    expect(pia.get_by_text("nobody holds a role of both").first).to_be_visible()
    pia.get_by_label("Change lead").uncheck()
    pia.get_by_role("button", name="Invite").click()
    expect(pia.get_by_role("row").filter(has_text="Lea Lead")).to_contain_text("PMO lead")
