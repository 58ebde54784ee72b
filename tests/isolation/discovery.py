"""What there is: tables of tenants, their trails, every address."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.urls import URLPattern, get_resolver

from pmo_portal.tenants.choices import GLOBAL_MODELS


def tenant_models() -> list[type[models.Model]]:
    """Tables that hold a tenant's data, without the trails that triggers write."""
    return [
        model
        for model in apps.get_models()
        if _belongs_to_tenant(model) and not hasattr(model, "pgh_tracked_model")
    ]


def trail_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if hasattr(model, "pgh_tracked_model")]


def _belongs_to_tenant(model: type[models.Model]) -> bool:
    if model._meta.label in GLOBAL_MODELS or not model._meta.managed or model._meta.proxy:
        return False
    names = {field.name for field in model._meta.concrete_fields}
    return "tenant" in names


def keys_within_tenant(model: type[models.Model]) -> list[models.ForeignKey[Any, Any]]:
    """Foreign keys that point at another table of the tenant."""
    inside = set(tenant_models())
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and field.related_model in inside
    ]


@dataclass(frozen=True)
class Address:
    """One entry of the resolver: its name with namespaces, the pattern, the view and its arguments."""

    name: str
    pattern: str
    view: Any
    arguments: frozenset[str]

    @property
    def is_of_tenant(self) -> bool:
        return "tenant" in self.arguments


def addresses() -> list[Address]:
    return list(_walk(get_resolver(), "", (), frozenset()))


def _walk(
    resolver: Any, prefix: str, spaces: tuple[str, ...], arguments: frozenset[str]
) -> Iterator[Address]:
    for entry in resolver.url_patterns:
        pattern = f"{prefix}{entry.pattern}"
        found = arguments | _arguments(entry.pattern)
        if isinstance(entry, URLPattern):
            name = ":".join([*spaces, entry.name or pattern])
            yield Address(name, pattern, entry.callback, found)
        else:
            inner = (*spaces, entry.namespace) if entry.namespace else spaces
            yield from _walk(entry, pattern, inner, found)


def _arguments(pattern: Any) -> frozenset[str]:
    # Not `converters`: reversing names writes those of outer patterns into inner ones.
    return frozenset(pattern.regex.groupindex)
