"""What was known on a day, and lists that cost the same for one row and for fifty."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from pmo_portal.common.levels import State
from pmo_portal.scorecards.reading import figures_as_of
from pmo_portal.tenants.context import tenant_context
from pmo_portal.tenants.selectors import thresholds
from programmes import selectors, services
from tests.factories.programmes import (
    MilestoneFactory,
    MilestoneForecastFactory,
    MilestoneUnitFactory,
    ProgrammeFactory,
    RaidItemFactory,
    RaidUpdateFactory,
    ReportedFactFactory,
    StatusReportFactory,
)

pytestmark = pytest.mark.django_db

JUNE, JULY, AUGUST = date(2026, 6, 10), date(2026, 7, 10), date(2026, 8, 10)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


# --- As of a day -----------------------------------------------------------------------------------


def test_a_forecast_counts_from_the_day_it_was_known(in_acme):
    milestone = MilestoneFactory(baseline_on=date(2026, 9, 1), first_word=False)
    ids = [milestone.programme_id]
    for said, known, forecast in (
        (JUNE, JUNE, date(2026, 9, 1)),
        (JULY, JULY, date(2026, 10, 1)),
        # Said to be true since June, but nobody knew before August.
        (JULY, AUGUST, date(2026, 12, 1)),
    ):
        MilestoneForecastFactory(
            milestone=milestone, forecast_on=forecast, effective_on=said, known_at=noon(known)
        )

    def forecast(on: date) -> list[date]:
        return [each.forecast_on for each in selectors.milestones_as_of(ids, on)]

    assert forecast(JUNE - timedelta(days=1)) == []
    assert forecast(JUNE) == [date(2026, 9, 1)]
    assert forecast(JULY) == [date(2026, 10, 1)]
    assert forecast(AUGUST) == [date(2026, 12, 1)]


def test_a_day_that_is_over_keeps_the_slip_it_had(in_acme):
    """Another baseline makes nobody punctual on the days before it was agreed."""
    milestone = MilestoneFactory(baseline_on=date(2026, 7, 1))
    moved = services.move_forecast(
        milestone, to=date(2026, 7, 29), reason="Late data", at=noon(JUNE), on=JUNE, acting=None
    )
    services.revise_milestone(
        moved,
        changes={"baseline_on": date(2026, 7, 29)},
        reason="Agreed again",
        at=noon(JULY),
        on=JULY,
        acting=None,
    )
    ids, limits = [milestone.programme_id], thresholds()
    (before,), (after,) = (selectors.milestones_as_of(ids, on) for on in (JUNE, JULY))
    assert (before.slip, after.slip) == (20, 0)
    assert (before.baseline_on, after.baseline_on) == (date(2026, 7, 1), date(2026, 7, 29))
    figures = figures_as_of([milestone.programme], JULY, limits)[milestone.programme_id]
    assert figures.delivery.slip == 0
    assert (
        figures_as_of([milestone.programme], JUNE, limits)[milestone.programme_id].delivery.slip
        == 20
    )
    assert figures.series.slip[-2:] == [20, 0]
    # And the milestone is not held to have been due before it was.
    (due, met) = (figures.delivery.due, figures.delivery.met)
    assert (due, met) == (0, 0)


def test_a_milestone_is_not_reached_before_it_was(in_acme):
    milestone = MilestoneFactory(baseline_on=JULY)
    services.achieve_milestone(milestone, achieved_on=JULY, at=noon(JULY), on=JULY, acting=None)
    (before,) = selectors.milestones_as_of([milestone.programme_id], JUNE)
    (after,) = selectors.milestones_as_of([milestone.programme_id], JULY)
    assert (before.state, before.actual_on) == (State.OK, None)
    assert (after.state, after.actual_on) == (State.DONE, JULY)


def test_a_risk_has_the_rating_of_its_day(in_acme):
    item = RaidItemFactory(first_word=False)
    ids = [item.programme_id]
    RaidUpdateFactory(item=item, probability=2, impact=2, effective_on=JUNE, known_at=noon(JUNE))
    RaidUpdateFactory(item=item, probability=5, impact=5, effective_on=JULY, known_at=noon(JULY))
    RaidUpdateFactory(
        item=item,
        probability=5,
        impact=5,
        status="closed",
        effective_on=JULY,
        known_at=noon(AUGUST),
    )
    assert selectors.raid_as_of(ids, JUNE - timedelta(days=1)) == []
    assert [each.score for each in selectors.raid_as_of(ids, JUNE)] == [4]
    (in_july,) = selectors.raid_as_of(ids, JULY)
    (in_august,) = selectors.raid_as_of(ids, AUGUST)
    assert (in_july.score, in_july.is_open) == (25, True)
    assert not in_august.is_open


def test_a_report_is_unknown_until_it_was_made_known(in_acme):
    programme = ProgrammeFactory()
    early = StatusReportFactory(programme=programme, effective_on=JUNE, known_at=noon(JUNE))
    late = StatusReportFactory(
        programme=programme, rating="red", effective_on=JULY, known_at=noon(AUGUST)
    )
    sro = StatusReportFactory(
        programme=programme, opinion="sro", effective_on=JULY, known_at=noon(JULY)
    )

    def said(on: date) -> set[int]:
        return {report.pk for report in selectors.status_as_of([programme.pk], on).values()}

    assert said(JUNE) == {early.pk}
    assert said(JULY) == {early.pk, sro.pk}
    assert said(AUGUST) == {late.pk, sro.pk}


def test_a_past_day_shows_a_report_as_it_stood_before_it_was_corrected(
    in_acme, dana, django_assert_max_num_queries
):
    # Days about the real one: the trail has the time of the database.
    today = timezone.localdate()
    first, between = today - timedelta(days=30), today - timedelta(days=3)
    programme = ProgrammeFactory()
    report = StatusReportFactory(
        programme=programme, rating="green", effective_on=first, known_at=noon(first)
    )
    changes = {"rating": "red", "effective_on": first + timedelta(days=1)}
    services.revise_status(report, changes=changes, acting=dana)

    def told(on: date) -> tuple[str, date]:
        said = selectors.status_as_of([programme.pk], on)[programme.pk, "delivery", "lead"]
        return said.rating, said.effective_on

    with django_assert_max_num_queries(2):
        assert told(between) == ("green", first)
    assert told(first) == ("green", first)
    assert told(today) == ("red", first + timedelta(days=1))
    with time_machine.travel(noon(today + timedelta(days=5))):
        assert told(today)[0] == "red"
        assert told(between)[0] == "green"
    figures = figures_as_of([programme], between, thresholds())[programme.pk]
    assert [each.rating for each in figures.delivery_reports] == ["green"]


def test_as_of_reads_need_one_statement_for_any_number_of_programmes(
    in_acme, django_assert_num_queries
):
    ids = []
    for _each in range(10):
        programme = ProgrammeFactory()
        MilestoneFactory(programme=programme)
        RaidItemFactory(programme=programme)
        StatusReportFactory(programme=programme)
        ids.append(programme.pk)
    settings = thresholds()
    with django_assert_num_queries(3):
        assert len(selectors.milestones_as_of(ids, AUGUST, settings=settings)) == 10
        assert len(selectors.raid_as_of(ids, AUGUST)) == 10
        assert len(selectors.status_as_of(ids, AUGUST)) == 10


# --- Lists -----------------------------------------------------------------------------------------


def exported(browser, path: str) -> list[dict[str, str]]:
    answer = browser.get(path)
    assert answer["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_the_plan_is_exported_with_slip_and_state(stage, acme, delivery):
    with tenant_context(acme.id):
        MilestoneFactory(
            programme=stage.programme,
            name="=HYPERLINK(evil)",
            baseline_on=date(2099, 9, 1),
            forecast_on=date(2099, 9, 8),
        )
    rows = exported(delivery, f"{stage.base}plan/?format=csv&track=delivery&sort=name")
    assert [row["Milestone"] for row in rows] == ["'=HYPERLINK(evil)", "Data migrated"]
    assert [row["Slip (working days)"] for row in rows] == ["5", "0"]
    assert rows[1]["Units"] == "Payroll"
    assert rows[1]["Go-live"] == "yes"


def test_the_log_is_exported_with_its_severity(stage, delivery):
    stage.risk.title = "+cmd"
    with tenant_context(stage.tenant.id):
        stage.risk.save()
    rows = exported(delivery, f"{stage.base}raid/?format=csv")
    assert rows[0]["Summary"] == "'+cmd"
    assert (rows[0]["Severity"], rows[0]["Score"]) == ("High", "16")
    assert {row["Programme"] for row in exported(delivery, "/t/acme/raid/?format=csv")} == {"FHR"}


@pytest.mark.parametrize("path", ["plan/", "raid/", "status/", "facts/"])
def test_every_list_leaves_as_a_spreadsheet(stage, acme, delivery, path):
    with tenant_context(acme.id):
        ReportedFactFactory(programme=stage.programme)
        ReportedFactFactory(
            programme=stage.programme, kind="narrative_aims", amount=None, text="=1+1"
        )
    answer = delivery.get(f"{stage.base}{path}?format=xlsx")
    assert answer["Content-Type"].endswith("sheet")
    assert delivery.get(f"{stage.base}{path}?format=csv").status_code == 200


def test_facts_show_money_dates_ratios_and_words(stage, acme, delivery):
    with tenant_context(acme.id):
        for kind, value in (
            ("whole_life_cost", {"amount": 123_456_78}),
            ("spi", {"amount": None, "ratio": 0.92}),
            ("end_date", {"amount": None, "on": JULY}),
            ("narrative_aims", {"amount": None, "text": "One <payslip>"}),
        ):
            ReportedFactFactory(programme=stage.programme, kind=kind, **value)
    page = delivery.get(f"{stage.base}facts/").content.decode()
    for shown in ("£123,456.78", "0.92", "10 Jul 2026", "One &lt;payslip&gt;"):
        assert shown in page


def test_the_log_shows_what_is_open_unless_asked(stage, acme, delivery):
    with tenant_context(acme.id):
        RaidItemFactory(programme=stage.programme, title="Long gone", status="closed")
        RaidItemFactory(programme=stage.programme, title="Look again", review_on=date(2026, 1, 1))
    path = f"{stage.base}raid/"

    def titles(query: str) -> set[str]:
        return {row["Summary"] for row in exported(delivery, f"{path}?format=csv{query}")}

    opened = {"Supplier is late", "Paper lists", "No test data", "Look again"}
    assert titles("") == opened
    assert titles("&state=all") == opened | {"Long gone"}
    assert titles("&state=ended") == titles("&status=closed") == {"Long gone"}
    assert titles("&state=overdue") == titles("&state=soon") == {"Look again"}
    assert titles("&state=above") == {"Supplier is late"}
    assert titles("&side=people") == {"Paper lists"}
    assert titles("&kind=issue") == {"No test data"}
    assert titles("&words=SUPPLIER") == {"Supplier is late"}


def test_odd_addresses_are_answered(stage, delivery):
    for path in ("plan/", "raid/", "status/", "facts/"):
        for odd in ("?sort=-nope&page=99", "?state=%00", "?owner=nobody", "?format=", "?page=x"):
            assert delivery.get(stage.base + path + odd).status_code == 200, path + odd


def test_a_file_of_another_kind_is_refused_in_words(stage, delivery):
    answer = delivery.get(f"{stage.base}raid/?format=pdf")
    assert answer.status_code == 400
    assert "Files are made as csv or xlsx; there is no other format." in answer.content.decode()


def grow(stage, count: int) -> None:
    with tenant_context(stage.tenant.id):
        for index in range(count):
            milestone = MilestoneFactory(
                programme=stage.programme, track="adoption" if index % 2 else "delivery"
            )
            MilestoneUnitFactory(milestone=milestone)
            RaidItemFactory(programme=stage.programme)
            StatusReportFactory(programme=stage.programme)
            ReportedFactFactory(
                programme=stage.programme,
                effective_on=date(2020, 1, 1) + timedelta(days=index),
                source=f"File {stage.programme.raid_items.count()}",
            )


@pytest.mark.parametrize("path", ["plan/", "raid/", "status/", "facts/", "raid/all"])
@pytest.mark.parametrize("query", ["", "?format=csv"])
def test_lists_need_no_more_statements_for_more_rows(stage, delivery, path, query):
    url = ("/t/acme/raid/" if path == "raid/all" else stage.base + path) + query
    counts = []
    for size in (1, 9, 40):
        grow(stage, size)
        with CaptureQueriesContext(connection) as asked:
            assert delivery.get(url).status_code == 200
        counts.append(len(asked))
    assert len(set(counts)) == 1, counts
    # The page of the status asks every storey what its figures say of both halves, and the charter what is tolerated.
    assert counts[0] <= (26 if path == "status/" else 20)


def test_the_page_of_an_item_needs_no_more_statements_for_a_longer_thread(stage, acme, delivery):
    counts = []
    for record in (stage.risk, stage.data):
        delivery.get(record.get_absolute_url())
    for size in (1, 20):
        with tenant_context(acme.id):
            for _each in range(size):
                RaidUpdateFactory(item=stage.risk)
                MilestoneForecastFactory(milestone=stage.data)
        for record in (stage.risk, stage.data):
            with CaptureQueriesContext(connection) as asked:
                delivery.get(record.get_absolute_url())
            counts.append(len(asked))
    assert counts[:2] == counts[2:]
