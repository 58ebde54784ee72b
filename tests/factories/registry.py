"""Which factory makes a row of which table, and which arguments a kind of job takes.

Every `DjangoModelFactory` in `tests/factories/` is found by itself. What is made by a plain function says so:

    @makes(RaidItem)
    def raid_item(**fields): ...

    @job_args("forecasting.recompute_signals")
    def recompute_args() -> dict[str, Any]: ...      # called inside a tenant: ids of that tenant's rows

The isolation tests take every table and every kind of job there is, and fail for one that is missing here.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from functools import cache
from typing import Any

from django.db import models
from factory.django import DjangoModelFactory

import tests.factories

Maker = Callable[[], Any]
_made_by: dict[type[models.Model], Maker] = {}
_job_args: dict[str, Callable[[], dict[str, Any]]] = {}


def makes(model: type[models.Model]) -> Callable[[Maker], Maker]:
    """Say that a function, called inside a tenant without arguments, makes and returns a row of a table."""

    def register(maker: Maker) -> Maker:
        _made_by[model] = maker
        return maker

    return register


def job_args(kind: str) -> Callable[[Callable[[], dict[str, Any]]], Callable[[], dict[str, Any]]]:
    """Say which arguments a job of a kind takes in the tenant whose context is open."""

    def register(maker: Callable[[], dict[str, Any]]) -> Callable[[], dict[str, Any]]:
        _job_args[kind] = maker
        return maker

    return register


@cache
def _load() -> None:
    for module in pkgutil.iter_modules(tests.factories.__path__):
        importlib.import_module(f"tests.factories.{module.name}")


def factory_for(model: type[models.Model]) -> Maker | None:
    """What makes a row of a table; None where nobody said."""
    _load()
    if model in _made_by:
        return _made_by[model]
    for factory in _factories(DjangoModelFactory):
        if factory._meta.model is model and not factory._meta.abstract:
            return factory
    return None


def args_for(kind: str) -> Callable[[], dict[str, Any]] | None:
    """What makes the arguments of a job; None where nobody said."""
    _load()
    return _job_args.get(kind)


def _factories(base: type[Any]) -> list[type[Any]]:
    found: list[type[Any]] = []
    for factory in base.__subclasses__():
        found += [factory, *_factories(factory)]
    return found
