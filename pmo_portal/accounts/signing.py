"""Asking again who somebody is, right before they sign.

Whoever signs has proved within the last minutes who they are. Where a second factor is enforced (production),
only the second factor counts, and whoever has none sets one up first.
"""

from __future__ import annotations

from urllib.parse import urlencode

from allauth.account import app_settings
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from pmo_portal.common import clock

from .http import TenantRequest


def identity_to_prove(request: TenantRequest, *, then: str) -> HttpResponse | None:
    """Where to send somebody before they may sign, or None when they have just shown who they are.

    `then` is the address they come back to: the page that shows what is signed, never the signature itself.
    """
    needs_second = bool(settings.PMO_ENFORCE_SECOND_FACTOR)
    if needs_second and not is_mfa_enabled(request.user):
        messages.warning(request, _("Signing needs a second factor. Set one up here, then go on."))
        return redirect("mfa_index")
    if _proved_lately(request, second=needs_second):
        return None
    page = "mfa_reauthenticate" if needs_second else "account_reauthenticate"
    return redirect(f"{reverse(page)}?{urlencode({'next': then})}")


def _proved_lately(request: TenantRequest, *, second: bool) -> bool:
    if not second and not get_reauthentication_flows(request.user):
        # Signs in at another provider and has neither password nor second factor here: nothing to ask for.
        return True
    now = clock.now().timestamp()
    return any(
        now - record.get("at", 0) < app_settings.REAUTHENTICATION_TIMEOUT
        and (not second or record.get("method") == "mfa")
        for record in get_authentication_records(request, request.user)
    )
