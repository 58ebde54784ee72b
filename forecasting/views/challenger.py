"""Champion and challenger beside each other, what people decide about them, and every model of the registry."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pmo_portal.accounts.http import TenantRequest, tenant_view
from pmo_portal.accounts.permissions import can
from pmo_portal.common import clock
from pmo_portal.common.registers import export_format, file_response, turned
from pmo_portal.common.rendering import done, show
from pmo_portal.history.frame import saved, status_of

from .. import cards, selectors
from ..forms import ChallengerForm
from ..in_force import choosing
from ..in_force.differences import differences
from ..models import RiskModel
from ..sharing import prior as shared_prior
from ..tables.scores import DIFFERENCES
from .models import download, model_or_404, target_of

# A page tells so many scores by both, those of the highest risks, since each takes half a millisecond; a file holds all of them.
COMPARED, PAGE_SIZE = 500, 15


@require_safe
@tenant_view("forecasting.score_view")
def model_challenger(request: TenantRequest, slug: str) -> HttpResponse:
    """What is in use and its challenger: how they did on the same weeks, where they differ, and what would be told today."""
    target = target_of(slug)
    card = selectors.card_of(target)
    apart = None
    if card.challenger is not None and card.challenger.is_of_today:
        most = None if export_format(request) else COMPARED
        apart = differences(request.member, target, card.challenger.numbers, most=most)
    if export_format(request):
        return file_response(request, DIFFERENCES, apart.rows() if apart else [])
    page = turned(request, list(apart.pairs) if apart else [], page_size=PAGE_SIZE)
    return show(
        request,
        "forecasting/model_challenger.html",
        "differences",
        {
            "card": card,
            "duel": cards.Duel(card),
            "differences": apart,
            "page": page,
            "rows": apart.rows(page.rows) if apart else [],
            "may_change": can(request.member, "forecasting.model_change"),
        },
    )


@require_safe
@tenant_view("forecasting.score_view")
def model_detail(request: TenantRequest, slug: str, number: int) -> HttpResponse:
    """One model of the registry: what it was learned from and what it is made of."""
    model = selectors.model_by_number(target_of(slug), number)
    if model is None:
        return _gone(request, slug, number)
    return show(
        request,
        "forecasting/model_detail.html",
        "",
        {
            "made": cards.Registered(model, shared_prior.started(model)),
            "model": model,
            "label": model.get_target_display(),
        },
    )


@require_safe
@tenant_view("forecasting.score_view")
def model_numbers(request: TenantRequest, slug: str, number: int) -> HttpResponse:
    """All numbers of one model, as JSON for whoever wants to check them."""
    model = model_or_404(slug, number)
    made = cards.Registered(model, shared_prior.started(model))
    return download(request, slug, model.digest, made.as_values())


# --- decisions ----------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_view("forecasting.model_change")
def model_promote(request: TenantRequest, slug: str, number: int) -> HttpResponse:
    """Use the challenger, with a reason."""
    return _decide(
        request,
        slug,
        number,
        choosing.put_into_use,
        "forecasting/model_promote.html",
        _("Model %(number)s is in use; scores are computed again."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_view("forecasting.model_change")
def model_decline(request: TenantRequest, slug: str, number: int) -> HttpResponse:
    """Set the challenger aside, with a reason."""
    return _decide(
        request,
        slug,
        number,
        choosing.decline,
        "forecasting/model_decline.html",
        _("Model %(number)s is set aside as challenger; what is in use stays."),
    )


@require_POST
@tenant_view("forecasting.model_change")
def model_offer(request: TenantRequest, slug: str, number: int) -> HttpResponse:
    """Put a model up as challenger again."""
    was = choosing.offer(model_or_404(slug, number), acting=request.member, on=clock.today())
    message = (
        _("Model %(number)s is the challenger again.")
        if was
        else _("Model %(number)s cannot be put up as challenger again.")
    )
    return done(request, to=_page(request, slug), message=message % {"number": number})


def _decide(
    request: TenantRequest,
    slug: str,
    number: int,
    act: Callable[..., RiskModel],
    template: str,
    message: str,
) -> HttpResponse:
    """The form of a decision about the challenger: shown, done, or refused because either is another by now."""
    card = selectors.card_of(target_of(slug))
    model = card.challenger
    if model is None or model.number != number:
        return _gone(request, slug, number)
    page = _page(request, slug)
    form = ChallengerForm(request.POST or None, initial={"beside": card.beside})
    if request.method == "POST" and form.is_valid():
        answer = saved(
            request,
            form,
            lambda: act(model, **form.cleaned_data, acting=request.member, on=clock.today()),
            message=message % {"number": number},
            to=page,
        )
        if answer is not None:
            return answer
        form.look_again(card.beside)
    return show(
        request,
        template,
        "",
        {
            "form": form,
            "card": card,
            "duel": cards.Duel(card),
            "model": model,
            "cancel_url": page,
        },
        status=status_of(request),
    )


def _gone(request: TenantRequest, slug: str, number: int) -> HttpResponse:
    """A number that is, or was, no challenger: the page of those there are says what is there now."""
    target = target_of(slug)
    model = selectors.model_by_number(target, number)
    if model is None and not selectors.was_challenger(target, number):
        raise Http404
    message = (
        _("Model %(number)s is not the challenger any more.")
        if model is not None
        else _("Model %(number)s was a challenger; the one of a later lesson took its place.")
    )
    return done(request, to=_page(request, slug), message=message % {"number": number})


def _page(request: TenantRequest, slug: str) -> str:
    kwargs = {"tenant": request.tenant.slug, "slug": slug}
    return reverse("forecasting:model_challenger", kwargs=kwargs)
