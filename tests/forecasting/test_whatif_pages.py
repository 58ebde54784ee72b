"""What a later go-live would do: projected by the job, compared and costed on a page, carried into a paper."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlparse

import numpy as np
import pytest

from forecasting import services
from forecasting.choices import Target
from forecasting.crises import projection, whatif
from forecasting.crises.whatif import Costs, Option
from forecasting.learning import prior
from forecasting.learning.features import CRISIS, RAW
from forecasting.learning.whatif import State, assumed_rates, project
from forecasting.models import RiskScore
from governance.choices import MOST_OPTIONS
from pmo_portal.common.days import day_text
from pmo_portal.tenants.context import tenant_context
from pmo_portal.tenants.models import TenantSettings
from programmes.models import Milestone
from tests.factories.forecasting import RiskScoreFactory, RiskSnapshotFactory
from tests.factories.programmes import MilestoneFactory, ProgrammeFactory
from tests.pmo_portal.scorecards.stories import TODAY, payroll

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("day_of_stories")]

PAGE = "/t/acme/p/PAY/what-if/"


def row(delay: int, risk: float, change: float, spread: float, gap: float = 0.2) -> dict[str, Any]:
    return {"delay": delay, "risk": risk, "change": change, "low": change - spread, "high": change + spread, "gap": gap, "engagement": 58.0 + delay, "nearness": 0.5 + delay / 100}  # fmt: skip


WHATIF = {
    "whole": [row(0, 0.4, 0.0, 0.0), row(2, 0.38, -0.02, 0.05, 0.15), row(4, 0.25, -0.15, 0.06, 0.05), row(8, 0.45, 0.05, 0.01)],
    "waves": {"50": [row(4, 0.31, -0.09, 0.05, 0.12)], "80": [row(4, 0.36, -0.04, 0.05, 0.16)]},
    "measured": False, "cost_permille": 2,
}  # fmt: skip


def before(golive: Milestone) -> list[float]:
    """The inputs of a score of today before a go-live."""
    found = {feature.name: feature.stands_in for feature in RAW}
    return list((found | {"weeks_to_golive": (golive.forecast_on - TODAY).days / 7}).values())


def score_before(made: dict[str, Any]) -> RiskScore:
    """A score of today with a projection, for what needs no database."""
    return RiskScore(as_of=TODAY, raw=before(Milestone(forecast_on=TODAY)), whatif=made)


@pytest.fixture
def story(acme):
    with tenant_context(acme.id):
        made = payroll()
        RiskScoreFactory(
            programme=made.programme, as_of=TODAY, raw=before(made.golive), whatif=WHATIF
        )
    return made


@pytest.fixture
def budget(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the plan of the story had a budget."""
    usual = Costs(123_400, 5_000_000, "GBP")
    monkeypatch.setattr(whatif, "usual_costs", lambda *_asked: usual)


def read(client: Any, url: str = PAGE, **values: Any) -> str:
    answer = client.get(url, values)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def raw(**known: float) -> list[float]:
    model = prior.load(Target.CRISIS_4W)
    found = dict(zip(CRISIS.names, model.reference.tolist(), strict=True)) | known
    return [found[name] for name in CRISIS.names]


# --- the job ------------------------------------------------------------------------------------------------


def test_only_programmes_with_a_golive_ahead_are_projected(in_acme) -> None:
    model = prior.load(Target.CRISIS_4W)
    rows = np.array([raw(weeks_to_golive=to_go) for to_go in (3.0, 16.0, 17.0, -2.0, np.nan)])
    trained = np.full((5, 2), np.nan)
    made = projection.projections(
        model, projection.Programmes([1, 2, 3, 4, 5], rows, trained, {}, TODAY)
    )
    assert set(made) == {1, 2}
    first = made[1]
    assert [each["delay"] for each in first["whole"]] == list(range(9))
    assert list(first["waves"]) == [str(percent) for percent in range(10, 100, 10)]
    assert [each["delay"] for each in first["waves"]["30"]] == [2, 4, 6, 8]
    assert first["whole"][0] == {**first["whole"][0], "change": 0.0, "low": 0.0, "high": 0.0}
    for each in [*first["whole"], *first["waves"]["10"], *first["waves"]["90"]]:
        assert each["low"] <= each["change"] <= each["high"]
        assert 0 < each["risk"] < 1


