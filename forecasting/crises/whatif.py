"""What a later go-live would do, as its page shows it. The projection was made by the nightly job; costs are asked here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.utils.translation import gettext as _, ngettext

from pmo_portal.common.days import day_text
from pmo_portal.common.levels import State
from pmo_portal.common.money import format_short, rough, short_sum
from programmes.models import Milestone, Programme
from programmes.selectors import performance_as_of

from ..choices import FARTHEST_GOLIVE, FIRST_WAVE
from ..drivers import known_values
from ..models import RiskScore
from .forecast import model_text

# What a crisis costs where nobody has said so, as a share of the budget at completion.
CRISIS_SHARE = 0.05
WHOLE, WAVES = "d", "w"


@dataclass(frozen=True)
class Costs:
    """What a week of delay and a crisis cost, in minor units; None where nobody knows."""

    week: int | None
    crisis: int | None
    currency: str


class Money(NamedTuple):
    """What an option costs, in words; an en dash for what nobody knows."""

    delay: str
    crises: str
    sum: str


@dataclass(frozen=True)
class Option:
    """One way to go live: for all at once, or in two waves.

    `first` is the share of the people who go live as planned while the others do so later; 0 where all go at once.
    Shares are of 0 to 1; `low` and `high` are those of the change; `gap` is the training behind plan at the go-live
    as it is planned now; `engagement` that of the people at the go-live of this option, 0 to 100, None where nobody
    knows; `nearness` how near the go-live is over the sixteen weeks, 0 to 1. `now` is the plan as it is.
    """

    key: str
    delay: int
    on: date
    first: float
    risk: float
    change: float
    low: float
    high: float
    gap: float
    engagement: float | None
    nearness: float
    costs: Costs
    now: Option | None = None

    @property
    def is_now(self) -> bool:
        return self.delay == 0

    @property
    def in_waves(self) -> bool:
        return self.first > 0

    @property
    def is_clear(self) -> bool:
        """Whether the band of the change leaves out nothing at all, in whole points as people read it."""
        return round(100 * self.low) > 0 or round(100 * self.high) < 0

    @property
    def label(self) -> str:
        day = day_text(self.on)
        if self.is_now:
            return _("As planned, on %(day)s") % {"day": day}
        text = (
            ngettext(
                "%(later)s%% of the people %(weeks)s week later, on %(day)s",
                "%(later)s%% of the people %(weeks)s weeks later, on %(day)s",
                self.delay,
            )
            if self.in_waves
            else ngettext(
                "%(weeks)s week later, on %(day)s",
                "%(weeks)s weeks later, on %(day)s",
                self.delay,
            )
        )
        return text % {"weeks": self.delay, "day": day, "later": round(100 * (1 - self.first))}

    @property
    def state(self) -> State:
        if self.is_now or not self.is_clear:
            return State.NONE
        return State.OK if self.change < 0 else State.BAD

    @property
    def effect(self) -> str:
        if self.is_now:
            return _("The plan today")
        if not self.is_clear:
            return _("No clear effect")
        return _("Lower risk") if self.change < 0 else _("Higher risk")

    @property
    def change_points(self) -> int:
        """The difference of the risks as they are written, so that people can check it."""
        return round(100 * self.risk) - round(100 * (self.now or self).risk)

    @property
    def change_text(self) -> str:
        if self.is_now:
            return "–"
        return ngettext(
            "%(change)s point (%(low)s to %(high)s)",
            "%(change)s points (%(low)s to %(high)s)",
            abs(self.change_points),
        ) % {
            "change": _signed(self.change_points),
            "low": _points(self.low),
            "high": _points(self.high),
        }

    @property
    def training(self) -> str:
        """Training behind plan at the go-live planned now, against that without a delay."""
        gap = round(100 * self.gap)
        if not gap:
            return _("On plan")
        text = ngettext("%(gap)s point behind", "%(gap)s points behind", gap) % {"gap": gap}
        return self._against(text, 100 * self.gap, 100 * (self.now or self).gap)

    @property
    def engaged(self) -> str:
        """Engagement at the go-live of this option, against that at the go-live planned now."""
        if self.engagement is None:
            return _("Not known")
        before = (self.now or self).engagement or self.engagement
        return self._against(f"{round(self.engagement)}", self.engagement, before)

    @property
    def exposed(self) -> str:
        """How near the go-live is over the sixteen weeks, against the plan as it is."""
        text = f"{round(100 * self.nearness)}%"
        return self._against(text, 100 * self.nearness, 100 * (self.now or self).nearness)

    def _against(self, text: str, value: float, before: float) -> str:
        """With the change in brackets, that of the figures as they are written."""
        return text if self.is_now else f"{text} ({_points((round(value) - round(before)) / 100)})"

    @property
    def delay_cost(self) -> int | None:
        if self.costs.week is None:
            return None
        return round(self.costs.week * self.delay * (1 - self.first))

    @property
    def remediation(self) -> int | None:
        """What crises cost less, or more, by expectation: below nothing it saves."""
        return None if self.costs.crisis is None else round(self.costs.crisis * self.change)

    @property
    def money(self) -> Money:
        """The amounts as written: what the delay and the crises cost, and their sum."""
        delay, crises, currency = self.delay_cost, self.remediation, self.costs.currency
        if delay is None or crises is None:
            return Money(format_short(delay, currency), format_short(crises, currency), "–")
        return Money(*short_sum(delay, crises, currency))

    @property
    def crises_told(self) -> str:
        """What crises cost less, or more, with its way."""
        return _way(self.money.crises)

    @property
    def sum_told(self) -> str:
        """What delay and crises come to, with its way."""
        return _way(self.money.sum)

    @property
    def sentence(self) -> str:
        """The option in one line, for a decision paper."""
        risk = _("risk of a crisis within 16 weeks %(risk)s%%") % {"risk": round(100 * self.risk)}
        if self.is_now:
            return f"{self.label}: {risk}"
        parts = [risk, f"{self.effect.lower()}, {self.change_text}"]
        if self.delay_cost is not None:
            parts.append(_("the delay costs about %(cost)s") % {"cost": self.money.delay})
        if self.remediation is not None:
            parts.append(_("crises by expectation: %(cost)s") % {"cost": self.crises_told})
        if self.delay_cost is not None and self.remediation is not None:
            parts.append(_("in sum %(cost)s") % {"cost": self.sum_told})
        return f"{self.label}: {'; '.join(parts)}"


def next_golive(programme: Programme, on: date) -> Milestone | None:
    """The go-live that the projection moves."""
    return (
        Milestone.objects.golives()
        .pending()
        .filter(programme=programme, forecast_on__gt=on)
        .order_by("forecast_on", "number")
        .first()
    )


def projected_for(score: RiskScore) -> date:
    """The go-live's date on the day of the projection, which moved that date; a score keeps how far away it was."""
    return score.as_of + timedelta(days=round(7 * known_values(score.raw)["weeks_to_golive"]))


