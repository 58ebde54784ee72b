"""Meetings: the register, the page with agenda and minutes, attendance, approval and amendments."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pmo_portal.accounts.http import TenantRequest, programme_view, tenant_view
from pmo_portal.accounts.permissions import can
from pmo_portal.common import clock
from pmo_portal.common.registers import export_format, export_response, register_page
from pmo_portal.common.rendering import done, drawn_panels, show, wants_part
from pmo_portal.history.frame import history_url, pressed, saved, status_of, with_record
from pmo_portal.history.services import EditConflict
from pmo_portal.history.views import offer_undo

from .. import agenda, selectors, services
from ..choices import Presence, Voice
from ..forms import AmendmentForm, MeetingFilter, MeetingForm
from ..models import Meeting, SteeringGroup
from ..tables import MEETINGS, MEETINGS_OF_ALL
from .parts import address

find = selectors.meeting_by_number
readable = with_record(find, "MT")
changeable = with_record(find, "MT", "governance.meeting_change")


@require_safe
@programme_view("governance.meeting_view")
def meeting_list(request: TenantRequest) -> HttpResponse:
    return _list(request, MEETINGS, "governance/meeting_list.html", request.programme)


@require_safe
@tenant_view("governance.meeting_view")
def meeting_all(request: TenantRequest) -> HttpResponse:
    return _list(request, MEETINGS_OF_ALL, "governance/meeting_all.html", None)


def _list(request: TenantRequest, register: Any, template: str, programme: Any) -> HttpResponse:
    meetings: Any = selectors.meetings_for(request.member, programme)
    if export_format(request):
        return export_response(request, register, meetings, filters=MeetingFilter)
    today = clock.today()
    context = {
        "register": register_page(request, register, meetings, filters=MeetingFilter),
        "coming": meetings.coming(on=today).first(),
        "open": meetings.open_minutes(on=today).count(),
        "groups": list(selectors.groups_of(programme)) if programme else [],
        "may_create": programme is not None
        and can(request.member, "governance.meeting_change", programme),
        "today": today,
    }
    return show(request, template, "register", context)


@require_safe
@programme_view("governance.meeting_view")
@readable
def meeting_detail(request: TenantRequest, meeting: Meeting) -> HttpResponse:
    """Agenda and minutes in one; with script it keeps itself up to date while people write."""
    return show(request, "governance/meeting_detail.html", "minutes", _shown(request, meeting))


def _shown(request: TenantRequest, meeting: Meeting) -> dict[str, Any]:
    today = clock.today()
    items = selectors.items_of(meeting)
    quorum = selectors.quorum_of(meeting)
    may_change = can(request.member, "governance.meeting_change", meeting)
    return {
        "record": meeting,
        "items": items,
        "shares": agenda.shares((item.side, item.minutes) for item in items),
        "silent": sum(not item.outcome for item in items),
        "seats": selectors.attendance_of(meeting),
        "presences": Presence.choices,
        "quorum": quorum,
        "missing": [str(Voice(each).label).lower() for each in quorum.missing],
        "amendments": meeting.amendments.filter(item__isnull=True).select_related("author"),
        "before": selectors.before(meeting, today),
        "may_act": meeting.is_planned and can(request.member, "governance.action_change", meeting),
        "is_over": meeting.is_over(today),
        "is_coming": meeting.is_planned and meeting.held_on > today,
        "may_change": may_change and meeting.is_planned,
        # A page that reads itself again was opened while people could still write.
        "was_closed": may_change and not meeting.is_planned and wants_part(request),
        "taken_off": selectors.items_taken_off(meeting)
        if may_change and wants_part(request)
        else [],
        "may_reinstate": may_change and meeting.is_cancelled,
        "may_amend": may_change and meeting.is_locked,
        "may_approve": meeting.is_planned
        and meeting.held_on <= today
        and can(request.member, "governance.meeting_approve", meeting),
        "history_url": history_url(request, meeting),
        "today": today,
    }


@require_safe
@programme_view("governance.meeting_view")
@readable
def meeting_pack(request: TenantRequest, meeting: Meeting) -> HttpResponse:
    """Everything the group has to have read, one paper for each item, to be printed."""
    today = clock.today()
    items = selectors.items_of(meeting)
    papers = selectors.papers_of(items)
    context = {
        "record": meeting,
        "papers": papers,
        "asked": sum(bool(each.said) for each in papers),
        "silent": sum(bool(each.missing) for each in papers),
        "shares": agenda.shares((item.side, item.minutes) for item in items),
        "before": selectors.before(meeting, today),
        "seats": selectors.attendance_of(meeting),
        "panels": drawn_panels("governance.meeting_pack", request, meeting),
        "as_of": min(meeting.held_on, today),
        "is_coming": meeting.is_planned and meeting.held_on > today,
    }
    return show(request, "governance/meeting_pack.html", "", context)


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("governance.meeting_change")
def meeting_create(request: TenantRequest) -> HttpResponse:
    """Plan one meeting; `?group=SG-2` says of which group."""
    groups = list(selectors.groups_of(request.programme))
    if not groups:
        messages.warning(
            request,
            _("A meeting belongs to a steering group, and there is none yet. Add one here, then plan the meeting."),
        )  # fmt: skip
        return redirect(address(request, "group_list"))
    form = MeetingForm(
        request.POST or None,
        instance=Meeting(programme=request.programme),
        initial={"group": _asked(request, groups)},
    )
    if request.method == "POST" and form.is_valid():
        answer = saved(
            request,
            form,
            lambda: services.plan_meeting(form.instance, acting=request.member),
            message=lambda made: _("%(meeting)s is planned.") % {"meeting": made.reference},
        )
        if answer is not None:
            return answer
    context = {"form": form, "record": None, "cancel_url": address(request, "meeting_list")}
    return show(request, "governance/meeting_edit.html", "", context, status=status_of(request))


def _asked(request: TenantRequest, groups: list[SteeringGroup]) -> int:
    wanted = request.GET.get("group", "")
    return next((each.pk for each in groups if each.reference == wanted), groups[0].pk)


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("governance.meeting_view")
@changeable
def meeting_edit(request: TenantRequest, meeting: Meeting) -> HttpResponse:
    form = MeetingForm(request.POST or None, instance=meeting)
    if request.method == "POST" and form.is_valid():
        answer = saved(
            request,
            form,
            lambda: services.revise_meeting(
                meeting, changes=form.changes, version=form.opened_version, acting=request.member
            ),
            message=_("Saved."),
        )
        if answer is not None:
            return answer
    context = {"form": form, "record": meeting, "cancel_url": meeting.get_absolute_url()}
    return show(request, "governance/meeting_edit.html", "", context, status=status_of(request))


@require_POST
@programme_view("governance.meeting_view")
@changeable
def meeting_attend(request: TenantRequest, meeting: Meeting, handle: str) -> HttpResponse:
    """One press for one person. What somebody else said meanwhile is shown, not written over."""
    seats = selectors.attendance_of(meeting)
    person = next((seat.person for seat in seats if seat.person.handle == handle), None)
    presence, version = request.POST.get("presence", ""), request.POST.get("version", "0")
    if person is None:
        raise Http404
    if presence not in Presence.values or not version.isdecimal() or len(version) > 9:
        return HttpResponseBadRequest()
    to = f"{meeting.get_absolute_url()}#attendance"

    try:
        said = services.attend(
            meeting, person, presence=presence, version=int(version), acting=request.member
        )
    except EditConflict as clash:
        messages.error(
            request, _("Somebody was first: %(now)s. Look again.") % {"now": clash.record}
        )
        return redirect(to)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect(to)
    return done(request, to=to, message=str(said))


@require_POST
@programme_view("governance.meeting_view")
@with_record(find, "MT", "governance.meeting_approve")
def meeting_approve(request: TenantRequest, meeting: Meeting) -> HttpResponse:
    return pressed(
        request,
        meeting,
        lambda: services.approve_minutes(meeting, on=clock.today(), acting=request.member),
        message=_("The minutes are approved. From now on they are only amended."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("governance.meeting_view")
@changeable
def meeting_amend(request: TenantRequest, meeting: Meeting) -> HttpResponse:
    """Add a correction to approved minutes."""
    if not meeting.is_locked:
        return redirect(meeting)
    form = AmendmentForm(request.POST or None, meeting=meeting)
    if request.method == "POST" and form.is_valid():
        answer = saved(
            request,
            form,
            lambda: services.amend_minutes(
                meeting,
                text=form.cleaned_data["text"],
                item=form.cleaned_data["item"],
                on=clock.today(),
                at=clock.now(),
                acting=request.member,
            ),
            message=_("The amendment stands beside the minutes."),
            to=meeting,
        )
        if answer is not None:
            return answer
    context = {"form": form, "record": meeting, "cancel_url": meeting.get_absolute_url()}
    return show(request, "governance/meeting_amend.html", "", context, status=status_of(request))


@require_POST
@programme_view("governance.meeting_view")
@changeable
def meeting_cancel(request: TenantRequest, meeting: Meeting) -> HttpResponse:
    return pressed(
        request,
        meeting,
        lambda: services.cancel_meeting(meeting, acting=request.member),
        message=_("The meeting is cancelled."),
    )


@require_POST
@programme_view("governance.meeting_view")
@changeable
def meeting_reinstate(request: TenantRequest, meeting: Meeting) -> HttpResponse:
    return pressed(
        request,
        meeting,
        lambda: services.reinstate_meeting(meeting, acting=request.member),
        message=_("The meeting takes place."),
    )


@require_POST
@programme_view("governance.meeting_view")
@changeable
def meeting_remove(request: TenantRequest, meeting: Meeting) -> HttpResponse:
    def remove() -> Meeting:
        return services.remove_meeting(meeting, at=clock.now(), acting=request.member)

    answer = pressed(request, meeting, remove, message="", to=address(request, "meeting_list"))
    if meeting.deleted_at is not None:
        offer_undo(request, meeting, _("%(item)s is removed.") % {"item": meeting.reference})
    return answer
