"""The pages of forecasts, in a browser without script."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
import time_machine

from forecasting import drivers, figures
from forecasting.cards import no_better_text
from forecasting.choices import ModelStatus, Stage, Target
from forecasting.golive import evidence
from forecasting.learning.names import DRIVER_OF, NAMES, RAW
from forecasting.models import Lesson, RiskScore
from forecasting.tables.dates import OUTLOOKS_OF_ALL
from forecasting.tables.raid import LIKELY_OF_ALL
from forecasting.tables.readiness import UNITS_AT_GOLIVES
from forecasting.tables.scores import UNIT_SCORES
from pmo_portal.tenants.context import tenant_context
from programmes.models import ProgrammeMember
from tests.factories.forecasting import (
    LessonFactory,
    RaidScoreFactory,
    RiskModelFactory,
    RiskScoreFactory,
)
from tests.factories.programmes import ProgrammeFactory
from tests.factories.tenants import UnitFactory
from tests.pmo_portal.scorecards.stories import TODAY, moment, payroll

from .test_model_pages import measured

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("day_of_stories")]

PAGE = "/t/acme/p/PAY/forecast/"
ALL = "/t/acme/forecasts/"
NAN = float("nan")


def raw(**known: float) -> list[float]:
    return [known.get(feature.name, feature.stands_in) for feature in RAW]


def score(programme: Any, **values: Any) -> RiskScore:
    return RiskScoreFactory(
        **{
            "programme": programme,
            "as_of": TODAY,
            "probability": 0.27,
            "low": 0.18,
            "high": 0.36,
            "level": "high",
            "start": -3.0,
            "base": 0.08,
            "terms": [
                {"name": "near_x_train_gap", "share": 1.1, "value": 0.2},
                {"name": "train_gap", "share": 0.4, "value": 0.12},
                {"name": "near_x_eng_low", "share": 0.7, "value": 0.5},
                {"name": "spi_s", "share": -0.2, "value": 1.04},
            ],
            "raw": raw(
                train_gap=0.12, train_gap_max=0.31, near_golive=0.7, weeks_to_golive=3.0, spi_s=1.04
            ),
            "series": [["2026-05-25", 0.08], ["2026-06-01", 0.12], ["2026-06-08", 0.2]],
            "direction": "rising",
            **values,
        }
    )


@pytest.fixture
def story(acme):
    with tenant_context(acme.id):
        made = payroll()
        other = UnitFactory(name="Claims", code="CLM")
        score(made.programme)
        score(
            made.programme,
            unit=made.unit,
            probability=0.09,
            low=0.04,
            high=0.14,
            level="low",
            raw=raw(train_gap=0.02, train_gap_max=0.02),
        )
        score(
            made.programme,
            unit=other,
            probability=0.41,
            low=0.3,
            high=0.52,
            raw=raw(train_gap=0.31, train_gap_max=0.31),
        )
    return made


def read(client: Any, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_the_page_says_how_likely_how_sure_and_that_it_is_assumed(story, vic, client_for):
    page = read(client_for(vic), PAGE)
    assert "Payroll renewal: high risk of a crisis within four weeks" in page
    assert "Of 20 programmes in this position, about 5 are expected to have a crisis" in page
    assert "<dd>25%</dd>" in page
    assert "<dd>15% to 40%</dd>" in page
    assert "Assumed, not measured: prior model 2026.1" in page
    assert "people decide" in page
    assert "27%" not in page.partition('id="sum-title"')[0]


@pytest.mark.parametrize(("low", "is_said"), [(0.55, True), (0.77, False)])
def test_scores_that_rank_no_better_than_the_reported_status_say_so_and_show_it(
    story, acme, vic, client_for, low, is_said
):
    with tenant_context(acme.id):
        model = RiskModelFactory(status=ModelStatus.CHAMPION)
        LessonFactory(as_of=TODAY, model=model, left_out=measured(0.81, low, 0.6))
    for url, status in (
        (PAGE, "<dt>Reported status</dt><dd>Green</dd>"),
        (ALL, "status green"),
        (f"{ALL}units/", "status green"),
    ):
        page = read(client_for(vic), url)
        assert ("Not shown to rank programmes better than their reported status" in page) is is_said
        assert (status in page) is is_said
    # Files hold it either way.
    file = io.StringIO(client_for(vic).get(f"{ALL}?format=csv").content.decode("utf-8-sig"))
    assert {row["Reported status"] for row in csv.DictReader(file)} == {"green"}


def test_of_what_was_not_measured_nothing_is_said() -> None:
    """Nothing was learned, a model is held back, the prior tells all alike; and of items what is simpler is another."""
    report = measured(0.81, 0.55, 0.6)
    by = report["parts"][0]["by"]
    by["prior"], by["rating"] = by["model"], by["colour"]
    crisis, items = Target.CRISIS_4W, Target.RAID_ESCALATES_4W
    assert no_better_text(crisis, Lesson(left_out=report)).startswith("Not shown")
    for silent in (
        None,
        Lesson(),
        Lesson(left_out=report, verdict={"held": "aside"}),
        Lesson(left_out=report, level={"slope": 0.0, "base": 0.1}),
    ):
        assert not no_better_text(crisis, silent)
    assert "probability times impact" in no_better_text(items, Lesson(left_out=report))


def test_the_strongest_driver_names_the_unit_its_values_and_its_share(story, vic, client_for):
    page = read(client_for(vic), PAGE)
    assert (
        "Training in Claims is 31 points behind plan, over all units 12; go-live in 3 weeks" in page
    )
    assert "(raises, +1.50)" in page
    assert "figures of" in page


def test_the_table_shows_every_driver_and_their_sum(story, vic, client_for):
    table = read(client_for(vic), PAGE).partition("Every driver with its share and the sum")[2]
    table = table.partition("</table>")[0]
    for label in ("Schedule", "RAID log", "Engagement", "Training", "Nearness of go-live"):
        assert f'<th scope="row">{label}</th>' in table
    # -3.0 + 1.1 + 0.4 + 0.7 - 0.2
    assert "−1.00" in table
    assert "The score: 27%" in table


def test_a_score_that_was_cut_says_so(acme, vic, client_for):
    with tenant_context(acme.id):
        score(payroll().programme, probability=0.95, high=0.95, start=4.0)
    assert "nothing is certain or impossible" in read(client_for(vic), PAGE)


def test_the_chance_within_two_four_and_eight_weeks_is_told_to_five_points(acme, vic, client_for):
    with tenant_context(acme.id):
        score(payroll().programme, eight=[0.44, 0.3, 0.6])
    text = " ".join(client_for(vic).get(PAGE).content.decode().split())
    table = text.split('id="windows"')[1].split("</table>")[0]
    # 1 - (1 - 0.27) ** 0.5 is 15 %.
    for weeks, percent, band in (("2 weeks", "15%", "5% to 20%"), ("4 weeks", "25%", "15% to 40%"), ("8 weeks", "45%", "30% to 60%")):  # fmt: skip
        row = table.split(f">{weeks}<")[1].split("</tr>")[0]
        assert f">{percent}<" in row
        assert f">{band}<" in row


def test_a_score_that_was_not_told_so_far_ahead_shows_no_windows(story, vic, client_for):
    assert 'id="windows"' not in client_for(vic).get(PAGE).content.decode()


def test_the_trend_has_a_drawing_and_a_table(story, vic, client_for):
    page = read(client_for(vic), PAGE)
    assert 'aria-label="The risk has been rising for six weeks"' in page
    assert "The risk of the last weeks" in page
    assert '<th scope="row">8 Jun 2026</th><td class="pp-num">20%</td>' in page


@pytest.mark.parametrize("driver", sorted(drivers.LABELS))
def test_every_driver_leads_somewhere(story, acme, vic, client_for, driver) -> None:
    """Also the portfolio, of which only a model of one's own speaks."""
    name = next(name for name, of in DRIVER_OF.items() if of == driver)
    with tenant_context(acme.id):
        RiskScore.objects.update(terms=[{"name": name, "share": 0.9, "value": 1.0}])
    page = read(client_for(vic), "/t/acme/p/PAY/forecast/")
    label = str(drivers.LABELS[driver])
    assert label in page
    url = evidence.rows_of(driver, {"tenant": "acme", "code": "PAY"})
    assert f'href="{url}"' in page
    assert client_for(vic).get(url).status_code == 200


