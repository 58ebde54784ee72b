"""Money in the browser and in the books: who may, who meets whom, and what it adds up to."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pmo_portal.accounts.permissions import NotAllowed
from pmo_portal.common.money import parse, typed
from pmo_portal.history.services import EditConflict
from pmo_portal.tenants.context import tenant_context
from programmes import money, selectors, services
from programmes.earned_schedule import schedule
from programmes.earned_value import Performance, Period, Point, progress
from programmes.models import BudgetAmount, BudgetLine, MilestoneForecast, Programme
from programmes.services.budget import latest_cells
from tests.factories.programmes import (
    BudgetAmountFactory,
    BudgetLineFactory,
    MilestoneFactory,
    ProgrammeFactory,
)

pytestmark = pytest.mark.django_db

JUNE, JULY = date(2026, 6, 1), date(2026, 7, 1)
DAY = date(2026, 6, 30)
NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)


@pytest.fixture
def programme(in_acme):
    return ProgrammeFactory(code="FHR", starts_on=JUNE, ends_on=date(2026, 9, 30))


@pytest.fixture
def line(programme):
    return BudgetLineFactory(programme=programme)


def save(line: BudgetLine, acting, version: int | None = None, **amounts: int | None):
    """`baseline_06=100` says 100 minor units of baseline for June."""
    cells = {
        (date(2026, int(name.split("_")[1]), 1), name.split("_")[0]): amount
        for name, amount in amounts.items()
    }
    return services.save_amounts(line, cells, version=version, at=NOW, on=DAY, acting=acting)


def test_a_side_keeps_its_own_lines(programme, dana, cam) -> None:
    theirs = BudgetLine(programme=programme, half="adoption", category="training", name="Training")
    with pytest.raises(NotAllowed, match="adoption function"):
        services.create_budget_line(theirs, acting=dana)
    services.create_budget_line(theirs, acting=cam)
    with pytest.raises(NotAllowed):
        save(theirs, dana, baseline_06=100)


def test_a_line_is_not_pushed_to_the_other_side(line, dana) -> None:
    with pytest.raises(NotAllowed):
        services.revise_budget_line(line, changes={"half": "adoption"}, acting=dana)


def test_two_people_with_one_sheet_meet_each_other(line, dana, coe) -> None:
    save(line, dana, version=1, baseline_06=100)
    with pytest.raises(EditConflict):
        save(line, dana, version=1, baseline_06=999)
    assert latest_cells(line) == {(JUNE, "baseline"): 100}


def test_every_amount_ever_said_is_kept(line, dana) -> None:
    first = save(line, dana, baseline_06=100)
    second = save(first, dana, baseline_06=150, actual_06=40)
    save(second, dana, baseline_06=None)
    assert latest_cells(line) == {(JUNE, "actual"): 40}
    assert line.amounts.filter(kind="baseline").count() == 3


def test_saying_the_same_again_writes_nothing(line, dana) -> None:
    saved = save(line, dana, baseline_06=100)
    again = save(saved, dana, baseline_06=100)
    assert again.version == saved.version
    assert BudgetAmount.objects.count() == 1


def test_the_last_save_is_taken_back(line, dana) -> None:
    saved = save(line, dana, baseline_06=100)
    saved = save(saved, dana, baseline_06=150, actual_06=40)
    services.undo_amounts(saved, version=saved.version, at=NOW, on=DAY, acting=dana)
    assert latest_cells(line) == {(JUNE, "baseline"): 100}


def test_a_save_that_was_overtaken_is_not_taken_back(line, dana) -> None:
    from django.core.exceptions import ValidationError

    saved = save(line, dana, baseline_06=100)
    save(saved, dana, baseline_06=150)
    saved.refresh_from_db()
    with pytest.raises(ValidationError):
        services.undo_amounts(saved, version=2, at=NOW, on=DAY, acting=dana)


def test_a_day_reads_what_was_said_by_then(line) -> None:
    BudgetAmountFactory(line=line, amount=100, effective_on=JUNE)
    BudgetAmountFactory(
        line=line, amount=900, effective_on=JULY, known_at=datetime(2026, 7, 1, 9, tzinfo=UTC)
    )
    then = selectors.performance_as_of([line.programme_id], DAY)[line.programme_id]
    now = selectors.performance_as_of([line.programme_id], date(2026, 7, 31))[line.programme_id]
    assert (then.bac, now.bac) == (100, 900)


def test_the_figures_of_a_programme(line, dana) -> None:
    MilestoneFactory(programme=line.programme, baseline_on=DAY, actual_on=DAY, first_word__on=DAY)
    MilestoneFactory(programme=line.programme, baseline_on=date(2026, 9, 30))
    save(
        line,
        dana,
        baseline_06=1000,
        baseline_07=1000,
        baseline_08=2000,
        actual_06=1250,
        forecast_07=900,
    )
    money = selectors.money_as_of([line.programme_id], DAY)[line.programme_id]
    p = money.performance
    assert (p.bac, p.pv, p.ev, p.ac) == (4000, 1000, 1000, 1250)
    assert p.cpi == 0.8
    assert p.eac_typical == 5000
    # Nobody said what August will cost, so what was planned for it stands in.
    assert p.eac == 1250 + 900 + 2000
    assert money.schedule.index == 1


def test_a_forecast_counts_only_where_nothing_is_paid(line, dana) -> None:
    save(line, dana, baseline_06=100, actual_06=80, forecast_06=500, forecast_07=70)
    assert selectors.performance_as_of([line.programme_id], DAY)[line.programme_id].to_go == 70


def test_a_month_without_a_forecast_is_not_free(line, dana, cam) -> None:
    """Where the leads forecast anything; the month under way and those after the books were closed are to come."""
    other = BudgetLineFactory(programme=line.programme, half="adoption", category="training")
    plan = {"baseline_04": 10, "baseline_05": 20, "baseline_06": 30, "baseline_07": 40}
    line = save(line, dana, **plan, baseline_08=50, actual_04=11)
    save(other, cam, **plan, actual_06=31)
    key = line.programme_id
    assert selectors.performance_as_of([key], DAY)[key].to_go is None
    save(line, dana, forecast_07=70, forecast_08=0)
    money_then = selectors.money_as_of([key], DAY)[key]
    stands_in = [(each.half, each.month.month) for each in money_then.expected if each.kind == "baseline"]  # fmt: skip
    assert sorted(stands_in) == [("adoption", 5), ("adoption", 7), ("delivery", 5), ("delivery", 6)]
    assert money_then.performance.to_go == 70 + 0 + 20 + 30 + 20 + 40
    halves = {each.half: each.expected for each in money.by_half(money_then, DAY)}
    assert halves == {"delivery": 11 + 20 + 30 + 70, "adoption": 20 + 31 + 40}
    assert sum(halves.values()) == money_then.performance.eac
    assert "the plan stands in for 4 amounts without a forecast" in money.bottom_up(money_then)


def test_what_is_earned_is_compared_with_cost_on_one_day(line, dana) -> None:
    """On plan, with books of May in the middle of June: half of June's work is done and none of it paid yet."""
    save(line, dana, baseline_05=100_00, baseline_06=100_00, baseline_08=100_00, actual_05=100_00)
    MilestoneFactory(programme=line.programme, baseline_on=date(2026, 5, 20), actual_on=date(2026, 5, 20))  # fmt: skip
    MilestoneFactory(programme=line.programme, baseline_on=date(2026, 8, 31))
    found = selectors.money_as_of([line.programme_id], DAY)[line.programme_id]
    assert found.paid_to == date(2026, 5, 31)
    assert (found.performance.pv, found.performance.ev, found.performance.cpi) == (
        100_00,
        100_00,
        1,
    )
    assert (found.schedule.actual, found.schedule.index) == (2, 1)
    # Nothing is to be paid of July, so nothing is missing of it.
    line.refresh_from_db()
    save(line, dana, actual_06=100_00)
    later = selectors.money_as_of([line.programme_id], date(2026, 8, 10))[line.programme_id]
    assert later.paid_to == date(2026, 7, 31)


