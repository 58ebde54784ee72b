"""Takes the names of the directory out of what people wrote. No Django in here."""

from __future__ import annotations

import re
from collections.abc import Iterable

INSTEAD = "[name]"
# A part of a name shorter than this says too little to be taken out alone.
SHORTEST_PART = 3
_ADDRESS = re.compile(r"\S+@\S+\.\S+")


class Redactor:
    """Knows the names of a directory.

    Whole names go in any spelling of small and capital letters; first and last names alone where they begin with a
    capital letter, so that *mark the box* stays and *ask Mark* does not. Mail addresses go as well. Nicknames and
    names nobody keeps in the directory stay: the page says so.
    """

    def __init__(self, names: Iterable[str]) -> None:
        whole = sorted({name.strip() for name in names if name.strip()}, key=len, reverse=True)
        parts = sorted(
            {part for name in whole for part in name.split() if _is_telling(part)},
            key=len,
            reverse=True,
        )
        self._whole = _any_of(whole, re.IGNORECASE)
        self._parts = _any_of([f"{part[0].upper()}{part[1:]}" for part in parts])

    def redact(self, text: str) -> str:
        text = _ADDRESS.sub(INSTEAD, text)
        for known in (self._whole, self._parts):
            if known is not None:
                text = known.sub(INSTEAD, text)
        return text


def _is_telling(part: str) -> bool:
    return len(part) >= SHORTEST_PART and part[0].isalpha()


def _any_of(words: list[str], flags: int = 0) -> re.Pattern[str] | None:
    if not words:
        return None
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)", flags)
