"""How many milestones were due and late, counted for a page beside the share of them a model was told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from forecasting import inputs
from forecasting.crises.milestones_due import Due, due_before
from forecasting.learning.features import CRISIS
from pmo_portal.common import clock
from pmo_portal.tenants.context import tenant_context
from programmes.models import Programme
from tests.factories.forecasting import RiskScoreFactory
from tests.factories.programmes import MilestoneFactory, MilestoneForecastFactory, ProgrammeFactory
from tests.pages import read
from tests.pmo_portal.scorecards.stories import TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("day_of_stories")]

PAGES = ("/t/acme/p/PAY/forecast/", "/t/acme/p/PAY/")
WANTED = "2 of 3 due in the last twelve weeks were late, if only by a day"


def planned(programme: Programme, *, due: int, late: int | None) -> None:
    """A milestone due some days ago and reached so many days late, or not; what is said of it tomorrow is not known yet."""
    on = TODAY - timedelta(days=due)
    made = MilestoneFactory(programme=programme, baseline_on=on, first_word=False)
    reached = None if late is None else on + timedelta(days=late)
    for day, actual in ((TODAY - timedelta(days=1), reached), (TODAY + timedelta(days=1), on)):
        MilestoneForecastFactory(
            milestone=made, forecast_on=on, actual_on=actual, effective_on=day, known_at=clock.start_of(day),
        )  # fmt: skip


@pytest.fixture
def programme(acme) -> Programme:
    """On time on the first day that counts, a day late, and not reached; those due today and 85 days ago do not count."""
    with tenant_context(acme.id):
        made: Programme = ProgrammeFactory(code="PAY", starts_on=TODAY - timedelta(days=200))
        for due, late in ((84, 0), (10, 1), (1, None), (0, None), (85, None)):
            planned(made, due=due, late=late)
    return made


def _share(programme: Programme) -> float:
    told = inputs.read([TODAY])
    at = [pk for pk, _day in told.places].index(programme.pk)
    return float(told.raw[at, CRISIS.names.index("ms_missed_12w")])


def test_what_is_counted_makes_the_share_a_model_is_told(programme, acme) -> None:
    with tenant_context(acme.id):
        other = ProgrammeFactory(starts_on=TODAY - timedelta(days=200))
        found = due_before([programme.pk, other.pk], TODAY)
        assert found == {programme.pk: Due(3, 2), other.pk: Due(0, 0)}
        for each in (programme, other):
            assert found[each.pk].share == pytest.approx(_share(each), abs=1e-12)


def test_two_statements_count_for_any_number_of_programmes(
    programme, acme, django_assert_num_queries
) -> None:
    with tenant_context(acme.id):
        planned(ProgrammeFactory(), due=3, late=2)
        for keys in ([programme.pk], list(Programme.objects.values_list("pk", flat=True))):
            with django_assert_num_queries(2):
                due_before(keys, TODAY)


def _scored(programme: Programme, share: float) -> None:
    values: dict[str, Any] = dict(zip(CRISIS.names, [each.stands_in for each in CRISIS.raw], strict=True))  # fmt: skip
    RiskScoreFactory(
        programme=programme, as_of=TODAY, raw=list({**values, "ms_missed_12w": share}.values()),
        terms=[{"name": "ms_missed_12w", "share": 0.4, "value": share}],
    )  # fmt: skip


@pytest.mark.parametrize("url", PAGES)
def test_pages_tell_the_counts(programme, acme, vic, client_for, url) -> None:
    with tenant_context(acme.id):
        _scored(programme, 2.4 / 5)
    assert WANTED in read(client_for(vic), url)


@pytest.mark.parametrize("url", PAGES)
def test_after_an_edit_pages_say_what_the_share_is(programme, acme, vic, client_for, url) -> None:
    """One of five due makes the same share as none: it could not be told from the share."""
    with tenant_context(acme.id):
        _scored(programme, 0.2)
    assert Due(5, 1).share == pytest.approx(Due(0, 0).share)
    page = read(client_for(vic), url)
    assert WANTED not in page
    assert "count as a share of 20%" in page