def test_units_come_loudest_first_and_have_a_page(story, vic, client_for):
    page = read(client_for(vic), PAGE).partition('id="units"')[2]
    assert page.index("Claims") < page.index("Payroll Operations")
    unit = read(client_for(vic), f"{PAGE}CLM/")
    assert "Claims: high risk of a crisis within four weeks" in unit
    assert "Training in Claims is 31 points behind plan" in unit
    assert 'id="units"' not in unit


def test_the_page_of_a_unit_says_what_the_programme_is_told(story, acme, vic, client_for):
    """40% on the one page and 25% on the other must not look like a mistake."""
    said = "This is the programme with the engagement, training and resistance of this unit alone. Over all units the risk is 25%."
    assert said in read(client_for(vic), f"{PAGE}CLM/")
    assert "of this unit alone" not in read(client_for(vic), PAGE)
    with tenant_context(acme.id):
        RiskScore.objects.filter(unit=None).delete()
    assert "Over all units" not in read(client_for(vic), f"{PAGE}CLM/")


@pytest.mark.parametrize("kind", ["units", "raid", "milestones", "readiness"])
def test_what_is_told_stands_beside_the_name(kind) -> None:
    """On a phone the first columns are all that is seen."""
    register = {"units": UNIT_SCORES, "raid": LIKELY_OF_ALL, "milestones": OUTLOOKS_OF_ALL, "readiness": UNITS_AT_GOLIVES}[kind]  # fmt: skip
    shown = [str(column.label) for column in register.columns if column.on_page]
    assert shown[2] == "Level"
    assert shown[3] == "Programme"


