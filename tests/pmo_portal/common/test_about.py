"""Where a form shows what was refused: at the field a person would change first."""

from __future__ import annotations

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.template import engines

from pmo_portal.common.about import about, fields_of
from pmo_portal.common.editing import Refusing


class Trip(Refusing, forms.Form):
    asked_as = {"left_on": "leaves"}

    leaves = forms.CharField(required=False)
    returns = forms.CharField(required=False, help_text="The day you are back.")
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self) -> None:
        if "returns" in self.data and self.data["returns"] < self.data["leaves"]:
            raise ValidationError("Back before you left.", code=about("returns", "leaves"))


def summary(form: forms.Form) -> str:
    source = '{% load cotton portal %}{% cotton form_errors :form="form" %}{% endcotton %}{% field_control form.returns %}'
    return engines["django"].from_string(source).render({"form": form})


@pytest.fixture
def form() -> Trip:
    made = Trip({})
    assert made.is_valid()
    return made


def test_an_error_about_two_fields_is_that_of_the_first() -> None:
    form = Trip({"leaves": "2026-05-02", "returns": "2026-05-01"})
    assert form.errors == {"returns": ["Back before you left."]}
    drawn = summary(form)
    assert '<a href="#id_returns">Returns: Back before you left.</a>' in drawn
    assert 'aria-invalid="true"' in drawn
    assert 'aria-describedby="id_returns_hint id_returns_error"' in drawn


@pytest.mark.parametrize(
    ("refusal", "where"),
    [
        (ValidationError("No.", code=about("cost", "leaves")), "leaves"),
        (ValidationError("No.", code=about("cost")), "__all__"),
        (ValidationError("No.", code=about("left_on")), "leaves"),
        (ValidationError({"left_on": "No."}), "leaves"),
        (ValidationError({"returns": "No."}), "returns"),
        # A service knows fields that a form does not ask for.
        (ValidationError({"cost": "No."}), "__all__"),
        # Only what `about` made names fields: no other code is taken for one.
        (ValidationError("No.", code="leaves"), "__all__"),
        ("No.", "__all__"),
    ],
)
def test_a_refusal_stands_where_the_form_asks(form, refusal, where) -> None:
    form.refuse(refusal)
    assert form.errors == {where: ["No."]}


def test_several_refusals_part(form) -> None:
    form.refuse(ValidationError([ValidationError("One.", code=about("returns")), "Two."]))
    assert form.errors == {"returns": ["One."], "__all__": ["Two."]}


def test_what_is_hidden_is_told_without_a_link_that_leads_nowhere(form) -> None:
    form.add_error("seen", "Look again.")
    assert "<li>Look again.</li>" in summary(form)


def test_only_codes_of_about_name_fields() -> None:
    assert fields_of(ValidationError("", code=about("a", "b"))) == ("a", "b")
    assert fields_of(ValidationError("", code="required")) == ()
    assert fields_of(ValidationError("")) == ()
