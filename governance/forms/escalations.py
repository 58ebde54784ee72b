"""Escalations: raising, giving the other view, settling, and the filter of the register."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from pmo_portal.common import clock
from pmo_portal.history.forms import RecordForm
from programmes.models import Milestone, RaidItem

from ..choices import Severity, Voice
from ..models import Decision, Escalation


class EscalationForm(RecordForm):
    class Meta:
        model = Escalation
        fields = ("title", "severity", "text", "level_from", "level_to", "raid_item", "milestone")
        widgets = {"text": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        programme = self.instance.programme
        for name, model in (("raid_item", RaidItem), ("milestone", Milestone)):
            field: Any = self.fields[name]
            self.offer(name, model.objects.filter(programme=programme))
            field.empty_label = gettext_lazy("None")


class ViewForm(RecordForm):
    class Meta:
        model = Escalation
        fields = ("view",)
        widgets = {"view": forms.Textarea(attrs={"rows": 5})}
        help_texts = {"view": gettext_lazy("What it means for your side, and what you would do.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["view"].required = True


class CloseForm(RecordForm):
    class Meta:
        model = Escalation
        fields = ("outcome", "decision")
        widgets = {"outcome": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].required = True
        field: Any = self.fields["decision"]
        self.offer("decision", Decision.objects.filter(programme=self.instance.programme))
        field.empty_label = gettext_lazy("None")


class EscalationFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(
        label=gettext_lazy("State"),
        method="by_state",
        choices=(
            ("open", gettext_lazy("Open")),
            ("unanswered", gettext_lazy("Waiting for a view")),
            ("late", gettext_lazy("View is late")),
            ("closed", gettext_lazy("Closed")),
        ),
        empty_label=gettext_lazy("All"),
    )
    raised_by = django_filters.ChoiceFilter(
        label=gettext_lazy("Raised by"), choices=Voice.choices, empty_label=gettext_lazy("Both")
    )
    severity = django_filters.ChoiceFilter(
        label=gettext_lazy("Severity"), choices=Severity.choices, empty_label=gettext_lazy("All")
    )
    words = django_filters.CharFilter(
        label=gettext_lazy("Words"), field_name="title", lookup_expr="icontains"
    )

    class Meta:
        model = Escalation
        fields = ()

    def by_state(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        if value == "open":
            return queryset.open()
        if value == "unanswered":
            return queryset.unanswered()
        if value == "late":
            return queryset.unanswered().filter(view_due_on__lt=clock.today())
        return queryset.filter(status=value)
