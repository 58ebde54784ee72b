"""What the registers of reported facts and of the money of all programmes can be narrowed by."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pmo_portal.tenants.context import tenant_context
from programmes.models import Programme
from tests.factories.programmes import (
    BudgetAmountFactory,
    BudgetLineFactory,
    MilestoneFactory,
    ProgrammeFactory,
    RaidItemFactory,
    ReportedFactFactory,
)
from tests.factories.tenants import PersonFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("day_of_stories")]

FACTS, MONEY = "/t/acme/p/FHR/facts/", "/t/acme/money/"
MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)


def rows(client: Any, url: str, name: str) -> list[str]:
    answer = client.get(url)
    assert answer.status_code == 200, answer.status_code
    return [str(getattr(each, name)) for each in answer.context["register"].rows]


def count(client: Any, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return len(asked)


# --- reported facts -----------------------------------------------------------------------------------


@pytest.fixture
def facts(acme, borealis) -> None:
    with tenant_context(borealis.id):
        ReportedFactFactory(programme=ProgrammeFactory(code="FHR"), source="Theirs")
    with tenant_context(acme.id):
        programme = ProgrammeFactory(code="FHR")
        ReportedFactFactory(programme=programme, effective_on=date(2024, 9, 30), source="GMPP 2024")
        ReportedFactFactory(programme=programme, effective_on=date(2025, 9, 30), source="GMPP 2025")
        ReportedFactFactory(
            programme=programme,
            kind="narrative_schedule",
            amount=None,
            text="The supplier was replaced.",
            effective_on=date(2025, 9, 30),
            source="GMPP 2025",
        )
        ReportedFactFactory(source="Of another programme")


def test_each_filter_narrows_the_facts_and_nonsense_does_not(facts, vic, ola, client_for) -> None:
    client = client_for(vic)
    assert rows(client, FACTS, "source") == ["GMPP 2025", "GMPP 2025", "GMPP 2024"]
    assert rows(client, f"{FACTS}?kind=narrative_schedule", "kind") == ["narrative_schedule"]
    assert rows(client, f"{FACTS}?since=2025-01-01", "source") == ["GMPP 2025"] * 2
    assert rows(client, f"{FACTS}?until=2025-01-01", "source") == ["GMPP 2024"]
    assert rows(client, f"{FACTS}?words=supplier", "kind") == ["narrative_schedule"]
    assert rows(client, f"{FACTS}?words=2024", "source") == ["GMPP 2024"]
    assert len(rows(client, f"{FACTS}?kind=x&since=soon&until=9&sort=y", "source")) == 3
    page = client.get(f"{FACTS}?words=nowhere").content.decode()
    assert "Nothing matches these filters" in page
    assert "3 figures and statements as reported" in page
    table = client.get(f"{FACTS}?words=2024&format=csv").content.decode().splitlines()
    assert len(table) == 2
    assert table[1] == "Whole-life cost,2024-09-30,1000000,GMPP 2024"
    assert client.get(f"{FACTS}?words=2024&format=xlsx").status_code == 200
    assert client_for(ola).get(FACTS).status_code in {403, 404}


def test_filtered_facts_ask_as_much_for_many_as_for_one(facts, acme, vic, client_for) -> None:
    client, url = client_for(vic), f"{FACTS}?kind=whole_life_cost&words=gmpp"
    few = count(client, url)
    with tenant_context(acme.id):
        programme = Programme.objects.get(code="FHR")
        for year in range(2010, 2020):
            ReportedFactFactory(programme=programme, effective_on=date(year, 9, 30))
    assert count(client, url) == few


# --- money of all programmes --------------------------------------------------------------------------


@pytest.fixture
def money(acme, borealis) -> None:
    """What is earned for half of the plan: at twice its cost, at its cost, at half its cost, and so late."""

    def budget(code: str, paid: int | None, reached: bool = True, **fields: Any) -> None:
        programme = ProgrammeFactory(code=code, name=f"The {code.lower()} one", **fields)
        line = BudgetLineFactory(programme=programme)
        for month in (MAY, JUNE):
            BudgetAmountFactory(line=line, month=month, amount=1000_00)
        if paid is not None:
            BudgetAmountFactory(line=line, month=MAY, kind="actual", amount=paid)
        done = date(2026, 5, 31)
        MilestoneFactory(
            programme=programme,
            baseline_on=done,
            actual_on=done if reached else None,
            first_word__on=done,
        )
        MilestoneFactory(programme=programme, baseline_on=date(2026, 6, 30))

    with tenant_context(borealis.id):
        ProgrammeFactory(code="THEIRS")
    with tenant_context(acme.id):
        budget("ABOVE", 2000_00, stage="closed")
        budget("BELOW", 500_00)
        budget("SILENT", None, reached=False, portfolio="Estates")
        budget("WITHIN", 1000_00)
        ProgrammeFactory(code="NONE", name="Without lines")


def codes(client: Any, query: str = "") -> list[str]:
    return sorted(rows(client, f"{MONEY}{query}", "code"))


def test_each_filter_narrows_the_money_and_nonsense_does_not(money, vic, dee, client_for) -> None:
    client = client_for(vic)
    assert codes(client) == ["ABOVE", "BELOW", "NONE", "SILENT", "WITHIN"]
    for cost in ("above", "below", "within"):
        assert codes(client, f"?cost={cost}") == [cost.upper()]
    assert codes(client, "?cost=unknown") == ["SILENT"]
    assert codes(client, "?cost=unplanned") == ["NONE"]
    assert "SILENT" in codes(client, "?pace=late")
    assert "NONE" not in codes(client, "?pace=late")
    assert codes(client, "?stage=closed") == ["ABOVE"]
    assert codes(client, "?words=estates") == ["SILENT"]
    assert codes(client, "?words=within+one") == ["WITHIN"]
    assert codes(client, "?words=none") == ["NONE"]
    assert len(codes(client, "?cost=x&pace=y&stage=z&sort=colour")) == 5
    assert codes(client_for(dee), "?cost=above") == []


def test_the_money_of_a_filter_is_said_and_taken_along(money, vic, ola, client_for) -> None:
    client = client_for(vic)
    assert (
        "One programme shown will end above its budget"
        in client.get(f"{MONEY}?cost=above").content.decode()
    )
    nothing = client.get(f"{MONEY}?cost=above&words=below").content.decode()
    assert "Nothing matches these filters" in nothing
    assert "No programme shown has budget lines" in nothing
    table = client.get(f"{MONEY}?cost=above&format=csv").content.decode().splitlines()
    assert len(table) == 2
    assert table[1].startswith("The above one,2000,2000,1000,")
    assert client.get(f"{MONEY}?cost=above&format=xlsx").status_code == 200
    assert client_for(ola).get(MONEY).status_code in {403, 404}


def test_filtered_money_asks_as_much_for_many_as_for_one(money, acme, vic, client_for) -> None:
    client, url = client_for(vic), f"{MONEY}?cost=within&pace=late&stage=delivery&words=one"
    few = [count(client, each) for each in (MONEY, url)]
    with tenant_context(acme.id):
        for _each in range(6):
            line = BudgetLineFactory(programme__name="One more")
            BudgetAmountFactory(line=line)
            MilestoneFactory(programme=line.programme)
    assert [count(client, each) for each in (MONEY, url)] == few


# --- owners who left ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "factory"),
    [("/t/acme/p/FHR/raid/", RaidItemFactory), ("/t/acme/p/FHR/plan/", MilestoneFactory)],
)
def test_what_waits_for_somebody_who_left_is_found_and_says_so(
    acme, vic, client_for, url: str, factory: Any
) -> None:
    with tenant_context(acme.id):
        programme = ProgrammeFactory(code="FHR")
        gone = PersonFactory(name="Ines Falk", is_active=False)
        owned = factory(programme=programme, owner=gone)
        for owner in (PersonFactory(), None):
            factory(programme=programme, owner=owner)
    client = client_for(vic)
    assert len(rows(client, url, "reference")) == 3
    assert rows(client, f"{url}?owner_is=left", "reference") == [owned.reference]
    assert "Ines Falk (left)" in client.get(url).content.decode()
    file = client.get(f"{url}?owner_is=left&format=csv")
    assert b"".join(file).count(b"Ines Falk") == 1
