"""Signing a charter: read, prove who one is, sign for one's own side."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from pmo_portal.accounts.http import TenantRequest, programme_view
from pmo_portal.accounts.permissions import require
from pmo_portal.accounts.signing import identity_to_prove
from pmo_portal.common import clock
from pmo_portal.common.converters import whole_number
from pmo_portal.common.rendering import show
from pmo_portal.history.frame import pressed

from .. import selectors, services
from ..choices import CharterStatus, Voice
from ..models import Charter
from ..rules import Side
from .charters import with_charter
from .parts import address


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("governance.charter_view")
@with_charter()
def charter_sign(request: TenantRequest, charter: Charter, voice: str) -> HttpResponse:
    """The last page before a signature: who signs what, as what. The signature itself is the POST."""
    if voice not in Voice.values:
        raise Http404
    side = Side(request.programme, voice)
    require(request.member, "governance.charter_sign", side)
    if charter.status != CharterStatus.READY:
        return redirect(charter)
    here = address(request, "charter_sign", edition=charter.edition, voice=voice)
    prove = identity_to_prove(request, then=here)
    if prove is not None:
        return prove
    if request.method == "POST":
        version = whole_number(request.POST.get("version", ""))
        return pressed(
            request,
            charter,
            lambda: services.sign_charter(
                charter,
                function=voice,
                version=version or 0,
                at=clock.now(),
                on=clock.today(),
                acting=request.member,
            ),
            message=lambda after: (
                _("Both leads have signed: the charter is agreed.")
                if after.is_agreed
                else _("Signed.")
            ),
        )
    context = {
        "record": charter,
        "voice": Voice(voice),
        "lead": request.programme.delivery_lead
        if voice == Voice.DELIVERY
        else request.programme.change_lead,
        "person": request.member.person,
        "words": [
            (selectors.label_of(name), getattr(charter, name))
            for name in selectors.TEXT_FIELDS
            if name not in ("purpose", "objectives") and getattr(charter, name) not in (None, "")
        ],
        "measures": selectors.measures_of(charter),
        "assumptions": selectors.assumptions_of(charter),
        "fingerprint": selectors.digest_of(charter),
        "missing": selectors.what_is_missing(charter),
    }
    return show(request, "governance/charter_sign.html", "", context)


@require_POST
@programme_view("governance.charter_view")
@with_charter()
def charter_withdraw(request: TenantRequest, charter: Charter, voice: str) -> HttpResponse:
    """Take one's own side's signature back before the other side has signed."""
    if voice not in Voice.values:
        raise Http404
    require(request.member, "governance.charter_sign", Side(request.programme, voice))
    return pressed(
        request,
        charter,
        lambda: services.withdraw_signature(
            charter, function=voice, at=clock.now(), acting=request.member
        ),
        message=_("The signature is withdrawn."),
    )
