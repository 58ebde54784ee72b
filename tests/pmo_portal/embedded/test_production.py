"""The profile of production with real processes, as a proxy that ends https would ask it."""

import re
import urllib.error
import urllib.request
from email.message import Message
from typing import NamedTuple

import pytest

from .starting import Up, manage

pytestmark = pytest.mark.processes


class _StayHere(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args, **kwargs):
        return None


class _Answer(NamedTuple):
    status: int
    headers: Message
    body: bytes


def _ask(port: str, path: str, **headers: str) -> _Answer:
    opener = urllib.request.build_opener(_StayHere)
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", headers={"Host": "portal.example", **headers}
    )
    try:
        answer = opener.open(request, timeout=10)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        return _Answer(answer.status, answer.headers, answer.read())


def test_it_serves_behind_a_proxy_over_https_only(data, port, tmp_path):
    production = {
        "PMO_PROFILE": "production",
        "SECRET_KEY": "a-key-for-this-test-and-nothing-else-0123456789",
        "ALLOWED_HOSTS": "portal.example",
        "TRUSTED_PROXY_COUNT": "1",
        "STATIC_ROOT": str(tmp_path / "static"),
    }
    # Fails on a file that names one which is not there.
    collected = manage(data, "collectstatic", "--no-input", "-v0", **production)
    assert collected.returncode == 0, collected.stderr
    https = {"X-Forwarded-Proto": "https"}
    with Up(data, "--port", port, **production) as portal:
        portal.wait_until_ready()

        plain = _ask(port, "/accounts/login/")
        assert plain.status == 301
        assert plain.headers["Location"] == "https://portal.example/accounts/login/"

        page = _ask(port, "/accounts/login/", **https)
        assert page.status == 200
        assert "max-age=31536000" in page.headers["Strict-Transport-Security"]
        cookies = page.headers.get_all("Set-Cookie")
        assert any(cookie.startswith("__Host-c=") and "Secure" in cookie for cookie in cookies)
        style = re.search(r'href="(/static/css/shell\.[0-9a-f]{12}\.css)"', page.body.decode())[1]

        served = _ask(port, style, **https, **{"Accept-Encoding": "br"})
        assert served.status == 200
        assert served.headers["Content-Encoding"] == "br"
        assert "immutable" in served.headers["Cache-Control"]

        stranger = _ask(port, "/accounts/login/", **https, Host="evil.example")
        assert stranger.status == 400
        assert _ask(port, "/styleguide/", **https).status == 404
