"""The resistance register and the page of one signal."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pmo_portal.accounts.http import TenantRequest, programme_view
from pmo_portal.accounts.permissions import can, require
from pmo_portal.common import clock
from pmo_portal.common.registers import export_format, export_response, register_page
from pmo_portal.common.rendering import done, drawn_panels, show
from pmo_portal.history.frame import saved
from pmo_portal.history.services import EditConflict, Gone
from pmo_portal.history.views import conflict_page, gone_page, number_in, offer_undo

from .. import selectors, services
from ..forms import ResolveForm, SignalFilter, SignalForm
from ..models import ResistanceSignal
from ..tables import SIGNALS


@require_safe
@programme_view("adoption.signal_view")
def signal_list(request: TenantRequest) -> HttpResponse:
    """Signs of resistance in a programme, with filters, sorting and export."""
    signals = selectors.signals_of(request.programme)
    if export_format(request):
        return export_response(request, SIGNALS, signals, filters=SignalFilter)
    today = clock.today()
    context = {
        "register": register_page(request, SIGNALS, signals, filters=SignalFilter),
        "may_create": can(request.member, "adoption.signal_create", request.programme),
        "summary": selectors.resistance_summary(request.programme, as_of=today),
        "as_of": today,
        "panels": drawn_panels("adoption.resistance", request, request.programme),
    }
    return show(request, "adoption/signal_list.html", "register", context)


@require_safe
@programme_view("adoption.signal_view")
def signal_detail(request: TenantRequest, reference: str) -> HttpResponse:
    signal = _signal(request, reference)
    if signal.deleted_at is not None:
        return gone_page(request, signal)
    context = {
        "record": signal,
        "may_change": can(request.member, "adoption.signal_change", signal),
        "unit_resistance": selectors.resistance_as_of(
            [signal.unit_id], request.programme, clock.today()
        ).get(signal.unit_id),
        "history_url": reverse(
            "history:record_trail",
            kwargs={"tenant": request.tenant.slug, "reference": signal.reference},
        ),
        "actions_at": {"tenant": request.tenant.slug, "code": request.programme.code},
    }
    return show(request, "adoption/signal_detail.html", "", context)


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("adoption.signal_create")
def signal_create(request: TenantRequest) -> HttpResponse:
    form = SignalForm(
        request.POST or None,
        instance=ResistanceSignal(programme=request.programme),
        today=clock.today(),
    )
    if request.method == "POST" and form.is_valid():
        signal = services.record_signal(form.instance, known_at=clock.now(), acting=request.member)
        message = _("%(signal)s is recorded.") % {"signal": signal.reference}
        return done(request, to=signal, message=message)
    context = {"form": form, "cancel_url": _list_url(request), "record": None}
    status = 422 if request.method == "POST" else 200
    return show(request, "adoption/signal_edit.html", "", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("adoption.signal_view")
def signal_edit(request: TenantRequest, reference: str) -> HttpResponse:
    signal = _changeable(request, reference)
    if signal.deleted_at is not None:
        return gone_page(request, signal)
    form = SignalForm(request.POST or None, instance=signal, today=clock.today())
    if request.method == "POST" and form.is_valid():
        answer = saved(
            request,
            form,
            lambda: services.revise_signal(
                signal, changes=form.changes, version=form.opened_version, acting=request.member
            ),
            message=_("Saved."),
        )
        if answer is not None:
            return answer
    context = {"form": form, "record": signal, "cancel_url": signal.get_absolute_url()}
    status = 422 if request.method == "POST" else 200
    return show(request, "adoption/signal_edit.html", "", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("adoption.signal_view")
def signal_resolve(request: TenantRequest, reference: str) -> HttpResponse:
    """Say what helped, and since when the signal counts no more."""
    signal = _changeable(request, reference)
    if signal.deleted_at is not None:
        return gone_page(request, signal)
    form = ResolveForm(request.POST or None, signal=signal, today=clock.today())
    if request.method == "POST" and form.is_valid():
        try:
            signal = services.resolve_signal(
                signal,
                on=form.cleaned_data["resolved_on"],
                response=form.cleaned_data["response"],
                version=form.cleaned_data["version"],
                acting=request.member,
            )
        except EditConflict as clash:
            return conflict_page(request, form, clash, cancel_url=signal.get_absolute_url())
        except Gone as gone:
            return gone_page(request, gone.record)
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            message = _("%(signal)s is resolved.") % {"signal": signal.reference}
            return done(request, to=signal, message=message)
    context = {
        "form": form,
        "record": signal,
        "cancel_url": signal.get_absolute_url(),
        "submit_label": _("Resolve"),
    }
    status = 422 if request.method == "POST" else 200
    return show(request, "adoption/signal_resolve.html", "", context, status=status)


@require_POST
@programme_view("adoption.signal_view")
def signal_reopen(request: TenantRequest, reference: str) -> HttpResponse:
    signal = _changeable(request, reference)
    try:
        signal = services.reopen_signal(signal, acting=request.member)
    except Gone as gone:
        return gone_page(request, gone.record)
    message = _("%(signal)s is open again.") % {"signal": signal.reference}
    return done(request, to=signal, message=message)


@require_POST
@programme_view("adoption.signal_view")
def signal_remove(request: TenantRequest, reference: str) -> HttpResponse:
    signal = _changeable(request, reference)
    if signal.deleted_at is not None:
        return gone_page(request, signal)
    services.remove_signal(signal, at=clock.now(), acting=request.member)
    offer_undo(request, signal, _("%(signal)s is removed.") % {"signal": signal.reference})
    return redirect(_list_url(request))


def _signal(request: TenantRequest, reference: str) -> ResistanceSignal:
    signal = selectors.signal_by_number(request.member, number_in(reference, "RS"))
    if signal is None or signal.programme_id != request.programme.pk:
        raise Http404
    return signal


def _changeable(request: TenantRequest, reference: str) -> ResistanceSignal:
    signal = _signal(request, reference)
    require(request.member, "adoption.signal_change", signal)
    return signal


def _list_url(request: TenantRequest) -> str:
    return reverse(
        "adoption:signal_list",
        kwargs={"tenant": request.tenant.slug, "code": request.programme.code},
    )
