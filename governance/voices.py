"""Were both functions heard? Plain functions, no Django."""

from __future__ import annotations

from collections.abc import Collection

VOICES = ("delivery", "change")


def heard(given: Collection[str], *, by_quorum: bool) -> Collection[str]:
    """The functions that were heard: both, where a meeting with a quorum of both decided it, else who gave a view."""
    return VOICES if by_quorum else given


def missing_voices(heard: Collection[str]) -> list[str]:
    """The functions whose input is not there, in fixed order."""
    return [voice for voice in VOICES if voice not in heard]


def is_isolated(heard: Collection[str], *, decided: bool) -> bool:
    """A decision taken without one function being heard. What is not decided yet cannot be isolated."""
    return decided and bool(missing_voices(heard))


def missing_functions(voting: Collection[str]) -> list[str]:
    """The functions without a voting member: a group lacking one cannot speak for both."""
    return [voice for voice in VOICES if voice not in voting]
