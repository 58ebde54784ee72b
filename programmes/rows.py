"""What a list shows of a record beyond its fields: slip, state, severity, whose word it is.

Each function reads the thresholds once and returns what makes one row out of one record; pages and
exports use the same.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from pmo_portal.common.levels import State
from pmo_portal.tenants.models import TenantSettings

from . import raid, schedule, status
from .choices import Opinion
from .critical_path import Room
from .models import Milestone, MilestoneLink, RaidItem, ReportedFact, StatusReport
from .selectors import linked_as


def expected_on(milestone: Milestone, on: date) -> date:
    """The day it was reached, or the earliest day it still can be."""
    return milestone.actual_on or max(milestone.forecast_on, on)


def milestone_row(limits: TenantSettings, *, on: date) -> Callable[[Any], Any]:
    """Adds `slip` in working days and `state`."""

    def present(milestone: Any) -> Any:
        milestone.slip = schedule.slip_days(
            baseline_on=milestone.baseline_on, expected_on=expected_on(milestone, on)
        )
        milestone.state = schedule.milestone_state(
            baseline_on=milestone.baseline_on,
            forecast_on=milestone.forecast_on,
            actual_on=milestone.actual_on,
            on=on,
            amber_days=limits.slip_amber_days,
            red_days=limits.slip_red_days,
        )
        return milestone

    return present


def plan_row(
    limits: TenantSettings,
    *,
    on: date,
    links: Sequence[MilestoneLink],
    rooms: Mapping[int, Room],
    named: Collection[int],
) -> Callable[[Any], Any]:
    """Adds to slip and state what it waits for, and its room in working days (None once reached).

    `named` are the programmes that may be named.
    """
    base = milestone_row(limits, on=on)
    needs: dict[int, list[str]] = {}
    for link in links:
        needs.setdefault(link.after_id, []).append(linked_as(link.before, named))

    def present(milestone: Any) -> Any:
        milestone = base(milestone)
        milestone.waits_for = needs.get(milestone.pk, [])
        room = rooms.get(milestone.pk)
        milestone.room = room.days if room else None
        milestone.is_critical = room is not None and room.is_critical and bool(links)
        return milestone

    return present


def word_row(word: Any) -> Any:
    """Adds `said`, the date it speaks of, `change` and `slip` in working days (no change in a first word)."""
    word.said = word.actual_on or word.forecast_on
    word.change = (
        schedule.working_days_between(word.previous_on, word.said) if word.previous_on else None
    )
    word.slip = schedule.slip_days(baseline_on=word.baseline_on, expected_on=word.said)
    return word


def severity_label(state: State) -> str:
    return {
        State.BAD: _("High"),
        State.WARN: _("Medium"),
        State.OK: _("Low"),
    }.get(state, _("Not rated"))


def raid_row(limits: TenantSettings, *, on: date) -> Callable[[RaidItem], Any]:
    """Adds `severity` with its word, and whether the review is overdue."""

    def present(item: Any) -> Any:
        item.severity = raid.severity(item.score, appetite=limits.raid_appetite)
        item.severity_label = severity_label(item.severity)
        item.is_overdue = item.is_open and raid.is_overdue(item.review_on, on=on)
        return item

    return present


def status_row(report: Any) -> Any:
    """Adds `state` of the reported rating, `computed` beside it, and `said_by`."""
    report.state = status.state_of(report.rating)
    report.computed = State(report.computed_rating)
    report.said_by = said_by(report)
    return report


def said_by(report: StatusReport) -> str:
    """Whose word a report is: a person of the programme, or who published it."""
    if report.author is not None:
        return report.author.name
    if report.opinion == Opinion.LEAD:
        return report.reported_source or _("Not named")
    word = report.get_opinion_display()
    return f"{word}, {report.reported_source}" if report.reported_source else word


def fact_row(fact: Any) -> Any:
    """Adds `value`: an amount in major units, a ratio, a date or the words themselves."""
    fact.value = fact_value(fact)
    return fact


def fact_value(fact: ReportedFact) -> Decimal | float | date | str:
    if fact.amount is not None:
        return Decimal(fact.amount) / 100
    if fact.ratio is not None:
        return fact.ratio
    return fact.on if fact.on is not None else fact.text
