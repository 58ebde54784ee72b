"""Training of all units at once: only what was changed is recorded, and nothing a colleague wrote is passed over."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from adoption.models import TrainingProgress
from adoption.services.training import TrainingEntry, record_training_sheet
from pmo_portal.common import clock
from pmo_portal.tenants.context import tenant_context
from tests.factories.adoption import TrainingProgressFactory

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 1)


@pytest.fixture
def entries(stage, acme):
    with tenant_context(acme.id):
        entry = {
            "programme": stage.programme,
            "required": 40,
            "planned_share": 0.5,
            "effective_on": DAY,
        }
        return [
            TrainingProgressFactory(unit=stage.claims, completed=10, **entry),
            TrainingProgressFactory(unit=stage.payroll, completed=20, **entry),
        ]


def filled(client, stage, **changes: str) -> dict[str, str]:
    """The sheet as a browser would send it back, with some fields typed over."""
    answer = client.get(f"{stage.base}training/sheet/")
    sheet = answer.context["sheet"]
    sent = {"effective_on": clock.today().isoformat()}
    for line in sheet.lines:
        sent[line.seen_name] = line.stamp
        for field in line:
            value = field.value()
            sent[field.html_name] = "" if value is None else str(value)
    return sent | changes


def recorded(acme) -> list[tuple[str, int, int]]:
    with tenant_context(acme.id):
        rows = TrainingProgress.objects.order_by("pk").values_list(
            "unit__code", "completed", "required"
        )
        return list(rows)[2:]


def test_a_sheet_waits_for_another_one_before_it_looks_what_is_there(stage, acme, coe) -> None:
    """Also where nothing was recorded before, and so no entry could be waited for."""
    with tenant_context(acme.id), CaptureQueriesContext(connection) as asked:
        first = TrainingEntry(stage.claims, 9, 7, None, None)
        record_training_sheet(stage.programme, [first], on=DAY, known_at=clock.now(), acting=coe)
    said = [each["sql"] for each in asked if "SELECT" in each["sql"]]
    held = next(
        at
        for at, sql in enumerate(said)
        if 'FROM "programmes_programme"' in sql and "FOR UPDATE" in sql
    )
    looked = [at for at, sql in enumerate(said) if 'FROM "adoption_trainingprogress"' in sql]
    assert looked
    assert min(looked) > held


def test_only_changed_lines_are_recorded(stage, acme, entries, coe, client_for) -> None:
    client, code = client_for(coe), stage.claims.code
    answer = client.post(
        f"{stage.base}training/sheet/", filled(client, stage, **{f"{code}-completed": "31"})
    )
    assert answer.status_code == 303
    assert recorded(acme) == [(code, 31, 40)]


def test_a_sheet_left_as_it_is_records_nothing_and_says_so(
    stage, acme, entries, coe, client_for
) -> None:
    client = client_for(coe)
    answer = client.post(f"{stage.base}training/sheet/", filled(client, stage))
    assert answer.status_code == 422
    assert "nothing was recorded" in answer.content.decode()
    assert recorded(acme) == []


def test_what_was_typed_for_a_unit_that_left_meanwhile_is_not_dropped_in_silence(
    stage, acme, entries, coe, client_for
) -> None:
    client, one, other = client_for(coe), stage.claims.code, stage.payroll.code
    post = filled(client, stage, **{f"{one}-completed": "31", f"{other}-completed": "32"})
    with tenant_context(acme.id):
        stage.programme.unit_links.filter(unit=stage.payroll).delete()
        TrainingProgress.objects.filter(unit=stage.payroll).delete()
    answer = client.post(f"{stage.base}training/sheet/", post)
    assert answer.status_code == 422
    assert f"These units left the list since you opened it: {other}." in answer.content.decode()
    assert [row for row in recorded(acme) if row[0] == one] == []


def test_one_wrong_line_keeps_all_that_was_typed_and_records_none(
    stage, acme, entries, coe, client_for
) -> None:
    client, one, other = client_for(coe), stage.claims.code, stage.payroll.code
    changes = {f"{one}-completed": "31", f"{other}-completed": "99"}
    answer = client.post(f"{stage.base}training/sheet/", filled(client, stage, **changes))
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "More people cannot complete it than need it." in text
    assert 'value="31"' in text
    assert recorded(acme) == []


def test_more_people_than_there_can_be_are_refused_at_their_field(
    stage, acme, entries, coe, client_for
) -> None:
    client, code = client_for(coe), stage.claims.code
    changes = {f"{code}-required": "3000000000", f"{code}-completed": "31"}
    answer = client.post(f"{stage.base}training/sheet/", filled(client, stage, **changes))
    assert answer.status_code == 422
    assert 'value="3000000000"' in answer.content.decode()
    assert recorded(acme) == []


def test_what_a_colleague_recorded_meanwhile_is_said_before_it_is_passed_over(
    stage, acme, entries, coe, cam, client_for
) -> None:
    mine, hers = client_for(coe), client_for(cam)
    one, other = stage.claims.code, stage.payroll.code
    page = filled(mine, stage, **{f"{one}-completed": "31", f"{other}-completed": "25"})
    hers.post(f"{stage.base}training/sheet/", filled(hers, stage, **{f"{one}-completed": "28"}))
    answer = mine.post(f"{stage.base}training/sheet/", page)
    assert answer.status_code == 422
    assert "Meanwhile 28 of 40 were recorded" in answer.content.decode()
    assert recorded(acme) == [(one, 28, 40)]
    # Seen now: saving the page that says so records both lines.
    again = dict(page)
    for line in answer.context["sheet"].lines:
        again[line.seen_name] = line.stamp
    assert mine.post(f"{stage.base}training/sheet/", again).status_code == 303
    assert recorded(acme) == [(one, 28, 40), (one, 31, 40), (other, 25, 40)]


def test_a_line_nobody_touched_never_takes_back_what_a_colleague_recorded(
    stage, acme, entries, coe, cam, client_for
) -> None:
    mine, hers = client_for(coe), client_for(cam)
    one, other = stage.claims.code, stage.payroll.code
    page = filled(mine, stage, **{f"{other}-completed": "25"})
    hers.post(f"{stage.base}training/sheet/", filled(hers, stage, **{f"{one}-completed": "28"}))
    assert mine.post(f"{stage.base}training/sheet/", page).status_code == 303
    assert recorded(acme) == [(one, 28, 40), (other, 25, 40)]


def test_delivery_reads_it_and_records_nothing(stage, entries, dana, client_for) -> None:
    assert client_for(dana).get(f"{stage.base}training/sheet/").status_code == 403
    assert "training/sheet/" not in client_for(dana).get(f"{stage.base}training/").content.decode()


def test_a_day_that_is_no_day_and_a_stamp_that_is_none_are_no_accident(
    stage, entries, coe, client_for
) -> None:
    client = client_for(coe)
    sent = filled(client, stage, effective_on="2999-01-01")
    sent[f"{stage.claims.code}-seen"] = "yesterday"
    assert client.post(f"{stage.base}training/sheet/", sent).status_code == 422
