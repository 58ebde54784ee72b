"""Weeks from today as working days, moments and words."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
_WHEN = re.compile(r"\{(day|month):(-?[\d.]+)\}")


class Calendar:
    def __init__(self, today: date) -> None:
        self.today = today

    def day(self, weeks: float) -> date:
        """A working day so many weeks from today: never after today for the past, nor before it for the future."""
        found = self.today + timedelta(days=round(weeks * 7))
        shift = {5: -1, 6: 1 if weeks > 0 else -2}.get(found.weekday(), 0)
        return found + timedelta(days=shift)

    def at(self, weeks: float) -> datetime:
        return self.moment(self.day(weeks))

    def moment(self, day: date) -> datetime:
        return datetime.combine(day, time(9), tzinfo=LONDON)

    def say(self, text: str) -> str:
        """The text with its days and months filled in."""

        def word(found: re.Match[str]) -> str:
            day = self.day(float(found[2]))
            return f"{day:%B}" if found[1] == "month" else f"{day.day} {day:%B}"

        return _WHEN.sub(word, text)
