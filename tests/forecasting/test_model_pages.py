"""The pages of models, in a browser without script."""

from __future__ import annotations

import io
import json
import math
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forecasting import cards, figures, selectors
from forecasting.choices import Happening, ModelStatus, Stage, Target
from forecasting.crises.term_words import LABELS
from forecasting.in_force import shipped
from forecasting.learning import prior
from forecasting.models import ModelCheck, ModelEvent, RiskModel
from pmo_portal.tenants.context import tenant_context
from tests.factories.forecasting import (
    LessonFactory,
    ModelCheckFactory,
    ModelEventFactory,
    RaidOutcomeFactory,
    RaidScoreFactory,
    RiskModelFactory,
    RiskOutcomeFactory,
    RiskScoreFactory,
)
from tests.factories.programmes import ProgrammeFactory, RaidItemFactory
from tests.pmo_portal.scorecards.stories import TODAY, payroll

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("day_of_stories")]

ALL = "/t/acme/forecasts/models/"
CARD = f"{ALL}crisis/"
BACKTEST = "/t/acme/forecasts/backtest/"
RAID_CARD = f"{ALL}escalation/"
PAGES = (
    ALL, CARD, f"{CARD}watch/", "/t/acme/forecasts/backtest/", "/t/acme/forecasts/outcomes/",
    RAID_CARD, f"{RAID_CARD}watch/", "/t/acme/forecasts/backtest/raid/", "/t/acme/forecasts/outcomes/raid/",
)  # fmt: skip


def read(client: Any, url: str, **values: Any) -> str:
    answer = client.get(url, values)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def measured(auc: float, low: float, colour: float) -> dict[str, Any]:
    by = {
        "model": {
            "auc": [auc, low, auc + 0.03], "ap": [0.2, 0.1, 0.3], "skill": [0.1, 0.0, 0.2], "error": [0.01, 0.0, 0.02],
            "loss": [0.171, 0.151, 0.192], "level": [-0.12, -0.31, 0.07], "slope": [0.91, 0.72, 1.1],
        },
        "colour": {"auc": [colour, colour - 0.02, colour + 0.02], "ap": [0.1, 0.05, 0.2]},
    }  # fmt: skip
    return {
        "programmes": 40, "rows": 900, "known": 800, "events": 22, "since": None,
        "parts": [{"part": "all", "rows": 800, "share": 0.05, "base_loss": [0.198, 0.177, 0.22], "by": by}],
        "reliability": [{"rows": 80, "told": 0.02, "events": 2, "low": 0.01, "high": 0.06}, {"rows": 80, "told": 0.2, "events": 15, "low": 0.12, "high": 0.27}],
        "alerts": {"share": 0.1, "precision": 0.18, "base": 0.05, "found": 0.4},
        "lead": {
            "events": 22, "named": 0.45,
            "unbroken": {"weeks": [2.4, 1.9, 2.9], "by_lot": [0.4, 0.4, 0.5], "above": [2.0, 1.5, 2.5]},
            "first": {"weeks": [4.1, 3.5, 4.7], "by_lot": [1.7, 1.6, 1.8], "above": [2.4, 1.9, 3.0]},
        },
        "learned": [{"day": "2026-05-04", "stage": "prior", "rows": 10, "programmes": 4, "events": 1, "tried": False}],
    }  # fmt: skip


def windows(*, eight: tuple[float, float, float] = (1.1, 0.8, 1.5)) -> list[dict[str, Any]]:
    """Two and four weeks that come true, and eight as given: the ratio and its interval."""
    rows = [
        (2, 400, 11.0, 10, 16, 0.91, 0.4, 1.9),
        (4, 380, 21.0, 20, 16, 0.95, 0.5, 1.8),
        (8, 300, 30.0, 33, 16, *eight),
    ]
    names = ("weeks", "rows", "told", "came", "events", "ratio", "low", "high")
    return [dict(zip(names, row, strict=True)) for row in rows]


def surveys(gain: tuple[float, float, float]) -> list[dict[str, Any]]:
    """What the same past was told with and without surveys, with the log loss lost without them."""
    (whole,) = measured(0.78, 0.72, 0.6)["parts"]
    (other,) = measured(0.74, 0.7, 0.6)["parts"]
    by = {"none": other["by"]["model"], "released": whole["by"]["model"]}
    return [{**whole, "by": by, "gain": {"none": list(gain)}}]