def test_missing_inputs_are_named(acme, vic, client_for):
    unknown = ["eng_mean", "eng_min", "eng_low", "eng_age_w"]
    with tenant_context(acme.id):
        made = payroll()
        score(
            made.programme,
            missing=unknown,
            raw=[
                NAN if name in unknown else value for name, value in zip(NAMES, raw(), strict=True)
            ],
        )
    page = read(client_for(vic), PAGE)
    assert "1 thing was not known" in page
    assert "No engagement figure that may be shown" in page


def test_the_signals_of_the_rule_stand_beside(story, vic, client_for):
    from forecasting import services

    assert "The rule raises no alert" in read(client_for(vic), PAGE)
    with tenant_context(story.programme.tenant_id):
        services.recompute(as_of=TODAY, at=moment(TODAY))
    assert "The rule raises 1 alert as well" in read(client_for(vic), PAGE)


def test_without_a_score_the_page_says_so(acme, vic, client_for):
    with tenant_context(acme.id):
        payroll()
    page = read(client_for(vic), PAGE)
    assert "Payroll renewal has no score yet" in page
    assert "%" not in page.partition('id="forecast"')[2].partition("</main>")[0]
    assert "No programme has a score yet" in read(client_for(vic), ALL)


def test_an_old_score_is_shown_as_late(acme, vic, client_for):
    with tenant_context(acme.id):
        score(payroll().programme, as_of=TODAY.replace(month=5))
    assert "Late figure" in read(client_for(vic), PAGE)


def test_units_without_a_score_and_unknown_units_are_not_found(story, vic, client_for):
    assert client_for(vic).get(f"{PAGE}NONE/").status_code == 404


def test_outsiders_find_nothing(story, ola, client_for):
    for url in (PAGE, f"{PAGE}CLM/", ALL):
        assert client_for(ola).get(url).status_code == 404


