"""A go-live that moves leaves a record that asks why."""

from datetime import UTC, date, datetime

import pytest

from governance import selectors, services
from governance.models import GoliveMove
from pmo_portal.accounts.permissions import NotAllowed
from pmo_portal.tenants.context import tenant_context
from programmes import services as programmes
from programmes.models import Milestone
from tests.factories.governance import DecisionFactory, GoliveMoveFactory
from tests.factories.programmes import MilestoneUnitFactory, ProgrammeFactory
from tests.factories.tenants import UnitFactory
from tests.pages import read

pytestmark = pytest.mark.django_db

AT = datetime(2026, 6, 1, 9, tzinfo=UTC)
ON = date(2026, 6, 1)
OLD, NEW = date(2026, 6, 10), date(2026, 6, 24)


@pytest.fixture
def programme(acme):
    with tenant_context(acme.id):
        yield ProgrammeFactory(code="FHR")


def milestone(programme, acting, *, is_golive=True, forecast_on=OLD):
    return programmes.create_milestone(
        Milestone(
            programme=programme, track="delivery", name="Payroll go-live", is_golive=is_golive,
            baseline_on=forecast_on, forecast_on=forecast_on,
        ),
        at=AT, on=ON, acting=acting,
    )  # fmt: skip


def move(stone, acting, to=NEW):
    return programmes.move_forecast(
        stone, to=to, reason="Parallel run failed", at=AT, on=ON, acting=acting
    )


def test_a_moved_golive_is_noted_once_with_what_was_said(programme, dana):
    stone = milestone(programme, dana)
    move(stone, dana)
    assert len(services.note_moves(programme.pk)) == 1
    assert services.note_moves(programme.pk) == []
    noted = GoliveMove.objects.get()
    assert (noted.from_on, noted.to_on, noted.effective_on) == (OLD, NEW, ON)
    assert (noted.person, noted.reason, noted.text) == (dana.person, "", "Parallel run failed")
    assert (noted.days, noted.notice, noted.is_close) == (14, 9, True)


def test_other_milestones_achievements_and_imports_leave_no_move(programme, dana):
    move(milestone(programme, dana, is_golive=False), dana)
    reached = milestone(programme, dana)
    programmes.achieve_milestone(reached, achieved_on=ON, at=AT, on=ON, acting=dana)
    # The portal itself wrote it: history that a file brought.
    move(milestone(programme, None), None)
    assert services.note_moves(programme.pk) == []


def test_the_move_is_there_when_the_next_page_opens(
    programme, dana, django_capture_on_commit_callbacks
):
    stone = milestone(programme, dana)
    with django_capture_on_commit_callbacks(execute=True):
        move(stone, dana)
    assert selectors.moves_of(stone).count() == 1


@pytest.mark.parametrize(
    ("from_on", "to_on", "close"),
    [(date(2026, 6, 15), NEW, True), (date(2026, 6, 16), NEW, False), (NEW, OLD, False),
     (date(2026, 5, 20), NEW, True)],
)  # fmt: skip
def test_put_off_within_two_weeks_is_close(programme, from_on, to_on, close):
    noted = GoliveMoveFactory(
        milestone__programme=programme, from_on=from_on, to_on=to_on, effective_on=ON
    )
    assert noted.is_close is close
    assert GoliveMove.objects.close().filter(pk=noted.pk).exists() is close


def test_people_of_a_unit_within_another_are_told_once(programme, vic, client_for):
    noted = GoliveMoveFactory(milestone__programme=programme)
    whole = UnitFactory(headcount=70)
    for unit in (whole, UnitFactory(headcount=30, parent=whole)):
        MilestoneUnitFactory(milestone=noted.milestone, unit=unit)
    page = read(client_for(vic), f"/t/acme/p/FHR/golives/moves/{noted.reference}/")
    assert "70 people had the old date" in page


def test_both_functions_and_steering_say_why_and_a_viewer_does_not(programme, dana, cam, sam, vic):
    noted = GoliveMoveFactory(milestone__programme=programme)
    decision = DecisionFactory(programme=programme)
    for member in (dana, cam, sam):
        noted = services.explain_move(
            noted, changes={"text": str(member), "reason": "readiness"}, acting=member
        )
    noted = services.explain_move(noted, changes={"decision": decision}, acting=cam)
    assert (noted.reason, noted.decision) == ("readiness", decision)
    with pytest.raises(NotAllowed):
        services.explain_move(noted, changes={"reason": "external"}, acting=vic)


def test_dates_of_a_move_are_not_rewritten(programme, dana):
    noted = GoliveMoveFactory(milestone__programme=programme)
    services.explain_move(noted, changes={"reason": "scope", "to_on": OLD}, acting=dana)
    assert GoliveMove.objects.get().to_on == NEW