def test_a_half_expects_what_is_paid_and_to_come_and_no_month_twice(line, dana, client_for) -> None:
    save(line, dana, baseline_06=100_00, actual_06=80_00, forecast_06=500_00, forecast_07=70_00)
    with time_machine.travel(NOW, tick=False):
        page = client_for(dana).get("/t/acme/p/FHR/money/").content.decode()
    assert "£150 expected, £100 in the baseline" in page


def test_nobody_said_what_is_expected(line, dana, client_for) -> None:
    save(line, dana, baseline_06=100_00, actual_06=80_00)
    page = client_for(dana).get("/t/acme/p/FHR/money/").content.decode()
    assert "£100 in the baseline" in page
    assert "expected, £100 in the baseline" not in page
    assert "Needs a forecast of what is to be paid still" in page


def test_where_every_milestone_is_reached_the_duration_is_the_one_it_took() -> None:
    periods = [Period(date(2026, month, 1), 100) for month in (6, 7, 8)]
    points = [Point(DAY, date(2026, 7, 31))]

    def last(on: date) -> tuple[str, str]:
        told = schedule(periods, progress(periods, points, on))
        found = selectors.Money(Performance(300, 300, None, None), told, on, periods, points)
        formula = money.formulas(found, "GBP", on)[-1]
        return formula.label, formula.value

    assert last(date(2026, 7, 30))[0] == "Duration at this pace"
    assert last(date(2026, 8, 31)) == last(date(2027, 8, 31)) == ("Duration", "2.0 months")


