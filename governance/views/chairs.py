"""Who chairs the coming meetings of a group."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pmo_portal.accounts.http import TenantRequest, programme_view
from pmo_portal.accounts.permissions import can
from pmo_portal.common import clock
from pmo_portal.common.rendering import show
from pmo_portal.history.frame import pressed, saved, status_of, with_record

from .. import selectors, services
from ..forms import ChairForm, SeriesForm
from ..models import Meeting, SteeringGroup
from .parts import address

readable = with_record(selectors.group_by_number, "SG")
changeable = with_record(selectors.group_by_number, "SG", "governance.meeting_change")


@require_safe
@programme_view("governance.meeting_view")
@readable
def chair_plan(request: TenantRequest, group: SteeringGroup) -> HttpResponse:
    """The coming meetings in order, who chairs each and for which side."""
    today = clock.today()
    context = {
        "group": group,
        "plan": selectors.chair_plan(group, today),
        "may_change": can(request.member, "governance.meeting_change", group),
        "today": today,
    }
    return show(request, "governance/chair_plan.html", "", context)


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("governance.meeting_view")
@changeable
def chair_series(request: TenantRequest, group: SteeringGroup) -> HttpResponse:
    """Plan the next meetings at once; the sides chair in turn."""
    plan = address(request, "chair_plan", reference=group.reference)
    form = SeriesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        answer = saved(
            request,
            form,
            lambda: services.plan_series(group, acting=request.member, **form.cleaned_data),
            message=lambda made: (
                ngettext("One meeting is planned.", "%(count)d meetings are planned.", len(made))
                % {"count": len(made)}
                if made
                else _("The group already meets on these days.")
            ),
            to=plan,
        )
        if answer is not None:
            return answer
    context = {"form": form, "group": group, "cancel_url": plan}
    return show(request, "governance/chair_series.html", "", context, status=status_of(request))


@require_POST
@programme_view("governance.meeting_view")
@changeable
def chair_alternate(request: TenantRequest, group: SteeringGroup) -> HttpResponse:
    plan = address(request, "chair_plan", reference=group.reference)
    return pressed(
        request,
        group,
        lambda: services.alternate_chairs(group, on=clock.today(), acting=request.member),
        message=lambda changed: (
            ngettext("One chair changed.", "%(count)d chairs changed.", len(changed))
            % {"count": len(changed)}
            if changed
            else _("The sides already chair in turn.")
        ),
        to=plan,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("governance.meeting_view")
@with_record(selectors.meeting_by_number, "MT", "governance.meeting_change")
def meeting_chair(request: TenantRequest, meeting: Meeting) -> HttpResponse:
    """Give one meeting another chair."""
    plan = address(request, "chair_plan", reference=meeting.group.reference)
    form = ChairForm(request.POST or None, instance=meeting)
    if request.method == "POST" and form.is_valid():
        answer = saved(
            request,
            form,
            lambda: services.revise_meeting(
                meeting, changes=form.changes, version=form.opened_version, acting=request.member
            ),
            message=_("Saved."),
            to=plan,
            cancel_url=plan,
        )
        if answer is not None:
            return answer
    context = {"form": form, "record": meeting, "cancel_url": plan}
    return show(request, "governance/meeting_chair.html", "", context, status=status_of(request))
