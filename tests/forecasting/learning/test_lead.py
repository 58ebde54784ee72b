"""How far ahead alerts were, beside the same alerts dealt out by lot."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting.learning.judging.lead import MOST_WEEKS, alerted, lead_times

Columns = dict[str, np.ndarray]


def weeks_of(alerts: list[str], *, events: dict[int, int]) -> Columns:
    """Programmes told for as many weeks as marks: `x` was given an alert; an event begins after the week of each that has one."""
    weeks = len(alerts[0])
    day = np.tile(739_000 + 7 * np.arange(weeks), len(alerts))
    of = np.repeat(np.arange(len(alerts)), weeks)
    label = np.zeros(len(day), dtype=bool)
    for programme, week in events.items():
        label[programme * weeks + max(0, week - 3) : programme * weeks + week + 1] = True
    alert = np.array([mark == "x" for row in alerts for mark in row])
    return {"day": day, "of": of, "label": label, "alert": alert, "groups": of}


def test_weeks_without_a_break_are_counted_up_to_the_event_and_the_first_alert_apart() -> None:
    rows = weeks_of(["..x..xxx", "........", "........", "........"], events={0: 7})
    found = lead_times(**rows)
    assert found is not None
    assert (found["events"], found["named"]) == (1, 1.0)
    assert found["unbroken"]["weeks"][0] == 3
    assert found["first"]["weeks"][0] == 6
    # One of four was named, so a lot would have been a fourth as early.
    assert found["unbroken"]["by_lot"][0] == 0.75
    assert found["unbroken"]["above"][0] == 2.25


def test_alerts_that_stopped_before_the_event_are_not_ahead_of_it() -> None:
    found = lead_times(**weeks_of(["xxxxxx..", "........"], events={0: 7}))
    assert found is not None
    assert (found["named"], found["unbroken"]["weeks"][0]) == (0.0, 0.0)
    assert found["first"]["weeks"][0] == 8


def test_alerts_that_only_stay_where_they_are_are_no_better_than_a_lot() -> None:
    """Whoever is named for good is named long before whatever happens; that is no knowledge."""
    rng = np.random.default_rng(4)
    alerts = ["x" * 30 if index % 10 == 0 else "." * 30 for index in range(400)]
    events = {int(each): int(rng.integers(12, 30)) for each in rng.choice(400, 200, replace=False)}
    found = lead_times(**weeks_of(alerts, events=events))
    assert found is not None
    for name in ("unbroken", "first"):
        value, low, high = found[name]["above"]
        assert low < 0 < high
        assert found[name]["by_lot"][0] == pytest.approx(0.1 * MOST_WEEKS, abs=0.05)
        assert value == pytest.approx(found[name]["weeks"][0] - found[name]["by_lot"][0])


def test_nobody_is_named_for_longer_than_twelve_weeks() -> None:
    found = lead_times(**weeks_of(["x" * 40, "." * 40], events={0: 39}))
    assert found is not None
    assert found["unbroken"]["weeks"] == found["first"]["weeks"] == [12.0, 12.0, 12.0]


def test_a_week_nobody_was_told_of_breaks_the_row() -> None:
    rows = weeks_of(["xxxxxxxx", "........"], events={0: 7})
    kept = rows["day"] != 739_000 + 7 * 5
    found = lead_times(**{name: values[kept] for name, values in rows.items()})
    assert found is not None
    assert found["unbroken"]["weeks"][0] == 2
    assert found["first"]["weeks"][0] == 8


def test_two_events_of_one_programme_are_two_though_no_week_between_them_was_told() -> None:
    rows = weeks_of(["x" * 20, "." * 20], events={0: 5})
    rows["label"] |= (rows["of"] == 0) & (rows["day"] >= 739_000 + 7 * 16)
    asked = (rows["day"] <= 739_000 + 7 * 5) | (rows["day"] >= 739_000 + 7 * 16)
    found = lead_times(**{name: values[asked] for name, values in rows.items()})
    assert found is not None
    assert found["events"] == 2


def test_order_of_rows_does_not_matter_and_without_events_nothing_is_said() -> None:
    rows = weeks_of(["..x..xxx", "xx..xx..", "........"], events={0: 7, 1: 5})
    turn = np.random.default_rng(1).permutation(len(rows["day"]))
    assert lead_times(**{name: values[turn] for name, values in rows.items()}) == lead_times(**rows)
    assert lead_times(**{**rows, "label": np.zeros(len(turn), dtype=bool)}) is None


def test_alerts_go_to_the_loudest_of_each_day_at_least_one() -> None:
    day = np.array([1, 1, 1, 2, 2])
    told = np.array([0.1, 0.3, 0.2, 0.01, 0.02])
    assert alerted(day, told, 0.1).tolist() == [False, True, False, False, True]
    assert alerted(day, told, 0.5).tolist() == [False, True, True, False, True]
