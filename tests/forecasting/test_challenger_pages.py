"""The pages of champion and challenger, in a browser without script."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forecasting.choices import Happening, ModelStatus, Target
from forecasting.in_force import shipped
from forecasting.in_force.standing import LESSON
from forecasting.learning import prior
from forecasting.models import (
    Lesson,
    ModelEvent,
    RaidScore,
    RiskModel,
    RiskScore,
    SharedPrior,
    SharingChoice,
)
from forecasting.views import challenger
from pmo_portal.tenants.context import tenant_context
from tests.factories.forecasting import (
    LessonFactory,
    ModelEventFactory,
    RaidScoreFactory,
    RiskModelFactory,
    RiskScoreFactory,
    SharedPriorFactory,
)
from tests.factories.programmes import ProgrammeFactory, RaidItemFactory
from tests.pmo_portal.scorecards.stories import TODAY

from .test_model_pages import ALL, CARD, read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("day_of_stories")]

PAGE = f"{CARD}challenger/"
OF_ITEMS = f"{ALL}escalation/challenger/"
REFUSED = {"tried": True, "promoted": False, "gain": [-0.001, -0.003, 0.001], "slope": [0.5, 0.4, 0.6], "reasons": ["slope", "slice:near_golive"]}  # fmt: skip


def compared(gain: list[float], beside: str, **more: Any) -> dict[str, Any]:
    one = {
        "log_loss": 0.2, "auc": [0.74, 0.7, 0.77], "ap": [0.22, 0.19, 0.27], "skill": [0.05, 0.03, 0.08],
        "error": [0.012, 0.01, 0.02], "slope": [0.61, 0.41, 0.81],
    }  # fmt: skip
    other = {**one, "log_loss": 0.3, "auc": [0.68, 0.6, 0.7], "slope": [0.98, 0.78, 1.18]}
    return {
        "rows": 900, "programmes": 40, "events": 22, "since": None, "beside": beside, "gain": gain,
        "by": {"challenger": one, "champion": other}, **more,
    }  # fmt: skip


def make_challenger(target: Target = Target.CRISIS_4W, **values: Any) -> RiskModel:
    """A model that tells every input nothing and one portfolio twice the odds, on a level of its own."""
    assumed = prior.load(target)
    model = replace(assumed, intercept=assumed.intercept + 1.0, weights=0.5 * assumed.weights)
    measured = {
        "verdict": REFUSED,
        "compared": compared([0.001, -0.001, 0.003], shipped.digest(target)),
    }
    made = {
        "target": target, "status": ModelStatus.CANDIDATE, "number": 7, "stage": "recalibrated", "made_on": TODAY,
        "feature_set": assumed.inputs.version, "numbers": model.as_dict(), "digest": model.digest,
        "rows": 900, "programmes": 40, "events": 22, "measured": measured,
    }  # fmt: skip
    return RiskModelFactory(**{**made, **values})


def use_shared() -> SharedPrior:
    """A shared prior that the last training run found better here."""
    made = SharedPriorFactory()
    SharingChoice.objects.create(target=Target.CRISIS_4W, number=1, takes=True)
    said = {"number": 1, "organisations": 6, "digest": made.digest, "gain": [0.0123, 0.001, 0.02], "used": True}  # fmt: skip
    LessonFactory(
        as_of=TODAY, verdict={**REFUSED, "reasons": ["gain"], "shared": said}, challenger=7
    )
    return made


@pytest.fixture
def waiting(in_acme):
    LessonFactory(as_of=TODAY, rows=900, programmes=40, events=22, verdict=REFUSED, challenger=7)
    return make_challenger()


# --- what they say -----------------------------------------------------------------------------------------


def test_both_are_told_beside_each_other(waiting, acme, vic, client_for) -> None:
    text = read(client_for(vic), PAGE)
    for words in (
        "Model 7 was neither clearly better nor clearly worse than Shipped prior 2026.1, which is in use",
        "0.0010 (80% of such: −0.0010 to 0.0030)", "Weeks compared: 900 of 40 programmes, with 22 events.",
        "0.74 (0.70 to 0.77)", "0.68 (0.60 to 0.70)", "0.61 (0.41 to 0.81)", "0.98 (0.78 to 1.18)", "0.2000", "0.3000",
        "Its scores are too bold or too timid.", "Forecasts near a go-live would be worse.",
        "22 crises in 40 programmes", "40 invented organisations", "Raises less", "Lowers less", shipped.digest("crisis_4w")[:12],
    ):  # fmt: skip
        assert words in text, words
    card = read(client_for(vic), CARD)
    assert f'<a href="{PAGE}">Model 7</a>' in card
    assert "Model 7" in read(client_for(vic), ALL)


@pytest.mark.parametrize(
    ("gain", "words"),
    [
        ([0.002, 0.001, 0.003], "was clearly better than"),
        ([-0.002, -0.003, 0.0], "was clearly worse than"),
        (None, "could not be compared yet"),
    ],
)
def test_the_heading_is_what_was_measured(acme, vic, client_for, gain, words) -> None:
    with tenant_context(acme.id):
        found = compared(gain, shipped.digest("crisis_4w"), by={} if gain is None else compared([], "")["by"])  # fmt: skip
        make_challenger(measured={"verdict": REFUSED, "compared": found})
    text = read(client_for(vic), PAGE)
    assert words in text
    assert ("Too few to measure by." in text) is (gain is None)


def test_beside_a_shared_prior_it_is_told_of_other_organisations(acme, vic, client_for) -> None:
    with tenant_context(acme.id):
        use_shared()
        make_challenger()
        ModelEventFactory(kind=Happening.REFUSED, details=Lesson.objects.get().verdict)
        ModelEventFactory(kind=Happening.FELL_BACK, details={"because": LESSON})
    text = read(client_for(vic), PAGE)
    assert "waits beside Shared prior S1 of 6 organisations" in text
    facts = text.split('id="facts"', 1)[1].split("</table>", 1)[0]
    assert "<td>6 organisations</td>" in facts
    assert "it was better here" in facts
    for words in ("invented organisations", "Shipped with the portal"):
        assert words not in facts
    # What a lesson told worse than is the prior it started from.
    card = read(client_for(vic), CARD)
    assert "It was less accurate than the shared prior." in card
    assert "Gain over the shared prior in log loss" in card
    assert "Back to the prior" in card
    for words in ("less accurate than the shipped prior", "Back to the shipped prior"):
        assert words not in card


@pytest.mark.parametrize("now", ["left", "used"])
def test_a_model_stands_beside_the_prior_it_was_learned_from_not_todays(
    acme, vic, client_for, now
) -> None:
    with tenant_context(acme.id):
        made = use_shared() if now == "used" else SharedPriorFactory()
        since = shipped.digest(Target.CRISIS_4W) if now == "used" else made.digest
        numbers = shipped.numbers(Target.CRISIS_4W)
        numbers = {**numbers, "about": {**numbers["about"], "starts_from": since}}
        RiskModelFactory(status=ModelStatus.CHAMPION, number=6, numbers=numbers)
    shared, other = "Shared prior S1 of 6 organisations, measured there", "Shipped prior 2026.1, assumed"  # fmt: skip
    if now == "used":
        shared, other = other, shared
    for url in (CARD, ALL):
        text = read(client_for(vic), url)
        assert shared in text
        if url == CARD:
            assert other not in text
    terms = [
        read(client_for(vic), url).split('id="terms"', 1)[1].split("</table>", 1)[0]
        for url in (CARD, f"{CARD}6/")
    ]
    assert terms[0] == terms[1]


def test_what_it_was_compared_with_before_is_not_said_of_what_is_in_use_now(
    waiting, acme, vic, client_for
) -> None:
    with tenant_context(acme.id):
        RiskModelFactory(status=ModelStatus.CHAMPION, number=6, digest="5" * 64)
    text = read(client_for(vic), PAGE)
    assert "the two could not be compared yet" in text
    assert "It was compared with the model in use before" in text


def test_a_challenger_that_was_not_compared_says_so(waiting, acme, vic, client_for) -> None:
    with tenant_context(acme.id):
        RiskModel.objects.update(measured={"verdict": {**REFUSED, "promoted": True, "reasons": []}, "compared": {}})  # fmt: skip
    text = read(client_for(vic), PAGE)
    assert "Something else came into use while it was being trained" in text
    assert "Nothing spoke against it in programmes it was not learned from" in text


def test_weeks_it_was_learned_from_are_not_asked_of_what_is_in_use(acme, vic, client_for) -> None:
    with tenant_context(acme.id):
        champion = RiskModelFactory(status=ModelStatus.CHAMPION, number=6)
        found = compared([0.1, 0.05, 0.2], champion.digest, since="2026-03-02")
        make_challenger(measured={"verdict": REFUSED, "compared": found})
    text = read(client_for(vic), PAGE)
    assert "Model 7 was clearly better than Model 6, which is in use" in text
    assert "all after 2 Mar 2026" in text


@pytest.mark.parametrize(
    ("lesson", "words"),
    [
        (None, "nothing has been learned from here yet"),
        ({"tried": False}, "too little happened here to try a model"),
        ({"tried": True, "promoted": True}, "the next training run may make one"),
    ],
)
def test_without_a_challenger_the_page_says_why(acme, vic, client_for, lesson, words) -> None:
    with tenant_context(acme.id):
        if lesson is not None:
            LessonFactory(as_of=TODAY, verdict=lesson)
    for page in (PAGE, OF_ITEMS):
        assert "There is no challenger" in read(client_for(vic), page)
    assert words in read(client_for(vic), PAGE)
    assert client_for(vic).get(f"{ALL}dates/challenger/").status_code == 404


# --- what would be told of today -----------------------------------------------------------------------------


def test_what_would_be_told_stands_beside_what_is_told_and_nothing_is_written(
    waiting, acme, vic, dee, client_for
) -> None:
    with tenant_context(acme.id):
        near = RiskScoreFactory(programme=ProgrammeFactory(name="Payroll", code="PAY"))
        far = RiskScoreFactory(
            programme=ProgrammeFactory(name="Estates"), probability=0.9, high=0.95
        )
        RiskScoreFactory(programme=far.programme, is_current=False, probability=0.01, low=0.01)
        model = prior.load(Target.CRISIS_4W).from_dict(
            waiting.numbers, prior.load(Target.CRISIS_4W).inputs
        )
        would = float(model.probability(np.array([near.raw]))[0])
        before = list(RiskScore.objects.order_by("pk").values())
    text = read(client_for(vic), PAGE)
    assert text.index("Estates") < text.index("Payroll")
    assert '<a href="/t/acme/p/PAY/forecast/">Payroll</a>' in text
    assert f"{100 * (would - 0.9):+.1f}".replace("-", "−") in text
    assert "Of 2 programmes: the risk would be five points or more higher than now in 0" in text
    with tenant_context(acme.id):
        assert list(RiskScore.objects.order_by("pk").values()) == before
    rows = b"".join(client_for(vic).get(PAGE, {"format": "csv"})).decode()
    assert "Estates" in rows
    assert "Payroll" in rows
    assert client_for(vic).get(PAGE, {"format": "xlsx"}).status_code == 200
    # Who sees no programme sees no score, only what the two are.
    for answer in (read(client_for(dee), PAGE), b"".join(client_for(dee).get(PAGE, {"format": "csv"})).decode()):  # fmt: skip
        assert "Payroll" not in answer
    assert "No score of today to compare" in read(client_for(dee), PAGE)


def test_items_are_told_beside_each_other_too(acme, vic, dee, client_for) -> None:
    with tenant_context(acme.id):
        make_challenger(Target.RAID_ESCALATES_4W)
        RaidScoreFactory(item=RaidItemFactory(title="Vendor is late"), probability=0.9, high=0.95)
        count = RaidScore.objects.count()
    text = read(client_for(vic), OF_ITEMS)
    assert "Vendor is late" in text
    assert "Of 1 item: the risk would be five points or more higher than now in 0" in text
    assert "crisis" not in text.split("<main", 1)[1].split("</main>")[0].lower().replace("a crisis within four weeks", "")  # fmt: skip
    assert "Vendor is late" not in read(client_for(dee), OF_ITEMS)
    with tenant_context(acme.id):
        assert RaidScore.objects.count() == count


def test_of_many_programmes_a_page_compares_those_told_the_highest_risk_and_a_file_all(
    waiting, acme, vic, client_for, monkeypatch
) -> None:
    monkeypatch.setattr(challenger, "COMPARED", 2)
    with tenant_context(acme.id):
        for name, risk in (("Payroll", 0.6), ("Estates", 0.01), ("Digital", 0.4)):
            RiskScoreFactory(
                programme=ProgrammeFactory(name=name), probability=risk, low=0.0, high=0.7
            )
    text = read(client_for(vic), PAGE)
    assert "Of the 2 programmes at the highest risk, out of 3:" in text
    assert "Only the 2 programmes with the highest risk are compared here; the file compares all 3." in text  # fmt: skip
    assert "Digital" in text
    assert "Estates" not in text
    rows = b"".join(client_for(vic).get(PAGE, {"format": "csv"})).decode()
    assert all(name in rows for name in ("Payroll", "Estates", "Digital"))
    monkeypatch.setattr(challenger, "COMPARED", 4)
    text = read(client_for(vic), PAGE)
    assert "Of 3 programmes:" in text
    assert "are compared here" not in text


def test_changes_are_turned_through_from_the_largest_on(
    waiting, acme, vic, client_for, monkeypatch
) -> None:
    monkeypatch.setattr(challenger, "PAGE_SIZE", 2)
    with tenant_context(acme.id):
        for name, risk in (("Payroll", 0.6), ("Estates", 0.95), ("Digital", 0.8)):
            RiskScoreFactory(programme=ProgrammeFactory(name=name), probability=risk, high=0.99)
    client = client_for(vic)
    first = read(client, PAGE)
    assert "1 to 2 of 3" in first
    assert first.index("Estates") < first.index("Digital")
    assert "Payroll" not in first
    [ahead] = re.findall(r'rel="next" href="([^"]+)"', first)
    part = client.get(PAGE + ahead.partition("challenger/")[2], headers={"HX-Request": "true"})
    last = " ".join(part.content.decode().split())
    assert last.startswith('<section class="card')
    assert "3 to 3 of 3" in last
    assert "Payroll" in last
    assert "Estates" not in last
    assert 'rel="prev"' in last
    assert 'rel="next"' not in last
    # Beyond the last page is the last page.
    assert "Payroll" in read(client, f"{PAGE}?page=99")


def test_a_challenger_of_other_inputs_tells_nothing(waiting, acme, dana, client_for) -> None:
    with tenant_context(acme.id):
        RiskScoreFactory()
        RiskModel.objects.update(feature_set="1999.1")
    text = read(client_for(dana), PAGE)
    assert "made for other inputs" in text
    assert f"{CARD}7/promote/" not in text
    assert b"2026" not in b"".join(client_for(dana).get(PAGE, {"format": "csv"}))
    assert "inputs of an earlier version" in read(client_for(dana), f"{CARD}7/")


# --- decisions ---------------------------------------------------------------------------------------------


def test_a_lead_puts_it_into_use_with_a_reason_everybody_reads(waiting, acme, cam, vic, client_for) -> None:  # fmt: skip
    viewer, client = client_for(vic), client_for(cam)
    assert "promote" not in read(viewer, PAGE)
    for act in ("promote", "decline"):
        assert viewer.get(f"{CARD}7/{act}/").status_code == 403
        assert viewer.post(f"{CARD}7/{act}/", {"reason": "x"}).status_code == 403
    assert viewer.post(f"{CARD}7/offer/").status_code == 403
    form = read(client, f"{CARD}7/promote/")
    assert "Put Model 7 into use instead of Shipped prior 2026.1?" in form
    assert "Its scores are too bold or too timid." in form
    beside = shipped.digest("crisis_4w")
    answer = client.post(f"{CARD}7/promote/", {"beside": beside, "reason": ""})
    assert answer.status_code == 422
    answer = client.post(f"{CARD}7/promote/", {"beside": beside, "reason": "We know our go-lives"})
    assert answer.status_code == 303
    assert answer["Location"] == PAGE
    assert "There is no challenger: a person put it into use" in read(viewer, PAGE)
    text = read(viewer, CARD)
    assert "We know our go-lives" in text
    assert "A person put the challenger into use: model 7" in text
    assert "Model 7, the challenger, was put into use by Cam Castillo" in text
    used = "and used because a person decided so: Its scores are too bold or too timid."
    assert used in text
    assert used in read(viewer, f"{CARD}7/")
    assert "<dt>Approved by</dt><dd>Cam Castillo</dd>" in text
    # Twice is once.
    answer = client.post(f"{CARD}7/promote/", {"beside": beside, "reason": "Again"}, follow=True)
    assert "Model 7 is not the challenger any more." in answer.content.decode()
    with tenant_context(acme.id):
        assert ModelEvent.objects.filter(kind=Happening.CHOSEN).count() == 1


def test_what_came_into_use_meanwhile_stops_a_decision(waiting, acme, dana, client_for) -> None:
    client = client_for(dana)
    for act in ("promote", "decline"):
        answer = client.post(f"{CARD}7/{act}/", {"beside": "4" * 64, "reason": "Why"})
        assert answer.status_code == 422
        assert "Something else came into use since you opened this page" in answer.content.decode()
    with tenant_context(acme.id):
        assert RiskModel.objects.get().status == ModelStatus.CANDIDATE
        assert not ModelEvent.objects.exists()


@pytest.mark.parametrize(("act", "status"), [("promote", "champion"), ("decline", "retired")])
def test_a_refused_decision_can_be_sent_again_once_what_is_in_use_was_seen(
    waiting, acme, dana, client_for, act, status
) -> None:
    client, url = client_for(dana), f"{CARD}7/{act}/"
    page = client.post(url, {"beside": "4" * 64, "reason": ""}).content.decode()
    # Whoever was not told that something else is in use is not asked about it.
    assert f'value="{"4" * 64}"' in page
    page = client.post(url, {"beside": "4" * 64, "reason": "Known go-lives"}).content.decode()
    assert "Something else came into use" in page
    assert "Known go-lives</textarea>" in page
    [beside] = re.findall(r'name="beside" value="([^"]*)"', page)
    answer = client.post(url, {"beside": beside, "reason": "Known go-lives"})
    assert answer.status_code == 303
    with tenant_context(acme.id):
        assert RiskModel.objects.get().status == status


def test_a_challenger_that_a_lesson_replaced_leads_to_the_one_there_is(
    waiting, acme, dana, client_for
) -> None:
    with tenant_context(acme.id):
        LessonFactory(as_of=TODAY - timedelta(days=7), challenger=5)
    client = client_for(dana)
    values = {"beside": shipped.digest("crisis_4w"), "reason": "Why"}
    for answer, code in (
        (client.post(f"{CARD}5/promote/", values, follow=True), 303),
        (client.get(f"{CARD}5/", follow=True), 302),
    ):
        assert answer.redirect_chain == [(PAGE, code)]
        assert "Model 5 was a challenger; the one of a later lesson" in answer.content.decode()
    for path in ("4/promote/", "4/", "4/export/", "5/export/"):
        assert client.get(f"{CARD}{path}").status_code == 404


def test_a_lead_sets_it_aside_and_puts_it_up_again(waiting, acme, dana, vic, client_for) -> None:
    client = client_for(dana)
    values = {"beside": shipped.digest("crisis_4w"), "reason": "Too bold"}
    text = client.post(f"{CARD}7/decline/", values, follow=True).content.decode()
    assert "There is no challenger: a person set it aside" in text
    assert "Model 7 was set aside as challenger by Dana Delaney" in text
    assert "Too bold." in text
    assert f"{CARD}7/offer/" in text
    assert f"{CARD}7/offer/" not in read(client_for(vic), PAGE)
    assert "Too bold" in read(client_for(vic), CARD)
    assert "was a challenger and never in use" in read(client_for(vic), f"{CARD}7/")
    text = client.post(f"{CARD}7/offer/", follow=True).content.decode()
    assert "Model 7 is the challenger again." in text
    assert "cannot be put up" in client.post(f"{CARD}7/offer/", follow=True).content.decode()


def test_nobody_decides_for_another_organisation(acme, borealis, ola, client_for) -> None:
    with tenant_context(acme.id):
        make_challenger()
    client = client_for(ola)
    values = {"beside": shipped.digest("crisis_4w"), "reason": "Mine"}
    for base in (CARD, CARD.replace("acme", "borealis")):
        for path in ("7/", "7/export/"):
            assert client.get(f"{base}{path}").status_code == 404
        for path in ("7/promote/", "7/decline/", "7/offer/"):
            assert client.post(f"{base}{path}", values).status_code == 404
    assert "Model 7" not in read(client, PAGE.replace("acme", "borealis"))
    with tenant_context(acme.id):
        assert RiskModel.objects.get().status == ModelStatus.CANDIDATE


# --- the registry --------------------------------------------------------------------------------------------


def test_every_model_is_listed_opened_and_taken_away(waiting, acme, cam, vic, client_for) -> None:
    with tenant_context(acme.id):
        RiskModelFactory(number=5, approved_by=cam.user)
        numbers = {**waiting.numbers, "pools": {"Digital": 0.5}}
        RiskModelFactory(number=6, status=ModelStatus.CHAMPION, numbers=numbers)
    client = client_for(vic)
    text = read(client, CARD)
    assert "3 models were made here" in text
    for number in (5, 6, 7):
        assert f'<a href="{CARD}{number}/">{number}</a>' in text
    assert "Cam Castillo" in text
    rows = b"".join(client.get(CARD, {"format": "csv", "sort": "number"})).decode().splitlines()
    assert [row.split(",")[0] for row in rows] == ["\ufeffModel" if rows[0].startswith("\ufeff") else "Model", "5", "6", "7"]  # fmt: skip
    assert "Cam Castillo" in rows[1]
    assert "By the rules of the portal" in rows[2]
    assert "Challenger" in rows[3]
    assert waiting.digest in rows[3]
    assert client.get(CARD, {"format": "xlsx"}).status_code == 200
    detail = read(client, f"{CARD}6/")
    assert "Model 6 is in use" in detail
    assert "Digital" in detail
    detail = read(client, f"{CARD}7/")
    assert "Model 7 is the challenger" in detail
    assert waiting.digest in detail
    assert "and not used: Its scores are too bold" in detail
    answer = client.get(f"{CARD}7/export/")
    assert answer["Content-Disposition"] == f'attachment; filename="crisis-{waiting.digest[:12]}.json"'  # fmt: skip
    values = json.loads(answer.content)
    assert (values["number"], values["status"], values["approved_by"]) == (7, "candidate", None)
    assert values["sha256"] == waiting.digest
    assert values["model"] == waiting.numbers
    assert values["learned_from"] == {"rows": 900, "programmes": 40, "events": 22}


@pytest.mark.parametrize("url", [PAGE, OF_ITEMS, CARD, f"{CARD}7/"])
def test_statements_do_not_grow(waiting, acme, vic, client_for, url) -> None:
    with tenant_context(acme.id):
        make_challenger(Target.RAID_ESCALATES_4W)
        RiskScoreFactory()
        RaidScoreFactory()
    counts = []
    for turn in range(2):
        client = client_for(vic)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(url).status_code == 200
        counts.append(len(seen))
        with tenant_context(acme.id):
            for at in range(8):
                RiskScoreFactory()
                RaidScoreFactory()
                RiskModelFactory(number=100 + 10 * turn + at, approved_by=vic.user)
                ModelEventFactory(model=RiskModel.objects.first())
    assert counts[0] == counts[1]
