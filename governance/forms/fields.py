"""Fields that several forms of governance share."""

from __future__ import annotations

from django import forms


def date_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
