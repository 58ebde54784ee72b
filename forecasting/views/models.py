"""The models scores are made with: which are in use, what they were worth, and whether they still hold."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pmo_portal.accounts.http import TenantRequest, tenant_view
from pmo_portal.accounts.permissions import can
from pmo_portal.common import clock, security
from pmo_portal.common.registers import (
    export_format,
    export_response,
    file_response,
    register_page,
)
from pmo_portal.common.rendering import done, show

from .. import cards, figures, selectors, services
from ..cards import records as record_cards
from ..choices import Forecast, Target
from ..forms import OutcomeFilter, RaidOutcomeFilter
from ..learning.limits import WATCHED
from ..models import RiskModel
from ..sharing import words as shared_words
from ..tables.raid import RAID_OUTCOMES
from ..tables.scores import MEASURED, MODELS, OUTCOMES

FEWEST_CHECKS_DRAWN = 2
# A new one comes every week.
MODELS_SHOWN = 15


def target_of(slug: str) -> Target:
    """The target an address speaks of."""
    if slug not in cards.SLUGS:
        raise Http404
    return cards.SLUGS[slug]


@require_safe
@tenant_view("forecasting.score_view")
def model_list(request: TenantRequest) -> HttpResponse:
    """What is in use for every forecast, and whether it comes true."""
    return show(
        request,
        "forecasting/model_list.html",
        "",
        {
            "cards": [*selectors.cards(), *selectors.record_cards()],
            "may_change": can(request.member, "forecasting.model_change"),
        },
    )


@require_safe
@tenant_view("forecasting.score_view")
def model_card(request: TenantRequest, slug: str) -> HttpResponse:
    """The card of a forecast: what it predicts, what it learned from, what it was worth, what it is made of."""
    if slug in record_cards.SLUGS:
        return _record_card(request, record_cards.SLUGS[slug])
    target = target_of(slug)
    if export_format(request):
        return export_response(request, MODELS, selectors.models_of(target))
    card = selectors.card_of(target)
    report = card.lesson.left_out if card.lesson else {}
    return show(
        request,
        "forecasting/model_card.html",
        "models",
        {
            "card": card,
            **_worth(target, report, card.measured),
            "reliability": figures.reliability(report.get("reliability", ())),
            "limits": card.limits,
            "events": [cards.event_item(each) for each in selectors.events_of(target)],
            "register": register_page(
                request,
                MODELS,
                selectors.models_of(target),
                present=lambda each: (
                    each,
                    cards.may_be_used_again(each),
                    cards.Registered(each).approval,
                ),
                page_size=MODELS_SHOWN,
            ),
            "may_change": can(request.member, "forecasting.model_change"),
        },
    )


def _record_card(request: TenantRequest, forecast: Forecast) -> HttpResponse:
    """The card of what is told from records: how the last half year held, and every record."""
    return show(
        request,
        "forecasting/record_card.html",
        "",
        {
            "card": selectors.record_card_of(forecast),
            "records": record_cards.rows(forecast, selectors.records_of(forecast)),
            "events": [cards.event_item(each) for each in selectors.events_of(forecast)],
        },
    )


@require_safe
@tenant_view("forecasting.score_view")
def model_watch(request: TenantRequest, slug: str) -> HttpResponse:
    """Whether what was told comes true, week by week."""
    target = target_of(slug)
    checks = selectors.checks_of(target)
    last = checks[-1] if checks else None
    windows = last.figures.get("windows", ()) if last else ()
    return show(
        request,
        "forecasting/model_watch.html",
        "",
        {
            "card": selectors.card_of(target),
            "check": last,
            "finding": cards.watch_finding(last),
            "figures": cards.watch_figures(last) if last else [],
            "windows": cards.window_rows(windows),
            "windows_title": cards.windows_finding(windows, beside_verdict=True),
            "inputs": cards.input_rows(last) if last else [],
            "touched": cards.touch_rows(selectors.touched_since(last.as_of - WATCHED))
            if last and target is Target.CRISIS_4W
            else [],
            "checks": checks[::-1],
            "ratios": figures.ratios(checks, right=_("As forecast"))
            if len(checks) >= FEWEST_CHECKS_DRAWN
            else None,
        },
    )


@require_safe
@tenant_view("forecasting.score_view")
def model_backtest(request: TenantRequest) -> HttpResponse:
    """What the scores of crises would have been worth on this organisation's own past."""
    return _backtest(request, Target.CRISIS_4W)


@require_safe
@tenant_view("forecasting.score_view")
def model_backtest_raid(request: TenantRequest) -> HttpResponse:
    """What the scores of RAID items would have been worth on this organisation's own past."""
    return _backtest(request, Target.RAID_ESCALATES_4W)


def _backtest(request: TenantRequest, target: Target) -> HttpResponse:
    card = selectors.card_of(target)
    report: dict[str, Any] = card.lesson.walked if card.lesson else {}
    if export_format(request):
        return file_response(request, MEASURED, cards.measured_lines(report))
    windows = report.get("windows", ())
    return show(
        request,
        "forecasting/model_backtest.html",
        "",
        {
            "card": card,
            "report": report,
            **_worth(target, report, cards.measured(report)),
            "reliability": figures.reliability(report.get("reliability", ())),
            "windows": cards.window_rows(windows),
            "windows_title": cards.windows_finding(windows),
            "surveyed": cards.surveyed(report),
            "surveys_title": cards.surveys_finding(report),
            "learned": cards.lesson_rows(report),
        },
    )


