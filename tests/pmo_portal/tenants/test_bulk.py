"""Thousands of new rows by one statement say the same as rows that were written one by one."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from forecasting.models import RaidScore, RiskSnapshot
from pmo_portal.tenants import bulk
from pmo_portal.tenants.context import tenant_context
from tests.factories.forecasting import RaidScoreFactory, RiskSnapshotFactory
from tests.factories.programmes import ProgrammeFactory, RaidItemFactory

pytestmark = pytest.mark.django_db

# What statements, JSON and lists have to be told apart from.
ODD = 'A "quoted" \\ name, {with} braces; it\'s\tÜnïcode \N{SNOWMAN}'


@pytest.fixture
def in_acme(acme):
    with tenant_context(acme.id):
        yield acme


def score(**more: Any) -> RaidScore:
    return RaidScoreFactory.build(item=RaidItemFactory(), **more)


def values(row: Any) -> str:
    """As text, because a number that is none is not equal to itself."""
    return str({field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key})  # fmt: skip


def test_rows_say_what_they_would_written_one_by_one(in_acme) -> None:
    rows = [
        score(
            raw=[1.5, math.nan, -1e-12, 1e300],
            terms=[{"name": ODD, "share": 0.1 + 0.2, "value": None}],
            missing=[ODD, ""],
            series=[["2026-05-04", None], ["2026-05-11", 0.25]],
            computed_at=datetime(2026, 6, 1, 9, 30, 15, 123457, tzinfo=UTC),
            alike=7,
        ),
        score(raw=[], missing=[], is_current=False),
    ]
    bulk.insert(RaidScore, rows)
    kept = {row.item_id: values(row) for row in RaidScore.objects.all()}
    RaidScore.objects.all().delete()
    RaidScore.objects.bulk_create(rows)
    assert kept == {row.item_id: values(row) for row in RaidScore.objects.all()}
    assert len(kept) == 2
    assert {row.tenant_id for row in RaidScore.objects.all()} == {in_acme.id}


def test_more_rows_than_go_into_one_statement(in_acme, monkeypatch) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    rows = [score() for _number in range(5)]
    bulk.insert(RaidScore, rows)
    assert {row.item_id for row in RaidScore.objects.all()} == {row.item_id for row in rows}
    bulk.insert(RaidScore, [])
    assert RaidScore.objects.count() == 5


def test_what_is_there_stays_where_conflicts_are_ignored(in_acme) -> None:
    programme = ProgrammeFactory()
    RiskSnapshotFactory(programme=programme, raw=[1.0])
    again = [RiskSnapshotFactory.build(programme=programme, raw=[2.0])]
    bulk.insert(RiskSnapshot, again, ignore_conflicts=True)
    assert RiskSnapshot.objects.get().raw == [1.0]
    with pytest.raises(DatabaseError), transaction.atomic():
        bulk.insert(RiskSnapshot, again)


@pytest.mark.parametrize(
    "wrong",
    [{"model": "0" * 65}, {"low": 0.9}, {"as_of": None}, {"alike": -1}],
    ids=["too long", "outside its band", "nothing", "less than nothing"],
)
def test_what_is_not_allowed_is_refused_and_nothing_is_written(in_acme, wrong) -> None:
    rows = [score(), score(**wrong)]
    with pytest.raises(DatabaseError), transaction.atomic():
        bulk.insert(RaidScore, rows)
    assert not RaidScore.objects.exists()


def test_a_number_that_is_none_is_no_json(in_acme) -> None:
    with pytest.raises(ValueError, match="JSON"):
        bulk.insert(RaidScore, [score(terms=[{"name": "score", "share": math.nan}])])


def test_rows_of_another_organisation_are_refused(acme, borealis) -> None:
    with tenant_context(acme.id):
        rows = [score(tenant=borealis)]
        with pytest.raises(DatabaseError), transaction.atomic():
            bulk.insert(RaidScore, rows)
    for tenant in (acme, borealis):
        with tenant_context(tenant.id):
            assert not RaidScore.objects.exists()
