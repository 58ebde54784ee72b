"""Everything that waits for one member, read from all apps with one statement."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet, TextField, Value, Window
from django.db.models.functions import Cast

from adoption import selectors as adoption
from governance import selectors as governance
from pmo_portal.accounts.members import Member
from pmo_portal.common.waiting import COLUMNS, SHARED, Kind, Place, Waits
from pmo_portal.jobs.imports import waiting as imports
from programmes import selectors as programmes
from programmes.choices import Stage

# In the order in which they stand on the page.
KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        *governance.WAITING,
        *imports.WAITING,
        *programmes.WAITING,
        *adoption.WAITING,
    )
}
# So many of a group stand on the page; all of them are one link away.
SHOWN = 5


@dataclass(frozen=True)
class Wish:
    """What is asked for: a programme by its code or words of its name, overdue ones, those asked of the member by name,
    one kind by its key."""

    programme: str = ""
    is_late: bool = False
    by_name: bool = False
    only: str = ""


@dataclass
class Group:
    """What waits of one kind in one place: its first rows, how many there are and how many of these are overdue."""

    kind: Kind
    place: Place
    rows: list[Waits] = field(default_factory=list)
    total: int = 0
    late: int = 0

    @property
    def more(self) -> int:
        return self.total - len(self.rows)


def groups_for(member: Member, on: date, wish: Wish) -> list[Group]:
    """What waits for a member on a day, by place and kind; kinds of which nothing waits are left out.

    One statement for the rows of all kinds, and up to eight before it for what they depend on, however much waits.
    """
    parts = [_first(part, on) for part in _parts(member, on, wish)]
    found: dict[tuple[str, str], Group] = {}
    seen: set[tuple[str, str, str]] = set()
    for *columns, total, late in _union(parts):
        row = Waits(*columns)
        key = (row.place, row.kind)
        group = found.setdefault(key, Group(KINDS[row.kind], Place(row.place)))
        group.rows.append(row)
        # Each voice of a kind is a part of its own, and tells its own total on each of its rows.
        if (*key, row.voice) not in seen:
            seen.add((*key, row.voice))
            group.total += total
            group.late += late
    for group in found.values():
        group.rows = sorted(group.rows, key=_place_in_group)[:SHOWN]
    return sorted(found.values(), key=lambda each: _order(each.place, each.kind.key))


def rows_for(member: Member, on: date, wish: Wish) -> list[Waits]:
    """All rows in the order of the page, for a file."""
    rows = [Waits(*columns) for columns in _union(_all(member, on, wish))]
    return sorted(rows, key=lambda row: (_order(row.place, row.kind), _place_in_group(row)))


def rows_in_turn(member: Member, on: date, wish: Wish) -> Any:
    """All rows as tuples, most urgent first, to be read page by page."""
    parts = _all(member, on, wish)
    if not parts:
        return parts
    due, since = F("w_due").asc(nulls_last=True), F("w_since").asc(nulls_last=True)
    return _union(parts).order_by(due, since, "w_number", "w_prefix", "w_place", "w_voice")


def _parts(member: Member, on: date, wish: Wish) -> Iterable[QuerySet[Any]]:
    """The rows of each table that answer to the wish.

    In an organisation that is suspended nothing can be done, and what a closed programme left open waits for nobody.
    """
    if not member.tenant.is_active:
        return
    for kind in KINDS.values():
        if wish.only not in ("", kind.key):
            continue
        for part in kind.rows(member, on):
            found = part.exclude(w_stage=Stage.CLOSED)
            found = found.annotate(w_kind=Cast(Value(kind.key), TextField()))
            if wish.programme:
                found = found.filter(
                    Q(w_code__iexact=wish.programme) | Q(w_programme__icontains=wish.programme)
                )
            if wish.is_late:
                found = found.filter(w_due__lt=on)
            if wish.by_name:
                found = found.exclude(w_ground__in=[each.value for each in SHARED])
            yield found


def _all(member: Member, on: date, wish: Wish) -> list[QuerySet[Any]]:
    return [part.order_by().values_list(*COLUMNS) for part in _parts(member, on, wish)]


def _first(part: QuerySet[Any], on: date) -> QuerySet[Any]:
    """The most urgent rows, each with how many there are in all and how many of these are overdue."""
    return (
        part.annotate(
            w_total=Window(Count("pk")), w_late=Window(Count("pk", filter=Q(w_due__lt=on)))
        )
        .order_by(F("w_due").asc(nulls_last=True), F("w_since").asc(nulls_last=True), "pk")
        .values_list(*COLUMNS, "w_total", "w_late")[:SHOWN]
    )


def _union(parts: list[QuerySet[Any]]) -> Any:
    if not parts:
        return parts
    first, *rest = parts
    return first.union(*rest, all=True) if rest else first


def _place_in_group(row: Waits) -> tuple[date, date, int]:
    return row.due or date.max, row.since or date.max, row.number


def _order(place: str, key: str) -> tuple[int, int]:
    return list(Place).index(Place(place)), list(KINDS).index(key)