def test_training_of_four_weeks_ago_is_that_of_its_snapshot(in_acme) -> None:
    programme = ProgrammeFactory()
    RiskSnapshotFactory(programme=programme, as_of=TODAY - timedelta(weeks=5), trained=[0.1, 0.2])
    RiskSnapshotFactory(programme=programme, as_of=TODAY - timedelta(weeks=4), trained=[0.3, 0.4])
    RiskSnapshotFactory(programme=programme, as_of=TODAY - timedelta(weeks=3), trained=[0.5, 0.6])
    found = projection._trained_before([programme.pk, programme.pk + 1], TODAY)
    assert found[0] == 0.3
    assert np.isnan(found[1])


def test_many_programmes_are_projected_with_the_statements_of_one(
    in_acme, django_assert_num_queries
) -> None:
    model = prior.load(Target.CRISIS_4W)
    for count in (1, 30):
        rows = np.array([raw(weeks_to_golive=4.0)] * count)
        keys = list(range(1, count + 1))
        with django_assert_num_queries(3):
            projection.projections(
                model, projection.Programmes(keys, rows, np.full((count, 2), np.nan), {}, TODAY)
            )


def test_a_dearer_delay_makes_a_later_golive_worse(in_acme) -> None:
    model = prior.load(Target.CRISIS_4W)
    rows, trained = np.array([raw(weeks_to_golive=5.0)]), np.full((1, 2), np.nan)
    cheap = projection.projections(model, projection.Programmes([1], rows, trained, {}, TODAY))[1]
    TenantSettings.objects.update(delay_cost_permille=50)
    dear = projection.projections(model, projection.Programmes([1], rows, trained, {}, TODAY))[1]
    assert dear["whole"][8]["risk"] > cheap["whole"][8]["risk"]
    assert dear["whole"][0] == cheap["whole"][0]


def test_two_waves_lie_between_now_and_later() -> None:
    """Half of the people later is less than all of them later, in nearness and in training."""
    model = prior.load(Target.CRISIS_4W)
    state = State(
        np.array([raw(weeks_to_golive=2.0, near_golive=0.8, train_gap=0.3, train_gap_max=0.4)]),
        np.array([[0.4, 0.7, 0.3]]),
    )
    rates = assumed_rates(model)
    whole = project(state, model, rates, delays=(0, 8))
    half = project(state, model, rates, delays=(0, 8), later=0.5)
    assert whole.gap[0, 1] < half.gap[0, 1] < half.gap[0, 0]
    assert half.probability[0, 0] == whole.probability[0, 0]
    all_of_them = project(state, model, rates, delays=(0, 8), later=1.0)
    assert all_of_them.probability.tolist() == whole.probability.tolist()


# --- the page ----------------------------------------------------------------------------------------------


def test_the_page_says_what_helps_and_what_is_not_clear(story, vic, client_for) -> None:
    text = read(client_for(vic))
    assert "lowers the risk of a crisis within 16 weeks from 40% to 25%" in text
    assert "No clear effect" in text
    assert "Higher risk" in text
    assert "\u221215 points (\u221221 to \u22129)" in text
    assert "5 points behind (\u221215)" in text
    assert "62 (+4)" in text
    assert "54% (+4)" in text
    assert "too little history here to measure that" in text
    assert "Make a decision paper" not in text


def test_costs_are_those_asked_for(story, vic, client_for) -> None:
    text = read(client_for(vic), week="1000", crisis="200000")
    # Four weeks at 1,000 and 15 points less of 200,000; half of that delay in waves.
    assert "£4k" in text
    options = whatif.options_of(score_before(WHATIF), Costs(100_000, 20_000_000, "GBP"))
    four = next(each for each in options if each.key == "d4")
    assert (four.delay_cost, four.remediation) == (400_000, -3_000_000)
    assert four.money == ("£4k", "−£30k", "−£26k")
    assert next(each for each in options if each.key == "w4").delay_cost == 200_000
    assert "Enter a number" in read(client_for(vic), week="many")


