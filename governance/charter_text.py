"""What is signed: the text of a charter in one fixed form, and its fingerprint. Plain functions, no Django."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

# Raised when the fixed form changes; old signatures name the form they were made with.
FORM = 1


def digest(content: Mapping[str, Any]) -> str:
    """The fingerprint of a charter's content: equal for equal words, whatever their order in the database."""
    text = json.dumps(
        {"form": FORM, **content}, sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def missing(content: Mapping[str, Any]) -> list[str]:
    """What a charter lacks before it can be signed, as keys.

    Purpose and objectives, both leads, and success told on both sides: a programme that measures only whether
    it delivers cannot say whether anybody uses it.
    """
    lacks = [name for name in ("purpose", "objectives") if not str(content.get(name) or "").strip()]
    lacks += [
        name for name in ("delivery_lead", "change_lead") if not content.get("leads", {}).get(name)
    ]
    halves = {each["half"] for each in content.get("measures", ())}
    lacks += [f"measure_{half}" for half in ("delivery", "adoption") if half not in halves]
    return lacks


def matched(
    before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]
) -> list[tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]]:
    """Rows of two versions side by side by their `line`; None where a version has none."""
    old = {row["line"]: row for row in before}
    new = {row["line"]: row for row in after}
    return [(old.get(line), new.get(line)) for line in sorted(old.keys() | new.keys())]


def places_of(*values: float) -> int:
    """How many places of a number are worth reading; the same for figures that are compared."""
    return 1 if max(map(abs, values)) >= 10 else 2


def number(value: float | None, unit: str = "") -> str:
    """A number without needless places, with its unit; percent signs stand close."""
    if value is None:
        return ""
    rounded = round(float(value), places_of(value))
    words = f"{rounded:,.0f}" if rounded.is_integer() else f"{rounded:,.2f}".rstrip("0")
    if not unit:
        return words
    return f"{words}%" if unit == "%" else f"{words} {unit}"
