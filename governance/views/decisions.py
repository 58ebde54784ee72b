"""Decisions: the register, the paper with both voices, and what was decided."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pmo_portal.accounts.http import TenantRequest, programme_view, tenant_view
from pmo_portal.accounts.permissions import can, require
from pmo_portal.common import clock
from pmo_portal.common.registers import export_format, export_response, register_page
from pmo_portal.common.rendering import done, show
from pmo_portal.history.frame import Clashes, pressed, saved
from pmo_portal.history.views import gone_page, number_in, offer_undo

from .. import selectors, services, voices
from ..choices import Voice
from ..forms import DecideForm, DecisionFilter, DecisionForm, InputForm
from ..models import Decision, DecisionInput
from ..tables import DECISIONS, DECISIONS_OF_ALL


@require_safe
@programme_view("governance.decision_view")
def decision_list(request: TenantRequest) -> HttpResponse:
    """The decisions of a programme."""
    decisions = selectors.decisions_for(request.member, request.programme)
    if export_format(request):
        return export_response(request, DECISIONS, decisions, filters=DecisionFilter)
    today = clock.today()
    context = {
        "register": register_page(request, DECISIONS, decisions, filters=DecisionFilter),
        "health": selectors.health_of([request.programme.pk], today)[request.programme.pk],
        "may_create": can(request.member, "governance.decision_create", request.programme),
        "today": today,
    }
    return show(request, "governance/decision_list.html", "register", context)


@require_safe
@tenant_view("governance.decision_view")
def decision_all(request: TenantRequest) -> HttpResponse:
    """The decisions of every programme the member sees."""
    decisions = selectors.decisions_for(request.member)
    if export_format(request):
        return export_response(request, DECISIONS_OF_ALL, decisions, filters=DecisionFilter)
    context = {
        "register": register_page(request, DECISIONS_OF_ALL, decisions, filters=DecisionFilter),
        "today": clock.today(),
    }
    return show(request, "governance/decision_all.html", "register", context)


@require_safe
@programme_view("governance.decision_view")
def decision_detail(request: TenantRequest, reference: str) -> HttpResponse:
    """The paper: question, options, both views side by side, outcome."""
    decision = _decision(request, reference)
    if decision.deleted_at is not None:
        return gone_page(request, decision)
    inputs = selectors.inputs_of(decision)
    heard = voices.heard(inputs.keys(), by_quorum=decision.by_quorum)
    today = clock.today()
    context = {
        "record": decision,
        "options": decision.options.all(),
        "voices": [
            {
                "voice": voice.value,
                "label": voice.label,
                "input": inputs.get(voice.value),
                "may_give": decision.is_waiting
                and can(
                    request.member,
                    "governance.input_change",
                    DecisionInput(decision=decision, function=voice),
                ),
            }
            for voice in Voice
        ],
        "isolated": voices.is_isolated(heard, decided=decision.is_decided),
        "missing": [str(Voice(each).label) for each in voices.missing_voices(heard)],
        "age_days": (today - decision.requested_on).days,
        "days_late": max(0, (today - decision.due_on).days),
        "actions": selectors.actions_for(request.member, request.programme).filter(
            decision=decision
        ),
        "may_change": decision.is_waiting
        and can(request.member, "governance.decision_change", decision),
        "may_decide": decision.is_waiting
        and can(request.member, "governance.decision_decide", decision),
        "looks": selectors.looks_of(decision),
        "may_look": decision.is_decided
        and can(request.member, "governance.decision_look", decision),
        "may_act": can(request.member, "governance.action_create", request.programme),
        "today": today,
    }
    return show(request, "governance/decision_detail.html", "", context)


# What an address may put into a new paper.
PREFILLED = ("question", "context", "options", "milestone")


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("governance.decision_create")
def decision_create(request: TenantRequest) -> HttpResponse:
    form = DecisionForm(
        request.POST or None,
        instance=Decision(programme=request.programme),
        # Another page may know the question already, such as what a later go-live would do.
        initial={name: request.GET[name] for name in PREFILLED if name in request.GET},
    )
    if request.method == "POST" and form.is_valid():
        decision = services.request_decision(
            form.instance, options=form.cleaned_data["options"], acting=request.member
        )
        message = _("%(decision)s is asked for.") % {"decision": decision.reference}
        return done(request, to=decision, message=message)
    context = {"form": form, "record": None, "cancel_url": _list_url(request)}
    status = 422 if request.method == "POST" else 200
    return show(request, "governance/decision_edit.html", "", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("governance.decision_view")
def decision_edit(request: TenantRequest, reference: str) -> HttpResponse:
    decision = _open(request, reference, "governance.decision_change")
    form = DecisionForm(request.POST or None, instance=decision)
    if request.method == "POST" and form.is_valid():
        answer = _saved(
            request,
            form,
            decision,
            lambda: services.revise_decision(
                decision,
                changes=form.changes,
                options=form.cleaned_data["options"],
                version=form.opened_version,
                acting=request.member,
            ),
            _("Saved."),
            clashes=lambda now: [form.options_clash(services.option_texts(now))],
        )
        if answer is not None:
            return answer
    context = {"form": form, "record": decision, "cancel_url": decision.get_absolute_url()}
    status = 422 if request.method == "POST" else 200
    return show(request, "governance/decision_edit.html", "", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("governance.decision_view")
def decision_input(request: TenantRequest, reference: str, voice: str) -> HttpResponse:
    """One function says what it thinks; the other can read it and not change it."""
    if voice not in Voice.values:
        raise Http404
    decision = _decision(request, reference)
    given = selectors.inputs_of(decision).get(voice)
    wanted = given or DecisionInput(decision=decision, function=voice)
    require(request.member, "governance.input_change", wanted)
    form = InputForm(request.POST or None, instance=wanted)
    if request.method == "POST" and form.is_valid():
        answer = _saved(
            request,
            form,
            decision,
            lambda: services.give_input(
                decision,
                function=voice,
                stance=form.cleaned_data["stance"],
                note=form.cleaned_data["note"],
                on=clock.today(),
                version=form.opened_version,
                acting=request.member,
            ),
            _("The view is recorded."),
        )
        if answer is not None:
            return answer
    context = {
        "form": form,
        "decision": decision,
        "voice": Voice(voice),
        "cancel_url": decision.get_absolute_url(),
    }
    status = 422 if request.method == "POST" else 200
    return show(request, "governance/decision_input.html", "", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("governance.decision_view")
def decision_decide(request: TenantRequest, reference: str) -> HttpResponse:
    """Record what was decided. A missing voice is said before, and marked after."""
    decision = _open(request, reference, "governance.decision_decide")
    form = DecideForm(request.POST or None, instance=decision)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        answer = _saved(
            request,
            form,
            decision,
            lambda: services.decide(
                decision,
                outcome=values["outcome"],
                rationale=values["rationale"],
                chosen=values.get("chosen"),
                on=values["decided_on"],
                review_on=values["review_on"],
                version=form.opened_version,
                jointly=values["jointly"],
                sets_status=values["sets_status"],
                acting=request.member,
            ),
            _("The decision is recorded."),
            clashes=lambda now: form.options_clashes(services.option_texts(now)),
        )
        if answer is not None:
            return answer
    missing = voices.missing_voices(selectors.inputs_of(decision).keys())
    context = {
        "form": form,
        "record": decision,
        "missing": [str(Voice(each).label) for each in missing],
        "cancel_url": decision.get_absolute_url(),
        "submit_label": _("Record the decision"),
    }
    status = 422 if request.method == "POST" else 200
    return show(request, "governance/decision_decide.html", "", context, status=status)


@require_POST
@programme_view("governance.decision_view")
def decision_withdraw(request: TenantRequest, reference: str) -> HttpResponse:
    decision = _open(request, reference, "governance.decision_change")
    return pressed(
        request,
        decision,
        lambda: services.withdraw_decision(decision, acting=request.member),
        message=_("The question is withdrawn."),
    )


@require_POST
@programme_view("governance.decision_view")
def decision_remove(request: TenantRequest, reference: str) -> HttpResponse:
    decision = _open(request, reference, "governance.decision_change")
    answer = pressed(
        request,
        decision,
        lambda: services.remove_decision(decision, at=clock.now(), acting=request.member),
        message="",
        to=_list_url(request),
    )
    if decision.deleted_at is not None:
        offer_undo(request, decision, _("%(item)s is removed.") % {"item": decision.reference})
    return answer


def _saved(
    request: TenantRequest,
    form: Any,
    decision: Decision,
    save: Any,
    message: str,
    clashes: Clashes | None = None,
) -> HttpResponse | None:
    """The answer to a save, or None when the form must be shown again with what was wrong."""
    return saved(
        request,
        form,
        save,
        message=message,
        to=decision,
        cancel_url=decision.get_absolute_url(),
        clashes=clashes,
    )


def _decision(request: TenantRequest, reference: str) -> Decision:
    decision = selectors.decision_by_number(request.member, number_in(reference, "DEC"))
    if decision is None or decision.programme_id != request.programme.pk:
        raise Http404
    return decision


def _open(request: TenantRequest, reference: str, action: str) -> Decision:
    """A decision that is still there, for somebody who may do this to it."""
    decision = _decision(request, reference)
    require(request.member, action, decision)
    if decision.deleted_at is not None:
        raise Http404
    return decision


def _list_url(request: TenantRequest) -> str:
    return reverse(
        "governance:decision_list",
        kwargs={"tenant": request.tenant.slug, "code": request.programme.code},
    )
