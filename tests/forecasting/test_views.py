"""The pages of signals, in a browser without script."""

from __future__ import annotations

from datetime import timedelta

import pytest

from forecasting import services
from forecasting.models import GoLiveRisk
from pmo_portal.jobs.models import Job, Ticket
from pmo_portal.tenants.context import tenant_context
from programmes.models import ProgrammeMember
from tests.factories.programmes import MilestoneFactory, ProgrammeFactory
from tests.pmo_portal.scorecards.stories import TODAY, moment, payroll

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("day_of_stories")]

LIST = "/t/acme/p/PAY/signals/"


@pytest.fixture
def story(acme):
    with tenant_context(acme.id):
        made = payroll()
        services.recompute(as_of=TODAY, at=moment(TODAY))
    return made


def detail(story) -> str:
    return f"{LIST}{story.golive.reference}/{story.unit.code}/"


def test_the_page_says_what_it_found_and_why(story, vic, client_for):
    page = client_for(vic).get(LIST).content.decode()
    assert "Payroll Operations may not be ready for Payroll go-live" in page
    assert "Engagement in Payroll Operations is 41" in page
    assert "Rule, version 2; assumed thresholds" in page


def test_while_nobody_computes_what_was_asked_for_the_page_says_so(story, dana, client_for):
    browser = client_for(dana)
    browser.post(f"{LIST}recompute/")
    assert "background work" not in browser.get(LIST).content.decode()
    Ticket.objects.update(run_at=moment(TODAY) - timedelta(minutes=2))
    page = browser.get(LIST).content.decode()
    assert "background work is busy or stands still" in page.partition('id="signals"')[2]


def test_levels_have_no_percentages(story, vic, client_for):
    page = client_for(vic).get(LIST).content.decode()
    signals = page.partition('id="signals"')[2].partition('id="rule"')[0]
    assert "%" not in signals


def test_every_reason_leads_to_its_rows(story, vic, client_for):
    page = client_for(vic).get(detail(story)).content.decode()
    assert "/t/acme/surveys/W-1/" in page
    assert client_for(vic).get("/t/acme/surveys/W-1/").status_code == 200


def test_a_past_day_has_its_signals_and_its_way_back(story, vic, dana, client_for):
    day = TODAY - timedelta(days=3)
    page = client_for(dana).get(LIST, {"as_of": day.isoformat()}).content.decode()
    for words in ("As it was known on", "Payroll Operations may not be ready", "Computed again for this day"):  # fmt: skip
        assert words in page, words
    for words in ("Compute now", "every 30s", "Unchanged since", detail(story)):
        assert words not in page, words
    long_ago = client_for(vic).get(LIST, {"as_of": "2026-01-05"}).content.decode()
    assert "No go-live within 8 weeks" in long_ago


def test_the_scorecard_of_a_past_day_leads_to_the_signals_of_that_day(acme, vic, client_for):
    with tenant_context(acme.id):
        programme = ProgrammeFactory(code="PAY")
        MilestoneFactory(programme=programme, is_golive=True, baseline_on=TODAY + timedelta(weeks=3))  # fmt: skip
    day = (TODAY - timedelta(days=3)).isoformat()
    page = client_for(vic).get("/t/acme/p/PAY/", {"as_of": day}).content.decode()
    assert f'href="{LIST}?as_of={day}">See what is missing' in page


def test_htmx_gets_the_part_alone(story, vic, client_for):
    part = client_for(vic).get(LIST, headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith('<div id="signals"')


def test_nothing_to_watch_says_so(acme, vic, client_for):
    with tenant_context(acme.id):
        ProgrammeFactory(code="PAY")
        services.recompute(as_of=TODAY, at=moment(TODAY))
    page = client_for(vic).get(LIST).content.decode()
    assert "No go-live within 8 weeks" in page
    assert "Nothing to watch" in page
    assert "Not computed yet" not in page


@pytest.mark.parametrize("was_computed", [False, True])
def test_a_golive_that_waits_for_the_rule_is_no_empty_plan(acme, vic, client_for, was_computed):
    """Before the rule ever ran, and where a go-live was saved since."""
    with tenant_context(acme.id):
        programme = ProgrammeFactory(code="PAY")
        if was_computed:
            services.recompute(as_of=TODAY, at=moment(TODAY))
        golive = MilestoneFactory(programme=programme, is_golive=True, baseline_on=TODAY + timedelta(weeks=3))  # fmt: skip
    page = client_for(vic).get(LIST).content.decode()
    assert "Not computed yet" in page
    assert "No go-live within" not in page
    with tenant_context(acme.id):
        type(golive).objects.update(deleted_at=moment(TODAY))
    assert "No go-live within 8 weeks" in client_for(vic).get(LIST).content.decode()


def test_the_milestone_shows_its_signals(story, vic, client_for):
    page = client_for(vic).get(f"/t/acme/p/PAY/plan/{story.golive.reference}/").content.decode()
    assert "Signals before this go-live" in page
    assert "Engagement in Payroll Operations is 41" in page


@pytest.mark.parametrize("unknown", ["M-999/U1/", "R-1/U1/", "M-x/U1/", "nonsense/U1/", "M-6/%00/"])
def test_what_is_not_there_is_not_found(story, vic, client_for, unknown):
    assert client_for(vic).get(f"{LIST}{unknown}").status_code == 404


def test_both_leads_may_ask_at_once(story, dana, cam, client_for):
    for lead in (dana, cam):
        answer = client_for(lead).post(f"{LIST}recompute/")
        assert answer.status_code == 303
        assert answer["Location"] == LIST
    with tenant_context(story.programme.tenant_id):
        assert Job.objects.filter(ticket__kind=services.RECOMPUTE).count() == 1


def test_others_are_told_why_they_may_not(story, vic, client_for):
    answer = client_for(vic).post(f"{LIST}recompute/")
    assert answer.status_code == 403
    assert "for the two leads" in answer.content.decode()
    assert "Compute now" not in client_for(vic).get(LIST).content.decode()


def test_reading_is_no_writing(story, dana, client_for):
    assert client_for(dana).get(f"{LIST}recompute/").status_code == 405


def test_outsiders_find_nothing(story, ola, client_for):
    for url in (LIST, detail(story), f"{LIST}recompute/"):
        assert client_for(ola).get(url).status_code == 404
        assert client_for(ola).post(url).status_code == 404


def test_contributors_see_the_programmes_they_work_on(story, dee, client_for):
    assert client_for(dee).get(LIST).status_code == 404
    with tenant_context(story.programme.tenant_id):
        ProgrammeMember.objects.create(
            programme=story.programme, person=dee.person, role="contributor_delivery"
        )
    assert client_for(dee).get(LIST).status_code == 200


def test_the_history_shows_every_level(story, vic, client_for):
    with tenant_context(story.programme.tenant_id):
        GoLiveRisk.objects.update(as_of=TODAY.replace(day=1))
        story.golive.actual_on = None
        services.keep_signals([], as_of=TODAY, at=moment(TODAY))
    page = client_for(vic).get(detail(story)).content.decode()
    assert "How the level moved" in page
    assert "Ended on" in page
