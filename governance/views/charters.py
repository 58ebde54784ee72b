"""The charter of a programme: reading, writing, comparing versions."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pmo_portal.accounts.http import TenantRequest, programme_view, tenant_view
from pmo_portal.accounts.permissions import can, require
from pmo_portal.common import clock
from pmo_portal.common.registers import export_format, export_response, register_page
from pmo_portal.common.rendering import done, show
from pmo_portal.history.frame import history_url, pressed, saved, status_of
from pmo_portal.history.services import Gone
from pmo_portal.history.views import gone_page, offer_undo
from programmes.choices import Half
from programmes.selectors import programmes_for

from .. import selectors, services
from ..choices import Voice
from ..forms import CharterFilter, CharterForm
from ..models import Charter, SuccessMeasure
from ..rules import Side
from ..tables import CHARTERS
from .parts import address

View = Callable[..., HttpResponse]


def with_charter(action: str = "") -> Callable[[View], View]:
    """Give a view the version its address names, in place of the number; with `action` its rule is asked."""

    def decorate(view: View) -> View:
        @wraps(view)
        def found(request: TenantRequest, edition: int, **kwargs: Any) -> HttpResponse:
            versions = selectors.charters_of(request.programme)
            charter = next((each for each in versions if each.edition == edition), None)
            if charter is None:
                raise Http404
            if action:
                require(request.member, action, charter)
            return view(request, charter, **kwargs)

        return found

    return decorate


@require_safe
@tenant_view("governance.charter_view")
def charter_list(request: TenantRequest) -> HttpResponse:
    """What is agreed and what is being written, in every programme."""
    charters = selectors.charters_for(request.member)
    if export_format(request):
        return export_response(request, CHARTERS, charters, filters=CharterFilter)
    programmes = programmes_for(request.member).exclude(stage="closed")
    agreed = Charter.objects.agreed().filter(programme__in=programmes).count()
    context = {
        "register": register_page(request, CHARTERS, charters, filters=CharterFilter),
        "agreed": agreed,
        "lacking": programmes.count() - agreed,
    }
    return show(request, "governance/charter_list.html", "register", context)


@require_safe
@programme_view("governance.charter_view")
def charter_detail(request: TenantRequest) -> HttpResponse:
    """What is agreed, or what is being written where nothing is; an invitation where there is neither."""
    versions = selectors.charters_of(request.programme)
    charter = next((each for each in versions if each.is_agreed), None) or next(
        iter(versions), None
    )
    if charter is not None:
        return _shown(request, charter, versions)
    context = {
        "record": None,
        "may_start": can(request.member, "governance.charter_change", request.programme),
    }
    return show(request, "governance/charter_none.html", "", context)


@require_safe
@programme_view("governance.charter_view")
def charter_edition(request: TenantRequest, edition: int) -> HttpResponse:
    versions = selectors.charters_of(request.programme)
    charter = next((each for each in versions if each.edition == edition), None)
    if charter is None:
        raise Http404
    return _shown(request, charter, versions)


def _shown(request: TenantRequest, charter: Charter, versions: list[Charter]) -> HttpResponse:
    member = request.member
    missing = selectors.what_is_missing(charter) if charter.is_open else []
    text_now = selectors.digest_of(charter)
    measures, assumptions = selectors.measures_of(charter), selectors.assumptions_of(charter)
    may_write = charter.is_open and can(member, "governance.charter_write", charter)
    may_edit = charter.is_open and can(member, "governance.charter_change", charter)
    context = {
        "record": charter,
        "versions": versions,
        "newer": next((each for each in versions if each.is_open and each != charter), None),
        "agreed": next((each for each in versions if each.is_agreed and each != charter), None),
        "missing": missing,
        "sides": [_side(request, charter, voice, text_now) for voice in Voice],
        "halves": [
            {
                "half": half.value,
                "label": half.label,
                "measures": [each for each in measures if each.half == half],
                "assumptions": [each for each in assumptions if each.half == half],
                "may_write": may_write
                and bool(
                    can(
                        member,
                        "governance.charter_change",
                        SuccessMeasure(charter=charter, half=half),
                    )
                ),
            }
            for half in Half
        ],
        "case": [
            (selectors.label_of(name), getattr(charter, name))
            for name in selectors.TEXT_FIELDS
            if name.startswith("case_")
        ],
        "withdrawn": [
            each for each in selectors.trail_of_signatures(charter) if each.withdrawn_at is not None
        ],
        "may_edit": may_edit,
        "may_write": may_write,
        "may_start": charter.is_agreed
        and not any(each.is_open for each in versions)
        and can(member, "governance.charter_change", charter),
        "beyond": selectors.beyond_tolerance(request.programme, clock.today())
        if charter.is_agreed
        else [],
        "moments": selectors.moments_of(request.programme, charter.agreed_on),
        "history_url": history_url(request, charter),
    }
    return show(request, "governance/charter_detail.html", "", context)


def _side(request: TenantRequest, charter: Charter, voice: Voice, text_now: str) -> dict[str, Any]:
    """One lead's place under the charter."""
    programme = request.programme
    signature = charter.signed.get(voice)
    may_sign = charter.status == "ready" and can(
        request.member, "governance.charter_sign", Side(programme, voice)
    )
    return {
        "voice": voice.value,
        "label": _("Delivery lead") if voice == Voice.DELIVERY else _("Change lead"),
        "lead": programme.delivery_lead if voice == Voice.DELIVERY else programme.change_lead,
        "signature": signature,
        "is_true": signature is not None and signature.digest == text_now,
        "may_sign": may_sign and signature is None,
        "may_withdraw": bool(may_sign and signature is not None),
    }


