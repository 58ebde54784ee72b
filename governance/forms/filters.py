"""What registers can be narrowed by."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from pmo_portal.common import clock
from pmo_portal.tenants.filters import OwnerLeftFilter
from pmo_portal.tenants.selectors import people_here

from ..choices import ActionStatus, DecisionStatus, LookVerdict
from ..models import Action, Decision


class DecisionFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(
        label=gettext_lazy("State"),
        method="by_state",
        choices=(
            ("waiting", gettext_lazy("Waiting")),
            ("overdue", gettext_lazy("Overdue")),
            ("decided", gettext_lazy("Decided")),
            ("isolated", gettext_lazy("Decided in isolation")),
            ("withdrawn", gettext_lazy("Withdrawn")),
        ),
        empty_label=gettext_lazy("All"),
    )
    words = django_filters.CharFilter(
        label=gettext_lazy("Words in the question"), field_name="question", lookup_expr="icontains"
    )

    class Meta:
        model = Decision
        fields = ()

    def by_state(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        if value == "waiting":
            return queryset.waiting()
        if value == "overdue":
            return queryset.overdue(on=clock.today())
        if value == "isolated":
            return queryset.isolated()
        return queryset.filter(status=DecisionStatus(value))


class LookFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(
        label=gettext_lazy("State"),
        method="by_state",
        choices=(
            ("due", gettext_lazy("Due")),
            ("coming", gettext_lazy("Later")),
            ("finished", gettext_lazy("Not again")),
        ),
        empty_label=gettext_lazy("All"),
    )
    verdict = django_filters.ChoiceFilter(
        label=gettext_lazy("Found"),
        field_name="last_verdict",
        choices=LookVerdict.choices,
        empty_label=gettext_lazy("Anything"),
    )

    class Meta:
        model = Decision
        fields = ()

    def by_state(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        if value == "finished":
            return queryset.filter(review_on__isnull=True)
        today = clock.today()
        if value == "due":
            return queryset.filter(review_on__lte=today)
        return queryset.filter(review_on__gt=today)


class ActionFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(
        label=gettext_lazy("State"),
        method="by_state",
        choices=(
            ("open", gettext_lazy("Open")),
            ("late", gettext_lazy("Late")),
            ("done", gettext_lazy("Done")),
            ("dropped", gettext_lazy("Dropped")),
        ),
        empty_label=gettext_lazy("All"),
    )
    owner = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Owner"),
        queryset=lambda _request: people_here(),
        to_field_name="handle",
        empty_label=gettext_lazy("Anybody"),
    )
    owner_is = OwnerLeftFilter()

    class Meta:
        model = Action
        fields = ()

    def by_state(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        if value == "late":
            return queryset.late(on=clock.today())
        return queryset.filter(status=ActionStatus(value))
