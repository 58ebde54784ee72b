"""Reviews: what each side found, and what both learned."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pmo_portal.common.editing import Refusing
from pmo_portal.common.fields import date_input
from pmo_portal.history.forms import RecordForm
from programmes.models import Programme

from ..choices import Verdict
from ..models import Action, Decision, GoliveMove, Review, ReviewView
from .decisions import FirstOrLaterForm


class ReviewForm(RecordForm):
    class Meta:
        model = Review
        fields = ("due_on", "learned")
        widgets = {"due_on": date_input(), "learned": forms.Textarea(attrs={"rows": 5})}
        help_texts = {"learned": _("What the next programme should know from the start.")}


class FindingForm(FirstOrLaterForm):
    class Meta:
        model = ReviewView
        fields = ("verdict", "evidence")
        widgets = {"evidence": forms.Textarea(attrs={"rows": 4}), "verdict": forms.RadioSelect}
        help_texts = {
            "evidence": _("A figure, a count, who was asked. An opinion is not evidence.")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["verdict"]
        field.choices = Verdict.choices


class OutcomeForm(Refusing, forms.Form):
    """A decision or an action of the programme that came out of a review."""

    outcome = forms.ChoiceField(label=_("Decision or action"))

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        decisions = Decision.objects.filter(programme=programme).order_by("-number")[:50]
        actions = Action.objects.filter(programme=programme).order_by("-number")[:50]
        self._things = {each.reference: each for each in (*decisions, *actions)}
        field: Any = self.fields["outcome"]
        field.choices = [("", "---------")] + [
            (reference, f"{reference} {str(each)[:90]}") for reference, each in self._things.items()
        ]

    @property
    def chosen(self) -> dict[str, Any]:
        """The keyword under which the service takes what was chosen."""
        thing = self._things[self.cleaned_data["outcome"]]
        return {"decision" if isinstance(thing, Decision) else "action": thing}


class MoveForm(RecordForm):
    """Why a go-live moved."""

    class Meta:
        model = GoliveMove
        fields = ("reason", "text", "decision")
        widgets = {"text": forms.Textarea(attrs={"rows": 4})}
        help_texts = {
            "decision": _("Where both functions were heard, if they were."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = True
        self.offer("decision", Decision.objects.filter(programme=self.instance.programme))
