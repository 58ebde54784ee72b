"""Were both functions heard? Plain functions, no Django."""

from __future__ import annotations

from collections.abc import Collection

VOICES = ("delivery", "change")


def missing_voices(heard: Collection[str]) -> list[str]:
    """The functions whose input is not there, in fixed order."""
    return [voice for voice in VOICES if voice not in heard]


def is_isolated(heard: Collection[str], *, decided: bool) -> bool:
    """A decision taken without the input of one function. What is not decided yet cannot be isolated."""
    return decided and bool(missing_voices(heard))


def missing_functions(voting: Collection[str]) -> list[str]:
    """The functions without a voting member: a group lacking one cannot speak for both."""
    return [voice for voice in VOICES if voice not in voting]
