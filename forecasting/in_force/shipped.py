"""The shipped models as plain numbers, for pages: web workers do without numpy."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "learning" / "prior"


@cache
def numbers(target: str) -> dict[str, Any]:
    """What `learning.prior` loads."""
    found: dict[str, Any] = json.loads((FOLDER / f"{target}.json").read_text(encoding="utf-8"))
    return found


@cache
def digest(target: str) -> str:
    """As `learning.linear.LinearModel.digest` computes it; a test compares them."""
    return hashlib.sha256(json.dumps(numbers(target), sort_keys=True).encode()).hexdigest()
