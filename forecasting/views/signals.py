from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pmo_portal.accounts.http import TenantRequest, programme_view
from pmo_portal.accounts.permissions import can
from pmo_portal.common import clock
from pmo_portal.common.past_days import day_asked_for
from pmo_portal.common.rendering import done, show
from pmo_portal.history.views import number_in
from programmes.models import Milestone

from .. import cards, selectors, services
from ..choices import Target
from ..golive import evidence, past, words as golive_words
from ..golive.findings import signals_finding
from ..golive.rule import RULE_VERSION
from ..models import GoLiveRisk
from ..readiness import rows as readiness_rows
from ..readiness.forecast import Readiness
from .standing import finding_of, standing_of


def _about_the_rule() -> dict[str, Any]:
    limits = selectors.limits_for()
    return {
        "rule_version": RULE_VERSION,
        "assumptions": golive_words.assumptions(limits),
        "weeks": limits.window_weeks,
    }


@require_safe
@programme_view("forecasting.signal_view")
def signal_list(request: TenantRequest) -> HttpResponse:
    """Every unit before a watched go-live, loudest first; or what the rule says of a past day."""
    today = clock.today()
    day = day_asked_for(request.GET, today=today)
    then = day if day < today else None
    risks = (
        past.signals_on(request.programme, then)
        if then
        else selectors.signals_of(request.programme)
    )
    rule = _about_the_rule()
    # An empty table is no empty plan: a go-live saved a minute ago waits for the rule.
    is_watched = not then and not risks and selectors.is_watched(request.programme, today)
    lesson = None if then else selectors.last_lesson(Target.CRISIS_4W)
    standing = standing_of(request.programme, by=then)
    # A crisis is beside the rule, which goes on in it.
    finding = (
        finding_of(standing, request.programme.name)
        if standing["closed"]
        else signals_finding(risks, weeks=rule["weeks"], is_watched=is_watched)
    )
    return show(
        request,
        "forecasting/signal_list.html",
        "signals",
        {
            "programme": request.programme,
            "finding": finding,
            "is_watched": is_watched,
            "risks": risks,
            "raised": [(risk, evidence.reasons(risk)) for risk in risks if risk.is_raised],
            "past": then,
            "waits_since": None if then else services.signals_wait_since(),
            "computed_at": None
            if then
            else max((risk.computed_at for risk in risks), default=None),
            "may_recompute": not then
            and can(request.member, "forecasting.signal_recompute", request.programme),
            "combinations": cards.combinations(lesson),
            "lesson_on": lesson.as_of if lesson else None,
            **standing,
            **rule,
        },
    )


@require_safe
@programme_view("forecasting.signal_view")
def signal_detail(request: TenantRequest, milestone: str, unit: str) -> HttpResponse:
    """Why one unit has its level before one go-live, what is not known, and how it came to this."""
    history = _history(request, milestone, unit)
    latest = history[0]
    return show(
        request,
        "forecasting/signal_detail.html",
        "",
        {
            "programme": request.programme,
            "risk": latest,
            "reasons": evidence.reasons(latest),
            "history": history,
            "readiness": _readiness(latest),
            **standing_of(request.programme),
            **_about_the_rule(),
        },
    )


def _readiness(risk: GoLiveRisk) -> list[tuple[Readiness, dict[str, Any]]]:
    """What is said of the unit before this go-live, beside the rule."""
    if not risk.is_current:
        return []
    return readiness_rows.shown(
        each
        for each in selectors.shortfalls_of_unit(risk.programme, risk.unit)
        if each.milestone_id == risk.milestone_id
    )


def _history(request: TenantRequest, milestone: str, unit: str) -> list[GoLiveRisk]:
    number = number_in(milestone, Milestone.reference_prefix)
    history = selectors.history_of(request.programme, number, unit)
    if not history:
        raise Http404
    return history


@require_POST
@programme_view("forecasting.signal_recompute")
def signal_recompute(request: TenantRequest) -> HttpResponse:
    """Ask for the computation at once; the page shows the new levels when the job is done."""
    job = services.ask_now(request.programme, acting=request.member)
    message = (
        _("The signals are being computed (%(job)s). This page updates by itself.")
        % {"job": job.reference}
        if job
        else _("A computation is already waiting. This page updates by itself.")
    )
    to = reverse(
        "forecasting:signal_list",
        kwargs={"tenant": request.tenant.slug, "code": request.programme.code},
    )
    return done(request, to=to, message=message)