@pytest.fixture
def learned(in_acme):
    model = RiskModelFactory(status=ModelStatus.CHAMPION, number=1)
    lesson = LessonFactory(
        as_of=TODAY, stage=Stage.OWN, model=model, rows=800, programmes=40, events=22,
        verdict={"tried": True, "promoted": True, "gain": [0.004, 0.001, 0.007], "slope": [1.0, 0.8, 1.2], "reasons": []},
        left_out=measured(0.81, 0.77, 0.6),
        walked={**measured(0.78, 0.72, 0.6), "windows": windows(), "surveys": surveys((0.002, 0.0004, 0.004))},
    )  # fmt: skip
    ModelEventFactory(
        kind=Happening.PROMOTED, model=model, happened_on=TODAY, details=lesson.verdict
    )
    ModelCheckFactory(
        as_of=TODAY, model=model.digest, alarms=["more"],
        figures={
            "weeks": 8, "rows": 300, "observed": 9, "expected": 3.2, "low": 1.3, "high": 5.1, "more": 4.4, "fewer": 0.0,
            "slope": [1.1, 0.7, 1.5], "skill": 0.12, "alerts": 11, "hits": 4, "ratio": 2.8,
            "windows": windows(eight=(0.6, 0.4, 0.9)),
            "inputs": [{"name": "spi_s", "psi": 0.41, "missing": 0.2, "missing_before": 0.1, "state": "bad"}, {"name": "cpi_s", "psi": None, "missing": 1.0, "missing_before": None, "state": "ok"}],
        },
    )  # fmt: skip
    return model


@pytest.mark.parametrize("url", PAGES)
def test_every_page_speaks_before_anything_was_learned(acme, vic, client_for, url) -> None:
    assert read(client_for(vic), url)


def test_the_prior_is_told_as_assumed_with_what_is_needed_for_more(acme, vic, client_for) -> None:
    text = read(client_for(vic), CARD)
    assert "Shipped prior 2026.1 is in use: assumed, not measured" in text
    assert "From 5 crises in 10 programmes on your own history moves it" in text
    assert "measured</td>" not in text


def test_the_card_says_what_was_measured_beside_what_is_simpler(learned, acme, vic, client_for) -> None:  # fmt: skip
    text = read(client_for(vic), CARD)
    assert "Model 1 ranks programmes better than their reported status does" in text
    assert "0.81 (0.77 to 0.84)" in text
    assert "0.60 (0.58 to 0.62)" in text
    assert "22 crises in 40 programmes" in text
    assert "18% of them were followed by a crisis" in text
    assert "Gain over the shipped prior in log loss: 0.0040" in text


def test_a_model_that_is_no_better_than_the_colour_says_so(learned, acme, vic, client_for) -> None:
    with tenant_context(acme.id):
        LessonFactory(
            as_of=TODAY + timedelta(days=1),
            left_out=measured(0.62, 0.55, 0.6),
            model=RiskModel.objects.get(),
        )
    text = read(client_for(vic), CARD)
    assert "was not shown to rank programmes better" in text


def test_a_term_that_history_moved_and_left_unsure_is_not_called_unmeasured(learned, acme, vic, client_for) -> None:  # fmt: skip
    """Members that lie wider apart than what was assumed."""
    with tenant_context(acme.id):
        model = RiskModel.objects.get()
        assumed = shipped.numbers("crisis_4w")
        at = assumed["terms"].index("response_rate_s")
        weights = [each - 0.2 * (index == at) for index, each in enumerate(assumed["weights"])]
        wide = 3 * assumed["spread"][at + 1]
        members = [[0.0, *weights], [0.0, *weights]]
        for member, by in zip(members, (-wide, wide), strict=True):
            member[at + 1] += by
        numbers = {**model.numbers, **assumed, "about": {**model.numbers["about"], "learned_on": "2026-06-01"}, "weights": weights, "members": members}  # fmt: skip
        RiskModel.objects.update(numbers=numbers)
    row = read(client_for(vic), CARD).partition("Response rate<small>")[2].partition("</tr>")[0]
    assert "Moved by your history, still unsure" in row
    assert "measured" not in row


def test_terms_come_with_the_odds_and_how_far_they_were_measured(in_acme) -> None:
    assumed = shipped.numbers(Target.CRISIS_4W)
    numbers = {**prior.load(Target.CRISIS_4W).as_dict(), "about": {"learned_on": "2026-06-01"}}
    spread = assumed["spread"]
    sure = [[0.0] * len(numbers["members"][0])] * 3
    (first, *_rest) = cards.terms(Target.CRISIS_4W, {**numbers, "members": sure}, assumed)
    assert first.measured == 1.0
    assert first.odds == pytest.approx(math.exp(max(numbers["weights"], key=abs)))
    wide = [[-spread[at] if turn else spread[at] for at in range(len(spread))] for turn in (0, 1)]
    for term in cards.terms(Target.CRISIS_4W, {**numbers, "members": wide}, assumed):
        assert term.measured == pytest.approx(0.0, abs=1e-9)
    assert {each.measured for each in cards.terms(Target.CRISIS_4W, assumed, assumed)} == {None}  # fmt: skip


@pytest.mark.parametrize("target", list(Target))
def test_every_term_has_a_name(target) -> None:
    assert set(LABELS[target]) == set(prior.INPUTS[target].terms)
    assert shipped.digest(target) == prior.load(target).digest


def test_the_watch_says_since_when_there_is_nothing_to_compare(acme, vic, client_for) -> None:
    with tenant_context(acme.id):
        figures_of = ModelCheckFactory.build().figures
        nothing = {"weeks": 0, "rows": 0, "observed": 0, "expected": 0.0, "ratio": None}
        ModelCheckFactory(figures={**figures_of, **nothing, "told_by": [], "since": "2025-12-15"})
    page = client_for(vic).get(f"{CARD}watch/").content.decode()
    assert "Nothing to compare since 15 Dec 2025: no programme has been followed since then" in page
    assert "Happened and expected" not in page


