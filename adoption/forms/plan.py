"""Stakeholder groups and engagement activities, and the filters of their registers."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _, gettext_lazy

from pmo_portal.common import clock
from pmo_portal.common.fields import date_input
from pmo_portal.history.forms import RecordForm
from pmo_portal.tenants.models import BusinessUnit
from pmo_portal.tenants.selectors import people_here, units_in_use
from programmes.models import Milestone

from ..choices import ActivityKind, Influence, Position, Purpose
from ..models import EngagementActivity, StakeholderGroup
from .records import UnitChoice, unit_filter


class GroupForm(RecordForm):
    """A name is enough to begin; where they stand is filled in once somebody knows."""

    unit = UnitChoice(
        label=gettext_lazy("Unit"), queryset=BusinessUnit.objects.none(), required=False
    )

    class Meta:
        model = StakeholderGroup
        fields = ("name", "unit", "people", "influence", "position", "wanted", "owner", "evidence")
        widgets = {"evidence": forms.Textarea(attrs={"rows": 4})}
        help_texts = {
            "name": gettext_lazy("A group of people, never an individual."),
            "position": gettext_lazy("Leave it empty until somebody has asked them."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("unit", units_in_use())
        self.offer("owner", people_here())
        self.fields["owner"].empty_label = _("Open")  # type: ignore[attr-defined]
        position: Any = self.fields["position"]
        position.choices = [("", _("Not known")), *Position.choices]


class ActivityForm(RecordForm):
    """What is done, for whom, when; and which measure it should move."""

    units: Any = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Units it is for"),
        queryset=BusinessUnit.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = EngagementActivity
        fields = ("title", "kind", "purpose", "planned_on", "hours", "group", "milestone", "owner")
        widgets = {"planned_on": date_input()}
        help_texts = {
            "hours": gettext_lazy("What it takes from the work of each person; it counts as load of the units and of those below them, or without units of the group’s own."),
            "purpose": gettext_lazy("Name the measure this activity should improve."),
        }  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        programme = self.instance.programme
        self.offer("group", StakeholderGroup.objects.filter(programme=programme))
        fields["group"].empty_label = _("None named")
        self.offer("milestone", Milestone.objects.filter(programme=programme))
        fields["milestone"].empty_label = _("None named")
        self.offer("owner", people_here())
        fields["owner"].empty_label = _("Open")
        if self.instance.pk:
            self.initial["units"] = list(self.instance.unit_links.values_list("unit_id", flat=True))
        self.offer("units", units_in_use())


class HoldForm(RecordForm):
    """It was held: when, whom it reached, what came of it."""

    class Meta:
        model = EngagementActivity
        fields = ("held_on", "reached", "outcome")
        widgets = {"held_on": date_input(), "outcome": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["held_on"].required = True
        if self.instance.held_on is None:
            self.initial["held_on"] = clock.today()


class GroupFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(
        label=gettext_lazy("Position"),
        method="by_state",
        choices=(
            ("to-win", gettext_lazy("To be won")),
            ("there", gettext_lazy("Where they need to be")),
            ("unknown", gettext_lazy("Not known")),
        ),
        empty_label=gettext_lazy("All"),
    )
    influence = django_filters.ChoiceFilter(
        label=gettext_lazy("Influence"),
        choices=Influence.choices,
        empty_label=gettext_lazy("All"),
    )
    words = django_filters.CharFilter(label=gettext_lazy("Words"), method="by_words")

    class Meta:
        model = StakeholderGroup
        fields = ()

    def by_state(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        if value == "to-win":
            return queryset.to_win()
        if value == "unknown":
            return queryset.filter(position__isnull=True)
        return queryset.exclude(pk__in=queryset.to_win().values("pk"))

    def by_words(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(Q(name__icontains=value) | Q(evidence__icontains=value))


class ActivityFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(
        label=gettext_lazy("Status"),
        method="by_state",
        choices=(
            ("overdue", gettext_lazy("Overdue")),
            ("ahead", gettext_lazy("Ahead")),
            ("held", gettext_lazy("Held")),
        ),
        empty_label=gettext_lazy("All"),
    )
    kind = django_filters.ChoiceFilter(
        label=gettext_lazy("Kind"), choices=ActivityKind.choices, empty_label=gettext_lazy("All")
    )
    purpose = django_filters.ChoiceFilter(
        label=gettext_lazy("Should move"), choices=Purpose.choices, empty_label=gettext_lazy("All")
    )
    unit = unit_filter("units")
    words = django_filters.CharFilter(
        label=gettext_lazy("Words"), field_name="title", lookup_expr="icontains"
    )

    class Meta:
        model = EngagementActivity
        fields = ()

    def by_state(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        if value == "held":
            return queryset.filter(held_on__isnull=False)
        today = clock.today()
        return queryset.overdue(today) if value == "overdue" else queryset.ahead(today)
