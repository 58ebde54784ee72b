"""When reviews are due, and how far something is from what was agreed. Plain functions, no Django."""

from __future__ import annotations

from datetime import date, timedelta

SHARES = (25, 50, 75)
# Two weeks to look at everything together.
TIME_TO_REVIEW = timedelta(days=14)

HOLDS, DRIFTED, BROKEN = "holds", "drifted", "broken"
_ORDER = (HOLDS, DRIFTED, BROKEN)


def review_day(share: int, *, starts_on: date, ends_on: date) -> date:
    """The day on which so many percent of the time between two days are over."""
    return starts_on + timedelta(days=round((ends_on - starts_on).days * share / 100))


def shares_to_open(
    *, starts_on: date, ends_on: date, agreed_on: date, on: date, existing: frozenset[int]
) -> list[tuple[int, date]]:
    """Which reviews are to be opened on a day, with the day their share of the time was reached.

    A share that was over before anything was agreed has nothing to compare with and is left out. Where the plan
    shrank so much that several are due at once, each still opens: each compares another moment.
    """
    if ends_on <= starts_on:
        return []
    days = [
        (share, review_day(share, starts_on=starts_on, ends_on=ends_on))
        for share in SHARES
        if share not in existing
    ]
    return [(share, day) for share, day in days if agreed_on <= day <= on]


def judged(drift: float | None, margin: float | None) -> str:
    """What a number says by itself: more than the margin has drifted, more than twice is broken.

    Empty where there is no number or no margin was agreed: then people judge alone.
    """
    if drift is None or margin is None:
        return ""
    off = abs(drift)
    if off <= margin:
        return HOLDS
    return DRIFTED if off <= 2 * margin else BROKEN


def on_course(start: float, target: float, now: float, *, time_share: float) -> str:
    """How a measure stands that should have gone evenly from its start to its target.

    It holds with at least three quarters of the way it should have made, has drifted with at least a third.
    A target that is where things were already holds while nothing got worse by a tenth.
    """
    way = target - start
    if way == 0:
        off = abs(now - start) / (abs(start) or 1.0)
        return HOLDS if off <= 0.1 else DRIFTED if off <= 0.2 else BROKEN
    expected = min(max(time_share, 0.0), 1.0)
    if expected == 0:
        return HOLDS
    made = (now - start) / way / expected
    if made >= 0.75:
        return HOLDS
    return DRIFTED if made >= 1 / 3 else BROKEN


def worst(verdicts: list[str]) -> str:
    """The worst of what both sides say; empty where nobody said anything."""
    said = [each for each in verdicts if each]
    return max(said, key=_ORDER.index) if said else ""


def elapsed(on: date, *, starts_on: date, ends_on: date) -> float:
    """The share of the time that is over on a day, from 0 to 1."""
    whole = (ends_on - starts_on).days
    return min(max((on - starts_on).days / whole, 0.0), 1.0) if whole > 0 else 0.0
