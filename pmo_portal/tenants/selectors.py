from __future__ import annotations

from django.db.models import QuerySet

from .models import BusinessUnit, Person, TenantSettings


def thresholds() -> TenantSettings:
    """The thresholds of the current tenant; the defaults where none were saved."""
    return TenantSettings.objects.first() or TenantSettings()


def units() -> QuerySet[BusinessUnit]:
    """The unit tree of the current tenant, parents before children."""
    return BusinessUnit.objects.select_related("parent").order_by("path")


def units_in_use() -> QuerySet[BusinessUnit]:
    return units().filter(is_active=True)


def with_place(unit: BusinessUnit) -> str:
    """A unit as lists to choose from name it: with the one above it, so that two teams of one name can be told apart."""
    return f"{unit.parent.name} › {unit.name}" if unit.parent else unit.name


def people() -> QuerySet[Person]:
    return Person.objects.select_related("unit").order_by("name")


def people_here() -> QuerySet[Person]:
    """Those who still work here: the choices for owners and leads."""
    return people().filter(is_active=True)
