"""Fields of forms that all apps share."""

from __future__ import annotations

from django import forms

from .known_days import FIRST_DAY, LAST_DAY


def date_input() -> forms.DateInput:
    """A field for a day, with the calendar of the browser."""
    within = {"min": FIRST_DAY.isoformat(), "max": LAST_DAY.isoformat()}
    return forms.DateInput(attrs={"type": "date", **within}, format="%Y-%m-%d")
