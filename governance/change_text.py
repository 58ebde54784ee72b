"""What of a change request is signed, and what it lacks before it can be. Plain functions, no Django."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Each kind of change, and what of the delivery impact has to speak of it.
SPOKEN_OF = {
    "scope": "scope",
    "time": "days",
    "cost": "cost",
    "quality": "quality",
    "benefit": "benefit",
}


def has_said(values: Mapping[str, Any]) -> bool:
    """Whether any of these says something: a number (0 is one), a word, a unit."""
    return any(_is_there(value) for value in values.values())


def _is_there(value: Any) -> bool:
    if isinstance(value, str):
        return bool(value.strip())
    if isinstance(value, (list, tuple)):
        return bool(value)
    return value is not None


def missing(content: Mapping[str, Any]) -> list[str]:
    """What a request lacks before it can be signed, as keys.

    Both leads, and what it means on both sides: of delivery also for each kind of change it touches, unless
    delivery says why there is nothing to say.
    """
    lacks = [
        name for name in ("delivery_lead", "change_lead") if not content.get("leads", {}).get(name)
    ]
    delivery, people = content.get("delivery") or {}, content.get("people") or {}
    if not has_said(delivery):
        lacks.append("delivery")
    elif not _is_there(delivery.get("nothing_because", "")):
        lacks += [
            f"delivery_{kind}"
            for kind in content.get("kinds", ())
            if not _is_there(delivery.get(SPOKEN_OF[kind]))
        ]
    if not has_said(people):
        lacks.append("people")
    return lacks
