"""Password, authenticator app, recovery codes. Passkeys need a browser: see the journeys."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.core.cache import cache
from django.test import Client

from tests.factories.accounts import PASSWORD

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def _no_memory_of_other_tests():
    cache.clear()


def _sign_in(browser, email, password=PASSWORD):
    return browser.post(LOGIN, {"login": email, "password": password})


def _say_password_again(browser):
    """Asked before ways to sign in are changed."""
    assert browser.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 303


def _code(secret: str) -> str:
    """What the app on somebody's telephone shows now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


@pytest.fixture
def with_app(dana):
    """A browser in which Dana has just set up an authenticator app, and the secret in the app."""
    browser = Client()
    _sign_in(browser, dana.user.email)
    _say_password_again(browser)
    browser.get("/accounts/2fa/totp/activate/")
    secret = browser.session["mfa.totp.secret"]
    answer = browser.post("/accounts/2fa/totp/activate/", {"code": _code(secret)})
    assert answer.status_code == 303, answer.content.decode()
    # A code counts once; the next sign-in uses the following one in truth.
    cache.clear()
    return browser, secret


def test_a_password_opens_the_portal(dana):
    browser = Client()
    answer = _sign_in(browser, dana.user.email.upper())
    assert answer.url == "/"
    assert browser.get("/").url == "/t/acme/"


def test_the_way_one_wanted_to_go_is_kept(dana):
    answer = Client().post(
        f"{LOGIN}?next=/t/acme/people/",
        {"login": dana.user.email, "password": PASSWORD, "next": "/t/acme/people/"},
    )
    assert answer.url == "/t/acme/people/"
    away = Client().post(
        LOGIN, {"login": dana.user.email, "password": PASSWORD, "next": "https://evil.example/"}
    )
    assert away.url == "/"


def _bare(answer) -> str:
    text = answer.content.decode()
    text = re.sub(r'(csrf-token" content|csrfmiddlewaretoken" value)="[^"]*"', "", text)
    return re.sub(r"\S+@\S+\.example", "", text)


def test_a_wrong_password_and_an_unknown_address_answer_alike(dana):
    known = _sign_in(Client(), dana.user.email, "wrong password")
    unknown = _sign_in(Client(), "nobody@acme.example", "wrong password")
    assert known.status_code == unknown.status_code == 200
    assert _bare(known) == _bare(unknown)


def test_asking_for_a_new_password_answers_alike_and_mails_only_whom_it_knows(dana):
    known = Client().post("/accounts/password/reset/", {"email": dana.user.email})
    to = [message.to for message in mail.outbox]
    unknown = Client().post("/accounts/password/reset/", {"email": "nobody@acme.example"})
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert to == [[dana.user.email]]


def test_a_forgotten_password_is_replaced(dana):
    Client().post("/accounts/password/reset/", {"email": dana.user.email})
    link = re.search(r"https?://testserver(/accounts/password/\S+)", mail.outbox[-1].body)[1]
    browser = Client()
    form = browser.get(link, follow=True)
    new = "another-harbour-17"
    done = browser.post(form.request["PATH_INFO"], {"password1": new, "password2": new})
    assert done.status_code == 303
    assert _sign_in(Client(), dana.user.email, new).status_code == 303
    assert _sign_in(Client(), dana.user.email, PASSWORD).status_code == 200


def test_guessing_is_slowed_down(dana):
    for _guess in range(5):
        _sign_in(Client(), dana.user.email, "wrong password")
    # The right password does not help any more for a while.
    answer = _sign_in(Client(), dana.user.email)
    assert answer.status_code in (200, 429)
    assert "Too many" in answer.content.decode()


def test_nobody_signs_up(client):
    assert "invit" in client.get("/accounts/signup/").content.decode().lower()
    answer = client.post(
        "/accounts/signup/",
        {"email": "new@acme.example", "password1": PASSWORD, "password2": PASSWORD},
    )
    assert answer.status_code == 200
    assert not client.session.get("_auth_user_id")


def test_an_authenticator_app_is_asked_for_at_the_next_sign_in(dana, with_app):
    _browser, secret = with_app
    browser = Client()
    answer = _sign_in(browser, dana.user.email)
    assert answer.url.startswith("/accounts/2fa/authenticate/")
    assert browser.get("/t/acme/people/").status_code == 302
    wrong = browser.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert wrong.status_code == 200
    right = browser.post("/accounts/2fa/authenticate/", {"code": _code(secret)})
    assert right.url == "/"
    assert browser.get("/t/acme/people/").status_code == 200


def test_a_code_counts_once(dana, with_app):
    _browser, secret = with_app
    code = _code(secret)
    first, second = Client(), Client()
    for browser in (first, second):
        _sign_in(browser, dana.user.email)
    assert first.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 303
    assert second.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 200


def test_a_recovery_code_helps_once_when_the_telephone_is_lost(dana, with_app):
    browser, _secret = with_app
    made = browser.post("/accounts/2fa/recovery-codes/generate/")
    assert made.status_code == 303
    page = browser.get("/accounts/2fa/recovery-codes/").content.decode()
    codes = Authenticator.objects.get(user=dana.user, type="recovery_codes").wrap()
    code = codes.get_unused_codes()[0]
    assert code in page
    for expected in (303, 200):
        lost = Client()
        _sign_in(lost, dana.user.email)
        answer = lost.post("/accounts/2fa/authenticate/", {"code": code})
        assert answer.status_code == expected
    assert lost.get("/t/acme/people/").status_code == 302


def test_secrets_are_not_readable_in_the_database(dana, with_app):
    _browser, secret = with_app
    kept = str(Authenticator.objects.filter(user=dana.user).values_list("data", flat=True))
    assert secret not in kept


def test_a_new_factor_signs_out_whoever_else_is_signed_in(dana, django_capture_on_commit_callbacks):
    thief, owner = Client(), Client()
    for browser in (thief, owner):
        _sign_in(browser, dana.user.email)
    _say_password_again(owner)
    owner.get("/accounts/2fa/totp/activate/")
    with django_capture_on_commit_callbacks(execute=True):
        code = _code(owner.session["mfa.totp.secret"])
        owner.post("/accounts/2fa/totp/activate/", {"code": code})
    assert thief.get("/t/acme/people/").status_code == 302
    assert owner.get("/t/acme/people/").status_code == 200


def test_a_new_password_signs_out_whoever_else_is_signed_in(dana):
    thief, owner = Client(), Client()
    for browser in (thief, owner):
        _sign_in(browser, dana.user.email)
    new = "another-harbour-17"
    owner.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
    )
    assert thief.get("/t/acme/people/").status_code == 302
    assert owner.get("/t/acme/people/").status_code == 200


def test_changing_factors_asks_for_the_password_again(dana, client_for):
    browser = client_for(dana)
    assert "reauthenticate" in browser.get("/accounts/2fa/totp/activate/").url


def test_where_one_is_signed_in(dana):
    browser, other = Client(), Client()
    for one in (browser, other):
        _sign_in(one, dana.user.email)
    assert browser.get("/accounts/sessions/").status_code == 200
    browser.post("/accounts/sessions/")
    assert other.get("/t/acme/people/").status_code == 302


def test_a_passkey_sign_in_offers_a_challenge_to_everybody(client):
    answer = client.get(
        "/accounts/2fa/webauthn/login/", headers={"X-Requested-With": "XMLHttpRequest"}
    )
    assert answer.status_code == 200
    assert "challenge" in answer.content.decode()
