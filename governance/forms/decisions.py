"""Decision papers, views and outcomes."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _, gettext_lazy

from pmo_portal.common import clock
from pmo_portal.common.fields import date_input
from pmo_portal.history.forms import RecordForm
from pmo_portal.history.services import NOT_CHANGED, FieldClash
from pmo_portal.tenants.selectors import thresholds
from programmes.models import Milestone

from ..choices import MOST_OPTIONS, LookVerdict, Stance
from ..models import BalanceView, Decision, DecisionInput, SteeringGroup
from ..services import check_options


class DecisionForm(RecordForm):
    """A decision paper: the question, why, the options, until when."""

    options = forms.CharField(
        label=gettext_lazy("Options"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "One in each line, at least two of them; going on as it is may be one. Leave it empty for a question that is answered in words."
        ),
    )
    # What the options were when the form was opened: they live in rows of their own, without versions.
    options_opened = forms.CharField(required=False, widget=forms.HiddenInput, strip=False)

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
        self.offer("group", SteeringGroup.objects.filter(programme=programme))
        self.fields["group"].empty_label = _("No group: both leads decide")  # type: ignore[attr-defined]
        self.offer("milestone", Milestone.objects.filter(programme=programme))
        self.fields["milestone"].empty_label = _("None")  # type: ignore[attr-defined]
        if self.instance.pk:
            texts = "\n".join(option.text for option in self.instance.options.all())
            self.initial["options"] = self.initial["options_opened"] = texts
        else:
            today = clock.today()
            self.initial["requested_on"] = self.initial.get("requested_on") or today
            self.initial["due_on"] = self.initial.get("due_on") or today + timedelta(
                days=thresholds().decision_due_days
            )

    def options_clash(self, now: list[str]) -> FieldClash:
        """The options as they were, as they are now and as this person wants them."""
        clash = FieldClash(
            name="options",
            label=_("Options"),
            base=in_letters(self.cleaned_data["options_opened"].splitlines()),
            mine=in_letters(self.cleaned_data["options"]),
            theirs=in_letters(now),
        )
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        data["options_opened"] = "\n".join(now)
        if clash.is_theirs_alone:
            data["options"], clash.mine = "\n".join(now), NOT_CHANGED
        self.data = data
        return clash

    def clean_options(self) -> list[str]:
        """The options, one of each line."""
        lines = [line.strip() for line in self.cleaned_data["options"].splitlines()]
        options = [line for line in lines if line]
        if len(options) > MOST_OPTIONS:
            raise forms.ValidationError(
                _("A question can have %(most)d options at most. Remove the weakest."),
                params={"most": MOST_OPTIONS},
            )
        if any(len(option) > 400 for option in options):
            raise forms.ValidationError(_("Keep each option under 400 characters."))
        return options

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        check_options(values.get("options", ()))
        return values


def lettered(options: list[str]) -> list[str]:
    return [f"{chr(ord('A') + at)}. {text}" for at, text in enumerate(options)]


def in_letters(options: list[str]) -> str:
    return "; ".join(lettered(options))


class FirstOrLaterForm(RecordForm):
    """What there is once for each function; version 0 says that there was none when the form was opened."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, initial=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            self.fields["version"] = deepcopy(type(self).base_fields["version"])

    @property
    def opened_version(self) -> int:
        return int(self.cleaned_data["version"] or 0)


class InputForm(FirstOrLaterForm):
    """One function's view of a question."""

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


class BalanceForm(FirstOrLaterForm):
    """What one lead says of the balance."""

    class Meta:
        model = BalanceView
        fields = ("text",)
        widgets = {"text": forms.Textarea(attrs={"rows": 5})}


