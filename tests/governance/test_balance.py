"""Does one function weigh more? Who sees it when, the rules, the counts behind them, the pages."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance import selectors, services
from governance.agenda import dates_of
from governance.balance import Counts, Key, State, leaning, signals_of
from governance.balance_text import Row, heading
from governance.models import BalanceView
from pmo_portal.accounts.permissions import NotAllowed, can
from pmo_portal.common import clock
from pmo_portal.history.services import EditConflict
from pmo_portal.tenants.context import tenant_context
from tests.factories.governance import (
    AttendanceFactory,
    BalanceViewFactory,
    DecisionFactory,
    DecisionInputFactory,
    EscalationFactory,
    MeetingFactory,
    MeetingItemFactory,
    SteeringGroupFactory,
)
from tests.factories.programmes import ProgrammeFactory
from tests.pages import read

pytestmark = pytest.mark.django_db

DAY = date(2026, 6, 30)


def signal(key: Key, now: Counts, before: Counts | None = None):
    return next(each for each in signals_of(now, before or Counts()) if each.key == key)


# --- rules --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("delivery", "change", "joint", "leans"),
    [
        (7, 1, 0, "delivery"),
        (1, 7, 0, "change"),
        (4, 4, 0, ""),
        # 65 of a hundred is fifteen points off, and not more.
        (13, 7, 0, ""),
        (14, 6, 0, "delivery"),
        # What was decided jointly counts half for each.
        (3, 0, 5, "delivery"),
        (2, 0, 6, ""),
    ],
)
def test_who_decides_is_compared_with_the_half(delivery, change, joint, leans) -> None:
    counts = Counts(decided={"delivery": delivery, "change": change, "joint": joint, "business": 9})
    assert signal(Key.DECISIONS, counts).now.leans == leans


def test_seven_decisions_are_too_few() -> None:
    found = signal(Key.DECISIONS, Counts(decided={"delivery": 7}))
    assert found.state == State.FEW
    assert Row(found).share is None


def test_only_two_periods_to_the_same_side_are_a_lean() -> None:
    delivery, change = Counts(decided={"delivery": 9}), Counts(decided={"change": 9})
    assert signal(Key.DECISIONS, delivery).state == State.ONCE
    assert signal(Key.DECISIONS, delivery, change).state == State.ONCE
    assert signal(Key.DECISIONS, delivery, delivery).state == State.LEANS
    assert signal(Key.DECISIONS, Counts(decided={"delivery": 4, "change": 4}), delivery).state == (
        State.EVEN
    )


@pytest.mark.parametrize(
    ("delivery", "change", "leans", "enough"),
    [
        (1, 5, "change", True),
        (0, 6, "change", True),
        (2, 5, "", True),
        (5, 0, "", False),
        (6, 2, "delivery", True),
    ],
)
def test_objections_are_compared_by_how_many_times(delivery, change, leans, enough) -> None:
    found = signal(Key.OVERRULED, Counts(overruled={"delivery": delivery, "change": change})).now
    assert (found.leans, found.is_enough) == (leans, enough)


def test_waiting_needs_enough_of_both_and_takes_the_middle() -> None:
    few = Counts(days={"delivery": [2, 2, 2], "change": [40, 40]})
    assert signal(Key.WAITING, few).state == State.FEW
    found = signal(Key.WAITING, Counts(days={"delivery": [2, 6, 90], "change": [12, 21, 400]})).now
    assert (found.delivery, found.change, found.leans) == (6, 21, "change")
    alike = Counts(days={"delivery": [6, 6, 6], "change": [11, 11, 11]})
    assert signal(Key.WAITING, alike).now.leans == ""


def test_attendance_is_a_rate_of_those_noted() -> None:
    counts = Counts(noted={"delivery": 4, "change": 4}, present={"delivery": 4, "change": 2})
    found = signal(Key.ATTENDANCE, counts)
    assert (found.now.delivery, found.now.change, found.now.leans) == (100, 50, "delivery")
    assert Row(found).change == "50%"


def test_three_leans_are_enough_to_talk_about() -> None:
    counts = Counts(
        decided={"delivery": 9},
        overruled={"change": 9},
        meetings=4,
        minutes={"delivery": 90, "change": 10},
        chaired={"delivery": 4},
    )
    found = leaning(signals_of(counts, counts))
    assert [each.key for each in found] == [Key.DECISIONS, Key.OVERRULED, Key.MINUTES]
    rows = [Row(each) for each in signals_of(counts, counts)]
    assert heading(rows) == "Delivery decides more than half"
    assert Row(found[1]).finding == "Objections of adoption are decided against more often"


def test_nothing_happened_is_no_balance() -> None:
    rows = [Row(each) for each in signals_of(Counts(), Counts())]
    assert heading(rows) == "Too little happened in 90 days to compare both functions"
    assert {row.word for row in rows} == {"Too few yet"}


# --- counts -------------------------------------------------------------------------------------------


def decided(programme, on, function, **views):
    """A decision with views: `change="objects"`, or with the day they were given."""
    decision = DecisionFactory(
        programme=programme,
        requested_on=on,
        due_on=on,
        decided_on=on,
        status="decided",
        outcome="So it is",
        function_of_decider=function,
    )
    for voice, said in views.items():
        stance, given_on = said if isinstance(said, tuple) else (said, on)
        DecisionInputFactory(decision=decision, function=voice, stance=stance, given_on=given_on)
    return decision


def counted(programme, key: Key):
    found = selectors.balance_of([programme.pk], DAY)[programme.pk]
    return next(each for each in found if each.key == key)


def test_decisions_fall_into_the_period_they_were_taken_in(in_acme) -> None:
    programme = ProgrammeFactory()
    for days in (0, 89, 90, 179, 180):
        decided(programme, DAY - timedelta(days=days), "delivery")
    decided(programme, DAY + timedelta(days=1), "delivery")
    decided(ProgrammeFactory(), DAY, "delivery")
    found = counted(programme, Key.DECISIONS)
    assert (found.now.delivery, found.before.delivery) == (2, 2)


def test_a_view_given_after_the_decision_was_not_heard(in_acme) -> None:
    programme = ProgrammeFactory()
    after = DAY + timedelta(days=1)
    decided(programme, DAY, "delivery", delivery="supports", change=("objects", after))
    decided(programme, DAY, "delivery", delivery="supports", change="objects")
    assert counted(programme, Key.UNHEARD).now.change == 1
    assert counted(programme, Key.UNHEARD).now.delivery == 0
    assert counted(programme, Key.OVERRULED).now.change == 1


def test_meetings_count_minutes_chairs_and_who_came(in_acme) -> None:
    group = SteeringGroupFactory()
    for days, chair in ((1, "delivery"), (20, "change"), (100, "change")):
        meeting = MeetingFactory(
            group=group, held_on=DAY - timedelta(days=days), chair_function=chair
        )
        MeetingItemFactory(meeting=meeting, side="change", minutes=25)
        MeetingItemFactory(meeting=meeting, side="both", minutes=60)
        AttendanceFactory(meeting=meeting, function="change", presence="apologies")
        AttendanceFactory(meeting=meeting, function="change", is_voting=False)
    MeetingFactory(group=group, held_on=DAY, status="cancelled", chair_function="change")
    minutes = counted(group.programme, Key.MINUTES)
    assert (minutes.now.change, minutes.now.n, minutes.before.change) == (50, 2, 25)
    chairs = counted(group.programme, Key.CHAIR).now
    assert (chairs.delivery, chairs.change, chairs.is_enough) == (1, 2, False)
    came = counted(group.programme, Key.ATTENDANCE).now
    assert (came.delivery, came.change, came.n) == (None, 0, 2)


@pytest.mark.parametrize(
    ("chairs", "state"),
    [("DCDCDCDC", State.EVEN), ("DDDCDDDC", State.LEANS), ("DCDCDDDC", State.ONCE), ("DDD", State.FEW)],
)  # fmt: skip
@pytest.mark.parametrize("cadence", ["monthly", "quarterly"])
def test_chairs_are_compared_by_meetings_however_rarely_a_group_meets(
    in_acme, cadence, chairs, state
) -> None:
    group = SteeringGroupFactory()
    days = dates_of(cadence, date(2025, 1, 14), len(chairs))
    for day, side in zip(days, chairs, strict=True):
        chair = "delivery" if side == "D" else "change"
        MeetingFactory(group=group, held_on=day, chair_function=chair)
    # What lies ahead, and what neither side chaired, is no part of it.
    MeetingFactory(group=group, held_on=days[-1] + timedelta(days=2), chair_function="change")
    MeetingFactory(group=group, held_on=days[-1] + timedelta(days=1), chair_function="business")
    as_of = days[-1] + timedelta(days=1)
    found = selectors.balance_of([group.programme.pk], as_of)[group.programme.pk]
    signal = next(each for each in found if each.key == Key.CHAIR)
    assert signal.state == state
    assert "a period is 4 meetings" in Row(signal).rule


def test_escalations_count_when_they_are_settled(in_acme) -> None:
    programme = ProgrammeFactory()
    raised = DAY - timedelta(days=10)
    EscalationFactory(
        programme=programme,
        raised_by="change",
        effective_on=raised,
        status="closed",
        closed_on=DAY,
        outcome="Done",
    )
    EscalationFactory(programme=programme, raised_by="change", effective_on=raised)
    assert counted(programme, Key.WAITING).now.change == 10


def test_statements_do_not_grow_with_programmes(in_acme) -> None:
    counts, programmes = [], []
    for _each in range(3):
        group = SteeringGroupFactory()
        programmes.append(group.programme.pk)
        decided(group.programme, DAY, "delivery", change="objects")
        MeetingItemFactory(meeting=MeetingFactory(group=group, held_on=DAY))
        with CaptureQueriesContext(connection) as captured:
            assert len(selectors.balance_of(programmes, DAY)) == len(programmes)
        counts.append(len(captured))
    assert counts == [7, 7, 7]


# --- who sees and says what ---------------------------------------------------------------------------


def test_leads_see_today_and_everybody_else_a_week_ago(acme, dana, cam, sam, vic, spen) -> None:
    with tenant_context(acme.id):
        programme = ProgrammeFactory(code="FHR", delivery_lead=vic.person)
        for member, at_once in (
            (dana, True),
            (cam, True),
            (vic, True),
            (sam, False),
            (spen, False),
        ):
            assert bool(can(member, "governance.balance_now", programme)) is at_once
        assert not can(vic, "governance.balance_now", None)


def test_the_page_of_a_viewer_ends_a_week_ago(acme, dana, vic, client_for) -> None:
    with tenant_context(acme.id):
        programme = ProgrammeFactory(code="FHR")
        decided(programme, clock.today() - timedelta(days=3), "delivery").question = "Yesterday"
    url = "/t/acme/p/FHR/balance/"
    assert client_for(dana).get(url).context["decisions"]
    viewed = client_for(vic).get(url)
    assert viewed.context["decisions"] == []
    assert viewed.context["as_of"] == clock.today() - timedelta(days=7)
    assert "a week before everybody else" in viewed.content.decode()


def test_each_lead_writes_their_own_comment(in_acme, dana, cam, sam) -> None:
    programme = ProgrammeFactory(code="FHR")

    def say(acting, function, text, version=None):
        return services.comment_balance(
            programme, function=function, text=text, on=DAY, version=version, acting=acting
        )

    said = say(cam, "change", "We wait too long", version=0)
    assert said.person == cam.person
    for acting in (dana, sam):
        with pytest.raises(NotAllowed):
            say(acting, "change", "Not true")
    with pytest.raises(EditConflict):
        say(cam, "change", "Typed elsewhere", version=0)
    again = say(cam, "change", "Better now", version=said.version)
    assert (again.pk, again.text, again.version) == (said.pk, "Better now", said.version + 1)
    assert BalanceView.objects.count() == 1


def test_a_comment_is_written_on_its_page_and_read_by_the_other_lead(
    acme, cam, dana, vic, client_for
) -> None:
    with tenant_context(acme.id):
        ProgrammeFactory(code="FHR")
    url = "/t/acme/p/FHR/balance/change/"
    assert client_for(dana).get(url).status_code == 403
    assert client_for(vic).post(url, {"text": "x", "version": "0"}).status_code == 403
    assert client_for(cam).post(url, {"text": "", "version": "0"}).status_code == 422
    assert client_for(cam).post(url, {"text": "We wait", "version": "0"}).status_code == 303
    clash = client_for(cam).post(url, {"text": "Other tab", "version": "0"})
    assert clash.status_code == 409
    assert "We wait" in clash.content.decode()
    assert "We wait" in client_for(dana).get("/t/acme/p/FHR/balance/").content.decode()


def test_a_comment_is_seen_with_the_figures_it_speaks_of(acme, cam, dana, vic, client_for) -> None:
    with tenant_context(acme.id):
        programme = ProgrammeFactory(code="FHR")
        for version, (text, days) in enumerate([("We wait", 8), ("Too long", 7), ("Better", 6)]):
            services.comment_balance(
                programme,
                function="change",
                text=text,
                on=clock.today() - timedelta(days=days),
                version=version,
                acting=cam,
            )
    for member, seen in ((dana, "Better"), (cam, "Better"), (vic, "Too long")):
        page = client_for(member).get("/t/acme/p/FHR/balance/")
        said = [each["said"].text for each in page.context["voices"] if each["said"]]
        assert said == [seen]
        assert str(cam.person) in page.content.decode()


def test_a_comment_stays_in_its_organisation(acme, ola, client_for) -> None:
    with tenant_context(acme.id):
        BalanceViewFactory(programme=ProgrammeFactory(code="FHR"))
    assert client_for(ola).get("/t/acme/p/FHR/balance/").status_code == 404


def test_the_register_of_all_programmes_says_what_leans_where(acme, dana, client_for) -> None:
    with tenant_context(acme.id):
        ProgrammeFactory(code="AAA")
        programme = ProgrammeFactory(code="BBB", name="Records")
        today = clock.today()
        for each in range(8):
            for days in (5 + each, 95 + each):
                decided(
                    programme,
                    today - timedelta(days=days),
                    "delivery",
                    delivery="supports",
                    change="supports",
                )
    page = client_for(dana).get("/t/acme/balance/").content.decode()
    assert "In 1 of 2 programmes shown one function weighs more" in page
    assert "Delivery decides more than half" in page
    rows = b"".join(client_for(dana).get("/t/acme/balance/?format=csv&sort=-programme"))
    header, first, second = rows.decode().splitlines()[:3]
    assert "Decisions: delivery" in header
    assert ("Records" in first) != ("Records" in second)
    assert "8 were taken by delivery" in first + second


@pytest.fixture
def three_balances(acme, borealis) -> None:
    """One leans and is steered, one is alike, of one too little is known."""
    today = clock.today()
    with tenant_context(borealis.id):
        ProgrammeFactory(code="THEIRS")
    with tenant_context(acme.id):
        leans = ProgrammeFactory(code="LEANS", name="Records")
        alike = ProgrammeFactory(code="ALIKE", name="Payroll")
        ProgrammeFactory(code="FEW", name="Portal")
        SteeringGroupFactory(programme=leans)
        for each in range(8):
            for days in (12 + each, 102 + each):
                views = {"delivery": "supports", "change": "supports"}
                on = today - timedelta(days=days)
                decided(leans, on, "delivery", **views)
                decided(alike, on, "change" if each % 2 else "delivery", **views)


def balances(client, query: str = "") -> list[str]:
    answer = client.get(f"/t/acme/balance/{query}")
    assert answer.status_code == 200, answer.status_code
    return [each.programme.code for each in answer.context["register"].rows]


def test_each_filter_narrows_the_balances_and_nonsense_does_not(
    three_balances, vic, dee, client_for
) -> None:
    client = client_for(vic)
    assert balances(client) == ["ALIKE", "FEW", "LEANS"]
    assert balances(client, "?state=leans") == ["LEANS"]
    assert balances(client, "?state=alike") == ["ALIKE"]
    assert balances(client, "?state=few") == ["FEW"]
    assert balances(client, "?group=with") == ["LEANS"]
    assert balances(client, "?group=without") == ["ALIKE", "FEW"]
    assert balances(client, "?words=payr") == ["ALIKE"]
    assert balances(client, "?words=leans") == ["LEANS"]
    assert len(balances(client, "?state=maybe&group=some&sort=colour")) == 3
    assert balances(client_for(dee), "?state=leans") == []
    page = client.get("/t/acme/balance/?state=leans&words=payr").content.decode()
    assert "Nothing matches these filters" in page
    table = client.get("/t/acme/balance/?state=leans&format=csv").content.decode().splitlines()
    assert len(table) == 2
    assert table[1].startswith("Records,LEANS,")


def test_a_filter_tells_nobody_earlier_what_leans(acme, dana, vic, client_for) -> None:
    today = clock.today()
    with tenant_context(acme.id):
        programme = ProgrammeFactory(code="NEW")
        for each in range(8):
            for days in (1, 95 + each):
                decided(programme, today - timedelta(days=days), "delivery", delivery="supports", change="supports")  # fmt: skip
    assert balances(client_for(dana), "?state=leans") == ["NEW"]
    assert balances(client_for(vic), "?state=leans") == []


def test_balances_are_sorted_by_what_leans_and_by_state(three_balances, vic, client_for) -> None:
    client = client_for(vic)
    assert balances(client, "?sort=state") == ["LEANS", "ALIKE", "FEW"]
    assert balances(client, "?sort=-state") == ["FEW", "ALIKE", "LEANS"]
    assert balances(client, "?sort=-told")[0] == "LEANS"
    page = read(client, "/t/acme/balance/")
    for key in ("programme", "told", "state"):
        assert f"?sort={key}" in page or f"?sort=-{key}" in page
    table = client.get("/t/acme/balance/?sort=state&format=csv").content.decode().splitlines()
    assert "LEANS" in table[1]


@pytest.mark.parametrize(
    "query", ["", "?state=few", "?group=without&words=prog&state=few", "?sort=state"]
)
def test_statements_of_the_register_do_not_grow(acme, dana, client_for, query) -> None:
    url = f"/t/acme/balance/{query}"
    browser, counts = client_for(dana), []
    for _each in range(3):
        with tenant_context(acme.id):
            decided(ProgrammeFactory(), clock.today(), "delivery", change="objects")
        browser.get(url)
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(url).status_code == 200
        counts.append(len(captured))
    assert len(set(counts)) == 1
