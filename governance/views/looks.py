"""Decisions to look at again: the register of what is due, and the page on which the group says it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pmo_portal.accounts.http import TenantRequest, programme_view, tenant_view
from pmo_portal.common import clock
from pmo_portal.common.registers import export_format, export_response, register_page
from pmo_portal.common.rendering import show
from pmo_portal.history.frame import saved, status_of, with_record

from .. import selectors, services
from ..forms import LookFilter, LookForm
from ..models import Decision
from ..tables import LOOKS, LOOKS_OF_ALL


@require_safe
@programme_view("governance.decision_view")
def decision_again(request: TenantRequest) -> HttpResponse:
    """The decisions of a programme that are to be looked at again, or were."""
    return _list(request, LOOKS, "governance/decision_again.html", request.programme)


@require_safe
@tenant_view("governance.decision_view")
def decision_again_all(request: TenantRequest) -> HttpResponse:
    """Those of every programme the member sees."""
    return _list(request, LOOKS_OF_ALL, "governance/decision_again_all.html", None)


def _list(request: TenantRequest, register: Any, template: str, programme: Any) -> HttpResponse:
    decisions = selectors.decisions_again(request.member, programme)
    if export_format(request):
        return export_response(request, register, decisions, filters=LookFilter)
    today = clock.today()
    counted = selectors.looks_counted(request.member, programme, today)
    context = {
        "register": register_page(
            request, register, decisions, filters=LookFilter, unfiltered=counted["all"]
        ),
        "counted": counted,
        "today": today,
    }
    return show(request, template, "register", context)


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("governance.decision_view")
@with_record(selectors.decision_by_number, "DEC", "governance.decision_look")
def decision_look(request: TenantRequest, decision: Decision) -> HttpResponse:
    """Did it work, how do we know, and when do we look the next time."""
    if not decision.is_decided:
        return redirect(decision)
    form = LookForm(request.POST or None, instance=decision)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        answer = saved(
            request,
            form,
            lambda: services.look_again(
                decision,
                verdict=values["verdict"],
                text=values["text"],
                again_on=values["review_on"],
                on=clock.today(),
                at=clock.now(),
                version=form.opened_version,
                acting=request.member,
            ),
            message=_("The finding is recorded with the decision."),
            to=decision,
            cancel_url=decision.get_absolute_url(),
        )
        if answer is not None:
            return answer
    context = {
        "form": form,
        "record": decision,
        "looks": selectors.looks_of(decision),
        "cancel_url": decision.get_absolute_url(),
    }
    return show(request, "governance/decision_look.html", "", context, status=status_of(request))
