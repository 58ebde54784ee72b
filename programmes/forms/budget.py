"""Forms of money: a line, and the filter of lines. The sheet of a line is in `sheet.py`."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.utils.translation import gettext_lazy

from pmo_portal.history.forms import RecordForm

from .. import choices, rules
from ..models import BudgetLine


class BudgetLineForm(RecordForm):
    class Meta:
        model = BudgetLine
        fields = ("half", "category", "name", "note")
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, member: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        programme = self.instance.programme
        halves = [
            (half.value, half.label)
            for half, may in (
                (choices.Half.DELIVERY, rules.keeps_delivery(member, programme)),
                (choices.Half.ADOPTION, rules.keeps_adoption(member, programme)),
            )
            if may
        ]
        self.fields["half"].choices = halves  # type: ignore[attr-defined]


class SheetForm(forms.Form):
    """Which version of a line a sheet was opened with; its fields are read by `sheet.py`."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class BudgetLineFilter(django_filters.FilterSet):
    half = django_filters.ChoiceFilter(
        label=gettext_lazy("Spent by"),
        choices=choices.Half.choices,
        empty_label=gettext_lazy("Both"),
    )
    category = django_filters.ChoiceFilter(
        label=gettext_lazy("Category"),
        choices=choices.BudgetCategory.choices,
        empty_label=gettext_lazy("All"),
    )
    words = django_filters.CharFilter(
        label=gettext_lazy("Words"), field_name="name", lookup_expr="icontains"
    )

    class Meta:
        model = BudgetLine
        fields = ()
