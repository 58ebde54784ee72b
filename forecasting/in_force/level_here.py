"""The prior on the level of here: how often crises come in an organisation is seen long before what brings them about.

Read without numpy, for pages too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from ..learning.levels import Level
from ..models import Lesson
from ..sharing.prior import Start
from .standing import Hold, Standing


def as_values(level: Level | None, *, of: str) -> dict[str, Any]:
    """As a lesson keeps it, with the digest of the prior it is of; empty where it found none."""
    return {} if level is None else {**asdict(level), "of": of}


def level_here(lesson: Lesson | None, start: Start, standing: Standing) -> Level | None:
    """The level a prior is told on; None where too little is known of it, or where it holds that the prior itself is told."""
    if lesson is None or standing.hold in (Hold.FELL_BACK, Hold.ASIDE):
        return None
    kept = dict(lesson.level)
    return Level(**kept) if kept.pop("of", None) == start.digest else None


def told(start: Start, level: Level | None) -> Mapping[str, Any]:
    """The numbers that scores are told by where no model is in use."""
    if level is None:
        return start.numbers
    about = about_of(start.numbers["about"], level, of=start.digest)
    return {**level.of(start.numbers), "about": about}


def about_of(about: Mapping[str, Any], level: Level, *, of: str) -> dict[str, Any]:
    """What a prior on a level says of itself: what is made of it comes from the prior, whose name it keeps."""
    return {**about, "level": asdict(level), "starts_from": of, "prior": str(about["version"])}


def digest(start: Start, level: Level | None) -> str:
    """SHA-256 of these numbers, as scores name it."""
    if level is None:
        return start.digest
    return hashlib.sha256(json.dumps(told(start, level), sort_keys=True).encode()).hexdigest()
