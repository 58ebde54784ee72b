"""How many people there are in units: recorded, and found again."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from pmo_portal.common import clock
from pmo_portal.common.editing import Refusing
from pmo_portal.common.fields import date_input

from .. import selectors
from ..models import Headcount
from .records import unit_filter


class HeadcountFilter(django_filters.FilterSet):
    """Of what is said of one unit."""

    since = django_filters.DateFilter(
        label=gettext_lazy("From, since"),
        field_name="effective_on",
        lookup_expr="gte",
        widget=date_input(),
    )
    until = django_filters.DateFilter(
        label=gettext_lazy("until"),
        field_name="effective_on",
        lookup_expr="lte",
        widget=date_input(),
    )
    words = django_filters.CharFilter(
        label=gettext_lazy("Words in the reason"), field_name="reason", lookup_expr="icontains"
    )

    class Meta:
        model = Headcount
        fields = ()


class HeadcountOfAllFilter(HeadcountFilter):
    """Of what is said of all units; the first three stand in the bar."""

    state = django_filters.ChoiceFilter(
        label=gettext_lazy("State"),
        method="by_state",
        choices=(
            ("holds", gettext_lazy("Holds today")),
            ("ahead", gettext_lazy("Still to come")),
        ),
        empty_label=gettext_lazy("Everything said"),
    )
    unit = unit_filter()

    class Meta:
        model = Headcount
        fields = ("state", "unit", "since", "until", "words")

    def by_state(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        today = clock.today()
        if value == "ahead":
            return queryset.filter(effective_on__gt=today)
        return queryset.filter(pk__in=selectors.headcounts_holding(today).values("pk"))


class HeadcountForm(Refusing, forms.ModelForm):
    class Meta:
        model = Headcount
        fields = ("people", "effective_on", "reason")
        labels = {"effective_on": gettext_lazy("From")}
        widgets = {"effective_on": date_input()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["effective_on"] = clock.today()
