"""Filters that registers of several apps share."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy


class OwnerLeftFilter(django_filters.ChoiceFilter):
    """What is owned by somebody who does not work here any more."""

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("Owner works here"),
            choices=(("left", gettext_lazy("Owner has left")),),
            empty_label=gettext_lazy("All"),
        )

    def filter(self, queryset: Any, value: str) -> QuerySet[Any]:
        return queryset.filter(owner__is_active=False) if value else queryset
