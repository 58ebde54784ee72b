"""Text in, domain types out, for the pages of administration."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _, gettext_lazy

from pmo_portal.common.editing import RecordForm, Refusing
from pmo_portal.tenants import selectors as tenants
from pmo_portal.tenants.models import BusinessUnit, Person, TenantSettings

from .choices import Role
from .models import Membership, User


class RolesField(forms.MultipleChoiceField):
    """Roles as boxes to tick; which of them go together is decided by the service."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("Roles"))
        kwargs.setdefault(
            "help_text",
            gettext_lazy(
                "Delivery and adoption are peers: nobody holds roles in both. Administrators manage people,"
                " units and thresholds; that role alone does not steer programmes."
            ),
        )
        super().__init__(choices=Role.choices, **kwargs)


class InvitationForm(Refusing, forms.Form):
    email = forms.EmailField(label=gettext_lazy("Mail address"), max_length=254)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    roles = RolesField()


class MembershipForm(RecordForm):
    roles = RolesField()

    class Meta:
        model = Membership
        fields = ["roles"]


class UnitForm(RecordForm):
    class Meta:
        model = BusinessUnit
        fields = ["code", "name", "parent", "headcount", "lead", "is_active"]
        help_texts = {
            "parent": gettext_lazy(
                "Leave empty for a top-level unit. Changing it moves the whole branch."
            ),
            "headcount": gettext_lazy(
                "How many people work here and in the units below, for figures of reach."
            ),
            "is_active": gettext_lazy(
                "A unit that is not in use keeps its history but can no longer be chosen."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = tenants.units_in_use()
        if self.instance.pk:
            units = units.exclude(pk=self.instance.pk).exclude(
                path__startswith=f"{self.instance.path}/"
            )
        else:
            del self.fields["is_active"]
        self.offer("parent", units)
        self.offer("lead", tenants.people_here())
        self.fields["parent"].label_from_instance = _indented  # type: ignore[attr-defined]

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        return code if self.instance.pk else code.upper()


class PersonForm(RecordForm):
    class Meta:
        model = Person
        fields = ["name", "email", "job_title", "unit", "is_active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("unit", tenants.units_in_use())
        unit: Any = self.fields["unit"]
        unit.label_from_instance = _indented
        if not self.instance.pk:
            del self.fields["is_active"]


class ThresholdsForm(RecordForm):
    class Meta:
        model = TenantSettings
        fields = [
            "engagement_target",
            "engagement_floor",
            "confidence_expected",
            "golive_window_weeks",
            "survey_k",
            "comments_k",
            "comment_quotes",
            "raid_appetite",
            "slip_amber_days",
            "slip_red_days",
            "delivery_rhythm_days",
            "adoption_rhythm_days",
            "survey_rhythm_days",
            "decision_due_days",
            "delay_cost_permille",
            "change_hours_week",
            "alert_share_percent",
        ]


class JoinForm(Refusing, forms.Form):
    """Somebody new: their name and a password."""

    name = forms.CharField(label=gettext_lazy("Your name"), max_length=120)
    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("At least 10 characters. A few unrelated words are a good choice."),
    )
    password_again = forms.CharField(
        label=gettext_lazy("Password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._email = email

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        password = cleaned.get("password")
        again = cleaned.get("password_again")
        if password and again and password != again:
            self.add_error("password_again", _("The two passwords are not the same."))
        elif password:
            user = User(email=self._email, name=cleaned.get("name", ""))
            try:
                password_validation.validate_password(password, user)
            except ValidationError as weak:
                self.add_error("password", weak)
        return cleaned


def _indented(unit: Any) -> str:
    return f"{'– ' * unit.depth}{unit.name}"
