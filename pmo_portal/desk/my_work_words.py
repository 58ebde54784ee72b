"""What waits for a member, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _, gettext_lazy, ngettext

from pmo_portal.common.days import day_text
from pmo_portal.common.levels import State
from pmo_portal.common.waiting import Ground, Place, Waits

from .my_work import KINDS, Group

# Titles that are whole texts are cut on the page and in files.
LONGEST = 160

PLACES = {
    Place.TOGETHER: gettext_lazy("Decided together"),
    Place.DELIVERY: gettext_lazy("Delivery"),
    Place.ADOPTION: gettext_lazy("People"),
}
GROUNDS = {
    Ground.OWNER: gettext_lazy("You own it."),
    Ground.LEAD: gettext_lazy("You lead this side of the programme."),
    Ground.SEAT: gettext_lazy("You sit in the group it was put to."),
    Ground.SPONSOR: gettext_lazy("You are the sponsor."),
    Ground.CHAIR: gettext_lazy("You chaired it."),
    Ground.SENDER: gettext_lazy("You sent it."),
    Ground.FUNCTION: gettext_lazy("Asked of your function."),
    Ground.NO_GROUP: gettext_lazy("Put to no group: asked of everybody who may take it."),
}


@dataclass(frozen=True)
class Line:
    """One row as the page and the files show it."""

    row: Waits
    url: str
    on: date

    @property
    def place(self) -> str:
        return str(PLACES[Place(self.row.place)])

    @property
    def kind(self) -> str:
        return str(KINDS[self.row.kind].label)

    @property
    def reference(self) -> str:
        return self.row.reference

    @property
    def title(self) -> str:
        first = self.row.title.partition("\n")[0]
        return first if len(first) <= LONGEST else f"{first[: LONGEST - 1].rstrip()}…"

    @property
    def code(self) -> str:
        return self.row.code

    @property
    def programme(self) -> str:
        return self.row.programme

    @property
    def why(self) -> str:
        return KINDS[self.row.kind].why(self.row)

    @property
    def ground(self) -> str:
        return str(GROUNDS[Ground(self.row.ground)])

    @property
    def since(self) -> date | None:
        return self.row.since

    @property
    def due(self) -> date | None:
        return self.row.due

    @property
    def days_late(self) -> int | None:
        """How many days it is overdue; None where it is not, or has no day."""
        if self.due is None or self.due >= self.on:
            return None
        return (self.on - self.due).days

    @property
    def state(self) -> State:
        if self.days_late:
            return State.BAD
        return State.WARN if self.due == self.on else State.NONE

    @property
    def when(self) -> str:
        """Due when, or since when: as short as a label."""
        if self.days_late is not None:
            return ngettext(
                "Overdue by %(count)d day", "Overdue by %(count)d days", self.days_late
            ) % {"count": self.days_late}
        if self.due == self.on:
            return _("Due today")
        if self.due is not None:
            return _("Due %(day)s") % {"day": day_text(self.due)}
        if self.since is not None:
            return _("Since %(day)s") % {"day": day_text(self.since)}
        return _("No day set")


def line(row: Waits, *, tenant: str, on: date) -> Line:
    return Line(row, KINDS[row.kind].url(tenant, row), on)


@dataclass(frozen=True)
class Shown:
    """One group on the page."""

    key: str
    label: str
    total: int
    late: int
    more: int
    lines: Sequence[Line]

    @property
    def words(self) -> str:
        """How many, and how many of these are overdue."""
        if not self.late:
            return str(self.total)
        return _("%(total)d, %(late)d overdue") % {"total": self.total, "late": self.late}


@dataclass(frozen=True)
class Side:
    """What stands in one place of the page, with its heading."""

    place: str
    title: str
    groups: Sequence[Shown]


def sides(groups: Iterable[Group], *, tenant: str, on: date) -> dict[Place, Side]:
    """The three places of the page. Both halves are always there, also with nothing in them."""
    by_place: dict[Place, list[Group]] = {place: [] for place in Place}
    for group in groups:
        by_place[group.place].append(group)
    return {
        place: Side(
            place.value,
            _title(place, found),
            [
                Shown(
                    each.kind.key,
                    str(each.kind.label),
                    each.total,
                    each.late,
                    each.more,
                    [line(row, tenant=tenant, on=on) for row in each.rows],
                )
                for each in found
            ],
        )
        for place, found in by_place.items()
    }


def _title(place: Place, groups: Sequence[Group]) -> str:
    total, late = sum(each.total for each in groups), sum(each.late for each in groups)
    if not total:
        return {
            Place.TOGETHER: _("Nothing that is decided together waits for you"),
            Place.DELIVERY: _("Nothing of delivery waits for you"),
            Place.ADOPTION: _("Nothing of adoption waits for you"),
        }[place]
    words = counted(total, late)
    return {
        Place.TOGETHER: _("Decided together: %(words)s"),
        Place.DELIVERY: _("Delivery: %(words)s"),
        Place.ADOPTION: _("People: %(words)s"),
    }[place] % {"words": words}


def counted(total: int, late: int) -> str:
    """How many wait and how many of these are overdue, after the name of a place."""
    if not late:
        return ngettext("%(total)d waits", "%(total)d wait", total) % {"total": total}
    if late == total:
        return ngettext("%(total)d waits, overdue", "%(total)d wait, all overdue", total) % {
            "total": total
        }
    return ngettext(
        "%(total)d waits, %(late)d overdue", "%(total)d wait, %(late)d overdue", total
    ) % {
        "total": total,
        "late": late,
    }


def finding(total: int, late: int) -> str:
    """The heading of the page."""
    if not total:
        return _("Nothing waits for you")
    if not late:
        return ngettext(
            "One thing waits for you, not overdue",
            "%(total)d things wait for you, none overdue",
            total,
        ) % {"total": total}
    if total == 1:
        return _("One thing waits for you, and is overdue")
    return ngettext(
        "%(total)d things wait for you, one is overdue",
        "%(total)d things wait for you, %(late)d are overdue",
        late,
    ) % {"total": total, "late": late}
