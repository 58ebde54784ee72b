"""Every refusal of a form stands at a field: forms share one way, and what weighs fields against each other names them."""

from __future__ import annotations

from importlib import import_module

import pytest
from django import forms
from django.apps import apps
from django.conf import settings
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


def below(form: type[forms.BaseForm]) -> set[type[forms.BaseForm]]:
    return {form}.union(*(below(each) for each in form.__subclasses__()))


def own_forms() -> list[type[forms.BaseForm]]:
    """Every form that a page can show and the portal declares, wherever it is written."""
    import_module(settings.ROOT_URLCONF)
    # What filters make of themselves for each request belongs to their library.
    own = {each for each in below(forms.BaseForm) if each.__module__.partition(".")[0] in ROOTS}
    return sorted(own, key=lambda form: form.__qualname__)


def test_every_form_takes_refusals_the_one_way() -> None:
    assert len(own_forms()) > 70
    assert {"RecordForm", "UploadForm", "OutcomeForm", "TagForm"} <= {
        form.__name__ for form in own_forms()
    }
    assert [form.__name__ for form in own_forms() if not issubclass(form, Refusing)] == []
