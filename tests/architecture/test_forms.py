"""Every refusal of a form stands at a field: forms share one way, and what weighs fields against each other names them."""

from __future__ import annotations

import inspect
from importlib import import_module
from pkgutil import walk_packages

import pytest
from django import forms
from django.apps import apps
from django.core.exceptions import ValidationError

from pmo_portal.common.about import fields_of
from pmo_portal.common.editing import Refusing

ROOTS = ("programmes", "adoption", "governance", "forecasting", "pmo_portal")
# What only the portal itself can break; no form asks for it.
ABOUT_NO_FIELD = {"charter_one_agreed", "charter_one_open"}


def told_constraints():
    """Constraints that speak to people, with their models."""
    for model in apps.get_models():
        for each in model._meta.constraints:
            if each.violation_error_message != each.default_violation_error_message:
                yield pytest.param(model, each, id=each.name)


@pytest.mark.parametrize(("model", "constraint"), list(told_constraints()))
def test_a_constraint_that_speaks_says_which_field_it_is_about(model, constraint) -> None:
    about = fields_of(ValidationError("", code=constraint.violation_error_code))
    assert bool(about) is (constraint.name not in ABOUT_NO_FIELD)
    assert set(about) <= {field.name for field in model._meta.get_fields()}


def own_forms() -> list[type[forms.ModelForm]]:
    """Forms of records, wherever they are written."""
    found = set()
    for root in ROOTS:
        for module in walk_packages(import_module(root).__path__, f"{root}."):
            if ".forms" in module.name:
                members = inspect.getmembers(import_module(module.name), inspect.isclass)
                found |= {form for _name, form in members if issubclass(form, forms.ModelForm)}
    return sorted(found - {forms.ModelForm}, key=lambda form: form.__qualname__)


def test_every_form_of_a_record_takes_refusals_the_one_way() -> None:
    assert len(own_forms()) > 30
    assert [form.__name__ for form in own_forms() if not issubclass(form, Refusing)] == []
