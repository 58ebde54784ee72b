"""What the registers of seats, agenda items, judgements and balance can be narrowed by."""

from __future__ import annotations

from datetime import date
from typing import Any

import django_filters
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Least
from django.utils.translation import gettext_lazy as _

from pmo_portal.accounts.choices import Function
from pmo_portal.common import clock
from pmo_portal.common.fields import date_input
from programmes.models import Programme

from .. import selectors
from ..balance import standing
from ..balance_text import STANDINGS
from ..choices import AgendaSide, ItemOutcome, Judge
from ..models import GroupMember, JudgementRound, MeetingItem, SteeringGroup


class SeatFilter(django_filters.FilterSet):
    """Without a wish only seats that are taken now show."""

    state = django_filters.ChoiceFilter(
        label=_("State"),
        method="by_state",
        choices=(("left", _("Given up")), ("all", _("All"))),
        empty_label=_("Taken now"),
    )
    function = django_filters.ChoiceFilter(
        label=_("Speaks for"), choices=Function.choices, empty_label=_("All")
    )
    right = django_filters.ChoiceFilter(
        label=_("Right"),
        method="by_right",
        choices=(("chair", _("Chairs now")), ("vote", _("Votes")), ("none", _("No vote"))),
        empty_label=_("Any"),
    )
    words = django_filters.CharFilter(label=_("Person or group"), method="by_words")

    class Meta:
        model = GroupMember
        fields = ()

    def by_state(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        return queryset if value == "all" else queryset.filter(deleted_at__isnull=False)

    def by_right(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        if value == "chair":
            return queryset.filter(is_chair=True, deleted_at__isnull=True)
        return queryset.filter(is_voting=value == "vote")

    def by_words(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(Q(person__name__icontains=value) | Q(group__name__icontains=value))

    def filter_queryset(self, queryset: Any) -> Any:
        if not self.form.cleaned_data.get("state"):
            queryset = queryset.filter(deleted_at__isnull=True)
        return super().filter_queryset(queryset)


class ItemFilter(django_filters.FilterSet):
    """Of agenda items; the first three stand in the bar."""

    state = django_filters.ChoiceFilter(
        label=_("State"),
        method="by_state",
        choices=(
            ("coming", _("Of coming meetings")),
            ("open", _("Held, no outcome")),
            *ItemOutcome.choices,
        ),
        empty_label=_("All"),
    )
    side = django_filters.ChoiceFilter(
        label=_("Whose item"), choices=AgendaSide.choices, empty_label=_("All")
    )
    words = django_filters.CharFilter(label=_("Words"), method="by_words")
    group = django_filters.CharFilter(
        label=_("Words in the group"), field_name="meeting__group__name", lookup_expr="icontains"
    )
    since = django_filters.DateFilter(
        label=_("Meetings since"),
        field_name="meeting__held_on",
        lookup_expr="gte",
        widget=date_input(),
    )
    until = django_filters.DateFilter(
        label=_("until"), field_name="meeting__held_on", lookup_expr="lte", widget=date_input()
    )

    class Meta:
        model = MeetingItem
        fields = ()

    def by_state(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        if value in ItemOutcome.values:
            return queryset.filter(outcome=value)
        return queryset.filter(selectors.item_states(clock.today())[value])

    def by_words(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(
            Q(title__icontains=value) | Q(why__icontains=value) | Q(note__icontains=value)
        )


class JudgementFilter(django_filters.FilterSet):
    """Of rounds with their levels, which are known to the database only where a round is shown."""

    state = django_filters.ChoiceFilter(
        label=_("State"),
        method="by_state",
        choices=(
            ("open", _("Being asked")),
            ("shown", _("Shown")),
            ("missing", _("Shown, somebody was silent")),
        ),
        empty_label=_("All"),
    )
    apart = django_filters.ChoiceFilter(
        label=_("Apart"),
        field_name="gap",
        lookup_expr="gte",
        choices=[(1, _("1 step or more")), (2, _("2 steps or more")), (3, _("3 steps or more"))],
        empty_label=_("Any"),
    )
    says = django_filters.ChoiceFilter(
        label=_("Said"),
        method="by_level",
        choices=(("doubt", _("1 or 2 by anybody")), ("sure", _("4 or 5 by all who spoke"))),
        empty_label=_("Anything"),
    )
    since = django_filters.DateFilter(
        label=_("Asked since"), field_name="asked_on", lookup_expr="gte", widget=date_input()
    )
    until = django_filters.DateFilter(
        label=_("until"), field_name="asked_on", lookup_expr="lte", widget=date_input()
    )

    class Meta:
        model = JudgementRound
        fields = ()

    def by_state(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        if value == "missing":
            return queryset.filter(is_shown=True, spoken__lt=len(Judge.values))
        return queryset.filter(is_shown=value == "shown")

    def by_level(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        levels = [F(f"{voice}_level") for voice in Judge.values]
        # PostgreSQL leaves out whoever said nothing.
        queryset = queryset.alias(lowest=Least(*levels))
        return (
            queryset.filter(lowest__lte=2) if value == "doubt" else queryset.filter(lowest__gte=4)
        )


class JudgementOfAllFilter(JudgementFilter):
    words = django_filters.CharFilter(label=_("Programme"), method="by_words")

    def by_words(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(
            Q(programme__name__icontains=value) | Q(programme__code__icontains=value)
        )


class BalanceFilter(django_filters.FilterSet):
    """Of programmes; made by `balance_filter`. The state stands last: it is counted for what the others leave."""

    as_of: date

    words = django_filters.CharFilter(label=_("Programme"), method="by_words")
    group = django_filters.ChoiceFilter(
        label=_("Steering group"),
        method="by_group",
        choices=(("with", _("Has one")), ("without", _("Has none"))),
        empty_label=_("All"),
    )
    state = django_filters.ChoiceFilter(
        label=_("State"),
        method="by_state",
        choices=[(each.value, label) for each, label in STANDINGS.items()],
        empty_label=_("All"),
    )

    class Meta:
        model = Programme
        fields = ()

    def by_group(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        steered = SteeringGroup.objects.values("programme")
        if value == "with":
            return queryset.filter(pk__in=steered)
        return queryset.exclude(pk__in=steered)

    def by_words(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(Q(name__icontains=value) | Q(code__icontains=value))

    def by_state(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        found = selectors.balance_of(list(queryset.values_list("pk", flat=True)), self.as_of)
        return queryset.filter(pk__in=[pk for pk, each in found.items() if standing(each) == value])


def balance_filter(as_of: date) -> type[BalanceFilter]:
    return type("BoundBalanceFilter", (BalanceFilter,), {"as_of": as_of})
