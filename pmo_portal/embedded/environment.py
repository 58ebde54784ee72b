"""Reading the environment before, and without, Django."""

from __future__ import annotations

import os
from pathlib import Path


def read_secret(name: str, *, default: str = "") -> str:
    """A secret from the variable NAME, or from the file that NAME_FILE names."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        return Path(path).read_text(encoding="utf-8").strip()
    return os.environ.get(name) or default


def is_loopback(host: str) -> bool:
    """Whether a host name can only mean this machine."""
    name = host.strip("[]").lower()
    return (
        name in {"localhost", "::1", "testserver"}
        or name.startswith("127.")
        or name.endswith(".localhost")
    )
