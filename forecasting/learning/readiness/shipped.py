"""The spreads that are shipped, assumed and not measured, and how they are derived from invented organisations."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from .ended import Case, learn_spreads
from .judging import compared

PRIOR = Path(__file__).parent.parent / "prior" / "adoption_shortfall.json"


@cache
def shipped() -> dict[str, Any]:
    """The shipped spreads, assumed and not measured; `scripts/derive_prior.py` makes them."""
    found: dict[str, Any] = json.loads(PRIOR.read_text(encoding="utf-8"))
    return found


def derive(worlds: Sequence[Sequence[Case]], about: Mapping[str, Any]) -> dict[str, Any]:
    """The shipped spreads of many organisations, and how each of them was told by the others."""
    every = [_apart(world, at) for at, world in enumerate(worlds)]
    made = learn_spreads([case for world in every for case in world])
    if made is None:
        raise ValueError("Too few cases have ended in these organisations")
    checks = []
    for at, world in enumerate(every):
        others = learn_spreads(
            [case for other, each in enumerate(every) if other != at for case in each]
        )
        if others is not None:
            checks.append(compared(world, others))
    told = [each for each in checks if each["rows"]]
    rows = sum(each["rows"] for each in told)
    return {
        "about": {
            **{k: v for k, v in about.items() if k != "horizon_weeks"},
            "worlds": len(worlds),
            "cases": made.cases,
        },
        "told_by_others": {
            "rows": rows,
            "told": round(sum(each["told"] for each in told), 1),
            "came": sum(each["came"] for each in told),
            **{
                name: round(sum(each[name] * each["rows"] for each in told) / max(1, rows), 4)
                for name in ("brier", "plain")
            },
        },
        "spreads": made.as_dict(),
    }


def _apart(world: Sequence[Case], at: int) -> list[Case]:
    """The cases of one organisation, whose units are not those of another."""
    return [replace(each, key=(each.key[0] + 10_000_000 * at, each.key[1])) for each in world]


def digest(own: Mapping[str, Any] | None) -> str:
    """The same spreads give the same digest."""
    kept = json.dumps(own or shipped()["spreads"], sort_keys=True)
    return hashlib.sha256(kept.encode()).hexdigest()
