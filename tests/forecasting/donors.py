"""Organisations that give what their history says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from forecasting.choices import Target
from forecasting.learning import sharing
from forecasting.models import SharedWord, SharingChoice
from pmo_portal.tenants.context import tenant_context
from pmo_portal.tenants.models import Tenant
from pmo_portal.tenants.services import create_tenant
from tests.factories.forecasting import SharedWordFactory, SharingChoiceFactory, word_values

TARGET = Target.CRISIS_4W
GIVEN_ON = date(2026, 5, 4)
# The first days of two quarters that follow each other.
JULY, OCTOBER = date(2026, 7, 1), date(2026, 10, 1)


def give(tenant: Tenant, *, on: date = GIVEN_ON, **coefficients: float) -> str:
    """Let an organisation give, as if an administrator had agreed to it. Returns the text."""
    text = sharing.as_text(word_values(**coefficients))
    with tenant_context(tenant.id):
        if SharingChoice.objects.filter(target=TARGET).exists():
            SharingChoice.objects.filter(target=TARGET).update(gives=True)
        else:
            SharingChoiceFactory(gives=True)
        if SharedWord.objects.filter(target=TARGET).exists():
            SharedWord.objects.filter(target=TARGET).update(ready=text, given=text, given_on=on)
        else:
            SharedWordFactory(ready=text, given=text, given_on=on)
    return text


def stop(tenant: Tenant) -> None:
    """Let an organisation take back what it gave."""
    with tenant_context(tenant.id):
        SharingChoice.objects.update(gives=False)
        SharedWord.objects.update(given="", given_on=None, others={})


def donors(count: int, *, first: int = 0, on: date = GIVEN_ON, **coefficients: float) -> list[Tenant]:  # fmt: skip
    """Organisations that give, `donor-0` and so on."""
    return list(_donors(count, first, on, coefficients))


def _donors(count: int, first: int, on: date, coefficients: dict[str, Any]) -> Iterator[Tenant]:
    for number in range(first, first + count):
        tenant = create_tenant(slug=f"donor-{number}", name=f"Quagga {number}")
        give(tenant, on=on, **coefficients)
        yield tenant