@require_POST
@programme_view("governance.charter_change")
def charter_create(request: TenantRequest) -> HttpResponse:
    """Start the first version, or the next one from what is agreed, and go on writing."""
    try:
        charter = services.start_charter(request.programme, acting=request.member)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect(address(request, "charter_detail"))
    to = address(request, "charter_edit", edition=charter.edition)
    return done(request, to=to, message=_("A draft is open."))


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("governance.charter_view")
@with_charter("governance.charter_change")
def charter_edit(request: TenantRequest, charter: Charter) -> HttpResponse:
    if not charter.is_open:
        messages.error(request, _("What both leads agreed is not changed."))
        return redirect(charter)
    signed = bool(charter.signed)
    form = CharterForm(request.POST or None, instance=charter)
    if request.method == "POST" and form.is_valid():
        answer = saved(
            request,
            form,
            lambda: services.revise_charter(
                charter,
                changes=form.changes,
                version=form.opened_version,
                at=clock.now(),
                acting=request.member,
            ),
            message=lambda kept: (
                _("Saved. The signatures were removed: both sides must read it again.")
                if signed and kept.version != charter.version
                else _("Saved.")
            ),
            cancel_url=charter.get_absolute_url(),
        )
        if answer is not None:
            return answer
    context = {
        "form": form,
        "record": charter,
        "signed": signed,
        "cancel_url": charter.get_absolute_url(),
    }
    return show(request, "governance/charter_edit.html", "", context, status=status_of(request))


@require_POST
@programme_view("governance.charter_view")
@with_charter("governance.charter_change")
def charter_offer(request: TenantRequest, charter: Charter) -> HttpResponse:
    """Say that it is ready to sign."""
    return pressed(
        request,
        charter,
        lambda: services.offer_charter(charter, acting=request.member),
        message=_("Ready to sign."),
    )


@require_POST
@programme_view("governance.charter_view")
@with_charter("governance.charter_change")
def charter_remove(request: TenantRequest, charter: Charter) -> HttpResponse:
    try:
        removed = services.remove_charter(charter, at=clock.now(), acting=request.member)
    except Gone as gone:
        return gone_page(request, gone.record)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect(charter)
    offer_undo(request, removed, _("%(item)s is removed.") % {"item": removed.reference})
    return redirect(address(request, "charter_detail"))


@require_safe
@programme_view("governance.charter_view")
@with_charter()
def charter_changes(request: TenantRequest, charter: Charter) -> HttpResponse:
    """What differs from the version before."""
    versions = selectors.charters_of(request.programme)
    wanted = request.GET.get("with", "")
    before = next(
        (each for each in versions if str(each.edition) == wanted and each != charter), None
    ) or next((each for each in versions if each.edition < charter.edition), None)
    context = {
        "record": charter,
        "before": before,
        "others": [each for each in versions if each != charter],
        "changes": selectors.changes_between(before, charter) if before else [],
    }
    return show(request, "governance/charter_changes.html", "", context)
