"""Where higher storeys hang things into lower ones without being known to them.

A page of `programmes` can show a panel of `governance`, a reference like `R-114` can be found, and
navigation can name every page, while no import points upwards.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise

from .converters import whole_number
from .levels import State

Text = str | Promise


@dataclass(frozen=True)
class Panel:
    """A piece of a page: a template and what it needs."""

    template: str
    context: dict[str, Any]


PanelMaker = Callable[[HttpRequest, Any], Panel | None]
ReferenceFinder = Callable[[Any, int], Any]


@dataclass(frozen=True)
class NavigationItem:
    """One link of the shell. `group`: `portfolio`, `tenant` or `admin`; of a programme `home`, `delivery`,
    `people` or `together`; of all programmes `all_delivery`, `all_people`, `all_together` or `all_ahead`.

    Items of a programme get its code as URL argument. `action` is asked of `can`; what a member may
    not see is not offered. `also` names further rooms of a programme that are reached from this item: while
    one of them is open, the item is the current one.
    """

    group: str
    label: Text
    url_name: str
    icon: str
    order: int
    of_programme: bool = False
    action: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """One hit of the search box."""

    reference: str
    title: str
    kind: Text
    url: str


Triggers = Callable[[Any, date, Collection[str]], Iterable[tuple[str, State, str]]]
Subjects = Callable[[Any, date], Iterable[tuple[str, str, str]]]

_panels: dict[str, list[tuple[int, PanelMaker]]] = {}
_finders: dict[str, ReferenceFinder] = {}
_navigation: list[NavigationItem] = []
_searchers: list[Callable[[Any, str], Iterable[Found]]] = []
_triggers: list[Triggers] = []
_subjects: list[Subjects] = []
_programme_finder: list[Callable[[Any, str], Any]] = []
_conflict_page: list[Callable[..., HttpResponse]] = []
_operator_console: list[str] = []


def add_panel(slot: str, maker: PanelMaker, *, order: int = 50) -> None:
    """Hang a panel into a slot, for example `programmes.milestone` or `programmes.raid_item`."""
    _panels.setdefault(slot, []).append((order, maker))
    _panels[slot].sort(key=lambda entry: entry[0])


def panels_for(slot: str, request: HttpRequest, obj: Any) -> list[Panel]:
    """The panels of a slot for one object; a maker that returns None has nothing to show."""
    made = (maker(request, obj) for _order, maker in _panels.get(slot, ()))
    return [panel for panel in made if panel is not None]


def add_reference(prefix: str, finder: ReferenceFinder) -> None:
    """Say how an item of a prefix is found: `finder(member, number)` returns it or None."""
    if prefix in _finders:
        raise RuntimeError(f"Two finders for {prefix}.")
    _finders[prefix] = finder


def find_reference(member: Any, reference: str) -> Any:
    """The item that a short reference (`R-114`, any case) names for this member, or None."""
    prefix, _dash, number = reference.upper().rpartition("-")
    finder, found = _finders.get(prefix), whole_number(number)
    return finder(member, found) if finder is not None and found is not None else None


def known_prefixes() -> Sequence[str]:
    return sorted(_finders)


def add_navigation(*items: NavigationItem) -> None:
    _navigation.extend(items)
    _navigation.sort(key=lambda item: item.order)


def navigation_items() -> Iterable[NavigationItem]:
    return tuple(_navigation)


def navigation_url(item: NavigationItem, tenant: str, programme: str | None) -> str:
    if item.of_programme:
        return reverse(item.url_name, kwargs={"tenant": tenant, "code": programme})
    return reverse(item.url_name, kwargs={"tenant": tenant})


def navigation_rooms(item: NavigationItem, tenant: str, programme: str | None) -> tuple[str, ...]:
    """The addresses under which the item is the current one, besides its own."""
    return tuple(f"/t/{tenant}/p/{programme}/{room}/" for room in item.also)


def set_programme_finder(finder: Callable[[Any, str], Any]) -> None:
    """Say how a programme is found: `finder(member, code)` returns it, also under its former code, or None where they see none."""
    _programme_finder[:] = [finder]


def find_programme(member: Any, code: str) -> Any:
    return _programme_finder[0](member, code)


def set_operator_console(url_name: str) -> None:
    """Say where operators of the platform work."""
    _operator_console[:] = [url_name]


def operator_console() -> str:
    """The address of the operators' console, for pages that lie below it."""
    return reverse(_operator_console[0])


def add_triggers(triggers: Triggers) -> None:
    """Say what the figures tell of a programme on a day, for the halves that are asked for.

    `triggers(programme, on, halves)` gives half, state and the sentence for it.
    """
    _triggers.append(triggers)


def triggers_of(programme: Any, on: date, halves: Collection[str]) -> list[tuple[str, State, str]]:
    """What the figures say of these halves on a day, from every storey that keeps some."""
    return [told for triggers in _triggers for told in triggers(programme, on, halves)]


def add_subjects(subjects: Subjects) -> None:
    """Say what both sides of a programme should talk about at their next meeting, as of a day.

    `subjects(programme, on)` gives what one comes from (the same every time, so that it is on an agenda once), its title
    and why.
    """
    _subjects.append(subjects)


def subjects_of(programme: Any, on: date) -> list[tuple[str, str, str]]:
    """What both sides should talk about, from every storey that has something."""
    return [told for subjects in _subjects for told in subjects(programme, on)]


def set_conflict_page(page: Callable[..., HttpResponse]) -> None:
    """Say what answers an edit conflict: `page(request, form, conflict, cancel_url=...)`."""
    _conflict_page[:] = [page]


def conflict_page(
    request: HttpRequest, form: Any, conflict: Any, *, cancel_url: str
) -> HttpResponse:
    """Mine, theirs and the ancestor, for pages of the ground below `history`."""
    return _conflict_page[0](request, form, conflict, cancel_url=cancel_url)


def add_searcher(searcher: Callable[[Any, str], Iterable[Found]]) -> None:
    """Say how items whose title starts with or contains words are found: `searcher(member, words)`."""
    _searchers.append(searcher)


def search(member: Any, words: str) -> list[Found]:
    """What the member may see that answers to the words, at most a screenful of each kind."""
    return [found for searcher in _searchers for found in searcher(member, words)]