def test_the_first_wave_is_chosen_and_stays_in_the_paper(story, budget, dana, client_for) -> None:
    client = client_for(dana)
    usual = read(client)
    assert "50% of the people 4 weeks later" in usual
    page = read(client, first="80")
    assert "20% of the people 4 weeks later" in page
    assert "50% of the people" not in page
    assert '<option value="80" selected>80%</option>' in page
    assert "Two waves: 80% of the people go live as planned" in page
    assert "\u22124 points" in page
    # Only who goes live first was asked: the costs are the usual ones.
    assert shown(page, "week") == shown(usual, "week") == "1234"
    answer = client.get(f"{PAGE}paper/", {"choose": "w4", "first": "80", "week": "1000", "crisis": ""})  # fmt: skip
    (line,) = parse_qs(urlparse(answer.url).query)["options"][0].splitlines()[1:]
    # A fifth of four weeks.
    assert line.startswith("20% of the people 4 weeks later")
    assert "the delay costs about £800" in line


@pytest.mark.parametrize("first", ["0", "95", "100", "55", "-10", "half"])
def test_a_first_wave_that_was_not_projected_is_refused_in_words(
    story, budget, vic, client_for, first
) -> None:
    client = client_for(vic)
    page = read(client, first=first)
    assert "50% of the people 4 weeks later" in page
    # At the field, which shows what was computed with, as do the costs beside it.
    field = page.partition('<select name="first"')[2].partition("</div>")[0]
    assert "Choose 10, 20 and so on up to 90 percent." in field
    assert '<option value="50" selected>50%</option>' in field
    assert field.count("selected") == 1
    assert (shown(page, "week"), shown(page, "crisis")) == ("1234", "50000")


def shown(page: str, name: str) -> str:
    """What stands in a field of costs."""
    return page.partition(f'name="{name}" value="')[2].partition('"')[0]


def test_what_is_right_is_computed_with_also_where_something_else_is_refused(
    story, vic, client_for
) -> None:
    client = client_for(vic)
    page = read(client, first="80", week="many", crisis="")
    assert "20% of the people 4 weeks later" in page
    assert '<option value="80" selected>80%</option>' in page
    assert shown(page, "week") == "many"
    assert "Enter a number" in page
    page = read(client, first="55", week="1000", crisis="200000")
    assert "\u00a34k" in page
    assert (shown(page, "week"), shown(page, "crisis")) == ("1000", "200000")


def test_an_empty_first_wave_is_one_half(story, vic, client_for) -> None:
    assert "50% of the people 4 weeks later" in read(
        client_for(vic), first="", week="1000", crisis=""
    )


def test_a_larger_first_wave_moves_less(in_acme) -> None:
    """More people as planned is nearer to the plan, in what moves with the date."""
    model = prior.load(Target.CRISIS_4W)
    rows = np.array([raw(weeks_to_golive=3.0, near_golive=0.8, train_gap=0.3, train_gap_max=0.4)])
    made = projection.projections(
        model, projection.Programmes([1], rows, np.array([[0.4, 0.7]]), {}, TODAY)
    )[1]
    gaps = [made["waves"][str(percent)][-1]["gap"] for percent in range(10, 100, 10)]
    assert gaps == sorted(gaps)
    assert made["whole"][8]["gap"] < gaps[0] < gaps[-1] < made["whole"][0]["gap"]


def test_usual_costs_are_rough_and_carry_their_currency(
    story, vic, client_for, monkeypatch
) -> None:
    budget = {story.programme.pk: SimpleNamespace(bac=123_456_789)}
    monkeypatch.setattr(whatif, "performance_as_of", lambda *_asked: budget)
    story.programme.starts_on, story.programme.ends_on = TODAY, TODAY + timedelta(weeks=52)
    # Of 1,234,567.89: 61,728.39 and 23,741.69 are known to no penny.
    assert whatif.usual_costs(story.programme, TODAY, "GBP") == (Costs(2_370_000, 6_170_000, "GBP"))
    page = read(client_for(vic))
    assert 'name="crisis" value="61700"' in page
    assert "A crisis costs (£)" in page
    assert "A week of delay costs (£)" in page


