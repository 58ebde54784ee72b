"""Steering groups and their seats."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from pmo_portal.history.forms import RecordForm
from pmo_portal.tenants.selectors import people_here

from ..models import GroupMember, SteeringGroup


class GroupForm(RecordForm):
    class Meta:
        model = SteeringGroup
        fields = ("name", "purpose", "cadence", "quorum")
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
