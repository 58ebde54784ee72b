"""The two pages of the roof, in a browser without script."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from forecasting import services as forecasting
from governance.models import Decision
from pmo_portal.scorecards import services
from pmo_portal.tenants.context import tenant_context
from pmo_portal.tenants.services import next_reference
from programmes.models import Programme, ProgrammeMember
from tests.factories.forecasting import RiskScoreFactory
from tests.factories.governance import (
    DecisionFactory,
    MeetingFactory,
    MeetingItemFactory,
    SteeringGroupFactory,
)
from tests.factories.programmes import (
    MilestoneFactory,
    ProgrammeFactory,
    RaidItemFactory,
    StatusReportFactory,
)

from .stories import TODAY, moment, payroll, resisting, wave

pytestmark = pytest.mark.django_db

PORTFOLIO = "/t/acme/"
SCORECARD = "/t/acme/p/PAY/"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(moment(TODAY), tick=False) as travelling:
        yield travelling


@pytest.fixture
def story(acme):
    with tenant_context(acme.id):
        made = payroll()
        up_to_date()
    return made


def up_to_date(day=TODAY) -> None:
    forecasting.recompute(as_of=day, at=moment(day))
    services.bring_up_to_date(as_of=day, at=moment(day))


def table(page: str) -> str:
    """The list of programmes, without the chart above it."""
    return page.partition("pp-portfolio")[2]


def read(client, url: str, **headers: str) -> str:
    answer = client.get(url, headers=headers or None)
    assert answer.status_code == 200
    return answer.content.decode()


# --- scorecard -------------------------------------------------------------------------------------


def test_the_scorecard_says_what_it_found(story, sam, client_for):
    page = read(client_for(sam), SCORECARD)
    assert "Delivery is on track, people are off track" in page
    assert "The plan holds, no RAID item is red" in page
    assert "Payroll go-live on 6 Jul 2026 meets Payroll Operations" in page
    assert "Engagement in Payroll Operations is 41" in page
    assert "Nothing waits for a decision." in page


def test_both_halves_have_the_same_number_of_figures(story, sam, client_for):
    page = read(client_for(sam), SCORECARD)
    delivery, _cut, adoption = page.partition('id="adoption-title"')
    assert delivery.count('class="pp-ind"') == adoption.count('class="pp-ind"') == 4


def test_the_scorecard_says_how_the_confidence_of_each_half_comes_about(story, sam, client_for):
    page = read(client_for(sam), SCORECARD)
    assert (
        "Confidence 58 of 100, the mean of 3 of 4 figures: engagement 41, training 84,"
        " resistance not known, status reported 50."
    ) in page
    assert "the mean of 4 of 4 figures: milestones met 90, largest slip 90" in page


def test_the_scorecard_names_the_next_meeting_and_what_is_on_its_agenda(story, sam, client_for):
    browser = client_for(sam)
    assert "Next meeting" not in read(browser, SCORECARD)
    with tenant_context(story.programme.tenant_id):
        group = SteeringGroupFactory(programme=story.programme)
        MeetingFactory(group=group, held_on=TODAY - timedelta(days=1))
        MeetingFactory(group=group, held_on=TODAY + timedelta(days=30))
        meeting = MeetingFactory(group=group, held_on=TODAY + timedelta(days=2))
        MeetingItemFactory(meeting=meeting)
        MeetingItemFactory(meeting=meeting)
    page = " ".join(read(browser, SCORECARD).split())
    day = f"{meeting.held_on.day} {meeting.held_on:%b}"
    assert f'{meeting.get_absolute_url()}">Next meeting: {day}</a>, 2 items on its agenda' in page


def test_the_scorecard_shows_the_status_that_the_board_set_by_that_day(story, sam, client_for):
    browser = client_for(sam)
    with tenant_context(story.programme.tenant_id):
        for days, status in ((40, "red"), (3, "amber")):
            day = TODAY - timedelta(days=days)
            DecisionFactory(
                programme=story.programme,
                requested_on=day,
                due_on=day,
                status="decided",
                decided_on=day,
                outcome="As it is",
                function_of_decider="joint",
                sets_status=status,
            )
    board = r"Status by the board.{0,300}?>%s<"
    page = " ".join(read(browser, SCORECARD).split())
    assert re.search(board % "Amber", page)
    earlier = TODAY - timedelta(days=10)
    page = " ".join(read(browser, f"{SCORECARD}?as_of={earlier}").split())
    assert re.search(board % "Red", page)


def test_every_figure_leads_to_rows_that_are_there(story, sam, client_for):
    browser = client_for(sam)
    page = read(browser, SCORECARD)
    urls = [part.partition('"')[0] for part in page.split('<div class="pp-ind-text"><a href="')[1:]]
    assert len(urls) == 8
    for url in urls:
        assert browser.get(url).status_code == 200, url


def ask(story, question: str, **fields: object) -> Decision:
    return Decision.objects.create(
        number=next_reference("DEC"),
        programme=story.programme,
        question=question,
        requested_on=TODAY - timedelta(days=19),
        **fields,
    )


def test_what_is_overdue_is_asked_first(acme, story, sam, client_for):
    with tenant_context(acme.id):
        ask(story, "Not urgent", due_on=TODAY + timedelta(days=9))
        ask(story, "Long overdue", due_on=TODAY - timedelta(days=5))
        ask(story, "Needed today", due_on=TODAY)
    page = read(client_for(sam), SCORECARD)
    assert page.index("Long overdue") < page.index("Needed today") < page.index("Not urgent")
    assert "5 days overdue" in page
    assert "Open for 19 days; 0 of 2 views given." in page


def test_a_decision_without_both_voices_is_shown_as_such(acme, story, sam, client_for):
    with tenant_context(acme.id):
        ask(
            story,
            "Move the date",
            due_on=TODAY,
            status="decided",
            decided_on=TODAY - timedelta(days=2),
            outcome="Two weeks later.",
            function_of_decider="delivery",
        )
    page = read(client_for(sam), SCORECARD)
    assert "Delivery, without both views" in page
    assert "1 of 1" in page


def test_the_next_milestones_show_the_people_they_touch(story, sam, client_for):
    page = read(client_for(sam), SCORECARD)
    milestones = page.partition('id="milestones"')[2].partition('id="raid"')[0]
    assert "Payroll go-live" in milestones
    assert "Payroll Operations (212)" in milestones
    assert "Design agreed" not in milestones


def test_the_trend_has_a_table(acme, story, sam, client_for):
    with tenant_context(acme.id):
        wave({story.unit: (60.0, 40)}, on=TODAY - timedelta(days=60))
        services.mark_changed(story.programme.pk)
    page = read(client_for(sam), SCORECARD)
    assert "Engagement falls, delivery has no line yet" in page
    assert "Show the figures as a table" in page
    assert page.count('<svg class="pp-plot pp-trend"') == 1


def test_an_empty_programme_has_a_scorecard(acme, sam, client_for):
    with tenant_context(acme.id):
        ProgrammeFactory(code="NEW")
    page = read(client_for(sam), "/t/acme/p/NEW/")
    assert "Neither half has figures yet" in page
    assert "No milestone is open." in page
    assert "On track" not in page


def test_a_change_shows_at_once_before_any_job_ran(acme, story, dana, client_for):
    with tenant_context(acme.id):
        item = RaidItemFactory(programme=story.programme, probability=5, impact=5, title="Fire")
        services.mark_changed(story.programme.pk)
    page = read(client_for(dana), SCORECARD)
    assert "The plan holds, 1 RAID item is red" in page
    assert item.title in page


def test_the_scorecard_of_an_earlier_day(acme, story, sam, client_for, clock):
    later = TODAY + timedelta(days=3)
    with tenant_context(acme.id):
        resisting(story, on=later)
        wave({story.unit: (30.0, 40)}, on=later)
        RaidItemFactory(
            programme=story.programme,
            title="Fire",
            probability=5,
            impact=5,
            opened_on=later,
            first_word__at=moment(later),
        )
        up_to_date(later)
    clock.move_to(moment(later))
    then = read(client_for(sam), f"{SCORECARD}?as_of={TODAY}")
    now = read(client_for(sam), SCORECARD)
    assert "As it was known on 15 Jun 2026" in then
    assert "Engagement in Payroll Operations is 41" in then
    assert "Computed again for this day" in then
    assert "Fire" not in then
    assert "Engagement in Payroll Operations is 30" in now
    assert "Fire" in now


@pytest.mark.parametrize("nonsense", ["yesterday", "2999-01-01", "", "0001-13-45"])
def test_a_day_that_is_none_means_today(story, sam, client_for, nonsense):
    assert "Delivery is on track" in read(client_for(sam), f"{SCORECARD}?as_of={nonsense}")


def test_asking_again_answers_only_when_something_changed(acme, story, sam, client_for):
    browser = client_for(sam)
    part = read(browser, SCORECARD, **HTMX)
    assert part.lstrip().startswith('<div id="scorecard"')
    seen = part.partition("?seen=")[2].partition('"')[0]
    assert browser.get(f"{SCORECARD}?seen={seen}", headers=HTMX).status_code == 204
    with tenant_context(acme.id):
        StatusReportFactory(
            programme=story.programme, rating="red", effective_on=TODAY, known_at=moment(TODAY)
        )
        services.mark_changed(story.programme.pk)
    assert "Red" in read(browser, f"{SCORECARD}?seen={seen}", **HTMX)


def test_an_earlier_day_does_not_ask_again(story, sam, client_for):
    page = read(client_for(sam), f"{SCORECARD}?as_of={TODAY - timedelta(days=1)}")
    assert "every 30s" not in page


def test_a_survey_figure_that_is_hidden_is_on_no_page(acme, sam, client_for):
    with tenant_context(acme.id):
        story = payroll()
        wave({story.unit: (87.65, 5)}, on=TODAY - timedelta(days=1), name="Tiny pulse")
        up_to_date()
    browser = client_for(sam)
    for url in (SCORECARD, PORTFOLIO, f"{PORTFOLIO}?format=csv", f"{SCORECARD}signals/"):
        content = browser.get(url).content
        assert b"87.65" not in content
        assert b"87.7" not in content
        # Between tags: coordinates of drawings hold any digits.
        assert not re.search(rb">[^<]*\b88\b", content.partition(b"<main")[2])


# --- portfolio -------------------------------------------------------------------------------------


def test_the_portfolio_shows_both_halves(story, vic, client_for):
    page = read(client_for(vic), PORTFOLIO)
    assert "1 programme delivers on track while its people are at risk or off track" in page
    assert "1 open programme, £5.10m; 1 has a signal before a go-live" in page
    assert "Signal: elevated" in page
    assert "Reported: Amber" in page


def other(code: str = "OTH", **fields: object):
    programme = ProgrammeFactory(code=code, name=f"Other {code}", **fields)
    MilestoneFactory(
        programme=programme,
        baseline_on=TODAY - timedelta(days=40),
        forecast_on=TODAY + timedelta(days=60),
        is_golive=True,
        first_word__on=TODAY - timedelta(days=90),
        first_word__at=moment(TODAY - timedelta(days=90)),
    )
    return programme


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Payroll renewal", "Other OTH"]),
        ("portfolio=Finance", ["Payroll renewal"]),
        ("portfolio=Nothing", ["Payroll renewal", "Other OTH"]),
        ("stage=planning", ["Other OTH"]),
        ("delivery=bad", ["Other OTH"]),
        ("adoption=bad", ["Payroll renewal"]),
        ("adoption=none", ["Other OTH"]),
        ("golive=4", ["Payroll renewal"]),
        ("golive=13", ["Payroll renewal", "Other OTH"]),
        ("golive=overdue", []),
        ("name=PAYROLL", ["Payroll renewal"]),
        ("late=delivery", ["Other OTH"]),
        ("late=none", ["Payroll renewal"]),
        ("delivery=nonsense&golive=x", ["Payroll renewal", "Other OTH"]),
    ],
)
@pytest.mark.parametrize("as_of", ["", f"&as_of={TODAY}"])
def test_filters(acme, story, vic, client_for, clock, query, expected, as_of):
    later = TODAY
    with tenant_context(acme.id):
        other(stage="planning")
        StatusReportFactory(
            programme=story.programme, rating="green", effective_on=TODAY, known_at=moment(TODAY)
        )
        if as_of:
            later = TODAY + timedelta(days=1)
            clock.move_to(moment(later))
        up_to_date(later)
        services.mark_changed(story.programme.pk)
        services.bring_up_to_date(as_of=later, at=moment(later))
    page = read(client_for(vic), f"{PORTFOLIO}?{query}{as_of}")
    names = ["Payroll renewal", "Other OTH"]
    assert [name for name in names if f">{name}</a>" in page] == expected


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("", ["Payroll renewal", "Other OTH"]),
        ("programme", ["Other OTH", "Payroll renewal"]),
        ("-programme", ["Payroll renewal", "Other OTH"]),
        ("delivery", ["Other OTH", "Payroll renewal"]),
        ("golive", ["Payroll renewal", "Other OTH"]),
        ("nonsense", ["Payroll renewal", "Other OTH"]),
    ],
)
@pytest.mark.parametrize("day", [TODAY, TODAY + timedelta(days=1)])
def test_sorting(acme, story, vic, client_for, clock, sort, expected, day):
    with tenant_context(acme.id):
        other()
        up_to_date()
    clock.move_to(moment(day))
    page = read(client_for(vic), f"{PORTFOLIO}?sort={sort}&as_of={TODAY}")
    listed = table(page)
    assert sorted(expected, key=lambda name: listed.index(f">{name}</a>")) == expected


def test_today_and_the_same_day_looked_back_on_say_the_same(acme, story, vic, client_for, clock):
    today = read(client_for(vic), PORTFOLIO)
    clock.move_to(moment(TODAY + timedelta(days=1)))
    later = read(client_for(vic), f"{PORTFOLIO}?as_of={TODAY}")

    def rows(page: str) -> str:
        return page.partition("<tbody>")[2].partition("</tbody>")[0].replace(f"?as_of={TODAY}", "")

    assert rows(today) == rows(later)


def test_a_programme_nobody_knew_of_yet_is_not_in_an_earlier_portfolio(
    acme, story, vic, client_for, clock
):
    with tenant_context(acme.id):
        Programme.objects.update(created_at=moment(TODAY))
    clock.move_to(moment(TODAY + timedelta(days=1)))
    assert "Payroll renewal" in read(client_for(vic), f"{PORTFOLIO}?as_of={TODAY}")
    page = read(client_for(vic), f"{PORTFOLIO}?as_of=2026-05-01")
    assert "Payroll renewal" not in page


def test_a_summary_that_a_change_overtook_is_computed_for_the_page(acme, story, vic, client_for):
    with tenant_context(acme.id):
        StatusReportFactory(
            programme=story.programme, rating="red", effective_on=TODAY, known_at=moment(TODAY)
        )
        services.mark_changed(story.programme.pk)
    assert "Reported: Red" in read(client_for(vic), PORTFOLIO)


def test_a_new_programme_is_there_before_any_job_ran(acme, vic, client_for):
    with tenant_context(acme.id):
        ProgrammeFactory(name="Brand new")
    page = read(client_for(vic), PORTFOLIO)
    assert "Brand new" in page
    assert "No data" in page


@pytest.mark.parametrize("as_of", ["", f"&as_of={TODAY - timedelta(days=1)}"])
def test_export_as_csv(acme, story, vic, client_for, as_of):
    with tenant_context(acme.id):
        other("=EVIL")
        up_to_date()
    answer = client_for(vic).get(f"{PORTFOLIO}?format=csv&sort=programme{as_of}")
    assert answer["Content-Type"].startswith("text/csv")
    text = answer.content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["Code"] for row in rows] == ["'=EVIL", "PAY"]
    assert rows[1]["Delivery status"] == "On track"
    assert rows[1]["Adoption status"] == "Off track"
    assert rows[1]["Engagement"] == "41.0"
    assert rows[1]["Budget"] == "5100000"


def test_export_as_xlsx(story, vic, client_for):
    answer = client_for(vic).get(f"{PORTFOLIO}?format=xlsx&adoption=bad")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet["A2"].value == "Payroll renewal"
    assert sheet.max_row == 2


def test_an_export_is_true_before_any_job_ran(acme, vic, client_for):
    with tenant_context(acme.id):
        payroll()
    text = client_for(vic).get(f"{PORTFOLIO}?format=csv").content.decode("utf-8-sig")
    assert "Off track" in text


def test_an_empty_portfolio_says_what_belongs_here(acme, dana, vic, client_for):
    assert "Add the first one" in read(client_for(dana), PORTFOLIO)
    assert "Add the first one" not in read(client_for(vic), PORTFOLIO)
    assert "No programmes yet" in read(client_for(vic), PORTFOLIO)


def test_htmx_swaps_the_register_alone(story, vic, client_for):
    part = read(client_for(vic), f"{PORTFOLIO}?adoption=ok", **HTMX)
    assert part.lstrip().startswith('<div class="pp-stack" id="register"')
    assert "No programme matches these filters" in part


# --- who sees what ---------------------------------------------------------------------------------


def test_outsiders_find_nothing(story, ola, client_for):
    for url in (PORTFOLIO, SCORECARD, f"{PORTFOLIO}?format=csv"):
        assert client_for(ola).get(url).status_code == 404
        assert client_for(ola).get(url, headers=HTMX).status_code == 404


def test_the_portfolio_of_one_organisation_holds_nothing_of_another(
    acme, borealis, story, ola, client_for
):
    with tenant_context(borealis.id):
        payroll(code="BOR", engagement=77.0)
        up_to_date()
    page = read(client_for(ola), "/t/borealis/")
    assert "BOR" in page
    assert "/t/acme/" not in page
    assert client_for(ola).get("/t/borealis/p/PAY/").status_code == 404


@pytest.mark.parametrize("as_of", ["", f"?as_of={TODAY - timedelta(days=1)}"])
def test_contributors_see_the_programmes_they_work_on(acme, story, coe, client_for, as_of):
    assert "Payroll renewal" not in read(client_for(coe), f"{PORTFOLIO}{as_of}")
    assert "No programmes yet" in read(client_for(coe), f"{PORTFOLIO}{as_of}")
    assert client_for(coe).get(f"{SCORECARD}{as_of}").status_code == 404
    with tenant_context(acme.id):
        ProgrammeMember.objects.create(
            programme=story.programme, person=coe.person, role="contributor_change"
        )
    assert "Payroll renewal" in read(client_for(coe), f"{PORTFOLIO}{as_of}")
    assert client_for(coe).get(f"{SCORECARD}{as_of}").status_code == 200


def test_a_removed_programme_is_in_neither(acme, story, vic, client_for):
    with tenant_context(acme.id):
        story.programme.deleted_at = moment(TODAY)
        story.programme.save()
    assert "Payroll renewal" not in read(client_for(vic), PORTFOLIO)
    assert client_for(vic).get(SCORECARD).status_code == 404


# --- chart and changes -----------------------------------------------------------------------------


def unbelieved(story) -> None:
    """The change lead says so too."""
    StatusReportFactory(
        programme=story.programme,
        half="adoption",
        rating="red",
        effective_on=TODAY,
        known_at=moment(TODAY),
    )
    services.mark_changed(story.programme.pk)


def test_the_chart_says_where_delivery_is_ahead_and_draws_every_programme(
    acme, story, vic, client_for
):
    with tenant_context(acme.id):
        other()
        unbelieved(story)
        up_to_date()
    page = read(client_for(vic), PORTFOLIO)
    assert "Delivery is ahead of belief in 1 programme" in page
    chart = page.partition('<svg class="pp-plot pp-quadrant" viewBox')[2].partition("</svg>")[0]
    assert chart.count('class="bubble bubble-') == 2
    assert "bubble-alert" in chart
    assert "No adoption figure yet" in chart
    assert 'href="/t/acme/p/PAY/"' in chart
    assert "Show the figures as a table" in page


def test_the_chart_follows_the_filters(acme, story, vic, client_for):
    with tenant_context(acme.id):
        other(stage="planning")
        up_to_date()
    page = read(client_for(vic), f"{PORTFOLIO}?stage=planning")
    for drawn in ("pp-quadrant", "pp-plot-narrow"):
        chart = page.partition(f'<svg class="pp-plot {drawn}" viewBox')[2].partition("</svg>")[0]
        assert chart.count('class="bubble bubble-') == 1


def test_who_fell_in_four_weeks_stands_beside_the_chart(acme, story, vic, client_for):
    with tenant_context(acme.id):
        wave({story.unit: (64.0, 40)}, on=TODAY - timedelta(days=60))
        services.mark_changed(story.programme.pk)
        services.bring_up_to_date(as_of=TODAY, at=moment(TODAY))
    page = read(client_for(vic), PORTFOLIO)
    assert "Adoption fell in 1 programme" in page
    assert (
        "Payroll renewal</a></th>"
        in page.partition('id="moved-title"')[2].partition("</section>")[0]
    )


def test_stored_and_computed_rows_draw_the_same_chart(acme, story, vic, client_for, clock):
    with tenant_context(acme.id):
        other()
        unbelieved(story)
        up_to_date()

    def drawn(page: str) -> list[tuple[str, ...]]:
        chart = page.partition('<svg class="pp-plot pp-quadrant" viewBox')[2].partition("</svg>")[0]
        return re.findall(r'class="bubble bubble-(\w+)" cx="([\d.]+)" cy="([\d.]+)"', chart)

    stored = drawn(read(client_for(vic), PORTFOLIO))
    clock.move_to(moment(TODAY + timedelta(days=1)))
    computed = drawn(read(client_for(vic), f"{PORTFOLIO}?as_of={TODAY}"))
    assert [each[0] for each in stored] == ["unknown", "alert"]
    assert stored == computed


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("2026-07-01", "1 Jul 2026 has not come yet"),
        ("someday", "“someday” is not a day that can be shown"),
        ("0001-01-01", "“0001-01-01” is not a day that can be shown"),
    ],
)
def test_a_day_that_cannot_be_shown_is_said(story, vic, client_for, asked, said):
    assert said in read(client_for(vic), f"{PORTFOLIO}?as_of={asked}")
    assert said in read(client_for(vic), f"{SCORECARD}?as_of={asked}")
    assert said in read(client_for(vic), f"{PORTFOLIO}roadmap/?as_of={asked}")


def test_a_past_day_goes_along_to_pages_that_can_show_it(story, vic, client_for):
    client, then = client_for(vic), f"?as_of={TODAY - timedelta(days=1)}"
    units = f"{PORTFOLIO}units-by-week/"
    for url in (SCORECARD, f"{PORTFOLIO}roadmap/", units):
        assert f'<li><a href="{PORTFOLIO}{then}">' in read(client, f"{url}{then}")
        assert f'<li><a href="{PORTFOLIO}">' in read(client, url)
    assert f'<a href="{units}{then}">' in read(client, f"{PORTFOLIO}{then}")


def test_before_the_first_fact_nothing_was_known(story, vic, client_for):
    page = read(client_for(vic), f"{PORTFOLIO}?as_of=2019-01-01")
    assert "Nothing was known yet on this day" in page
    assert "No programmes yet" not in page.partition("pp-register")[2]


# --- how much it asks of the database ------------------------------------------------------------------


def statements(client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


# The session, the user, the membership; setting the tenant and taking it back; the savepoint of the test.
AROUND = 7


@pytest.mark.parametrize("count", [1, 10, 100])
def test_the_portfolio_takes_the_same_number_of_statements(acme, vic, client_for, count):
    with tenant_context(acme.id):
        for number in range(count):
            other(f"P{number}")
        up_to_date()
    assert statements(client_for(vic), PORTFOLIO) - AROUND == 14


@pytest.mark.parametrize("count", [1, 10, 100])
def test_the_portfolio_of_an_earlier_day_too(acme, vic, client_for, clock, count):
    with tenant_context(acme.id):
        for number in range(count):
            other(f"P{number}")
    clock.move_to(moment(TODAY + timedelta(days=1)))
    assert statements(client_for(vic), f"{PORTFOLIO}?as_of={TODAY}") - AROUND == 36


@pytest.mark.parametrize("count", [1, 10, 100])
def test_the_scorecard_takes_the_same_number_of_statements(acme, story, vic, client_for, count):
    with tenant_context(acme.id):
        for _each in range(count):
            RaidItemFactory(programme=story.programme)
            MilestoneFactory(programme=story.programme)
        up_to_date()
    assert statements(client_for(vic), SCORECARD) - AROUND == 18


# --- the forecast ---------------------------------------------------------------------------------------


def test_the_scorecard_shows_the_score_with_its_band_and_that_it_is_assumed(
    acme, story, vic, client_for
):
    with tenant_context(acme.id):
        RiskScoreFactory(
            programme=story.programme,
            as_of=TODAY,
            probability=0.27,
            low=0.12,
            high=0.38,
            level="high",
            terms=[{"name": "train_gap", "share": 1.2, "value": 0.3}],
        )
        up_to_date()
    page = read(client_for(vic), SCORECARD)
    assert "Risk of a crisis within four weeks: 25% (10% to 40%)" in page
    assert "Raised most by training" in page
    assert "Assumed, not measured" in page


def test_an_earlier_day_shows_the_score_of_that_day(acme, story, vic, client_for):
    before = TODAY - timedelta(days=7)
    with tenant_context(acme.id):
        RiskScoreFactory(
            programme=story.programme, as_of=before, probability=0.52, low=0.4, high=0.6,
            level="high", is_current=False,
        )  # fmt: skip
        RiskScoreFactory(
            programme=story.programme, as_of=TODAY, probability=0.02, low=0.01, high=0.04,
            level="low",
        )  # fmt: skip
        up_to_date()
    client = client_for(vic)
    assert "four weeks: 50%" in read(client, f"{SCORECARD}?as_of={before}")
    assert "four weeks: under 5%" in read(client, SCORECARD)
    assert "within four weeks" not in read(
        client, f"{SCORECARD}?as_of={before - timedelta(days=1)}"
    )
