"""The pages of learning together, in a browser without script."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forecasting.choices import Stage, Target
from forecasting.learning import sharing
from forecasting.models import ModelEvent, SharedWord, SharingChoice
from forecasting.sharing import combining, records as sharing_records
from pmo_portal.tenants.context import tenant_context
from tests.factories.forecasting import (
    LessonFactory,
    ModelEventFactory,
    SharedPriorFactory,
    SharedWordFactory,
    word_values,
)

from .donors import JULY, TARGET, donors, give

pytestmark = pytest.mark.django_db

ALL = "/t/acme/forecasts/sharing/"
ONE = f"{ALL}crisis/"
EDIT = f"{ONE}edit/"
FILE = f"{ONE}export/"
CARD = "/t/acme/forecasts/models/crisis/"


def read(client: Any, url: str, code: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == code
    return answer.content.decode()


def plain(client: Any, url: str) -> str:
    return " ".join(html.unescape(read(client, url)).split())


def shown_text(page: str) -> str:
    """What stands in the frame, sign by sign."""
    [inside] = re.findall(r"<pre[^>]*>(.*?)</pre>", page, re.DOTALL)
    return html.unescape(inside)


def hidden(page: str, name: str) -> str:
    return re.search(rf'name="{name}" value="([^"]*)"', page)[1]


@pytest.fixture
def word(acme) -> SharedWord:
    with tenant_context(acme.id):
        return SharedWordFactory()


def test_an_organisation_without_history_is_told_what_is_missing(acme, vic, client_for) -> None:
    browser = client_for(vic)
    assert "Nothing is given and nothing is taken" in plain(browser, ALL)
    text = plain(browser, ONE)
    assert "There is nothing to contribute yet" in text
    assert "No training run has tried it yet" in text
    assert "None yet: it takes 5 organisations that give" in text
    assert "Nothing has been given or taken yet." in text
    assert browser.get(FILE).status_code == 404
    with tenant_context(acme.id):
        SharedWordFactory(ready="", lacking="events")
    assert "100 programmes with a known outcome and 70 crises" in plain(browser, ONE)


def test_what_is_shown_downloaded_and_sent_is_the_same_byte_for_byte(
    acme, ada, word, client_for
) -> None:
    browser = client_for(ada)
    before = shown_text(read(browser, ONE))
    form = read(browser, EDIT)
    agreed_to = shown_text(form)
    answer = browser.post(
        EDIT, {"gives": "on", "version": hidden(form, "version"), "seen": hidden(form, "seen")}
    )
    assert (answer.status_code, answer["Location"]) == (303, ONE)
    after = shown_text(read(browser, ONE))
    download = browser.get(FILE)
    with tenant_context(acme.id):
        sent = SharedWord.objects.get().given
    assert before == agreed_to == after == sent == word.ready
    assert download.content == sent.encode()
    assert download["Content-Type"] == "application/json"
    donors(4)
    combining.combine(TARGET, on=JULY)
    with tenant_context(acme.id):
        [event] = ModelEvent.objects.filter(kind="combined")
    assert event.details["sha256"] == sharing_records.fingerprint(download.content.decode())
    assert "In shared prior S1" in plain(browser, ONE)


def test_one_decision_after_the_other_does_what_it_says(acme, ada, word, client_for) -> None:
    """Begin to take, then to give as well, then stop to give, then begin again."""
    browser = client_for(ada)
    for version, (gives, takes) in enumerate(
        [(False, True), (True, True), (False, True), (True, False)], start=1
    ):
        form = read(browser, EDIT)
        assert hidden(form, "version") == str(version)
        filled = {name: hidden(form, name) for name in ("version", "seen")}
        ticked = {name: "on" for name, on in (("gives", gives), ("takes", takes)) if on}
        assert browser.post(EDIT, {**filled, **ticked}).status_code == 303
        with tenant_context(acme.id):
            choice, kept = SharingChoice.objects.get(), SharedWord.objects.get()
        assert (choice.gives, choice.takes) == (gives, takes)
        assert kept.given == (word.ready if gives else "")
    with tenant_context(acme.id):
        kinds = list(ModelEvent.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["given", "withdrawn", "given"]


def test_a_form_opened_before_a_lesson_shows_the_new_numbers_first(
    acme, ada, word, client_for
) -> None:
    browser = client_for(ada)
    form = read(browser, EDIT)
    later = sharing.as_text(word_values(spi_s=-0.9))
    with tenant_context(acme.id):
        SharedWord.objects.update(ready=later)
    filled = {"gives": "on", "version": hidden(form, "version"), "seen": hidden(form, "seen")}
    answer = browser.post(EDIT, filled)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "have changed since this page was opened" in page
    assert shown_text(page) == later
    again = browser.post(EDIT, {**filled, "seen": hidden(page, "seen")})
    assert again.status_code == 303
    with tenant_context(acme.id):
        assert SharedWord.objects.get().given == later


def test_two_administrators_at_once_see_both_choices(acme, ada, word, client_for) -> None:
    browser = client_for(ada)
    form = read(browser, EDIT)
    filled = {"version": hidden(form, "version"), "seen": hidden(form, "seen")}
    browser.post(EDIT, {**filled, "takes": "on"})
    clash = browser.post(EDIT, {**filled, "gives": "on"})
    assert clash.status_code == 409
    with tenant_context(acme.id):
        assert SharedWord.objects.get().given == ""
    page = clash.content.decode()
    again = {"version": hidden(page, "version"), "seen": hidden(page, "seen"), "gives": "on"}
    assert browser.post(EDIT, again).status_code == 303
    with tenant_context(acme.id):
        choice = SharingChoice.objects.get()
        assert (choice.gives, choice.takes) == (True, False)
        assert SharedWord.objects.get().given == word.ready


def test_who_may_not_decide_is_told_who_may(acme, word, dana, vic, client_for) -> None:
    for who in (dana, vic):
        browser = client_for(who)
        assert "Only administrators of the organisation can do this" in plain(browser, ONE)
        assert EDIT not in read(browser, ONE)
        assert browser.post(EDIT, {"gives": "on", "version": "1"}).status_code == 403
    with tenant_context(acme.id):
        assert not SharingChoice.objects.exists()


def test_a_choice_has_a_history_with_a_way_back(acme, ada, word, client_for) -> None:
    browser = client_for(ada)
    form = read(browser, EDIT)
    seen = hidden(form, "seen")
    browser.post(EDIT, {"gives": "on", "version": "1", "seen": seen})
    trail = "/t/acme/history/SHR-1/"
    assert trail in read(browser, ONE)
    assert "Ada Adeyemi" in plain(browser, trail)
    answer = browser.post(f"{trail}restore/", {"version": "1"})
    assert answer.status_code in {302, 303}
    with tenant_context(acme.id):
        assert SharedWord.objects.get().given == ""
    refused = browser.post(f"{trail}restore/", {"version": "2"}, follow=True)
    assert "where the numbers are shown" in html.unescape(refused.content.decode())
    with tenant_context(acme.id):
        assert SharedWord.objects.get().given == ""


def test_the_message_takes_a_decision_back(acme, ada, word, client_for) -> None:
    browser = client_for(ada)
    seen = hidden(read(browser, EDIT), "seen")
    browser.post(EDIT, {"gives": "on", "takes": "on", "version": "1", "seen": seen})
    undo = f"{ONE}undo/1/"
    assert undo in read(browser, ONE)
    # Saved again as it is, there is nothing to take back.
    browser.post(EDIT, {"gives": "on", "takes": "on", "version": "2", "seen": seen})
    assert "/undo/" not in read(browser, ONE)
    answer = browser.post(undo)
    assert (answer.status_code, answer["Location"]) == (303, ONE)
    with tenant_context(acme.id):
        choice = SharingChoice.objects.get()
        assert (choice.gives, choice.takes, choice.version) == (False, False, 3)
        assert SharedWord.objects.get().given == ""
    again = browser.post(undo, follow=True).content.decode()
    assert "decided differently in the meantime" in html.unescape(again)
    refused = browser.post(f"{ONE}undo/2/", follow=True).content.decode()
    assert "where the numbers are shown" in html.unescape(refused)
    with tenant_context(acme.id):
        assert SharedWord.objects.get().given == ""


def test_no_page_of_another_shows_what_one_gives(acme, ola, client_for) -> None:
    """The numbers of Acme are odd enough to be found anywhere."""
    give(acme, spi_s=-0.7713, near_golive=0.8317)
    given = donors(6)
    combining.combine(TARGET, on=JULY)
    browser = client_for(ola)
    for url in (ALL, ONE, EDIT, FILE, CARD, f"{CARD}export/", "/t/acme/forecasts/models/"):
        answer = browser.get(url.replace("/t/acme/", "/t/borealis/"))
        content = answer.content.decode()
        assert "0.7713" not in content
        assert "0.8317" not in content
        assert not [each for each in [acme, *given] if str(each.pk) in content or each.name in content]  # fmt: skip
        assert client_for(ola).get(url).status_code == 404


def test_the_card_says_what_it_starts_from_and_that_it_was_measured_elsewhere(
    acme, vic, client_for
) -> None:
    browser = client_for(vic)
    assert "Shipped prior 2026.1, assumed" in plain(browser, CARD)
    with tenant_context(acme.id):
        made = SharedPriorFactory()
        SharingChoice.objects.create(target=TARGET, number=1, takes=True)
        said = {"number": 1, "organisations": 6, "digest": made.digest, "gain": [0.0123, 0.001, 0.02], "used": True}  # fmt: skip
        LessonFactory(verdict={"tried": True, "reasons": ["order"], "promoted": False, "shared": said})  # fmt: skip
        ModelEventFactory(kind="shared_used", details=said)
    card = plain(browser, CARD)
    assert "Shared prior S1 of 6 organisations" in card
    assert "Prior of 6 organisations, measured there" in card
    assert "Measured elsewhere" in card
    assert "It starts from a shared prior" in card
    assert str(Stage.SHARED.label) in card
    assert "Assumed, not measured" not in card
    assert "0.0123" in plain(browser, ONE)
    exported = json.loads(browser.get(f"{CARD}export/").content)
    assert exported["sha256"] == made.digest
    assert exported["stage"] == "shared"


def test_what_is_not_better_here_says_why(acme, vic, client_for) -> None:
    with tenant_context(acme.id):
        made = SharedPriorFactory()
        SharingChoice.objects.create(target=TARGET, number=1, takes=True)
        said = {"number": 1, "organisations": 6, "digest": made.digest, "gain": [-0.0021, -0.004, 0.001], "used": False}  # fmt: skip
        LessonFactory(verdict={"tried": True, "shared": said})
    browser = client_for(vic)
    for url in (CARD, ONE):
        assert "are not clearly better here" in plain(browser, url)
        assert "−0.0021" in plain(browser, url)
    assert "Shipped prior 2026.1, assumed" in plain(browser, CARD)


def test_a_prior_that_ended_says_so(acme, vic, client_for) -> None:
    SharedPriorFactory()
    SharedPriorFactory(number=2, organisations=0, numbers={}, digest="")
    assert "somebody took back what they gave" in plain(client_for(vic), ONE)


@pytest.mark.parametrize("url", [ALL, ONE, EDIT, CARD, "/t/acme/forecasts/models/"])
def test_as_many_statements_however_many_organisations_and_lessons(
    acme, ada, word, client_for, url
) -> None:
    def statements() -> int:
        browser.get(url)
        with CaptureQueriesContext(
            connection,
        ) as caught:
            browser.get(url)
        return len(caught)

    browser = client_for(ada)
    with tenant_context(acme.id):
        SharingChoice.objects.create(target=TARGET, number=1, takes=True, gives=True)
        made = SharedPriorFactory()
        LessonFactory(verdict={"shared": {"digest": made.digest, "used": True, "gain": [0, 0, 0]}})
        ModelEventFactory(kind="given", details={"sha256": "0" * 64})
    few = statements()
    with tenant_context(acme.id):
        for number in range(2, 6):
            made = SharedPriorFactory(number=number)
            LessonFactory(
                as_of=JULY.replace(day=number),
                verdict={"shared": {"digest": made.digest, "used": True, "gain": [0, 0, 0]}},
            )
            ModelEventFactory(kind="given", details={"sha256": "0" * 64})
    assert statements() == few


def test_the_other_target_has_its_own_page(acme, vic, client_for) -> None:
    with tenant_context(acme.id):
        SharedWordFactory(target=Target.RAID_ESCALATES_4W, ready="{}\n")
    assert shown_text(read(client_for(vic), f"{ALL}escalation/")) == "{}\n"
    assert client_for(vic).get(f"{ALL}dates/").status_code == 404
