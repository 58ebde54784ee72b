"""Programmes of which nothing is forecast: a crisis has begun, and another one could not be told from it yet.

The target is whether a crisis begins, so whoever is in one is asked nothing, until `at_risk` says otherwise.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy

from pmo_portal.common.days import day_text
from pmo_portal.common.levels import State

from ..choices import CrisisKind
from ..golive.evidence import Link
from ..learning.outcomes import QUIET, at_risk
from .outcomes import Happened, happened

# Where the rows are that a crisis began with, and how they are filtered; what another tool reported has no page.
_ROWS: dict[CrisisKind, tuple[Any, str, dict[str, str]]] = {
    CrisisKind.ESCALATED: (gettext_lazy("See the escalations"), "governance:escalation_list", {}),
    CrisisKind.RED: (gettext_lazy("See the decisions"), "governance:decision_list", {"state": "decided"}),
    CrisisKind.PUT_OFF: (gettext_lazy("See the moved go-lives"), "governance:move_list", {"way": "close"}),
}  # fmt: skip


@dataclass(frozen=True)
class Running:
    """The crisis because of which nothing is forecast. `ended` is the first day after it, None while it goes on."""

    began: date
    ended: date | None
    kind: CrisisKind

    @property
    def state(self) -> State:
        return State.BAD if self.ended is None else State.NONE

    @property
    def badge(self) -> str:
        """In the place of a level."""
        if self.ended is None:
            return _("In a crisis")
        return _("After a crisis")

    @property
    def text(self) -> str:
        """The sentence that stands where a level would, without its full stop."""
        words = {
            "began": day_text(self.began),
            "what": self.kind.label,
            "again": day_text(self.ended + QUIET) if self.ended else "",
        }
        if self.ended is None:
            return (
                _("A crisis began on %(began)s: %(what)s; nothing is forecast until six weeks after it ends")
                % words
            )  # fmt: skip
        return (
            _("A crisis began on %(began)s: %(what)s; nothing is forecast until %(again)s") % words
        )

    @property
    def brief(self) -> str:
        """The sentence where there is little room."""
        return _("A crisis began on %(began)s; nothing is forecast") % {
            "began": day_text(self.began)
        }

    @property
    def weeks_text(self) -> str:
        """Above the weeks before, which go on: not that anything rises or falls."""
        return _("The last weeks as the model saw them; a crisis began on %(began)s") % {
            "began": day_text(self.began)
        }

    def finding(self, name: str) -> str:
        """The heading of a page."""
        return _("%(name)s: a crisis began on %(began)s") % {
            "name": name,
            "began": day_text(self.began),
        }

    def link(self, *, tenant: str, code: str) -> Link | None:
        """The way to the rows it began with."""
        if self.kind not in _ROWS:
            return None
        label, name, query = _ROWS[self.kind]
        url = reverse(name, kwargs={"tenant": tenant, "code": code})
        return Link(str(label), f"{url}?{urlencode(query)}" if query else url)


def running(programme_ids: Collection[int] | None = None, *, on: date) -> dict[int, Running]:
    """The programmes of which nothing is forecast on a day, each with what it waits for longest. Four statements."""
    found = {}
    for programme, crises in happened(programme_ids).items():
        waited_for = [each for each in crises if not at_risk(on, [each[:2]])]
        if waited_for:
            found[programme] = _told(max(waited_for, key=lambda each: each.ended or date.max), on)
    return found


def running_of(programme: Any, *, on: date) -> Running | None:
    """The same of one programme."""
    return running([programme.pk], on=on).get(programme.pk)


def _told(crisis: Happened, on: date) -> Running:
    """As it was on the day: what ended later went on then."""
    ended = crisis.ended if crisis.ended is not None and crisis.ended <= on else None
    return Running(crisis.began, ended, crisis.kind)
