"""What the register of forecasts can be narrowed by."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy

from .choices import RiskLevel
from .models import RiskScore


class ScoreFilter(django_filters.FilterSet):
    of = django_filters.ChoiceFilter(
        label=gettext_lazy("Of"),
        method="by_subject",
        choices=(
            ("programmes", gettext_lazy("Whole programmes")),
            ("units", gettext_lazy("Single units")),
        ),
        empty_label=gettext_lazy("Both"),
    )
    level = django_filters.ChoiceFilter(
        label=gettext_lazy("Level"),
        choices=[each for each in RiskLevel.choices if each[0] != RiskLevel.UNKNOWN],
        empty_label=gettext_lazy("All"),
    )
    direction = django_filters.ChoiceFilter(
        label=gettext_lazy("Trend"),
        choices=(
            ("rising", gettext_lazy("Rising")),
            ("steady", gettext_lazy("No clear change")),
            ("falling", gettext_lazy("Falling")),
        ),
        empty_label=gettext_lazy("All"),
    )
    words = django_filters.CharFilter(
        label=gettext_lazy("Words in programme or unit"), method="by_words"
    )

    class Meta:
        model = RiskScore
        fields = ()

    def by_subject(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(unit__isnull=value == "programmes")

    def by_words(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(
            Q(programme__name__icontains=value)
            | Q(programme__code__icontains=value)
            | Q(unit__name__icontains=value)
        )
