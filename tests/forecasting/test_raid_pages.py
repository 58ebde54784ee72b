"""The pages of items that may escalate, in a browser without script."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forecasting.learning.raid.names import DRIVER_OF, PARTS, RAW
from forecasting.models import RaidScore
from forecasting.raid import forecast as raid_forecast, words as raid_words
from pmo_portal.tenants.context import tenant_context
from programmes.models import ProgrammeMember
from tests.factories.forecasting import RaidScoreFactory
from tests.factories.programmes import ProgrammeFactory, RaidItemFactory
from tests.pages import read
from tests.pmo_portal.scorecards.stories import TODAY, payroll

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("day_of_stories")]

ALL = "/t/acme/forecasts/raid/"
OF_PAYROLL = "/t/acme/p/PAY/raid-forecast/"
NAN = float("nan")


@pytest.mark.parametrize("url", [ALL, OF_PAYROLL])
def test_pages_of_items_promise_nothing_by_a_count_that_may_be_past(acme, vic, client_for, url):
    with tenant_context(acme.id):
        score(RaidItemFactory(programme=payroll().programme))
    page = read(client_for(vic), url)
    assert "from 8 on" not in page
    assert 'href="/t/acme/forecasts/models/escalation/">What is missing for them to be measured here' in page  # fmt: skip


def test_late_milestones_stand_with_an_item_only_where_they_are_part_of_its_risk():
    def said(**shares: float) -> str:
        values = {"late": 0.1, "ms_missed_12w": 0.2}
        return raid_words.sentence("schedule", raid_words.Known(values, shares))

    assert said(schedule=0.3) == "The schedule index of the programme is 0.90"
    assert said(ms_missed_12w=0.1).endswith(
        "; Late milestones of the last twelve weeks count as a share of 20%, pulled towards the usual 20% where few were due"
    )


def raw(**known: float) -> list[float]:
    return [known.get(feature.name, feature.stands_in) for feature in RAW]


def score(item: Any, **values: Any) -> RaidScore:
    return RaidScoreFactory(
        **{
            "item": item,
            "as_of": TODAY,
            "probability": 0.27,
            "low": 0.18,
            "high": 0.36,
            "level": "high",
            "start": -2.6,
            "base": 0.08,
            "terms": [
                {"name": "log_update_w", "share": 0.9, "value": 2.0},
                {"name": "score", "share": 0.6, "value": 20.0},
                {"name": "schedule_x_late", "share": 0.3, "value": 0.09},
                {"name": "mitigated", "share": -0.2, "value": 1.0},
            ],
            "raw": raw(
                score=20, likelihood=4, impact=5, log_update_w=2.0, late=0.09, owner_load=NAN
            ),
            "missing": ["owner_load", "owner_overdue"],
            "alike": 31,
            "alike_escalated": 7,
            **values,
        }
    )


@pytest.fixture
def story(acme):
    with tenant_context(acme.id):
        made = payroll()
        made.item = RaidItemFactory(
            programme=made.programme, title="Supplier may be late", probability=4, impact=5
        )
        made.score = score(made.item)
        return made


def test_the_ranked_list_says_what_and_why_and_what_to_do(story, vic, client_for) -> None:
    for url in (ALL, OF_PAYROLL):
        page = read(client_for(vic), url)
        assert "1 of 1 open items has a high risk of escalating within four weeks" in page
        for words in ("Supplier may be late", "25%", "High", "Silence", "Ask the owner this week", "Assumed, not measured"):  # fmt: skip
            assert words in page, words


def test_the_item_says_its_risk_in_full(story, vic, client_for) -> None:
    page = read(client_for(vic), story.item.get_absolute_url())
    for words in (
        "Risk of escalating within four weeks: 25%",
        "Of 20 items in this position, about 5 are expected to escalate",
        "15% to 40%",
        "No update for 6 weeks",
        "Rated 4 × 5 = 20",
        "The schedule index of the programme is 0.91",
        "Similar items in your past programmes: 7 of 31 escalated",
        "It has no owner",
        "Assumed, not measured: prior model 2026.1",
        "Ask the owner this week",
        # Two figures that differ, and what each is.
        "Average of all items, which levels are compared with: 8.0%",
        "An item with every input as usual: 6.9%",
    ):
        assert words in page, words


def test_the_weeks_before_are_drawn_and_told(story, vic, client_for) -> None:
    series = [["2026-05-25", None], ["2026-06-01", 0.12], ["2026-06-08", 0.2], [TODAY.isoformat(), 0.27]]  # fmt: skip
    with tenant_context(story.score.tenant_id):
        RaidScore.objects.update(series=series, direction="rising")
    client = client_for(vic)
    page = read(client, story.item.get_absolute_url()).partition('id="escalation"')[2]
    assert 'aria-label="The risk has been rising for six weeks"' in page
    assert page.count('<circle class="dot"') == 3
    assert "8 Jun 2026" in page
    # Nothing was asked about it then.
    assert "25 May 2026" not in page.partition("</section>")[0]
    for url in (ALL, OF_PAYROLL):
        assert "trending-up" in read(client, url)
        assert "Supplier may be late" in read(client, f"{url}?direction=rising")
        assert "Supplier may be late" not in read(client, f"{url}?direction=unknown")
        assert "Rising" in read(client, f"{url}?format=csv")
        assert read(client, f"{url}?sort=-trend")


def test_too_few_weeks_are_said_to_be_too_few(story, vic, client_for) -> None:
    page = read(client_for(vic), story.item.get_absolute_url()).partition('id="escalation"')[2]
    assert "Not enough weeks" in page
    assert "<polyline" not in page.partition("</section>")[0]


def test_the_log_of_the_programme_names_the_likeliest(story, vic, client_for) -> None:
    page = read(client_for(vic), "/t/acme/p/PAY/raid/")
    assert "Likely to escalate within four weeks" in page
    assert OF_PAYROLL in page


def test_without_a_score_nothing_is_made_up(acme, vic, client_for) -> None:
    with tenant_context(acme.id):
        made = payroll()
        item = RaidItemFactory(programme=made.programme)
        score(RaidItemFactory(programme=made.programme), is_current=False)
    assert "No open item has a score yet" in read(client_for(vic), ALL)
    assert "Risk of escalating" not in read(client_for(vic), item.get_absolute_url())
    assert "Likely to escalate within" not in read(client_for(vic), "/t/acme/p/PAY/raid/")


def test_an_ended_item_shows_no_risk(story, vic, client_for) -> None:
    with tenant_context(story.item.tenant_id):
        story.item.status = "closed"
        story.item.save()
    assert "Risk of escalating" not in read(client_for(vic), story.item.get_absolute_url())


def test_an_old_score_is_said_to_be_late(story, vic, client_for) -> None:
    with tenant_context(story.item.tenant_id):
        RaidScore.objects.update(as_of=TODAY - timedelta(days=9))
    assert "Late." in read(client_for(vic), story.item.get_absolute_url())


def test_filters_and_order(story, vic, client_for) -> None:
    with tenant_context(story.item.tenant_id):
        other = RaidItemFactory(programme=story.programme, kind="issue", title="Data is wrong")
        score(other, probability=0.4, high=0.5, level="high")
    page = read(client_for(vic), ALL)
    assert page.index("Data is wrong") < page.index("Supplier may be late")
    assert "Supplier may be late" not in read(client_for(vic), f"{ALL}?kind=issue")
    assert "Data is wrong" not in read(client_for(vic), f"{ALL}?words=supplier")
    assert "Supplier may be late" not in read(client_for(vic), f"{ALL}?level=low")


def test_exports_hold_what_the_page_shows(story, vic, client_for) -> None:
    text = client_for(vic).get(f"{ALL}?format=csv").content.decode()
    assert "Supplier may be late" in text
    assert "25%" in text
    assert "0.27" not in text
    book = openpyxl.load_workbook(
        io.BytesIO(client_for(vic).get(f"{OF_PAYROLL}?format=xlsx").content)
    )
    assert any("Supplier may be late" in row for row in book.active.iter_rows(values_only=True))


def test_contributors_see_items_of_their_own_programmes_only(story, acme, dee, client_for) -> None:
    with tenant_context(acme.id):
        other = RaidItemFactory(programme=ProgrammeFactory(), title="A risk of others")
        score(other)
        ProgrammeMember.objects.create(
            programme=story.programme, person=dee.person, role="contributor_delivery"
        )
        theirs = other.programme.code
    page = read(client_for(dee), ALL)
    assert "Supplier may be late" in page
    assert "A risk of others" not in page
    assert client_for(dee).get(f"/t/acme/p/{theirs}/raid-forecast/").status_code == 404


def test_another_tenant_sees_nothing(story, ola, client_for) -> None:
    assert "Supplier may be late" not in read(client_for(ola), ALL.replace("acme", "borealis"))
    assert client_for(ola).get(ALL).status_code == 404
    assert client_for(ola).get(OF_PAYROLL).status_code == 404


def test_statements_do_not_grow_with_rows(acme, story, vic, client_for) -> None:
    client = client_for(vic)
    counts = []
    for _more in range(2):
        counts.append([])
        for url in (ALL, OF_PAYROLL, "/t/acme/p/PAY/raid/", f"{ALL}?format=csv"):
            client.get(url)
            with CaptureQueriesContext(connection) as seen:
                client.get(url)
            counts[-1].append(len(seen))
        with tenant_context(acme.id):
            for _item in range(9):
                score(RaidItemFactory(programme=story.programme))
                score(RaidItemFactory(programme=ProgrammeFactory()))
    assert counts[0][:2] + counts[0][3:] == counts[1][:2] + counts[1][3:]
    # The log of the programme names five of them, whatever their number.
    assert counts[0][2] == counts[1][2]


# --- words -----------------------------------------------------------------------------------------------


def test_every_term_has_a_driver_with_a_name_and_a_sentence() -> None:
    known = raid_words.Known(raid_words.known_values(raw()))
    for driver in {*DRIVER_OF.values(), "portfolio"}:
        assert raid_words.LABELS[driver]
        assert raid_words.HALVES[driver] in ("delivery", "adoption", "both")
        assert raid_words.sentence(driver, known)
    assert set(raid_words.ACTIONS) <= set(raid_words.LABELS)
    assert {part.driver for part in PARTS} <= set(raid_words.LABELS)


def test_what_is_not_known_breaks_no_sentence() -> None:
    # What an item always has is known; everything else may be missing.
    always = {"log_update_w", "log_age_w", "mitigated", "reopened", "blocked_by", "escalated_12w"}
    known = raid_words.Known(
        {name: value for name, value in raid_words.known_values(raw()).items() if name in always}
    )
    for driver in raid_words.LABELS:
        assert raid_words.sentence(driver, known)


def test_what_to_do_follows_what_raises_the_risk_and_can_be_changed(in_acme) -> None:
    item = RaidItemFactory()
    told = raid_forecast.raid_forecast(
        score(
            item,
            terms=[
                {"name": "log_age_w", "share": 1.0, "value": 3.0},
                {"name": "schedule_x_late", "share": 0.5, "value": 0.1},
                {"name": "score", "share": -2.0, "value": 1.0},
            ],
        )
    )
    assert told.main == "Age"
    assert told.action.startswith("Take it up with the plan")
    guessed = raid_forecast.raid_forecast(
        score(
            RaidItemFactory(),
            missing=["late", "ms_missed_12w"],
            terms=[{"name": "schedule_x_late", "share": 0.5, "value": 0.0}],
        )
    )
    assert (guessed.action, guessed.main) == ("", "")
    calm = raid_forecast.raid_forecast(score(RaidItemFactory(), terms=[]))
    assert (calm.action, calm.main, calm.top) == ("", "", [])


def test_few_similar_items_say_nothing(in_acme) -> None:
    told = raid_forecast.raid_forecast(score(RaidItemFactory(), alike=4, alike_escalated=4))
    assert told.alike == ""


@pytest.mark.parametrize("points", [-12, -1, 3, 20])
def test_engagement_is_told_in_points_from_its_weight(points: float) -> None:
    from forecasting.learning.features import low_engagement

    weight = float(low_engagement(64.0 - points, usual=64.0))
    text = raid_words.sentence("engagement", raid_words.Known({"eng_low": weight}))
    assert f"about {abs(points)} point" in text
    assert ("below" in text) == (points > 0)