def test_the_watch_says_what_is_wrong_and_which_input_moved(learned, acme, vic, client_for) -> None:
    text = read(client_for(vic), f"{CARD}watch/")
    assert "More happens than forecast" in text
    assert "9 / 3.2" in text
    assert "95% of such: 1.30 to 5.10" in text
    assert text.index("Schedule index, smoothed") < text.index("Cost index, smoothed")
    assert "Moved far" in text


def test_the_backtest_shows_the_walk(learned, acme, vic, client_for) -> None:
    text = read(client_for(vic), "/t/acme/forecasts/backtest/")
    assert "before 22 crises of 40 programmes" in text
    assert "0.78 (0.72 to 0.81)" in text
    assert "Too little to try a model" in text


def test_level_and_slope_stand_apart_for_statisticians_beside_the_loss_of_the_base_rate(
    learned, acme, vic, client_for
) -> None:
    for url in (CARD, "/t/acme/forecasts/backtest/"):
        exact = read(client_for(vic), url).partition("The same for statisticians")[2]
        exact = exact.partition("</table>")[0]
        for words in ("0.171 (0.151 to 0.192)", "0.198 (0.177 to 0.220)", "−0.12 (−0.31 to 0.07)", "0.91 (0.72 to 1.10)"):  # fmt: skip
            assert words in exact, words
        # A colour is no chance, so it has no level.
        assert "The reported status" not in exact


def test_how_far_ahead_alerts_are_is_told_above_chance(learned, acme, vic, client_for) -> None:
    for url in (CARD, "/t/acme/forecasts/backtest/"):
        text = read(client_for(vic), url)
        assert "Before a crisis alerts come 2.0 weeks earlier than by chance" in text
        assert "4.1 (3.5 to 4.7)" in text
        assert "45% of crises had an alert in the last week before them" in text
    values = measured(0.8, 0.7, 0.6)
    values["lead"]["unbroken"]["above"] = [0.3, -0.1, 0.7]
    with tenant_context(acme.id):
        LessonFactory(as_of=TODAY + timedelta(days=1), left_out=values)
    assert "Alerts were not shown to be further ahead than chance" in read(client_for(vic), CARD)  # fmt: skip


def test_eight_weeks_that_are_surely_off_are_called_so(learned, acme, vic, client_for) -> None:
    text = read(client_for(vic), f"{CARD}watch/")
    # The verdict counts each crisis once; this must not sound like another verdict.
    assert "Counted in every week, forecasts for eight weeks are clearly too high; the verdict above decides" in text  # fmt: skip
    # A remedy or a decision begins anew; a card must not promise more weeks than it tells of.
    assert "of the last 26 weeks, or since the last correction or manual decision, as" in text
    assert "0.60 (0.40 to 0.90)" in text
    text = read(client_for(vic), "/t/acme/forecasts/backtest/")
    assert "Two, four and eight weeks come true as far as the numbers can show" in text


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ([], "No window of two, four or eight weeks is over yet"),
        (windows(eight=(1.5, 1.2, 1.9)), "Forecasts for eight weeks are clearly too low"),
        (
            [{**each, "low": 0.2, "high": 0.7} for each in windows()],
            "Forecasts for two weeks, four weeks and eight weeks are clearly too high",
        ),
        (
            [{**windows()[0], "high": 0.9}, *windows(eight=(1.5, 1.2, 1.9))[1:]],
            "Forecasts for eight weeks are clearly too low; forecasts for two weeks are clearly too high",
        ),
        (
            [*windows()[:2], {**windows()[2], "rows": 0, "ratio": None, "low": 0.0, "high": 0.0}],
            "The windows that are over come true as far as the numbers can show",
        ),
        (
            [{**each, "events": 9, "low": 0.2, "high": 0.7} for each in windows()],
            "Too little has happened so far to say whether forecasts come true",
        ),
        (
            [{**windows()[0], "events": 9, "high": 0.7}, *windows()[1:]],
            "The windows in which enough happened come true as far as the numbers can show",
        ),
    ],
)
def test_windows_are_told_in_a_sentence(found, words) -> None:
    assert cards.windows_finding(found) == words
    assert len(cards.window_rows(found)) == len(found)


@pytest.mark.parametrize(
    ("gain", "words"),
    [
        ((0.002, 0.0004, 0.004), "Scores are clearly better with surveys than without"),
        ((-0.002, -0.004, -0.0004), "Scores are clearly worse with surveys than without"),
        ((0.002, -0.001, 0.004), "The numbers cannot show yet whether surveys make scores better"),
    ],
)  # fmt: skip
def test_the_backtest_says_what_surveys_are_worth(learned, acme, vic, client_for, gain, words) -> None:  # fmt: skip
    with tenant_context(acme.id):
        walked = {**measured(0.78, 0.72, 0.6), "surveys": surveys(gain)}
        LessonFactory(as_of=TODAY + timedelta(days=1), walked=walked)
    text = read(client_for(vic), "/t/acme/forecasts/backtest/")
    assert words in text
    surveyed = text.partition('id="surveys"')[2].partition("</table>")[0]
    assert surveyed.index("Surveys as they are") < surveyed.index("No survey")
    assert "0.74 (0.70 to 0.77)" in surveyed


