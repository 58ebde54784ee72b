"""Steering groups and who sits in them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pmo_portal.accounts.choices import Function
from pmo_portal.accounts.http import TenantRequest, programme_view, tenant_view
from pmo_portal.accounts.permissions import can
from pmo_portal.common import clock
from pmo_portal.common.registers import export_format, export_response, register_page
from pmo_portal.common.rendering import done, show, wants_part
from pmo_portal.history.frame import pressed, saved, status_of, with_record
from pmo_portal.history.services import UNDO_FOR, EditConflict, Gone
from pmo_portal.history.views import conflict_page, gone_page, offer_undo

from .. import selectors, services
from ..forms import GroupForm, SeatFilter, SeatForm
from ..models import GroupMember, SteeringGroup
from ..tables import SEATS, SEATS_OF_ALL
from .parts import address

changeable = with_record(selectors.group_by_number, "SG", "governance.group_change")


@require_safe
@programme_view("governance.group_view")
def group_list(request: TenantRequest) -> HttpResponse:
    """The groups of a programme, each with both functions side by side."""
    groups = [_shown(group) for group in selectors.groups_of(request.programme)]
    context = {
        "groups": groups,
        "incomplete": [each for each in groups if each["missing"]],
        "may_change": can(request.member, "governance.group_change", request.programme),
    }
    return show(request, "governance/group_list.html", "", context)


@require_safe
@programme_view("governance.group_view")
@with_record(selectors.group_by_number, "SG")
def group_detail(request: TenantRequest, group: SteeringGroup) -> HttpResponse:
    decisions = selectors.decisions_for(request.member, request.programme).filter(group=group)
    meetings: Any = selectors.meetings_for(request.member, request.programme)
    context = {
        "record": group,
        "coming": meetings.filter(group=group).coming(on=clock.today())[:3],
        "may_meet": can(request.member, "governance.meeting_change", group),
        **_shown(group),
        "decisions": decisions.order_by("-requested_on", "-number")[:10],
        "may_change": can(request.member, "governance.group_change", group),
    }
    return show(request, "governance/group_detail.html", "", context)


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("governance.group_change")
def group_create(request: TenantRequest) -> HttpResponse:
    form = GroupForm(request.POST or None, instance=SteeringGroup(programme=request.programme))
    if request.method == "POST" and form.is_valid():
        group = services.create_group(form.instance, acting=request.member)
        return done(request, to=group, message=_("The group is created."))
    context = {"form": form, "record": None, "cancel_url": _list_url(request)}
    status = 422 if request.method == "POST" else 200
    return show(request, "governance/group_edit.html", "", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("governance.group_view")
@changeable
def group_edit(request: TenantRequest, group: SteeringGroup) -> HttpResponse:
    form = GroupForm(request.POST or None, instance=group)
    if request.method == "POST" and form.is_valid():
        try:
            group = services.revise_group(
                group, changes=form.changes, version=form.opened_version, acting=request.member
            )
        except EditConflict as clash:
            return conflict_page(request, form, clash, cancel_url=group.get_absolute_url())
        except Gone as gone:
            return gone_page(request, gone.record)
        return done(request, to=group, message=_("Saved."))
    context = {"form": form, "record": group, "cancel_url": group.get_absolute_url()}
    status = 422 if request.method == "POST" else 200
    return show(request, "governance/group_edit.html", "", context, status=status)


@require_POST
@programme_view("governance.group_view")
@changeable
def group_remove(request: TenantRequest, group: SteeringGroup) -> HttpResponse:
    services.remove_group(group, at=clock.now(), acting=request.member)
    offer_undo(request, group, _("%(group)s is removed.") % {"group": group.reference})
    return redirect(_list_url(request))


@require_safe
@programme_view("governance.group_view")
def seat_list(request: TenantRequest) -> HttpResponse:
    return _seats(request, SEATS, "governance/seat_list.html", request.programme)


@require_safe
@tenant_view("governance.group_view")
def seat_all(request: TenantRequest) -> HttpResponse:
    return _seats(request, SEATS_OF_ALL, "governance/seat_all.html", None)


def _seats(request: TenantRequest, register: Any, template: str, programme: Any) -> HttpResponse:
    """Who sits where, with what voice, since when."""
    seats = selectors.seats_for(request.member, programme)
    if export_format(request):
        return export_response(request, register, seats, filters=SeatFilter)
    context: dict[str, Any] = {
        "register": register_page(request, register, seats, filters=SeatFilter),
        "as_of": clock.today(),
        "kept_days": UNDO_FOR.days,
    }
    if not wants_part(request):
        taken = seats.filter(deleted_at__isnull=True).order_by()
        context["counts"] = taken.aggregate(
            seats=Count("pk"),
            people=Count("person", distinct=True),
            groups=Count("group", distinct=True),
        )
    return show(request, template, "register", context)


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("governance.group_view")
@changeable
def seat_create(request: TenantRequest, group: SteeringGroup) -> HttpResponse:
    form = SeatForm(request.POST or None, instance=GroupMember(group=group))
    if request.method == "POST" and form.is_valid():
        answer = saved(
            request,
            form,
            lambda: services.seat_member(form.instance, acting=request.member),
            message=_("The seat is given."),
            to=group,
        )
        if answer is not None:
            return answer
    context = {"form": form, "group": group, "cancel_url": group.get_absolute_url()}
    return show(request, "governance/seat_edit.html", "", context, status=status_of(request))


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("governance.group_view")
@changeable
def seat_edit(request: TenantRequest, group: SteeringGroup, handle: str) -> HttpResponse:
    seat = _seat(group, handle)
    if seat.deleted_at is not None:
        return _left(request, seat)
    form = SeatForm(request.POST or None, instance=seat)
    if request.method == "POST" and form.is_valid():
        try:
            services.revise_seat(
                seat, changes=form.changes, version=form.opened_version, acting=request.member
            )
        except EditConflict as clash:
            return conflict_page(request, form, clash, cancel_url=group.get_absolute_url())
        except Gone as gone:
            if isinstance(gone.record, GroupMember):
                return _left(request, seat)
            return gone_page(request, gone.record)
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            return done(request, to=group, message=_("Saved."))
    context = {"form": form, "group": group, "seat": seat, "cancel_url": group.get_absolute_url()}
    return show(request, "governance/seat_edit.html", "", context, status=status_of(request))


@require_POST
@programme_view("governance.group_view")
@changeable
def seat_leave(request: TenantRequest, group: SteeringGroup, handle: str) -> HttpResponse:
    seat = _seat(group, handle)
    if seat.deleted_at is not None:
        return _left(request, seat)
    services.leave_seat(seat, at=clock.now(), acting=request.member)
    undo = _undo_leaving(request, seat)
    return done(request, to=group, message=_("The seat is free."), undo=undo)


@require_POST
@programme_view("governance.group_view")
@changeable
def seat_restore(request: TenantRequest, group: SteeringGroup, handle: str) -> HttpResponse:
    """Undo that somebody left their seat."""
    seat = _seat(group, handle)
    chaired = seat.is_chair

    def said(seat: GroupMember) -> str:
        chair = None if seat.is_chair else group.members.filter(is_chair=True).first()
        if chaired and chair:
            words = _("%(person)s sits here again; %(chair)s chairs since.")
            return words % {"person": seat.person.name, "chair": chair.person.name}
        return _("%(person)s sits here again.") % {"person": seat.person.name}

    return pressed(
        request,
        seat,
        lambda: services.restore_seat(seat, acting=request.member),
        to=group,
        message=said,
    )


def _shown(group: SteeringGroup) -> dict[str, object]:
    """A group with its seats by function and what it lacks."""
    seats = list(group.members.all())
    missing = selectors.missing_functions(group)
    return {
        "group": group,
        "delivery": [seat for seat in seats if seat.function == Function.DELIVERY],
        "change": [seat for seat in seats if seat.function == Function.CHANGE],
        "business": [seat for seat in seats if seat.function == Function.BUSINESS],
        "chair": next((seat for seat in seats if seat.is_chair), None),
        "missing": [str(Function(voice).label) for voice in missing],
    }


def _seat(group: SteeringGroup, handle: str) -> GroupMember:
    """The seat a person has in a group, or the one they left last."""
    seat = selectors.last_seat(group, handle)
    if seat is None:
        raise Http404
    return seat


def _left(request: TenantRequest, seat: GroupMember) -> HttpResponse:
    """Somebody else freed the seat first: said on the page of the group, with the way back."""
    words = _("%(person)s gave up this seat meanwhile.") % {"person": seat.person.name}
    messages.warning(request, words, extra_tags=f"undo:{_undo_leaving(request, seat)}")
    return redirect(seat.group)


def _undo_leaving(request: TenantRequest, seat: GroupMember) -> str:
    handle = seat.person.handle
    return address(request, "seat_restore", reference=seat.group.reference, handle=handle)


def _list_url(request: TenantRequest) -> str:
    return reverse(
        "governance:group_list",
        kwargs={"tenant": request.tenant.slug, "code": request.programme.code},
    )
