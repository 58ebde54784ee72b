"""The demonstration: believable, computed, and with the stories it promises."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from adoption.models import ResistanceSignal, SurveyResult
from forecasting.models import GoLiveRisk
from governance.selectors import health_of
from pmo_portal.accounts.models import User
from pmo_portal.scorecards.models import ProgrammeSummary
from pmo_portal.tenants.context import tenant_context
from pmo_portal.tenants.models import Tenant
from programmes.models import MilestoneForecast, Programme, StatusReport

pytestmark = pytest.mark.django_db


@pytest.fixture
def northshire(db, capsys):
    call_command("seed_demo")
    return Tenant.objects.get(slug="northshire")


def test_the_demonstration_tells_its_stories(northshire, capsys):
    with tenant_context(northshire.id):
        assert Programme.objects.count() == 12
        by_code = {each.code: each for each in Programme.objects.all()}

        # A programme reported green whose people are not ready.
        green = StatusReport.objects.filter(programme=by_code["FHR"], half="delivery").first()
        risk = GoLiveRisk.objects.get(programme=by_code["FHR"], is_current=True, unit__code="PAY")
        assert (green.rating, risk.level) == ("green", "high")
        assert {cause["key"] for cause in risk.causes} == {"engagement", "training", "resistance"}

        # A late one whose people are ready: no signal, off track.
        late = ProgrammeSummary.objects.get(programme=by_code["HRO"])
        assert (late.delivery_state, late.adoption_state) == ("bad", "ok")

        # A resistance that was resolved, with what helped.
        resolved = ResistanceSignal.objects.filter(
            programme=by_code["HRO"], resolved_on__isnull=False
        )
        assert resolved.exclude(response="").count() == 2

        # A decision taken in isolation.
        today = timezone.localdate()
        assert health_of([by_code["SAD"].pk], today)[by_code["SAD"].pk].isolated == 1

        # One without any word on adoption.
        assert not StatusReport.objects.filter(programme=by_code["DID"], half="adoption").exists()

        # Small teams answered and are not shown.
        small = SurveyResult.objects.filter(unit__code="REG")
        assert small.exists()
        assert not small.filter(is_released=True).exists()

        # Eighteen months, nothing known before it was said, nothing from the future.
        said = MilestoneForecast.objects.all()
        assert min(each.effective_on for each in said) < today - timedelta(days=500)
        assert all(each.known_at.date() >= each.effective_on for each in said)
        assert not StatusReport.objects.filter(effective_on__gt=today).exists()

    # A second call changes nothing and says so.
    capsys.readouterr()
    call_command("seed_demo")
    assert capsys.readouterr().out.count("is there already") == 2
    with tenant_context(northshire.id):
        assert Programme.objects.count() == 12


def test_everybody_of_the_demonstration_can_sign_in(northshire):
    people = [
        f"{who}@{slug}.example"
        for slug in ("northshire", "brightwater")
        for who in ("admin", "pmo", "change", "chair", "viewer")
    ]
    for email in (*people, "ops@portal.example"):
        answer = Client().post("/accounts/login/", {"login": email, "password": "demo-portal"})
        assert answer.status_code == 302, email
    assert User.objects.get(email="ops@portal.example").memberships.count() == 0
