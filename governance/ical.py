"""Meetings for calendars (RFC 5545). Plain functions, no Django."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_LONGEST = 75


@dataclass(frozen=True)
class Event:
    """One meeting. Without a time it takes the whole day. `revision` grows with every change."""

    uid: str
    title: str
    day: date
    at: time | None
    minutes: int
    zone: str
    revision: int
    is_cancelled: bool = False
    place: str = ""
    text: str = ""
    url: str = ""


def calendar(name: str, events: Iterable[Event], *, now: datetime) -> str:
    """A whole calendar file; calendars that know an event's uid replace it by the later revision."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//PMO portal//Meetings//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}",
    ]
    for event in events:
        lines += _event(event, now)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded(line)}\r\n" for line in lines)


def _event(event: Event, now: datetime) -> list[str]:
    lines = [
        "BEGIN:VEVENT",
        f"UID:{event.uid}",
        f"DTSTAMP:{_moment(now)}",
        f"SEQUENCE:{event.revision}",
        *_times(event),
        f"SUMMARY:{escaped(event.title)}",
        f"STATUS:{'CANCELLED' if event.is_cancelled else 'CONFIRMED'}",
    ]
    if event.place:
        lines.append(f"LOCATION:{escaped(event.place)}")
    if event.text:
        lines.append(f"DESCRIPTION:{escaped(event.text)}")
    if event.url:
        lines.append(f"URL:{event.url}")
    return [*lines, "END:VEVENT"]


def _times(event: Event) -> list[str]:
    if event.at is None:
        return [
            f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{event.day + timedelta(days=1):%Y%m%d}",
        ]
    start = datetime.combine(event.day, event.at, ZoneInfo(event.zone))
    # Minutes that pass, not minutes on the clock: a meeting may lie over the change of the hour.
    end = start.astimezone(UTC) + timedelta(minutes=event.minutes)
    return [f"DTSTART:{_moment(start)}", f"DTEND:{_moment(end)}"]


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def escaped(text: str) -> str:
    """A text value: what has a meaning in the format loses it."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\\", "\\\\")
    return plain.replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def folded(line: str) -> str:
    """At most 75 bytes in each line of the file, never cutting through a letter."""
    parts, part, size = [], "", 0
    for letter in line:
        width = len(letter.encode())
        if size + width > _LONGEST:
            parts.append(part)
            # The space at the beginning of a continued line counts.
            part, size = "", 1
        part += letter
        size += width
    return "\r\n ".join([*parts, part])
