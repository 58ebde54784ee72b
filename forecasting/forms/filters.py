"""What registers of scores, dates, readiness and outcomes are filtered by."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy

from adoption.forms.records import unit_filter
from pmo_portal.common import clock
from programmes.choices import Half, RaidCategory, RaidKind, RaidSide

from ..choices import (
    LIKELY_MISSED,
    LIKELY_SHORT,
    Direction,
    RiskLevel,
    Stage,
    Touch,
)
from ..crises.running import running
from ..models import (
    AdoptionShortfall,
    MilestoneOutlook,
    RaidOutcome,
    RaidScore,
    RiskOutcome,
    RiskScore,
)


class _OfItems:
    """Words are looked for in the item and in its programme."""

    def by_words(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(
            Q(item__title__icontains=value)
            | Q(item__programme__name__icontains=value)
            | Q(item__programme__code__icontains=value)
        )


def level_filter() -> django_filters.ChoiceFilter:
    """Rows by their level, of what always has one."""
    return django_filters.ChoiceFilter(
        label=gettext_lazy("Level"),
        choices=[each for each in RiskLevel.choices if each[0] != RiskLevel.UNKNOWN],
        empty_label=gettext_lazy("All"),
    )


# What stands in the address for programmes of which nothing is forecast (`crises.running`).
IN_CRISIS = "crisis"


class _OfProgrammes:
    """Levels and trends of programmes and units: those in a crisis have neither."""

    def by_level(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        in_crisis = list(running(on=clock.today()))
        if value == IN_CRISIS:
            return queryset.filter(programme__in=in_crisis)
        return queryset.filter(level=value).exclude(programme__in=in_crisis)

    def by_direction(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(direction=value).exclude(programme__in=running(on=clock.today()))


def crisis_level_filter() -> django_filters.ChoiceFilter:
    """Rows by their level, or without one because a crisis has begun."""
    return django_filters.ChoiceFilter(
        label=gettext_lazy("Level"),
        choices=[*RiskLevel.choices, (IN_CRISIS, gettext_lazy("In or after a crisis"))],
        empty_label=gettext_lazy("All"),
        method="by_level",
    )


def trend_filter(method: str | None = None) -> django_filters.ChoiceFilter:
    """Rows by where their chance has been going.

    Args:
        method: of the set of filters, where some rows have no trend.
    """
    return django_filters.ChoiceFilter(
        label=gettext_lazy("Trend"),
        field_name="direction",
        choices=Direction.choices,
        empty_label=gettext_lazy("All"),
        method=method,
    )


class ScoreFilter(_OfProgrammes, django_filters.FilterSet):
    of = django_filters.ChoiceFilter(
        label=gettext_lazy("Of"),
        method="by_subject",
        choices=(
            ("programmes", gettext_lazy("Whole programmes")),
            ("units", gettext_lazy("Single units")),
        ),
        empty_label=gettext_lazy("Both"),
    )
    level = crisis_level_filter()
    direction = trend_filter("by_direction")
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


class UnitScoreFilter(_OfProgrammes, django_filters.FilterSet):
    unit = unit_filter()
    level = crisis_level_filter()
    direction = trend_filter("by_direction")
    words = django_filters.CharFilter(
        label=gettext_lazy("Words in unit or programme"), method="by_words"
    )

    class Meta:
        model = RiskScore
        fields = ()

    def by_words(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(
            Q(unit__name__icontains=value)
            | Q(unit__code__icontains=value)
            | Q(programme__name__icontains=value)
            | Q(programme__code__icontains=value)
        )


class RaidScoreFilter(_OfItems, django_filters.FilterSet):
    level = level_filter()
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
    direction = trend_filter()
    words = django_filters.CharFilter(
        label=gettext_lazy("Words in item or programme"), method="by_words"
    )

    class Meta:
        model = RaidScore
        fields = ()


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
    direction = trend_filter()
    words = django_filters.CharFilter(
        label=gettext_lazy("Words in milestone or programme"), method="by_words"
    )

    class Meta:
        model = MilestoneOutlook
        fields = ()

    def by_chance(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        if value == "miss":
            return queryset.filter(missed__gte=LIKELY_MISSED)
        return queryset.filter(missed__lt=LIKELY_MISSED)

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
    direction = trend_filter()
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
        label=gettext_lazy("Forecast by"), choices=Stage.choices, empty_label=gettext_lazy("All")
    )
    touch = django_filters.ChoiceFilter(
        label=gettext_lazy("What people did"),
        choices=Touch.choices,
        empty_label=gettext_lazy("All"),
    )
    words = django_filters.CharFilter(label=gettext_lazy("Words in programme"), method="by_words")

    class Meta:
        model = RiskOutcome
        fields = ()

    def by_words(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(
            Q(programme__name__icontains=value) | Q(programme__code__icontains=value)
        )


class RaidOutcomeFilter(_OfItems, django_filters.FilterSet):
    happened = django_filters.ChoiceFilter(
        label=gettext_lazy("What came"),
        choices=(("True", gettext_lazy("Escalated")), ("False", gettext_lazy("Did not escalate"))),
        empty_label=gettext_lazy("Both"),
    )
    stage = django_filters.ChoiceFilter(
        label=gettext_lazy("Forecast by"), choices=Stage.choices, empty_label=gettext_lazy("All")
    )
    words = django_filters.CharFilter(
        label=gettext_lazy("Words in item or programme"), method="by_words"
    )

    class Meta:
        model = RaidOutcome
        fields = ()
