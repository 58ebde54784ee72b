"""Signatures under a change request: put to both leads, signed or rejected, taken back, taken up again."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from pmo_portal.accounts.http import TenantRequest, programme_view
from pmo_portal.accounts.permissions import require
from pmo_portal.accounts.signing import identity_to_prove
from pmo_portal.common import clock
from pmo_portal.history.frame import pressed

from .. import selectors, services
from ..choices import ChangeVerdict, Voice
from ..forms import ChangeSignForm
from ..models import ChangeRequest
from ..rules import Side
from .changes import carried, change_form, editable, readable
from .parts import address


@require_POST
@programme_view("governance.change_view")
@carried
def change_offer(request: TenantRequest, change: ChangeRequest) -> HttpResponse:
    return pressed(
        request,
        change,
        lambda: services.offer_change(change, acting=request.member),
        message=_("It waits for both signatures."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("governance.change_view")
@readable
def change_sign(request: TenantRequest, change: ChangeRequest, voice: str) -> HttpResponse:
    """The last page before a signature: who signs what, as what. The signature itself is the POST."""
    side = Side(request.programme, _known(voice))
    require(request.member, "governance.change_sign", side)
    if not change.is_ready:
        return redirect(change)
    prove = identity_to_prove(
        request, then=address(request, "change_sign", reference=change.reference, voice=voice)
    )
    if prove is not None:
        return prove
    form = ChangeSignForm(request.POST or None, initial={"digest": selectors.change_digest(change)})
    lead = (
        request.programme.delivery_lead
        if voice == Voice.DELIVERY
        else request.programme.change_lead
    )
    return change_form(
        request,
        change,
        form,
        "governance/change_sign.html",
        lambda: services.sign_change(
            change,
            function=voice,
            verdict=form.cleaned_data["verdict"],
            reason=form.cleaned_data["reason"],
            digest=form.cleaned_data["digest"],
            at=clock.now(),
            on=clock.today(),
            acting=request.member,
        ),
        lambda after: (
            _("Both leads have signed: the change is approved.")
            if after.is_approved
            else _("It is rejected, with your reason.")
            if form.cleaned_data["verdict"] == ChangeVerdict.REJECTED
            else _("Signed.")
        ),
        {
            "voice": Voice(voice),
            "lead": lead,
            "person": request.member.person,
            "milestones": selectors.milestones_touched(change),
            "units": selectors.units_hit(change),
            "fingerprint": selectors.change_digest(change),
            "submit_label": _("Sign"),
        },
    )


def _known(voice: str) -> str:
    if voice not in Voice.values:
        raise Http404
    return voice


@require_POST
@programme_view("governance.change_view")
@readable
def change_unsign(request: TenantRequest, change: ChangeRequest, voice: str) -> HttpResponse:
    """Take one's own side's signature back before the other side has signed."""
    require(request.member, "governance.change_sign", Side(request.programme, _known(voice)))
    return pressed(
        request,
        change,
        lambda: services.unsign_change(
            change, function=voice, at=clock.now(), acting=request.member
        ),
        message=_("The signature is withdrawn."),
    )


@require_POST
@programme_view("governance.change_view")
@editable
def change_withdraw(request: TenantRequest, change: ChangeRequest) -> HttpResponse:
    return pressed(
        request,
        change,
        lambda: services.withdraw_change(change, at=clock.now(), acting=request.member),
        message=_("The request is withdrawn; it stays readable."),
        undo=lambda after: address(request, "change_take_up", reference=after.reference),
    )


@require_POST
@programme_view("governance.change_view")
@editable
def change_take_up(request: TenantRequest, change: ChangeRequest) -> HttpResponse:
    return pressed(
        request,
        change,
        lambda: services.take_up_change(change, at=clock.now(), acting=request.member),
        message=_("It is being assessed again."),
    )
