"""Dependencies between milestones, of both tracks and across programmes."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from pmo_portal.accounts.http import TenantRequest, programme_view
from pmo_portal.common import clock
from pmo_portal.common.rendering import show
from pmo_portal.history.frame import history_url, saved, status_of, with_record
from pmo_portal.history.views import offer_undo

from .. import selectors, services
from ..forms import LinkForm
from ..models import Milestone, MilestoneLink


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("programmes.milestone_view")
@with_record(selectors.milestone_for, "M", "programmes.milestone_change")
def link_create(request: TenantRequest, milestone: Milestone) -> HttpResponse:
    """Say what a milestone waits for."""
    form = LinkForm(
        request.POST or None, instance=MilestoneLink(after=milestone), member=request.member
    )
    if request.method == "POST" and form.is_valid():
        answer = saved(
            request,
            form,
            lambda: services.link_milestones(form.instance, acting=request.member),
            to=milestone,
            message=lambda link: (
                _("It waits for %(before)s now.") % {"before": link.before.reference}
            ),
        )
        if answer is not None:
            return answer
    context = {"form": form, "record": milestone, "cancel_url": milestone.get_absolute_url()}
    return show(request, "programmes/link_edit.html", "", context, status=status_of(request))


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("programmes.milestone_view")
@with_record(selectors.link_by_number, "ML", "programmes.link_change")
def link_edit(request: TenantRequest, link: MilestoneLink) -> HttpResponse:
    """Say better what a milestone waits for, for how long, or why."""
    before, back = link.before, link.get_absolute_url()
    form = LinkForm(request.POST or None, instance=link, member=request.member)
    if request.method == "POST" and form.is_valid():
        answer = saved(
            request,
            form,
            lambda: services.revise_link(
                link, changes=form.changes, version=form.opened_version, acting=request.member
            ),
            message=_("Saved."),
        )
        if answer is not None:
            return answer
    context = {
        "form": form,
        "record": link.after,
        "before": before.name
        if selectors.named_programmes(request.member, [before.programme_id])
        else _("a milestone of another programme"),
        "cancel_url": back,
        "history_url": history_url(request, link),
    }
    return show(request, "programmes/link_edit.html", "", context, status=status_of(request))


@require_POST
@programme_view("programmes.milestone_view")
@with_record(selectors.link_by_number, "ML", "programmes.link_change")
def link_remove(request: TenantRequest, link: MilestoneLink) -> HttpResponse:
    services.unlink_milestones(link, at=clock.now(), acting=request.member)
    offer_undo(
        request,
        link,
        _("%(after)s no longer waits for %(before)s.")
        % {"after": link.after.reference, "before": link.before.reference},
    )
    return redirect(link.after)