def test_the_curve_goes_on_while_the_programme_does(line, dana) -> None:
    def months_of(day: date) -> list[str]:
        known = selectors.money_as_of([line.programme_id], day)[line.programme_id]
        return [point.label for point in money.s_curve(known, day).lines[0].points]

    save(line, dana, baseline_01=100_000, baseline_03=100_000, actual_05=50_000)
    to_may = ["Jan 26", "Feb 26", "Mar 26", "Apr 26", "May 26"]
    assert months_of(DAY) == to_may
    milestone = MilestoneFactory(programme=line.programme, baseline_on=date(2026, 3, 31))
    assert months_of(DAY) == [*to_may, "Jun 26"]
    MilestoneForecast.objects.create(
        milestone=milestone, baseline_on=milestone.baseline_on, forecast_on=DAY, actual_on=date(2026, 4, 2), effective_on=DAY, known_at=NOW
    )  # fmt: skip
    assert months_of(date(2026, 9, 1)) == to_may


def test_the_curves_of_plan_and_work_on_plan_are_one(line, dana) -> None:
    reached = date(2026, 2, 28)
    save(line, dana, **{f"baseline_0{month}": 1_000_000 * month for month in range(1, 9)})
    MilestoneFactory(programme=line.programme, baseline_on=reached, actual_on=reached)
    MilestoneFactory(programme=line.programme, baseline_on=date(2026, 8, 31))
    known = selectors.money_as_of([line.programme_id], DAY)[line.programme_id]
    plan, earned, *_others = money.s_curve(known, DAY).lines
    # Of January nothing tells it.
    assert [point.value for point in earned.points] == [point.value for point in plan.points[1:6]]
    assert [point.value for point in plan.points[:3]] == [10, 30, 60]


def test_the_page_says_why_nothing_is_told_yet(line, dana, client_for) -> None:
    MilestoneFactory(programme=line.programme, baseline_on=date(2026, 9, 30))
    save(line, dana, baseline_06=100_00, baseline_09=100_00, actual_06=80_00)
    with time_machine.travel(NOW, tick=False):
        page = client_for(dana).get("/t/acme/p/FHR/money/").content.decode()
    assert page.count("No milestone that earns anything was due or reached by 30 Jun 2026") == 5
    assert "What was earned cannot be told yet" in page


def test_a_removed_line_takes_its_money_along(line, dana) -> None:
    save(line, dana, baseline_06=100)
    line.refresh_from_db()
    services.remove_budget_line(line, at=NOW, acting=dana)
    assert selectors.performance_as_of([line.programme_id], DAY)[line.programme_id].bac == 0


