"""Entries of training and of headcounts are taken back and recorded again; no day before says anything else for it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from adoption import selectors, services
from adoption.models import Headcount, TrainingProgress
from pmo_portal.accounts.permissions import NotAllowed
from pmo_portal.common import clock
from pmo_portal.common.converters import MomentConverter
from pmo_portal.history.selectors import event_model
from pmo_portal.scorecards.models import ProgrammeSummary
from pmo_portal.scorecards.services import mark_changed
from pmo_portal.tenants.context import tenant_context
from tests.factories.adoption import HeadcountFactory, TrainingProgressFactory
from tests.factories.programmes import ProgrammeFactory, ProgrammeUnitFactory
from tests.factories.tenants import UnitFactory
from tests.pmo_portal.scorecards.stories import TODAY, moment

from .test_training_sheet import filled

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)


@pytest.fixture(autouse=True)
def watch():
    with time_machine.travel(moment(TODAY), tick=False) as found:
        yield found


def path(at: datetime) -> str:
    return MomentConverter().to_url(at)


@pytest.fixture
def entry(stage, acme) -> TrainingProgress:
    """Recorded a week ago of a week ago: 20 of 40."""
    with tenant_context(acme.id):
        return TrainingProgressFactory(
            programme=stage.programme,
            unit=stage.claims,
            effective_on=TODAY - WEEK,
            known_at=moment(TODAY - WEEK),
        )


@pytest.fixture
def unit(acme) -> Any:
    with tenant_context(acme.id):
        return UnitFactory(code="WH", name="Warehouse", headcount=40)


def record(unit: Any, people: int, on: Any = TODAY, acting: Any = None) -> Headcount:
    return services.record_headcount(
        Headcount(unit=unit, people=people, effective_on=on),
        known_at=clock.now(),
        today=clock.today(),
        acting=acting,
    )


def withdraw(entry: Headcount, acting: Any = None) -> Headcount:
    return services.withdraw_headcount(entry, at=clock.now(), today=clock.today(), acting=acting)


def restore(entry: Headcount, acting: Any = None) -> Headcount:
    return services.restore_headcount(
        entry, known_at=clock.now(), today=clock.today(), acting=acting
    )


def says(unit: Any) -> int | None:
    unit.refresh_from_db()
    return unit.headcount


# --- who may ----------------------------------------------------------------------------------------------


def test_those_who_record_training_take_it_back_and_nobody_else(
    stage, acme, entry, coe, dana, vic, client_for
) -> None:
    with tenant_context(acme.id):
        for member in (dana, vic):
            with pytest.raises(NotAllowed):
                services.withdraw_training([entry], at=clock.now(), acting=member)
        (gone,) = services.withdraw_training([entry], at=clock.now(), acting=coe)
        for member in (dana, vic):
            with pytest.raises(NotAllowed):
                services.restore_training([gone], known_at=clock.now(), acting=member)
        assert TrainingProgress.objects.get().withdrawn_by == coe.person
    url = f"{stage.base}training/{path(gone.withdrawn_at)}/restore/"
    for member in (dana, vic):
        assert client_for(member).post(url).status_code == 403
        assert (
            "Record again" not in client_for(member).get(f"{stage.base}training/").content.decode()
        )


def test_those_who_record_headcounts_take_them_back_and_nobody_else(
    acme, unit, cam, ada, coe, dana, client_for
) -> None:
    with tenant_context(acme.id):
        first = record(unit, 41)
        for member in (coe, dana):
            with pytest.raises(NotAllowed):
                withdraw(first, member)
        gone = withdraw(first, ada)
        with pytest.raises(NotAllowed):
            restore(gone, dana)
        restore(gone, cam)
    url = f"/t/acme/units/WH/people/{path(first.known_at)}/withdraw/"
    assert client_for(dana).post(url).status_code == 403


def test_entries_of_another_organisation_or_programme_are_not_found(
    stage, acme, borealis, entry, cam, coe, ola, client_for
) -> None:
    with tenant_context(borealis.id):
        theirs = TrainingProgressFactory(programme__code="FHR", known_at=moment(TODAY - 2 * WEEK))
        people = HeadcountFactory(unit__code="CLAIMS", known_at=moment(TODAY - 2 * WEEK))
    with tenant_context(acme.id):
        ProgrammeFactory(code="OTHER")
    stamps = path(theirs.known_at), path(people.known_at)
    assert client_for(cam).post(f"{stage.base}training/{stamps[0]}/withdraw/").status_code == 404
    assert (
        client_for(cam).post(f"/t/acme/units/CLAIMS/people/{stamps[1]}/withdraw/").status_code
        == 404
    )
    own = f"training/{path(entry.known_at)}/withdraw/"
    assert client_for(cam).post(f"/t/acme/p/OTHER/{own}").status_code == 404
    assert client_for(coe).post(f"/t/acme/p/OTHER/{own}").status_code == 404
    assert client_for(ola).post(f"/t/borealis/p/FHR/{own}").status_code in (403, 404)
    with tenant_context(borealis.id):
        assert not TrainingProgress.objects.filter(withdrawn_at__isnull=False).exists()
        assert not Headcount.objects.filter(withdrawn_at__isnull=False).exists()
    with tenant_context(acme.id):
        assert TrainingProgress.objects.get().withdrawn_at is None


def test_it_is_never_known_before_it_was_recorded(acme, entry) -> None:
    with tenant_context(acme.id), pytest.raises(IntegrityError), transaction.atomic():
        TrainingProgress.objects.update(withdrawn_at=entry.known_at - DAY)


# --- as known on a day ------------------------------------------------------------------------------------


def test_days_before_a_withdrawal_say_what_was_known_on_them(stage, acme, entry) -> None:
    with tenant_context(acme.id):
        earlier = TrainingProgressFactory(
            programme=stage.programme,
            unit=stage.claims,
            completed=5,
            effective_on=TODAY - 2 * WEEK,
            known_at=moment(TODAY - 2 * WEEK),
        )
        days = [TODAY - 2 * WEEK - DAY, TODAY - 2 * WEEK, TODAY - WEEK, TODAY - DAY]

        def read() -> list[int | None]:
            found = [
                selectors.training_as_of([stage.claims.pk], stage.programme, day) for day in days
            ]
            return [each[stage.claims.pk].completed if each else None for each in found]

        assert read() == [None, earlier.completed, entry.completed, entry.completed]
        (gone,) = services.withdraw_training([entry], at=clock.now(), acting=None)
        assert read() == [None, earlier.completed, entry.completed, entry.completed]
        days = [TODAY, TODAY + DAY]
        assert read() == [earlier.completed, earlier.completed]
        # What is recorded again is known from then on, and not on the days between.
        services.restore_training([gone], known_at=moment(TODAY + 3 * DAY), acting=None)
        days = [TODAY - DAY, TODAY, TODAY + 2 * DAY, TODAY + 3 * DAY]
        assert read() == [entry.completed, earlier.completed, earlier.completed, entry.completed]


def test_headcounts_are_read_as_they_were_known(acme, unit) -> None:
    with tenant_context(acme.id):
        day = TODAY - WEEK
        HeadcountFactory(unit=unit, people=20, effective_on=day, known_at=moment(day))
        wrong = HeadcountFactory(
            unit=unit, people=280, effective_on=day, known_at=moment(day + DAY)
        )
        gone = withdraw(wrong)

        def read(*days: Any) -> list[int | None]:
            return [selectors.headcounts_as_of([unit.pk], each).get(unit.pk) for each in days]

        assert read(day, day + DAY, TODAY - DAY, TODAY) == [20, 280, 280, 20]
        assert [each.people for each in selectors.headcount_series(unit)] == [20]
        with time_machine.travel(moment(TODAY + 3 * DAY), tick=False):
            restore(gone)
        assert read(TODAY - DAY, TODAY, TODAY + 2 * DAY, TODAY + 3 * DAY) == [280, 20, 20, 280]


def test_lists_of_what_is_known_now_leave_out_what_was_taken_back(stage, acme, entry, cam) -> None:
    with tenant_context(acme.id):
        services.withdraw_training([entry], at=clock.now(), acting=cam)
        assert not selectors.training_now(cam, as_of=TODAY)
        assert selectors.training_entries_now(stage.programme) == {}
        assert selectors.units_in_training(stage.programme) == []
        assert selectors.training_summary(stage.programme, as_of=TODAY) == []
        assert list(selectors.training_of(stage.programme)) == [entry]


# --- what a unit says -------------------------------------------------------------------------------------


def test_a_unit_says_again_what_it_said_before(acme, unit) -> None:
    with tenant_context(acme.id):
        first = record(unit, 30, TODAY - DAY)
        second = record(unit, 31, TODAY)
        ahead = record(unit, 90, TODAY + WEEK)
        assert says(unit) == 31
        withdraw(ahead)
        assert says(unit) == 31
        withdraw(second)
        assert says(unit) == 30
        withdraw(first)
        assert says(unit) == 40
        restore(first)
        assert says(unit) == 30


def test_the_figure_somebody_gave_the_unit_by_hand_stays(acme, unit) -> None:
    with tenant_context(acme.id):
        first = record(unit, 30)
        unit.refresh_from_db()
        unit.headcount = 50
        unit.save()
        withdraw(first)
        assert says(unit) == 50
        withdraw(record(unit, 60))
        assert says(unit) == 50


def test_a_word_on_a_day_before_leaves_what_was_said_by_hand_since(acme, unit) -> None:
    with tenant_context(acme.id):
        record(unit, 30)
        unit.refresh_from_db()
        unit.headcount = 50
        unit.save()
        record(unit, 20, TODAY - WEEK)
        assert says(unit) == 50
        record(unit, 30)
        assert says(unit) == 30


# --- conflicts, trail, events -----------------------------------------------------------------------------


def test_what_is_taken_back_already_is_said(acme, entry, unit) -> None:
    with tenant_context(acme.id):
        services.withdraw_training([entry], at=clock.now(), acting=None)
        with pytest.raises(ValidationError):
            services.withdraw_training([entry], at=clock.now() + DAY, acting=None)
        first = record(unit, 30)
        withdraw(first)
        with pytest.raises(ValidationError):
            withdraw(first)
        assert TrainingProgress.objects.get().withdrawn_at == clock.now()


def test_nothing_comes_back_over_a_later_word_of_the_same_day(stage, acme, entry) -> None:
    with tenant_context(acme.id):
        with pytest.raises(ValidationError):
            services.restore_training([entry], known_at=clock.now(), acting=None)
        (gone,) = services.withdraw_training([entry], at=clock.now(), acting=None)
        later = TrainingProgressFactory(
            programme=stage.programme,
            unit=stage.claims,
            effective_on=entry.effective_on,
            known_at=moment(TODAY + DAY),
        )
        with pytest.raises(ValidationError):
            services.restore_training([gone], known_at=moment(TODAY + 2 * DAY), acting=None)
        services.withdraw_training([later], at=moment(TODAY + 2 * DAY), acting=None)
        services.restore_training([gone], known_at=moment(TODAY + 2 * DAY), acting=None)
        # Once is enough.
        with pytest.raises(ValidationError):
            services.restore_training([gone], known_at=moment(TODAY + 3 * DAY), acting=None)
        assert TrainingProgress.objects.standing().count() == 1


def test_the_trail_says_who_took_it_back(acme, entry, coe) -> None:
    with tenant_context(acme.id):
        (gone,) = services.withdraw_training([entry], at=clock.now(), acting=coe)
        (back,) = services.restore_training([gone], known_at=clock.now(), acting=coe)
        trail = event_model(TrainingProgress).objects.order_by("-pgh_id")
        again, taken = trail[0], trail[1]
        assert (taken.pgh_obj_id, again.pgh_obj_id) == (entry.pk, back.pk)
        assert taken.pgh_context["action"] == "withdraw training progress"
        assert {taken.pgh_context["user"], again.pgh_context["user"]} == {coe.user.pk}


def marks() -> int:
    return ProgrammeSummary.objects.get().marks


def test_figures_above_hear_of_it(
    stage, acme, entry, coe, django_capture_on_commit_callbacks
) -> None:
    with tenant_context(acme.id):
        mark_changed(stage.programme.pk)
        before = marks()
        with django_capture_on_commit_callbacks(execute=True):
            (gone,) = services.withdraw_training([entry], at=clock.now(), acting=coe)
        taken = marks()
        assert taken > before
        with django_capture_on_commit_callbacks(execute=True):
            services.restore_training([gone], known_at=clock.now(), acting=coe)
        assert marks() > taken


def test_figures_above_hear_of_a_headcount(
    stage, acme, unit, django_capture_on_commit_callbacks
) -> None:
    with tenant_context(acme.id):
        mark_changed(stage.programme.pk)
        counts = [marks()]
        made = record(unit, 999)
        for write in (withdraw, restore):
            with django_capture_on_commit_callbacks(execute=True):
                write(made)
            counts.append(marks())
        assert counts == sorted(set(counts))


# --- pages ------------------------------------------------------------------------------------------------


def undo_of(page: str) -> str:
    """The address of the undo button of the message on a page."""
    toasts = page[page.index("<pp-toasts") : page.index("</pp-toasts")]
    return toasts.split('action="')[1].split('"')[0]


def follow(client: Any, url: str, data: Any = None) -> str:
    answer = client.post(url, data or {})
    assert answer.status_code == 303, answer.status_code
    return client.get(answer["Location"]).content.decode()


def test_an_entry_is_undone_redone_and_undone_by_the_message(stage, acme, coe, client_for) -> None:
    client = client_for(coe)
    values = {
        "unit": stage.claims.pk,
        "effective_on": TODAY.isoformat(),
        "required": 40,
        "completed": 30,
        "planned_percent": 80,
    }
    page = follow(client, f"{stage.base}training/new/", values)
    assert "Take back" in page
    page = follow(client, undo_of(page))
    assert "The entry of one unit is withdrawn." in page
    assert "No training progress recorded yet" in page
    page = follow(client, undo_of(page))
    assert "The entry of one unit is recorded again." in page
    assert "30" in page
    follow(client, undo_of(page))
    with tenant_context(acme.id):
        assert TrainingProgress.objects.count() == 2
        assert not TrainingProgress.objects.standing().exists()


def test_a_sheet_is_undone_as_a_whole_and_a_line_of_it_alone(
    stage, acme, entry, coe, client_for, watch
) -> None:
    client = client_for(coe)
    with tenant_context(acme.id):
        ProgrammeUnitFactory(programme=stage.programme, unit=stage.payroll)
    one, other = stage.claims.code, stage.payroll.code
    changes = {f"{one}-completed": "31", f"{other}-completed": "2", f"{other}-required": "5"}
    page = follow(client, f"{stage.base}training/sheet/", filled(client, stage, **changes))
    whole = undo_of(page)
    # One line alone, by its own button.
    page = follow(client, f"{whole}?unit={other}")
    assert "The entry of one unit is withdrawn." in page
    # The rest of the sheet, and back: what was taken back on its own stays so.
    watch.shift(60)
    page = follow(client, whole)
    page = follow(client, undo_of(page))
    with tenant_context(acme.id):
        standing = TrainingProgress.objects.standing().values_list("unit__code", "completed")
        assert sorted(standing) == [(one, entry.completed), (one, 31)]
    assert client.post(f"{whole}?unit=NONE").status_code == 404


def test_a_button_pressed_too_late_says_so(stage, acme, entry, coe, cam, client_for) -> None:
    url = f"{stage.base}training/{path(entry.known_at)}/withdraw/"
    follow(client_for(cam), url)
    client = client_for(coe)
    answer = client.post(url)
    assert answer.status_code == 303
    assert "Somebody took it back already." in client.get(answer["Location"]).content.decode()
    again = f"{stage.base}training/{path(clock.now())}/restore/"
    follow(client_for(cam), again)
    answer = client.post(again)
    assert "the latest entry counts" in client.get(answer["Location"]).content.decode()


def test_the_sheet_says_that_what_it_showed_was_taken_back(
    stage, acme, entry, coe, cam, client_for
) -> None:
    client, one = client_for(coe), stage.claims.code
    sent = filled(client, stage, **{f"{one}-completed": "31"})
    follow(client_for(cam), f"{stage.base}training/{path(entry.known_at)}/withdraw/")
    with tenant_context(acme.id):
        ProgrammeUnitFactory(programme=stage.programme, unit=stage.claims)
    answer = client.post(f"{stage.base}training/sheet/", sent)
    assert answer.status_code == 422
    assert "was withdrawn, and none is left" in answer.content.decode()
    again = {**sent, **{line.seen_name: line.stamp for line in answer.context["sheet"].lines}}
    assert client.post(f"{stage.base}training/sheet/", again).status_code == 303


def test_the_sheet_says_what_counts_again(stage, acme, entry, coe, cam, client_for) -> None:
    client, one = client_for(coe), stage.claims.code
    with tenant_context(acme.id):
        newer = TrainingProgressFactory(
            programme=stage.programme,
            unit=stage.claims,
            completed=25,
            effective_on=TODAY - DAY,
            known_at=moment(TODAY - DAY),
        )
    sent = filled(client, stage, **{f"{one}-completed": "31"})
    follow(client_for(cam), f"{stage.base}training/{path(newer.known_at)}/withdraw/")
    answer = client.post(f"{stage.base}training/sheet/", sent)
    assert answer.status_code == 422
    assert "20 of 40 as of 8 Jun 2026 count again" in answer.content.decode()


def test_the_register_says_who_took_what_back_and_files_say_it_too(
    stage, acme, entry, coe, vic, client_for
) -> None:
    url = f"{stage.base}training/"
    follow(client_for(coe), f"{url}{path(entry.known_at)}/withdraw/?unit={stage.claims.code}")
    page = client_for(vic).get(url).content.decode()
    assert "Taken back" in page
    assert coe.person.name in page
    assert "Record again" not in page
    assert "Record again" in client_for(coe).get(url).content.decode()
    assert "2026-06-15" in client_for(vic).get(f"{url}?format=csv").content.decode()


def test_a_headcount_is_undone_and_redone_by_the_message(acme, unit, cam, client_for) -> None:
    client, base = client_for(cam), "/t/acme/units/WH/people/"
    values = {"people": 400, "effective_on": TODAY.isoformat(), "reason": ""}
    page = follow(client, f"{base}new/", values)
    assert "400 people work in Warehouse" in page
    page = follow(client, undo_of(page))
    assert "40 people work in Warehouse" in page
    assert "One entry over time." not in client.get("/t/acme/units/WH/").content.decode()
    page = follow(client, undo_of(page))
    assert "400 people work in Warehouse" in page
    with tenant_context(acme.id):
        assert Headcount.objects.standing().get().author == cam.person


def test_a_register_needs_no_more_statements_for_more_entries(stage, acme, coe, client_for) -> None:
    client, counts = client_for(coe), []
    for more in (1, 9):
        with tenant_context(acme.id):
            for number in range(more):
                TrainingProgressFactory(
                    programme=stage.programme,
                    unit=stage.claims,
                    effective_on=TODAY - DAY * (number + more),
                    withdrawn_at=moment(TODAY),
                    withdrawn_by=coe.person,
                )
        client.get(f"{stage.base}training/")
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"{stage.base}training/").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
