"""The people half of all programmes: what is in it, what it says first, and what it takes to read."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pmo_portal.tenants.context import tenant_context
from tests.factories.adoption import (
    EngagementActivityFactory,
    ImpactFactory,
    ImpactReviewFactory,
    ResistanceSignalFactory,
    TrainingProgressFactory,
)
from tests.factories.programmes import ProgrammeFactory
from tests.factories.tenants import UnitFactory

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 1)
PAGES = ("impacts/", "engagement/", "resistance/", "training/")


def text_of(client, path: str) -> str:
    answer = client.get(f"/t/acme/{path}")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def one_of_each(stage, code: str) -> None:
    programme = ProgrammeFactory(code=code)
    EngagementActivityFactory(programme=programme, title=f"Walk through {code}")
    ImpactReviewFactory(impact=ImpactFactory(programme=programme, title=f"Forms of {code}"))
    ResistanceSignalFactory(programme=programme, text=f"Spreadsheet of {code}", unit=stage.claims)
    TrainingProgressFactory(programme=programme, unit=stage.claims)


def test_units_to_choose_from_are_those_in_use_and_retired_ones_after_them(
    stage, acme, vic, client_for
) -> None:
    with tenant_context(acme.id):
        one_of_each(stage, "OTH")
        UnitFactory(code="ARC", is_active=False)
        UnitFactory(code="TEL")
    assert re.findall(r'<option value="(ARC|TEL)"', text_of(client_for(vic), "resistance/")) == [
        "TEL",
        "ARC",
    ]


def test_nothing_recorded_is_said_in_words(acme, vic, client_for) -> None:
    for page in PAGES:
        assert "in any programme" in text_of(client_for(vic), page)


def test_records_of_every_programme_stand_in_one_register(stage, acme, vic, client_for) -> None:
    with tenant_context(acme.id):
        one_of_each(stage, "ONE")
        one_of_each(stage, "TWO")
    client = client_for(vic)
    for page, word in zip(PAGES[:3], ("Forms of", "Walk through", "Spreadsheet of"), strict=True):
        text = text_of(client, page)
        assert f"{word} ONE" in text
        assert f"{word} TWO" in text
        exported = client.get(f"/t/acme/{page}?format=csv").content.decode("utf-8-sig")
        assert exported.splitlines()[0].split(",")[1] == "Programme"
        assert len(exported.splitlines()) == 3


def test_another_organisation_has_none_of_it(stage, acme, borealis, ola, client_for) -> None:
    with tenant_context(acme.id):
        # With a blank, which no token of a form holds by chance.
        one_of_each(stage, "Theirs alone")
    for page in PAGES:
        answer = client_for(ola).get(f"/t/borealis/{page}")
        assert answer.status_code == 200
        assert "Theirs alone" not in answer.content.decode()
        assert client_for(ola).get(f"/t/acme/{page}").status_code == 404


def test_views_apart_and_overdue_activities_come_first_in_words(
    stage, acme, vic, client_for
) -> None:
    with tenant_context(acme.id):
        one_of_each(stage, "ONE")
        ImpactFactory(programme=stage.programme)
        EngagementActivityFactory(programme=stage.programme, planned_on=DAY - timedelta(days=400))
    client = client_for(vic)
    assert "Project and unit see one of 2 impacts differently" in text_of(client, "impacts/")
    assert "not held when" in text_of(client, "engagement/")
    assert "One open sign of resistance" in text_of(client, "resistance/")


def test_training_shows_the_newest_entry_of_each_unit_furthest_behind_first(
    stage, acme, vic, client_for
) -> None:
    with tenant_context(acme.id):
        far, near = UnitFactory(name="Far behind"), UnitFactory(name="On its way")
        entry = {"programme": stage.programme, "required": 100, "planned_share": 0.8}
        TrainingProgressFactory(unit=far, completed=5, effective_on=DAY, **entry)
        TrainingProgressFactory(
            unit=far, completed=30, effective_on=DAY + timedelta(days=7), **entry
        )
        TrainingProgressFactory(unit=near, completed=80, effective_on=DAY, **entry)
    text = text_of(client_for(vic), "training/")
    assert "1 unit is behind its training plan" in text
    assert "50 points behind" in text
    assert "75 points behind" not in text
    assert text.index("Far behind</th>") < text.index("On its way</th>")
    behind = text_of(client_for(vic), "training/?state=behind")
    assert "On its way</th>" not in behind


def test_many_programmes_take_the_statements_of_one(stage, acme, vic, client_for) -> None:
    client, seen = client_for(vic), {}
    for count, codes in enumerate((("ONE",), ("TWO", "THREE", "FOUR", "FIVE", "SIX"))):
        with tenant_context(acme.id):
            for code in codes:
                one_of_each(stage, code)
        for page in PAGES:
            text_of(client, page)
            with CaptureQueriesContext(
                connection,
            ) as found:
                text_of(client, page)
            seen[page, count] = len(found)
    for page in PAGES:
        assert seen[page, 0] == seen[page, 1], page


def test_outside_a_programme_both_halves_are_in_the_navigation(
    stage, acme, vic, client_for
) -> None:
    client = client_for(vic)
    outside = text_of(client, "")
    for page in (*PAGES, "surveys/", "money/", "raid/"):
        assert f'href="/t/acme/{page}"' in outside
    inside = client.get(stage.base).content.decode()
    assert 'href="/t/acme/training/"' not in inside
    assert f'href="{stage.base}training/"' in inside


def test_the_newest_entries_are_found_in_the_index_alone(stage, acme, vic, client_for) -> None:
    """Every entry there is takes part in that, so none of them is read for it."""
    with tenant_context(acme.id):
        one_of_each(stage, "ONE")
    with CaptureQueriesContext(connection) as queries:
        text_of(client_for(vic), "training/")
    newest = [each["sql"] for each in queries if "DISTINCT ON" in each["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexdef FROM pg_indexes WHERE indexname = 'trainingprogress_latest'"
        )
        indexed = set(re.findall(r"\w+", cursor.fetchone()[0].partition("(")[2]))
    assert newest
    for statement in newest:
        (alias,) = set(re.findall(r'"adoption_trainingprogress" (\w\d+)', statement))
        assert set(re.findall(rf'{alias}\."(\w+)"', statement)) - indexed == set()
