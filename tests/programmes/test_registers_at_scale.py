"""What a page asks of the database for many rows: the indexes it is counted from, and rows found by their keys."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pmo_portal.common.registers import PAGE_SIZE
from pmo_portal.tenants.context import tenant_context
from programmes.models import RaidItem
from tests.factories.programmes import ProgrammeFactory
from tests.factories.tenants import PersonFactory
from tests.pmo_portal.scorecards.stories import TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("day_of_stories")]

ALL = "/t/acme/raid/"


@pytest.fixture
def many(acme) -> list[RaidItem]:
    """Two pages and a half of open risks, rated in no order."""
    with tenant_context(acme.id):
        programme, owner = ProgrammeFactory(), PersonFactory()
        return RaidItem.objects.bulk_create(
            RaidItem(
                programme=programme,
                number=number,
                kind="risk",
                title=f"Risk {number}",
                side="delivery",
                owner=owner if number % 2 else None,
                probability=number % 5 + 1,
                impact=number % 3 + 1,
                opened_on=TODAY,
            )
            for number in range(1, 5 * PAGE_SIZE // 2 + 1)
        )


def asked(client: Any, url: str) -> tuple[Any, list[str]]:
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(url)
    assert answer.status_code == 200
    return answer, [each["sql"] for each in queries]


def test_the_rows_of_a_page_are_found_by_their_keys(many, vic, client_for) -> None:
    """What stands beside a row is joined to the rows of one page only."""
    _answer, statements = asked(client_for(vic), ALL)
    (rows,) = [each for each in statements if "LIMIT 50" in each]
    keys = rows[rows.index("= ANY (ARRAY(") :]
    assert "tenants_person" in rows
    assert "tenants_person" not in keys


def test_every_row_stands_on_one_page_in_order(many, vic, client_for) -> None:
    client, found = client_for(vic), []
    for page in (1, 2, 3):
        answer = client.get(f"{ALL}?page={page}")
        rows = answer.context["register"].rows
        assert len(rows) == (PAGE_SIZE // 2 if page == 3 else PAGE_SIZE)
        found += re.findall(r"Risk (\d+)<", answer.content.decode())
    score = {str(each.number): each.probability * each.impact for each in many}
    assert sorted(found, key=int) == sorted(score, key=int)
    assert [score[each] for each in found] == sorted(score.values(), reverse=True)


def test_one_page_asks_as_often_as_many(many, acme, vic, client_for) -> None:
    _answer, with_many = asked(client_for(vic), ALL)
    with tenant_context(acme.id):
        RaidItem.objects.filter(number__gt=PAGE_SIZE // 2).delete()
    _answer, with_few = asked(client_for(vic), ALL)
    assert len(with_many) == len(with_few)


def columns_of(index: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [index])
        definition = cursor.fetchone()[0]
    return set(re.findall(r"\b[a-z_]+\b", definition.partition("(")[2].replace(" WHERE ", " ")))


def test_open_items_are_counted_from_the_index_alone(many, vic, client_for) -> None:
    """With a column more, 80,000 items would be read instead of their index."""
    _answer, statements = asked(client_for(vic), ALL)
    counting = [each for each in statements if "COUNT(" in each and "raiditem" in each]
    read = {name for each in counting for name in re.findall(r'raiditem"\."(\w+)"', each)}
    assert len(counting) == 2
    assert {"score", "programme_id", "probability"} <= read
    assert read - columns_of("raid_open_by_score") == set()
