"""Cells to values. Each kind of column has its reader, which says in words what is wrong with a cell."""

from __future__ import annotations

import re
from datetime import date

from django.utils.translation import gettext as _

from pmo_portal.common.known_days import is_known

# Tools that have no gaps in columns of whole numbers write a column with gaps as 1.0, 0.0 and so on.
_WHOLE = re.compile(r"([0-9]{1,9})(?:\.0+)?")


class Unreadable(ValueError):
    """What is wrong with a cell, in words."""


class Cells:
    """Cells to values. Dates are few and come often: each is parsed once."""

    def __init__(self) -> None:
        self._days: dict[str, date] = {}

    def text(self, cell: str) -> str:
        if not cell:
            raise Unreadable(_("is empty"))
        return cell

    def name(self, cell: str) -> str:
        return self._at_most(self.text(cell), 160)

    def item(self, cell: str) -> str:
        return self._at_most(self.text(cell), 60)

    def _at_most(self, cell: str, length: int) -> str:
        if len(cell) > length:
            raise Unreadable(_("is longer than %(length)s characters") % {"length": length})
        return cell

    def words(self, cell: str) -> str:
        return cell

    def day(self, cell: str) -> date:
        found = self._days.get(cell)
        if found is None:
            try:
                found = date.fromisoformat(cell)
            except ValueError:
                raise Unreadable(_("is no date like 2026-11-23")) from None
            if not is_known(found):
                raise Unreadable(_("is no date of a programme"))
            self._days[cell] = found
        return found

    def some_day(self, cell: str) -> date | None:
        return self.day(cell) if cell else None

    def ratio(self, cell: str) -> float | None:
        if not cell:
            return None
        try:
            value = float(cell)
        except ValueError:
            raise Unreadable(_("is no number")) from None
        if not -1e6 < value < 1e6:
            raise Unreadable(_("is no usable number"))
        return value

    def share(self, cell: str) -> float | None:
        value = self.ratio(cell)
        if value is not None and not 0 <= value <= 1:
            raise Unreadable(_("is no share from 0 to 1"))
        return value

    def index(self, cell: str) -> float:
        value = self.ratio(cell)
        if value is None or not 0 <= value <= 100:
            raise Unreadable(_("is no figure from 0 to 100"))
        return value

    def count(self, cell: str) -> int:
        found = _WHOLE.fullmatch(cell)
        if found is None:
            raise Unreadable(_("is no whole number"))
        return int(found[1])

    def some_count(self, cell: str) -> int | None:
        return self.count(cell) if cell else None

    def one_to_five(self, cell: str) -> int | None:
        value = self.some_count(cell)
        if value is not None and not 1 <= value <= 5:
            raise Unreadable(_("is no number from 1 to 5"))
        return value

    def yes(self, cell: str) -> bool | None:
        if not cell:
            return None
        found = _WHOLE.fullmatch(cell)
        if found is None or found[1] not in ("0", "1"):
            raise Unreadable(_("is neither 0 nor 1"))
        return found[1] == "1"

    def colour(self, cell: str) -> str:
        cell = cell.lower()
        if cell not in ("", "green", "amber", "red"):
            raise Unreadable(_("is neither green, amber nor red"))
        return cell

    def kind(self, cell: str) -> str:
        cell = cell.lower()
        if cell not in ("", "risk", "assumption", "issue", "dependency"):
            raise Unreadable(_("is neither risk, assumption, issue nor dependency"))
        return cell
