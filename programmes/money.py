"""The words and drawings of the pages about money."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _, ngettext

from pmo_portal.common.days import day_text
from pmo_portal.common.figures import Trend, trend
from pmo_portal.common.levels import State
from pmo_portal.common.money import format_short, format_total

from .choices import Against, AmountKind, BudgetCategory, Half
from .earned_schedule import Schedule
from .earned_value import Performance, earned_value, next_month, planned_value
from .selectors.budget import Amount, Money, actual_cost

# Below these an index or a variance is amber, then red (delivery.md 3.3).
INDEX_AMBER, INDEX_RED = 0.95, 0.85
VARIANCE_AMBER, VARIANCE_RED = -0.05, -0.10


def index_state(value: float | None) -> State:
    """Of an index as it is written: one of 0.946 is written 0.95, and not below that."""
    if value is None:
        return State.NONE
    value = round(value, 2)
    return State.BAD if value < INDEX_RED else State.WARN if value < INDEX_AMBER else State.OK


def variance_state(share: float | None) -> State:
    """Of the variance at completion as a share of the budget."""
    if share is None:
        return State.NONE
    return State.BAD if share < VARIANCE_RED else State.WARN if share < VARIANCE_AMBER else State.OK


def is_slow(schedule: Schedule | None) -> bool:
    """Work is done later than planned."""
    return schedule is not None and index_state(schedule.index) in (State.WARN, State.BAD)


def against_budget(money: Money) -> Against:
    """Where it is expected to end."""
    if not money.is_planned:
        return Against.UNPLANNED
    share = money.performance.vac_share
    if share is None:
        return Against.UNKNOWN
    if share < VARIANCE_AMBER:
        return Against.ABOVE
    return Against.BELOW if share > -VARIANCE_AMBER else Against.WITHIN


def index(value: float | None) -> str:
    """An index to two decimals, or N/A."""
    return _("N/A") if value is None else f"{value:.2f}"


def unearned(money: Money, on: date) -> str:
    """Why nothing tells what is earned by a day."""
    if money.periods and money.points:
        return _("No milestone that earns anything was due or reached by %(day)s") % {
            "day": day_text(on)
        }
    return _("Needs a baseline and milestones")


def uncosted(money: Money) -> str:
    """Why there is no cost index."""
    return unearned(money, money.paid_to) if money.performance.ac else _("Needs actual cost")


def bottom_up(money: Money) -> str:
    """What the estimate of the leads is made of, or why there is none."""
    if money.performance.ac is None:
        return _("Needs actual cost")
    if money.performance.to_go is None:
        return _("Needs a forecast of what is to be paid still")
    silent = sum(cell.kind == AmountKind.BASELINE for cell in money.expected)
    made = _("paid + forecast of the months to come")
    if not silent:
        return made
    return made + ngettext(
        "; the plan stands in for %(count)d amount without a forecast",
        "; the plan stands in for %(count)d amounts without a forecast",
        silent,
    ) % {"count": silent}


@dataclass(frozen=True)
class Formula:
    """One figure with its arithmetic in the open."""

    label: str
    value: str
    how: str
    state: State | None = None


def headline(money: Money) -> str:
    """What the page found."""
    performance, against = money.performance, against_budget(money)
    is_late = is_slow(money.schedule)
    if against == Against.UNPLANNED:
        return _("No budget lines yet")
    if performance.vac_share is not None:
        share = abs(round(100 * performance.vac_share))
        if against == Against.ABOVE:
            return _("It is expected to end %(share)d%% above its budget") % {"share": share}
        if is_late:
            return _("It is expected to keep its budget, and work is done later than planned")
        if against == Against.BELOW:
            return _("It is expected to end %(share)d%% below its budget") % {"share": share}
        return _("It is expected to end within 5% of its budget")
    if performance.ac is None:
        return _("Nothing is recorded as paid, so cost cannot be judged")
    if is_late:
        return _("Work is done later than planned")
    return _("What was earned cannot be told yet")


def formulas(money: Money, currency: str, as_of: date) -> list[Formula]:
    """Every figure of earned value with the numbers it is made of."""
    p, s = money.performance, money.schedule

    def sum_of(amount: int | None) -> str:
        return _("N/A") if amount is None else format_total(amount, currency)

    short = {name: format_short(getattr(p, name), currency) for name in ("bac", "pv", "ev", "ac")}
    found = [
        Formula(
            _("SPI(t), schedule"),
            index(s.index if s else None),
            _("earned schedule %(es).1f months / %(at).1f months gone")
            % {"es": s.earned, "at": s.actual}
            if s
            else unearned(money, as_of),
            index_state(s.index if s else None),
        ),
        Formula(
            _("CPI, cost"),
            index(p.cpi),
            _("earned %(ev)s / paid %(ac)s") % short if p.cpi is not None else uncosted(money),
            index_state(p.cpi),
        ),
        Formula(
            _("SPI, in money"),
            index(p.spi),
            _("earned %(ev)s / planned %(pv)s; returns to 1 at the end") % short
            if p.ev is not None
            else unearned(money, money.paid_to),
        ),
        Formula(_("CV, cost variance"), sum_of(p.cv), _("earned − paid")),
        Formula(_("SV, schedule variance"), sum_of(p.sv), _("earned − planned")),
        Formula(
            _("EAC, if it goes on like this"),
            sum_of(p.eac_typical),
            _("budget %(bac)s / CPI") % short,
        ),
        Formula(_("EAC, if it was a one-off"), sum_of(p.eac_atypical), _("paid + budget − earned")),
        Formula(
            _("EAC, cost and schedule"),
            sum_of(p.eac_both),
            _("paid + (budget − earned) / (CPI × SPI)"),
        ),
        Formula(
            _("EAC, as the leads expect"),
            sum_of(p.eac_bottom_up),
            bottom_up(money),
        ),
        Formula(
            _("VAC, at completion"), sum_of(p.vac), _("budget − EAC"), variance_state(p.vac_share)
        ),
        Formula(
            _("TCPI"),
            index(p.tcpi),
            _("(budget − earned) / (budget − paid): the pace the rest needs"),
        ),
    ]
    if s and s.duration and money.is_reached(as_of):
        found.append(
            Formula(
                _("Duration"),
                _("%(months).1f months") % {"months": s.actual},
                _("to the last milestone that was reached; planned %(planned).1f months")
                % {"planned": s.earned},
            )
        )
    elif s and s.duration:
        found.append(
            Formula(
                _("Duration at this pace"),
                _("%(months).1f months") % {"months": s.duration},
                _("planned %(months)d months / SPI(t)") % {"months": s.planned},
            )
        )
    return found


def s_curve(money: Money, as_of: date) -> Trend | None:
    """Plan, earned and paid, summed up month by month, in thousands; None without a baseline.

    It goes on after the plan, to the last month that was paid, and to the day while a milestone is to be reached.
    """
    if not money.periods:
        return None
    paid: dict[date, int] = defaultdict(int)
    for cell in money.amounts:
        if cell.kind == AmountKind.ACTUAL and cell.month <= as_of:
            paid[cell.month] += cell.amount
    first, this_month = money.periods[0].starts_on, as_of.replace(day=1)
    last = max([money.periods[-1].starts_on, *paid])
    if not money.is_reached(as_of):
        last = max(last, this_month)
    months = [first]
    while months[-1] < last:
        months.append(next_month(months[-1]))
    if len(months) < 2:
        return None
    plan, earned, cost = [], [], []
    for month in months:
        end = next_month(month) - timedelta(days=1)
        day = min(end, as_of)
        is_known, is_paid = month <= this_month, paid and month <= money.paid_to
        plan.append(round(planned_value(money.periods, end) / 100_000))
        done = earned_value(money.periods, money.points, day) if is_known else None
        earned.append(None if done is None else round(done / 100_000))
        sums = sum(amount for each, amount in paid.items() if each <= month)
        cost.append(round(sums / 100_000) if is_paid else None)
    return trend(
        [date_format(month, "M y") for month in months],
        [("plan", _("Planned"), plan), ("earned", _("Earned"), earned), ("paid", _("Paid"), cost)],
        unit="k",
        floor=0,
    )


@dataclass(frozen=True)
class Share:
    """The money of one half, or of one of its categories; `category` is empty for the half. What nobody noted is None.

    `expected` is what a half will have cost as the leads expect.
    """

    label: str
    half: str
    category: str
    baseline: int | None
    actual: int | None
    committed: int | None
    forecast: int | None
    expected: int | None = None


def by_category(amounts: list[Amount]) -> list[Share]:
    """Delivery lines first, then those of adoption, each by category."""
    return [
        _share(category.label, half, category, cells)
        for half in Half
        for category in BudgetCategory
        if (cells := [each for each in amounts if each.half == half and each.category == category])
    ]


def by_half(money: Money, as_of: date) -> list[Share]:
    """One line for each half, also where it has no money. Together they expect what the programme does."""
    found = []
    for half in Half:
        cells = [each for each in money.amounts if each.half == half]
        expected = None
        if money.performance.eac_bottom_up is not None:
            to_go = sum(each.amount for each in money.expected if each.half == half)
            expected = (actual_cost(cells, as_of) or 0) + to_go
        found.append(replace(_share(half.label, half, "", cells), expected=expected))
    return found


def _share(label: Any, half: Half, category: str, cells: list[Amount]) -> Share:
    sums: dict[str, int] = defaultdict(int)
    for cell in cells:
        sums[cell.kind] += cell.amount
    return Share(
        str(label),
        half,
        category,
        sums.get(AmountKind.BASELINE),
        sums.get(AmountKind.ACTUAL),
        sums.get(AmountKind.COMMITTED),
        sums.get(AmountKind.FORECAST),
    )


def row_of(known: dict[int, Money]) -> Any:
    """Adds its money to a programme of the register of all."""

    def present(programme: Any) -> Any:
        money = known[programme.pk]
        p: Performance = money.performance
        programme.money = money
        programme.performance = p
        programme.spi_t = money.schedule.index if money.schedule else None
        programme.cost_state = variance_state(p.vac_share) if money.is_planned else State.NONE
        programme.schedule_state = index_state(programme.spi_t)
        return programme

    return present
