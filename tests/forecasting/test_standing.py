"""Programmes of which no level is told: in a crisis, with nothing known, and closed."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from forecasting.choices import CrisisKind, EventKind, RiskLevel
from forecasting.crises import scoring
from forecasting.crises.findings import scores_finding, units_finding
from forecasting.crises.running import running
from forecasting.drivers import is_nothing_known
from forecasting.learning.names import NAMES
from forecasting.models import RiskScore
from pmo_portal.jobs.models import Job
from pmo_portal.tenants.context import tenant_context
from programmes.choices import Stage
from programmes.models import Programme
from programmes.selectors import closed_on
from tests.factories.forecasting import ReportedEventFactory
from tests.factories.governance import DecisionFactory, EscalationFactory, GoliveMoveFactory
from tests.factories.programmes import MilestoneFactory, ProgrammeFactory
from tests.pmo_portal.scorecards.stories import TODAY, moment, payroll

from .test_challenger_pages import make_challenger
from .test_score_pages import ALL, NAN, PAGE, UNITS, read, score

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("day_of_stories")]

CARD, IF, SIGNALS = "/t/acme/p/PAY/", "/t/acme/p/PAY/what-if/", "/t/acme/p/PAY/signals/"
ITEMS, DATES = "/t/acme/p/PAY/raid-forecast/", "/t/acme/p/PAY/milestone-outlook/"
DUEL = "/t/acme/forecasts/models/crisis/challenger/"
COMPUTE = "/t/acme/p/PAY/signals/recompute/"
BEGAN = TODAY - timedelta(days=12)
TEXT = (
    "A crisis began on 3 Jun 2026: an escalation of severity 4 or 5 was raised; "
    "nothing is forecast until six weeks after it ends"
)
NIGHT = datetime(2026, 6, 15, 3, tzinfo=UTC)


@pytest.fixture
def story(acme):
    """Payroll says low, beside another programme that says high."""
    with tenant_context(acme.id):
        made = payroll()
        score(made.programme, level="low")
        score(made.programme, unit=made.unit, level="low")
        other = ProgrammeFactory(name="Other work", code="OTH")
        score(other, level="high")
        score(other, unit=made.unit, level="high")
    return made


@pytest.fixture
def in_crisis(story):
    with tenant_context(story.programme.tenant_id):
        EscalationFactory(programme=story.programme, severity=4, effective_on=BEGAN)
    return story


def rows(page: str) -> str:
    return page.partition("<tbody>")[2].partition("</tbody>")[0]


# --- a crisis has begun -----------------------------------------------------------------------------------


def test_every_kind_of_crisis_is_told_until_six_weeks_after_its_end(in_acme) -> None:
    def only(programme: Any, day: date) -> Any:
        return running([programme.pk], on=day).get(programme.pk)

    week = timedelta(weeks=1)
    raised = EscalationFactory(
        severity=5, effective_on=BEGAN, status="closed", closed_on=TODAY, outcome="Settled"
    )
    EscalationFactory(severity=3, effective_on=BEGAN)
    found = only(raised.programme, TODAY - week)
    assert (found.ended, found.kind, found.badge) == (None, CrisisKind.ESCALATED, "In a crisis")
    assert only(raised.programme, BEGAN - timedelta(days=1)) is None
    found = only(raised.programme, TODAY + 6 * week - timedelta(days=1))
    assert found.badge == "After a crisis"
    assert found.text.endswith("nothing is forecast until 27 Jul 2026")
    assert only(raised.programme, TODAY + 6 * week) is None

    board = DecisionFactory(
        status="decided",
        decided_on=BEGAN,
        sets_status="red",
        outcome="Stop",
        function_of_decider="joint",
    )
    assert only(board.programme, TODAY).kind == CrisisKind.RED
    move = GoliveMoveFactory(effective_on=BEGAN, from_on=TODAY, to_on=TODAY + week)
    assert only(move.programme, TODAY).kind == CrisisKind.PUT_OFF
    event = ReportedEventFactory(kind=EventKind.CRISIS_BEGAN, effective_on=BEGAN)
    assert only(event.programme, TODAY).kind == CrisisKind.REPORTED
    programmes = {each.programme_id for each in (raised, board, move, event)}
    with CaptureQueriesContext(connection) as seen:
        assert set(running(on=TODAY)) == programmes
    assert len(seen) == 4


def test_of_several_crises_the_one_that_is_waited_for_longest_is_told(in_acme) -> None:
    programme = ProgrammeFactory()
    GoliveMoveFactory(
        milestone=MilestoneFactory(programme=programme, is_golive=True),
        effective_on=BEGAN, from_on=TODAY, to_on=TODAY + timedelta(weeks=2),
    )  # fmt: skip
    EscalationFactory(programme=programme, severity=4, effective_on=BEGAN + timedelta(days=1))
    assert running(on=TODAY)[programme.pk].kind == CrisisKind.ESCALATED


def test_a_past_day_tells_the_crisis_of_that_day(in_crisis, vic, client_for) -> None:
    client = client_for(vic)
    then = f"{PAGE}?as_of={(BEGAN + timedelta(days=2)).isoformat()}"
    assert f'<a href="{then}">' in read(client, then.replace(PAGE, "/t/acme/p/PAY/"))
    page = read(client, then)
    assert "Payroll renewal: a crisis began on 3 Jun 2026" in page
    assert TEXT in page
    assert "No score of that day" not in page
    before = read(client, f"{PAGE}?as_of={(BEGAN - timedelta(days=1)).isoformat()}")
    assert "risis began on" not in before


@pytest.mark.parametrize("url", [ALL, UNITS])
@pytest.mark.parametrize("key", ["risk", "level", "band", "trend"])
def test_no_place_in_a_list_gives_away_what_nobody_is_told(in_crisis, vic, client_for, url, key) -> None:  # fmt: skip
    """Rows in a crisis come last whichever way a list is sorted, by their names and not by their numbers."""
    with tenant_context(in_crisis.programme.tenant_id):
        high = ProgrammeFactory(name="Another in a crisis", code="ANO")
        EscalationFactory(programme=high, severity=4, effective_on=BEGAN)
        for unit in (None, in_crisis.unit):
            score(high, unit=unit, level="high", probability=0.6, low=0.5, high=0.7, direction="falling")  # fmt: skip
        RiskScore.objects.filter(programme=in_crisis.programme).update(
            probability=0.9, low=0.8, high=0.95
        )
    for wanted in (key, f"-{key}"):
        answer = client_for(vic).get(f"{url}?format=csv&sort={wanted}")
        lines = csv.DictReader(io.StringIO(b"".join(answer).decode("utf-8-sig")))
        codes = [each["Code"] for each in lines]
        assert list(dict.fromkeys(codes)) == ["OTH", "ANO", "PAY"], wanted
        page = rows(read(client_for(vic), f"{url}?sort={wanted}"))
        assert page.index("Other work") < page.index("Another in a") < page.index("Payroll renewal")


def test_files_add_nothing_up_in_a_crisis(in_crisis, vic, client_for) -> None:
    answer = client_for(vic).get(f"{ALL}?format=csv")
    lines = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    sums = {
        each["Code"]: (each["Risk in four weeks"], each["Start"], each["Sum"]) for each in lines
    }
    assert sums["PAY"] == ("", "", "")
    assert all(sums["OTH"])


def test_a_crisis_is_told_instead_of_a_level_on_every_page(in_crisis, vic, client_for) -> None:
    client = client_for(vic)
    code = in_crisis.unit.code
    golive = f"/t/acme/p/PAY/plan/{in_crisis.golive.reference}/"
    for url in (PAGE, f"{PAGE}{code}/", CARD, IF, SIGNALS, golive, ALL, UNITS):
        page = read(client, url)
        assert TEXT in page, url
        assert "low risk of a crisis" not in page.lower(), url
    for url in (PAGE, f"{PAGE}{code}/", CARD, IF, SIGNALS, golive):
        assert 'href="/t/acme/p/PAY/escalations/"' in read(client, url), url
    assert "A crisis began on 3 Jun 2026; nothing is forecast" in read(client, "/t/acme/")
    page = read(client, PAGE)
    assert "The last weeks as the model saw them; a crisis began on 3 Jun 2026" in page
    assert "has been rising" not in page
    assert ">Payroll renewal: a crisis began on 3 Jun 2026</h1>" in page
    assert 'id="trend-title"' in page
    assert 'id="drivers-title"' not in page


def test_a_challenger_tells_nothing_of_a_crisis(in_crisis, vic, client_for) -> None:
    with tenant_context(in_crisis.programme.tenant_id):
        make_challenger()
    client = client_for(vic)
    text = "1 programme in a crisis or just after one is left out: nothing is forecast of it."
    page = read(client, DUEL)
    told = page.partition('id="differences"')[2]
    assert "Of 1 programme:" in told
    assert "Other work" in told
    assert "Payroll renewal" not in told
    assert text in told
    lines = client.get(f"{DUEL}?format=csv").content.decode("utf-8-sig")
    assert [each["Code"] for each in csv.DictReader(io.StringIO(lines))] == ["OTH"]
    with tenant_context(in_crisis.programme.tenant_id):
        EscalationFactory(
            programme=Programme.objects.get(code="OTH"), severity=4, effective_on=BEGAN
        )
    page = read(client, DUEL)
    assert "No score of today to compare" in page
    assert "2 programmes in a crisis or just after one are left out" in page


def test_a_challenger_leaves_nothing_out_without_a_crisis(story, vic, client_for) -> None:
    with tenant_context(story.programme.tenant_id):
        make_challenger()
    page = read(client_for(vic), DUEL)
    assert "Of 2 programmes:" in page
    assert "left out" not in page


def test_no_trend_is_told_in_a_crisis(in_crisis, vic, client_for) -> None:
    client = client_for(vic)
    for url in (ALL, UNITS):
        assert "Rising" not in rows(read(client, f"{url}?level=crisis"))
        found = rows(read(client, f"{url}?direction=rising"))
        assert "Other work" in found
        assert "Rising" in found
        assert "Payroll renewal" not in found
        lines = client.get(f"{url}?format=csv").content.decode("utf-8-sig")
        trends = {each["Code"]: each["Trend"] for each in csv.DictReader(io.StringIO(lines))}
        assert trends == {"PAY": "", "OTH": "Rising"}


def test_a_score_nobody_was_told_is_not_seen_and_none_is_lost(in_crisis, vic, client_for) -> None:
    client = client_for(vic)
    golive = f"/t/acme/p/PAY/plan/{in_crisis.golive.reference}/"
    for url in (PAGE, CARD, IF, ALL, UNITS, golive):
        read(client, url)
    with tenant_context(in_crisis.programme.tenant_id):
        kept = RiskScore.objects.filter(programme=in_crisis.programme)
        assert list(kept.values_list("is_current", "shown_at")) == [(True, None)] * 2


def test_no_level_counts_a_crisis_and_a_filter_finds_it(in_crisis, vic, client_for) -> None:
    client = client_for(vic)
    assert "1 programme of 1 has a high risk" in read(client, ALL)
    assert "1 of 1 units has a high risk" in read(client, UNITS)
    for url in (ALL, UNITS):
        assert '<a href="?level=crisis">1 in or after a crisis</a>' in read(client, url)
        found = rows(read(client, f"{url}?level=crisis"))
        assert "Payroll renewal" in found
        assert "Other work" not in found
        assert "Payroll renewal" not in rows(read(client, f"{url}?level=low"))
        assert "Other work" in rows(read(client, f"{url}?level=high"))


def test_files_say_it_in_the_column_of_levels(in_crisis, vic, client_for) -> None:
    client = client_for(vic)
    for url in (ALL, UNITS):
        text = client.get(f"{url}?format=csv&level=crisis").content.decode("utf-8-sig")
        (row,) = [each for each in csv.DictReader(io.StringIO(text)) if each.get("Unit") != "All units"]  # fmt: skip
        assert (row["Level"], row["Risk in four weeks"], row["Likely range"]) == (TEXT, "", "")
        book = load_workbook(io.BytesIO(client.get(f"{url}?format=xlsx").content))
        assert TEXT in {cell.value for line in book.active for cell in line}


def test_a_crisis_without_a_score_is_told_as_well(acme, vic, client_for) -> None:
    with tenant_context(acme.id):
        made = payroll()
        EscalationFactory(programme=made.programme, severity=5, effective_on=BEGAN)
    for url in (PAGE, CARD):
        assert TEXT in read(client_for(vic), url)


def test_no_paper_is_made_of_a_projection_in_a_crisis(in_crisis, dana, client_for) -> None:
    answer = client_for(dana).get(f"{IF}paper/")
    assert (answer.status_code, answer["Location"]) == (302, IF)


def test_a_day_before_the_crisis_has_its_forecast(in_crisis, vic, client_for) -> None:
    with tenant_context(in_crisis.programme.tenant_id):
        score(in_crisis.programme, as_of=BEGAN - timedelta(days=2), is_current=False, level="high")
    page = read(client_for(vic), f"{CARD}?as_of={BEGAN - timedelta(days=1)}")
    assert "Risk of a crisis within four weeks" in page
    assert TEXT in read(client_for(vic), f"{CARD}?as_of={BEGAN}")


def test_statements_do_not_grow_with_crises(in_crisis, vic, client_for) -> None:
    client = client_for(vic)
    counts = []
    for _more in range(2):
        counts.append([])
        for url in (ALL, UNITS, f"{ALL}?level=crisis"):
            client.get(url)
            with CaptureQueriesContext(connection) as seen:
                client.get(url)
            counts[-1].append(len(seen))
        with tenant_context(in_crisis.programme.tenant_id):
            for _each in range(10):
                hit = EscalationFactory(severity=4, effective_on=BEGAN).programme
                score(hit)
                score(hit, unit=in_crisis.unit)
    assert counts[0] == counts[1]


def test_the_portfolio_takes_as_many_statements_with_crises(story, vic, client_for) -> None:
    client = client_for(vic)
    counts = []
    for _more in range(2):
        client.get("/t/acme/")
        with CaptureQueriesContext(connection) as seen:
            client.get("/t/acme/")
        counts.append(len(seen))
        with tenant_context(story.programme.tenant_id):
            for programme in Programme.objects.all():
                EscalationFactory(programme=programme, severity=4, effective_on=BEGAN)
    assert read(client, "/t/acme/").count("In a crisis</span>") == 2
    assert counts[0] == counts[1]


def test_headings_are_true_where_nothing_is_forecast() -> None:
    none = {"scored": 0, "crises": 2, "high": 0, "elevated": 0, "unknown": 0}
    words = "Nothing is forecast: every programme with a score is in a crisis or just after one"
    assert scores_finding(**none) == words
    assert units_finding(**none, units=0) == words
    unknown = none | {"scored": 2, "unknown": 2}
    assert scores_finding(**unknown) == "Too little is known about any programme to forecast a risk"
    assert (
        units_finding(**unknown, units=2) == "Too little is known about any unit to forecast a risk"
    )
    some = none | {"scored": 3, "unknown": 1}
    assert "of which something is known" in scores_finding(**some)
    assert "of which something is known" in units_finding(**some, units=3)


# --- nothing is known -------------------------------------------------------------------------------------


def bare(**known: float) -> list[float]:
    """What is read of a programme of which nobody said anything, and what somebody said."""
    counts = ("ms_due_4w", "raid_new_4w", "raid_open", "raid_overdue_share", "raid_max_score", "replans", "near_golive", "decisions_outstanding_days_p80", "actions_overdue", "scope_changes_8w")  # fmt: skip
    found = {**dict.fromkeys(NAMES, NAN), **dict.fromkeys(counts, 0.0), "ms_missed_12w": 0.2}
    return [(found | known)[name] for name in NAMES]


@pytest.mark.parametrize(
    "known",
    [{"spi_s": 1.0}, {"status_age_w": 1.0}, {"raid_open": 1.0}, {"eng_mean": 64.0}, {"train_gap": 0.0}, {"resist_4w": 0.5}, {"ms_missed_12w": 0.1}],
)  # fmt: skip
def test_one_figure_of_either_half_is_something(known) -> None:
    assert not is_nothing_known(bare(**known))


def test_size_and_no_sign_of_resistance_say_nothing_of_how_it_stands() -> None:
    assert is_nothing_known(bare())
    assert is_nothing_known(bare(log_size=0.7, resist_4w=0.0))


def test_a_programme_nobody_spoke_of_gets_no_level(in_acme) -> None:
    empty = ProgrammeFactory(starts_on=TODAY - timedelta(weeks=20))
    known = payroll().programme
    made = scoring.compute_scores(as_of=TODAY, at=NIGHT)
    levels = {each.programme_id: each.level for each in made.scores if each.unit_id is None}
    assert levels[empty.pk] == RiskLevel.UNKNOWN
    assert levels[known.pk] != RiskLevel.UNKNOWN
    assert all(0 < each.probability < 1 for each in made.scores)


def test_not_known_is_told_wherever_a_level_is_and_never_in_green(acme, vic, client_for) -> None:
    client = client_for(vic)
    with tenant_context(acme.id):
        made = payroll()
        unit, golive = made.unit, made.golive
        nothing = {"level": RiskLevel.UNKNOWN, "raw": bare(), "missing": list(NAMES), "terms": [], "probability": 0.05, "low": 0.02, "high": 0.09}  # fmt: skip
        score(made.programme, **nothing)
        score(made.programme, unit=unit, **nothing)
    page = read(client, PAGE)
    assert ">Payroll renewal: too little is known to forecast a risk</h1>" in page
    assert "Nothing is known about it, on delivery or on adoption." in page
    assert "Usual values where nothing is known" in page
    # Bars in red and green would say that something raises and lowers it.
    assert 'id="sum-title"' not in page
    assert "on delivery or on adoption" in read(client, CARD)
    for url in (PAGE, f"/t/acme/p/PAY/plan/{golive.reference}/", ALL, UNITS):
        page = read(client, url)
        assert "Not known</span>" in page, url
        assert "low risk" not in page.lower(), url
    for url in (ALL, UNITS):
        listed = rows(read(client, f"{url}?level=unknown"))
        assert "pp-st-none" in listed
        assert "pp-st-ok" not in listed
        assert "Payroll" not in rows(read(client, f"{url}?level=low"))
        assert ",Not known," in client.get(f"{url}?format=csv").content.decode()
        assert '<a href="?level=unknown">1 not known</a>' in read(client, url)


def test_a_challenger_knows_no_more_of_whom_nothing_is_known(acme, vic, client_for) -> None:
    with tenant_context(acme.id):
        score(ProgrammeFactory(), level=RiskLevel.UNKNOWN, raw=bare(), missing=list(NAMES))
        made = make_challenger()
    url = f"/t/acme/forecasts/models/crisis/{made.number}/"
    assert read(client_for(vic), url)
    page = read(client_for(vic), DUEL)
    assert page.count("Not known</span>") == 2


# --- closed -----------------------------------------------------------------------------------------------


@pytest.fixture
def closed(story):
    with tenant_context(story.programme.tenant_id):
        score(story.programme, is_current=False, as_of=TODAY - timedelta(days=30), level="low")
        RiskScore.objects.filter(programme=story.programme, is_current=True).update(
            is_current=False, series=[]
        )
        story.programme.stage = Stage.CLOSED
        story.programme.save()
    return story


def test_a_closed_programme_says_since_when_and_its_last_score(closed, dana, client_for) -> None:
    client = client_for(dana)
    with tenant_context(closed.programme.tenant_id):
        day = closed_on(closed.programme)
    text = f"Closed on {day:%-d %b %Y}. The last score was 25% (low) on 15 Jun 2026."
    for url in (PAGE, IF, SIGNALS, ITEMS, DATES):
        page = read(client, url)
        assert ">Payroll renewal is closed</h1>" in page, url
        assert text in page, url
        assert "Compute now" not in page, url
        for words in ("no score yet", "a score yet", "Every night each open risk", "No go-live within", "Nothing to watch"):  # fmt: skip
            assert words not in page, (url, words)


def test_a_day_after_the_last_one_is_told_no_score(closed, vic, client_for) -> None:
    with tenant_context(closed.programme.tenant_id):
        over = TODAY - timedelta(days=10)
        Programme.objects.filter(pk=closed.programme.pk).update(source="elsewhere", ends_on=over)
        RiskScore.objects.filter(programme=closed.programme).delete()
        score(closed.programme, as_of=over - timedelta(days=2), is_current=False, level="high")
    client = client_for(vic)
    risk = "Risk of a crisis within four weeks"
    assert risk in read(client, f"{CARD}?as_of={over - timedelta(days=1)}")
    before = read(client, f"{PAGE}?as_of={over - timedelta(days=1)}")
    assert ">Payroll renewal: high risk of a crisis within four weeks</h1>" in before
    for day in (over, over + timedelta(days=2)):
        page = read(client, f"{PAGE}?as_of={day}")
        assert ">Payroll renewal is closed</h1>" in page
        assert "Closed on 5 Jun 2026. The last score was 25% (high) on 3 Jun 2026." in page
        assert "high risk of a crisis" not in page
        assert risk not in read(client, f"{CARD}?as_of={day}")


def test_nothing_is_computed_of_a_closed_programme(closed, dana, client_for) -> None:
    answer = client_for(dana).post(COMPUTE)
    assert answer.status_code == 403
    assert "This programme is closed. Nothing more is computed for it." in answer.content.decode()  # fmt: skip
    with tenant_context(closed.programme.tenant_id):
        assert not Job.objects.filter(requested_by__isnull=False).exists()


def test_a_closed_programme_without_a_score_says_so(acme, vic, client_for) -> None:
    with tenant_context(acme.id):
        payroll()
        Programme.objects.update(stage=Stage.CLOSED)
    assert "It never had a score." in read(client_for(vic), PAGE)


def test_a_crisis_is_no_news_of_a_closed_programme(closed, vic, client_for) -> None:
    with tenant_context(closed.programme.tenant_id):
        EscalationFactory(programme=closed.programme, severity=4, effective_on=BEGAN)
    for url in (PAGE, CARD, IF, SIGNALS, "/t/acme/?stage=closed"):
        assert "nothing is forecast until" not in read(client_for(vic), url), url


def test_it_is_closed_since_the_last_time_somebody_closed_it(in_acme) -> None:
    programme = ProgrammeFactory()
    assert closed_on(programme) is None
    trail = Programme.pgh_event_model
    values = {
        field.attname: getattr(programme, field.attname)
        for field in Programme._meta.concrete_fields
        if field.attname in {each.attname for each in trail._meta.concrete_fields}
    }
    # Of days of their own, which the triggers of the database would not write.
    for day, stage in ((1, Stage.CLOSED), (3, Stage.DELIVERY), (5, Stage.CLOSED), (8, Stage.CLOSED)):  # fmt: skip
        said = {**values, "stage": stage}
        with time_machine.travel(moment(date(2026, 6, day)), tick=False):
            trail.objects.create(pgh_obj_id=programme.pk, pgh_label="update", **said)
    programme.stage = Stage.CLOSED
    assert closed_on(programme) == date(2026, 6, 5)
    programme.source, programme.ends_on = "elsewhere", date(2026, 3, 2)
    assert closed_on(programme) == date(2026, 3, 2)
