"""Forms of what people keep."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _, gettext_lazy

from pmo_portal.common.editing import Refusing, with_chosen
from pmo_portal.common.fields import date_input
from pmo_portal.history.forms import RecordForm
from pmo_portal.tenants.selectors import people_here, units_in_use

from .. import choices, rules
from ..models import Milestone, PlanBaseline, Programme, ProgrammeMember, RaidItem, StatusReport
from .fields import MoneyField, PersonField, UnitsField


class ProgrammeForm(RecordForm):
    budget = MoneyField(label=gettext_lazy("Budget"), required=False)
    units = UnitsField(
        label=gettext_lazy("Units it lands in"),
        help_text=gettext_lazy("Whose work changes. Figures of people come from these units."),
    )

    class Meta:
        model = Programme
        fields = (
            "code",
            "name",
            "purpose",
            "portfolio",
            "stage",
            "delivery_lead",
            "change_lead",
            "sponsor",
            "starts_on",
            "ends_on",
            "budget",
        )
        widgets = {
            "purpose": forms.Textarea(attrs={"rows": 3}),
            "starts_on": date_input(),
            "ends_on": date_input(),
        }
        help_texts = {
            "code": gettext_lazy(
                "Short and in capitals, for example FHR. It is part of page addresses."
            ),
            "delivery_lead": gettext_lazy(
                "Leave empty until somebody is named. Cannot be a person with an adoption role."
            ),
            "change_lead": gettext_lazy(
                "Of equal rank, and a different person. Cannot be a person with a delivery role."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        leads = ("delivery_lead", "change_lead", "sponsor")
        people = list(with_chosen(people_here(), [self.initial.get(name) for name in leads]))
        for name in leads:
            made = self.fields[name]
            self.fields[name] = PersonField(people, label=made.label, help_text=made.help_text)
        if self.instance.pk:
            self.initial["units"] = list(self.instance.unit_links.values_list("unit_id", flat=True))
        self.offer("units", units_in_use())

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).upper()


class MemberForm(Refusing, forms.ModelForm):
    class Meta:
        model = ProgrammeMember
        fields = ("person", "role")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people_here()  # type: ignore[attr-defined]


class MilestoneForm(RecordForm):
    """A milestone. Its forecast moves by a page of its own, with a reason; here it is set once.

    Another baseline asks for a reason too: without one, whoever is late could agree with themselves on another date.
    """

    reason = forms.CharField(
        label=gettext_lazy("Why the baseline moves"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy(
            "Only where it does. Kept with the milestone; days that are over keep the slip they had."
        ),
    )

    units = UnitsField(
        label=gettext_lazy("Units it touches"),
        help_text=gettext_lazy(
            "A go-live without units is watched for all units of the programme."
        ),
    )

    class Meta:
        model = Milestone
        fields = (
            "name",
            "track",
            "description",
            "baseline_on",
            "forecast_on",
            "owner",
            "is_golive",
        )
        widgets = {
            "description": forms.Textarea(attrs={"rows": 3}),
            "baseline_on": date_input(),
            "forecast_on": date_input(),
            "track": forms.RadioSelect,
        }
        help_texts = {
            "baseline_on": gettext_lazy("The date once agreed. Slip is counted from it."),
            "is_golive": gettext_lazy("From this day the units work in the new way."),
        }

    field_order = ("name", "track", "description", "baseline_on", "reason")

    def __init__(self, *args: Any, member: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        programme = self.instance.programme
        self.offer("owner", people_here())
        self.fields["owner"].empty_label = _("Open")  # type: ignore[attr-defined]
        tracks = [
            half
            for half, keeps in (
                (choices.Half.DELIVERY, rules.keeps_delivery),
                (choices.Half.ADOPTION, rules.keeps_adoption),
            )
            if keeps(member, programme)
        ]
        self.fields["track"].choices = [(half.value, half.label) for half in tracks]  # type: ignore[attr-defined]
        if self.instance.pk:
            del self.fields["forecast_on"]
            self.fields["baseline_on"].help_text = _(
                "The date once agreed. Slip is counted from it. Where both leads approve a change request, its baseline moves it."
            )
            self.initial["units"] = list(self.instance.unit_links.values_list("unit_id", flat=True))
        else:
            del self.fields["reason"]
            self.fields["forecast_on"].required = False
            self.fields["forecast_on"].help_text = _(
                "The same as the baseline where it is left empty."
            )
            if len(tracks) == 1:
                self.fields["track"].help_text = _("The other track is kept by the other function.")
                self.initial["track"] = self.initial.get("track") or tracks[0]
        self.offer("units", units_in_use())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.instance.pk and not data.get("forecast_on"):
            data["forecast_on"] = data.get("baseline_on")
        moved = data.get("baseline_on") not in (None, self.initial.get("baseline_on"))
        if self.instance.pk and moved and not data.get("reason"):
            self.add_error("reason", _("Say why the baseline moves: slip is counted from it."))
        return data


class ForecastForm(RecordForm):
    """Another date for a milestone, and why."""

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Kept with the milestone, for anyone who asks later."),
    )

    class Meta:
        model = Milestone
        fields = ("forecast_on",)
        widgets = {"forecast_on": date_input()}
        labels = {"forecast_on": gettext_lazy("Expected on")}


class AchieveForm(RecordForm):
    class Meta:
        model = Milestone
        fields = ("actual_on",)
        widgets = {"actual_on": date_input()}
        labels = {"actual_on": gettext_lazy("Achieved on")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["actual_on"].required = True


class RaidForm(RecordForm):
    units = UnitsField(label=gettext_lazy("Units it is about"))
    milestones: Any = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Milestones it threatens"),
        queryset=Milestone.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = RaidItem
        fields = (
            "kind",
            "side",
            "category",
            "title",
            "cause",
            "event",
            "effect",
            "probability",
            "impact",
            "proximity",
            "response",
            "response_plan",
            "owner",
            "review_on",
            "status",
            "opened_on",
            "escalated_on",
        )
        widgets = {
            "cause": forms.Textarea(attrs={"rows": 2}),
            "event": forms.Textarea(attrs={"rows": 2}),
            "effect": forms.Textarea(attrs={"rows": 2}),
            "response_plan": forms.Textarea(attrs={"rows": 3}),
            "review_on": date_input(),
            "opened_on": date_input(),
            "escalated_on": date_input(),
        }
        help_texts = {
            "cause": gettext_lazy("Because of …"),
            "event": gettext_lazy("… it may happen that …"),
            "effect": gettext_lazy("… which would lead to …"),
            "review_on": gettext_lazy(
                "Date of the next review. Items without one tend to be forgotten."
            ),
        }

    def __init__(self, *args: Any, member: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        programme = self.instance.programme
        self.offer("owner", people_here())
        self.fields["owner"].empty_label = _("Open")  # type: ignore[attr-defined]
        sides = [
            side
            for side, may in (
                (choices.RaidSide.DELIVERY, rules.keeps_delivery(member, programme)),
                (choices.RaidSide.PEOPLE, rules.keeps_adoption(member, programme)),
                (choices.RaidSide.BOTH, True),
            )
            if may
        ]
        self.fields["side"].choices = [(side.value, side.label) for side in sides]  # type: ignore[attr-defined]
        if self.instance.pk:
            del self.fields["kind"], self.fields["opened_on"]
            self.initial["units"] = list(self.instance.unit_links.values_list("unit_id", flat=True))
            self.initial["milestones"] = list(
                self.instance.milestone_links.values_list("milestone_id", flat=True)
            )
        self.offer("units", units_in_use())
        self.offer("milestones", Milestone.objects.filter(programme=programme))


class RaidUpdateForm(Refusing, forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Add to the thread"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class StatusForm(RecordForm):
    class Meta:
        model = StatusReport
        fields = ("rating", "effective_on", "sentence")
        widgets = {
            "effective_on": date_input(),
            "sentence": forms.Textarea(attrs={"rows": 4}),
            "rating": forms.RadioSelect,
        }
        help_texts = {
            "sentence": gettext_lazy("What the group needs to know, and what it can do about it."),
        }

    def __init__(self, *args: Any, on: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on
        self.fields["rating"].choices = choices.Rating.choices  # type: ignore[attr-defined]
        self.fields["sentence"].required = True

    def clean_effective_on(self) -> Any:
        day = self.cleaned_data["effective_on"]
        if day > self.on:
            raise forms.ValidationError(_("A status speaks of today or a day before it."))
        return day


class BaselineForm(Refusing, forms.ModelForm):
    """What a baseline is called and why it is kept; its dates are those of the plan."""

    class Meta:
        model = PlanBaseline
        fields = ("name", "reason")
        widgets = {"reason": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "reason": gettext_lazy("Who agreed to it, and where: a meeting, a decision."),
        }