def test_two_waves_stand_in_the_chart_and_its_table(story, vic, client_for) -> None:
    page = read(client_for(vic))
    chart = page.partition("pp-plot-narrow")[2].partition('id="assumed')[0]
    assert (chart.count('class="dot"'), chart.count('class="dot-plan"')) == (4, 1)
    assert "50% of the people 4 weeks later" in chart


def test_without_a_budget_no_cost_is_made_up(in_acme) -> None:
    costs = whatif.usual_costs(ProgrammeFactory(), TODAY, "GBP")
    assert (costs.week, costs.crisis) == (None, None)
    (only, *_rest) = whatif.options_of(score_before(WHATIF), costs)
    assert only.money == ("–", "–", "–")


@pytest.mark.parametrize(
    ("week", "change", "written"),
    [
        # 171,500 and 12,500: rounded apart they were £172k − £12k = £159k.
        (17_150_000, -0.0125, ("£172k", "−£12k", "£160k")),
        (123_456_700, -0.65, ("£1.23m", "−£650k", "£580k")),
        (123_456_700, -0.0127, ("£1.23m", "−£10k", "£1.22m")),
        (99_960_000, 0.0006, ("£1.00m", "£0", "£1.00m")),
        # Under a thousand, in pounds.
        (60_049, 0.00005, ("£600", "£50", "£650")),
    ],
)
def test_what_is_written_of_costs_adds_up(week, change, written) -> None:
    now = Option("d1", 1, TODAY, 0.0, 0.3, change, -0.1, 0.1, 0.0, None, 0.5, Costs(week, 100_000_000, "GBP"))  # fmt: skip
    assert now.money == written


def test_how_many_ways_a_paper_takes_is_said_where_they_are_ticked(
    acme, budget, dana, client_for
) -> None:
    with tenant_context(acme.id):
        made = payroll()
        many = {**WHATIF, "whole": [row(delay, 0.4, -0.01 * delay, 0.05) for delay in range(9)]}
        RiskScoreFactory(
            programme=made.programme, as_of=TODAY, raw=before(made.golive), whatif=many
        )
    client = client_for(dana)
    assert "Tick up to 5 options" in read(client)
    ways = [f"d{delay}" for delay in range(1, 9)]
    answer = client.get(f"{PAGE}paper/", {"choose": ways[:6]})
    assert answer.status_code == 422
    page = " ".join(answer.content.decode().split())
    assert "Tick 5 ways at most, not 6" in page
    # Nothing that was ticked is lost.
    assert page.count(" checked") == 6
    answer = client.get(f"{PAGE}paper/", {"choose": ways[:5]})
    assert answer.status_code == 302
    # With the plan as it is, as many as a paper takes.
    lines = parse_qs(urlparse(answer.url).query)["options"][0].splitlines()
    assert len(lines) == MOST_OPTIONS


def test_ticked_options_become_a_paper(story, dana, vic, client_for) -> None:
    assert "Make a decision paper" in read(client_for(dana))
    answer = client_for(dana).get(f"{PAGE}paper/", {"choose": ["d4", "w4"]})
    assert answer.status_code == 302
    values = parse_qs(urlparse(answer.url).query)
    lines = values["options"][0].splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("As planned, on ")
    assert "risk of a crisis within 16 weeks 40%" in lines[0]
    assert "lower risk, \u221215 points" in lines[1]
    assert lines[2].startswith("50% of the people 4 weeks later")
    text = read(client_for(dana), answer.url)
    assert "As planned, on " in text
    assert f'value="{values["milestone"][0]}" selected' in text
    assert client_for(vic).get(f"{PAGE}paper/").status_code == 403


def test_a_paper_says_what_crises_cost_from_which_day_and_what_told_it(
    story, dana, client_for
) -> None:
    asked = {"choose": ["d4", "d8"], "week": "1000", "crisis": "200000"}
    answer = client_for(dana).get(f"{PAGE}paper/", asked)
    values = parse_qs(urlparse(answer.url).query)
    plan, four, eight = values["options"][0].splitlines()
    assert "crises" not in plan
    assert four.endswith("the delay costs about \u00a34k; crises by expectation: \u00a330k saved; in sum \u00a326k saved")  # fmt: skip
    assert eight.endswith("crises by expectation: \u00a310k added; in sum \u00a318k added")
    (context,) = values["context"]
    assert f"within 16 weeks from {day_text(TODAY)}" in context
    assert "Forecast by: Assumed, not measured: prior model 2026.1." in context
    assert "A crisis is assumed to cost \u00a3200k." in context


