from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _, gettext_lazy

from pmo_portal.common.editing import Refusing
from pmo_portal.tenants.models import Tenant, slug_validator

CURRENCIES = [("GBP", "GBP, £"), ("EUR", "EUR, €"), ("USD", "USD, $")]


class AdministratorForm(Refusing, forms.Form):
    """Whoever is to let everybody else in."""

    asked_as = {"email": "administrator_email"}

    administrator_name = forms.CharField(
        label=gettext_lazy("Name of the first administrator"), max_length=120
    )
    administrator_email = forms.EmailField(
        label=gettext_lazy("Their mail address"),
        max_length=254,
        help_text=gettext_lazy("They get an invitation and let everybody else in."),
    )


class TenantForm(AdministratorForm):
    field_order = ["name", "slug", "currency"]

    name = forms.CharField(label=gettext_lazy("Name of the organisation"), max_length=120)
    slug = forms.CharField(
        label=gettext_lazy("Short name"),
        max_length=40,
        validators=[slug_validator],
        help_text=gettext_lazy("Part of every address, for example northshire. It stays."),
    )
    currency = forms.ChoiceField(label=gettext_lazy("Currency"), choices=CURRENCIES)

    def clean_slug(self) -> str:
        slug = str(self.cleaned_data["slug"])
        if Tenant.objects.filter(slug=slug).exists():
            raise ValidationError(_("Another organisation has this short name."))
        return slug


class StatusForm(Refusing, forms.Form):
    """Which version of the organisation the operator looked at."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        super().__init__(*args, initial={"version": tenant.version}, **kwargs)


class CloseForm(StatusForm):
    typed = forms.CharField(label=gettext_lazy("Name of the organisation"), max_length=120)


class EraseForm(StatusForm):
    typed = forms.CharField(label=gettext_lazy("Short name"), max_length=40)
