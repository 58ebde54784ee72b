"""The filters of the registers; values they do not know are dropped."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy

from pmo_portal.common import clock
from pmo_portal.common.fields import date_input
from pmo_portal.tenants.filters import OwnerLeftFilter
from pmo_portal.tenants.selectors import people_here, thresholds

from .. import choices
from ..models import (
    BaselineDate,
    Milestone,
    MilestoneForecast,
    PlanBaseline,
    RaidItem,
    ReportedFact,
    StatusReport,
)


class MilestoneFilter(django_filters.FilterSet):
    track = django_filters.ChoiceFilter(
        label=gettext_lazy("Track"), choices=choices.Half.choices, empty_label=gettext_lazy("Both")
    )
    pending = django_filters.ChoiceFilter(
        label=gettext_lazy("State"),
        method="by_state",
        choices=(("pending", gettext_lazy("Pending")), ("done", gettext_lazy("Achieved"))),
        empty_label=gettext_lazy("All"),
    )
    golive = django_filters.ChoiceFilter(
        label=gettext_lazy("Kind"),
        field_name="is_golive",
        choices=(("True", gettext_lazy("Go-lives")),),
        empty_label=gettext_lazy("All"),
    )
    owner_is = OwnerLeftFilter()

    class Meta:
        model = Milestone
        fields = ()

    def by_state(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        return queryset.pending() if value == "pending" else queryset.exclude(actual_on=None)


class RaidFilter(django_filters.FilterSet):
    """The filters of the register; the first three stand in the bar. Without a wish only open items show."""

    kind = django_filters.ChoiceFilter(
        label=gettext_lazy("Type"),
        choices=choices.RaidKind.choices,
        empty_label=gettext_lazy("All four"),
    )
    side = django_filters.ChoiceFilter(
        label=gettext_lazy("Side"),
        choices=choices.RaidSide.choices,
        empty_label=gettext_lazy("All"),
    )
    state = django_filters.ChoiceFilter(
        label=gettext_lazy("State"),
        method="by_state",
        choices=(
            ("all", gettext_lazy("All")),
            ("above", gettext_lazy("Above appetite")),
            ("overdue", gettext_lazy("Review overdue")),
            ("soon", gettext_lazy("Review in 14 days")),
            ("ended", gettext_lazy("Closed or occurred")),
        ),
        empty_label=gettext_lazy("Open"),
    )
    owner = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Owner"),
        queryset=lambda _request: people_here(),
        to_field_name="handle",
        empty_label=gettext_lazy("Anybody"),
    )
    owner_is = OwnerLeftFilter()
    status = django_filters.ChoiceFilter(
        label=gettext_lazy("Status"),
        choices=choices.RaidStatus.choices,
        empty_label=gettext_lazy("All"),
    )
    proximity = django_filters.ChoiceFilter(
        label=gettext_lazy("Proximity"),
        choices=choices.Proximity.choices,
        empty_label=gettext_lazy("All"),
    )
    probability = django_filters.ChoiceFilter(
        label=gettext_lazy("Probability"),
        choices=[(each, str(each)) for each in range(1, 6)],
        empty_label=gettext_lazy("All"),
    )
    impact = django_filters.ChoiceFilter(
        label=gettext_lazy("Impact"),
        choices=[(each, str(each)) for each in range(1, 6)],
        empty_label=gettext_lazy("All"),
    )
    words = django_filters.CharFilter(
        label=gettext_lazy("Words in the summary"), field_name="title", lookup_expr="icontains"
    )

    class Meta:
        model = RaidItem
        fields = ()

    def by_state(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        today = clock.today()
        if value == "all":
            return queryset
        if value == "ended":
            return queryset.ended()
        if value == "overdue":
            return queryset.overdue(on=today)
        if value == "soon":
            return queryset.due_within(14, on=today)
        return queryset.open().above(thresholds().raid_appetite)

    def filter_queryset(self, queryset: Any) -> Any:
        wished = self.form.cleaned_data
        if not wished.get("state") and not wished.get("status"):
            queryset = queryset.open()
        return super().filter_queryset(queryset)


class StatusFilter(django_filters.FilterSet):
    half = django_filters.ChoiceFilter(
        label=gettext_lazy("Half"), choices=choices.Half.choices, empty_label=gettext_lazy("Both")
    )
    opinion = django_filters.ChoiceFilter(
        label=gettext_lazy("Whose word"),
        choices=choices.Opinion.choices,
        empty_label=gettext_lazy("All"),
    )

    class Meta:
        model = StatusReport
        fields = ()


class KeptFilter(django_filters.FilterSet):
    """Of the baselines kept of a plan: when, by whom, and words of its name or of why."""

    words = django_filters.CharFilter(label=gettext_lazy("Words"), method="by_words")
    since = django_filters.DateFilter(
        label=gettext_lazy("As of, from"),
        field_name="taken_on",
        lookup_expr="gte",
        widget=date_input(),
    )
    until = django_filters.DateFilter(
        label=gettext_lazy("until"),
        field_name="taken_on",
        lookup_expr="lte",
        widget=date_input(),
    )
    author = django_filters.ModelChoiceFilter(
        label=gettext_lazy("By"),
        queryset=lambda _request: people_here(),
        to_field_name="handle",
        empty_label=gettext_lazy("Anybody"),
    )

    class Meta:
        model = PlanBaseline
        fields = ()

    def by_words(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(Q(name__icontains=value) | Q(reason__icontains=value))


class FactFilter(django_filters.FilterSet):
    """Of what others reported: what, of which days, and words of it or of its source."""

    kind = django_filters.ChoiceFilter(
        label=gettext_lazy("What"),
        choices=choices.FactKind.choices,
        empty_label=gettext_lazy("Everything"),
    )
    since = django_filters.DateFilter(
        label=gettext_lazy("Of days since"),
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
    words = django_filters.CharFilter(label=gettext_lazy("Words or source"), method="by_words")

    class Meta:
        model = ReportedFact
        fields = ()

    def by_words(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(Q(text__icontains=value) | Q(source__icontains=value))


class BaselineFilter(django_filters.FilterSet):
    track = django_filters.ChoiceFilter(
        label=gettext_lazy("Track"),
        field_name="milestone__track",
        choices=choices.Half.choices,
        empty_label=gettext_lazy("Both"),
    )
    words = django_filters.CharFilter(
        label=gettext_lazy("Words"), field_name="milestone__name", lookup_expr="icontains"
    )

    class Meta:
        model = BaselineDate
        fields = ()


class WordFilter(django_filters.FilterSet):
    """Of what was said of dates: one track, only moves, since a day, one milestone by its words."""

    track = django_filters.ChoiceFilter(
        label=gettext_lazy("Track"),
        field_name="milestone__track",
        choices=choices.Half.choices,
        empty_label=gettext_lazy("Both"),
    )
    what = django_filters.ChoiceFilter(
        label=gettext_lazy("What"),
        method="by_what",
        choices=(("moves", gettext_lazy("Moves")), ("reached", gettext_lazy("Reached"))),
        empty_label=gettext_lazy("Everything said"),
    )
    since = django_filters.DateFilter(
        label=gettext_lazy("Said since"),
        field_name="effective_on",
        lookup_expr="gte",
        widget=date_input(),
    )
    words = django_filters.CharFilter(
        label=gettext_lazy("Words in the name"),
        field_name="milestone__name",
        lookup_expr="icontains",
    )

    class Meta:
        model = MilestoneForecast
        fields = ()

    def by_what(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        if value == "reached":
            return queryset.filter(actual_on__isnull=False)
        return queryset.filter(previous_on__isnull=False).exclude(previous_on=F("forecast_on"))