def test_the_pace_alone_is_what_the_whole_of_the_money_says(programme, line, dana) -> None:
    """The filter by pace reads the baseline and the milestones, and nothing else."""
    save(line, dana, baseline_06=3000, baseline_07=2000, actual_06=1500, forecast_07=900)
    MilestoneFactory(programme=programme, baseline_on=date(2026, 6, 20))
    unplanned = ProgrammeFactory()
    keys = [programme.pk, unplanned.pk]
    whole = selectors.money_as_of(keys, DAY)
    with CaptureQueriesContext(connection) as asked:
        found = selectors.schedules_as_of(keys, DAY)
    assert found == {key: each.schedule for key, each in whole.items()}
    assert found[programme.pk] is not None
    assert found[unplanned.pk] is None
    assert len(asked) == 2
    assert "'actual'" not in asked[0]["sql"]


def test_money_of_many_needs_no_more_statements(in_acme) -> None:
    counts = []
    for more in (1, 9):
        for _each in range(more):
            line = BudgetLineFactory()
            BudgetAmountFactory(line=line)
            MilestoneFactory(programme=line.programme)
        ids = list(BudgetLine.objects.values_list("programme_id", flat=True))
        with CaptureQueriesContext(connection) as asked:
            selectors.money_as_of(ids, DAY)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_sheet_in_the_browser(line, dana, client_for) -> None:
    browser, url = client_for(dana), f"/t/acme/p/FHR/money/lines/{line.reference}/amounts/"
    assert browser.get(url).status_code == 200
    answer = browser.post(
        url, {"version": 1, "baseline-2026-06": "£1,200.50", "actual-2026-06": "(40)"}
    )
    assert answer.status_code == 303
    assert latest_cells(line) == {(JUNE, "baseline"): 1200_50, (JUNE, "actual"): -40_00}
    page = browser.get(f"/t/acme/p/FHR/money/lines/{line.reference}/").content.decode()
    assert "£1,200.50" in page
    assert "Undo the last save" in page


