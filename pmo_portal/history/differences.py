"""What changed between two versions of a record, in words. No database in here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

_WORDS = re.compile(r"\s+|[^\s]+")

# Longer texts are shown whole, before and after: a word-by-word comparison would be slow and unreadable.
_LONGEST_COMPARED = 4000


@dataclass(frozen=True)
class Piece:
    """A run of words: `same`, `removed` or `added`."""

    kind: str
    text: str


def pieces(before: str, after: str) -> list[Piece]:
    """The two texts merged, word by word."""
    if before == after:
        return [Piece("same", before)] if before else []
    if not before or not after or len(before) + len(after) > _LONGEST_COMPARED:
        return [piece for piece in (Piece("removed", before), Piece("added", after)) if piece.text]
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    found: list[Piece] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Piece("same", "".join(old[i1:i2])))
            continue
        if i2 > i1:
            found.append(Piece("removed", "".join(old[i1:i2])))
        if j2 > j1:
            found.append(Piece("added", "".join(new[j1:j2])))
    return found
