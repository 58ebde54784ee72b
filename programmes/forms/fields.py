"""Fields that several forms of delivery share."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from pmo_portal.common.money import to_minor
from pmo_portal.tenants.models import BusinessUnit, Person
from pmo_portal.tenants.selectors import with_place


class UnitsField(forms.ModelMultipleChoiceField):
    """Several units, each with its place in the tree."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            queryset=BusinessUnit.objects.none(),
            required=False,
            widget=forms.CheckboxSelectMultiple,
            **kwargs,
        )

    def label_from_instance(self, obj: BusinessUnit) -> str:  # type: ignore[override]
        return with_place(obj)


class MoneyField(forms.DecimalField):
    """Pounds on the screen, pence in the record."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_digits=16,
            decimal_places=2,
            min_value=Decimal(0),
            widget=forms.NumberInput(attrs={"step": "0.01", "inputmode": "decimal"}),
            **kwargs,
        )

    def prepare_value(self, value: Any) -> Any:
        return Decimal(value) / 100 if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        amount = super().clean(value)
        return None if amount is None else to_minor(amount)


class PersonField(forms.TypedChoiceField):
    """Somebody who works here, or nobody. Several such fields of a form share one reading of the directory."""

    def __init__(self, people: Iterable[Person], **kwargs: Any) -> None:
        known = {str(person.pk): person for person in people}
        super().__init__(
            choices=[("", _("Open")), *((key, str(person)) for key, person in known.items())],
            coerce=known.get,
            empty_value=None,
            required=False,
            **kwargs,
        )
