"""What the register of forecasts can be narrowed by."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy

from programmes.choices import Half, RaidCategory, RaidKind, RaidSide
from programmes.forms.fields import MoneyField

from .choices import RiskLevel, Stage
from .models import AdoptionShortfall, MilestoneOutlook, RaidScore, RiskOutcome, RiskScore
from .outlooks import LIKELY
from .readiness import LIKELY as LIKELY_SHORT


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


class RaidScoreFilter(django_filters.FilterSet):
    level = django_filters.ChoiceFilter(
        label=gettext_lazy("Level"),
        choices=[each for each in RiskLevel.choices if each[0] != RiskLevel.UNKNOWN],
        empty_label=gettext_lazy("All"),
    )
    kind = django_filters.ChoiceFilter(
        label=gettext_lazy("Type"),
        field_name="item__kind",
        choices=RaidKind.choices,
        empty_label=gettext_lazy("All"),
    )
    category = django_filters.ChoiceFilter(
        label=gettext_lazy("Category"),
        field_name="item__category",
        choices=RaidCategory.choices,
        empty_label=gettext_lazy("All"),
    )
    side = django_filters.ChoiceFilter(
        label=gettext_lazy("Side"),
        field_name="item__side",
        choices=RaidSide.choices,
        empty_label=gettext_lazy("Both"),
    )
    words = django_filters.CharFilter(
        label=gettext_lazy("Words in item or programme"), method="by_words"
    )

    class Meta:
        model = RaidScore
        fields = ()

    def by_words(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(
            Q(item__title__icontains=value)
            | Q(item__programme__name__icontains=value)
            | Q(item__programme__code__icontains=value)
        )


class OutlookFilter(django_filters.FilterSet):
    track = django_filters.ChoiceFilter(
        label=gettext_lazy("Track"),
        field_name="milestone__track",
        choices=Half.choices,
        empty_label=gettext_lazy("Both"),
    )
    golive = django_filters.ChoiceFilter(
        label=gettext_lazy("Go-live"),
        field_name="milestone__is_golive",
        choices=(("True", gettext_lazy("Go-lives")), ("False", gettext_lazy("Others"))),
        empty_label=gettext_lazy("All"),
    )
    likely = django_filters.ChoiceFilter(
        label=gettext_lazy("Likely to"),
        choices=(("miss", gettext_lazy("Miss")), ("keep", gettext_lazy("Keep"))),
        empty_label=gettext_lazy("Either"),
        method="by_chance",
    )
    words = django_filters.CharFilter(
        label=gettext_lazy("Words in milestone or programme"), method="by_words"
    )

    class Meta:
        model = MilestoneOutlook
        fields = ()

    def by_chance(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        if value == "miss":
            return queryset.filter(missed__gte=LIKELY)
        return queryset.filter(missed__lt=LIKELY)

    def by_words(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(
            Q(milestone__name__icontains=value)
            | Q(milestone__programme__name__icontains=value)
            | Q(milestone__programme__code__icontains=value)
        )


class ReadinessFilter(django_filters.FilterSet):
    level = django_filters.ChoiceFilter(
        label=gettext_lazy("Level"), choices=RiskLevel.choices, empty_label=gettext_lazy("All")
    )
    likely = django_filters.ChoiceFilter(
        label=gettext_lazy("Likely"),
        choices=(
            ("short", gettext_lazy("Not to be ready")),
            ("ready", gettext_lazy("To be ready")),
        ),
        empty_label=gettext_lazy("Either"),
        method="by_chance",
    )
    unknown = django_filters.ChoiceFilter(
        label=gettext_lazy("Not known"),
        choices=(
            ("training", gettext_lazy("Training")),
            ("engagement", gettext_lazy("Engagement")),
        ),
        empty_label=gettext_lazy("Any"),
        method="by_unknown",
    )
    words = django_filters.CharFilter(
        label=gettext_lazy("Words in unit, go-live or programme"), method="by_words"
    )

    class Meta:
        model = AdoptionShortfall
        fields = ()

    def by_chance(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        """Only units of which both parts are known are likely to be ready."""
        if value == "short":
            return queryset.filter(chance__gte=LIKELY_SHORT)
        return queryset.filter(
            chance__lt=LIKELY_SHORT, training__isnull=False, engagement__isnull=False
        )

    def by_unknown(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(**{f"{value}__isnull": True})

    def by_words(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(
            Q(unit__name__icontains=value)
            | Q(milestone__name__icontains=value)
            | Q(milestone__programme__name__icontains=value)
            | Q(milestone__programme__code__icontains=value)
        )


class OutcomeFilter(django_filters.FilterSet):
    happened = django_filters.ChoiceFilter(
        label=gettext_lazy("What came"),
        choices=(("True", gettext_lazy("A crisis")), ("False", gettext_lazy("No crisis"))),
        empty_label=gettext_lazy("Both"),
    )
    stage = django_filters.ChoiceFilter(
        label=gettext_lazy("Told by"), choices=Stage.choices, empty_label=gettext_lazy("All")
    )
    words = django_filters.CharFilter(label=gettext_lazy("Words in programme"), method="by_words")

    class Meta:
        model = RiskOutcome
        fields = ()

    def by_words(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(
            Q(programme__name__icontains=value) | Q(programme__code__icontains=value)
        )


class WhatIfForm(forms.Form):
    """What a delay and a crisis cost, for whoever knows better than an average of the plan."""

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
