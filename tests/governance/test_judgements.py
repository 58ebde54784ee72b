"""Judgements given blind: who speaks for whom, what stays hidden, when it is shown."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance import selectors, services
from governance.models import Judgement, JudgementRound
from pmo_portal.accounts.permissions import NotAllowed
from pmo_portal.common import clock
from pmo_portal.history.services import EditConflict
from pmo_portal.tenants.context import tenant_context
from tests.factories.governance import JudgementFactory, JudgementRoundFactory
from tests.factories.programmes import ProgrammeFactory

pytestmark = pytest.mark.django_db

DAY = date(2026, 6, 1)
LAST = date(2026, 6, 8)
AFTER = date(2026, 6, 9)


@pytest.fixture
def asked(in_acme):
    return JudgementRoundFactory(programme=ProgrammeFactory(code="FHR"), closes_on=LAST)


def say(asked, acting, voice, level=4, on=DAY, version=None) -> Judgement:
    return services.judge(
        asked,
        voice=voice,
        level=level,
        sentence=f"{voice} says {level}",
        on=on,
        version=version,
        acting=acting,
    )


def test_nobody_answers_for_another(asked, dana, cam, sam, spen, vic) -> None:
    say(asked, dana, "delivery")
    say(asked, cam, "change")
    for acting, voice in ((dana, "change"), (cam, "delivery"), (dana, "sponsor"), (sam, "sponsor")):
        with pytest.raises(NotAllowed):
            say(asked, acting, voice)
    say(asked, spen, "sponsor")


def test_the_named_sponsor_answers_and_no_other(in_acme, vic, spen) -> None:
    asked = JudgementRoundFactory(programme=ProgrammeFactory(sponsor=vic.person))
    with pytest.raises(NotAllowed):
        say(asked, spen, "sponsor")
    assert say(asked, vic, "sponsor").person == vic.person


def test_while_it_is_open_only_ones_own_words_are_read(asked, dana, cam) -> None:
    say(asked, dana, "delivery", 5)
    say(asked, cam, "change", 1)
    found = selectors.heard(asked, LAST, own=("change",))
    assert [each.has_spoken for each in found] == [True, True, False]
    assert [each.judgement and each.judgement.level for each in found] == [None, 1, None]
    (row,) = selectors.rounds_of(asked.programme, LAST)
    assert (row.is_shown, row.spoken) == (False, 2)
    assert (row.delivery_level, row.change_level, row.gap) == (None, None, None)


def test_the_third_word_shows_all_three(asked, dana, cam, spen) -> None:
    for acting, voice, level in ((dana, "delivery", 5), (cam, "change", 2), (spen, "sponsor", 3)):
        say(asked, acting, voice, level)
    assert [each.judgement.level for each in selectors.heard(asked, DAY)] == [5, 2, 3]
    (row,) = selectors.rounds_of(asked.programme, DAY)
    assert (row.is_shown, row.delivery_level, row.change_level, row.gap) == (True, 5, 2, 3)
    with pytest.raises(ValidationError):
        say(asked, dana, "delivery", 1)
    assert Judgement.objects.get(voice="delivery").level == 5


def test_after_the_last_day_it_is_shown_whoever_is_missing(asked, dana, cam) -> None:
    say(asked, dana, "delivery", 5, on=LAST)
    assert selectors.rounds_of(asked.programme, LAST).get().is_shown is False
    row = selectors.rounds_of(asked.programme, AFTER).get()
    assert (row.is_shown, row.delivery_level, row.change_level, row.gap) == (True, 5, None, None)
    with pytest.raises(ValidationError):
        say(asked, cam, "change", on=AFTER)


def test_until_then_it_can_be_said_anew_but_not_over_somebody(asked, dana) -> None:
    first = say(asked, dana, "delivery", 5, version=0)
    with pytest.raises(EditConflict):
        say(asked, dana, "delivery", 1, version=0)
    again = say(asked, dana, "delivery", 2, version=first.version)
    assert (again.pk, again.level) == (first.pk, 2)


def test_one_question_at_a_time(asked, dana, vic) -> None:
    programme = asked.programme
    with pytest.raises(NotAllowed):
        services.ask_for_judgements(programme, closes_on=AFTER, on=AFTER, acting=vic)
    with pytest.raises(ValidationError):
        services.ask_for_judgements(programme, closes_on=LAST, on=LAST, acting=dana)
    with pytest.raises(ValidationError):
        services.ask_for_judgements(programme, closes_on=LAST, on=AFTER, acting=dana)
    services.ask_for_judgements(programme, closes_on=AFTER, on=AFTER, acting=dana)
    assert JudgementRound.objects.count() == 2


# --- pages --------------------------------------------------------------------------------------------


@pytest.fixture
def open_round(acme):
    with tenant_context(acme.id):
        programme = ProgrammeFactory(code="FHR", name="Finance and HR")
        today = clock.today()
        return JudgementRoundFactory(
            programme=programme, asked_on=today, closes_on=today + timedelta(days=3)
        )


SECRET = "The supplier will not deliver"


def test_no_page_and_no_file_tells_what_was_said_before_it_is_shown(
    acme, open_round, dana, cam, sam, ada, client_for
) -> None:
    url = f"{open_round.get_absolute_url()}say/delivery/"
    typed = {"level": "1", "sentence": SECRET, "version": "0"}
    assert client_for(cam).post(url, typed).status_code == 403
    assert client_for(dana).post(url, typed).status_code == 303
    listed = "/t/acme/p/FHR/judgements/"
    pages = (
        open_round.get_absolute_url(),
        listed,
        "/t/acme/judgements/",
        f"{listed}?format=csv",
        f"/t/acme/history/{open_round.reference}",
        f"/t/acme/find/?q={SECRET.split()[1]}",
        f"{open_round.get_absolute_url()}say/change/",
    )
    for member in (cam, sam, ada):
        browser = client_for(member)
        for page in pages:
            answer = browser.get(page, follow=True)
            text = b"".join(answer) if answer.streaming else answer.content
            assert SECRET not in text.decode(), (member, page)
            assert "1 We will not get there</b>" not in text.decode(), (member, page)
    assert SECRET in client_for(dana).get(pages[0]).content.decode()
    assert "1 of 3 have answered" in client_for(sam).get(pages[0]).content.decode()
    row = b"".join(client_for(sam).get(f"{listed}?format=csv")).decode().splitlines()[1]
    assert row.split(",")[3:7] == ["", "", "", ""]


def test_sorting_by_what_was_said_tells_nothing_of_an_open_round(acme, vic, client_for) -> None:
    with tenant_context(acme.id):
        today = clock.today()
        for code, level in (("AAA", 1), ("BBB", 5), ("CCC", 3)):
            JudgementFactory(
                round=JudgementRoundFactory(
                    programme=ProgrammeFactory(code=code), asked_on=today, closes_on=today
                ),
                level=level,
            )

    def order(sort: str) -> list[str]:
        page = client_for(vic).get(f"/t/acme/judgements/?sort={sort}")
        return [each.programme.code for each in page.context["register"].rows]

    assert order("delivery_level") == order("gap")


def test_when_all_have_spoken_the_page_says_how_far_apart_they_are(
    open_round, dana, cam, spen, vic, client_for
) -> None:
    for member, voice, level in ((dana, "delivery", 5), (cam, "change", 2), (spen, "sponsor", 4)):
        url = f"{open_round.get_absolute_url()}say/{voice}/"
        typed = {"level": str(level), "sentence": f"So says {voice}", "version": "0"}
        client = client_for(member)
        assert client.post(url, typed).status_code == 303
        # Only who speaks last is told that it is shown.
        told = client.get(open_round.get_absolute_url()).content.decode()
        assert ("the answers are shown now" in told) == (voice == "sponsor")
        assert ("The others see it when" in told) == (voice != "sponsor")
    page = client_for(vic).get(open_round.get_absolute_url()).content.decode()
    assert "The three answers are 3 steps apart" in page
    assert "So says change" in page
    assert 'class="pp-peers' in page
    listed = client_for(vic).get("/t/acme/p/FHR/judgements/").content.decode()
    assert "Last time the three answers were 3 steps apart" in listed
    late = client_for(dana).get(f"{open_round.get_absolute_url()}say/delivery/")
    assert late.status_code == 302


def test_asking_on_the_page(acme, dana, vic, client_for) -> None:
    with tenant_context(acme.id):
        ProgrammeFactory(code="FHR")
    url = "/t/acme/p/FHR/judgements/new/"
    typed = {"closes_on": (clock.today() + timedelta(days=5)).isoformat(), "version": "1"}
    assert client_for(vic).post(url, typed).status_code == 403
    assert client_for(dana).post(url, {"closes_on": "2020-01-01"}).status_code == 422
    assert client_for(dana).post(url, typed).status_code == 303
    assert client_for(dana).post(url, typed).status_code == 422


def test_statements_of_the_register_do_not_grow(acme, vic, client_for) -> None:
    browser, counts = client_for(vic), []
    for _each in range(3):
        with tenant_context(acme.id):
            JudgementFactory()
        browser.get("/t/acme/judgements/")
        with CaptureQueriesContext(connection) as captured:
            assert browser.get("/t/acme/judgements/").status_code == 200
        counts.append(len(captured))
    assert len(set(counts)) == 1


# --- the filters of the registers ---------------------------------------------------------------------


@pytest.fixture
def four_rounds(acme, borealis) -> None:
    """Apart, of one mind, with a silent sponsor, and one that is still being asked."""
    with tenant_context(borealis.id):
        JudgementRoundFactory(programme=ProgrammeFactory(code="THEIRS"))
    with tenant_context(acme.id):
        for code, asked_on, levels in (
            ("APART", date(2026, 1, 5), {"delivery": 5, "change": 2, "sponsor": 3}),
            ("ALIKE", date(2026, 2, 2), {"delivery": 4, "change": 4, "sponsor": 5}),
            ("SILENT", date(2026, 3, 2), {"delivery": 3, "change": 3}),
        ):
            asked = JudgementRoundFactory(
                programme=ProgrammeFactory(code=code, name=f"The {code.lower()} one"),
                asked_on=asked_on,
                closes_on=asked_on + timedelta(days=7),
            )
            for voice, level in levels.items():
                JudgementFactory(round=asked, voice=voice, level=level)
        today = clock.today()
        asked = JudgementRoundFactory(
            programme=ProgrammeFactory(code="OPEN"), asked_on=today, closes_on=today
        )
        for voice, level in (("delivery", 1), ("change", 5)):
            JudgementFactory(round=asked, voice=voice, level=level)


def codes(client, query: str = "", url: str = "/t/acme/judgements/") -> list[str]:
    answer = client.get(f"{url}{query}")
    assert answer.status_code == 200, answer.status_code
    return [each.programme.code for each in answer.context["register"].rows]


def test_each_filter_narrows_the_rounds_and_nonsense_does_not(four_rounds, vic, client_for) -> None:
    client = client_for(vic)
    assert codes(client) == ["OPEN", "SILENT", "ALIKE", "APART"]
    assert codes(client, "?state=open") == ["OPEN"]
    assert codes(client, "?state=shown") == ["SILENT", "ALIKE", "APART"]
    assert codes(client, "?state=missing") == ["SILENT"]
    assert codes(client, "?apart=1") == ["ALIKE", "APART"]
    assert codes(client, "?apart=2") == ["APART"]
    assert codes(client, "?says=sure") == ["ALIKE"]
    assert codes(client, "?since=2026-02-02&until=2026-03-02") == ["SILENT", "ALIKE"]
    assert codes(client, "?words=silent") == ["SILENT"]
    assert len(codes(client, "?state=x&apart=9&says=y&since=soon&until=late&sort=z")) == 4
    page = client.get("/t/acme/judgements/?words=nowhere").content.decode()
    assert "Nothing matches these filters" in page
    assert "4 rounds of judgements in all programmes" in page


def test_no_filter_tells_what_was_said_in_an_open_round(four_rounds, vic, client_for) -> None:
    client = client_for(vic)
    for query in ("?apart=1", "?apart=3", "?says=doubt", "?says=sure", "?state=missing"):
        assert "OPEN" not in codes(client, query), query
        assert "OPEN" not in client.get(f"/t/acme/judgements/{query}&format=csv").content.decode()
    assert codes(client, "?says=doubt") == ["APART"]


def test_the_rounds_of_one_programme_are_filtered_too_and_taken_along(
    four_rounds, vic, ola, client_for
) -> None:
    client, url = client_for(vic), "/t/acme/p/APART/judgements/"
    assert codes(client, "?apart=2", url) == ["APART"]
    assert codes(client, "?state=open", url) == []
    table = client.get("/t/acme/judgements/?apart=2&format=csv").content.decode().splitlines()
    assert len(table) == 2
    assert table[1].split(",")[4:8] == ["5", "2", "3", "3"]
    assert client.get("/t/acme/judgements/?apart=2&format=xlsx").status_code == 200
    assert client_for(ola).get("/t/acme/judgements/?state=open").status_code in {403, 404}


def test_filtered_rounds_ask_as_much_for_many_as_for_one(acme, vic, client_for) -> None:
    client, url = client_for(vic), "/t/acme/judgements/?state=shown&says=sure&words=prog"
    counts = []
    for more in (1, 6):
        with tenant_context(acme.id):
            for _each in range(more):
                JudgementFactory(round=JudgementRoundFactory())
        codes(client, "", url)
        with CaptureQueriesContext(connection) as asked:
            assert codes(client, "", url)
        counts.append(len(asked))
    assert counts[0] == counts[1]
