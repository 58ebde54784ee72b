"""Forecasts: the risk of a programme and of its units with what drives it, and the register of all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pmo_portal.accounts.http import TenantRequest, programme_view, tenant_view
from pmo_portal.accounts.permissions import can
from pmo_portal.common import clock
from pmo_portal.common.days import day_text
from pmo_portal.common.past_days import day_asked_for
from pmo_portal.common.registers import export_format, export_response, register_page
from pmo_portal.common.rendering import show

from .. import figures, selectors, services
from ..chance_words import limits_text
from ..choices import Target
from ..crises import findings, forecast, milestones_due, trends
from ..crises.forecast import Forecast
from ..crises.running import running
from ..forms import ScoreFilter, UnitScoreFilter
from ..models import RiskScore
from ..readiness import rows as readiness_rows
from ..tables.scores import SCORES, UNIT_SCORES, ScoreRow, score_row
from .standing import closed_of, crisis_of, finding_of, standing_of


@require_safe
@programme_view("forecasting.score_view")
def score_detail(request: TenantRequest) -> HttpResponse:
    """The risk of a programme, and of each unit it touches; or what was told of it on a past day."""
    today = clock.today()
    day = day_asked_for(request.GET, today=today)
    if day < today:
        return _told_then(request, day)
    own, units = selectors.split(selectors.scores_of(request.programme))
    context = _context(request, own, units, name=request.programme.name)
    if "forecast" in context:
        context["units"] = [score_row(each, {}) for each in units]
        context["similar"] = selectors.similar_to(request.member, request.programme)
        if own is not None and context["similar"] is None:
            others = selectors.others_known(request.programme, own.as_of)
            context["none_alike"] = forecast.none_alike_text(others)
        context["windows"] = forecast.windows_of(own) if own is not None else []
        context["has_whatif"] = own is not None and bool(own.whatif)
    return show(request, "forecasting/score_detail.html", "forecast", context)


def _told_then(request: TenantRequest, day: date) -> HttpResponse:
    """The score of a programme as it was told that day; what is known today only is left out."""
    own = selectors.score_on(request.programme, day)
    context: dict[str, Any] = {
        "programme": request.programme,
        "past": day,
        "finding": _("%(name)s had no score in the days up to %(day)s")
        % {"name": request.programme.name, "day": day_text(day)},
    }
    closed = closed_of(request.programme, by=day)
    if closed["closed"]:
        context |= {**closed, "finding": finding_of(closed, request.programme.name)}
        return show(request, "forecasting/score_detail.html", "forecast", context)
    if own is not None:
        context |= trends.shown(own, trends.levels_of(own))
    crisis = crisis_of(request.programme, on=day)
    if crisis["crisis"] is not None:
        context |= crisis
        context |= {
            "finding": finding_of(context, request.programme.name),
            "direction": crisis["crisis"].weeks_text,
        }
    elif own is not None:
        context |= _told(request, own, [], name=request.programme.name)
        context["windows"] = forecast.windows_of(own)
        context["is_late"] = (day - own.as_of).days > forecast.FRESH_DAYS
    return show(request, "forecasting/score_detail.html", "forecast", context)


@require_safe
@programme_view("forecasting.score_view")
def score_unit(request: TenantRequest, unit: str) -> HttpResponse:
    """The risk of a programme as one of its units sees it."""
    whole, units = selectors.split(selectors.scores_of(request.programme))
    score = next((each for each in units if each.unit and each.unit.code == unit), None)
    if score is None or score.unit is None:
        raise Http404
    context = _context(request, score, [], name=score.unit.name)
    context["unit"] = score.unit
    if "forecast" in context:
        context["whole"] = score_row(whole, {}).percent if whole is not None else ""
    context["readiness"] = readiness_rows.shown(
        selectors.shortfalls_of_unit(request.programme, score.unit)
    )
    return show(request, "forecasting/score_detail.html", "forecast", context)


def _context(
    request: TenantRequest, score: RiskScore | None, units: list[RiskScore], *, name: str
) -> dict[str, Any]:
    """What both pages show of a score; one without a score, or of which nothing is forecast, says so."""
    risks = selectors.signals_of(request.programme)
    context: dict[str, Any] = {
        "programme": request.programme,
        "finding": findings.score_finding(name, None),
        "may_recompute": can(request.member, "forecasting.signal_recompute", request.programme),
        "alerts": selectors.alerts(
            [
                risk
                for risk in risks
                if risk.is_raised
                and (score is None or score.unit is None or risk.unit == score.unit)
            ]
        ),
        **standing_of(request.programme),
    }
    crisis = context["crisis"]
    if score is not None and not context["closed"]:
        context |= trends.shown(score, trends.levels_of(score))
    finding = finding_of(context, request.programme.name)
    if finding:
        weeks_text = crisis.weeks_text if crisis is not None else ""
        return context | {"finding": finding, "direction": weeks_text}
    if score is None:
        return context
    services.mark_shown([score, *units], at=clock.now())
    return context | {
        **selectors.what_holds(Target.CRISIS_4W),
        "is_late": (clock.today() - score.as_of).days > forecast.FRESH_DAYS,
        **_told(request, score, units, name=name),
    }


def _told(
    request: TenantRequest, score: RiskScore, units: list[RiskScore], *, name: str
) -> dict[str, Any]:
    """A score in words, from what is kept with it and was known on its day."""
    pk = request.programme.pk
    told = forecast.forecast_of(
        score,
        units=units,
        figures_of=forecast.figures_of([pk], as_of=score.as_of)[pk],
        due=milestones_due.due_before([pk], score.as_of)[pk],
        place={"tenant": request.tenant.slug, "code": request.programme.code},
    )
    return {
        "finding": findings.score_finding(name, told),
        "forecast": told,
        "as_of": score.as_of,
        "bars": figures.driver_bars([(each.label, each.share) for each in told.top]),
        "bars_text": _spoken(told),
    }


def _spoken(told: Forecast) -> str:
    return "; ".join(f"{each.label}: {each.effect.lower()}" for each in told.top)


def _mark_shown(rows: Iterable[ScoreRow]) -> None:
    """Nobody was told the score of a programme in a crisis."""
    services.mark_shown([row.score for row in rows if row.crisis is None], at=clock.now())


@require_safe
@tenant_view("forecasting.score_view")
def score_list(request: TenantRequest) -> HttpResponse:
    """The current scores of every programme the member sees, and of their units."""
    scores = selectors.scores_for(request.member)
    crises = running(on=clock.today())
    present = partial(score_row, crises=crises)
    register = replace(SCORES, in_crisis=tuple(crises))
    if export_format(request):
        return export_response(request, register, scores, filters=ScoreFilter, present=present)
    levels = selectors.levels_of_all(request.member, list(crises))
    page = register_page(
        request, register, scores, filters=ScoreFilter, present=present, unfiltered=levels["all"]
    )
    _mark_shown(page.rows)
    context: dict[str, Any] = {
        "register": page,
        "finding": findings.scores_finding(**levels),
        **selectors.what_holds(Target.CRISIS_4W),
        "limits": limits_text(levels["lowest_base"], levels["highest_base"]),
        **levels,
    }
    return show(request, "forecasting/score_list.html", "register", context)


@require_safe
@tenant_view("forecasting.score_view")
def unit_score_list(request: TenantRequest) -> HttpResponse:
    """Which business unit carries the risk: every unit in every programme the member sees, the highest first."""
    scores = selectors.unit_scores_for(request.member)
    crises = running(on=clock.today())
    present = partial(score_row, crises=crises)
    register = replace(UNIT_SCORES, in_crisis=tuple(crises))
    if export_format(request):
        return export_response(request, register, scores, filters=UnitScoreFilter, present=present)
    levels = selectors.unit_levels(scores, list(crises))
    page = register_page(
        request,
        register,
        scores,
        filters=UnitScoreFilter,
        present=present,
        unfiltered=levels["all"],
    )
    _mark_shown(page.rows)
    context: dict[str, Any] = {
        "register": page,
        "finding": findings.units_finding(**levels),
        **selectors.what_holds(Target.CRISIS_4W),
        "is_late": levels["as_of"] is not None
        and (clock.today() - levels["as_of"]).days > forecast.FRESH_DAYS,
        "limits": limits_text(levels["lowest_base"], levels["highest_base"]),
        **levels,
    }
    return show(request, "forecasting/unit_score_list.html", "register", context)
