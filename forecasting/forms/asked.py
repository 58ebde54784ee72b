"""What people ask of forecasts, and decide about their models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from pmo_portal.common.editing import Refusing
from pmo_portal.common.money import sign
from pmo_portal.history.forms import RecordForm
from programmes.forms.fields import MoneyField

from ..choices import FIRST_WAVE, FIRST_WAVES
from ..models import SharingChoice


def _say_anew(form: forms.BaseForm, name: str, value: Any) -> None:
    """Put another value into a field of a form that was sent, as the page around it tells it now. What else was typed stays."""
    sent = {each: form.data[each] for each in form.data}
    form.data = {**sent, form.add_prefix(name): value}


class ChallengerForm(Refusing, forms.Form):
    """A person's word on a challenger, with what was in use when they looked."""

    beside = forms.CharField(widget=forms.HiddenInput, max_length=64)
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Everyone can read it on the forecast's card, with your name."),
    )

    def look_again(self, beside: str) -> None:
        """After a refusal, ask about what is in use now, as the page around the form tells it. What was typed stays."""
        _say_anew(self, "beside", beside)


class WhatIfForm(Refusing, forms.Form):
    """What a delay and a crisis cost, for whoever knows better than an average of the plan, who goes live first, and what is put to a decision.

    What nobody asked is as usual, and so is what was refused. A cost that was refused stays as it was typed; a list
    can only show a share it has, so it shows the one that was computed with.
    """

    first = forms.ChoiceField(
        label=gettext_lazy("Two waves: people in the first"),
        choices=[(each, f"{each}%") for each in FIRST_WAVES],
        required=False,
        help_text=gettext_lazy("They go live as planned, the others later."),
        error_messages={
            "invalid_choice": gettext_lazy("Choose 10, 20 and so on up to 90 percent.")
        },
    )
    week = MoneyField(
        label=gettext_lazy("A week of delay costs"),
        required=False,
        help_text=gettext_lazy("At first: the budget over the weeks of the plan."),
    )
    crisis = MoneyField(
        label=gettext_lazy("A crisis costs"),
        required=False,
        help_text=gettext_lazy("At first: 5% of the budget, assumed."),
    )

    # The boxes stand in the rows of the ways to go live.
    choose = forms.Field(label=gettext_lazy("On the paper"), required=False)

    def __init__(self, asked: QueryDict, *, usual: Mapping[str, Any], currency: str) -> None:
        """
        Args:
            asked: what stands in the address; any of the fields, or none.
            usual: a value of every cost, in minor units, and of the first wave.
            currency: of the costs; its sign stands beside their names.
        """
        self.chosen = asked.getlist("choose")
        usual = {**usual, "choose": ""}
        told = {
            name: asked[name] if name in asked else field.prepare_value(usual[name])
            for name, field in self.base_fields.items()
        }
        super().__init__(told, initial=dict(usual))
        for name in ("week", "crisis"):
            self.fields[name].label = f"{self.fields[name].label} ({sign(currency)})"

    @property
    def values(self) -> dict[str, Any]:
        """What to compute with; costs in minor units, None where nobody knows."""
        self.full_clean()
        known: dict[str, Any] = getattr(self, "cleaned_data", {})
        return {**self.initial, **known}

    def clean_first(self) -> int:
        return int(self.cleaned_data["first"] or FIRST_WAVE)

    def clean(self) -> None:
        if "first" in self.errors:
            _say_anew(self, "first", self.initial["first"])


class SharingForm(RecordForm):
    """What is given and taken. It carries the fingerprint of the text that was shown with it."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    class Meta:
        model = SharingChoice
        fields = SharingChoice.edited_fields

    def __init__(self, *args: Any, has_text: bool, **kwargs: Any) -> None:
        """`has_text`: whether there is anything to give."""
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            # The first save makes version 1, which this form was opened with.
            self.fields["version"] = forms.IntegerField(
                widget=forms.HiddenInput, initial=1, min_value=1
            )
        if not has_text and not self.instance.gives:
            self.fields["gives"].disabled = True

    def show(self, fingerprint: str) -> None:
        """Say which text is shown with the form from now on, also where it comes back with a refusal."""
        self.fields["seen"].initial = fingerprint
        if self.is_bound:
            _say_anew(self, "seen", fingerprint)
