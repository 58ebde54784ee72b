"""Actions: who does what until when."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pmo_portal.accounts.http import TenantRequest, programme_view, tenant_view
from pmo_portal.accounts.permissions import can, require
from pmo_portal.common import clock
from pmo_portal.common.registers import export_format, export_response, register_page
from pmo_portal.common.rendering import done, show
from pmo_portal.history.frame import pressed
from pmo_portal.history.services import EditConflict, Gone
from pmo_portal.history.views import conflict_page, gone_page, number_in, offer_undo

from .. import selectors, services
from ..forms import ActionFilter, ActionForm
from ..models import Action
from ..tables import ACTIONS, ACTIONS_OF_ALL


@require_safe
@programme_view("governance.action_view")
def action_list(request: TenantRequest) -> HttpResponse:
    actions = selectors.actions_for(request.member, request.programme)
    if export_format(request):
        return export_response(request, ACTIONS, actions, filters=ActionFilter)
    today = clock.today()
    context = {
        "register": register_page(request, ACTIONS, actions, filters=ActionFilter),
        "health": selectors.health_of([request.programme.pk], today)[request.programme.pk],
        "may_create": can(request.member, "governance.action_create", request.programme),
        "today": today,
    }
    return show(request, "governance/action_list.html", "register", context)


@require_safe
@tenant_view("governance.action_view")
def action_all(request: TenantRequest) -> HttpResponse:
    """The actions of every programme the member sees."""
    actions = selectors.actions_for(request.member)
    if export_format(request):
        return export_response(request, ACTIONS_OF_ALL, actions, filters=ActionFilter)
    today = clock.today()
    context = {
        "register": register_page(request, ACTIONS_OF_ALL, actions, filters=ActionFilter),
        "counted": selectors.actions_counted(request.member, today),
        "today": today,
    }
    return show(request, "governance/action_all.html", "register", context)


@require_safe
@programme_view("governance.action_view")
def action_detail(request: TenantRequest, reference: str) -> HttpResponse:
    action = _action(request, reference)
    if action.deleted_at is not None:
        return gone_page(request, action)
    today = clock.today()
    context = {
        "record": action,
        "days_late": max(0, (today - action.due_on).days) if action.is_open else 0,
        "age_days": (today - action.agreed_on).days,
        "may_change": can(request.member, "governance.action_change", action),
    }
    return show(request, "governance/action_detail.html", "", context)


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("governance.action_create")
def action_create(request: TenantRequest) -> HttpResponse:
    action = Action(programme=request.programme)
    initial = {}
    wanted = request.GET.get("decision", "")
    if wanted:
        decision = selectors.decision_by_number(request.member, number_in(wanted, "DEC"))
        initial = {"decision": decision.pk} if decision else {}
    form = ActionForm(request.POST or None, instance=action, initial=initial)
    if request.method == "POST" and form.is_valid():
        action = services.create_action(form.instance, acting=request.member)
        message = _("%(action)s is agreed.") % {"action": action.reference}
        return done(request, to=action, message=message)
    context = {"form": form, "record": None, "cancel_url": _list_url(request)}
    status = 422 if request.method == "POST" else 200
    return show(request, "governance/action_edit.html", "", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("governance.action_view")
def action_edit(request: TenantRequest, reference: str) -> HttpResponse:
    action = _changeable(request, reference)
    form = ActionForm(request.POST or None, instance=action)
    if request.method == "POST" and form.is_valid():
        try:
            action = services.revise_action(
                action, changes=form.changes, version=form.opened_version, acting=request.member
            )
        except EditConflict as clash:
            return conflict_page(request, form, clash, cancel_url=action.get_absolute_url())
        except Gone as gone:
            return gone_page(request, gone.record)
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            return done(request, to=action, message=_("Saved."))
    context = {"form": form, "record": action, "cancel_url": action.get_absolute_url()}
    status = 422 if request.method == "POST" else 200
    return show(request, "governance/action_edit.html", "", context, status=status)


@require_POST
@programme_view("governance.action_view")
def action_finish(request: TenantRequest, reference: str) -> HttpResponse:
    """Pressed on the page of an action, or of a meeting that looks at what was agreed before it."""
    wanted = request.POST.get("meeting", "")
    meeting = (
        selectors.meeting_by_number(request.member, number_in(wanted, "MT")) if wanted else None
    )
    action = _changeable(request, reference)
    return pressed(
        request,
        action,
        lambda: services.finish_action(action, on=clock.today(), acting=request.member),
        message=_("%(action)s is done, thank you.") % {"action": action.reference},
        to=f"{meeting.get_absolute_url()}#before" if meeting else action,
    )


@require_POST
@programme_view("governance.action_view")
def action_drop(request: TenantRequest, reference: str) -> HttpResponse:
    action = _changeable(request, reference)
    return pressed(
        request,
        action,
        lambda: services.finish_action(
            action, on=clock.today(), dropped=True, acting=request.member
        ),
        message=_("The action is dropped."),
    )


@require_POST
@programme_view("governance.action_view")
def action_reopen(request: TenantRequest, reference: str) -> HttpResponse:
    action = services.reopen_action(_changeable(request, reference), acting=request.member)
    return done(request, to=action, message=_("The action is open again."))


@require_POST
@programme_view("governance.action_view")
def action_remove(request: TenantRequest, reference: str) -> HttpResponse:
    action = _changeable(request, reference)
    services.remove_action(action, at=clock.now(), acting=request.member)
    offer_undo(request, action, _("%(action)s is removed.") % {"action": action.reference})
    return redirect(_list_url(request))


def _action(request: TenantRequest, reference: str) -> Action:
    action = selectors.action_by_number(request.member, number_in(reference, "ACT"))
    if action is None or action.programme_id != request.programme.pk:
        raise Http404
    return action


def _changeable(request: TenantRequest, reference: str) -> Action:
    action = _action(request, reference)
    require(request.member, "governance.action_change", action)
    if action.deleted_at is not None:
        raise Http404
    return action


def _list_url(request: TenantRequest) -> str:
    return reverse(
        "governance:action_list",
        kwargs={"tenant": request.tenant.slug, "code": request.programme.code},
    )
