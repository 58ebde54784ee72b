"""Stored summaries: what makes them untrue, and how they become true again."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from adoption import events as adoption_events
from forecasting import services as forecasting
from pmo_portal.jobs import runs
from pmo_portal.jobs.models import Job
from pmo_portal.scorecards import services
from pmo_portal.scorecards.models import ProgrammeSummary
from pmo_portal.tenants.context import tenant_context
from pmo_portal.tenants.selectors import thresholds
from programmes import events
from tests.factories.programmes import ProgrammeFactory, RaidItemFactory

from .stories import TODAY, moment, payroll

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(moment(TODAY), tick=False) as travelling:
        yield travelling


def bring_up_to_date() -> int:
    return services.bring_up_to_date(as_of=TODAY, at=moment(TODAY))


def test_a_summary_holds_what_the_portfolio_sorts_by(in_acme):
    payroll()
    forecasting.recompute(as_of=TODAY, at=moment(TODAY))
    assert bring_up_to_date() == 1
    summary = ProgrammeSummary.objects.get()
    assert (summary.delivery_state, summary.delivery_rank) == ("ok", 3)
    assert (summary.adoption_state, summary.adoption_rank) == ("bad", 0)
    assert (summary.met, summary.due) == (1, 1)
    assert (summary.engagement, summary.engagement_units) == (41.0, 1)
    assert summary.golive_name == "Payroll go-live"
    assert summary.signal_level == "elevated"
    assert summary.is_true_of(TODAY)


def test_what_is_true_is_not_computed_again(in_acme):
    payroll()
    bring_up_to_date()
    assert bring_up_to_date() == 0


def test_another_day_makes_every_summary_untrue(in_acme):
    payroll()
    bring_up_to_date()
    assert not ProgrammeSummary.objects.get().is_true_of(TODAY + timedelta(days=1))
    assert len(services.outdated(TODAY + timedelta(days=1))) == 1


@pytest.mark.parametrize(
    "event",
    [
        events.programme_changed,
        events.milestone_changed,
        events.raid_item_changed,
        events.status_reported,
        adoption_events.signal_changed,
        adoption_events.training_recorded,
        adoption_events.survey_recorded,
    ],
)
def test_a_change_makes_the_summary_of_its_programme_untrue(acme, event):
    with tenant_context(acme.id):
        changed, other = ProgrammeFactory(), ProgrammeFactory()
        bring_up_to_date()
    event.send(sender=None, tenant_id=acme.id, programme_id=changed.pk)
    with tenant_context(acme.id):
        assert services.outdated(TODAY) == [changed]
        assert other.summary.is_true_of(TODAY)
        assert Job.objects.filter(ticket__kind=services.REFRESH).count() == 1


def test_many_changes_are_made_good_by_one_computation(in_acme):
    programme = ProgrammeFactory()
    bring_up_to_date()
    for _change in range(3):
        services.mark_changed(programme.pk)
    assert bring_up_to_date() == 1
    assert bring_up_to_date() == 0
    assert ProgrammeSummary.objects.get().is_true_of(TODAY)


def test_a_survey_of_the_whole_organisation_changes_every_programme(acme):
    with tenant_context(acme.id):
        payroll()
        ProgrammeFactory()
        bring_up_to_date()
    adoption_events.survey_recorded.send(sender=None, tenant_id=acme.id, programme_id=None)
    with tenant_context(acme.id):
        assert len(services.outdated(TODAY)) == 2


def test_new_thresholds_change_every_programme(acme, django_capture_on_commit_callbacks):
    with tenant_context(acme.id):
        ProgrammeFactory()
        bring_up_to_date()
    with django_capture_on_commit_callbacks(execute=True), tenant_context(acme.id):
        limits = thresholds()
        limits.engagement_target = 70
        limits.save()
    with tenant_context(acme.id):
        assert len(services.outdated(TODAY)) == 1


def test_a_change_during_the_computation_is_not_lost(in_acme):
    programme = ProgrammeFactory()
    bring_up_to_date()
    services.mark_changed(programme.pk)
    made = services.compute(services.outdated(TODAY), TODAY, thresholds(), is_today=True)
    services.mark_changed(programme.pk)
    services.keep(made, at=moment(TODAY))
    assert services.outdated(TODAY) == [programme]


def test_a_programme_that_is_gone_needs_no_summary(in_acme):
    services.mark_changed(987654)
    assert not ProgrammeSummary.objects.exists()


def test_the_job_brings_all_up_to_date(acme, clock):
    with tenant_context(acme.id):
        story = payroll()
        job = services.ask_to_refresh()
    clock.shift(services.DEBOUNCE)
    assert runs.run(acme.id, job.ticket_id) == "done"
    with tenant_context(acme.id):
        summary = ProgrammeSummary.objects.get()
        assert (summary.programme, summary.is_true_of(TODAY)) == (story.programme, True)
        assert Job.objects.get(pk=job.pk).result == {"programmes": 1}


def test_new_levels_are_taken_over_without_computing(in_acme):
    payroll()
    bring_up_to_date()
    forecasting.recompute(as_of=TODAY, at=moment(TODAY))
    assert services.take_over_levels() == 1
    assert ProgrammeSummary.objects.get().signal_level == "elevated"
    forecasting.keep_signals([], as_of=TODAY, at=moment(TODAY))
    assert services.take_over_levels() == 1
    assert ProgrammeSummary.objects.get().signal_level == ""


def test_stored_and_computed_figures_agree(in_acme):
    story = payroll()
    RaidItemFactory(programme=story.programme, probability=5, impact=4)
    forecasting.recompute(as_of=TODAY, at=moment(TODAY))
    bring_up_to_date()
    stored = ProgrammeSummary.objects.get()
    (computed,) = services.compute([story.programme], TODAY, thresholds(), is_today=False)
    kept = {"id", "tenant", "programme", "marks", "marks_seen", "computed_at"}
    for field in ProgrammeSummary._meta.concrete_fields:
        if field.name not in kept:
            assert getattr(stored, field.name) == getattr(computed, field.name), field.name
