"""The demonstration: believable, computed, and with the stories it promises."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from adoption.models import ResistanceSignal, SurveyResult
from forecasting.models import (
    GoLiveRisk,
    Lesson,
    ModelCheck,
    RiskModel,
    RiskOutcome,
    RiskScore,
    SimilarWeeks,
)
from governance.selectors import health_of
from pmo_portal.accounts.models import User
from pmo_portal.scorecards.demo import load
from pmo_portal.scorecards.models import ProgrammeSummary
from pmo_portal.tenants.context import current_tenant_id, tenant_context
from pmo_portal.tenants.models import BusinessUnit, Tenant
from programmes.choices import RAID_ENDED
from programmes.models import MilestoneForecast, Programme, RaidItem, StatusReport
from programmes.selectors import milestones_as_of

pytestmark = pytest.mark.django_db


@pytest.mark.long
def test_the_demonstration_is_what_it_promises(capsys):
    """All of it in one test: making it takes a minute or more."""
    call_command("seed_demo")
    northshire = Tenant.objects.get(slug="northshire")
    _tells_its_stories(northshire)
    _its_past_is_learned_from_and_over(northshire)
    _everybody_can_sign_in()

    # A second call changes nothing and says so.
    capsys.readouterr()
    call_command("seed_demo")
    assert capsys.readouterr().out.count("is there already") == 2
    with tenant_context(northshire.id):
        assert Programme.objects.live().count() == 12
        assert Programme.objects.count() == 32


def _tells_its_stories(northshire):
    with tenant_context(northshire.id):
        assert Programme.objects.live().count() == 12
        # Nowhere do fewer people work than in the parts of it.
        units = list(BusinessUnit.objects.filter(is_active=True))
        for unit in units:
            parts = [each.headcount or 0 for each in units if each.parent_id == unit.pk]
            assert not parts or (unit.headcount or 0) >= sum(parts), unit
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

        # What is said of a milestone now is what was said of it last, its baseline too.
        for known in milestones_as_of([each.pk for each in by_code.values()], today):
            milestone = known.milestone
            assert (known.baseline_on, known.forecast_on, known.actual_on) == (
                milestone.baseline_on,
                milestone.forecast_on,
                milestone.actual_on,
            ), milestone


def _its_past_is_learned_from_and_over(northshire):
    """Pages of models show what they are for: an own model or a challenger, and crises beside what was told."""
    with tenant_context(northshire.id):
        ended = Programme.objects.filter(stage="closed")
        assert ended.count() == 20
        assert not ended.filter(ends_on__gt=timezone.localdate() - timedelta(weeks=3)).exists()
        assert (
            not RaidItem.objects.filter(programme__in=ended).exclude(status__in=RAID_ENDED).exists()
        )
        assert not BusinessUnit.objects.filter(programmes__in=ended, is_active=True).exists()
        assert not RiskScore.objects.filter(programme__in=ended, is_current=True).exists()
        for lesson in Lesson.objects.all():
            assert lesson.verdict["tried"], lesson
            made = RiskModel.objects.get(target=lesson.target)
            assert made.status == ("champion" if lesson.verdict["promoted"] else "candidate")
        assert Lesson.objects.count() == 2
        assert set(RiskOutcome.objects.values_list("happened", flat=True)) == {True, False}
        # Evidence beside scores is there before the first night.
        scored = RiskScore.objects.filter(is_current=True, unit__isnull=True)
        alike = SimilarWeeks.objects.values_list("programme_id", flat=True)
        assert set(alike) == set(scored.values_list("programme_id", flat=True))
        # What ended is no news: inputs of a dozen programmes are not compared with those of more.
        assert not [each for each in ModelCheck.objects.all() if each.figures["input_alarms"]]
    with tenant_context(Tenant.objects.get(slug="brightwater").id):
        assert not Programme.objects.filter(stage="closed").exists()


def _everybody_can_sign_in():
    people = [
        f"{who}@{slug}.example"
        for slug in ("northshire", "brightwater")
        for who in ("admin", "pmo", "change", "chair", "viewer")
    ]
    for email in (*people, "ops@portal.example"):
        answer = Client().post("/accounts/login/", {"login": email, "password": "demo-portal"})
        assert answer.status_code == 303, email
    assert User.objects.get(email="ops@portal.example").memberships.count() == 0


@pytest.mark.parametrize("breaks_at", ["northshire", "brightwater"])
def test_a_demonstration_that_breaks_off_leaves_nothing_behind(monkeypatch, breaks_at):
    """So that the next start makes it again, instead of taking a half for the whole."""

    class Empty:
        def __init__(self, tenant, organisation, today):
            self.change = None

        def everything(self):
            BusinessUnit.objects.create(code="X", name="A unit", path="X")

    def brief(*, as_of, at):
        assert BusinessUnit.objects.count() == 1
        if Tenant.objects.get(pk=current_tenant_id()).slug == breaks_at:
            raise RuntimeError("the disk is full")

    monkeypatch.setattr(load, "Loader", Empty)
    monkeypatch.setattr(load.forecasting, "recompute", brief)
    with pytest.raises(RuntimeError, match="disk"):
        call_command("seed_demo")
    assert not Tenant.objects.exists()
    assert not User.objects.exists()
