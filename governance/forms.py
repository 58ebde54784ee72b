"""Text in, domain types out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pmo_portal.common import clock
from pmo_portal.history.forms import RecordForm
from pmo_portal.tenants.selectors import people_here, thresholds
from programmes.models import Milestone

from .choices import ActionStatus, DecisionStatus, Stance
from .models import Action, Decision, DecisionInput, GroupMember, SteeringGroup

# A paper with more options than this is not ready to be decided.
MOST_OPTIONS = 6


def date_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class GroupForm(RecordForm):
    class Meta:
        model = SteeringGroup
        fields = ("name", "purpose", "cadence")
        widgets = {"purpose": forms.Textarea(attrs={"rows": 3})}


class SeatForm(RecordForm):
    class Meta:
        model = GroupMember
        fields = ("person", "function", "is_voting", "is_chair")
        help_texts = {
            "function": gettext_lazy("The side this person speaks for in the group."),
            "is_chair": gettext_lazy("Takes over from whoever chairs now."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people_here()  # type: ignore[attr-defined]
        if self.instance.pk:
            del self.fields["person"]

    def _get_validation_exclusions(self) -> set[str]:
        # The service takes the chair from whoever has it before the database is asked.
        return {*super()._get_validation_exclusions(), "is_chair"}  # type: ignore[misc]


class DecisionForm(RecordForm):
    """A decision paper: the question, why, the options, until when."""

    options = forms.CharField(
        label=gettext_lazy("Options"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("One in each line; doing nothing is one of them."),
    )

    class Meta:
        model = Decision
        fields = ("question", "context", "group", "milestone", "requested_on", "due_on")
        widgets = {
            "context": forms.Textarea(attrs={"rows": 5}),
            "requested_on": date_input(),
            "due_on": date_input(),
        }
        help_texts = {
            "question": gettext_lazy("As it will be read out: “Do we move the go-live to March?”"),
            "context": gettext_lazy("What happens if nothing is decided. One page at most."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        programme = self.instance.programme
        self.fields["group"].queryset = SteeringGroup.objects.filter(programme=programme)  # type: ignore[attr-defined]
        self.fields["group"].empty_label = _("No group: both leads decide")  # type: ignore[attr-defined]
        self.fields["milestone"].queryset = Milestone.objects.filter(programme=programme)  # type: ignore[attr-defined]
        self.fields["milestone"].empty_label = _("None")  # type: ignore[attr-defined]
        if self.instance.pk:
            self.initial["options"] = "\n".join(
                option.text for option in self.instance.options.all()
            )
        else:
            today = clock.today()
            self.initial["requested_on"] = self.initial.get("requested_on") or today
            self.initial["due_on"] = self.initial.get("due_on") or today + timedelta(
                days=thresholds().decision_due_days
            )

    def clean_options(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["options"].splitlines()]
        options = [line for line in lines if line]
        if len(options) > MOST_OPTIONS:
            raise forms.ValidationError(
                _("A group can weigh %(most)d options at most. Take the weakest out."),
                params={"most": MOST_OPTIONS},
            )
        if any(len(option) > 400 for option in options):
            raise forms.ValidationError(_("Keep each option under 400 characters."))
        return options


class InputForm(RecordForm):
    class Meta:
        model = DecisionInput
        fields = ("stance", "note")
        widgets = {
            "note": forms.Textarea(attrs={"rows": 4}),
            "stance": forms.RadioSelect,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stance"].choices = Stance.choices  # type: ignore[attr-defined]


class DecideForm(RecordForm):
    chosen = forms.TypedChoiceField(
        label=gettext_lazy("Option taken"), required=False, coerce=int, empty_value=None
    )
    jointly = forms.BooleanField(
        label=gettext_lazy("Decided jointly by both functions"), required=False
    )

    class Meta:
        model = Decision
        fields = ("outcome", "rationale", "decided_on", "review_on")
        widgets = {
            "outcome": forms.Textarea(attrs={"rows": 3}),
            "rationale": forms.Textarea(attrs={"rows": 3}),
            "decided_on": date_input(),
            "review_on": date_input(),
        }
        help_texts = {
            "review_on": gettext_lazy("When the group looks whether it worked."),
        }

    field_order = ("chosen", "outcome", "rationale", "decided_on", "review_on", "jointly")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        options = list(self.instance.options.all())
        if options:
            self.fields["chosen"].choices = [  # type: ignore[attr-defined]
                ("", _("None of the options")),
                *((option.position, f"{option.letter}. {option.text}") for option in options),
            ]
        else:
            del self.fields["chosen"]
        self.fields["outcome"].required = True
        self.fields["decided_on"].required = True
        self.initial["decided_on"] = self.instance.decided_on or clock.today()

    def clean_decided_on(self) -> Any:
        day = self.cleaned_data["decided_on"]
        if day > clock.today():
            raise forms.ValidationError(_("A decision cannot be taken in the future."))
        if day < self.instance.requested_on:
            raise forms.ValidationError(_("It cannot be decided before it was asked."))
        return day


class ActionForm(RecordForm):
    class Meta:
        model = Action
        fields = ("text", "owner", "agreed_on", "due_on", "decision")
        widgets = {"agreed_on": date_input(), "due_on": date_input()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = people_here()  # type: ignore[attr-defined]
        self.fields["owner"].empty_label = _("Open")  # type: ignore[attr-defined]
        self.fields["decision"].queryset = Decision.objects.filter(  # type: ignore[attr-defined]
            programme=self.instance.programme
        )
        self.fields["decision"].empty_label = _("None")  # type: ignore[attr-defined]
        if not self.instance.pk:
            today = clock.today()
            self.initial["agreed_on"] = self.initial.get("agreed_on") or today
            self.initial["due_on"] = self.initial.get("due_on") or today + timedelta(days=14)


class DecisionFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(
        label=gettext_lazy("State"),
        method="by_state",
        choices=(
            ("waiting", gettext_lazy("Waiting")),
            ("overdue", gettext_lazy("Overdue")),
            ("decided", gettext_lazy("Decided")),
            ("isolated", gettext_lazy("Decided in isolation")),
            ("withdrawn", gettext_lazy("Withdrawn")),
        ),
        empty_label=gettext_lazy("All"),
    )
    words = django_filters.CharFilter(
        label=gettext_lazy("Words in the question"), field_name="question", lookup_expr="icontains"
    )

    class Meta:
        model = Decision
        fields = ()

    def by_state(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        if value == "waiting":
            return queryset.waiting()
        if value == "overdue":
            return queryset.overdue(on=clock.today())
        if value == "isolated":
            return queryset.isolated()
        return queryset.filter(status=DecisionStatus(value))


class ActionFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(
        label=gettext_lazy("State"),
        method="by_state",
        choices=(
            ("open", gettext_lazy("Open")),
            ("late", gettext_lazy("Late")),
            ("done", gettext_lazy("Done")),
            ("dropped", gettext_lazy("Dropped")),
        ),
        empty_label=gettext_lazy("All"),
    )
    owner = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Owner"),
        queryset=lambda _request: people_here(),
        to_field_name="handle",
        empty_label=gettext_lazy("Anybody"),
    )

    class Meta:
        model = Action
        fields = ()

    def by_state(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        if value == "late":
            return queryset.late(on=clock.today())
        return queryset.filter(status=ActionStatus(value))