def test_every_figure_of_a_backtest_is_in_its_file_as_a_number(learned, acme, vic, client_for) -> None:  # fmt: skip
    answer = client_for(vic).get("/t/acme/forecasts/backtest/", {"format": "csv"})
    lines = b"".join(answer).decode().splitlines()
    assert lines[0].lstrip("\ufeff") == "Part,Forecast by,Measure,Value,From,To,Rows"
    for line in (
        'All weeks,The model,"Calibration in the large, log-odds",-0.12,-0.31,0.07,800',
        'All weeks,The base rate,"Log loss, nats",0.198,0.177,0.22,800',
        "All weeks,No survey,AUC,0.74,0.7,0.77,800",
        'All weeks,No survey,"Log loss lost without surveys, nats",0.002,0.0004,0.004,800',
        "Alerts without a break,The model,Weeks ahead above chance,2.0,1.5,2.5,22",
        "Eight weeks,The model,Happened for each forecast,1.1,0.8,1.5,300",
    ):
        assert line in lines, line
    assert client_for(vic).get("/t/acme/forecasts/backtest/", {"format": "xlsx"}).status_code == 200
    raid = client_for(vic).get("/t/acme/forecasts/backtest/raid/", {"format": "csv"})
    assert len(b"".join(raid).decode().splitlines()) == 1


def test_a_lesson_of_before_these_were_measured_still_has_its_pages(acme, vic, client_for) -> None:
    old = measured(0.78, 0.72, 0.6)
    del old["lead"]
    for part in old["parts"]:
        del part["base_loss"]
        for name in ("loss", "level", "slope"):
            del part["by"]["model"][name]
    with tenant_context(acme.id):
        LessonFactory(as_of=TODAY, left_out=old, walked=old)
        ModelCheckFactory(as_of=TODAY)
    for url in PAGES:
        assert "statisticians" not in read(client_for(vic), url)
    assert client_for(vic).get("/t/acme/forecasts/backtest/", {"format": "csv"}).status_code == 200


def test_a_model_refused_by_time_is_told_why(learned, acme, vic, client_for) -> None:
    verdict = {"tried": True, "promoted": False, "gain": [0.01, 0.0, 0.02], "slope": [1.0, 0.8, 1.2], "later": [-0.03, -0.05, -0.01], "reasons": ["later"]}  # fmt: skip
    with tenant_context(acme.id):
        LessonFactory(as_of=TODAY + timedelta(days=1), verdict=verdict)
    text = read(client_for(vic), CARD)
    assert (
        "The model trained before the last 13 weeks was less accurate on them than the shipped prior"
        in text
    )


def test_all_numbers_can_be_taken_away(learned, acme, vic, client_for) -> None:
    answer = client_for(vic).get(f"{CARD}export/")
    assert answer["Content-Disposition"].startswith('attachment; filename="crisis-')
    values = json.loads(answer.content)
    assert values["sha256"] == learned.digest
    assert values["model"]["terms"] == list(prior.INPUTS[Target.CRISIS_4W].terms)
    assert values["lesson"]["events"] == 22


def measured_items(auc: float, low: float, rating: float) -> dict[str, Any]:
    found = measured(auc, low, rating)
    for part in found["parts"]:
        part["by"]["rating"] = part["by"].pop("colour")
        part["by"]["prior"] = {**part["by"]["model"], "auc": [0.67, 0.63, 0.71]}
        part["by"]["base"] = {"auc": [0.5] * 3, "ap": [0.05] * 3, "skill": [0.0] * 3, "error": [0.0] * 3}  # fmt: skip
    return found


def test_the_card_of_a_prior_on_the_level_of_here_says_so(acme, vic, client_for) -> None:
    with tenant_context(acme.id):
        level = {"shift": 0.7, "slope": 0.8, "base": 0.09, "of": shipped.digest("crisis_4w")}
        LessonFactory(level=level)
    html = read(client_for(vic), CARD)
    assert "next to the unadjusted prior" in html
    assert "Prior, on the level of here" in html
    assert "Before a crisis: 9.0% of weeks" in html
    assert "count 0.80 times what they do in the prior" in html
    assert "% measured" not in html
    told = json.loads(client_for(vic).get(f"{CARD}export/").content)
    assert told["stage"] == "levelled"
    assert told["model"]["about"]["level"] == {"shift": 0.7, "slope": 0.8, "base": 0.09}
    assert told["starts_from"]["sha256"] == level["of"] != told["sha256"]


REFUSED = {"tried": True, "promoted": False}
YET = "Enough has happened here; the model trained on it has yet to pass the test"