def test_what_is_no_amount_is_said_beside_it_and_nothing_is_lost(line, dana, client_for) -> None:
    url = f"/t/acme/p/FHR/money/lines/{line.reference}/amounts/"
    answer = client_for(dana).post(
        url, {"version": 1, "baseline-2026-06": "much", "actual-2026-06": "70"}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="much"' in page
    assert 'value="70"' in page
    assert "Type an amount" in page
    assert '<a href="#baseline-2026-06">Baseline, June 2026: Type an amount' in page
    assert page.count('id="baseline-2026-06"') == 1
    assert not BudgetAmount.objects.exists()


def test_more_than_a_record_holds_is_said_at_its_amount(line, dana, client_for) -> None:
    url = f"/t/acme/p/FHR/money/lines/{line.reference}/amounts/"
    answer = client_for(dana).post(url, {"version": 1, "actual-2026-06": "99999999999999"})
    assert answer.status_code == 422
    assert '<a href="#actual-2026-06">' in answer.content.decode()
    assert not BudgetAmount.objects.exists()


def test_a_colleagues_amounts_are_shown_and_mine_are_kept(line, dana, client_for) -> None:
    url = f"/t/acme/p/FHR/money/lines/{line.reference}/amounts/"
    mine, theirs = client_for(dana), client_for(dana)
    theirs.post(url, {"version": 1, "baseline-2026-06": "500"})
    answer = mine.post(url, {"version": 1, "baseline-2026-06": "900", "baseline-2026-07": "30"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Now: £500.00" in page
    assert 'value="900"' in page
    assert latest_cells(line) == {(JUNE, "baseline"): 500_00}
    again = mine.post(url, {"version": 2, "baseline-2026-06": "900", "baseline-2026-07": "30"})
    assert again.status_code == 303
    assert latest_cells(line) == {(JUNE, "baseline"): 900_00, (JULY, "baseline"): 30_00}


def test_a_conflict_sent_again_keeps_a_colleagues_amounts_where_i_typed_nothing(
    line, dana, client_for
) -> None:
    url = f"/t/acme/p/FHR/money/lines/{line.reference}/amounts/"
    mine, theirs = client_for(dana), client_for(dana)
    opened = {"baseline-2026-06": "100", "baseline-2026-07": "100", "actual-2026-07": "5"}
    theirs.post(url, {"version": 1, **opened})
    changed = {"baseline-2026-06": "500", "actual-2026-07": ""}
    theirs.post(url, {"version": 2, **opened, **changed})
    answer = mine.post(url, {"version": 2, **opened, "baseline-2026-07": "30"})
    assert answer.status_code == 409
    page = answer.content.decode()
    fields = dict(re.findall(r'name="((?:baseline|actual)-[^"]+)" value="([^"]*)"', page))
    assert fields["baseline-2026-07"] == "30"
    assert "Baseline, June 2026: £500.00" in page
    assert mine.post(url, {"version": 3, **fields}).status_code == 303
    assert latest_cells(line) == {(JUNE, "baseline"): 500_00, (JULY, "baseline"): 30_00}


def test_a_colleague_who_saves_at_the_same_moment_loses_nothing(
    line, dana, client_for, monkeypatch
) -> None:
    url = f"/t/acme/p/FHR/money/lines/{line.reference}/amounts/"
    mine, theirs = client_for(dana), client_for(dana)
    save_amounts = services.save_amounts

    def after_theirs(*given, **named):
        monkeypatch.setattr(services, "save_amounts", save_amounts)
        theirs.post(url, {"version": 1, "baseline-2026-06": "500"})
        return save_amounts(*given, **named)

    monkeypatch.setattr(services, "save_amounts", after_theirs)
    answer = mine.post(url, {"version": 1, "baseline-2026-07": "30"})
    assert answer.status_code == 409
    page = answer.content.decode()
    fields = dict(re.findall(r'name="(baseline-[^"]+)" value="([^"]*)"', page))
    mine.post(url, {"version": 2, **fields})
    assert latest_cells(line) == {(JUNE, "baseline"): 500_00, (JULY, "baseline"): 30_00}


def test_a_line_of_many_years_is_typed_in_parts(line, dana, client_for) -> None:
    Programme.objects.filter(pk=line.programme_id).update(ends_on=date(2032, 3, 31))
    save(line, dana, baseline_06=100)
    browser, url = client_for(dana), f"/t/acme/p/FHR/money/lines/{line.reference}/"
    for page in (url, f"{url}amounts/"):
        text = browser.get(page).content.decode()
        assert "May 2031" in text
        assert '<a class="btn" href="?part=2">Jun 2031 – Mar 2032</a>' in text
    second = browser.get(f"{url}amounts/?part=2").content.decode()
    assert 'id="forecast-2032-03"' in second
    assert 'id="forecast-2026-06"' not in second
    sent = {"version": 2, "forecast-2032-03": "7"}
    refused = browser.post(f"{url}amounts/", sent)
    assert refused.status_code == 422
    assert "do not stand in this part of the sheet: 2032-03" in refused.content.decode()
    assert browser.post(f"{url}amounts/?part=2", sent).status_code == 303
    assert latest_cells(line) == {(JUNE, "baseline"): 100, (date(2032, 3, 1), "forecast"): 7_00}
    assert "£7.00" in browser.get(f"{url}?part=2").content.decode()


def test_cells_i_did_not_touch_do_not_undo_a_colleague(line, dana, client_for) -> None:
    """The whole sheet is sent; what stands in it as it was opened is no wish of mine."""
    url = f"/t/acme/p/FHR/money/lines/{line.reference}/amounts/"
    browser = client_for(dana)
    browser.post(url, {"version": 1, "baseline-2026-06": "500", "baseline-2026-07": "100"})
    browser.post(url, {"version": 2, "baseline-2026-06": "500", "baseline-2026-07": "200"})
    assert latest_cells(line)[JUNE, "baseline"] == 500_00
    assert line.amounts.filter(month=JUNE).count() == 1


@pytest.mark.parametrize("path", ["money/", "p/FHR/money/", "p/FHR/money/lines/"])
@pytest.mark.parametrize("filled", [True, False])
def test_pages_with_and_without_money(line, dana, vic, client_for, path: str, filled: bool) -> None:
    if filled:
        save(line, dana, baseline_06=100_00, baseline_07=100_00, actual_06=90_00)
        MilestoneFactory(programme=line.programme, baseline_on=DAY, actual_on=DAY)
    assert client_for(vic).get(f"/t/acme/{path}").status_code == 200


def test_without_actual_cost_the_page_says_not_available(line, dana, client_for) -> None:
    save(line, dana, baseline_06=100_00, baseline_07=100_00)
    page = client_for(dana).get("/t/acme/p/FHR/money/").content.decode()
    assert "N/A" in page
    assert "Needs actual cost" in page
    assert ">1.00<" not in page


def test_files_hold_numbers(line, dana, client_for) -> None:
    save(line, dana, baseline_06=1234_56)
    text = b"".join(client_for(dana).get("/t/acme/p/FHR/money/lines/?format=csv")).decode(
        "utf-8-sig"
    )
    assert "1234.56" in text


def test_a_category_leads_to_its_lines_and_is_taken_along(line, dana, vic, client_for) -> None:
    save(line, dana, baseline_06=4_820_000_55, actual_06=9_999_99)
    BudgetLineFactory(programme=line.programme, name="Not of this category", category="staff")
    client = client_for(vic)
    page = client.get("/t/acme/p/FHR/money/").content.decode()
    # Sums of ten thousand and more are read without pence.
    assert "£4,820,001<" in page
    assert "£9,999.99<" in page
    lines = "/t/acme/p/FHR/money/lines/?half=delivery"
    assert f'href="{lines}"' in page
    assert f'href="{lines}&amp;category=suppliers"' in page
    found = client.get(f"{lines}&category=suppliers").context["register"].rows
    assert [each.pk for each in found] == [line.pk]
    table = client.get("/t/acme/p/FHR/money/?format=csv").content.decode().splitlines()
    assert table[1:] == ["Delivery,Suppliers,4820000.55,,9999.99,"]
    assert client.get("/t/acme/p/FHR/money/?format=xlsx").status_code == 200


def test_money_of_another_organisation_does_not_exist(acme, borealis, dana, client_for) -> None:
    with tenant_context(borealis.id):
        line = BudgetLineFactory(programme__code="OTHER")
    assert client_for(dana).get("/t/acme/p/OTHER/money/").status_code == 404
    assert client_for(dana).get(f"/t/acme/{line.reference}").status_code == 404


@pytest.mark.parametrize(
    ("text", "amount"),
    [("£1,200.50", 1200_50), ("1200", 1200_00), ("1 200.5", 1200_50), ("−40", -40_00), ("(40.25)", -40_25), ("GBP 7", 7_00), ("-0.5", -50), ("9" * 40, int("9" * 40) * 100)],
)  # fmt: skip
def test_amounts_as_people_type_them(text: str, amount: int) -> None:
    assert parse(text) == amount


@pytest.mark.parametrize(
    "text", ["1,20", "1.234,56", "ten", "1.005", "1,0000", "", "--5", "9" * 6000]
)
def test_what_could_be_misread_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse(text)


@pytest.mark.parametrize("amount", [0, 1, -1, 99, 100, -12345, 10**12])
def test_what_stands_in_a_field_reads_back_as_it_was(amount: int) -> None:
    assert parse(typed(amount)) == amount


@pytest.mark.parametrize(
    ("index", "state"),
    [(None, "none"), (0.946, "ok"), (0.944, "warn"), (0.846, "warn"), (0.844, "bad")],
)
def test_an_index_is_judged_as_it_is_written(index: float | None, state: str) -> None:
    assert money.index_state(index) == state


def test_both_halves_stand_in_cards_of_one_weight(line, dana, client_for) -> None:
    save(line, dana, baseline_06=4_820_000_55, actual_06=9_999_99)
    page = client_for(dana).get("/t/acme/p/FHR/money/").content.decode()
    halves = page.partition('<div class="pp-peers')[2].partition('id="categories"')[0]
    assert halves.count('class="card pp-peer pp-peer-') == 2
    one, other = halves.split('class="card pp-peer pp-peer-a"')
    assert one.count("<dt>") == other.count("<dt>") == 4
