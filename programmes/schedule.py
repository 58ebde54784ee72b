"""Slip and state of milestones. Plain functions, no Django."""

from __future__ import annotations

from datetime import date, timedelta

from pmo_portal.common.levels import State

_WEEKEND = (5, 6)


def working_days_between(start: date, end: date) -> int:
    """Monday-to-Friday days after `start` up to and including `end`; negative when `end` is earlier."""
    if end < start:
        return -working_days_between(end, start)
    weeks, rest = divmod((end - start).days, 7)
    extra = sum(
        (start + timedelta(days=day)).weekday() not in _WEEKEND for day in range(1, rest + 1)
    )
    return weeks * 5 + extra


def slip_days(*, baseline_on: date, expected_on: date) -> int:
    """Working days by which a milestone is expected after its baseline; negative when earlier."""
    return working_days_between(baseline_on, expected_on)


def milestone_state(
    *,
    baseline_on: date,
    forecast_on: date,
    actual_on: date | None,
    on: date,
    amber_days: int,
    red_days: int,
) -> State:
    """The state of a milestone on a day.

    Done when it was achieved by then. Otherwise the slip decides: a date that has passed unachieved counts as
    expected today at the earliest.
    """
    if actual_on is not None and actual_on <= on:
        return State.DONE
    slip = slip_days(baseline_on=baseline_on, expected_on=max(forecast_on, on))
    if slip > red_days:
        return State.BAD
    if slip > amber_days or forecast_on < on:
        return State.WARN
    return State.OK


def after_working_days(start: date, days: int) -> date:
    """The day that lies so many working days after another one."""
    day = start
    while days > 0:
        day += timedelta(days=1)
        days -= day.weekday() < 5
    return day
