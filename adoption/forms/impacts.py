"""Impacts, their reviews, and the filter of their register."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _, gettext_lazy

from pmo_portal.common import clock
from pmo_portal.common.editing import Refusing
from pmo_portal.common.fields import date_input
from pmo_portal.history.forms import RecordForm
from pmo_portal.tenants.models import BusinessUnit
from pmo_portal.tenants.selectors import units_in_use
from programmes.models import Milestone

from ..choices import ChangeKind, HowMuch
from ..models import Impact, ImpactReview

RATINGS = (("", gettext_lazy("Not assessed")), *HowMuch.choices)
REVIEW_AGAIN = timedelta(weeks=8)


class ImpactForm(RecordForm):
    """Few fields are needed: what changes. Everything else is prompted, not demanded."""

    units: Any = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Units it lands in"),
        queryset=BusinessUnit.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Impact
        fields = ("title", "kind", "before", "after", "milestone")
        widgets = {
            "before": forms.Textarea(attrs={"rows": 3}),
            "after": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        milestone: Any = self.fields["milestone"]
        self.offer("milestone", Milestone.objects.filter(programme=self.instance.programme))
        milestone.empty_label = _("None named")
        if self.instance.pk:
            self.initial["units"] = list(self.instance.unit_links.values_list("unit_id", flat=True))
        self.offer("units", units_in_use())


class ReviewForm(Refusing, forms.ModelForm):
    """Both views on one occasion; one that is missing needs its reason, like every other."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    project_rating = forms.TypedChoiceField(
        label=gettext_lazy("The project says"),
        choices=RATINGS,
        required=False,
        coerce=int,
        empty_value=None,
    )
    unit_rating = forms.TypedChoiceField(
        label=gettext_lazy("The receiving unit says"),
        choices=RATINGS,
        required=False,
        coerce=int,
        empty_value=None,
    )

    class Meta:
        model = ImpactReview
        fields = ("stage", "project_rating", "unit_rating", "reason", "review_on")
        widgets = {"reason": forms.Textarea(attrs={"rows": 4}), "review_on": date_input()}
        help_texts = {
            "review_on": gettext_lazy("What is known in week two may be wrong in week twelve."),
        }

    field_order = ("version", "stage", "project_rating", "unit_rating", "reason", "review_on")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.initial["version"] = self.instance.impact.version
        self.initial.setdefault("review_on", today + REVIEW_AGAIN)

    def clean_review_on(self) -> date | None:
        day: date | None = self.cleaned_data["review_on"]
        if day and day <= self.today:
            raise forms.ValidationError(_("Choose a day after today for the next review."))
        return day


class ImpactFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(
        label=gettext_lazy("Reviews"),
        method="by_state",
        choices=(
            ("due", gettext_lazy("Due now")),
            ("apart", gettext_lazy("Views apart")),
            ("never", gettext_lazy("Never reviewed")),
        ),
        empty_label=gettext_lazy("All"),
    )
    kind = django_filters.ChoiceFilter(
        label=gettext_lazy("Kind"), choices=ChangeKind.choices, empty_label=gettext_lazy("All")
    )
    words = django_filters.CharFilter(
        label=gettext_lazy("Words"), field_name="title", lookup_expr="icontains"
    )

    class Meta:
        model = Impact
        fields = ()

    def by_state(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        if value == "due":
            return queryset.due(clock.today())
        if value == "never":
            return queryset.filter(reviewed_on__isnull=True)
        return queryset.filter(
            Q(unit_says__gte=F("project_says") + 2) | Q(project_says__gte=F("unit_says") + 2)
        )