class LookForm(RecordForm):
    """Whether a decision worked; its day to look again is the one field of the decision itself."""

    verdict = forms.ChoiceField(
        label=gettext_lazy("Did it work?"), choices=LookVerdict.choices, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=gettext_lazy("How we know"), widget=forms.Textarea(attrs={"rows": 4})
    )

    class Meta:
        model = Decision
        fields = ("review_on",)
        widgets = {"review_on": date_input()}
        labels = {"review_on": gettext_lazy("Look the next time on")}
        help_texts = {"review_on": gettext_lazy("Left open: this was the last look.")}

    field_order = ("verdict", "text", "review_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The day that was agreed is being kept by this look; the next one is another.
        self.initial["review_on"] = None

    def clean_review_on(self) -> Any:
        day = self.cleaned_data["review_on"]
        if day is not None and day <= clock.today():
            raise forms.ValidationError(_("The next look is on a later day."))
        return day


class DecideForm(RecordForm):
    chosen = forms.TypedChoiceField(
        label=gettext_lazy("Option taken"), required=False, coerce=int, empty_value=None
    )
    jointly = forms.BooleanField(
        label=gettext_lazy("Decided jointly by both functions"), required=False
    )
    # The options this form was shown with: places change, and `chosen` is a place.
    options_shown = forms.CharField(required=False, widget=forms.HiddenInput, strip=False)

    class Meta:
        model = Decision
        fields = ("outcome", "rationale", "decided_on", "review_on", "sets_status")
        widgets = {
            "outcome": forms.Textarea(attrs={"rows": 3}),
            "rationale": forms.Textarea(attrs={"rows": 3}),
            "decided_on": date_input(),
            "review_on": date_input(),
        }
        help_texts = {
            "review_on": gettext_lazy("When the group checks whether it worked."),
            "sets_status": gettext_lazy(
                "Red by decision of the board counts as a crisis until another decision sets a better one."
            ),
        }

    field_order = (
        "chosen",
        "outcome",
        "rationale",
        "decided_on",
        "review_on",
        "sets_status",
        "jointly",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        statuses: Any = self.fields["sets_status"]
        statuses.choices = [("", _("No change by this decision")), *statuses.choices[1:]]
        self.initial["options_shown"] = "\n".join(
            option.text for option in self.instance.options.all()
        )
        self._offer(self._shown)
        self.fields["outcome"].required = "chosen" not in self.fields
        if "chosen" in self.fields:
            self.fields["outcome"].help_text = _("Left empty, it is the option taken.")
        self.fields["decided_on"].required = True
        self.initial["decided_on"] = self.instance.decided_on or clock.today()

    @property
    def _shown(self) -> list[str]:
        now = self.initial["options_shown"]
        return str(self.data.get("options_shown", now)).splitlines()

    def _offer(self, options: list[str]) -> None:
        if not options:
            self.fields.pop("chosen", None)
            return
        if "chosen" not in self.fields:
            self.fields["chosen"] = deepcopy(self.base_fields["chosen"])
            self.order_fields(self.field_order)
        field: Any = self.fields["chosen"]
        field.choices = [
            ("", _("None of the options")),
            *enumerate(lettered(options), start=1),
        ]

    def options_clashes(self, now: list[str]) -> list[FieldClash]:
        """The options as shown and as they are now, where they differ; which one is taken is asked again."""
        shown, chosen = self._shown, self.cleaned_data.get("chosen")
        if shown == now:
            return []
        taken = lettered(shown)[chosen - 1] if chosen else _("None of the options")
        clash = FieldClash(
            name="chosen",
            label=_("Options"),
            base=in_letters(shown),
            mine=taken,
            theirs=in_letters(now),
        )
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        data["options_shown"], data["chosen"] = "\n".join(now), ""
        self.data = data
        self._offer(now)
        return [clash]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if not values.get("outcome") and "outcome" not in self.errors:
            if values.get("chosen"):
                values["outcome"] = self._shown[values["chosen"] - 1]
            else:
                self.add_error("outcome", _("Say what was decided, or choose the option taken."))
        return values

    def clean_decided_on(self) -> Any:
        day = self.cleaned_data["decided_on"]
        if day > clock.today():
            raise forms.ValidationError(_("A decision cannot be taken in the future."))
        if day < self.instance.requested_on:
            raise forms.ValidationError(_("It cannot be decided before it was asked."))
        return day