def _worth(
    target: Target, report: dict[str, Any], measured: list[cards.Measured]
) -> dict[str, Any]:
    """What scores and alerts were worth, from one report."""
    return {
        "measured": measured,
        "exact": [each for each in measured if each.exact],
        "alerts": cards.alerts_text(target, report),
        "lead": cards.lead_rows(report),
        "lead_title": cards.lead_finding(target, report),
        "lead_note": cards.lead_note(target, report),
    }


@require_safe
@tenant_view("forecasting.score_view")
def outcome_list(request: TenantRequest) -> HttpResponse:
    """Every score whose four weeks are over, with what came."""
    outcomes = selectors.outcomes_for(request.member)
    if export_format(request):
        return export_response(request, OUTCOMES, outcomes, filters=OutcomeFilter)
    context = {"register": register_page(request, OUTCOMES, outcomes, filters=OutcomeFilter)}
    return show(request, "forecasting/outcome_list.html", "register", context)


@require_safe
@tenant_view("forecasting.score_view")
def raid_outcome_list(request: TenantRequest) -> HttpResponse:
    """Every score of a RAID item whose four weeks are over, with what came."""
    outcomes = selectors.raid_outcomes_for(request.member)
    if export_format(request):
        return export_response(request, RAID_OUTCOMES, outcomes, filters=RaidOutcomeFilter)
    page = register_page(request, RAID_OUTCOMES, outcomes, filters=RaidOutcomeFilter)
    return show(request, "forecasting/raid_outcome_list.html", "register", {"register": page})


@require_safe
@tenant_view("forecasting.score_view")
def model_export(request: TenantRequest, slug: str) -> HttpResponse:
    """All numbers in use, as JSON for whoever wants to check them."""
    if slug in record_cards.SLUGS:
        of_records = selectors.record_card_of(record_cards.SLUGS[slug])
        return download(request, slug, of_records.digest, of_records.as_values())
    card = selectors.card_of(target_of(slug))
    lesson = card.lesson
    values = {
        "target": card.target.value,
        "name": card.name,
        "stage": card.stage.value,
        "sha256": card.digest,
        "libraries": card.model.libraries if card.model else {},
        "starts_from": shared_words.started_values(card.began),
        "model": card.numbers,
        "lesson": {
            "as_of": lesson.as_of,
            "rows": lesson.rows,
            "programmes": lesson.programmes,
            "events": lesson.events,
            "verdict": lesson.verdict,
            "left_out": lesson.left_out,
            "walked": lesson.walked,
        }
        if lesson
        else None,
    }
    return download(request, slug, card.digest, values)


def download(
    request: TenantRequest, slug: str, digest: str, values: dict[str, Any]
) -> HttpResponse:
    """Numbers as a file that is named after their fingerprint; who took it is noted, as of any file."""
    name = f"{slug}-{digest[:12]}"
    response = JsonResponse(values, json_dumps_params={"indent": 1})
    response["Content-Disposition"] = f'attachment; filename="{name}.json"'
    security.note_of(request, "exported", register=name)
    return response


# --- decisions ----------------------------------------------------------------------------------------------


@require_POST
@tenant_view("forecasting.model_change")
def model_learn(request: TenantRequest) -> HttpResponse:
    """Learn now instead of in some weeks."""
    job = services.ask_to_learn(because="asked", acting=request.member)
    message = (
        _("The weeks that are over are being learned from (%(job)s).") % {"job": job.reference}
        if job
        else _("That is waiting already.")
    )
    to = reverse("forecasting:model_list", kwargs={"tenant": request.tenant.slug})
    return done(request, to=to, message=message)


@require_POST
@tenant_view("forecasting.model_change")
def model_set_aside(request: TenantRequest, slug: str, number: int) -> HttpResponse:
    """Use the shipped prior instead of a model."""
    model = model_or_404(slug, number)
    was = services.set_aside(model, acting=request.member, on=clock.today())
    message = (
        _("Model %(number)s is set aside; scores are computed again with the shipped prior.")
        if was
        else _("Model %(number)s was not in use any more.")
    )
    return decided(request, slug, message % {"number": number})


@require_POST
@tenant_view("forecasting.model_change")
def model_reinstate(request: TenantRequest, slug: str, number: int) -> HttpResponse:
    """Use a model again."""
    model = model_or_404(slug, number)
    if not cards.may_be_used_again(model):
        message = _(
            "Model %(number)s is in use already, or was made for other inputs than today's."
        )
    elif services.reinstate(model, acting=request.member, on=clock.today()):
        message = _("Model %(number)s is in use again; scores are computed again.")
    else:
        message = _("Model %(number)s is in use already.")
    return decided(request, slug, message % {"number": number})


@require_POST
@tenant_view("forecasting.model_change")
def model_resume(request: TenantRequest, slug: str) -> HttpResponse:
    """Let lessons come into use again."""
    was = services.resume(target_of(slug), acting=request.member, on=clock.today())
    message = (
        _("New models can be used again; a training run starts now, or tonight.")
        if was
        else _("New models can be used already.")
    )
    return decided(request, slug, message)


def model_or_404(slug: str, number: int) -> RiskModel:
    """The model an address speaks of."""
    model = selectors.model_by_number(target_of(slug), number)
    if model is None:
        raise Http404
    return model


def decided(request: TenantRequest, slug: str, message: str) -> HttpResponse:
    """Back to the card, with what came of a decision."""
    to = reverse("forecasting:model_card", kwargs={"tenant": request.tenant.slug, "slug": slug})
    return done(request, to=to, message=message)
