"""Change requests: asking, both halves, signing, what follows, and the filter of the register."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils.translation import gettext as _, gettext_lazy

from adoption.choices import HowMuch
from pmo_portal.common.editing import Refusing
from pmo_portal.common.fields import date_input
from pmo_portal.history.forms import RecordForm
from pmo_portal.tenants.models import BusinessUnit
from pmo_portal.tenants.selectors import units_in_use
from programmes.models import Milestone, RaidItem

from ..change_text import SPOKEN_OF
from ..choices import ChangeKind, ChangeStatus, ChangeVerdict, Voice
from ..models import ChangeRequest, DeliveryImpact, PeopleImpact
from ..selectors import SuggestedUnit
from .fields import MoneyField


class MilestonesField(forms.ModelMultipleChoiceField):
    """Milestones of both tracks, each with its reference and its track."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            queryset=Milestone.objects.none(),
            required=False,
            widget=forms.CheckboxSelectMultiple,
            **kwargs,
        )

    def label_from_instance(self, obj: Milestone) -> str:  # type: ignore[override]
        return f"{obj.reference} {obj.name} ({obj.get_track_display()})"


class ChangeForm(RecordForm):
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("What it touches"),
        choices=ChangeKind.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Say what it touches: at least one of them.")},
    )
    milestones: Any = MilestonesField(
        label=gettext_lazy("Milestones touched"),
        help_text=gettext_lazy("Of both tracks. The units they touch are suggested to change."),
    )

    field_order = ("title", "what", "why", "kinds", "milestones", "needed_by", "raid_item")

    class Meta:
        model = ChangeRequest
        fields = ("title", "what", "why", "kinds", "needed_by", "raid_item")
        widgets = {
            "what": forms.Textarea(attrs={"rows": 4}),
            "why": forms.Textarea(attrs={"rows": 3}),
            "needed_by": date_input(),
        }
        help_texts = {
            "title": gettext_lazy("In one line: what should change from what was agreed."),
            "what": gettext_lazy("What was agreed, and what should replace it."),
            "why": gettext_lazy("And what happens if nothing changes."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        programme = self.instance.programme
        raid_item: Any = self.fields["raid_item"]
        self.offer("raid_item", RaidItem.objects.filter(programme=programme))
        raid_item.empty_label = gettext_lazy("None")
        raid_item.label_from_instance = lambda item: f"{item.reference} {item.title}"
        if self.instance.pk:
            linked = self.instance.milestone_links.values_list("milestone_id", flat=True)
            self.initial["milestones"] = list(linked)
        milestones = Milestone.objects.filter(programme=programme)
        self.offer("milestones", milestones.order_by("forecast_on", "number"))


_NOTHING = {
    "nothing_because": gettext_lazy(
        "If it has no impact on this side, say why. That is an answer too."
    ),
}


class DeliveryImpactForm(RecordForm):
    cost = MoneyField(
        label=gettext_lazy("Cost"),
        help_text=gettext_lazy("Negative if it saves money, 0 if it costs nothing."),
    )

    class Meta:
        model = DeliveryImpact
        fields = ("days", "cost", "scope", "quality", "benefit", "nothing_because")
        widgets = {
            name: forms.Textarea(attrs={"rows": 2})
            for name in ("scope", "quality", "benefit", "nothing_because")
        }
        help_texts = {
            "days": gettext_lazy("Positive for later, negative for earlier, 0 if no date moves."),
            **_NOTHING,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in self.instance.request.kinds:
            field = self.fields[SPOKEN_OF[kind]]
            known = _("The request touches it, so it needs an answer.")
            field.help_text = f"{known} {field.help_text}".strip()


class PeopleImpactForm(RecordForm):
    units: Any = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Units hit"),
        queryset=BusinessUnit.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    severity = forms.TypedChoiceField(
        label=gettext_lazy("How much it means to them"),
        choices=[("", gettext_lazy("Not assessed")), *HowMuch.choices],
        required=False,
        coerce=int,
        empty_value=None,
    )

    # The record keeps the codes of the units that are ticked.
    asked_as = {"unit_codes": "units"}
    field_order = (
        "units", "hours", "severity", "words", "training", "communications", "nothing_because",
    )  # fmt: skip

    class Meta:
        model = PeopleImpact
        fields = ("hours", "severity", "words", "training", "communications", "nothing_because")
        widgets = {
            name: forms.Textarea(attrs={"rows": 3 if name == "words" else 2})
            for name in ("words", "training", "communications", "nothing_because")
        }
        help_texts = {
            "hours": gettext_lazy("Of all of them together: learning, testing, working twice."),
            "words": gettext_lazy(
                "What will be different, for whom, and how they are likely to react."
            ),
            "training": gettext_lazy("What has to be taught again or differently."),
            "communications": gettext_lazy("Who has to hear of it, from whom, and when."),
            **_NOTHING,
        }

    def __init__(self, *args: Any, suggested: list[SuggestedUnit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        why = {each.unit.pk: each.why for each in suggested}
        field: Any = self.fields["units"]
        hit = list(self.instance.unit_links.values_list("unit_id", flat=True))
        # What is suggested stands first; a unit that was retired since stays in what was said.
        field.queryset = (
            (units_in_use() | BusinessUnit.objects.filter(pk__in=hit).select_related("parent"))
            .annotate(
                group=Case(
                    When(pk__in=list(why), then=Value(0)),
                    default=Value(1),
                    output_field=IntegerField(),
                )
            )
            .order_by("group", "path")
        )
        field.label_from_instance = lambda unit: (
            _("%(unit)s, suggested by %(why)s") % {"unit": unit.name, "why": why[unit.pk]}
            if unit.pk in why
            else unit.name
        )
        if why:
            field.help_text = gettext_lazy(
                "Units are suggested from what the request affects. Remove any that are not affected."
            )
        self.initial["units"] = hit if self.instance.is_said else list(why)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        # The record is checked with the units that are chosen now, not with those of before.
        self.instance.unit_codes = [unit.code for unit in cleaned.get("units", ())]
        return cleaned


class ChangeSignForm(Refusing, forms.Form):
    """A lead's word: approve or reject what was read."""

    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)
    verdict = forms.ChoiceField(
        label=gettext_lazy("Your word"),
        choices=ChangeVerdict.choices,
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=gettext_lazy("Why you reject it"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Needed for a rejection: what would have to be different."),
    )


class ChangeBaselineForm(Refusing, forms.Form):
    """The name under which the plan is kept, and why; the request is named in both by itself."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    reason = forms.CharField(
        label=gettext_lazy("Why it is kept"), widget=forms.Textarea(attrs={"rows": 3})
    )


class ChangeCloseForm(RecordForm):
    status = forms.ChoiceField(
        label=gettext_lazy("How it ended"),
        choices=[
            (each.value, each.label) for each in (ChangeStatus.IMPLEMENTED, ChangeStatus.DROPPED)
        ],
        widget=forms.RadioSelect,
        initial=ChangeStatus.IMPLEMENTED,
    )

    field_order = ("status", "outcome")

    class Meta:
        model = ChangeRequest
        fields = ("outcome",)
        widgets = {"outcome": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"outcome": gettext_lazy("For plan and money, and for people.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["status"] = ChangeStatus.IMPLEMENTED
        self.fields["outcome"].required = True


class ChangeFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(
        label=gettext_lazy("State"),
        method="by_state",
        choices=(
            ("open", gettext_lazy("Open")),
            ("assessing", gettext_lazy("Being assessed")),
            ("ready", gettext_lazy("Waits for signatures")),
            ("agreed", gettext_lazy("Approved by both")),
            ("approved", gettext_lazy("To be carried out")),
            ("implemented", gettext_lazy("Implemented")),
            ("dropped", gettext_lazy("Not carried out")),
            ("rejected", gettext_lazy("Rejected")),
            ("withdrawn", gettext_lazy("Withdrawn")),
        ),
        empty_label=gettext_lazy("All"),
    )
    waits = django_filters.ChoiceFilter(
        label=gettext_lazy("Waits for"),
        method="by_turn",
        choices=Voice.choices,
        empty_label=gettext_lazy("Anybody"),
    )
    kind = django_filters.ChoiceFilter(
        label=gettext_lazy("Touches"),
        method="by_kind",
        choices=ChangeKind.choices,
        empty_label=gettext_lazy("Anything"),
    )
    raised_by = django_filters.ChoiceFilter(
        label=gettext_lazy("Raised by"), choices=Voice.choices, empty_label=gettext_lazy("Both")
    )
    since = django_filters.DateFilter(
        label=gettext_lazy("Decided from"),
        field_name="decided_on",
        lookup_expr="gte",
        widget=date_input(),
    )
    until = django_filters.DateFilter(
        label=gettext_lazy("Decided until"),
        field_name="decided_on",
        lookup_expr="lte",
        widget=date_input(),
    )
    words = django_filters.CharFilter(label=gettext_lazy("Words"), method="by_words")

    class Meta:
        model = ChangeRequest
        fields = ()

    def by_state(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        if value == "open":
            return queryset.open()
        if value == "agreed":
            return queryset.approved()
        return queryset.filter(status=value)

    def by_turn(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        return queryset.waiting_for(value)

    def by_kind(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        return queryset.touching(value)

    def by_words(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(
            Q(title__icontains=value) | Q(what__icontains=value) | Q(why__icontains=value)
        )
