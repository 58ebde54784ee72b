#!/usr/bin/env python3
"""Say where the browser of the journeys is, or end with a sentence that tells how to get one."""

from __future__ import annotations

import os
import shutil
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


def find() -> str | None:
    """`PMO_CHROMIUM`, or the first browser on the path."""
    return os.environ.get("PMO_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


if __name__ == "__main__":
    if find() is None:
        sys.exit(
            "The browser journeys need Chromium, and none was found. Install it (Debian: apt-get install"
            " chromium), or name it in PMO_CHROMIUM. `make test` runs everything else."
        )
