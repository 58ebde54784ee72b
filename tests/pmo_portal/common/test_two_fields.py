"""What weighs two fields against each other, on pages of every app: the summary leads to a field, which is marked."""

from __future__ import annotations

import re

import pytest

from pmo_portal.tenants.context import tenant_context
from programmes.models import Milestone
from tests.factories.adoption import SurveyWaveFactory
from tests.factories.governance import GroupMemberFactory, SteeringGroupFactory
from tests.factories.programmes import (
    MilestoneFactory,
    MilestoneLinkFactory,
    PlanBaselineFactory,
    ProgrammeFactory,
)
from tests.factories.tenants import UnitFactory

pytestmark = pytest.mark.django_db

FHR = "/t/acme/p/FHR/"


@pytest.fixture
def stage(acme, dana, cam) -> None:
    with tenant_context(acme.id):
        programme = ProgrammeFactory(code="FHR", delivery_lead=dana.person, change_lead=cam.person)
        group = SteeringGroupFactory(programme=programme)
        GroupMemberFactory(group=group, person=dana.person)
        first = MilestoneFactory(programme=programme)
        MilestoneLinkFactory(before=first, after=MilestoneFactory(programme=programme))
        PlanBaselineFactory(programme=programme, name="Agreed")
        UnitFactory(code="PAY", name="Payroll")
        SurveyWaveFactory(programme=programme, measure="engagement", closed_on="2026-05-04")


def filled(form) -> dict[str, object]:
    """What a browser would send of a form that nobody touched."""
    values = {field.html_name: field.value() for field in form}
    return {name: value for name, value in values.items() if value is not None}


def refused(client, url: str, typed: dict[str, object]) -> tuple[str, str]:
    """The page of a refusal, and the links of its summary."""
    opened = client.get(url)
    assert opened.status_code == 200, url
    answer = client.post(url, filled(opened.context["form"]) | typed)
    assert answer.status_code == 422, url
    text = answer.content.decode()
    return text, text.partition('role="alert"')[2].partition("</ul>")[0]


@pytest.mark.parametrize(
    ("who", "url", "typed", "field", "words"),
    [
        ("dana", f"{FHR}details/edit/", {"starts_on": "2026-05-02", "ends_on": "2026-05-01"}, "ends_on", "The end lies before the start."),
        ("dana", f"{FHR}decisions/new/", {"question": "Now?", "requested_on": "2026-05-02", "due_on": "2026-05-01"}, "due_on", "It is needed before it was asked for."),
        ("dana", f"{FHR}changes/new/", {"title": "More", "reason": "So", "effective_on": "2026-05-02", "needed_by": "2026-05-01", "kinds": ["scope"], "what": "It", "why": "So"}, "needed_by", "It is needed before it was raised."),
        ("dana", f"{FHR}baselines/keep/", {"name": "Agreed", "reason": "So"}, "name", "A baseline of this name is kept already."),
        ("ada", "/t/acme/admin/thresholds/edit/", {"engagement_floor": "70", "engagement_target": "60"}, "engagement_floor", "is above the expected level"),
        ("ada", "/t/acme/admin/thresholds/edit/", {"slip_amber_days": "40", "slip_red_days": "30"}, "slip_amber_days", "A slip puts a milestone off track"),
    ],
)  # fmt: skip
def test_the_summary_leads_to_the_field_to_change_first(
    stage, request, client_for, who, url, typed, field, words
) -> None:
    text, summary = refused(client_for(request.getfixturevalue(who)), url, typed)
    link = re.search(rf'<a href="#id_{field}">[^<]*{words}', summary)
    assert link, summary
    (control,) = re.findall(rf'<(?:input|select|textarea)[^>]* id="id_{field}"[^>]*>', text)
    assert 'aria-invalid="true"' in control
    assert f"id_{field}_error" in control.partition('aria-describedby="')[2].partition('"')[0]
    assert f'id="id_{field}_error"' in text


def test_one_person_on_both_sides_is_told_at_the_side_that_was_given_last(
    stage, dana, client_for
) -> None:
    lead = {"delivery_lead": dana.person.pk, "change_lead": dana.person.pk}
    _text, summary = refused(client_for(dana), f"{FHR}details/edit/", lead)
    assert '<a href="#id_change_lead">' in summary


def test_a_seat_that_is_taken_is_told_at_the_person(stage, dana, client_for) -> None:
    seat = {"person": dana.person.pk, "function": "delivery"}
    _text, summary = refused(client_for(dana), f"{FHR}steering/SG-1/give-seat/", seat)
    assert '<a href="#id_person">' in summary


def test_a_ring_is_told_where_the_milestone_was_named(stage, dana, acme, client_for) -> None:
    with tenant_context(acme.id):
        first, last = Milestone.objects.order_by("number")
    url = f"{FHR}plan/{first.reference}/needs/"
    _text, summary = refused(client_for(dana), url, {"elsewhere": last.reference})
    assert '<a href="#id_elsewhere">' in summary
    _text, summary = refused(client_for(dana), url, {"before": last.pk})
    assert '<a href="#id_before">' in summary


def test_a_wave_that_is_there_already_is_told_at_its_day(stage, cam, client_for) -> None:
    head = {"name": "Again", "measure": "engagement", "closed_on": "2026-05-04"}
    figures = {"PAY-mean": "60", "PAY-n": "20"}
    _text, summary = refused(client_for(cam), f"{FHR}surveys/new/", head | figures)
    assert '<a href="#id_closed_on">' in summary


def test_a_line_of_figures_is_led_to_by_its_unit(stage, cam, client_for) -> None:
    head = {"name": "May", "measure": "engagement", "closed_on": "2026-05-05"}
    text, summary = refused(client_for(cam), f"{FHR}surveys/new/", head | {"PAY-mean": "60"})
    assert '<a href="#id_PAY-n">Payroll, Answers: Enter how many answered.</a>' in summary
    assert 'id="id_PAY-n"' in text
