"""What stands in addresses: numbers of records, and moments."""

from __future__ import annotations

from datetime import UTC, datetime


def whole_number(text: str) -> int | None:
    """The number that somebody sent, or None where it is none, or longer than any number of ours."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


class MomentConverter:
    """A moment to the microsecond, by which everything written at once is found again: `20260601T091500250000`."""

    regex = r"\d{8}T\d{12}"
    _form = "%Y%m%dT%H%M%S%f"

    def to_python(self, value: str) -> datetime:
        return datetime.strptime(value, self._form).replace(tzinfo=UTC)

    def to_url(self, value: datetime) -> str:
        return value.astimezone(UTC).strftime(self._form)