@pytest.mark.parametrize(
    ("target", "programmes", "events", "verdict", "words"),
    [
        (Target.RAID_ESCALATES_4W, 31, 24, REFUSED, YET),
        (Target.RAID_ESCALATES_4W, 31, 7, {}, "From 8 escalated items in 5 programmes on the level is learned here, unless something speaks against it"),
        (Target.RAID_ESCALATES_4W, 4, 24, {}, "From 8 escalated items in 5 programmes on the level is learned here, unless something speaks against it"),
        (Target.CRISIS_4W, 32, 13, REFUSED, YET),
        (Target.CRISIS_4W, 32, 4, {}, "From 5 crises in 10 programmes on your own history moves its order too, unless something speaks against it"),
        # What passed and is not in use is held by a person or after an alarm, which stands in words of its own.
        (Target.CRISIS_4W, 32, 13, {"tried": True, "promoted": True}, ""),
    ],
)  # fmt: skip
def test_what_is_needed_for_more_is_never_what_there_is(in_acme, target, programmes, events, verdict, words) -> None:  # fmt: skip
    lesson = LessonFactory(target=target, programmes=programmes, events=events, verdict=verdict)
    assert cards.ModelCard(target, None, lesson, None).needed == words


def test_the_prior_is_measured_on_the_level_of_here_and_as_it_is(acme, vic, client_for) -> None:
    with tenant_context(acme.id):
        level = {"shift": 0.7, "slope": 0.8, "base": 0.09, "of": shipped.digest("crisis_4w")}
        report = measured(0.81, 0.77, 0.6)
        by = report["parts"][0]["by"]
        by["levelled"] = {**by["model"], "auc": [0.74, 0.7, 0.78]}
        by["prior"] = {**by["model"], "auc": [0.73, 0.69, 0.77]}
        verdict = {"tried": True, "promoted": False, "reasons": ["gain"]}
        LessonFactory(level=level, verdict=verdict, left_out=report, walked=report)
    client = client_for(vic)
    for page in (CARD, BACKTEST):
        html = read(client, page)
        here, shipped_one = "The prior on the level of here", "The shipped prior</td>"
        assert html.index(here) < html.index("0.74 (0.70 to 0.78)") < html.index("0.73 (0.69 to 0.77)")  # fmt: skip
        assert html.index(here) < html.index(shipped_one) < html.index("0.73 (0.69 to 0.77)")
    told = json.loads(client.get(f"{CARD}export/").content)
    assert told["lesson"]["left_out"]["parts"][0]["by"]["levelled"]["auc"] == [0.74, 0.7, 0.78]
    file = client.get(f"{BACKTEST}?format=csv").content.decode()
    assert "All weeks,The prior on the level of here,AUC,0.74," in file


def test_the_card_of_raid_items_speaks_of_items(acme, vic, client_for) -> None:
    with tenant_context(acme.id):
        LessonFactory(
            target=Target.RAID_ESCALATES_4W, as_of=TODAY, rows=800, programmes=40, events=22,
            verdict={"tried": True, "promoted": False, "gain": [0.001, -0.002, 0.004], "slope": [0.2, -0.1, 0.5], "reasons": ["order", "slice:due_soon"]},
            left_out=measured_items(0.7, 0.66, 0.6), walked=measured_items(0.68, 0.6, 0.59),
        )  # fmt: skip
        ModelCheckFactory(
            target=Target.RAID_ESCALATES_4W, as_of=TODAY, model="0" * 64, alarms=[],
            figures={
                "weeks": 8, "rows": 300, "observed": 9, "expected": 8.2, "low": 0.6, "high": 2.1, "more": 0.4, "fewer": 0.0,
                "slope": None, "skill": 0.12, "alerts": 11, "hits": 4, "ratio": 1.1,
                "inputs": [{"name": "score", "psi": 0.41, "missing": 0.2, "missing_before": 0.1, "state": "bad"}],
            },
        )  # fmt: skip
    text = read(client_for(vic), RAID_CARD)
    for words in (
        "Shipped prior 2026.1 ranks items better than probability times impact does", "0.67 (0.63 to 0.71)",
        "The model that was tried", "0.70 (0.66 to 0.73)", "Probability times impact", "The base rate",
        "0.50 (0.50 to 0.50)", "Before an escalation", "followed by an escalation", "which items to look at first",
        "Tried on programmes it was not learned from, and not used: Its ranking is not clearly better",
        "Forecasts for items due soon would be worse", "Enough has happened here; the model trained on it has yet to pass the test",
    ):  # fmt: skip
        assert words in text, words
    assert "From 8 escalated items" not in text
    assert "crisis" not in text.split("<main", 1)[1].split("</main>")[0].lower()
    text = read(client_for(vic), "/t/acme/forecasts/backtest/raid/")
    assert "before 22 items of 40 programmes escalated" in text
    text = read(client_for(vic), f"{RAID_CARD}watch/")
    assert "4 of them escalated within four weeks" in text
    assert "Moved far" in text


def test_what_came_of_items_is_listed_for_those_a_member_sees(acme, vic, dee, client_for) -> None:
    with tenant_context(acme.id):
        RaidOutcomeFactory(item=RaidItemFactory(title="Vendor is late"), happened=True)
        RaidOutcomeFactory(item=RaidItemFactory(title="Room is small"))
    page = "/t/acme/forecasts/outcomes/raid/"
    assert "Outcomes of 2 item scores whose four weeks are over" in read(client_for(vic), page)
    only = read(client_for(vic), page, happened="True")
    assert "Vendor is late" in only
    assert "Room is small" not in only
    assert "No score of an item is over yet" in read(client_for(dee), page)
    sheet = client_for(vic).get(page, {"format": "csv"})
    assert b"Did not escalate" in b"".join(sheet)


