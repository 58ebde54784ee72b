"""The charter, its measures and assumptions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import can
from pmo_portal.common.fields import date_input
from pmo_portal.history.forms import RecordForm
from programmes.choices import Half

from ..models import Charter, CharterAssumption, SuccessMeasure
from ..selectors import TEXT_FIELDS

_NUMBERS = (
    "tolerance_days",
    "tolerance_cost",
    "tolerance_benefit",
    "risk_appetite",
    "tolerance_adoption",
)


class CharterForm(RecordForm):
    """The words of a charter in the order in which they are read."""

    class Meta:
        model = Charter
        fields = TEXT_FIELDS
        widgets = {
            name: forms.Textarea(attrs={"rows": 2 if name.startswith("tolerance") else 4})
            for name in TEXT_FIELDS
            if name not in _NUMBERS
        }
        help_texts = {
            "purpose": _("Why it is done, in words both sides would use."),
            "objectives": _("What will be different, one in each line."),
            "out_of_scope": _("What people might expect and will not get."),
            "case_strategic": _("Why now, and what it serves."),
            "case_economic": _("What was compared, and why this way is the best value."),
            "case_commercial": _("Who supplies it and on which terms."),
            "case_financial": _("What it costs and who pays."),
            "case_management": _("How it is led, delivered and adopted."),
            "tolerance_days": _("Working days a go-live may move before the group is asked."),
            "tolerance_cost": _("Percent over the budget before the group is asked."),
            "tolerance_benefit": _(
                "Percent of the benefit that may be missed. Nothing here measures it: whoever sees it raises it."
            ),
            "risk_appetite": _(
                "The highest score (1 to 25) of a risk that is carried without asking."
            ),
            "tolerance_adoption": _(
                "Points engagement may fall short of its target, or training of its plan, in any unit."
            ),
        }

    # How the page groups them.
    SECTIONS = (
        (_("What it is for"), ("purpose", "objectives", "in_scope", "out_of_scope"), False),
        (
            _("The business case"),
            (
                "case_strategic",
                "case_economic",
                "case_commercial",
                "case_financial",
                "case_management",
            ),
            False,
        ),
        (
            _("How far it may drift before the group is asked"),
            _NUMBERS,
            True,
        ),
        (_("Tolerances in words"), ("tolerance_scope", "tolerance_quality"), False),
    )

    @property
    def sections(self) -> list[dict[str, Any]]:
        return [
            {"title": title, "fields": [self[name] for name in names], "short": short}
            for title, names, short in self.SECTIONS
        ]


class _LineForm(RecordForm):
    """A line of one side; the sides a member cannot write for are not offered."""

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        charter = self.instance.charter
        own = [
            half
            for half in Half
            if can(
                member, "governance.charter_change", type(self.instance)(charter=charter, half=half)
            )
        ]
        field: Any = self.fields["half"]
        field.choices = [(half.value, half.label) for half in own]
        if len(own) == 1:
            self.initial["half"] = own[0].value


class MeasureForm(_LineForm):
    class Meta:
        model = SuccessMeasure
        fields = (
            "half",
            "name",
            "unit",
            "baseline_value",
            "target_value",
            "due_on",
            "how",
            "figure",
        )
        widgets = {"due_on": date_input()}


class AssumptionForm(_LineForm):
    class Meta:
        model = CharterAssumption
        fields = ("half", "text", "value", "unit", "margin", "words", "figure")
