"""The filter of the register of scores; values it does not know are dropped."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from .choices import RiskLevel
from .models import RiskScore


class ScoreFilter(django_filters.FilterSet):
    of = django_filters.ChoiceFilter(
        label=_("Of"),
        method="by_subject",
        choices=(("programmes", _("Programmes")), ("units", _("Business units"))),
        empty_label=_("Both"),
    )
    level = django_filters.ChoiceFilter(
        label=_("Level"),
        choices=[(level.value, level.label) for level in RiskLevel if level != RiskLevel.UNKNOWN],
        empty_label=_("All"),
    )
    words = django_filters.CharFilter(label=_("Programme or unit"), method="by_words")

    class Meta:
        model = RiskScore
        fields = ()

    def by_subject(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(unit__isnull=value == "programmes")

    def by_words(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(
            Q(programme__name__icontains=value)
            | Q(programme__code__iexact=value)
            | Q(unit__name__icontains=value)
        )
