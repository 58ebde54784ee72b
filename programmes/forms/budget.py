"""Forms of money: a line, and the filters of lines and of programmes. The sheet of a line is in `sheet.py`."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy

from pmo_portal.common import clock
from pmo_portal.common.editing import Refusing
from pmo_portal.history.forms import RecordForm

from .. import choices, money, rules, selectors
from ..models import BudgetLine, Programme


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


class SheetForm(Refusing, forms.Form):
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


class MoneyFilter(django_filters.FilterSet):
    """Of programmes. What has to be worked out stands last: it is asked of what the others leave."""

    words = django_filters.CharFilter(
        label=gettext_lazy("Programme or portfolio"), method="by_words"
    )
    stage = django_filters.ChoiceFilter(
        label=gettext_lazy("Stage"), choices=choices.Stage.choices, empty_label=gettext_lazy("All")
    )
    cost = django_filters.ChoiceFilter(
        label=gettext_lazy("Against its budget"),
        method="by_cost",
        choices=choices.Against.choices,
        empty_label=gettext_lazy("All"),
    )
    pace = django_filters.ChoiceFilter(
        label=gettext_lazy("Work"),
        method="by_pace",
        choices=(("late", gettext_lazy("Later than planned")),),
        empty_label=gettext_lazy("All"),
    )

    class Meta:
        model = Programme
        fields = ()

    def by_words(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(
            Q(name__icontains=value) | Q(code__icontains=value) | Q(portfolio__icontains=value)
        )

    def by_cost(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        known = selectors.money_as_of(_keys(queryset), clock.today())
        return queryset.filter(
            pk__in=[pk for pk, each in known.items() if money.against_budget(each) == value]
        )

    def by_pace(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        known = selectors.schedules_as_of(_keys(queryset), clock.today())
        return queryset.filter(pk__in=[pk for pk, each in known.items() if money.is_slow(each)])


def _keys(programmes: Any) -> list[int]:
    return list(programmes.values_list("pk", flat=True))
