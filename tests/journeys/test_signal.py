"""The story the product exists for: a date moves near, engagement falls, the group is warned and decides.

Four people at four browsers against the running portal; told once with script and once without.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

ORGANISATION = """
from datetime import timedelta
from allauth.account.models import EmailAddress
from pmo_portal.accounts.models import Membership, User
from pmo_portal.common import clock
from pmo_portal.tenants.context import tenant_context
from pmo_portal.tenants.models import BusinessUnit, Person
from pmo_portal.tenants.services import add_person, create_tenant, place_unit
from programmes.models import Programme
from programmes.services import create_programme
from governance.models import GroupMember, SteeringGroup
from governance.services import create_group, seat_member

slug = "{slug}"
tenant = create_tenant(slug=slug, name="Story " + slug)
with tenant_context(tenant.id):
    people = {{}}
    for name, role in (("pmo", "pmo_lead"), ("change", "change_lead"), ("chair", "steering_member")):
        user = User.objects.create_user(
            email=name + "@" + slug + ".example", password="demo-portal", name=name.title() + " Person"
        )
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        Membership.objects.create(tenant=tenant, user=user, roles=[role])
        people[name] = add_person(name=user.name, email=user.email)
        Person.objects.filter(pk=people[name].pk).update(user=user)
    root = place_unit(BusinessUnit(code="ALL", name="Whole council", headcount=600), parent=None)
    units = [
        place_unit(BusinessUnit(code=code, name=name, headcount=100), parent=root)
        for code, name in (
            ("PAY", "Payroll"), ("FIN", "Finance"), ("HR", "People team"),
            ("EST", "Estates"), ("LIB", "Libraries"), ("REV", "Revenues"),
        )
    ]
    programme = create_programme(
        Programme(
            code="STORY", name="One payroll", stage="delivery",
            delivery_lead=people["pmo"], change_lead=people["change"],
        ),
        units=units[:1],
        acting=None,
    )
    group = create_group(SteeringGroup(programme=programme, name="Joint board"), acting=None)
    for name, function in (("pmo", "delivery"), ("change", "change"), ("chair", "business")):
        seat_member(
            GroupMember(
                group=group, person=people[name], function=function, is_chair=name == "chair"
            ),
            acting=None,
        )
"""


def _sign_in(page: Page, address: str, who: str, slug: str) -> None:
    page.goto(f"{address}/accounts/login/")
    page.locator("[name=login]").fill(f"{who}@{slug}.example")
    page.locator("[name=password]").fill("demo-portal")
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url(f"{address}/t/{slug}/")


def _save(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_the_group_is_warned_before_it_is_a_crisis(empty_portal, somebody, script):
    portal, slug = empty_portal, "story-js" if script else "story-plain"
    portal.manage("shell", "-v0", typed=ORGANISATION.format(slug=slug))
    base = f"{portal.address}/t/{slug}/p/STORY/"
    pmo, change, chair = (somebody(java_script_enabled=script).page for _each in range(3))
    for page, who in ((pmo, "pmo"), (change, "change"), (chair, "chair")):
        _sign_in(page, portal.address, who, slug)

    # The PMO lead plans the go-live far away, then moves it near, and says why.
    today = date.today()
    far, near = today + timedelta(weeks=20), today + timedelta(weeks=3)
    pmo.goto(f"{base}plan/new/")
    pmo.get_by_label("Name", exact=True).fill("Payroll go-live")
    pmo.get_by_label("Baseline").fill(far.isoformat())
    pmo.get_by_label("Go-live", exact=True).check()
    pmo.get_by_label("Payroll", exact=False).first.check()
    _save(pmo, "Save")
    expect(pmo.locator("h1")).to_contain_text("Payroll go-live")
    milestone = pmo.url
    pmo.goto(f"{milestone}move/")
    pmo.get_by_label("Expected on").fill(near.isoformat())
    pmo.get_by_label("Why").fill("The old system loses support in a month.")
    pmo.locator("main form .pp-buttons button[type=submit]").click()
    pmo.wait_for_url(milestone)
    expect(pmo.locator("main")).to_contain_text("The old system loses support in a month.")

    # The change lead records two waves: all is well, then Payroll falls.
    for weeks_ago, payroll in ((8, "68"), (1, "34")):
        change.goto(f"{base}surveys/new/")
        change.locator("[name=name]").fill(f"Pulse {weeks_ago} weeks ago")
        change.locator("[name=closed_on]").fill((today - timedelta(weeks=weeks_ago)).isoformat())
        for code, mean in (
            ("PAY", payroll), ("FIN", "66"), ("HR", "67"), ("EST", "64"), ("LIB", "69"), ("REV", "65"),
        ):  # fmt: skip
            change.locator(f"[name={code}-mean]").fill(mean)
            change.locator(f"[name={code}-n]").fill("60")
        change.locator("main form .pp-buttons button[type=submit]").click()
        expect(change.locator("h1")).to_contain_text("")
        assert "/surveys/W-" in change.url

    # The signal rises by itself, with that reason named, under joint signals of the scorecard.
    signal = chair.locator(".pp-signal", has_text="Joint signal").filter(has_text="Payroll")
    for _try in range(120):
        chair.goto(base)
        if signal.count():
            break
        chair.wait_for_timeout(1000)
    expect(signal).to_contain_text("Joint signal, elevated")
    expect(signal).to_contain_text("Engagement")
    expect(signal).to_contain_text("34")

    # The chair asks the question and decides it; both voices are asked for on the paper.
    chair.goto(f"{base}decisions/new/")
    chair.locator("[name=question]").fill("Do we move the payroll go-live?")
    chair.locator("[name=options]").fill("Move it by six weeks\nKeep the date")
    chair.locator("[name=group]").select_option(label="Joint board")
    chair.locator("[name=milestone]").select_option(label="Payroll go-live")
    chair.locator("main form .pp-buttons button[type=submit]").first.click()
    expect(chair.locator("h1")).to_contain_text("Do we move the payroll go-live?")
    paper = chair.url
    chair.goto(base)
    expect(chair.locator("main")).to_contain_text("Do we move the payroll go-live?")
    for page, voice, note in (
        (pmo, "delivery", "The old system can run until the spring."),
        (change, "change", "The shadow shifts need six weeks."),
    ):
        page.goto(f"{paper}view/{voice}/")
        page.get_by_label("Supports", exact=True).check()
        page.locator("[name=note]").fill(note)
        page.locator("main form .pp-buttons button[type=submit]").click()
        page.wait_for_url(paper)
    chair.goto(f"{paper}decide/")
    chair.locator("[name=chosen]").select_option(index=1)
    chair.locator("[name=outcome]").fill("Moved by six weeks, with shadow shifts from Monday.")
    chair.locator("main form .pp-buttons button[type=submit]").click()
    chair.wait_for_url(paper)
    expect(chair.locator("main")).to_contain_text("Moved by six weeks")
    expect(chair.locator("main")).not_to_contain_text("Taken in isolation")

    # The history shows it all.
    reference = paper.rstrip("/").rsplit("/", 1)[1]
    chair.goto(f"{portal.address}/t/{slug}/history/{reference}/")
    expect(chair.locator("main")).to_contain_text("Chair Person")
    expect(chair.locator("main")).to_contain_text("Moved by six weeks")
    moved = milestone.rstrip("/").rsplit("/", 1)[1]
    chair.goto(f"{portal.address}/t/{slug}/history/{moved}/")
    expect(chair.locator("main")).to_contain_text("Pmo Person")
