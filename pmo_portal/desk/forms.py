from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import can
from pmo_portal.common.editing import Refusing
from pmo_portal.history.forms import RecordForm

from .models import SavedView
from .my_work import KINDS, Wish


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


class WorkForm(Refusing, forms.Form):
    """What the address of My work may ask for; what it does not know is dropped."""

    programme = forms.CharField(label=_("Programme"), required=False, max_length=100)
    due = forms.ChoiceField(
        label=_("Due"), choices=[("", _("Any time")), ("late", _("Overdue only"))], required=False
    )
    asked = forms.ChoiceField(
        label=_("Asked of"),
        choices=[("", _("Me or my function")), ("me", _("Me by name"))],
        required=False,
    )
    only = forms.ChoiceField(
        label=_("Kind"),
        choices=[("", _("All")), *((key, kind.label) for key, kind in KINDS.items())],
        required=False,
    )

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.is_valid()

    @property
    def wish(self) -> Wish:
        known = self.cleaned_data
        return Wish(
            programme=known.get("programme", ""),
            is_late=known.get("due") == "late",
            by_name=known.get("asked") == "me",
            only=known.get("only", ""),
        )

    @property
    def in_force(self) -> list[tuple[str, str]]:
        """The filters that leave something out, as label and value in words."""
        found = []
        for name, value in self.cleaned_data.items():
            if value:
                choices = dict(getattr(self.fields[name], "choices", ()))
                found.append((str(self.fields[name].label), str(choices.get(value, value))))
        return found