@pytest.mark.parametrize("of", ["", "raid/"])
def test_what_was_told_reads_the_same_on_the_page_and_in_its_files(
    acme, vic, client_for, of
) -> None:
    with tenant_context(acme.id):
        for risk in (0.1527, 0.3, 0.004):
            (RaidOutcomeFactory if of else RiskOutcomeFactory)(probability=risk)
    url = f"/t/acme/forecasts/outcomes/{of}"
    page, client = read(client_for(vic), url), client_for(vic)
    sheet = b"".join(client.get(url, {"format": "csv"})).decode()
    book = openpyxl.load_workbook(io.BytesIO(b"".join(client.get(url, {"format": "xlsx"}))))
    cells = {(cell.value, cell.number_format) for row in book.worksheets[0] for cell in row}
    for told, number in (("15.3%", 0.153), ("30.0%", 0.3), ("0.4%", 0.004)):
        assert f">{told}</td>" in page
        assert f",{told}," in sheet
        assert (number, "0.0%") in cells


def test_no_such_forecast(acme, vic, client_for) -> None:
    assert client_for(vic).get(f"{ALL}weather/").status_code == 404


def test_a_lead_sets_a_model_aside_and_brings_it_back(learned, acme, cam, vic, client_for) -> None:
    page = read(client_for(cam), CARD)
    assert f"{CARD}1/set-aside/" in page
    assert f"{CARD}1/set-aside/" not in read(client_for(vic), CARD)
    assert client_for(vic).post(f"{CARD}1/set-aside/").status_code == 403
    client = client_for(cam)
    text = client.post(f"{CARD}1/set-aside/", follow=True).content.decode()
    assert "is set aside" in text
    assert "Use again" in text
    text = client.post(f"{CARD}1/set-aside/", follow=True).content.decode()
    assert "was not in use any more" in text
    why_none = "There is no challenger: the last trained model"
    assert f"{why_none} came into use, and is no longer in use" in read(
        client, f"{CARD}challenger/"
    )
    text = client.post(f"{CARD}1/use/", follow=True).content.decode()
    assert "is in use again" in text
    assert f"{why_none} is in use" in read(client, f"{CARD}challenger/")
    assert "Model 1, brought back by Cam Castillo on " in read(client, "/t/acme/forecasts/")
    with tenant_context(acme.id):
        assert RiskModel.objects.get().status == ModelStatus.CHAMPION
        kinds = [each.kind for each in ModelEvent.objects.order_by("pk")]
        assert kinds == [Happening.PROMOTED, Happening.SET_ASIDE, Happening.REINSTATED]
    assert "Cam Castillo" in read(client_for(vic), CARD)


def test_a_model_of_other_inputs_cannot_come_back(learned, acme, dana, client_for) -> None:
    with tenant_context(acme.id):
        RiskModel.objects.update(feature_set="1999.1", status=ModelStatus.RETIRED)
    client = client_for(dana)
    assert f"{CARD}1/use/" not in read(client, CARD)
    text = client.post(f"{CARD}1/use/", follow=True).content.decode()
    assert "made for other inputs" in text
    with tenant_context(acme.id):
        assert RiskModel.objects.get().status == ModelStatus.RETIRED


def test_what_came_is_listed_for_the_programmes_a_member_sees(acme, vic, dee, client_for) -> None:
    with tenant_context(acme.id):
        RiskOutcomeFactory(programme=ProgrammeFactory(name="Payroll"), happened=True)
        RiskOutcomeFactory(programme=ProgrammeFactory(name="Estates"), happened=False)
    page = "/t/acme/forecasts/outcomes/"
    text = read(client_for(vic), page)
    assert "Outcomes of 2 scores whose four weeks are over" in text
    only = read(client_for(vic), page, happened="True")
    assert "Payroll" in only
    assert "Estates" not in only
    assert "No score is over yet" in read(client_for(dee), page)
    sheet = client_for(vic).get(page, {"format": "csv"})
    assert sheet.status_code == 200
    assert b"A crisis" in b"".join(sheet)


@pytest.mark.parametrize("url", PAGES)
def test_statements_do_not_grow(learned, acme, vic, client_for, url) -> None:
    with tenant_context(acme.id):
        RiskOutcomeFactory()
        RaidOutcomeFactory()
    counts = []
    for _turn in range(2):
        client = client_for(vic)
        with CaptureQueriesContext(connection) as seen:
            client.get(url)
        counts.append(len(seen))
        with tenant_context(acme.id):
            for _each in range(8):
                RiskOutcomeFactory()
                RaidOutcomeFactory()
                RiskModelFactory()
                ModelEventFactory(model=RiskModel.objects.first())
    assert counts[0] == counts[1]


def combination(events: int) -> dict[str, Any]:
    cells = [
        {"near": near, "low": low, "weeks": 60, "before": 12, "from": 0.13, "to": 0.3, "events": 9}
        for near in (True, False)
        for low in (True, False)
    ]
    return {"subject": "engagement", "cells": cells, "events": events, "base": 0.05}


