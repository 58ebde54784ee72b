"""Asking three people how confident they are, and answering."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from pmo_portal.common import clock
from pmo_portal.common.fields import date_input
from pmo_portal.history.forms import RecordForm

from ..choices import Confidence
from ..models import Judgement, JudgementRound
from .decisions import FirstOrLaterForm


class RoundForm(RecordForm):
    class Meta:
        model = JudgementRound
        fields = ("closes_on",)
        widgets = {"closes_on": date_input()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("closes_on", None)
        self.initial["closes_on"] = self.initial["closes_on"] or clock.today() + timedelta(days=7)

    def clean_closes_on(self) -> Any:
        day = self.cleaned_data["closes_on"]
        if day < clock.today():
            raise forms.ValidationError(_("The last day is today or later."))
        return day

    def _get_validation_exclusions(self) -> set[str]:
        # The first day is set by the service, which the constraint of both compares.
        return {*super()._get_validation_exclusions(), "asked_on"}  # type: ignore[misc]


class JudgementForm(FirstOrLaterForm):
    class Meta:
        model = Judgement
        fields = ("level", "sentence")
        widgets = {"level": forms.RadioSelect, "sentence": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = Confidence.choices  # type: ignore[attr-defined]
