"""Two people with one record: what only the other one changed is not undone by saving one's own."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories.governance import DecisionFactory
from tests.factories.programmes import MilestoneFactory, ProgrammeFactory
from tests.factories.tenants import PersonFactory, UnitFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_acme")]


def shown(answer: Any) -> dict[str, Any]:
    """What a form says, to be sent as it stands."""
    return {
        field.html_name: field.value()
        for field in answer.context["form"]
        if field.value() not in (None, "")
    }


def test_what_only_the_other_changed_stays(dana, client_for) -> None:
    browser, who, unit = client_for(dana), PersonFactory(), UnitFactory()
    milestone = MilestoneFactory(programme=ProgrammeFactory(code="FHR"), name="Rehearsal")
    url = f"{milestone.get_absolute_url()}edit/"
    opened = shown(browser.get(url))
    theirs = opened | {"name": "Dress rehearsal", "owner": who.pk, "units": [unit.pk]}
    assert browser.post(url, theirs).status_code == 303
    clash = browser.post(url, opened | {"description": "With the night shift"})
    assert clash.status_code == 409
    rows = {row.name: row for row in clash.context["rows"]}
    assert str(rows["name"].mine) == "Not changed by you"
    assert rows["description"].mine == "With the night shift"
    # What it is linked to stands in other tables and is not merged, but seen.
    assert unit.name in rows["units"].theirs
    assert browser.post(url, shown(clash) | {"units": [unit.pk]}).status_code == 303
    milestone.refresh_from_db()
    assert (milestone.name, milestone.owner) == ("Dress rehearsal", who)
    assert milestone.description == "With the night shift"
    assert milestone.unit_links.count() == 1


def test_what_both_changed_stays_as_this_one_wrote_it(dana, client_for) -> None:
    browser = client_for(dana)
    milestone = MilestoneFactory(programme=ProgrammeFactory(code="FHR"), name="Rehearsal")
    url = f"{milestone.get_absolute_url()}edit/"
    opened = shown(browser.get(url))
    browser.post(url, opened | {"name": "Theirs"})
    clash = browser.post(url, opened | {"name": "Mine"})
    assert shown(clash)["name"] == "Mine"
    assert [(row.base, row.theirs, row.mine) for row in clash.context["rows"]] == [
        ("Rehearsal", "Theirs", "Mine")
    ]


def test_options_only_the_other_changed_stay(cam, client_for) -> None:
    browser = client_for(cam)
    decision = DecisionFactory(programme=ProgrammeFactory(code="FHR"), question="Do we wait?")
    url = f"{decision.get_absolute_url()}edit/"
    opened = shown(browser.get(url))
    assert browser.post(url, opened | {"options": "Wait\nGo"}).status_code == 303
    clash = browser.post(url, opened | {"question": "Do we wait a week?"})
    assert clash.status_code == 409
    assert shown(clash)["options"].split("\n") == ["Wait", "Go"]
    assert browser.post(url, shown(clash)).status_code == 303
    assert [option.text for option in decision.options.all()] == ["Wait", "Go"]


def test_other_ends_of_lines_are_no_change(dana, client_for) -> None:
    browser = client_for(dana)
    milestone = MilestoneFactory(
        programme=ProgrammeFactory(code="FHR"), name="Rehearsal", description="One\nTwo"
    )
    url = f"{milestone.get_absolute_url()}edit/"
    opened = shown(browser.get(url)) | {"description": "One\r\nTwo"}
    assert browser.post(url, opened).status_code == 303
    milestone.refresh_from_db()
    assert (milestone.version, milestone.description) == (1, "One\nTwo")
    browser.post(url, opened | {"description": "One\r\nTwo\r\nThree"})
    clash = browser.post(url, opened | {"name": "Mine"})
    rows = {row.name: str(row.mine) for row in clash.context["rows"]}
    assert rows == {"name": "Mine", "description": "Not changed by you"}
    assert shown(clash)["description"].splitlines() == ["One", "Two", "Three"]


def test_units_of_one_name_are_two_units(dana, client_for) -> None:
    browser = client_for(dana)
    here, there = UnitFactory(name="Payroll"), UnitFactory(name="Payroll")
    milestone = MilestoneFactory(programme=ProgrammeFactory(code="FHR"), name="Rehearsal")
    url = f"{milestone.get_absolute_url()}edit/"
    opened = shown(browser.get(url))
    assert browser.post(url, opened | {"name": "Theirs", "units": [here.pk]}).status_code == 303
    clash = browser.post(url, opened | {"units": [there.pk]})
    rows = {row.name: row for row in clash.context["rows"]}
    assert (rows["units"].theirs, rows["units"].mine) == ("Payroll", "Payroll")
    stands_as_sent = "units and milestones stand as you sent them"
    assert stands_as_sent in clash.content.decode()
    clash = browser.post(url, opened | {"units": [here.pk]})
    assert clash.status_code == 409
    assert stands_as_sent not in clash.content.decode()


def test_people_of_one_name_are_two_people(dana, client_for) -> None:
    browser = client_for(dana)
    before, mine = PersonFactory(name="Sam Lee"), PersonFactory(name="Sam Lee")
    milestone = MilestoneFactory(
        programme=ProgrammeFactory(code="FHR"), name="Rehearsal", owner=before
    )
    url = f"{milestone.get_absolute_url()}edit/"
    opened = shown(browser.get(url))
    assert browser.post(url, opened | {"owner": PersonFactory().pk}).status_code == 303
    clash = browser.post(url, opened | {"owner": mine.pk})
    assert [(row.name, row.mine) for row in clash.context["rows"]] == [("owner", "Sam Lee")]
    assert str(shown(clash)["owner"]) == str(mine.pk)
