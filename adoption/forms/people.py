"""How many people there are in a unit."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from pmo_portal.common import clock

from ..models import Headcount
from .records import date_input


class HeadcountForm(forms.ModelForm):
    class Meta:
        model = Headcount
        fields = ("people", "effective_on", "reason")
        labels = {"effective_on": gettext_lazy("From")}
        widgets = {"effective_on": date_input()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["effective_on"] = clock.today()
