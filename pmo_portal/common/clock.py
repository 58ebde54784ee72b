"""The clock of the portal.

Only the edges (views, tasks, commands) read it, once, and pass `on` or `as_of` down; what lies
below them can then be asked about any day.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils import timezone


def now() -> datetime:
    """The present moment, with its time zone."""
    return timezone.now()


def today() -> date:
    """The present day in the active time zone."""
    return timezone.localdate()


def end_of(day: date) -> datetime:
    """The last moment of a day in the active time zone: what was known by then is known "as of" it."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min)) - timedelta(
        microseconds=1
    )


def start_of(day: date) -> datetime:
    """The first moment of a day in the active time zone."""
    return timezone.make_aware(datetime.combine(day, time.min))
