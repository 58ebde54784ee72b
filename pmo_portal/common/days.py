"""Days as people read and count them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format


def day_text(day: date | datetime | None) -> str:
    """A day as "7 Dec 2026"; an en dash for none."""
    if day is None or day == "":
        return "–"
    if isinstance(day, datetime) and timezone.is_aware(day):
        day = timezone.localtime(day)
    return date_format(day, "j M Y")


def long_day_text(day: date) -> str:
    """A day as "7 December 2026", for sentences of record."""
    return date_format(day, "j F Y")


def monday_of(day: date) -> date:
    """The first day of the week of a day."""
    return day - timedelta(days=day.weekday())
