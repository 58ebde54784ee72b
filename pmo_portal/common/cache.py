"""The shared cache, and what a process keeps for itself while that does not answer."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

from .circuit import Circuit

log = logging.getLogger(__name__)

# Enough that the counts of one visitor are not pushed out by those of many others.
MOST_KEPT = 20_000


# Django makes a cache for each thread; what is known of a server holds for all of them.
_circuits: dict[str, Circuit] = {}


def _either(name: str) -> Callable[..., Any]:
    """A method of the cache: that of Redis, or that of the own memory while Redis does not answer."""

    def call(self: ForgivingRedisCache, *args: Any, **kwargs: Any) -> Any:
        if not self.circuit.lets_ask():
            return getattr(self.own, name)(*args, **kwargs)
        try:
            answer = getattr(RedisCache, name)(self, *args, **kwargs)
        except (RedisError, OSError) as error:
            self.circuit.failed()
            log.warning("cache_unreachable", extra={"error": type(error).__name__})
            return getattr(self.own, name)(*args, **kwargs)
        if self.circuit.answered():
            self.own.clear()
        return answer

    return call


class ForgivingRedisCache(RedisCache):
    """A Redis that does not answer costs speed, never a page: meanwhile each process keeps what it needs in its own memory.

    So limits on tries go on to hold, for each process by itself. What was kept is dropped once Redis answers again.
    """

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        place = f"instead of {server}"
        self.circuit = _circuits.setdefault(place, Circuit())
        self.own = LocMemCache(place, {**params, "OPTIONS": {"MAX_ENTRIES": MOST_KEPT}})

    add = _either("add")
    get = _either("get")
    set = _either("set")
    touch = _either("touch")
    delete = _either("delete")
    get_many = _either("get_many")
    has_key = _either("has_key")
    incr = _either("incr")
    set_many = _either("set_many")
    delete_many = _either("delete_many")
    clear = _either("clear")
