"""What moves dates and readiness: kept with what is told, in words that add up, on pages and in files."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forecasting.dates import outlooks, parts as outlook_parts, slips
from forecasting.models import AdoptionShortfall, MilestoneOutlook, SlipRecord
from forecasting.readiness import forecast as readiness, parts as readiness_parts, shortfalls
from pmo_portal.common import clock
from pmo_portal.tenants.context import tenant_context
from programmes.schedule import working_days_between
from tests.factories.adoption import TrainingProgressFactory
from tests.factories.forecasting import (
    AdoptionShortfallFactory,
    MilestoneOutlookFactory,
    RiskScoreFactory,
    SlipRecordFactory,
)
from tests.factories.programmes import (
    MilestoneFactory,
    MilestoneUnitFactory,
    ProgrammeFactory,
    ProgrammeUnitFactory,
)
from tests.factories.tenants import UnitFactory
from tests.pages import read
from tests.pmo_portal.scorecards.stories import TODAY, moment, payroll, wave

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("day_of_stories")]

DATES = "/t/acme/forecasts/milestones/"
UNITS = "/t/acme/forecasts/readiness/"


def rows_of(client: Any, url: str) -> list[dict[str, str]]:
    text = client.get(url).content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


# --- dates: numbers ----------------------------------------------------------------------------------------


def own_curve(*days: int, count: int) -> dict[str, Any]:
    return {"days": list(days), "share": [0.5, 0.8, 1.0], "milestones": count}


@pytest.mark.parametrize("ahead", [-70, -40, -23, -5, 0, 3, 12, 60, 150])
@pytest.mark.parametrize("schedule", [0.81, 1.02, None])
@pytest.mark.parametrize("has_own", [False, True])
def test_working_days_of_the_steps_add_up_to_each_date(
    acme, ahead: int, schedule: float | None, has_own: bool
) -> None:
    with tenant_context(acme.id):
        programme = ProgrammeFactory()
        MilestoneFactory(programme=programme, baseline_on=TODAY + timedelta(days=ahead))
        if has_own:
            kinds = {kind: own_curve(-3, 9, 33, count=25) for kind in outlooks.KINDS}
            SlipRecordFactory(as_of=TODAY, own=kinds, fallen_back=False)
        known = {} if schedule is None else {programme.pk: schedule}
        (row,) = slips.compute_outlooks(as_of=TODAY, at=clock.now(), schedules=known)
        chain = outlooks.Outlook(row).chain
        for at, on in enumerate((row.p50_on, row.p80_on, row.p90_on)):
            added = [step.days[at] for step in chain.steps]
            if on is None:
                assert all(each is None for each in added)
                assert chain.slips[at] is None
                continue
            assert sum(each or 0 for each in added) == chain.slips[at]
            assert chain.slips[at] == working_days_between(row.forecast_on, on)
            assert chain.steps[-1].until[at] == on
    assert row.schedule == schedule
    assert row.steps[3]["cases"] == (25 if has_own else 0)


def test_a_class_nobody_knows_the_end_of_leaves_its_days_to_the_next(acme) -> None:
    """P80 of programmes behind schedule was never seen; own history tells it, against the last that is known."""
    with tenant_context(acme.id):
        row = MilestoneOutlookFactory(p80_on=None)
        row.p80_on = row.forecast_on + timedelta(days=28)
        row.steps[2]["days"] = [0, None, None]
        row.steps[3]["days"] = [0, 28, None]
        row.steps[4]["days"] = [0, 28, None]
        chain = outlooks.Outlook(row).chain
        added = [step.days[1] for step in chain.steps]
    assert added == [15, -5, 0, 10, 0]
    assert sum(added) == chain.slips[1] == 20


def test_where_only_p50_is_told_the_drivers_are_its_own(acme) -> None:
    with tenant_context(acme.id):
        row = MilestoneOutlookFactory(p80_on=None, p90_on=None)
        row.p50_on = row.forecast_on + timedelta(days=35)
        row.steps[4]["days"] = [35, None, None]
        chain = outlooks.Outlook(row).chain
        assert not chain.is_of_p80
        assert [each.share for each in chain.steps] == [0, 0, 0, 0, 25]
        assert chain.main == "Still open"
        row.p50_on = None
        chain = outlooks.Outlook(row).chain
        assert not chain.is_told
        assert {each.days for each in chain.steps} == {(None, None, None)}


def test_what_a_date_rests_on_moves_on_without_a_new_row(acme) -> None:
    with tenant_context(acme.id):
        programme = ProgrammeFactory()
        MilestoneFactory(programme=programme, baseline_on=TODAY + timedelta(days=20))
        for schedule in (1.01, 1.01, 1.05):
            made = slips.compute_outlooks(
                as_of=TODAY, at=clock.now(), schedules={programme.pk: schedule}
            )
            with CaptureQueriesContext(connection) as asked:
                slips.keep_outlooks(made, as_of=TODAY)
            written = [each for each in asked if "SET schedule" in each["sql"]]
            assert bool(written) == (schedule == 1.05)
        assert MilestoneOutlook.objects.get().schedule == 1.05


@pytest.mark.parametrize("ahead", [-70, -5, 12, 150])
@pytest.mark.parametrize("moved", [-40, -8, -7, 0, 30])
@pytest.mark.parametrize("has_own", [False, True])
def test_points_of_the_parts_add_up_to_the_chance_inside_its_band(
    acme, ahead: int, moved: int, has_own: bool
) -> None:
    with tenant_context(acme.id):
        planned = TODAY + timedelta(days=ahead)
        MilestoneFactory(baseline_on=planned + timedelta(days=moved), forecast_on=planned)
        if has_own:
            kinds = {kind: own_curve(-3, 9, 33, count=25) for kind in outlooks.KINDS}
            SlipRecordFactory(as_of=TODAY, own=kinds, fallen_back=False)
        slips.keep_outlooks(
            slips.compute_outlooks(as_of=TODAY, at=clock.now(), schedules={}), as_of=TODAY
        )
        row = MilestoneOutlook.objects.get()
    assert row.start + sum(term["share"] for term in row.terms) == pytest.approx(row.missed, abs=1e-6)  # fmt: skip
    assert row.baseline_on == planned + timedelta(days=moved)
    # What passed its baseline by more than a week has missed it for sure; of nothing else is that known.
    is_over = row.baseline_on + timedelta(days=7) < TODAY
    assert (row.missed == row.low == 1.0) == is_over


def test_the_more_own_milestones_the_surer_and_the_more_alike_the_less(acme) -> None:
    widths = {}
    with tenant_context(acme.id):
        MilestoneFactory(baseline_on=TODAY + timedelta(days=20))
        for count, design_effect in ((5, 1.0), (500, 1.0), (500, 8.0)):
            kinds = {kind: own_curve(0, 9, 33, count=count) for kind in outlooks.KINDS}
            SlipRecord.objects.all().delete()
            SlipRecordFactory(as_of=TODAY, own=kinds, design_effect=design_effect)
            (row,) = slips.compute_outlooks(as_of=TODAY, at=clock.now(), schedules={})
            widths[count, design_effect] = row.high - row.low
    assert widths[500, 1.0] < widths[500, 8.0] < widths[5, 1.0]


def test_a_baseline_that_moved_is_told_anew_and_its_band_goes_on_by_itself(acme) -> None:
    with tenant_context(acme.id):
        milestone = MilestoneFactory(baseline_on=TODAY + timedelta(days=20))
        slips.keep_outlooks(
            slips.compute_outlooks(as_of=TODAY, at=clock.now(), schedules={}), as_of=TODAY
        )
        (made,) = slips.compute_outlooks(as_of=TODAY, at=clock.now(), schedules={})
        made.low = 0.0
        assert slips.keep_outlooks([made], as_of=TODAY)["milestones_written"] == 0
        assert MilestoneOutlook.objects.get().low == 0.0
        milestone.baseline_on -= timedelta(days=1)
        milestone.save()
        moved = slips.compute_outlooks(as_of=TODAY, at=clock.now(), schedules={})
        assert slips.keep_outlooks(moved, as_of=TODAY)["milestones_written"] == 1


# --- dates: pages ------------------------------------------------------------------------------------------


@pytest.fixture
def dated(acme):
    with tenant_context(acme.id):
        made = payroll()
        made.due = MilestoneFactory(
            programme=made.programme, name="Interfaces ready", baseline_on=TODAY + timedelta(days=14)
        )  # fmt: skip
        made.outlook = MilestoneOutlookFactory(milestone=made.due, as_of=TODAY, missed=0.62)
        return made


def test_the_milestone_says_what_moves_its_dates(dated, vic, client_for) -> None:
    page = read(client_for(vic), dated.due.get_absolute_url())
    for words in (
        "Of 20 milestones in this position, about 12 are expected to miss their baseline",
        "The smoothed schedule index is 0.98: compared with milestones in programmes on schedule",
        "(lowers, −10 points)",
        "(earlier, −5 days)",
        "Likely range: 45% to 85%",
        "A typical milestone that is forecast to meet its baseline misses it in 20% of cases",
        "The forecast is the baseline",
        '<td class="pp-num">62.0</td>',
        "The date is 14 days ahead",
        "174,352",
        "No milestone of this organisation counts yet",
        "Show how points and days add up",
        'href="/t/acme/p/PAY/facts/',
    ):
        assert words in page, words


def test_causes_that_move_only_the_dates_have_no_points_in_words(dated, vic, client_for) -> None:
    url = dated.due.get_absolute_url()
    with tenant_context(dated.outlook.tenant_id):
        terms = [{"name": name, "share": 0.0} for name in ("room", "ahead", "schedule", "own", "open")]  # fmt: skip
        MilestoneOutlook.objects.update(terms=terms, start=0.62)
    page = read(client_for(vic), url)
    assert "(earlier, −5 days)" in page
    assert "0 points" not in page
    # A list names what raises a chance only where there is one to speak of.
    assert "raised:" not in read(client_for(vic), DATES)


def test_an_unknown_schedule_is_named(dated, vic, client_for) -> None:
    client = client_for(vic)
    url = dated.due.get_absolute_url()
    assert "No schedule index" not in read(client, url)
    with tenant_context(dated.outlook.tenant_id):
        MilestoneOutlook.objects.update(schedule=None, kind="near/any")
    page = read(client, url)
    assert "The schedule index is not known: compared with milestones in any programme" in page
    assert (
        "No schedule index: neither a reported one nor a budget with a milestone that is due or reached"
        in page
    )


def test_without_a_date_the_points_add_up_and_no_days(dated, vic, client_for) -> None:
    with tenant_context(dated.outlook.tenant_id):
        MilestoneOutlook.objects.update(p50_on=None, p80_on=None, p90_on=None, missed=1.0, high=1.0)
    client = client_for(vic)
    page = read(client, dated.due.get_absolute_url())
    assert "no date can be forecast" in page
    assert "Show how the points add up" in page
    assert "days add up" not in page
    assert "shown less extreme" in page
    (row,) = rows_of(client, f"{DATES}?format=csv")
    assert row["Working days from the plan to P80"] == row["Schedule, working days of P80"] == ""


def test_the_days_add_up_in_files_too(dated, vic, client_for) -> None:
    client = client_for(vic)
    (row,) = rows_of(client, f"{DATES}?format=csv")
    for date in ("P50", "P80", "P90"):
        steps = [int(value) for name, value in row.items() if name.endswith(f"working days of {date}")]  # fmt: skip
        assert len(steps) == 5
        assert sum(steps) == int(row[f"Working days from the plan to {date}"])
    assert row["Working days from the plan to P80"] == "10"
    assert row["Delayed most by"] == "Still open"
    parts = [float(row[f"{label}, points"]) for label in outlook_parts.PART_LABELS.values()]
    assert len(parts) == 5
    assert float(row["Start, points"]) + sum(parts) == pytest.approx(float(row["Sum, points"]))
    assert (row["Sum, points"], row["Likely range"], row["Raised most by"]) == ("62.0", "45% to 85%", "Still open")  # fmt: skip
    answer = client.get(f"{DATES}?format=xlsx")
    heads, cells = openpyxl.load_workbook(io.BytesIO(answer.content)).active.values
    assert dict(zip(heads, cells, strict=True))["Schedule, working days of P80"] == -5


# --- readiness: numbers ------------------------------------------------------------------------------------


def before_golive(*, weeks: int, completed: int | None, engaged: float | None) -> None:
    programme = ProgrammeFactory()
    unit = UnitFactory(headcount=100)
    ProgrammeUnitFactory(programme=programme, unit=unit)
    golive = MilestoneFactory(
        programme=programme, is_golive=True, baseline_on=TODAY + timedelta(weeks=weeks)
    )
    MilestoneUnitFactory(milestone=golive, unit=unit)
    if completed is not None:
        for week, done in ((4, completed // 2), (0, completed)):
            on = TODAY - timedelta(weeks=week)
            TrainingProgressFactory(
                programme=programme, unit=unit, required=100, completed=done, effective_on=on, known_at=moment(on),
            )  # fmt: skip
    if engaged is not None:
        wave({unit: (engaged, 24)}, on=TODAY - timedelta(weeks=1), programme=programme)


@pytest.mark.parametrize("weeks", [-3, 2, 5, 12])
@pytest.mark.parametrize("completed", [None, 20, 84, 100])
@pytest.mark.parametrize("engaged", [None, 41.0, 63.0])
def test_the_parts_that_are_kept_add_up_to_the_chance(
    acme, weeks: int, completed: int | None, engaged: float | None
) -> None:
    with tenant_context(acme.id):
        before_golive(weeks=weeks, completed=completed, engaged=engaged)
        (row,) = shortfalls.compute_readiness(as_of=TODAY, at=clock.now())
        shortfalls.keep_readiness([row], as_of=TODAY)
        kept = AdoptionShortfall.objects.get(is_current=True)
        names = {term["name"] for term in kept.terms}
        assert ("training" in names) == (completed is not None)
        assert ("sureness" in names) == (engaged is not None)
        if kept.chance is None:
            assert kept.start is None
            return
        assert kept.start is not None
        assert kept.start + sum(term["share"] for term in kept.terms) == pytest.approx(kept.chance, abs=1e-6)  # fmt: skip
        # Each has words, for whatever is known.
        assert all(each.text for each in readiness.Readiness(kept).added)


# --- readiness: pages --------------------------------------------------------------------------------------


@pytest.fixture
def unready(acme):
    with tenant_context(acme.id):
        made = payroll()
        made.told = AdoptionShortfallFactory(milestone=made.golive, unit=made.unit, as_of=TODAY)
        RiskScoreFactory(programme=made.programme, unit=made.unit)
        return made


def test_the_go_live_and_the_unit_say_what_moves_the_chance(unready, vic, client_for) -> None:
    client = client_for(vic)
    for url in (unready.golive.get_absolute_url(), f"/t/acme/p/PAY/forecast/{unready.unit.code}/"):
        page = read(client, url).partition('id="readiness"')[2]
        for words in (
            "60% are trained, 77% would be just enough by now",
            "(raises, +30 points)",
            "(lowers, −20 points)",
            "5.0 points a week of late, 2.8 are usual with so many left",
            "24 answers to the last survey",
            "A unit with 77% trained, just enough to reach 85% at the usual pace; engagement as usual here (60), nobody asked: 50%",
            "Show how the points add up",
            'href="/t/acme/p/PAY/training/',
        ):
            assert words in page, (url, words)
        assert '<td class="pp-num">62.0</td>' in page


def test_the_lists_name_what_weighs_most(dated, acme, vic, client_for) -> None:
    with tenant_context(acme.id):
        AdoptionShortfallFactory(milestone=dated.golive, unit=dated.unit)
    client = client_for(vic)
    # P80 is later than where milestones of its class end up because it is still open.
    page = read(client, DATES)
    assert page.count("later: still open") == page.count("raised: still open") == 1
    assert "45% to 85%" in page
    assert read(client, UNITS).count("raised: training so far") == 1


def test_a_sum_that_is_nearly_certain_says_that_it_is_shown_less_extreme(
    unready, vic, client_for
) -> None:
    client = client_for(vic)
    url = unready.golive.get_absolute_url()
    assert "shown less extreme" not in read(client, url)
    with tenant_context(unready.told.tenant_id):
        AdoptionShortfall.objects.update(chance=0.99, low=0.9, high=1.0)
    assert "shown less extreme" in read(client, url)


def test_the_least_a_chance_can_be_has_parts_too(unready, vic, client_for) -> None:
    with tenant_context(unready.told.tenant_id):
        AdoptionShortfall.objects.update(
            engagement=None, chance=0.4, missing=["engagement"], low=0.3, high=1,
            terms=[{"name": "training", "share": 0.1}, {"name": "pace", "share": -0.2}],
        )  # fmt: skip
    page = read(client_for(vic), unready.golive.get_absolute_url())
    assert "The least the chance can be" in page
    assert "A unit with 77% trained, just enough to reach 85% at the usual pace: 50%" in page
    assert "nobody asked" not in page


def test_where_nothing_is_known_nothing_is_added_up(unready, vic, client_for) -> None:
    with tenant_context(unready.told.tenant_id):
        AdoptionShortfall.objects.update(
            training=None, engagement=None, chance=None, low=None, high=None, level="unknown",
            missing=["training", "engagement"], start=None, terms=[],
        )  # fmt: skip
    client = client_for(vic)
    assert "Show how the points add up" not in read(client, unready.golive.get_absolute_url())
    (row,) = rows_of(client, f"{UNITS}?format=csv")
    assert row["Start, points"] == row["Sum, points"] == row["Training so far, points"] == ""
    assert "Training: not known" in row["Not known"]


def test_the_points_add_up_in_files_too(unready, vic, client_for) -> None:
    client = client_for(vic)
    (row,) = rows_of(client, f"{UNITS}?format=csv")
    parts = [float(row[f"{label}, points"]) for label in readiness_parts.LABELS.values()]
    assert len(parts) == 4
    assert float(row["Start, points"]) + sum(parts) == pytest.approx(float(row["Sum, points"]))
    assert row["Raised most by"] == "Training so far"
    answer = client.get(f"{UNITS}?format=xlsx")
    heads, cells = openpyxl.load_workbook(io.BytesIO(answer.content)).active.values
    assert dict(zip(heads, cells, strict=True))["Pace of training, points"] == -20


def test_pages_of_many_units_ask_as_much_as_of_one(unready, vic, client_for) -> None:
    client = client_for(vic)
    url = unready.golive.get_absolute_url()
    read(client, url)
    with CaptureQueriesContext(connection) as few:
        read(client, url)
    with tenant_context(unready.told.tenant_id):
        for _each in range(5):
            AdoptionShortfallFactory(milestone=unready.golive)
    with CaptureQueriesContext(connection) as many:
        read(client, url)
    assert len(many) == len(few)
