"""Who is to be won and what is done for it: stakeholder groups and engagement activities of a programme."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pmo_portal.accounts.http import TenantRequest, programme_view
from pmo_portal.accounts.permissions import can
from pmo_portal.common import clock
from pmo_portal.common.registers import export_format, export_response, register_page
from pmo_portal.common.rendering import show, wants_part
from pmo_portal.history.frame import history_url, saved, status_of, with_record
from pmo_portal.history.views import offer_undo

from .. import selectors, services
from ..choices import Position
from ..forms import ActivityFilter, ActivityForm, GroupFilter, GroupForm, HoldForm
from ..models import EngagementActivity, StakeholderGroup
from ..tables import ACTIVITIES, GROUPS

group_readable = with_record(selectors.group_by_number, "STK")
group_changeable = with_record(selectors.group_by_number, "STK", "adoption.group_change")
readable = with_record(selectors.activity_by_number, "EA")
changeable = with_record(selectors.activity_by_number, "EA", "adoption.activity_change")


# --- groups ------------------------------------------------------------------------------------------------


@require_safe
@programme_view("adoption.group_view")
def group_list(request: TenantRequest) -> HttpResponse:
    """Every group with where it stands and where it needs to stand."""
    groups = selectors.groups_of(request.programme)
    if export_format(request):
        return export_response(request, GROUPS, groups, filters=GroupFilter)
    context: dict[str, Any] = {
        "register": register_page(request, GROUPS, groups, filters=GroupFilter),
        "may_create": can(request.member, "adoption.group_create", request.programme),
        "as_of": clock.today(),
    }
    if not wants_part(request):
        everybody = list(groups)
        context |= {
            "matrix": selectors.matrix(everybody),
            "positions": list(Position),
            "all": len(everybody),
            "to_win": sum(each.steps != 0 for each in everybody),
            "heavy": sum(bool(each.steps) and each.influence == 3 for each in everybody),
        }
    return show(request, "adoption/group_list.html", "register", context)


@require_safe
@programme_view("adoption.group_view")
@group_readable
def group_detail(request: TenantRequest, group: StakeholderGroup) -> HttpResponse:
    today = clock.today()
    activities: list[Any] = list(selectors.activities_of(group.programme).filter(group=group))
    for each in activities:
        each.state = each.state_on(today)
    context = {
        "record": group,
        "activities": activities,
        "may_change": can(request.member, "adoption.group_change", group),
        "may_plan": can(request.member, "adoption.activity_create", group.programme),
        "history_url": history_url(request, group),
    }
    return show(request, "adoption/group_detail.html", "", context)


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("adoption.group_create")
def group_create(request: TenantRequest) -> HttpResponse:
    form = GroupForm(request.POST or None, instance=StakeholderGroup(programme=request.programme))
    if request.method == "POST" and form.is_valid():
        answer = saved(
            request,
            form,
            lambda: services.record_group(form.instance, acting=request.member),
            message=lambda made: _("%(group)s is noted.") % {"group": made.reference},
        )
        if answer is not None:
            return answer
    context = {"form": form, "record": None, "cancel_url": _groups_url(request)}
    return show(request, "adoption/group_edit.html", "", context, status=status_of(request))


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("adoption.group_view")
@group_changeable
def group_edit(request: TenantRequest, group: StakeholderGroup) -> HttpResponse:
    form = GroupForm(request.POST or None, instance=group)
    if request.method == "POST" and form.is_valid():
        answer = saved(
            request,
            form,
            lambda: services.revise_group(
                group, changes=form.changes, version=form.opened_version, acting=request.member
            ),
            message=_("Saved."),
        )
        if answer is not None:
            return answer
    context = {"form": form, "record": group, "cancel_url": group.get_absolute_url()}
    return show(request, "adoption/group_edit.html", "", context, status=status_of(request))


@require_POST
@programme_view("adoption.group_view")
@group_changeable
def group_remove(request: TenantRequest, group: StakeholderGroup) -> HttpResponse:
    services.remove_group(group, at=clock.now(), acting=request.member)
    offer_undo(request, group, _("%(group)s is removed.") % {"group": group.reference})
    return redirect(_groups_url(request))


def _groups_url(request: TenantRequest) -> str:
    place = {"tenant": request.tenant.slug, "code": request.programme.code}
    return reverse("adoption:group_list", kwargs=place)


# --- activities --------------------------------------------------------------------------------------------


@require_safe
@programme_view("adoption.activity_view")
def activity_list(request: TenantRequest) -> HttpResponse:
    """What is planned and what was held."""
    activities = selectors.activities_of(request.programme)
    if export_format(request):
        return export_response(request, ACTIVITIES, activities, filters=ActivityFilter)
    today = clock.today()
    register = register_page(request, ACTIVITIES, activities, filters=ActivityFilter)
    for each in register.rows:
        each.state = each.state_on(today)
    context: dict[str, Any] = {
        "register": register,
        "may_create": can(request.member, "adoption.activity_create", request.programme),
        "as_of": today,
    }
    if not wants_part(request):
        context |= selectors.activity_counts(request.programme)
    return show(request, "adoption/activity_list.html", "register", context)


@require_safe
@programme_view("adoption.activity_view")
@readable
def activity_detail(request: TenantRequest, activity: EngagementActivity) -> HttpResponse:
    context = {
        "record": activity,
        "state": activity.state_on(clock.today()),
        "units": activity.units.order_by("path"),
        "may_change": can(request.member, "adoption.activity_change", activity),
        "history_url": history_url(request, activity),
    }
    return show(request, "adoption/activity_detail.html", "", context)


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("adoption.activity_create")
def activity_create(request: TenantRequest) -> HttpResponse:
    started = EngagementActivity(programme=request.programme)
    form = ActivityForm(
        request.POST or None, instance=started, initial={"group": request.GET.get("group")}
    )
    if request.method == "POST" and form.is_valid():
        answer = saved(
            request,
            form,
            lambda: services.plan_activity(
                form.instance, units=form.cleaned_data["units"], acting=request.member
            ),
            message=lambda made: _("%(activity)s is planned.") % {"activity": made.reference},
        )
        if answer is not None:
            return answer
    context = {"form": form, "record": None, "cancel_url": _activities_url(request)}
    return show(request, "adoption/activity_edit.html", "", context, status=status_of(request))


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("adoption.activity_view")
@changeable
def activity_edit(request: TenantRequest, activity: EngagementActivity) -> HttpResponse:
    form = ActivityForm(request.POST or None, instance=activity)
    if request.method == "POST" and form.is_valid():
        answer = saved(
            request,
            form,
            lambda: services.revise_activity(
                activity,
                changes=form.changes,
                units=form.cleaned_data["units"],
                version=form.opened_version,
                acting=request.member,
            ),
            message=_("Saved."),
        )
        if answer is not None:
            return answer
    context = {"form": form, "record": activity, "cancel_url": activity.get_absolute_url()}
    return show(request, "adoption/activity_edit.html", "", context, status=status_of(request))


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("adoption.activity_view")
@changeable
def activity_hold(request: TenantRequest, activity: EngagementActivity) -> HttpResponse:
    """It was held: when, whom it reached, what came of it."""
    form = HoldForm(request.POST or None, instance=activity)
    if request.method == "POST" and form.is_valid():
        answer = saved(
            request,
            form,
            lambda: services.hold_activity(
                activity,
                held_on=form.cleaned_data["held_on"],
                reached=form.cleaned_data["reached"],
                outcome=form.cleaned_data["outcome"],
                version=form.opened_version,
                today=clock.today(),
                acting=request.member,
            ),
            message=_("Noted as held."),
        )
        if answer is not None:
            return answer
    context = {"form": form, "record": activity, "cancel_url": activity.get_absolute_url()}
    return show(request, "adoption/activity_hold.html", "", context, status=status_of(request))


@require_POST
@programme_view("adoption.activity_view")
@changeable
def activity_remove(request: TenantRequest, activity: EngagementActivity) -> HttpResponse:
    services.remove_activity(activity, at=clock.now(), acting=request.member)
    offer_undo(request, activity, _("%(activity)s is removed.") % {"activity": activity.reference})
    return redirect(_activities_url(request))


def _activities_url(request: TenantRequest) -> str:
    place = {"tenant": request.tenant.slug, "code": request.programme.code}
    return reverse("adoption:activity_list", kwargs=place)
