"""A cache that is gone or frozen: it is asked now and then, and what must hold holds without it."""

from types import SimpleNamespace

import pytest
from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache
from django.test import override_settings
from redis.exceptions import TimeoutError as DidNotAnswer

from pmo_portal.common import circuit
from pmo_portal.common.cache import ForgivingRedisCache
from tests.factories.accounts import PASSWORD


def gone(number: int) -> dict[str, dict[str, object]]:
    """A server that is not there, and that no other test has asked."""
    return {
        "default": {
            "BACKEND": "pmo_portal.common.cache.ForgivingRedisCache",
            "LOCATION": f"redis://127.0.0.1:1/{number}",
            "OPTIONS": {"socket_connect_timeout": 0.2},
        }
    }


@pytest.fixture
def moment(monkeypatch):
    """Seconds, which only the test moves."""
    now = SimpleNamespace(seconds=100.0)
    monkeypatch.setattr(circuit, "time", SimpleNamespace(monotonic=lambda: now.seconds))
    return now


@pytest.fixture
def frozen(monkeypatch):
    """A Redis that answers nothing until the test lets it; who asked it for what."""
    redis = SimpleNamespace(answers=False, asked=[])

    def get(self, key, default=None, version=None):
        redis.asked.append(key)
        if not redis.answers:
            raise DidNotAnswer
        return "from Redis"

    monkeypatch.setattr(RedisCache, "get", get)
    return redis


def another(server: str) -> ForgivingRedisCache:
    """As Django makes one for each thread."""
    return ForgivingRedisCache(server, {})


def test_after_one_call_failed_nobody_waits_for_redis_again_for_some_seconds(moment, frozen):
    cache = another("redis://frozen/0")
    assert cache.get("first", "nothing") == "nothing"
    for key in ("second", "third"):
        assert another("redis://frozen/0").get(key, "nothing") == "nothing"
    assert frozen.asked == ["first"]

    # Another server is another matter.
    another("redis://other/0").get("theirs")
    assert frozen.asked == ["first", "theirs"]


def test_when_the_seconds_are_over_one_caller_tries_and_the_others_still_do_not_wait(
    moment, frozen, monkeypatch
):
    cache = another("redis://frozen/1")
    cache.get("first")
    moment.seconds += circuit.LEFT_ALONE_SECONDS
    meanwhile = []
    asked = RedisCache.get

    def while_it_waits(self, key, *args, **kwargs):
        if key == "tries":
            meanwhile.append(cache.get("beside", "nothing"))
        return asked(self, key, *args, **kwargs)

    monkeypatch.setattr(RedisCache, "get", while_it_waits)
    cache.get("tries")
    assert meanwhile == ["nothing"]
    assert frozen.asked == ["first", "tries"]
    cache.get("early")
    assert frozen.asked == ["first", "tries"]


def test_once_redis_answers_it_is_asked_again_and_what_was_kept_meanwhile_is_dropped(
    moment, frozen
):
    cache = another("redis://frozen/2")
    cache.get("first")
    cache.set("kept", "here")
    assert cache.get("kept") == "here"
    frozen.answers = True
    moment.seconds += circuit.LEFT_ALONE_SECONDS
    assert cache.get("any") == cache.get("other") == "from Redis"
    assert frozen.asked == ["first", "any", "other"]
    assert cache.own.get("kept") is None


@override_settings(CACHES=gone(1))
def test_without_redis_a_process_keeps_what_it_needs_by_itself():
    cache = caches["default"]
    assert cache.get("key", "nothing") == "nothing"
    assert cache.add("lock", 1)
    assert not cache.add("lock", 1)
    cache.set("key", 1)
    assert cache.incr("key") == 2
    assert "key" in cache
    assert cache.touch("key")
    assert cache.set_many({"other": "value"}) == []
    assert cache.get_many(["key", "other"]) == {"key": 2, "other": "value"}
    cache.delete_many(["other"])
    assert cache.delete("key")
    cache.clear()
    assert "lock" not in cache


@pytest.mark.django_db
@override_settings(CACHES=gone(2))
def test_signing_in_works_without_redis(client, dana):
    answer = client.post("/accounts/login/", {"login": dana.user.email, "password": PASSWORD})
    assert answer.status_code == 303
    assert client.session["_auth_user_id"]


@pytest.mark.django_db
@override_settings(CACHES=gone(3))
def test_without_redis_passwords_cannot_be_tried_without_end(client, dana):
    login = {"login": dana.user.email}
    for number in range(5):
        wrong = client.post("/accounts/login/", {**login, "password": f"a guess, number {number}"})
    assert "do not belong together" in wrong.content.decode()
    refused = client.post("/accounts/login/", {**login, "password": PASSWORD})
    assert refused.status_code == 200
    assert "Wait five minutes" in refused.content.decode()
