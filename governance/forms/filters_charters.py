"""What the registers of charters, reviews and go-live moves can be narrowed by."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from pmo_portal.common import clock

from ..choices import CharterStatus, MoveReason, ReviewShare, Voice
from ..models import Charter, GoliveMove, Review


class CharterFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(
        label=_("State"),
        method="by_state",
        choices=(
            ("draft", _("Draft")),
            ("waits_delivery", _("Waits for delivery")),
            ("waits_change", _("Waits for adoption")),
            ("agreed", _("Agreed")),
        ),
        empty_label=_("All"),
    )
    words = django_filters.CharFilter(
        label=_("Programme"), field_name="programme__name", lookup_expr="icontains"
    )

    class Meta:
        model = Charter
        fields = ()

    def by_state(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        if value.startswith("waits_"):
            voice = Voice(value.removeprefix("waits_"))
            ready = queryset.filter(status=CharterStatus.READY)
            return ready.exclude(pk__in=Charter.objects.signed(voice).values("pk"))
        return queryset.filter(status=CharterStatus(value))


class ReviewFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(
        label=_("State"),
        method="by_state",
        choices=(("open", _("Open")), ("overdue", _("Overdue")), ("done", _("Done"))),
        empty_label=_("All"),
    )
    share = django_filters.ChoiceFilter(
        label=_("At"), choices=ReviewShare.choices, empty_label=_("Any time")
    )

    class Meta:
        model = Review
        fields = ()

    def by_state(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        if value == "overdue":
            return queryset.overdue(on=clock.today())
        return queryset.filter(status=value)


class MoveFilter(django_filters.FilterSet):
    reason = django_filters.ChoiceFilter(
        label=_("Reason"),
        method="by_reason",
        choices=(("none", _("Not said yet")), *MoveReason.choices),
        empty_label=_("Any"),
    )
    way = django_filters.ChoiceFilter(
        label=_("Which"),
        method="by_way",
        choices=(
            ("later", _("Put off")),
            ("earlier", _("Brought forward")),
            ("close", _("Put off within two weeks of the date")),
        ),
        empty_label=_("All"),
    )

    class Meta:
        model = GoliveMove
        fields = ()

    def by_reason(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        return queryset.unexplained() if value == "none" else queryset.filter(reason=value)

    def by_way(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        if value == "close":
            return queryset.close()
        if value == "later":
            return queryset.put_off()
        return queryset.filter(to_on__lt=F("from_on"))