def test_htmx_gets_the_part_alone(story, vic, client_for):
    part = client_for(vic).get(PAGE, headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith('<div id="forecast"')


def test_the_go_live_shows_the_risk_of_the_programme_and_of_its_own_units(story, vic, client_for):
    url = f"/t/acme/p/PAY/plan/{story.golive.reference}/"
    panel = read(client_for(vic), url).partition('id="golive-scores"')[2].partition("</section>")[0]
    assert "The whole programme" in panel
    assert "Payroll Operations" in panel
    # A unit of the programme that this go-live does not touch.
    assert "Claims" not in panel


# --- the register ---------------------------------------------------------------------------------------


def test_the_register_shows_programmes_and_units_highest_first(story, vic, client_for):
    page = read(client_for(vic), ALL)
    assert "1 programme of 1 has a high risk of a crisis within four weeks" in page
    rows = page.partition("<tbody>")[2]
    assert rows.index("40%") < rows.index("25%") < rows.index("10%")


@pytest.mark.parametrize(
    "url", [ALL, f"{ALL}units/", f"{ALL}raid/", "/t/acme/p/PAY/raid-forecast/"]
)
def test_lists_name_from_which_chance_a_level_begins(acme, vic, client_for, url) -> None:
    """By the chance as it is written: two that are written alike have one level."""
    limits = "Low below 10%, elevated from 10%, high from 15%"
    assert "Low below" not in client_for(vic).get(url).content.decode()
    with tenant_context(acme.id):
        programme = ProgrammeFactory(code="PAY")
        for unit in (None, UnitFactory()):
            RiskScoreFactory(
                programme=programme, unit=unit, probability=0.06, low=0.03, base=0.0366
            )
        RaidScoreFactory(item__programme=programme, probability=0.06, low=0.03, base=0.0366)
    assert limits in client_for(vic).get(url).content.decode()
    # Where scores are of more than one model there is no one limit to name.
    with tenant_context(acme.id):
        RiskScoreFactory(programme=programme, unit=UnitFactory(), base=0.05)
        RaidScoreFactory(item__programme=programme, base=0.05)
    assert "Low below" not in client_for(vic).get(url).content.decode()


def test_the_register_is_narrowed_by_what_and_level_and_words(story, vic, client_for):
    client = client_for(vic)
    assert "Claims" not in read(client, f"{ALL}?of=programmes").partition("<tbody>")[2]
    assert "all units" not in read(client, f"{ALL}?of=units").partition("<tbody>")[2]
    low = read(client, f"{ALL}?level=low").partition("<tbody>")[2]
    assert "Payroll Operations" in low
    assert "Claims" not in low
    assert "Claims" in read(client, f"{ALL}?words=claim").partition("<tbody>")[2]


UNITS = "/t/acme/forecasts/units/"


def test_a_prior_on_the_level_of_here_says_so_wherever_it_is_told(story, acme, vic, client_for):
    """What was measured and what was not may not be told differently from page to page."""
    with tenant_context(acme.id):
        RiskScore.objects.update(stage=Stage.LEVELLED)
    for url in (ALL, UNITS):
        page = read(client_for(vic), url)
        assert "Assumed, on the level of what happened here" in page, url
        assert "Assumed, not measured" not in page, url
    assert "How often crises happen was measured here" in read(client_for(vic), PAGE)
    with tenant_context(acme.id):
        RiskScore.objects.update(stage=Stage.PRIOR)
    assert "How often crises happen was measured here" not in read(client_for(vic), PAGE)
    assert "Assumed, not measured" in read(client_for(vic), ALL)


def test_the_list_of_units_says_which_where_and_why(story, vic, client_for):
    page = read(client_for(vic), UNITS)
    assert "1 of 2 units has a high risk of a crisis in a programme" in page
    rows = page.partition("<tbody>")[2].partition("</tbody>")[0]
    assert rows.index("Claims") < rows.index("Payroll Operations")
    for words in ("40%", "30% to 55%", "Rising", "Training", "Payroll renewal", f"{PAGE}CLM/"):
        assert words in rows, words
    assert "all units" not in rows


def test_units_are_narrowed_and_their_files_hold_the_same(story, vic, client_for):
    client = client_for(vic)
    with tenant_context(story.programme.tenant_id):
        RiskScore.objects.filter(unit__code="CLM").update(
            direction="steady", missing=["eng_mean", "eng_min", "eng_low", "eng_age_w"]
        )
    for query in ("unit=CLM", "level=high", "direction=steady", "words=claim"):
        rows = read(client, f"{UNITS}?{query}").partition("<tbody>")[2].partition("</tbody>")[0]
        assert "Claims" in rows, query
        assert "Payroll Operations" not in rows, query
        text = client.get(f"{UNITS}?{query}&format=csv").content.decode()
        assert "Claims" in text
        assert "Payroll Operations" not in text
        for words in ("30% to 55%", "No clear change", "No engagement figure that may be shown", "Assumed, not measured"):  # fmt: skip
            assert words in text, words
    assert client.get(f"{UNITS}?format=xlsx").status_code == 200
    assert "No entry" not in read(client, f"{UNITS}?sort=trend")


def test_units_of_unseen_programmes_and_other_organisations_are_not_listed(
    story, borealis, vic, dee, ola, client_for
):
    with tenant_context(borealis.id):
        score(ProgrammeFactory(), unit=UnitFactory(name="Their unit"))
    assert "Their unit" not in read(client_for(vic), UNITS)
    assert "No unit has a score yet" in read(client_for(dee), UNITS)
    assert client_for(ola).get(UNITS).status_code == 404


def test_no_unit_and_only_low_ones_say_so(acme, vic, client_for):
    assert "No unit has a score yet" in read(client_for(vic), UNITS)
    with tenant_context(acme.id):
        made = payroll()
        score(made.programme, unit=made.unit, level="low")
    assert "No unit has more than a low risk" in read(client_for(vic), UNITS)
    with tenant_context(acme.id):
        RiskScore.objects.update(level="elevated")
    assert "1 of 1 units has an elevated risk" in read(client_for(vic), UNITS)


def test_one_unit_of_several_programmes_counts_once(story, vic, client_for):
    with tenant_context(story.programme.tenant_id):
        score(ProgrammeFactory(), unit=RiskScore.objects.get(unit__code="CLM").unit)
    assert "1 of 2 units has a high risk" in read(client_for(vic), UNITS)


def test_every_direction_has_words_and_a_filter(story, vic, client_for):
    client = client_for(vic)
    for direction, words in (("rising", "Rising"), ("steady", "No clear change"), ("falling", "Falling"), ("unknown", "Not enough weeks")):  # fmt: skip
        with tenant_context(story.programme.tenant_id):
            RiskScore.objects.update(direction=direction)
        for url in (ALL, UNITS, PAGE, f"/t/acme/p/PAY/plan/{story.golive.reference}/"):
            assert words in read(client, url), (url, words)
        assert "Claims" in read(client, f"{ALL}?direction={direction}").partition("<tbody>")[2]


def test_the_trend_of_a_unit_is_drawn_and_tabled(story, vic, client_for):
    page = read(client_for(vic), f"{PAGE}CLM/")
    assert 'aria-label="The risk has been rising for six weeks"' in page
    assert page.partition('id="trend-title"')[2].count('<circle class="dot"') == 3


def test_words_of_levels_stand_in_the_margin_apart_from_each_other():
    days, risks = ["1 Jun", "8 Jun", "15 Jun"], [2.0, 50.0, 95.0]
    for base in (1.0, 2.0, 8.0, 30.0):
        levels = [(1.5 * base, "Elevated"), (3 * base, "High")]
        made = figures.risk_trend(days, risks, name="Risk", levels=levels)
        low, high = made.words
        assert made.base.right + figures.WORDS_WIDTH == pytest.approx(made.base.width, abs=1)
        assert low.position - high.position >= figures.LINE_HEIGHT
        assert low.position <= made.base.bottom
        assert made.levels[0] > made.levels[1]
        # Beside its own line, unless another word stands there.
        assert low.position == min(made.levels[0], made.base.bottom)


def test_contributors_see_the_scores_of_their_programmes_only(story, dee, client_for):
    assert client_for(dee).get(PAGE).status_code == 404
    assert "No programme has a score yet" in read(client_for(dee), ALL)
    with tenant_context(story.programme.tenant_id):
        ProgrammeMember.objects.create(
            programme=story.programme, person=dee.person, role="contributor_delivery"
        )
    assert "Payroll renewal" in read(client_for(dee), ALL)


def test_the_export_claims_no_more_than_the_page(story, vic, client_for):
    answer = client_for(vic).get(f"{ALL}?format=csv")
    text = answer.getvalue().decode() if answer.streaming else answer.content.decode()
    assert "25%" in text
    assert "0.27" not in text
    assert "Assumed, not measured" in text
    assert client_for(vic).get(f"{ALL}?format=xlsx").status_code == 200


def test_files_say_what_is_usual_and_what_adds_up_to_the_risk(story, vic, client_for):
    answer = client_for(vic).get(f"{ALL}?format=xlsx")
    heading, *rows = openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows()
    at = {cell.value: index for index, cell in enumerate(heading)}
    row = next(each for each in rows if each[at["Unit"]].value == "All units")
    for name, value, number_format in (
        ("Risk in four weeks", 0.25, "0%"),
        ("Usual", 0.08, "0.0%"),
        ("Start", 0.047, "0.0%"),
        ("Sum", 0.27, "0%"),
    ):
        cell = row[at[name]]
        assert (cell.value, cell.number_format) == (value, number_format), name
    shares = [row[at[f"{label}, log-odds"]].value for label in drivers.LABELS.values() if row[at[f"{label}, log-odds"]].value]  # fmt: skip
    assert sorted(shares) == [-0.2, 0.7, 1.5]
    assert row[at["Sum, log-odds"]].value == pytest.approx(
        row[at["Start, log-odds"]].value + sum(shares)
    )


# --- past days ------------------------------------------------------------------------------------------


def test_the_scorecard_of_a_past_day_leads_to_the_score_of_that_day(story, vic, client_for):
    with tenant_context(story.programme.tenant_id):
        then = TODAY - timedelta(days=30)
        score(story.programme, as_of=then, probability=0.42, high=0.5, is_current=False)
    client, on = client_for(vic), (then + timedelta(days=2)).isoformat()
    card = client.get(f"/t/acme/p/PAY/?as_of={on}").content.decode()
    assert f'href="{PAGE}?as_of={on}"' in card
    assert f'href="{PAGE}"' not in card.partition('id="forecast"')[2].partition("</section>")[0]
    page = read(client, f"{PAGE}?as_of={on}")
    assert "As forecast on" in page
    assert "40%" in page
    assert "Compute now" not in page
    # Nobody is taken to have seen in time what is looked at later.
    with tenant_context(story.programme.tenant_id):
        assert not RiskScore.objects.filter(as_of=then, shown_at__isnull=False).exists()
    page = read(client, f"{PAGE}?as_of={(TODAY - timedelta(days=90)).isoformat()}")
    assert "Payroll renewal had no score in the days up to" in page
    assert "25%" in read(client, f"{PAGE}?as_of=nonsense")


def test_scores_of_another_organisation_do_not_exist(borealis, vic, client_for):
    with tenant_context(borealis.id):
        score(ProgrammeFactory(name="Their programme"))
    assert "Their programme" not in read(client_for(vic), ALL)


def test_only_current_scores_are_listed(story, vic, client_for):
    with tenant_context(story.programme.tenant_id):
        RiskScore.objects.filter(unit__code="CLM").update(is_current=False)
    assert "Claims" not in read(client_for(vic), ALL).partition("<tbody>")[2]


def test_statements_do_not_grow_with_rows(acme, vic, client_for):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = client_for(vic)
    counts = []
    with tenant_context(acme.id):
        made = payroll()
        score(made.programme)
        score(made.programme, unit=made.unit)
    for _more in range(2):
        counts.append([])
        for url in (PAGE, ALL, UNITS):
            client.get(url)
            with CaptureQueriesContext(connection) as seen:
                client.get(url)
            counts[-1].append(len(seen))
        with tenant_context(acme.id):
            for _unit in range(10):
                score(made.programme, unit=UnitFactory())
                score(ProgrammeFactory())
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    "url",
    [PAGE, ALL, "/t/acme/p/PAY/", "/t/acme/p/PAY/what-if/", "/t/acme/p/PAY/plan/{golive}/"],
    ids=["own", "all", "card", "if", "golive"],
)
def test_a_score_keeps_when_somebody_first_saw_it(story, acme, vic, client_for, url):
    def shown() -> list[Any]:
        with tenant_context(acme.id):
            return list(
                RiskScore.objects.filter(programme=story.programme, unit=None).values_list(
                    "shown_at", flat=True
                )
            )

    assert shown() == [None]
    client, url = client_for(vic), url.format(golive=story.golive.reference)
    read(client, url)
    assert shown() == [moment(TODAY)]
    with time_machine.travel(moment(TODAY) + timedelta(minutes=5), tick=False):
        read(client, url)
    assert shown() == [moment(TODAY)]


def test_who_may_not_see_a_programme_leaves_its_score_unseen(story, acme, dee, client_for):
    assert client_for(dee).get(PAGE).status_code in (403, 404)
    read(client_for(dee), ALL)
    with tenant_context(acme.id):
        assert not RiskScore.objects.filter(shown_at__isnull=False).exists()


@pytest.mark.parametrize("address", [ALL, UNITS])
def test_scores_are_sorted_by_their_range_as_by_their_risk(story, vic, client_for, address):
    page = read(client_for(vic), f"{address}?sort=band")
    heading = page.partition('class="pp-c-band')[2].partition("</th>")[0]
    assert 'aria-sort="ascending"' in heading
    # By its name the focus of a keyboard finds the link again, though its address has turned.
    assert 'id="register-by-' in heading
    assert "?sort=-band" in heading