@pytest.mark.parametrize(
    ("events", "sentence"),
    [
        (20, "In your data this combination preceded 9 of 20 crises. Of the 240 weeks in which engagement was known, 5% came before one; other weeks are left out."),
        (9, "Not enough history: what the scores assume about it is the shipped assumption"),
    ],
)  # fmt: skip
def test_signals_show_what_followed_here_before(acme, vic, client_for, events, sentence) -> None:
    with tenant_context(acme.id):
        payroll()
        LessonFactory(as_of=TODAY, left_out={"combinations": [combination(events)]})
    text = read(client_for(vic), "/t/acme/p/PAY/signals/")
    assert sentence in text
    assert "20% (12 of 60 weeks; 13% to 30%)" in text


def test_scores_that_nobody_acted_upon_are_told_apart(learned, acme, vic, client_for) -> None:
    with tenant_context(acme.id):
        since = ModelCheck.objects.get().as_of - timedelta(weeks=4)
        for touch, happened in (
            ("unseen", False),
            ("seen", True),
            ("acted", False),
            ("acted", False),
        ):
            RiskOutcomeFactory(as_of=since, touch=touch, happened=happened, probability=0.3)
    text = read(client_for(vic), "/t/acme/forecasts/models/crisis/watch/")
    assert 'Nobody acted</a></th><td class="pp-num">2</td>' in text
    assert '?touch=acted">Seen, then acted</a></th><td class="pp-num">2</td>' in text
    only = read(client_for(vic), "/t/acme/forecasts/outcomes/", touch="acted")
    assert only.count("Seen, then acted</td>") == 2
    assert "Nobody saw it</td>" not in only


# --- what holds, and who is told ---------------------------------------------------------------------------


def test_the_card_says_what_holds_and_offers_the_way_back(learned, acme, cam, vic, client_for) -> None:  # fmt: skip
    client = client_for(cam)
    client.post(f"{CARD}1/set-aside/")
    for url in (CARD, ALL):
        text = read(client_for(vic), url)
        assert "Model 1 was set aside by Cam Castillo on" in text
        assert "No new model is used until a lead or an administrator" in text
        assert f"{CARD}resume/" not in text
        assert f"{CARD}resume/" in read(client, url)
    assert client_for(vic).post(f"{CARD}resume/").status_code == 403
    text = client.post(f"{CARD}resume/", follow=True).content.decode()
    assert "New models can be used again" in text
    assert "was set aside by" not in text
    text = client.post(f"{CARD}resume/", follow=True).content.decode()
    assert "New models can be used already" in text
    client.post(f"{CARD}1/use/")
    text = read(client, CARD)
    assert "Model 1 was brought back by Cam Castillo on" in text
    assert "clearly more accurate on what has happened since" in text


def test_what_a_lesson_measured_that_is_held_back_is_not_said_of_the_model_in_use(
    learned, acme, cam, client_for
) -> None:
    client = client_for(cam)
    client.post(f"{CARD}1/set-aside/")
    with tenant_context(acme.id):
        LessonFactory(
            as_of=TODAY + timedelta(days=7), left_out=measured(0.81, 0.77, 0.6), verdict={"held": "aside"}
        )  # fmt: skip
    text = read(client, CARD)
    assert "Shipped prior 2026.1 is in use: assumed, not measured" in text
    assert "The model of the last training run is not used." in text


def after_an_alarm(acme, **values: Any) -> None:
    with tenant_context(acme.id):
        ModelEventFactory(happened_on=TODAY, **values)


def test_a_fall_back_and_a_corrected_level_stand_on_every_page_of_scores(
    learned, acme, vic, client_for
) -> None:
    with tenant_context(acme.id):
        programme = ProgrammeFactory(code="EST")
        RiskScoreFactory(programme=programme)
        RaidScoreFactory(item__programme=programme)
    pages = ("/t/acme/forecasts/", "/t/acme/p/EST/forecast/", "/t/acme/p/EST/")
    assert all("Fall-back" not in read(client_for(vic), page) for page in pages)
    after_an_alarm(acme, kind=Happening.FELL_BACK, details={"because": "alarm"})
    for page in pages:
        assert "Fall-back: the shipped prior since" in read(client_for(vic), page)
    raid = ("/t/acme/forecasts/raid/", "/t/acme/p/EST/raid-forecast/")
    assert all("Level corrected" not in read(client_for(vic), page) for page in raid)
    after_an_alarm(
        acme, kind=Happening.SHIFTED, target=Target.RAID_ESCALATES_4W, details={"since": "2026-05-04", "shift": 0.4},
    )  # fmt: skip
    for page in raid:
        assert "Level corrected after an alarm on" in read(client_for(vic), page)
    text = read(client_for(vic), f"{ALL}escalation/")
    assert "it is that of the weeks since 4 May 2026" in text