def test_a_golive_that_moved_since_is_told_with_its_date_of_then_and_makes_no_paper(
    story, acme, dana, client_for
) -> None:
    then = story.golive.forecast_on
    now = then + timedelta(weeks=3)
    client = client_for(dana)
    assert "Moved since" not in read(client)
    with tenant_context(acme.id):
        Milestone.objects.filter(pk=story.golive.pk).update(forecast_on=now)
    page = read(client)
    assert f"As planned, on {day_text(then)}" in page
    assert f"computed for a go-live on {day_text(then)}; the plan now says {day_text(now)}" in page
    assert "Make a decision paper" not in page
    assert "computed again shortly" in page
    answer = client.get(f"{PAGE}paper/", {"choose": "d4"})
    assert answer.status_code == 409
    assert "Moved since" in answer.content.decode()
    # Nobody promises what no worker does.
    with tenant_context(acme.id):
        services.ask_to_score(delay=-timedelta(minutes=2))
    assert "It has waited to be computed again since" in read(client)


def test_what_crises_cost_is_told_as_saved_or_added(story, vic, client_for) -> None:
    page = read(client_for(vic), week="1000", crisis="200000")
    assert "\u00a330k saved" in page
    assert "\u00a310k added" in page
    assert "cost more" not in page


@pytest.mark.parametrize("ticked", [{}, {"choose": "d0"}, {"choose": "no such way"}])
def test_a_paper_with_nothing_ticked_is_refused_and_keeps_what_was_typed(
    story, budget, dana, client_for, ticked
) -> None:
    answer = client_for(dana).get(f"{PAGE}paper/", {"week": "1000", "first": "80"} | ticked)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert '<a href="#id_choose">On the paper: Tick at least one way to go live' in page
    assert page.count('id="id_choose"') == page.count('id="id_choose_error"') == 1
    box = page.partition('id="id_choose"')[2].partition(">")[0]
    assert 'aria-invalid="true" aria-describedby="id_choose_error"' in box
    assert shown(page, "week") == "1000"
    assert '<option value="80" selected>80%</option>' in page
    # Sent again, it goes to the page itself, or on to the paper.
    assert f'action="{PAGE}"' in page
    assert f'formaction="{PAGE}paper/"' in page


def test_the_link_of_a_refusal_leads_to_the_first_box_wherever_the_plan_as_it_is_stands(
    story, dana, client_for, monkeypatch
) -> None:
    """The plan as it is has no box."""
    options_of = whatif.options_of

    def plan_second(*asked: Any, **more: Any) -> list[Option]:
        plan, first, *others = options_of(*asked, **more)
        return [first, plan, *others]

    monkeypatch.setattr(whatif, "options_of", plan_second)
    answer = client_for(dana).get(f"{PAGE}paper/", {"week": "1000"})
    page = answer.content.decode()
    assert page.count('<a href="#id_choose">') == page.count('id="id_choose"') == 1


@pytest.mark.parametrize("asked", [{}, {"page": "2"}])
def test_a_paper_of_an_address_without_a_field_is_refused(story, budget, dana, client_for, asked) -> None:  # fmt: skip
    answer = client_for(dana).get(f"{PAGE}paper/", asked)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Tick at least one way to go live" in page
    assert shown(page, "week") == shown(read(client_for(dana)), "week") != ""


