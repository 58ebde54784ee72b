"""Pages of charters, reviews and go-live moves over HTTP."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime

import pytest
from allauth.mfa.models import Authenticator

from governance import services
from governance.models import Charter, GoliveMove, ReviewView, SuccessMeasure
from pmo_portal.tenants.context import tenant_context
from tests.factories.governance import (
    CharterAssumptionFactory,
    CharterFactory,
    DecisionFactory,
    GoliveMoveFactory,
    ReviewFactory,
    ReviewLineFactory,
    ReviewViewFactory,
    SuccessMeasureFactory,
)
from tests.factories.programmes import MilestoneFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db

BASE = "/t/acme/p/FHR/"
AT = datetime(2026, 6, 10, 9, tzinfo=UTC)


@pytest.fixture
def programme(acme, dana, cam):
    with tenant_context(acme.id):
        return ProgrammeFactory(
            code="FHR", name="Finance and HR", starts_on=date(2026, 1, 1),
            delivery_lead=dana.person, change_lead=cam.person,
        )  # fmt: skip


@pytest.fixture
def charter(acme, programme):
    """A complete draft."""
    with tenant_context(acme.id):
        charter = CharterFactory(programme=programme)
        SuccessMeasureFactory(charter=charter, line=1, half="delivery")
        SuccessMeasureFactory(charter=charter, line=2, half="adoption", name="Done unaided")
        CharterAssumptionFactory(charter=charter, line=3)
        return charter


def proves_it(browser, user, method="password"):
    """As if the person had just typed the password (or code) again."""
    session = browser.session
    session["account_authentication_methods"] = [{"method": method, "at": time.time()}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return browser


def fresh(acme, record):
    with tenant_context(acme.id):
        return type(record).all_objects.get(pk=record.pk)


def test_without_a_charter_the_page_invites_to_start_one(programme, cam, vic, client_for):
    assert b"Start the charter" in client_for(cam).get(f"{BASE}charter/").content
    page = client_for(vic).get(f"{BASE}charter/").content
    assert b"Nothing is agreed in writing yet" in page
    assert b"btn-primary" not in page


def test_from_nothing_to_two_signatures_in_the_browser(acme, programme, dana, cam, client_for):
    delivery, change = client_for(dana), client_for(cam)
    answer = delivery.post(f"{BASE}charter/new/")
    assert answer["Location"].endswith("/charter/1/edit/")
    with tenant_context(acme.id):
        form = {"version": Charter.objects.get().version}
    answer = delivery.post(
        f"{BASE}charter/1/edit/", form | {"purpose": "Pay", "objectives": "On time"}
    )
    assert answer.status_code == 303
    line = {
        "name": "Milestones met", "unit": "%", "baseline_value": "60", "target_value": "90",
        "due_on": "2026-12-01",
    }  # fmt: skip
    new = f"{BASE}charter/1/measures/new/"
    assert delivery.post(new, line | {"half": "delivery"}).status_code == 303
    assert delivery.post(new, line | {"half": "adoption"}).status_code == 422
    assert b"success measure of adoption" in delivery.get(f"{BASE}charter/1/").content
    assert change.post(new, line | {"half": "adoption"}).status_code == 303
    assert change.post(f"{BASE}charter/1/offer/").status_code in (302, 303)
    for browser, member, voice in ((delivery, dana, "delivery"), (change, cam, "change")):
        proves_it(browser, member.user)
        with tenant_context(acme.id):
            version = Charter.objects.get().version
        answer = browser.post(f"{BASE}charter/1/sign/{voice}/", {"version": version})
        assert answer.status_code == 303
    with tenant_context(acme.id):
        assert Charter.objects.get().status == "agreed"
    page = client_for(dana).get(f"{BASE}charter/").content
    assert b"Both leads have agreed" in page
    assert b"Fingerprint" in page


def test_whoever_signs_proves_first_who_they_are(acme, charter, dana, client_for):
    with tenant_context(acme.id):
        services.offer_charter(charter, acting=None)
    browser = client_for(dana)
    here = f"{BASE}charter/1/sign/delivery/"
    for code, answer in ((302, browser.get(here)), (303, browser.post(here, {"version": 2}))):
        assert answer.status_code == code
        assert answer["Location"].startswith("/accounts/reauthenticate/?next=")
    assert fresh(acme, charter).signatures.count() == 0
    assert proves_it(browser, dana.user).get(here).status_code == 200


def test_production_wants_the_second_factor(acme, charter, dana, client_for, settings):
    settings.PMO_ENFORCE_SECOND_FACTOR = True
    with tenant_context(acme.id):
        services.offer_charter(charter, acting=None)
    browser = proves_it(client_for(dana), dana.user)
    here = f"{BASE}charter/1/sign/delivery/"
    assert browser.get(here)["Location"] == "/accounts/2fa/"
    Authenticator.objects.create(user=dana.user, type="totp", data={"secret": "x"})
    assert browser.get(here)["Location"].startswith("/accounts/2fa/reauthenticate/?next=")
    proves_it(browser, dana.user, "mfa")
    assert browser.get(here).status_code == 200


def test_words_changed_while_reading_are_not_signed(acme, charter, dana, cam, client_for):
    with tenant_context(acme.id):
        offered = services.offer_charter(charter, acting=None)
        services.revise_charter(offered, changes={"purpose": "Other"}, at=AT, acting=cam)
        services.offer_charter(Charter.objects.get(), acting=None)
    browser = proves_it(client_for(dana), dana.user)
    answer = browser.post(f"{BASE}charter/1/sign/delivery/", {"version": offered.version})
    assert answer["Location"].endswith("/charter/1/")
    with tenant_context(acme.id):
        assert not fresh(acme, charter).signed


def test_a_stale_form_of_the_words_shows_the_conflict(acme, charter, dana, cam, client_for):
    opened = charter.version
    with tenant_context(acme.id):
        services.revise_charter(charter, changes={"purpose": "Cam's"}, at=AT, acting=cam)
    answer = client_for(dana).post(
        f"{BASE}charter/1/edit/",
        {"version": opened, "purpose": "Dana's", "objectives": "On time"},
    )
    assert answer.status_code == 409
    assert fresh(acme, charter).purpose == "Cam's"


def test_a_save_that_changes_no_word_takes_no_signature_off(acme, charter, dana, cam, client_for):
    with tenant_context(acme.id):
        revised = services.revise_charter(
            charter, changes={"objectives": "On time\nUsed"}, at=AT, acting=cam
        )
        offered = services.offer_charter(revised, acting=cam)
        services.sign_charter(offered, function="change", at=AT, on=date(2026, 6, 10), acting=cam)
    browser, edit = client_for(dana), f"{BASE}charter/1/edit/"
    form = browser.get(edit).context["form"]
    sent = {field.name: field.value() for field in form if field.value() is not None}
    # As browsers send it.
    answer = browser.post(edit, sent | {"objectives": "On time\r\nUsed"}, follow=True)
    assert "The signatures were removed" not in answer.content.decode()
    with tenant_context(acme.id):
        assert list(Charter.objects.get().signed) == ["change"]


def test_a_line_is_taken_out_and_put_back(acme, charter, cam, dana, client_for):
    browser = client_for(cam)
    assert client_for(dana).post(f"{BASE}charter/1/measures/2/remove/").status_code == 403
    browser.post(f"{BASE}charter/1/measures/2/remove/")
    with tenant_context(acme.id):
        assert SuccessMeasure.objects.filter(charter=charter).count() == 1
    browser.post(f"{BASE}charter/1/measures/2/restore/")
    with tenant_context(acme.id):
        assert SuccessMeasure.objects.filter(charter=charter).count() == 2


def test_versions_are_compared(acme, charter, dana, client_for):
    with tenant_context(acme.id):
        Charter.objects.update(status="agreed", agreed_on=date(2026, 2, 1))
        second = services.start_charter(charter.programme, acting=None)
        services.revise_charter(
            second, changes={"purpose": "One system for everybody."}, at=AT, acting=None
        )
    page = client_for(dana).get(f"{BASE}charter/2/changes/").content.decode()
    assert "One thing differs" in page
    assert "<ins>everybody.</ins>" in page


def test_the_register_of_charters_filters_and_exports(acme, charter, vic, client_for):
    with tenant_context(acme.id):
        services.offer_charter(charter, acting=None)
    browser = client_for(vic)
    assert b"Finance and HR" in browser.get("/t/acme/charters/?state=waits_change").content
    assert (
        b"Finance and HR"
        not in browser.get("/t/acme/charters/?state=agreed")
        .content.split(b'id="register"')[-1]
        .split(b"</table>")[0]
    )
    held = browser.get("/t/acme/charters/?format=csv").content
    assert b"Ready to sign" in held
    assert b"Signed for delivery,Signed for adoption" in held


def _review(acme, programme, **more):
    with tenant_context(acme.id):
        MilestoneFactory(programme=programme, baseline_on=date(2026, 12, 1))
        charter = CharterFactory(programme=programme, status="agreed", agreed_on=date(2026, 1, 5))
        review = ReviewFactory(charter=charter, **more)
        for line in (1, 2):
            ReviewLineFactory(review=review, line=line, text=f"Line {line}")
        return review


def test_a_review_from_first_word_to_done(acme, programme, dana, cam, client_for):
    review = _review(acme, programme)
    place = f"{BASE}reviews/{review.reference}/"
    for member, voice in ((dana, "delivery"), (cam, "change")):
        browser = client_for(member)
        word = {"verdict": "drifted", "evidence": "Counted."}
        answer = browser.post(f"{place}lines/1/{voice}/", word | {"next": "1"})
        assert answer["Location"].endswith(f"/lines/2/{voice}/")
        browser.post(f"{place}lines/2/{voice}/", word | {"next": "1"})
        assert browser.post(f"{place}complete/{voice}/").status_code == 303
    assert fresh(acme, review).status == "done"
    page = client_for(dana).get(place).content
    assert b"2 things that were agreed have drifted" in page
    # What both learned stands under the lines; beside them, who said what and the counts.
    main, _split, side = page.partition(b'id="completion"')
    assert b'id="learned"' in main
    assert side.count(b"<dt>") == 3
    assert client_for(dana).post(f"{place}lines/1/delivery/", word).status_code == 422


def test_nobody_writes_the_column_of_the_other_side(acme, programme, dana, cam, vic, client_for):
    review = _review(acme, programme)
    place = f"{BASE}reviews/{review.reference}/lines/1/"
    for member, voice in ((dana, "change"), (cam, "delivery"), (vic, "delivery")):
        answer = client_for(member).post(f"{place}{voice}/", {"verdict": "holds", "evidence": "x"})
        assert answer.status_code == 403
    with tenant_context(acme.id):
        assert not ReviewView.objects.exists()


def test_what_came_out_of_a_review_is_linked(acme, programme, dana, client_for):
    review = _review(acme, programme)
    place = f"{BASE}reviews/{review.reference}/"
    with tenant_context(acme.id):
        decision = DecisionFactory(programme=programme, question="Do we train more?")
    browser = client_for(dana)
    browser.post(f"{place}link/", {"outcome": decision.reference})
    browser.post(
        f"{place}action/",
        {"text": "Book rooms", "agreed_on": "2026-06-01", "due_on": "2026-06-20"},
    )
    page = browser.get(place).content
    assert b"2 things came out of it" in page
    browser.post(f"{place}unlink/", {"outcome": decision.reference})
    assert b"One thing came out of it" in browser.get(place).content


def test_overdue_reviews_are_flagged(acme, programme, vic, client_for):
    _review(acme, programme, due_on=date(2026, 1, 30))
    browser = client_for(vic)
    assert b"is overdue" in browser.get(f"{BASE}reviews/").content
    assert b"One review is overdue" in browser.get("/t/acme/reviews/").content
    assert b"FHR" in browser.get("/t/acme/reviews/?state=overdue").content


def test_a_moved_golive_asks_on_the_milestone_and_gets_its_reason(
    acme, programme, dana, client_for, django_capture_on_commit_callbacks
):
    with tenant_context(acme.id):
        stone = MilestoneFactory(programme=programme, is_golive=True, name="Payroll go-live")
    browser = client_for(dana)
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(
            f"{BASE}plan/{stone.reference}/move/",
            {"forecast_on": "2027-03-01", "reason": "Parallel run", "version": stone.version},
        )
    page = browser.get(f"{BASE}plan/{stone.reference}/").content
    assert b"Why did this go-live move?" in page
    with tenant_context(acme.id):
        noted = GoliveMove.objects.get()
    place = f"{BASE}golives/moves/{noted.reference}/"
    answer = browser.post(
        f"{place}reason/",
        {"version": noted.version, "reason": "readiness", "text": "Not trained", "decision": ""},
    )
    assert answer.status_code == 303
    assert b"People were not ready" in browser.get(place).content
    assert b"nobody has said why" not in browser.get(f"{BASE}golives/moves/").content


def test_the_register_of_moves_filters_and_exports(acme, programme, vic, client_for):
    with tenant_context(acme.id):
        GoliveMoveFactory(milestone__programme=programme, milestone__name="Payroll go-live")
    browser = client_for(vic)
    assert b"Payroll go-live" in browser.get(f"{BASE}golives/moves/?reason=none&way=close").content
    assert b"nobody has said why" in browser.get("/t/acme/golives/moves/").content
    export = browser.get("/t/acme/golives/moves/?format=csv").content.decode()
    assert "FHR" in export
    assert "Not said yet" in export
    assert browser.get(f"{BASE}golives/moves/?format=xlsx").status_code == 200


def test_history_puts_an_earlier_text_back_and_takes_signatures_off(
    acme, charter, dana, cam, client_for
):
    with tenant_context(acme.id):
        first = charter.version
        revised = services.revise_charter(charter, changes={"purpose": "New"}, at=AT, acting=cam)
        services.offer_charter(revised, acting=cam)
        services.sign_charter(
            Charter.objects.get(), function="change", at=AT, on=date(2026, 6, 10), acting=cam
        )
    browser = client_for(dana)
    assert browser.get(f"/t/acme/history/{charter.reference}/").status_code == 200
    browser.post(f"/t/acme/history/{charter.reference}/restore/", {"version": first})
    with tenant_context(acme.id):
        again = Charter.objects.get()
        assert (again.purpose, again.status) == ("One system for finance and people.", "draft")
        assert again.signed == {}


@pytest.mark.parametrize("count", [1, 10])
@pytest.mark.parametrize("path", ["charters/", "reviews/", "golives/moves/"])
def test_registers_ask_the_same_number_of_questions(
    acme, vic, client_for, django_assert_max_num_queries, count, path
):
    with tenant_context(acme.id):
        for _each in range(count):
            ReviewFactory()
            GoliveMoveFactory()
    with django_assert_max_num_queries(30):
        assert client_for(vic).get(f"/t/acme/{path}").status_code == 200


@pytest.mark.parametrize("lines", [1, 10])
@pytest.mark.parametrize("path", ["", "lines/1/delivery/"])
def test_a_review_asks_the_same_number_of_questions(
    acme, programme, dana, client_for, django_assert_max_num_queries, lines, path
):
    review = _review(acme, programme)
    with tenant_context(acme.id):
        for number in range(3, 3 + lines):
            line = ReviewLineFactory(review=review, line=number)
            for function in ("delivery", "change"):
                ReviewViewFactory(review_line=line, function=function)
    browser = client_for(dana)
    with django_assert_max_num_queries(36):
        assert browser.get(f"{BASE}reviews/{review.reference}/{path}").status_code == 200


def test_registers_and_records_say_of_which_day_they_are(acme, vic, client_for):
    page = client_for(vic).get("/t/acme/charters/").content.decode()
    assert 'class="pp-asof"' in page
