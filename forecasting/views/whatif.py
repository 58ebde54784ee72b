"""What a later go-live would do: compared, costed, and carried into a decision paper."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from governance.choices import MOST_OPTIONS
from pmo_portal.accounts.http import TenantRequest, programme_view
from pmo_portal.accounts.permissions import can
from pmo_portal.common import clock
from pmo_portal.common.rendering import show
from programmes.models import Milestone, Programme

from .. import figures, selectors, services
from ..choices import FIRST_WAVE, Target
from ..crises import forecast, whatif
from ..crises.whatif import Costs, Option
from ..forms import WhatIfForm
from ..models import RiskScore
from .standing import finding_of, standing_of


@require_safe
@programme_view("forecasting.score_view")
def whatif_detail(request: TenantRequest) -> HttpResponse:
    """The risk of the next sixteen weeks for every delay, with what it costs."""
    standing = standing_of(request.programme)
    score = _score(request.programme, standing)
    form, options, golive = _options(request, score)
    return _page(request, score, form, options, golive, standing)


def _score(programme: Programme, standing: dict[str, Any]) -> RiskScore | None:
    """The score that is told of a programme; none while nothing is forecast of it."""
    if standing["closed"] or standing["crisis"] is not None:
        return None
    own, _units = selectors.split(selectors.scores_of(programme))
    return own


def _page(
    request: TenantRequest,
    score: RiskScore | None,
    form: WhatIfForm,
    options: list[Option],
    golive: Milestone | None,
    standing: dict[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    programme = request.programme
    is_moved = _is_moved(score, golive)
    waits = whatif.nearer(score) if score is not None and not options else None
    place = {"tenant": request.tenant.slug, "code": programme.code}
    context = {
        "programme": programme,
        "finding": finding_of(standing, programme.name)
        or whatif.whatif_finding(programme.name, options, waits),
        "score": score,
        "form": form,
        "options": options,
        "waits": waits,
        "most_ways": MOST_OPTIONS - 1,
        "golive": golive,
        "is_moved": is_moved,
        "waits_since": services.scores_wait_since() if is_moved else None,
        "may_decide": not is_moved and can(request.member, "governance.decision_create", programme),
        "page_url": reverse("forecasting:whatif_detail", kwargs=place),
        "paper_url": reverse("forecasting:whatif_paper", kwargs=place),
        **standing,
    }
    if score is not None:
        services.mark_shown([score], at=clock.now())
        context |= {
            "as_of": score.as_of,
            "projected_for": whatif.projected_for(score) if options else None,
            "is_late": (clock.today() - score.as_of).days > forecast.FRESH_DAYS,
            "model": forecast.model_text(score),
            **selectors.what_holds(Target.CRISIS_4W),
        }
    if options:
        # Where the link of a refusal leads to.
        context["first_box"] = next((each.key for each in options if not each.is_now), "")
        context["first_wave"] = round(100 * max(each.first for each in options))
        context["plot"] = figures.delays(
            [(each.delay, each.risk, each.low, each.high, each.in_waves) for each in options]
        )
    return show(request, "forecasting/whatif.html", "whatif", context, status=status)


@require_safe
@programme_view("governance.decision_create")
def whatif_paper(request: TenantRequest) -> HttpResponse:
    """A new decision paper with the options that were ticked, to be looked through and saved.

    Where none was, the page comes back with what was typed: the plan as it is, alone, leaves nothing to decide.
    """
    programme = request.programme
    standing = standing_of(programme)
    score = _score(programme, standing)
    form, options, golive = _options(request, score)
    if score is None or golive is None or not options:
        # The plan has moved since the page was opened, or a crisis began; it says so itself.
        return redirect(
            "forecasting:whatif_detail", tenant=request.tenant.slug, code=programme.code
        )
    if _is_moved(score, golive):
        # A paper would ask about a date that is no longer planned.
        return _page(request, score, form, options, golive, standing, status=409)
    chosen = whatif.chosen_options(options, form.chosen)
    if all(each.is_now for each in chosen):
        form.add_error(
            "choose",
            _(
                "Tick at least one way to go live: beside the plan as it is, a decision needs another."
            ),
        )
    if len(chosen) > MOST_OPTIONS:
        form.add_error(
            "choose",
            _("Tick %(most)s ways at most, not %(chosen)s: with the plan as it is, a paper takes %(options)s options.")
            % {"most": MOST_OPTIONS - 1, "chosen": len(chosen) - 1, "options": MOST_OPTIONS},
        )  # fmt: skip
    if form.errors:
        # A cost that was refused would stand in the paper as the usual one.
        return _page(request, score, form, options, golive, standing, status=422)
    values = whatif.paper(score, golive, chosen)
    address = reverse(
        "governance:decision_create",
        kwargs={"tenant": request.tenant.slug, "code": programme.code},
    )
    return HttpResponseRedirect(f"{address}?{urlencode(values)}")


def _is_moved(score: RiskScore | None, golive: Milestone | None) -> bool:
    """Whether the plan says another date of the go-live than the one that was projected."""
    if score is None or golive is None:
        return False
    return bool(golive.forecast_on != whatif.projected_for(score))


def _options(
    request: TenantRequest, score: RiskScore | None
) -> tuple[WhatIfForm, list[Option], Milestone | None]:
    """The form of costs and waves as asked for, the options with them, and the go-live; none where nothing was projected."""
    programme = request.programme
    usual = whatif.usual_costs(
        programme, score.as_of if score else clock.today(), request.tenant.currency
    )
    form = WhatIfForm(
        request.GET,
        usual={"first": FIRST_WAVE, "week": usual.week, "crisis": usual.crisis},
        currency=usual.currency,
    )
    values = form.values
    costs = Costs(values["week"], values["crisis"], usual.currency)
    golive = whatif.next_golive(programme, score.as_of) if score and score.whatif else None
    if score is None or golive is None:
        return form, [], None
    return form, whatif.options_of(score, costs, first=values["first"]), golive