def test_a_paper_with_a_cost_that_was_refused_is_not_made_with_the_usual_one(
    story, budget, dana, client_for
) -> None:
    answer = client_for(dana).get(f"{PAGE}paper/", {"week": "12 thousand", "choose": "d4"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert shown(page, "week") == "12 thousand"
    assert '<a href="#id_week">' in page
    assert page.partition('value="d4"')[2].partition(">")[0].endswith(" checked")


def test_what_is_ticked_stays_ticked_while_costs_are_changed(story, dana, client_for) -> None:
    page = read(client_for(dana), choose="d4", week="1000")
    assert page.count(" checked") == 1
    assert page.partition('value="d4"')[2].partition(">")[0].endswith(" checked")
    assert 'class="pp-error' not in page


def test_nothing_near_enough_and_no_score_say_so(acme, vic, client_for) -> None:
    with tenant_context(acme.id):
        made = payroll()
    text = read(client_for(vic))
    assert "has no go-live near enough" in text
    with tenant_context(acme.id):
        RiskScoreFactory(programme=made.programme, as_of=TODAY, whatif={})
    assert "Nothing to ask" in read(client_for(vic))
    assert client_for(vic).get("/t/acme/p/PAY/what-if/paper/").status_code == 403


def test_between_two_golives_it_says_from_when_the_next_is_asked_about(
    acme, vic, client_for
) -> None:
    week = timedelta(weeks=1)
    with tenant_context(acme.id):
        made = payroll()
        first, second = TODAY - 2 * week, TODAY + 6 * week
        Milestone.objects.filter(pk=made.golive.pk).update(forecast_on=first, actual_on=first)
        later = MilestoneFactory(
            programme=made.programme, is_golive=True, baseline_on=second, forecast_on=second
        )
        score = RiskScoreFactory(
            programme=made.programme, as_of=TODAY, raw=before(Milestone(forecast_on=first)), whatif={}
        )  # fmt: skip
    text = read(client_for(vic))
    since = TODAY + 2 * week + timedelta(days=1)
    assert f"what a later go-live would do is projected from {day_text(since)} on</h1>" in text
    assert (
        f"The go-live of {day_text(first)} is nearer than the next, of {day_text(second)}" in text
    )
    assert f"From {day_text(since)} on the next is." in text
    for words in ("no go-live near enough", "with a go-live within 16 weeks"):
        assert words not in text
    with tenant_context(acme.id):
        score.raw = raw(weeks_to_golive=30.0)
        assert whatif.nearer(score) is None
        score.raw = raw(weeks_to_golive=-2.0)
        for other in (TODAY + 17 * week, TODAY + week):
            # Too far away, and nearer by now than when the score was made.
            Milestone.objects.filter(pk=later.pk).update(forecast_on=other)
            assert whatif.nearer(score) is None


def test_the_forecast_leads_there_where_a_golive_is_near(story, vic, client_for) -> None:
    assert PAGE in read(client_for(vic), "/t/acme/p/PAY/forecast/")


@pytest.mark.parametrize("room", ["forecast", "what-if", "raid-forecast", "milestone-outlook"])
def test_what_belongs_to_the_forecast_stands_under_it(story, vic, client_for, room) -> None:
    answer = client_for(vic).get(f"/t/acme/p/PAY/{room}/")
    links = [link for group in answer.context["navigation"] for link in group.items]
    assert [str(link.label) for link in links if link.current] == ["Forecast"]


@pytest.mark.parametrize(
    ("low", "high", "clear"),
    [(-0.04, -0.006, True), (-0.04, -0.004, False), (-0.04, 0.01, False), (0.006, 0.03, True)],
)
def test_a_range_that_reads_as_nothing_is_no_clear_effect(low, high, clear) -> None:
    whole = [row(0, 0.4, 0.0, 0.0), {**row(2, 0.38, -0.02, 0.0), "low": low, "high": high}]
    options = whatif.options_of(
        score_before({"whole": whole, "waves": {}}), Costs(None, None, "GBP")
    )
    assert options[1].is_clear is clear


def test_a_difference_is_that_of_the_risks_as_they_are_written() -> None:
    nobody = Costs(None, None, "GBP")
    plan = Option("d0", 0, TODAY, 0.0, 0.484, 0.0, 0.0, 0.0, 0.1, 60.0, 0.4, nobody)
    later = Option("d2", 2, TODAY, 0.0, 0.468, -0.016, -0.15, 0.0, 0.1, 60.0, 0.4, nobody, now=plan)
    assert later.change_text == "\u22121 point (\u221215 to 0)"
    assert "\u22121 point (" in later.sentence
    assert replace(later, risk=0.462).change_text.startswith("\u22122 points")
    assert replace(later, risk=0.48).change_text.startswith("0 points")
