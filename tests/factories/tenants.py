"""Organisations, units and people. All but `TenantFactory` create inside a tenant's context or fail."""

from __future__ import annotations

from typing import Any

import factory
from factory.django import DjangoModelFactory

from pmo_portal.tenants.models import BusinessUnit, Counter, Person, Tenant, TenantSettings
from pmo_portal.tenants.services import place_unit


class TenantFactory(DjangoModelFactory):
    class Meta:
        model = Tenant

    slug = factory.Sequence(lambda n: f"tenant-{n}")
    name = factory.Sequence(lambda n: f"Tenant {n}")


class CounterFactory(DjangoModelFactory):
    class Meta:
        model = Counter

    kind = factory.Sequence(lambda n: f"X{n}")


class UnitFactory(DjangoModelFactory):
    """A unit with its path; `parent` is another unit or None."""

    class Meta:
        model = BusinessUnit

    code = factory.Sequence(lambda n: f"U{n}")
    name = factory.Sequence(lambda n: f"Unit {n}")
    parent = None

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> BusinessUnit:
        parent = kwargs.pop("parent")
        return place_unit(model_class(*args, **kwargs), parent=parent)


class PersonFactory(DjangoModelFactory):
    class Meta:
        model = Person

    handle = factory.Sequence(lambda n: f"person-{n}")
    name = factory.Sequence(lambda n: f"Person {n}")
    email = factory.LazyAttribute(lambda person: f"{person.handle}@people.example")


class TenantSettingsFactory(DjangoModelFactory):
    """The one row of thresholds of the tenant; made when it is not there yet."""

    class Meta:
        model = TenantSettings

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> TenantSettings:
        found = model_class.objects.first() or model_class()
        for name, value in kwargs.items():
            setattr(found, name, value)
        found.save()
        return found
