"""Days no page could show are refused wherever they come from."""

from __future__ import annotations

from datetime import date

import pytest
from django import forms
from django.core.exceptions import ValidationError

from pmo_portal.common.editing import Refusing
from pmo_portal.common.fields import date_input
from pmo_portal.jobs.imports.reading import day
from pmo_portal.tenants.context import tenant_context
from programmes import services
from programmes.models import Milestone, Programme
from tests.factories.programmes import ProgrammeFactory

SENTENCE = "Give a day of the years 1900 to 2199."
FAR = ["9999-12-31", "2200-01-01", "1899-12-31", "0226-05-01"]


class DayForm(Refusing, forms.Form):
    on = forms.DateField(widget=date_input())


@pytest.mark.parametrize("text", FAR)
def test_every_form_refuses_a_day_no_page_could_show(text: str) -> None:
    form = DayForm({"on": text})
    assert form.errors == {"on": [SENTENCE]}
    assert 'min="1900-01-01" max="2199-12-31"' in str(form["on"])


@pytest.mark.parametrize("text", ["1900-01-01", "2199-12-31"])
def test_the_first_and_the_last_day_are_taken(text: str) -> None:
    assert DayForm({"on": text}).is_valid()
    assert day(text) == date.fromisoformat(text)


@pytest.mark.parametrize("text", FAR)
def test_no_file_brings_such_a_day(text: str) -> None:
    with pytest.raises(ValueError, match=text):
        day(text)


@pytest.mark.django_db
def test_no_service_keeps_such_a_day(in_acme, dana) -> None:
    programme = Programme(code="FAR", name="Far", stage="delivery", ends_on=date(9999, 12, 31))
    with pytest.raises(ValidationError) as refused:
        services.create_programme(programme, acting=dana)
    assert refused.value.message_dict == {"ends_on": [SENTENCE]}
    near = ProgrammeFactory()
    with pytest.raises(ValidationError):
        services.revise_programme(near, changes={"starts_on": date(1, 1, 1)}, acting=dana)


@pytest.mark.django_db
def test_a_plan_takes_no_milestone_at_the_end_of_time(acme, dana, client_for) -> None:
    with tenant_context(acme.id):
        ProgrammeFactory(code="FHR")
    browser = client_for(dana)
    typed = {"name": "Never", "track": "delivery", "baseline_on": "9999-12-31"}
    answer = browser.post("/t/acme/p/FHR/plan/new/", typed)
    assert answer.status_code == 422
    assert SENTENCE in answer.content.decode()
    assert browser.get("/t/acme/p/FHR/plan/").status_code == 200
    with tenant_context(acme.id):
        assert not Milestone.objects.exists()
