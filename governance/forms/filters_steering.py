"""What the registers of seats, agenda items, judgements and balance can be narrowed by."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from pmo_portal.accounts.choices import Function
from pmo_portal.common import clock

from .. import selectors
from ..choices import AgendaSide, ItemOutcome
from ..models import GroupMember, MeetingItem
from .fields import date_input


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
            return queryset.filter(is_chair=True)
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
