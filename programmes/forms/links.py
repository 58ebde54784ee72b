"""What a milestone waits for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _, gettext_lazy

from pmo_portal.history.forms import RecordForm

from .. import selectors
from ..models import Milestone, MilestoneLink


class LinkForm(RecordForm):
    """One milestone of this plan, or one of another programme by its reference."""

    elsewhere = forms.CharField(
        label=gettext_lazy("Or one of another programme"),
        required=False,
        max_length=20,
        help_text=gettext_lazy("Its reference, for example M-12."),
    )

    class Meta:
        model = MilestoneLink
        fields = ("before", "lag", "note")

    field_order = ("before", "elsewhere", "lag", "note")

    def __init__(self, *args: Any, member: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member = member
        field: Any = self.fields["before"]
        field.queryset = Milestone.objects.filter(
            programme=self.instance.after.programme_id
        ).exclude(pk=self.instance.after_id)
        field.required = False
        field.empty_label = _("Choose one")
        field.label_from_instance = lambda each: f"{each.reference} {each.name}"
        if self.instance.pk and self.instance.before.programme_id != self.instance.programme_id:
            self.initial.update(before=None, elsewhere=self.instance.before.reference)

    def clean(self) -> dict[str, Any]:
        """What was typed or chosen now counts, not what stood there when the form was opened."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        said = (values.get("elsewhere") or "").strip().upper()
        if said and "elsewhere" in self.changed_data:
            if values.get("before") and "before" in self.changed_data:
                raise ValidationError(
                    {"elsewhere": _("Choose one of this plan or name one of another, not both.")}
                )
            values["before"] = self._named(said)
            # What is wrong with a milestone that was named is told where it was named.
            self.asked_as = {"before": "elsewhere"}
        elif said and not values.get("before"):
            values["before"] = self.instance.before
        if not values.get("before"):
            raise ValidationError({"before": _("Choose the milestone it waits for.")})
        return values

    def _named(self, said: str) -> Milestone:
        prefix, _dash, number = said.partition("-")
        found = (
            selectors.milestone_for(self.member, int(number))
            if prefix == Milestone.reference_prefix and number.isascii() and number.isdigit()
            else None
        )
        if found is None or found.deleted_at is not None:
            raise ValidationError({"elsewhere": _("No milestone has this reference.")})
        if found.pk == self.instance.after_id:
            raise ValidationError({"elsewhere": _("A milestone cannot wait for itself.")})
        return found
