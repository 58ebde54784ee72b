"""Meetings, their agenda and their minutes."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _, gettext_lazy

from pmo_portal.accounts.choices import Function
from pmo_portal.common import clock
from pmo_portal.common.editing import Refusing
from pmo_portal.common.fields import date_input
from pmo_portal.history.forms import RecordForm
from pmo_portal.tenants.models import Person
from pmo_portal.tenants.selectors import people_here

from ..choices import ItemOutcome, MeetingStatus
from ..models import Decision, GroupMember, Meeting, MeetingItem, SteeringGroup
from ..selectors import Proposal

# A plan further ahead than this is a wish.
MOST_MEETINGS = 13


def time_input() -> forms.TimeInput:
    return forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class MeetingForm(RecordForm):
    class Meta:
        model = Meeting
        fields = ("group", "held_on", "starts_at", "length", "place", "chair", "chair_reason")
        widgets = {"held_on": date_input(), "starts_at": time_input()}
        help_texts = {
            "length": gettext_lazy("The agenda shares this time between both sides."),
            "chair": gettext_lazy("Left open for a new meeting: the side whose turn it is."),
            "chair_reason": gettext_lazy("Needed when the same side chairs twice in a row."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        group: Any = self.fields["group"]
        group.queryset = SteeringGroup.objects.filter(programme=self.instance.programme)
        group.empty_label = None
        chair: Any = self.fields["chair"]
        chair.empty_label = _("Whose turn it is")
        if self.instance.pk:
            del self.fields["group"]
            self.offer("chair", _seated(self.instance.group))
            chair.empty_label = _("Nobody yet")
        else:
            seats = GroupMember.objects.filter(
                group__programme=self.instance.programme, is_voting=True
            )
            chair.queryset = Person.objects.filter(pk__in=seats.values("person"))


class ChairForm(RecordForm):
    class Meta:
        model = Meeting
        fields = ("chair", "chair_reason")
        help_texts = {
            "chair_reason": gettext_lazy("Needed when the same side chairs twice in a row."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chair: Any = self.fields["chair"]
        self.offer("chair", _seated(self.instance.group))
        chair.empty_label = _("Nobody yet")


def _seated(group: SteeringGroup) -> QuerySet[Person]:
    seats = GroupMember.objects.filter(group=group, is_voting=True)
    return Person.objects.filter(pk__in=seats.values("person")).order_by("name")


class SeriesForm(Refusing, forms.Form):
    # A day that does not go together with another moves with the first of the series.
    asked_as = {"held_on": "first"}

    first = forms.DateField(label=gettext_lazy("First meeting"), widget=date_input())
    count = forms.IntegerField(
        label=gettext_lazy("How many"), min_value=1, max_value=MOST_MEETINGS, initial=6
    )
    starts_at = forms.TimeField(
        label=gettext_lazy("Starts at"), required=False, widget=time_input()
    )
    length = forms.IntegerField(
        label=gettext_lazy("Minutes planned"), min_value=15, max_value=480, initial=90
    )
    place = forms.CharField(label=gettext_lazy("Place"), max_length=160, required=False)


class ProposalsForm(Refusing, forms.Form):
    """Which of the things that wait go on the agenda; all of them unless somebody unticks one."""

    source = forms.MultipleChoiceField(
        label=gettext_lazy("What to take"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, proposals: list[Proposal], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.proposals = proposals
        field: Any = self.fields["source"]
        field.choices = [(each.source, each.title) for each in proposals]


class ItemForm(RecordForm):
    class Meta:
        model = MeetingItem
        fields = ("title", "side", "minutes", "why")


class MinuteForm(RecordForm):
    """The minutes of one item: what was said, what came of it, and the words of a decision or an action."""

    words = forms.CharField(
        label=gettext_lazy("Decided, or to be done"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("In one sentence. It becomes a decision or an action of its own."),
    )
    decision: Any = forms.ModelChoiceField(
        label=gettext_lazy("Or an existing decision"),
        queryset=Decision.objects.none(),
        required=False,
    )
    owner = forms.ModelChoiceField(
        label=gettext_lazy("Owner of the action"), queryset=Person.objects.none(), required=False
    )
    due_on = forms.DateField(label=gettext_lazy("Action due"), required=False, widget=date_input())

    sets_status = forms.ChoiceField(
        label=gettext_lazy("This decision sets the status of the programme"),
        required=False,
        choices=[
            ("", gettext_lazy("No")),
            *Decision._meta.get_field("sets_status").choices,  # type: ignore[union-attr,misc]
        ],
    )

    class Meta:
        model = MeetingItem
        fields = ("note", "outcome")
        widgets = {"note": forms.Textarea(attrs={"rows": 5}), "outcome": forms.RadioSelect}

    field_order = ("note", "outcome", "words", "decision", "sets_status", "owner", "due_on")

    def __init__(self, *args: Any, may_decide: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Two forms may be open on one page.
        self.auto_id = f"{self.instance.anchor}-%s"
        fields: dict[str, Any] = self.fields
        fields["outcome"].choices = [
            ("", _("Still open")),
            *(
                (value, label)
                for value, label in ItemOutcome.choices
                if may_decide
                or value != ItemOutcome.DECISION
                or self.instance.outcome == ItemOutcome.DECISION
            ),
        ]
        fields["decision"].queryset = Decision.objects.decided_or_put_to(
            self.instance.meeting.group
        ).order_by("-number")
        fields["decision"].empty_label = (
            _("The question this item is about")
            if self.instance.decision_id
            else _("None: a new question")
        )
        fields["owner"].queryset = people_here()
        fields["owner"].empty_label = _("Open")
        if not may_decide:
            del fields["decision"], fields["sets_status"]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        words = values.get("words", "")
        if values.get("outcome") == ItemOutcome.ACTION and (
            words or not self.instance.actions.exists()
        ):
            if not words and "words" not in self.errors:
                self.add_error("words", _("Say what was agreed to be done."))
            if len(words) > 300:
                self.add_error("words", _("Keep an action under 300 characters."))
            if not values.get("due_on"):
                self.add_error("due_on", _("An action needs the day it is due."))
        if values.get("words") and values.get("outcome") not in (
            ItemOutcome.ACTION,
            ItemOutcome.DECISION,
        ):
            self.add_error("outcome", _("Say whether this is a decision or an action."))
        if values.get("sets_status") and not (
            values.get("words") and values.get("outcome") == ItemOutcome.DECISION
        ):
            self.add_error("sets_status", _("Only a decision taken now sets the status."))
        return values


class AmendmentForm(Refusing, forms.Form):
    item = forms.ModelChoiceField(
        label=gettext_lazy("To the item"), queryset=MeetingItem.objects.none(), required=False
    )
    text = forms.CharField(
        label=gettext_lazy("What is to be read instead"), widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["item"]
        field.queryset = MeetingItem.objects.filter(meeting=meeting)
        field.empty_label = _("The minutes as a whole")


class MeetingFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(
        label=gettext_lazy("State"),
        method="by_state",
        choices=(
            ("coming", gettext_lazy("Coming")),
            ("open", gettext_lazy("Held, minutes open")),
            ("approved", gettext_lazy("Minutes approved")),
            ("cancelled", gettext_lazy("Cancelled")),
        ),
        empty_label=gettext_lazy("All"),
    )
    chaired_for = django_filters.ChoiceFilter(
        label=gettext_lazy("Chaired for"),
        field_name="chair_function",
        choices=Function.choices,
        empty_label=gettext_lazy("All"),
    )
    words = django_filters.CharFilter(label=gettext_lazy("Words in the minutes"), method="by_words")

    class Meta:
        model = Meeting
        fields = ()

    def by_state(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        today = clock.today()
        if value == "coming":
            return queryset.filter(status=MeetingStatus.PLANNED, held_on__gte=today)
        if value == "open":
            return queryset.open_minutes(on=today)
        return queryset.filter(status=value)

    def by_words(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        items = MeetingItem.objects.filter(title__icontains=value) | MeetingItem.objects.filter(
            note__icontains=value
        )
        return queryset.filter(pk__in=items.values("meeting"))
