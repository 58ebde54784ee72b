"""Both security profiles, each in a process of its own, because settings are read once."""

import json
import re
import subprocess
import sys

import pytest

from .starting import ROOT, clean_environment

_ASK = """
import json
from django.conf import settings
names = %s
print(json.dumps({name: getattr(settings, name, None) for name in names}, default=str))
"""


def _settings(*names: str, **environment: str) -> dict:
    done = _run(_ASK % list(names), **environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _run(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=clean_environment(DJANGO_SETTINGS_MODULE="pmo_portal.settings", **environment),
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_speaks_https_only_with_host_cookies():
    found = _settings(
        "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE",
        "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "PMO_ENFORCE_SECOND_FACTOR", "DEBUG", "STYLEGUIDE",
        SECRET_KEY="x" * 50, PMO_PROFILE="production",
    )  # fmt: skip
    assert found == {
        "SESSION_COOKIE_NAME": "__Host-s",
        "CSRF_COOKIE_NAME": "__Host-c",
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31_536_000,
        "PMO_ENFORCE_SECOND_FACTOR": True,
        "DEBUG": False,
        "STYLEGUIDE": False,
    }


def test_production_is_the_default_and_wants_a_key():
    done = _run("from django.conf import settings; settings.DEBUG")
    assert done.returncode != 0
    assert "Set SECRET_KEY" in done.stderr


def test_a_key_may_come_from_a_file(tmp_path):
    (tmp_path / "key").write_text("from-a-file\n")
    found = _settings("SECRET_KEY", SECRET_KEY_FILE=str(tmp_path / "key"))
    assert found == {"SECRET_KEY": "from-a-file"}


def test_the_embedded_profile_offers_the_second_factor_and_names_its_cookies_by_port():
    found = _settings(
        "SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "PMO_ENFORCE_SECOND_FACTOR",
        PMO_PROFILE="embedded", PORT="8123",
    )  # fmt: skip
    assert found == {
        "SESSION_COOKIE_NAME": "pmo_session_8123",
        "SESSION_COOKIE_SECURE": False,
        "SECURE_SSL_REDIRECT": False,
        "PMO_ENFORCE_SECOND_FACTOR": False,
    }


def test_the_embedded_profile_refuses_a_public_name_unless_forced():
    public = {"PMO_PROFILE": "embedded", "ALLOWED_HOSTS": "portal.example.org"}
    done = _run("from django.conf import settings; settings.DEBUG", **public)
    assert done.returncode != 0
    assert "for this machine only" in done.stderr
    assert _settings("DEBUG", PMO_EMBEDDED_PUBLIC="1", **public) == {"DEBUG": False}


@pytest.mark.parametrize(
    ("url", "broker", "cache"),
    [
        ("", "memory://", ""),
        ("redis://r:6379", "redis://r:6379/0", "redis://r:6379/1"),
        ("redis://r:6379/", "redis://r:6379/0", "redis://r:6379/1"),
    ],
)
def test_one_redis_address_serves_broker_and_cache(url, broker, cache):
    found = _settings("CELERY_BROKER_URL", "CACHE_URL", PMO_PROFILE="embedded", REDIS_URL=url)
    assert found == {"CELERY_BROKER_URL": broker, "CACHE_URL": cache}


def test_a_copied_example_has_one_redis_for_broker_and_cache():
    example = re.findall(r"^([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE)
    copied = {**dict(example), "SECRET_KEY": "x" * 50}
    for more in ({}, {"CELERY_BROKER_URL": "", "CACHE_URL": ""}):
        found = _settings("CELERY_BROKER_URL", "CACHE_URL", **{**copied, **more})
        assert found == {
            "CELERY_BROKER_URL": "redis://localhost:6379/0",
            "CACHE_URL": "redis://localhost:6379/1",
        }


def test_the_limits_of_a_task_stay_far_below_the_visibility_of_its_message():
    found = _settings(
        "CELERY_TASK_TIME_LIMIT", "CELERY_BROKER_TRANSPORT_OPTIONS", "CELERY_TASK_ACKS_LATE",
        PMO_PROFILE="embedded", REDIS_URL="redis://r",
    )  # fmt: skip
    visible = found["CELERY_BROKER_TRANSPORT_OPTIONS"]["visibility_timeout"]
    assert found["CELERY_TASK_TIME_LIMIT"] * 5 < visible
    assert found["CELERY_TASK_ACKS_LATE"]


@pytest.mark.parametrize(
    "start",
    ["import pmo_portal.wsgi", "from pmo_portal.celery import app; app.Worker(pool='solo')"],
    ids=["web", "worker"],
)
def test_a_server_that_logs_in_too_strongly_does_not_start(superuser_url, start):
    done = _run(start, PMO_PROFILE="embedded", DATABASE_URL=superuser_url)
    assert done.returncode != 0
    assert "refuses to start" in done.stderr
    assert "login is a superuser" in done.stderr
