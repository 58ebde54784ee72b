"""Learning together with other organisations: what is given, word for word, what is taken, and who decided it."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pmo_portal.accounts.http import TenantRequest, tenant_view
from pmo_portal.accounts.permissions import can
from pmo_portal.common import clock, security
from pmo_portal.common.rendering import show
from pmo_portal.history.frame import history_url, pressed, saved, status_of

from .. import cards, selectors
from ..choices import Happening
from ..forms import SharingForm
from ..models import SharingChoice
from ..sharing import records as sharing_records
from .models import target_of

_EVENTS = (
    Happening.GIVEN,
    Happening.WITHDRAWN,
    Happening.COMBINED,
    Happening.SHARED_USED,
    Happening.SHARED_LEFT,
)


@require_safe
@tenant_view("forecasting.score_view")
def sharing_list(request: TenantRequest) -> HttpResponse:
    """What is given and taken for every forecast with a model."""
    return show(request, "forecasting/sharing_list.html", "", {"sharings": selectors.sharings()})


@require_safe
@tenant_view("forecasting.score_view")
def sharing_detail(request: TenantRequest, slug: str) -> HttpResponse:
    """What is given for a forecast, or would be, byte for byte; what is taken; and what happened."""
    target = target_of(slug)
    found = selectors.sharing_of(target)
    events = selectors.events_of(target, kinds=_EVENTS)
    context = {
        "sharing": found,
        "events": [cards.event_item(each) for each in events],
        "may_change": can(request.member, "forecasting.sharing_change", found.choice),
        "history_url": history_url(request, found.choice) if found.choice.pk else "",
    }
    return show(request, "forecasting/sharing_detail.html", "", context)


@require_safe
@tenant_view("forecasting.score_view")
def sharing_export(request: TenantRequest, slug: str) -> HttpResponse:
    """The text that is given, or would be, as it is sent."""
    found = selectors.sharing_of(target_of(slug))
    if not found.text:
        raise Http404
    name = f"{slug}-given-{found.fingerprint[:12]}"
    response = HttpResponse(found.text.encode(), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{name}.json"'
    security.note_of(request, "exported", register=name)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_view("forecasting.sharing_change")
def sharing_edit(request: TenantRequest, slug: str) -> HttpResponse:
    """Decide what is given and taken, with what is agreed to in sight."""
    found = selectors.sharing_of(target_of(slug))
    form = SharingForm(request.POST or None, instance=found.choice, has_text=bool(found.text))
    back = reverse(
        "forecasting:sharing_detail", kwargs={"tenant": request.tenant.slug, "slug": slug}
    )
    if request.method == "POST" and form.is_valid():
        answer = saved(
            request,
            form,
            lambda: sharing_records.decide(
                found.choice,
                changes=form.changes,
                version=form.opened_version,
                acting=request.member,
                on=clock.today(),
                seen=form.cleaned_data["seen"],
            ),
            message=_message,
            to=back,
            cancel_url=back,
            undo=lambda choice: _undo_url(request, slug, form.opened_version, choice),
        )
        if answer is not None:
            return answer
    form.show(found.fingerprint if found.text else "")
    context = {"form": form, "sharing": found, "cancel_url": back}
    return show(request, "forecasting/sharing_edit.html", "", context, status=status_of(request))


@require_POST
@tenant_view("forecasting.sharing_change")
def sharing_undo(request: TenantRequest, slug: str, version: int) -> HttpResponse:
    """Take the last decision back."""
    choice = selectors.sharing_of(target_of(slug)).choice
    back = reverse(
        "forecasting:sharing_detail", kwargs={"tenant": request.tenant.slug, "slug": slug}
    )
    return pressed(
        request,
        choice,
        lambda: sharing_records.undo(choice, version=version, acting=request.member),
        message=_message,
        to=back,
    )


def _undo_url(request: TenantRequest, slug: str, opened: int, choice: SharingChoice) -> str:
    """Where a decision is taken back; nowhere where nothing was changed."""
    if choice.version == opened:
        return ""
    kwargs = {"tenant": request.tenant.slug, "slug": slug, "version": opened}
    return reverse("forecasting:sharing_undo", kwargs=kwargs)


def _message(choice: SharingChoice) -> str:
    gives = _("These numbers are given from now on.") if choice.gives else _("Nothing is given.")
    takes = (
        _("What others found is tried with the next training run.")
        if choice.takes
        else _("Nothing is taken.")
    )
    return f"{gives} {takes}"
