"""No address hides another: a fixed word never stands where somebody's own code, name or handle may stand."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.urls.converters import get_converters

from forecasting.cards import SLUG_OF
from pmo_portal.common import registry
from tests.isolation.discovery import Address, addresses

ARGUMENT = re.compile(r"<(?:(?P<converter>\w+):)?(?P<name>\w+)>")


def fits(one: str, other: str) -> bool:
    """Whether one word can stand in both places, as far as their converters tell."""
    argument, word = (one, other) if one.startswith("<") else (other, one)
    found = ARGUMENT.fullmatch(argument)
    if found is None:
        return one == other
    if word.startswith("<"):
        return True
    converter = get_converters()[found["converter"] or "str"]
    return re.fullmatch(converter.regex, word) is not None


def clashes(known: list[Address]) -> Iterator[tuple[str, str, str]]:
    """Every argument that could hold the fixed word of another address of the same shape: name, word, address."""
    parted = [(each, each.pattern.split("/")) for each in known]
    for each, parts in parted:
        for _other, words in parted:
            if len(words) != len(parts) or words == parts or not all(map(fits, parts, words)):
                continue
            for part, word in zip(parts, words, strict=True):
                argument = ARGUMENT.fullmatch(part)
                if argument and not word.startswith("<"):
                    yield argument["name"], word, each.pattern


def is_reference(word: str) -> bool:
    """`R-114`: what a numbered record is called; no fixed word looks like it."""
    prefix, dash, number = word.partition("-")
    return prefix in registry.known_prefixes() and bool(dash) and number.isdecimal()


def test_no_fixed_word_stands_where_a_code_or_a_name_may_stand() -> None:
    hidden = [
        (name, word, pattern)
        for name, word, pattern in clashes(addresses())
        if not (name == "reference" and not is_reference(word))
        and not (name == "slug" and word not in SLUG_OF.values())
    ]
    assert hidden == []


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ("t/<slug:tenant>/units/<str:code>/", "t/<slug:tenant>/units/heat/", ["code"]),
        ("p/<str:code>/seats/<slug:handle>/", "p/<str:code>/seats/new/", ["handle"]),
        ("p/<str:code>/charter/<int:edition>/", "p/<str:code>/charter/new/", []),
        ("units/<str:code>/people/", "units/new/", []),
        ("units/<str:code>/", "units/<str:code>/people/", []),
    ],
)
def test_what_would_hide_another_is_found(one: str, other: str, found: list[str]) -> None:
    known = [Address(pattern, pattern, None, frozenset()) for pattern in (one, other)]
    assert [name for name, _word, _pattern in clashes(known)] == found
