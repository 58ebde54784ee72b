from __future__ import annotations

from typing import Any

from django import forms

from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import can
from pmo_portal.history.forms import RecordForm

from .models import SavedView


class ViewForm(RecordForm):
    """A name, and whether everybody may use it; only those who may share are asked."""

    class Meta:
        model = SavedView
        fields = ("name", "is_shared")
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "off"})}

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not can(member, "desk.view_share") and not self.instance.is_shared:
            del self.fields["is_shared"]
