"""The shared cache: gone is the same as empty."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)


class ForgivingRedisCache(RedisCache):
    """A Redis that does not answer costs speed, never a page: reads miss and writes are dropped."""

    def _try(self, work: Callable[[], Any], otherwise: Any) -> Any:
        try:
            return work()
        except (RedisError, OSError) as error:
            log.warning("cache_unreachable", extra={"error": type(error).__name__})
            return otherwise

    def add(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> bool:
        return bool(
            self._try(
                lambda: super(ForgivingRedisCache, self).add(key, value, *args, **kwargs), True
            )
        )

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        return self._try(
            lambda: super(ForgivingRedisCache, self).get(key, default, version), default
        )

    def set(self, *args: Any, **kwargs: Any) -> None:
        self._try(lambda: super(ForgivingRedisCache, self).set(*args, **kwargs), None)

    def touch(self, *args: Any, **kwargs: Any) -> bool:
        return bool(
            self._try(lambda: super(ForgivingRedisCache, self).touch(*args, **kwargs), False)
        )

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        return bool(
            self._try(lambda: super(ForgivingRedisCache, self).delete(*args, **kwargs), False)
        )

    def get_many(self, *args: Any, **kwargs: Any) -> dict[Any, Any]:
        found: dict[Any, Any] = self._try(
            lambda: super(ForgivingRedisCache, self).get_many(*args, **kwargs), {}
        )
        return found

    def has_key(self, *args: Any, **kwargs: Any) -> bool:
        return bool(
            self._try(lambda: super(ForgivingRedisCache, self).has_key(*args, **kwargs), False)
        )

    def incr(self, key: Any, delta: int = 1, version: Any = None) -> int:
        return int(
            self._try(lambda: super(ForgivingRedisCache, self).incr(key, delta, version), delta)
        )

    def set_many(self, data: Any, *args: Any, **kwargs: Any) -> list[Any]:
        failed: list[Any] = self._try(
            lambda: super(ForgivingRedisCache, self).set_many(data, *args, **kwargs), list(data)
        )
        return failed

    def delete_many(self, *args: Any, **kwargs: Any) -> None:
        self._try(lambda: super(ForgivingRedisCache, self).delete_many(*args, **kwargs), None)

    def clear(self) -> bool:  # type: ignore[override]
        return bool(self._try(lambda: super(ForgivingRedisCache, self).clear(), False))
