"""Escalations: of one programme, of all, and the page of one with both views."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pmo_portal.accounts.http import TenantRequest, programme_view, tenant_view
from pmo_portal.accounts.permissions import can
from pmo_portal.common import clock
from pmo_portal.common.registers import export_format, export_response, register_page
from pmo_portal.common.registry import find_reference
from pmo_portal.common.rendering import show
from pmo_portal.history.frame import history_url, pressed, saved, status_of, with_record
from pmo_portal.history.views import offer_undo
from programmes.models import Milestone, RaidItem

from .. import selectors, services
from ..forms import CloseForm, EscalationFilter, EscalationForm, EscalationViewForm
from ..models import Escalation
from ..tables import ESCALATIONS, ESCALATIONS_OF_ALL
from .parts import address

find = selectors.escalation_by_number
readable = with_record(find, "ESC")
changeable = with_record(find, "ESC", "governance.escalation_change")
answerable = with_record(find, "ESC", "governance.escalation_view_give")
closable = with_record(find, "ESC", "governance.escalation_close")


@require_safe
@programme_view("governance.escalation_view")
def escalation_list(request: TenantRequest) -> HttpResponse:
    return _list(request, ESCALATIONS, "governance/escalation_list.html", request.programme)


@require_safe
@tenant_view("governance.escalation_view")
def escalation_all(request: TenantRequest) -> HttpResponse:
    return _list(request, ESCALATIONS_OF_ALL, "governance/escalation_all.html", None)


def _list(request: TenantRequest, register: Any, template: str, programme: Any) -> HttpResponse:
    escalations = selectors.escalations_for(request.member, programme)
    if export_format(request):
        return export_response(request, register, escalations, filters=EscalationFilter)
    today = clock.today()
    context = {
        "register": register_page(request, register, escalations, filters=EscalationFilter),
        "pairing": selectors.pairing(escalations, on=today),
        "may_create": programme is not None
        and can(request.member, "governance.escalation_create", programme),
        "today": today,
    }
    return show(request, template, "register", context)


@require_safe
@programme_view("governance.escalation_view")
@readable
def escalation_detail(request: TenantRequest, escalation: Escalation) -> HttpResponse:
    """Both views beside each other, the clock, and what came of it."""
    today = clock.today()
    context = {
        "record": escalation,
        "is_late": escalation.is_view_late(today),
        "may_change": escalation.is_open
        and can(request.member, "governance.escalation_change", escalation),
        "may_answer": escalation.is_open
        and can(request.member, "governance.escalation_view_give", escalation),
        "may_close": can(request.member, "governance.escalation_close", escalation),
        "history_url": history_url(request, escalation),
        "today": today,
    }
    return show(request, "governance/escalation_detail.html", "", context)


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("governance.escalation_create")
def escalation_create(request: TenantRequest) -> HttpResponse:
    """Raise one; `?about=R-12` says what it is about."""
    escalation = Escalation(programme=request.programme, effective_on=clock.today())
    form = EscalationForm(request.POST or None, instance=escalation, initial=_about(request))
    if request.method == "POST" and form.is_valid():
        answer = saved(
            request,
            form,
            lambda: services.raise_escalation(form.instance, at=clock.now(), acting=request.member),
            message=lambda made: (
                _("%(escalation)s is raised; %(other)s is asked for its view.")
                % {"escalation": made.reference, "other": made.get_asked_of_display.lower()}
            ),
        )
        if answer is not None:
            return answer
    context = {"form": form, "record": None, "cancel_url": address(request, "escalation_list")}
    return show(request, "governance/escalation_edit.html", "", context, status=status_of(request))


def _about(request: TenantRequest) -> dict[str, Any]:
    subject = find_reference(request.member, request.GET.get("about", "")[:20])
    if subject is None or getattr(subject, "programme_id", None) != request.programme.pk:
        return {}
    if isinstance(subject, RaidItem):
        return {"raid_item": subject.pk, "title": subject.title}
    if isinstance(subject, Milestone):
        return {"milestone": subject.pk, "title": subject.name}
    return {}


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("governance.escalation_view")
@changeable
def escalation_edit(request: TenantRequest, escalation: Escalation) -> HttpResponse:
    return _form(
        request,
        escalation,
        EscalationForm(request.POST or None, instance=escalation),
        "governance/escalation_edit.html",
        lambda form: services.revise_escalation(
            escalation, changes=form.changes, version=form.opened_version, acting=request.member
        ),
        _("Saved."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("governance.escalation_view")
@answerable
def escalation_answer(request: TenantRequest, escalation: Escalation) -> HttpResponse:
    """The view of the function that is asked."""
    return _form(
        request,
        escalation,
        EscalationViewForm(request.POST or None, instance=escalation),
        "governance/escalation_answer.html",
        lambda form: services.give_view(
            escalation,
            view=form.cleaned_data["view"],
            version=form.opened_version,
            on=clock.today(),
            acting=request.member,
        ),
        _("Both views are recorded now."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("governance.escalation_view")
@closable
def escalation_close(request: TenantRequest, escalation: Escalation) -> HttpResponse:
    return _form(
        request,
        escalation,
        CloseForm(request.POST or None, instance=escalation),
        "governance/escalation_close.html",
        lambda form: services.close_escalation(
            escalation,
            changes=form.changes,
            version=form.opened_version,
            on=clock.today(),
            acting=request.member,
        ),
        _("It is closed with its outcome."),
    )


def _form(
    request: TenantRequest,
    escalation: Escalation,
    form: Any,
    template: str,
    save: Any,
    message: str,
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        answer = saved(request, form, lambda: save(form), message=message)
        if answer is not None:
            return answer
    context = {"form": form, "record": escalation, "cancel_url": escalation.get_absolute_url()}
    return show(request, template, "", context, status=status_of(request))


@require_POST
@programme_view("governance.escalation_view")
@closable
def escalation_reopen(request: TenantRequest, escalation: Escalation) -> HttpResponse:
    return pressed(
        request,
        escalation,
        lambda: services.reopen_escalation(escalation, acting=request.member),
        message=_("It is open again."),
    )


@require_POST
@programme_view("governance.escalation_view")
@changeable
def escalation_remove(request: TenantRequest, escalation: Escalation) -> HttpResponse:
    try:
        services.remove_escalation(escalation, at=clock.now(), acting=request.member)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect(escalation)
    offer_undo(request, escalation, _("%(item)s is removed.") % {"item": escalation.reference})
    return redirect(address(request, "escalation_list"))
