"""Which kinds of job exist, and what runs them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise

if TYPE_CHECKING:
    from .runs import JobRun

Text = str | Promise
Handler = Callable[["JobRun"], None]

# The queue of what takes longer than people wait for; it has a worker of its own.
LONG = "model"


@dataclass(frozen=True)
class Kind:
    name: str
    queue: str
    handler: Handler
    # A title when the job is to be asked for every night in every active tenant.
    nightly: Text = ""
    # A run that takes longer is stopped and tried again.
    minutes: int = 5


_kinds: dict[str, Kind] = {}


def job(
    name: str, *, queue: str = "default", nightly: Text = "", minutes: int = Kind.minutes
) -> Callable[[Handler], Handler]:
    """Register the handler of a kind of job, named `app.verb_noun`; after `minutes` a run is stopped."""

    def register(handler: Handler) -> Handler:
        if name in _kinds:
            raise RuntimeError(f"Two handlers for {name}.")
        _kinds[name] = Kind(name, queue, handler, nightly, minutes)
        return handler

    return register


def kind_of(name: str) -> Kind:
    return _kinds[name]


def minutes_of(name: str) -> int:
    """How long a run may take; also of a kind that no longer exists, whose tickets may still wait."""
    kind = _kinds.get(name)
    return kind.minutes if kind else Kind.minutes


def kinds() -> tuple[Kind, ...]:
    return tuple(_kinds.values())