@dataclass(frozen=True)
class Nearer:
    """Why nothing is projected though a go-live is near enough: the one before it is nearer still, until `since`."""

    last: date
    next: date
    since: date


def nearer(score: RiskScore) -> Nearer | None:
    """None where that is not why. A score tells of the go-live that is nearest, before its day or after it. One statement."""
    if known_values(score.raw).get("weeks_to_golive", 1) > 0:
        return None
    golives = Milestone.objects.golives().filter(programme=score.programme_id)
    days = sorted(each.actual_on or each.forecast_on for each in golives)
    before = [day for day in days if day <= score.as_of]
    after = [day for day in days if day > score.as_of]
    if not (before and after) or after[0] > score.as_of + timedelta(weeks=FARTHEST_GOLIVE):
        return None
    since = before[-1] + (after[0] - before[-1]) // 2 + timedelta(days=1)
    # The plan may have moved since the score.
    return Nearer(before[-1], after[0], since) if since > score.as_of else None


def usual_costs(programme: Programme, as_of: date, currency: str) -> Costs:
    """What a week of the whole plan costs on average, and a small share of the budget for a crisis, as roughly as they are known."""
    budget = performance_as_of([programme.pk], as_of)[programme.pk].bac
    if not budget:
        return Costs(None, None, currency)
    week = None
    if programme.starts_on and programme.ends_on and programme.ends_on > programme.starts_on:
        week = rough(round(budget / ((programme.ends_on - programme.starts_on).days / 7)))
    return Costs(week, rough(round(CRISIS_SHARE * budget)), currency)


