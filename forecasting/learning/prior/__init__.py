"""The models the portal is shipped with: assumed, not measured. `scripts/derive_prior.py` makes them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from ..features import CRISIS
from ..inputset import InputSet
from ..linear import LinearModel
from ..raid.escalation import RAID

FOLDER = Path(__file__).parent
INPUTS: dict[str, InputSet] = {"crisis_4w": CRISIS, "raid_escalates_4w": RAID}


def path_of(target: str) -> Path:
    """Where the shipped model of a target lies."""
    return FOLDER / f"{target}.json"


@cache
def load(target: str) -> LinearModel:
    """The shipped model of a target.

    Raises:
        FileNotFoundError: none is shipped for it.
        ValueError: it was made for other inputs than this version knows.
    """
    kept = json.loads(path_of(target).read_text(encoding="utf-8"))
    return LinearModel.from_dict(kept, INPUTS[target])
