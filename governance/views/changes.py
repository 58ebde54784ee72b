"""Change requests: of one programme, of all, the page of one with both halves, and what became of an approved one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pmo_portal.accounts.http import TenantRequest, programme_view, tenant_view
from pmo_portal.accounts.permissions import can, require
from pmo_portal.common import clock
from pmo_portal.common.registers import export_format, export_response, register_page
from pmo_portal.common.registry import find_reference
from pmo_portal.common.rendering import show, wants_part
from pmo_portal.history.frame import history_url, pressed, saved, status_of, with_record
from pmo_portal.history.views import offer_undo
from programmes.models import Milestone, RaidItem

from .. import selectors, services
from ..choices import Voice
from ..forms import (
    ChangeBaselineForm,
    ChangeCloseForm,
    ChangeFilter,
    ChangeForm,
    DeliveryImpactForm,
    PeopleImpactForm,
)
from ..models import ChangeRequest
from ..rules import Side, speaks_for
from ..tables import CHANGES, CHANGES_OF_ALL
from .parts import address

find = selectors.change_by_number
readable = with_record(find, "CR")
editable = with_record(find, "CR", "governance.change_edit")
carried = with_record(find, "CR", "governance.change_offer")


@require_safe
@programme_view("governance.change_view")
def change_list(request: TenantRequest) -> HttpResponse:
    return _list(request, CHANGES, "governance/change_list.html", request.programme)


@require_safe
@tenant_view("governance.change_view")
def change_all(request: TenantRequest) -> HttpResponse:
    return _list(request, CHANGES_OF_ALL, "governance/change_all.html", None)


def _list(request: TenantRequest, register: Any, template: str, programme: Any) -> HttpResponse:
    changes = selectors.changes_for(request.member, programme)
    if export_format(request):
        return export_response(request, register, changes, filters=ChangeFilter)
    context: dict[str, Any] = {
        "register": register_page(request, register, changes, filters=ChangeFilter),
        "may_create": programme is not None
        and can(request.member, "governance.change_create", programme),
        "today": clock.today(),
    }
    if not wants_part(request):
        context["counts"] = selectors.change_counts(changes)
        waiting = selectors.change_turns(changes)
        context["turns"] = [
            {
                "voice": voice.value,
                "label": voice.label,
                "count": waiting[voice],
                "is_mine": speaks_for(request.member, programme, voice),
            }
            for voice in Voice
        ]
    return show(request, template, "register", context)


@require_safe
@programme_view("governance.change_view")
@readable
def change_detail(request: TenantRequest, change: ChangeRequest) -> HttpResponse:
    """What shall change, both halves beside each other, both signatures, and what came of it."""
    member = request.member
    text_now = selectors.change_digest(change)
    missing = selectors.change_lacks(change) if change.is_open else []
    may_edit, may_carry = (
        bool(can(member, f"governance.{action}", change))
        for action in ("change_edit", "change_offer")
    )
    is_settled = change.is_frozen or change.is_withdrawn
    context = {
        "record": change,
        "milestones": selectors.milestones_touched(change),
        "units": selectors.units_hit(change),
        "suggested": []
        if change.people_impact.is_said or is_settled
        else selectors.suggested_units(change),
        "missing": missing,
        "sides": [_side(request, change, voice, text_now) for voice in Voice],
        "withdrawn": selectors.trail_of_change_signatures(change),
        "may_edit": may_edit and not is_settled,
        "may_remove": may_edit and not change.is_frozen,
        "may_take_up": may_edit and (change.is_withdrawn or change.is_rejected),
        "may_say": {
            "delivery": not is_settled and can(member, "governance.change_delivery", change),
            "people": not is_settled and can(member, "governance.change_people", change),
        },
        "may_offer": may_carry and change.status == "assessing" and not missing,
        "may_keep": may_carry and change.is_approved and change.baseline is None,
        "may_close": may_carry and change.is_approved,
        "may_resume": may_carry and change.is_closed,
        "history_url": history_url(request, change),
        "today": clock.today(),
    }
    return show(request, "governance/change_detail.html", "", context)


def _side(
    request: TenantRequest, change: ChangeRequest, voice: Voice, text_now: str
) -> dict[str, Any]:
    """One lead's place under the request."""
    programme = request.programme
    signature = change.signed.get(voice)
    may_sign = change.is_ready and bool(
        can(request.member, "governance.change_sign", Side(programme, voice))
    )
    return {
        "voice": voice.value,
        "label": _("Delivery lead") if voice == Voice.DELIVERY else _("Change lead"),
        "lead": programme.delivery_lead if voice == Voice.DELIVERY else programme.change_lead,
        "signature": signature,
        "is_true": signature is not None and signature.digest == text_now,
        "may_sign": may_sign and signature is None,
        "may_withdraw": may_sign and signature is not None,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("governance.change_create")
def change_create(request: TenantRequest) -> HttpResponse:
    """Raise one; `?about=M-6` or `?about=I-3` says what it comes out of."""
    change = ChangeRequest(programme=request.programme, effective_on=clock.today())
    form = ChangeForm(request.POST or None, instance=change, initial=_about(request))
    if request.method == "POST" and form.is_valid():
        answer = saved(
            request,
            form,
            lambda: services.raise_change(
                form.instance,
                milestones=form.cleaned_data["milestones"],
                at=clock.now(),
                acting=request.member,
            ),
            message=lambda made: (
                _("%(request)s is raised; both functions say now what it means for their side.")
                % {"request": made.reference}
            ),
        )
        if answer is not None:
            return answer
    context = {"form": form, "record": None, "cancel_url": address(request, "change_list")}
    return show(request, "governance/change_edit.html", "", context, status=status_of(request))


def _about(request: TenantRequest) -> dict[str, Any]:
    subject = find_reference(request.member, request.GET.get("about", "")[:20])
    if subject is None or getattr(subject, "programme_id", None) != request.programme.pk:
        return {}
    if isinstance(subject, RaidItem):
        linked = subject.milestone_links.values_list("milestone_id", flat=True)
        return {"raid_item": subject.pk, "title": subject.title, "milestones": list(linked)}
    if isinstance(subject, Milestone):
        return {"milestones": [subject.pk]}
    return {}


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("governance.change_view")
@editable
def change_edit(request: TenantRequest, change: ChangeRequest) -> HttpResponse:
    form = ChangeForm(request.POST or None, instance=change)
    return change_form(
        request,
        change,
        form,
        "governance/change_edit.html",
        lambda: services.revise_change(
            change,
            changes=form.changes,
            milestones=form.cleaned_data["milestones"],
            version=form.opened_version,
            at=clock.now(),
            acting=request.member,
        ),
        _saved_message(change),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("governance.change_view")
@readable
def change_delivery(request: TenantRequest, change: ChangeRequest) -> HttpResponse:
    """What delivery says it means for plan and money."""
    impact = change.delivery_impact
    require(request.member, "governance.change_delivery", impact)
    form = DeliveryImpactForm(request.POST or None, instance=impact)
    return change_form(
        request,
        change,
        form,
        "governance/change_delivery.html",
        lambda: services.say_delivery(
            impact,
            changes=form.changes,
            version=form.opened_version,
            at=clock.now(),
            on=clock.today(),
            acting=request.member,
        ),
        _saved_message(change),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("governance.change_view")
@readable
def change_people(request: TenantRequest, change: ChangeRequest) -> HttpResponse:
    """What change says it means for people; the units it is likely to hit are suggested."""
    impact = change.people_impact
    require(request.member, "governance.change_people", impact)
    form = PeopleImpactForm(
        request.POST or None, instance=impact, suggested=selectors.suggested_units(change)
    )
    return change_form(
        request,
        change,
        form,
        "governance/change_people.html",
        lambda: services.say_people(
            impact,
            changes=form.changes,
            units=form.cleaned_data["units"],
            version=form.opened_version,
            at=clock.now(),
            on=clock.today(),
            acting=request.member,
        ),
        _saved_message(change),
    )


def _saved_message(change: ChangeRequest) -> str:
    if change.is_ready and change.signed:
        return _("Saved. The signature was removed: both leads must sign again.")
    if change.is_ready or change.is_rejected:
        return _("Saved. It is being assessed again.")
    return _("Saved.")


def change_form(
    request: TenantRequest,
    change: ChangeRequest,
    form: Any,
    template: str,
    save: Callable[[], Any],
    message: str | Callable[[Any], str],
    more: dict[str, Any] | None = None,
) -> HttpResponse:
    """A form about a request: shown, or saved, or refused with the reason."""
    back = change.get_absolute_url()
    # Read before a form puts what was typed onto the record.
    signed, title = change.is_ready and bool(change.signed), change.title
    if request.method == "POST" and form.is_valid():
        answer = saved(request, form, save, message=message, to=change, cancel_url=back)
        if answer is not None:
            return answer
    context = {"form": form, "record": change, "title": title, "signed": signed, "cancel_url": back}
    return show(request, template, "", context | (more or {}), status=status_of(request))


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("governance.change_view")
@carried
def change_baseline(request: TenantRequest, change: ChangeRequest) -> HttpResponse:
    """Keep the plan as it stands after the change; the baseline says what it came from."""
    words = {"reference": change.reference, "title": change.title}
    form = ChangeBaselineForm(
        request.POST or None,
        initial={
            "name": _("After %(reference)s") % words,
            "reason": _("Change request %(reference)s, approved by both leads: %(title)s.") % words,
        },
    )
    return change_form(
        request,
        change,
        form,
        "governance/change_baseline.html",
        lambda: services.keep_change_baseline(
            change,
            name=form.cleaned_data["name"],
            reason=form.cleaned_data["reason"],
            at=clock.now(),
            on=clock.today(),
            acting=request.member,
        ),
        _("The baseline is kept. It will not change any more."),
        {"milestones": selectors.milestones_touched(change)},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("governance.change_view")
@carried
def change_close(request: TenantRequest, change: ChangeRequest) -> HttpResponse:
    form = ChangeCloseForm(request.POST or None, instance=change)
    return change_form(
        request,
        change,
        form,
        "governance/change_close.html",
        lambda: services.close_change(
            change,
            status=form.cleaned_data["status"],
            outcome=form.cleaned_data["outcome"],
            version=form.opened_version,
            on=clock.today(),
            acting=request.member,
        ),
        _("It is closed with its outcome."),
    )


@require_POST
@programme_view("governance.change_view")
@carried
def change_resume(request: TenantRequest, change: ChangeRequest) -> HttpResponse:
    return pressed(
        request,
        change,
        lambda: services.resume_change(change, acting=request.member),
        message=_("It is approved and not closed."),
    )


@require_POST
@programme_view("governance.change_view")
@editable
def change_remove(request: TenantRequest, change: ChangeRequest) -> HttpResponse:
    try:
        services.remove_change(change, at=clock.now(), acting=request.member)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect(change)
    offer_undo(request, change, _("%(item)s is removed.") % {"item": change.reference})
    return redirect(address(request, "change_list"))