def options_of(score: RiskScore, costs: Costs, *, first: int = FIRST_WAVE) -> list[Option]:
    """Every way to go live that was projected: all at once, then in two waves with so many percent of the people in the
    first. Their dates are counted from the one that was projected.
    """
    found: list[Option] = []
    planned = projected_for(score)
    ways = (
        (WHOLE, 0, score.whatif.get("whole", ())),
        (WAVES, first, score.whatif.get("waves", {}).get(str(first), ())),
    )
    for kind, percent, rows in ways:
        for row in rows:
            found.append(
                Option(
                    f"{kind}{row['delay']}",
                    row["delay"],
                    planned + timedelta(weeks=row["delay"]),
                    percent / 100,
                    row["risk"],
                    row["change"],
                    row["low"],
                    row["high"],
                    row["gap"],
                    row["engagement"],
                    row["nearness"],
                    costs,
                    now=found[0] if found else None,
                )
            )
    return found


def whatif_finding(name: str, options: Sequence[Option], waits: Nearer | None = None) -> str:
    """The heading: what helps most, if anything does."""
    if waits is not None:
        return _("%(name)s: what a later go-live would do is projected from %(since)s on") % {
            "name": name,
            "since": day_text(waits.since),
        }
    clear = [each for each in options if each.is_clear and each.change < 0]
    if not options:
        return _("%(name)s has no go-live near enough to ask what a later one would do") % {
            "name": name
        }
    if not clear:
        worse = [each for each in options if each.is_clear]
        if worse:
            return _("%(name)s: a later go-live does not lower the risk of a crisis") % {
                "name": name
            }
        return _("%(name)s: a later go-live has no clear effect on the risk of a crisis") % {
            "name": name
        }
    best = min(clear, key=lambda each: each.change)
    return _(
        "%(name)s: %(option)s, lowers the risk of a crisis within 16 weeks from %(before)s%% to %(after)s%%"
    ) % {
        "name": name,
        "option": best.label[:1].lower() + best.label[1:],
        "before": round(100 * options[0].risk),
        "after": round(100 * best.risk),
    }


def chosen_options(options: Iterable[Option], keys: Sequence[str]) -> list[Option]:
    """The options somebody ticked, always with the plan as it is."""
    return [each for each in options if each.is_now or each.key in keys]


def paper(score: RiskScore, golive: Milestone, options: Sequence[Option]) -> dict[str, Any]:
    """The values of a decision paper with these options, the plan as it is first. It is read later: it names its day, what
    told it and the cost that was assumed.
    """
    context = _(
        "The risks are projected under stated assumptions, not measured: what happens within 16 weeks from %(day)s if the plan moves and "
        "all else goes on as it does here. Forecast by: %(model)s."
    ) % {"day": day_text(score.as_of), "model": model_text(score)}
    costs = options[0].costs
    if costs.crisis is not None:
        context += " " + _("A crisis is assumed to cost %(cost)s.") % {
            "cost": format_short(costs.crisis, costs.currency)
        }
    return {
        "question": _("Do we keep the date of %(golive)s?") % {"golive": golive.name},
        "milestone": golive.pk,
        "options": "\n".join(each.sentence for each in options),
        "context": context,
    }


def _way(amount: str) -> str:
    """An amount as written, and whether it is saved or added; nothing and what nobody knows go no way."""
    if not any(figure in amount for figure in "123456789"):
        return amount
    if amount.startswith("\u2212"):
        return _("%(amount)s saved") % {"amount": amount[1:]}
    return _("%(amount)s added") % {"amount": amount}


def _points(share: float) -> str:
    return _signed(round(100 * share))


def _signed(points: int) -> str:
    return f"{points:+d}".replace("-", "\u2212") if points else "0"
