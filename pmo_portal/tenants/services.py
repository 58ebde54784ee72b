"""Writes to what every tenant has: references, units, people, thresholds."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from pmo_portal.common.editing import check

from .context import current_tenant_id, tenant_context
from .models import BusinessUnit, Counter, Person, Tenant, TenantSettings


def next_reference(kind: str, *, count: int = 1) -> int:
    """Take the next number of a kind (`"R"`, `"M"` ...), or the first of `count` numbers.

    One statement on one row: two people at the same moment get two numbers, and a transaction that
    is rolled back gives its number back.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Counter._meta.db_table} (tenant_id, kind, value) VALUES (%s, %s, %s)"
            " ON CONFLICT (tenant_id, kind) DO UPDATE"
            f" SET value = {Counter._meta.db_table}.value + EXCLUDED.value RETURNING value",
            [current_tenant_id(), kind, count],
        )
        row = cursor.fetchone()
    return int(row[0]) - count + 1


def create_tenant(*, slug: str, name: str, currency: str = "GBP", is_demo: bool = False) -> Tenant:
    """Create an organisation with its default thresholds.

    Raises:
        ValidationError: the short name is taken or not of the right form.
    """
    tenant = Tenant(slug=slug, name=name, currency=currency, is_demo=is_demo)
    tenant.full_clean()
    with transaction.atomic():
        tenant.save()
        with tenant_context(tenant.id):
            TenantSettings().save()
    return tenant


def place_unit(unit: BusinessUnit, *, parent: BusinessUnit | None) -> BusinessUnit:
    """Save a unit under a parent and keep the paths of everything below it true.

    Raises:
        ValidationError: the parent lies below the unit itself, or the code is taken.
    """
    old_path = unit.path
    path = f"{parent.path}/{unit.code}" if parent else unit.code
    if parent and unit.pk and (parent.path == old_path or parent.path.startswith(f"{old_path}/")):
        raise ValidationError({"parent": _("A unit cannot be part of a unit below it.")})
    unit.parent, unit.path = parent, path
    check(unit)
    with transaction.atomic():
        unit.save()
        if old_path and old_path != path:
            below = list(BusinessUnit.objects.filter(path__startswith=f"{old_path}/"))
            for child in below:
                child.path = path + child.path[len(old_path) :]
            BusinessUnit.objects.bulk_update(below, ["path"])
    return unit


def free_handle(name: str) -> str:
    """A short name for a person's address that nobody in the tenant uses yet."""
    base = slugify(name)[:50] or "person"
    taken = set(
        Person.objects.filter(handle__regex=rf"^{re.escape(base)}(-\d+)?$").values_list(
            "handle", flat=True
        )
    )
    if base not in taken:
        return base
    number = 2
    while f"{base}-{number}" in taken:
        number += 1
    return f"{base}-{number}"


def add_person(
    *, name: str, email: str = "", job_title: str = "", unit: BusinessUnit | None = None
) -> Person:
    """Add somebody to the directory."""
    person = Person(
        handle=free_handle(name), name=name, email=email, job_title=job_title, unit=unit
    )
    check(person)
    person.save()
    return person
