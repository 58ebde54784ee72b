"""Fields that several forms of governance share."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from pmo_portal.common.money import parse, typed

# In minor units; above it somebody leant on a key.
MOST = 10**14


class MoneyField(forms.CharField):
    """An amount as people type or paste it, minor units in the record; it may be less than nothing."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            required=False,
            max_length=24,
            widget=forms.TextInput(attrs={"inputmode": "decimal"}),
            **kwargs,
        )

    def prepare_value(self, value: Any) -> Any:
        return typed(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:  # type: ignore[override]
        text = super().clean(value)
        if not text:
            return None
        try:
            amount = parse(text)
        except ValueError:
            raise forms.ValidationError(
                _("Type an amount such as 1200, 1,200.50 or -40.")
            ) from None
        if abs(amount) > MOST:
            raise forms.ValidationError(_("This is more than any programme costs."))
        return amount