def test_leads_and_administrators_are_told_of_an_alarm_on_the_first_page(
    learned, acme, dana, cam, ada, vic, sam, client_for
) -> None:
    seen = {
        who.user.name: "Forecast to look at: A crisis within four weeks"
        in read(client_for(who), "/t/acme/")
        for who in (dana, cam, ada, vic, sam)
    }
    assert seen == {each.user.name: each in (dana, cam, ada) for each in (dana, cam, ada, vic, sam)}
    # Both halves read the same.
    told = [
        read(client_for(who), "/t/acme/").partition("Forecast to look at")[2].partition("</div>")[0]
        for who in (dana, cam)
    ]
    assert told[0] == told[1]
    assert "More happens than forecast" in told[0]
    with tenant_context(acme.id):
        ModelCheckFactory(as_of=TODAY + timedelta(days=7))
    assert "Forecast to look at" not in read(client_for(dana), "/t/acme/")


def test_a_notice_stays_in_its_tenant(acme, borealis) -> None:
    told = []
    for tenant, alarms in ((acme, ["more"]), (borealis, [])):
        with tenant_context(tenant.id):
            ModelCheckFactory(as_of=TODAY, alarms=alarms)
            told.append([text for card in selectors.cards() for text in card.notice(TODAY)])
    assert told == [["More happens than forecast"], []]


def test_inputs_that_moved_are_named_on_card_and_list(learned, acme, vic, client_for) -> None:
    with tenant_context(acme.id):
        check = ModelCheckFactory.build().figures
        ModelCheckFactory(
            as_of=TODAY + timedelta(days=7), alarms=["drift", "missing"],
            figures={**check, "input_alarms": {"drift": ["spi_s"], "missing": ["eng_mean"]}},
        )  # fmt: skip
        ModelEventFactory(kind=Happening.INPUTS, details={"inputs": {"drift": ["spi_s"]}})
    for page in (ALL, CARD, f"{CARD}watch/"):
        text = read(client_for(vic), page)
        assert f"Inputs lie far from where they lay: {LABELS[Target.CRISIS_4W]['spi_s']}" in text
        assert f"not known now: {LABELS[Target.CRISIS_4W]['eng_mean']}" in text
    assert "Inputs are not what they were" in read(client_for(vic), CARD)


def test_which_models_told_what_was_compared(learned, acme, vic, client_for) -> None:
    with tenant_context(acme.id):
        figures = {**ModelCheckFactory.build().figures, "told_by": [{"version": "3"}, {"version": "7"}]}  # fmt: skip
        ModelCheckFactory(as_of=TODAY + timedelta(days=7), figures=figures)
    assert "made by 2 models, 3 to 7" in read(client_for(vic), f"{CARD}watch/")


def test_nothing_told_since_a_remedy_is_not_called_true(learned, acme, vic, client_for) -> None:
    with tenant_context(acme.id):
        figures = {**ModelCheckFactory.build().figures, "weeks": 0, "rows": 0, "expected": 0.0}
        ModelCheckFactory(as_of=TODAY + timedelta(days=7), figures=figures)
    text = read(client_for(vic), f"{CARD}watch/")
    assert "No forecast since the last correction" in text
    assert "Comes true" not in text


def test_models_are_paged_and_portfolios_told_in_words(learned, acme, vic, client_for) -> None:
    with tenant_context(acme.id):
        for number in range(2, 41):
            RiskModelFactory(number=number)
        numbers = {**learned.numbers, "pools": {"Digital": 0.5, "Estates": -0.2}}
        RiskModel.objects.filter(pk=learned.pk).update(numbers=numbers)
    text = read(client_for(vic), CARD)
    assert "40 models were made here" in text
    assert "1 to 15 of 40" in text
    assert text.index("Digital") < text.index("Estates")
    assert f"{math.exp(0.5):.2f}" in text
    assert "Partially pooled" in text
    text = read(client_for(vic), CARD, page="3")
    assert "31 to 40 of 40" in text
    part = client_for(vic).get(CARD, {"page": "2"}, headers={"HX-Request": "true"}).content.decode()
    assert "16 to 30 of 40" in part
    assert "<html" not in part
    for key in ("number", "-stage", "origin", "-made_on", "status"):
        assert "40 models were made here" in read(client_for(vic), CARD, sort=key)


def test_how_often_is_learned_is_told_for_each(acme, vic, client_for) -> None:
    text = read(client_for(vic), ALL)
    assert "The crisis model learns every week, the others every four weeks" in text
    with tenant_context(acme.id):
        for target in Target:
            LessonFactory(target=target, as_of=TODAY)
    assert "Every week" in read(client_for(vic), CARD)
    assert "Every four weeks" in read(client_for(vic), f"{ALL}escalation/")


def test_the_one_line_of_what_came_true_ends_in_its_value_and_what_is_right_is_named() -> None:
    checks = [
        ModelCheckFactory.build(as_of=date(2026, 6, day), figures={"ratio": ratio})
        for day, ratio in ((1, 0.4), (8, None), (15, 0.0))
    ]
    drawn = figures.ratios(checks, right="As told")
    assert [line.end_text for line in drawn.lines] == ["0%"]
    assert drawn.target_text == "As told"
    assert drawn.target_y < drawn.lines[0].end_y
    assert figures.ratios(checks[:2], right="As told") is None
