"""What the figures of people say of a programme on a day, for the status that is reported beside them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _, ngettext

from pmo_portal.common.levels import State, worst
from programmes.choices import Half

from .people import Touched, touched_units


def triggers(programme: Any, on: date, halves: Collection[str]) -> list[tuple[str, State, str]]:
    """Engagement, training and resistance of the units the programme lands in, the worst of each.

    The sentences are kept with the report for good, so they name states and units and no survey figure.
    """
    units = list(programme.units.order_by("path")) if Half.ADOPTION in halves else []
    if not units:
        return []
    rows = touched_units(units, programme, as_of=on)
    told = [
        *_worst(rows, lambda row: row.engagement_state, _engagement),
        *_worst(rows, lambda row: row.training_state, _training),
        *_worst(rows, lambda row: row.resistance_state, _resistance),
    ]
    return [(Half.ADOPTION.value, state, reason) for state, reason in told]


def _worst(
    rows: Iterable[Touched], state_of: Callable[[Touched], State], words: Callable[..., str]
) -> list[tuple[State, str]]:
    known = [row for row in rows if state_of(row) != State.NONE]
    if not known:
        return []
    state = worst([state_of(row) for row in known])
    units = [row.unit.name for row in known if state_of(row) == state]
    return [(state, words(state, named(units), len(units)))]


def named(names: list[str], *, most: int = 3) -> str:
    """Units, or whatever else has a name; of many the first ones."""
    shown = ", ".join(names[:most])
    if len(names) <= most:
        return shown
    return _("%(names)s and %(count)d more") % {"names": shown, "count": len(names) - most}


def _engagement(state: State, units: str, count: int) -> str:
    words = {
        State.BAD: _("Engagement is off track in %(units)s."),
        State.WARN: _("Engagement is below what is expected in %(units)s."),
        State.OK: ngettext(
            "Engagement is as expected in the one unit with a figure.",
            "Engagement is as expected in all %(count)d units with a figure.",
            count,
        ),
    }
    return words[state] % {"units": units, "count": count}


def _training(state: State, units: str, count: int) -> str:
    words = {
        State.BAD: _("Training is far behind its plan in %(units)s."),
        State.WARN: _("Training is behind its plan in %(units)s."),
        State.OK: _("Training keeps to its plan wherever there is one."),
    }
    return words[state] % {"units": units}


def _resistance(state: State, units: str, count: int) -> str:
    words = {
        State.BAD: _("Resistance is strong in %(units)s."),
        State.WARN: _("There are signs of resistance in %(units)s."),
        State.OK: _("The signs of resistance are few and weak."),
    }
    return words[state] % {"units": units}
