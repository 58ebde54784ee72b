"""The importer of the major projects portfolio, on rows of our own."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime

import pytest

from pmo_portal.common import clock
from pmo_portal.jobs.imports import DamagedFile, import_kind
from pmo_portal.jobs.imports.services import apply as run_import, preview
from pmo_portal.tenants.context import tenant_context
from pmo_portal.tenants.models import Tenant
from programmes import gmpp, services
from programmes.models import Programme, ReportedFact, StatusReport
from programmes.selectors import status_as_of
from tests.factories.programmes import ProgrammeFactory

HEADING = [
    "project_id",
    "year",
    "snapshot_date",
    "project_name",
    "dept",
    "department",
    "report_category",
    "dca",
    "ipa_dca",
    "sro_dca",
    "start_date",
    "end_date",
    "fy_budget_gbp_m",
    "fy_forecast_gbp_m",
    "whole_life_cost_gbp_m",
    "description_aims",
    "rating_comment",
    "schedule_comment",
    "variance_comment",
    "budget_comment",
]

RAIL = {
    "project_id": "X1",
    "year": "2030",
    "snapshot_date": "2029-09-30",
    "project_name": "Northern signalling",
    "dept": "DFT",
    "department": "Transport",
    "dca": "Amber/Red",
    "start_date": "2027-01-01",
    "end_date": "2033-06-30",
    "fy_budget_gbp_m": "12.345",
    "whole_life_cost_gbp_m": "480.5",
    "description_aims": "Replace the signalling of the northern lines.",
    "rating_comment": "The supplier is late. A recovery plan is agreed.",
}
TWO_OPINIONS = RAIL | {
    "year": "2031",
    "snapshot_date": "2031-03-31",
    "project_name": "Northern signalling renewal",
    "dca": "Amber",
    "ipa_dca": "Red",
    "sro_dca": "Green",
    "end_date": "2034-01-31",
}
BORDER = RAIL | {
    "project_id": "X2",
    "project_name": "Border desks",
    "dept": "NS&I",
    "dca": "Exempt",
    "fy_budget_gbp_m": "2420003112000",
    "rating_comment": "",
}


def bundle(*rows: dict[str, str], heading: list[str] = HEADING) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, heading, restval="", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def load(*rows: dict[str, str]):
    return run_import(import_kind("gmpp"), gmpp.parse(bundle(*rows)))


@pytest.fixture
def inside(acme):
    with tenant_context(acme.id):
        yield acme


# --- Reading ---------------------------------------------------------------------------------------


def test_amounts_are_pence_and_what_cannot_be_is_left_out_and_said():
    parsed = gmpp.parse(bundle(RAIL, BORDER))
    rail, border = parsed.rows
    assert {each.kind: each.amount for each in rail.values if each.amount is not None} == {
        "year_budget": 1_234_500_000,
        "whole_life_cost": 48_050_000_000,
    }
    assert "year_budget" not in {each.kind for each in border.values}
    assert any(
        "fy_budget_gbp_m" in finding.text and finding.row == 3 for finding in parsed.findings
    )


@pytest.mark.parametrize("digits", ["432000.0", "4322000.0", "-4322000.0", "262000", "243112000.0"])
def test_the_number_of_an_exemption_is_no_amount(digits):
    parsed = gmpp.parse(bundle(RAIL | {"whole_life_cost_gbp_m": digits}))
    assert "whole_life_cost" not in {each.kind for each in parsed.rows[0].values}
    (finding,) = parsed.findings
    assert finding.row == 2
    assert "Freedom of Information Act" in finding.text


@pytest.mark.parametrize("millions", ["55700.0", "2000", "-7169.2", "92000"])
def test_large_and_negative_amounts_are_amounts(millions):
    parsed = gmpp.parse(bundle(RAIL | {"whole_life_cost_gbp_m": millions}))
    assert parsed.findings == []
    assert "whole_life_cost" in {each.kind for each in parsed.rows[0].values}


@pytest.mark.parametrize("millions", ["1e5000", "-1e50000", "9" * 6000, "1e-5000"])
def test_a_number_of_thousands_of_digits_is_left_out_and_said(millions):
    parsed = gmpp.parse(bundle(RAIL | {"fy_budget_gbp_m": millions}))
    found = {each.kind: each.amount for each in parsed.rows[0].values if each.amount is not None}
    if millions == "1e-5000":
        assert found["year_budget"] == 0
        return
    assert "year_budget" not in found
    (finding,) = parsed.findings
    assert "is no plausible amount in millions and was left out" in finding.text


def test_signs_that_lost_their_encoding_come_back():
    parsed = gmpp.parse(bundle(RAIL | {"rating_comment": "Last year\x92s plan \x96 held."}))
    assert parsed.rows[0].words[0].sentence == "Last year’s plan – held."


def test_a_whole_life_cost_of_nothing_was_not_published():
    parsed = gmpp.parse(bundle(RAIL | {"whole_life_cost_gbp_m": "0.0", "fy_budget_gbp_m": "0.0"}))
    assert {
        each.kind: each.amount for each in parsed.rows[0].values if each.amount is not None
    } == {"year_budget": 0}
    assert [finding.row for finding in parsed.findings] == [2]


def test_a_rating_that_was_withheld_is_not_rated_with_its_reason():
    (word,) = gmpp.parse(bundle(BORDER)).rows[0].words
    assert (word.rating, word.sentence) == ("not_rated", "Exempt")


def test_what_is_not_carried_over_is_listed():
    parsed = gmpp.parse(bundle(RAIL | {"extra": "1"}, heading=[*HEADING, "extra"]))
    assert {each.what: each.count for each in parsed.not_carried} == {
        "department": 1,
        "report_category": 0,
        "extra": 1,
    }


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"\xff\xfe", "UTF-8"),
        (b"a,b\n1,2\n", "lacks"),
        (bundle(RAIL)[:-40], "damaged"),
        (bundle(RAIL | {"snapshot_date": "soon"}), "“soon” stands where a day like"),
        (bundle(RAIL, RAIL | {"project_id": ""}), "Line 3, column project_id"),
        (bundle(RAIL | {"year": "2" * 5000}), "Line 2, column year"),
        (bundle(RAIL | {"dept": "???"}), "Line 2, column dept"),
    ],
)
def test_a_damaged_file_says_why(content, says):
    with pytest.raises(DamagedFile, match=says):
        gmpp.parse(content)


def test_all_rows_that_cannot_be_placed_are_named_at_once():
    with pytest.raises(DamagedFile) as damage:
        gmpp.parse(bundle(RAIL | {"year": ""}, RAIL, *[RAIL | {"project_id": ""}] * 6))
    said = str(damage.value)
    assert said.startswith("Line 2, column year: it is empty")
    assert "Line 7, column project_id" in said
    assert "Line 8" not in said
    assert said.endswith("2 more rows cannot be placed.")


def test_the_first_sentence_of_a_narrative():
    assert gmpp.first_sentence("It is late. A plan exists.") == "It is late."
    assert gmpp.first_sentence("word " * 200).endswith(" …")


# --- Writing ---------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_years_go_into_one_programme_and_two_opinions_stay_apart(inside):
    load(RAIL, BORDER)
    load(TWO_OPINIONS)
    rail = Programme.objects.get(external_id="X1")
    assert (rail.name, rail.code, rail.portfolio) == (
        "Northern signalling renewal",
        "GMPP-X1",
        "DFT",
    )
    assert (rail.starts_on, rail.ends_on, rail.budget) == (None, None, None)
    assert [unit.code for unit in rail.units.all()] == ["DFT"]
    said = {
        (each.opinion, each.effective_on): each.rating
        for each in StatusReport.objects.filter(programme=rail)
    }
    assert said == {
        ("published", date(2029, 9, 30)): "amber_red",
        ("published", date(2031, 3, 31)): "amber",
        ("ipa", date(2031, 3, 31)): "red",
        ("sro", date(2031, 3, 31)): "green",
    }


@pytest.mark.django_db
def test_nothing_is_known_before_its_snapshot(inside):
    load(RAIL, TWO_OPINIONS)
    rail = Programme.objects.get()
    assert status_as_of([rail.pk], date(2029, 9, 29)) == {}
    then = status_as_of([rail.pk], date(2030, 12, 31))
    assert [each.rating for each in then.values()] == ["amber_red"]
    (end,) = ReportedFact.objects.known_by(date(2030, 12, 31)).filter(kind="end_date")
    assert end.on == date(2033, 6, 30)
    assert ReportedFact.objects.first().known_at in (
        datetime(2029, 9, 30, tzinfo=UTC),
        datetime(2031, 3, 31, tzinfo=UTC),
    )


@pytest.mark.django_db
def test_words_that_are_too_long_are_cut(inside):
    words = dict.fromkeys(("project_name", "dept", "department", "rating_comment"), "long " * 1000)
    load(RAIL | words)
    assert Programme.objects.get(external_id="X1").portfolio.startswith("long long")


@pytest.mark.django_db
def test_repeating_an_import_changes_nothing(inside):
    first = load(RAIL, BORDER, TWO_OPINIONS)
    assert not first.changes_nothing
    Programme.objects.filter(external_id="X1").update(name="As we call it", budget=100)
    again = load(RAIL, BORDER, TWO_OPINIONS)
    assert again.changes_nothing
    assert Programme.objects.get(external_id="X1").name == "As we call it"


@pytest.mark.django_db
def test_a_correction_in_a_republished_file_is_taken_over(inside):
    load(RAIL)
    outcome = load(RAIL | {"dca": "Red", "whole_life_cost_gbp_m": "500"})
    assert [(each.created, each.changed) for each in outcome.counts] == [
        (0, 0),
        (0, 0),
        (0, 1),
        (0, 1),
    ]
    assert StatusReport.objects.get().rating == "red"


@pytest.mark.django_db
def test_a_programme_that_was_deleted_does_not_come_back(inside):
    load(RAIL)
    Programme.objects.update(deleted_at=datetime(2031, 1, 1, tzinfo=UTC))
    load(RAIL, TWO_OPINIONS)
    assert Programme.objects.count() == 0


@pytest.mark.django_db
def test_a_project_that_moved_lands_where_it_was_last_reported(inside):
    outcome = load(RAIL, TWO_OPINIONS | {"dept": "BEIS"})
    assert [unit.code for unit in Programme.objects.get().units.all()] == ["BEIS"]
    assert any("DFT, BEIS" in finding.text for finding in outcome.findings)


@pytest.mark.django_db
def test_a_project_that_came_back_lands_where_it_was_last_reported(inside):
    back = RAIL | {"year": "2032", "snapshot_date": "2032-03-31"}
    load(RAIL, TWO_OPINIONS | {"dept": "BEIS"}, back)
    assert [unit.code for unit in Programme.objects.get().units.all()] == ["DFT"]


@pytest.mark.django_db
def test_a_code_that_another_programme_has_is_not_given_again(inside):
    ProgrammeFactory(code="GMPP-X1")
    services.remove_programme(ProgrammeFactory(code="GMPP-X1-2"), at=clock.now(), acting=None)
    twins = [RAIL | {"project_id": each, "project_name": each} for each in ("y/1", "y 1")]
    outcome = load(RAIL, *twins)
    found = Programme.objects.filter(source="gmpp").values_list("external_id", "code")
    assert dict(found) == {"X1": "GMPP-X1-3", "y 1": "GMPP-Y-1", "y/1": "GMPP-Y-1-2"}
    said = [finding.text for finding in outcome.findings]
    assert "Another programme has the code GMPP-X1: Northern signalling gets GMPP-X1-3." in said
    assert load(RAIL, *twins).changes_nothing


@pytest.mark.django_db
def test_pounds_are_not_read_as_another_currency(inside):
    Tenant.objects.filter(pk=inside.pk).update(currency="EUR")
    outcome = load(RAIL)
    assert not ReportedFact.objects.filter(amount__isnull=False).exists()
    assert ReportedFact.objects.filter(kind="end_date").exists()
    (finding,) = outcome.findings
    assert finding.text == (
        "2 amounts are in pounds and were left out: this organisation counts in EUR."
    )
    Tenant.objects.filter(pk=inside.pk).update(currency="GBP")
    assert not load(RAIL).findings
    assert ReportedFact.objects.filter(amount__isnull=False).count() == 2


@pytest.mark.django_db
def test_an_older_file_moves_nothing(inside):
    load(TWO_OPINIONS | {"dept": "BEIS"})
    load(RAIL)
    programme = Programme.objects.get()
    assert [unit.code for unit in programme.units.all()] == ["BEIS"]
    assert programme.name == "Northern signalling renewal"


@pytest.mark.django_db
def test_a_preview_writes_nothing(inside):
    assert not preview(import_kind("gmpp"), gmpp.parse(bundle(RAIL))).changes_nothing
    assert Programme.objects.count() == 0
