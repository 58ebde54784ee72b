"""Kinds of milestones in words: how far ahead the date lies, and how the programme runs (`learning.dates.slips.kind_of`)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

FAR_WORDS = {
    "near": gettext_lazy("whose date is up to four weeks ahead"),
    "months": gettext_lazy("whose date is one to three months ahead"),
    "far": gettext_lazy("whose date is more than three months ahead"),
}
HOW_WORDS = {
    "late": gettext_lazy("in programmes behind schedule"),
    "steady": gettext_lazy("in programmes on schedule"),
    "any": gettext_lazy("in any programme"),
}
KINDS = tuple(f"{far}/{how}" for far in FAR_WORDS for how in HOW_WORDS)


def kind_text(kind: str) -> str:
    """A kind of milestone, as it goes on after "milestones"."""
    far, how = kind.split("/")
    return f"{FAR_WORDS[far]}, {HOW_WORDS[how]}"
