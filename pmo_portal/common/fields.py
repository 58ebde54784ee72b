"""Fields of forms that all apps share."""

from __future__ import annotations

from django import forms


def date_input() -> forms.DateInput:
    """A field for a day, with the calendar of the browser."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
