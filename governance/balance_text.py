"""The signals of the balance in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _, gettext_lazy, ngettext

from pmo_portal.common.levels import State as Level

from .balance import PERIOD_DAYS, POINTS, RATIO, TIMES, Key, Measure, Signal, Standing, State
from .choices import Voice

LABELS = {
    Key.DECISIONS: gettext_lazy("Decisions"),
    Key.OVERRULED: gettext_lazy("Objections decided against"),
    Key.MINUTES: gettext_lazy("Minutes on the agenda"),
    Key.CHAIR: gettext_lazy("Meetings chaired"),
    Key.WAITING: gettext_lazy("Days until an escalation is settled"),
    Key.ATTENDANCE: gettext_lazy("Voting members who came"),
    Key.UNHEARD: gettext_lazy("Decided without their view"),
}
STANDINGS = {
    Standing.LEANS: gettext_lazy("Leans"),
    Standing.ALIKE: gettext_lazy("Alike"),
    Standing.FEW: gettext_lazy("Too few yet"),
}
_FINDINGS = {
    Key.DECISIONS: gettext_lazy("%(side)s decides more than half"),
    Key.OVERRULED: gettext_lazy("Objections of %(side)s are decided against more often"),
    Key.MINUTES: gettext_lazy("%(side)s has more than half of the agenda"),
    Key.CHAIR: gettext_lazy("%(side)s chairs more often"),
    Key.WAITING: gettext_lazy("What %(side)s escalates waits longer"),
    Key.ATTENDANCE: gettext_lazy("%(side)s comes to meetings more often"),
    Key.UNHEARD: gettext_lazy("More is decided without the view of %(side)s"),
}
_STARTS = {Key.DECISIONS, Key.MINUTES, Key.CHAIR, Key.ATTENDANCE}


@dataclass(frozen=True)
class Row:
    """One signal as the page shows it."""

    signal: Signal

    @property
    def label(self) -> str:
        return str(LABELS[self.signal.key])

    @property
    def level(self) -> str:
        levels = {State.LEANS: Level.BAD, State.ONCE: Level.WARN, State.EVEN: Level.OK}
        return str(levels.get(self.signal.state, Level.NONE))

    @property
    def word(self) -> str:
        return {
            State.LEANS: _("For two periods"),
            State.ONCE: _("In this period"),
            State.EVEN: _("Alike"),
            State.FEW: _("Too few yet"),
        }[self.signal.state]

    @property
    def finding(self) -> str:
        side = self.signal.now.leans
        if not side:
            return self.label
        name = str(Voice(side).label)
        if self.signal.key not in _STARTS:
            name = name.lower()
        return str(_FINDINGS[self.signal.key]) % {"side": name}

    @property
    def delivery(self) -> str:
        return self._value(self.signal.now.delivery)

    @property
    def change(self) -> str:
        return self._value(self.signal.now.change)

    @property
    def earlier(self) -> str:
        measure = self.signal.before
        if not measure.is_enough:
            return "–"
        return f"{self._value(measure.delivery)} : {self._value(measure.change)}"

    def _value(self, value: float | None) -> str:
        if value is None:
            return "–"
        if self.signal.key == Key.ATTENDANCE:
            return f"{value:.0f}%"
        # Halves come from what was decided jointly, and from the middle of an even number of days.
        return f"{value:.0f}" if value == int(value) else f"{value:.1f}"

    @property
    def share(self) -> float | None:
        """How much of the bar is delivery's, 0 to 1."""
        measure = self.signal.now
        if measure.share is not None:
            return measure.share
        whole = (measure.delivery or 0) + (measure.change or 0)
        return (measure.delivery or 0) / whole if whole and measure.is_enough else None

    @property
    def bar(self) -> dict[str, float] | None:
        """Both parts of the bar, in the two hundred units of its drawing."""
        if self.share is None:
            return None
        return {"delivery": round(200 * self.share, 1), "change": round(200 * (1 - self.share), 1)}

    @property
    def sentence(self) -> str:
        return _sentence(self.signal.key, self.signal.now, self.delivery, self.change)

    @property
    def rule(self) -> str:
        """When it is said to lean, with the numbers the rule uses."""
        least = self.signal.least
        if self.signal.key in (Key.OVERRULED, Key.UNHEARD):
            return _("%(ratio)s times the other or more; from %(n)s on") % {
                "ratio": RATIO,
                "n": least,
            }
        if self.signal.key == Key.WAITING:
            return _("%(times)s times as long; from %(n)s of each side on") % {
                "times": TIMES,
                "n": least,
            }
        if self.signal.key == Key.ATTENDANCE:
            return _("More than %(points)s points apart; from %(n)s entries on") % {
                "points": POINTS,
                "n": least,
            }
        if self.signal.key == Key.CHAIR:
            return _("More than %(points)s points away from half; a period is %(n)s meetings") % {
                "points": POINTS,
                "n": least,
            }
        return _("More than %(points)s points away from half; from %(n)s on") % {
            "points": POINTS,
            "n": least,
        }


def _sentence(key: Key, measure: Measure, delivery: str, change: str) -> str:
    words: dict[str, Any] = {"delivery": delivery, "change": change, "n": measure.n}
    if key == Key.DECISIONS:
        return (
            ngettext(
                "Of %(n)s decision, %(delivery)s was taken by delivery and %(change)s by adoption; a joint one counts half for each.",
                "Of %(n)s decisions, %(delivery)s were taken by delivery and %(change)s by adoption; joint ones count half for each.",
                measure.n,
            )
            % words
        )
    texts = {
        Key.OVERRULED: _(
            "%(delivery)s objections of delivery and %(change)s of adoption were decided against."
        ),
        Key.MINUTES: _(
            "Items of delivery had %(delivery)s minutes and items of adoption %(change)s, in %(n)s meetings."
        ),
        Key.CHAIR: _(
            "Delivery chaired %(delivery)s of the last %(n)s meetings, adoption %(change)s."
        ),
        Key.WAITING: _(
            "Typically (median), what delivery escalates is settled after %(delivery)s days, what adoption escalates after %(change)s."
        ),
        Key.ATTENDANCE: _(
            "Of the voting members, %(delivery)s of delivery came and %(change)s of adoption."
        ),
        Key.UNHEARD: _(
            "%(delivery)s decisions were taken without the view of delivery, %(change)s without that of adoption."
        ),
    }
    return texts[key] % words


def heading(rows: list[Row]) -> str:
    """The finding of the page."""
    lean = [row for row in rows if row.signal.state == State.LEANS]
    if lean:
        return lean[0].finding
    if all(row.signal.state == State.FEW for row in rows):
        return _("Too little happened in %(days)s days to compare both functions") % {
            "days": PERIOD_DAYS
        }
    if any(row.signal.state == State.ONCE for row in rows):
        return _("Nothing leans to one side for two periods")
    return _("Both functions carry about the same weight")
