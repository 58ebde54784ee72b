from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forecasting import drivers
from pmo_portal.tenants.context import tenant_context
from tests.factories.forecasting import RiskScoreFactory
from tests.factories.programmes import ProgrammeFactory
from tests.factories.tenants import UnitFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def score(in_acme):
    programme = ProgrammeFactory(code="FHR", name="Finance and HR")
    return RiskScoreFactory(programme=programme, series=[["2026-05-25", 0.1], ["2026-06-01", 0.2]])


def test_a_programme_without_a_score_says_so(in_acme, dana, client_for) -> None:
    ProgrammeFactory(code="NEW")
    page = client_for(dana).get("/t/acme/p/NEW/forecast/")
    assert page.status_code == 200
    assert "No risk score yet" in page.content.decode()


def test_the_page_says_how_high_how_sure_and_that_it_is_assumed(score, dana, client_for) -> None:
    page = client_for(dana).get("/t/acme/p/FHR/forecast/").content.decode()
    assert "20%" in page
    assert "10–30%" in page
    assert "Assumed, not measured." in page
    assert "Of 20 in this position, 4 would have a crisis within four weeks." in page


def test_the_table_adds_up(score) -> None:
    words = drivers.in_words(score, place={"tenant": "acme", "code": "FHR"})
    assert words.total == pytest.approx(words.start + sum(each.share for each in words.drivers))


def test_what_is_missing_is_named(in_acme) -> None:
    score = RiskScoreFactory(missing=["eng_mean", "spi_s", "resist_text_4w"])
    words = drivers.in_words(score, place={"tenant": "acme", "code": score.programme.code})
    assert words.missing == ["no survey of its units", "no schedule index"]


@pytest.mark.parametrize(
    ("probability", "said"),
    [(0.01, "under 5%"), (0.03, "5%"), (0.074, "5%"), (0.076, "10%"), (0.95, "95%")],
)
def test_a_risk_is_told_to_five_points(probability: float, said: str) -> None:
    assert drivers.percent(probability) == said


@pytest.mark.parametrize(
    ("weeks", "said"),
    [(0.2, "go-live this week"), (1, "go-live in 1 week"), (3.4, "go-live in 3 weeks"), (-2, "go-live 2 weeks ago"), (float("nan"), "")],
)  # fmt: skip
def test_go_lives_are_told_in_weeks(weeks: float, said: str) -> None:
    assert drivers.golive_words(weeks) == said


def test_the_register_holds_programmes_and_units_highest_first(score, dana, client_for) -> None:
    RiskScoreFactory(
        programme=score.programme, unit=UnitFactory(name="Payroll"), probability=0.4, high=0.5
    )
    page = client_for(dana).get("/t/acme/forecasts/").content.decode()
    assert page.index("Payroll") < page.index("20%")
    only = client_for(dana).get("/t/acme/forecasts/?of=programmes").content.decode()
    assert "Payroll" not in only


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_register_can_be_taken_away(score, dana, client_for, form: str) -> None:
    answer = client_for(dana).get(f"/t/acme/forecasts/?format={form}")
    assert answer.status_code == 200
    if form == "csv":
        assert "Finance and HR" in b"".join(answer).decode("utf-8-sig")


def test_a_contributor_sees_the_scores_of_their_programmes_only(score, dee, client_for) -> None:
    assert "Finance and HR" not in client_for(dee).get("/t/acme/forecasts/").content.decode()


def test_scores_of_another_organisation_do_not_exist(acme, borealis, dana, client_for) -> None:
    with tenant_context(borealis.id):
        RiskScoreFactory(programme=ProgrammeFactory(name="Their programme"))
    assert "Their programme" not in client_for(dana).get("/t/acme/forecasts/").content.decode()


def test_statements_do_not_grow_with_the_rows(score, dana, client_for) -> None:
    browser = client_for(dana)
    browser.get("/t/acme/forecasts/")
    counts = []
    for more in (0, 9):
        for _score in range(more):
            RiskScoreFactory()
        with CaptureQueriesContext(connection) as asked:
            browser.get("/t/acme/forecasts/")
        counts.append(len(asked))
    assert counts[0] == counts[1]
