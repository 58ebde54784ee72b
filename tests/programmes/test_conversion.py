"""A risk that happens becomes an issue, and its thread goes on."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError

from pmo_portal.accounts.permissions import NotAllowed
from programmes import selectors, services
from programmes.choices import RaidStatus
from programmes.models import RaidItem
from tests.factories.programmes import ProgrammeFactory
from tests.factories.tenants import UnitFactory

pytestmark = pytest.mark.django_db

DAY, LATER = date(2026, 6, 1), date(2026, 6, 20)
NOW, THEN = datetime(2026, 6, 1, 9, tzinfo=UTC), datetime(2026, 6, 20, 9, tzinfo=UTC)


@pytest.fixture
def risk(in_acme):
    item = RaidItem(
        programme=ProgrammeFactory(code="FHR"), kind="risk", side="delivery", title="No test data",
        effect="Rehearsal fails", probability=4, impact=5, opened_on=DAY,
    )  # fmt: skip
    item = services.create_raid_item(item, units=[UnitFactory(name="Payroll")], at=NOW, acting=None)
    services.add_raid_update(item, text="Asked the supplier", at=NOW, on=DAY, acting=None)
    return item


def convert(item: RaidItem, acting=None, kind: str = "issue") -> RaidItem:
    return services.convert_raid_item(item, kind=kind, at=THEN, on=LATER, acting=acting)


def test_what_was_known_goes_along(risk) -> None:
    issue = convert(risk)
    assert issue.reference.startswith("I-")
    assert (issue.title, issue.effect, issue.score) == ("No test data", "Rehearsal fails", 20)
    assert [unit.name for unit in issue.units.all()] == ["Payroll"]
    assert issue.opened_on == LATER
    risk.refresh_from_db()
    assert risk.status == RaidStatus.OCCURRED
    assert risk.closed_on == LATER


def test_the_thread_is_one_from_both_ends(risk) -> None:
    issue = convert(risk)
    for item in (risk, issue):
        chain = selectors.chain_of(RaidItem.objects.get(pk=item.pk))
        assert [each.pk for each in chain] == [risk.pk, issue.pk]
        said = [each.text for each in selectors.updates_of(*chain) if each.text]
        assert said == [
            "Asked the supplier",
            f"Out of {risk.reference}",
            f"Became {issue.reference}",
        ]


def test_any_day_reads_what_it_was_then(risk) -> None:
    issue = convert(risk)
    before = {each.item_id: each for each in selectors.raid_as_of([risk.programme_id], DAY)}
    after = {each.item_id: each for each in selectors.raid_as_of([risk.programme_id], LATER)}
    assert before[risk.pk].is_open
    assert issue.pk not in before
    assert not after[risk.pk].is_open
    assert after[issue.pk].is_open


def test_the_other_side_converts_nothing(risk, cam) -> None:
    with pytest.raises(NotAllowed):
        convert(risk, acting=cam)


@pytest.mark.parametrize("kind", ["risk", "assumption", "nonsense"])
def test_not_everything_turns_into_anything(risk, kind) -> None:
    with pytest.raises(ValidationError, match="cannot turn"):
        convert(risk, kind=kind)


def test_once_is_enough(risk) -> None:
    convert(risk)
    with pytest.raises(ValidationError, match="ended already"):
        convert(risk)


def test_once_is_enough_also_after_the_new_item_was_removed(risk) -> None:
    services.remove_raid_item(convert(risk), at=THEN, acting=None)
    reopened = services.revise_raid_item(
        RaidItem.objects.get(pk=risk.pk),
        changes={"status": RaidStatus.IDENTIFIED},
        at=THEN,
        on=LATER,
        acting=None,
    )
    with pytest.raises(ValidationError, match="converted already"):
        convert(reopened)


def test_it_is_taken_back_while_nothing_was_done(risk) -> None:
    issue = convert(risk)
    source = services.unconvert_raid_item(issue, at=THEN, on=LATER, acting=None)
    assert source.status == RaidStatus.IDENTIFIED
    assert source.closed_on is None
    assert not RaidItem.objects.filter(pk=issue.pk).exists()
    assert convert(source).reference != issue.reference


def test_work_that_was_done_since_is_not_thrown_away(risk) -> None:
    issue = convert(risk)
    services.add_raid_update(issue, text="New supplier found", at=THEN, on=LATER, acting=None)
    with pytest.raises(ValidationError, match="worked on it since"):
        services.unconvert_raid_item(issue, at=THEN, on=LATER, acting=None)


def test_it_is_done_in_the_browser(risk, dana, client_for) -> None:
    browser = client_for(dana)
    page = browser.get(risk.get_absolute_url()).content.decode()
    assert "Make it a new issue" in page
    answer = browser.post(f"{risk.get_absolute_url()}convert/", {"kind": "issue"})
    assert answer.status_code == 303
    page = browser.get(answer["Location"]).content.decode()
    assert "Asked the supplier" in page
    assert f"Back to {risk.reference}" in page
    back = browser.post(f"{answer['Location']}take-back/")
    assert back["Location"] == risk.get_absolute_url()


def test_a_stranger_kind_is_refused_with_a_message(risk, dana, client_for) -> None:
    answer = client_for(dana).post(f"{risk.get_absolute_url()}convert/", {"kind": "x"}, follow=True)
    assert "It cannot turn into that." in answer.content.decode()
