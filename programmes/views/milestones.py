"""The plan: milestones of both tracks on one timeline, and the page of one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pmo_portal.accounts.http import TenantRequest, programme_view
from pmo_portal.accounts.permissions import can, require
from pmo_portal.common import clock
from pmo_portal.common.levels import State, worst
from pmo_portal.common.registers import export_format, export_response, register_page
from pmo_portal.common.rendering import done, drawn_panels, show, wants_part
from pmo_portal.history.frame import history_url, status_of
from pmo_portal.history.services import EditConflict, Gone
from pmo_portal.history.views import conflict_page, gone_page, number_in, offer_undo
from pmo_portal.tenants.selectors import thresholds

from .. import figures, rows, selectors, services
from ..choices import Half
from ..forms import AchieveForm, ForecastForm, MilestoneFilter, MilestoneForm
from ..models import Milestone, MilestoneLink
from ..tables import MILESTONES
from .parts import address


@require_safe
@programme_view("programmes.milestone_view")
def milestone_list(request: TenantRequest) -> HttpResponse:
    """Both lanes side by side, then all milestones with filters, sorting and export."""
    today = clock.today()
    found = selectors.milestones_of(request.programme)
    links = list(selectors.links_of([request.programme.pk]))
    named = _named(request, links)
    rooms = selectors.rooms_of(request.programme, on=today, member=request.member)
    present = rows.plan_row(thresholds(), on=today, links=links, rooms=rooms.of, named=named)
    if export_format(request):
        return export_response(request, MILESTONES, found, filters=MilestoneFilter, present=present)
    context: dict[str, Any] = {
        "register": register_page(
            request, MILESTONES, found, filters=MilestoneFilter, present=present
        ),
        "may_create": can(request.member, "programmes.milestone_create", request.programme),
        "as_of": today,
    }
    if not wants_part(request):
        every = [present(each) for each in found.prefetch_related(None)]
        lanes = [_lane(half, [each for each in every if each.track == half]) for half in Half]
        bars = [[_bar(each, today) for each in lane.milestones] for lane in lanes]
        context |= {
            "lanes": lanes,
            "finding": _finding(every),
            "figure": figures.plan(
                *bars,
                on=today,
                links=[
                    figures.Tie(
                        link.before.reference,
                        link.after.reference,
                        all(
                            end.pk in rooms.of and rooms.of[end.pk].is_critical
                            for end in (link.before, link.after)
                        ),
                    )
                    for link in links
                ],
            ),
            "phone_figure": figures.plan(*bars, on=today, for_phone=True),
            "loop": rooms.loop,
        }
    return show(request, "programmes/milestone_list.html", "register", context)


def _named(request: TenantRequest, links: list[MilestoneLink]) -> set[int]:
    """The programmes at the ends of these links that may be named."""
    ends = {end.programme_id for link in links for end in (link.before, link.after)}
    others = ends - {request.programme.pk}
    return {request.programme.pk} | selectors.named_programmes(request.member, others)


@dataclass(frozen=True)
class Lane:
    """One track of the plan in a few words; both are counted by the same rules."""

    half: Half
    milestones: list[Any]
    title: str
    state: State
    reached: int
    late: int
    latest: int | None
    next: Any


def _lane(half: Half, milestones: list[Any]) -> Lane:
    pending = [each for each in milestones if each.actual_on is None]
    late = [each for each in pending if each.slip > 0]
    furthest = max(pending, key=lambda each: each.slip, default=None)
    if not milestones:
        title = _("No milestone yet")
    elif not pending:
        title = _("Every milestone is reached")
    elif furthest is not None and furthest.slip > 0:
        title = ngettext(
            "%(name)s is %(days)d working day late",
            "%(name)s is %(days)d working days late",
            furthest.slip,
        ) % {"name": furthest.name, "days": furthest.slip}
    else:
        title = _("No pending milestone is late")
    return Lane(
        half=half,
        milestones=milestones,
        title=title,
        state=worst([each.state for each in pending]) if pending else _state_of_all(milestones),
        reached=len(milestones) - len(pending),
        late=len(late),
        latest=furthest.slip if furthest is not None else None,
        next=min(pending, key=lambda each: (each.forecast_on, each.number), default=None),
    )


def _state_of_all(milestones: list[Any]) -> State:
    return State.DONE if milestones else State.NONE


def _finding(milestones: list[Any]) -> str:
    """The heading: the next go-live, or what is pending."""
    golives = [each for each in milestones if each.is_golive and each.actual_on is None]
    if golives:
        coming = min(golives, key=lambda each: (each.forecast_on, each.number))
        if coming.slip > 0:
            return ngettext(
                "%(name)s is expected %(days)d working day after its baseline",
                "%(name)s is expected %(days)d working days after its baseline",
                coming.slip,
            ) % {"name": coming.name, "days": coming.slip}
        return _("%(name)s is on its date") % {"name": coming.name}
    pending = sum(each.actual_on is None for each in milestones)
    if not pending:
        return _("No milestone is pending") if milestones else _("The plan is empty")
    return ngettext(
        "%(count)d milestone is pending, no go-live among them",
        "%(count)d milestones are pending, no go-live among them",
        pending,
    ) % {"count": pending}


def _bar(milestone: Any, on: date) -> figures.Bar:
    return figures.Bar(
        reference=milestone.reference,
        name=milestone.name,
        url=milestone.get_absolute_url(),
        baseline_on=milestone.baseline_on,
        expected_on=rows.expected_on(milestone, on),
        is_done=milestone.actual_on is not None,
        is_golive=milestone.is_golive,
        slip=milestone.slip,
        late=milestone.state in (State.WARN, State.BAD),
    )


@require_safe
@programme_view("programmes.milestone_view")
def milestone_detail(request: TenantRequest, reference: str) -> HttpResponse:
    milestone = _milestone(request, reference)
    if milestone.deleted_at is not None:
        return gone_page(request, milestone)
    today = clock.today()
    said: list[Any] = list(selectors.forecasts_of(milestone))
    for each in said:
        each.moved_days = (
            (each.forecast_on - each.previous_on).days
            if each.previous_on not in (None, each.forecast_on)
            else None
        )
    needs, needed_by = selectors.links_around(milestone)
    named = _named(request, [*needs, *needed_by])
    clashes = selectors.clashes_of([*needs, *needed_by], on=today)
    rooms = selectors.rooms_of(request.programme, on=today, member=request.member)
    ends: list[tuple[Any, Milestone]] = [(link, link.before) for link in needs]
    ends += [(link, link.after) for link in needed_by]
    for link, end in ends:
        link.clash = clashes.get((link.before_id, link.after_id), 0)
        link.is_named = end.programme_id in named
        link.end_name = end.name if link.is_named else _("a milestone of another programme")
    context = {
        "needs": needs,
        "needed_by": needed_by,
        "room": rooms.of.get(milestone.pk),
        "loop": rooms.loop,
        "record": rows.milestone_row(thresholds(), on=today)(milestone),
        "may_change": can(request.member, "programmes.milestone_change", milestone),
        "said": said,
        "moves": sum(each.moved_days is not None for each in said),
        "units": milestone.units.order_by("path"),
        "panels": drawn_panels("programmes.milestone", request, milestone),
        "history_url": history_url(request, milestone),
        "as_of": today,
    }
    return show(request, "programmes/milestone_detail.html", "", context)


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("programmes.milestone_create")
def milestone_create(request: TenantRequest) -> HttpResponse:
    form = MilestoneForm(
        request.POST or None,
        instance=Milestone(programme=request.programme),
        member=request.member,
    )
    if request.method == "POST" and form.is_valid():
        try:
            milestone = services.create_milestone(
                form.instance,
                units=form.cleaned_data["units"],
                at=clock.now(),
                on=clock.today(),
                acting=request.member,
            )
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            message = _("%(milestone)s is in the plan.") % {"milestone": milestone.reference}
            return done(request, to=milestone, message=message)
    context = {"form": form, "record": None, "cancel_url": address(request, "milestone_list")}
    return show(request, "programmes/milestone_edit.html", "", context, status=status_of(request))


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("programmes.milestone_change")
def milestone_edit(request: TenantRequest, reference: str) -> HttpResponse:
    milestone = _changeable(request, reference)
    if milestone.deleted_at is not None:
        return gone_page(request, milestone)
    form = MilestoneForm(request.POST or None, instance=milestone, member=request.member)
    if request.method == "POST" and form.is_valid():
        answer = _save(
            request, form, milestone, changes=form.changes, units=form.cleaned_data["units"]
        )
        if answer is not None:
            return answer
    context = {"form": form, "record": milestone, "cancel_url": milestone.get_absolute_url()}
    return show(request, "programmes/milestone_edit.html", "", context, status=status_of(request))


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("programmes.milestone_change")
def milestone_move(request: TenantRequest, reference: str) -> HttpResponse:
    """Expect a milestone on another date, and say why."""
    milestone = _changeable(request, reference)
    if milestone.deleted_at is not None:
        return gone_page(request, milestone)
    before = milestone.forecast_on
    form = ForecastForm(request.POST or None, instance=milestone)
    if request.method == "POST" and form.is_valid():
        answer = _save(
            request, form, milestone, changes=form.changes, reason=form.cleaned_data["reason"]
        )
        if answer is not None:
            return answer
    context = {
        "form": form,
        "record": milestone,
        "before": before,
        "cancel_url": milestone.get_absolute_url(),
        "submit_label": _("Move the date"),
    }
    return show(request, "programmes/milestone_move.html", "", context, status=status_of(request))


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("programmes.milestone_change")
def milestone_achieve(request: TenantRequest, reference: str) -> HttpResponse:
    """Say on which day a milestone was reached."""
    milestone = _changeable(request, reference)
    if milestone.deleted_at is not None:
        return gone_page(request, milestone)
    today = clock.today()
    initial = {} if milestone.actual_on else {"actual_on": today}
    form = AchieveForm(request.POST or None, instance=milestone, initial=initial)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["actual_on"] > today:
            form.add_error("actual_on", _("A milestone cannot be achieved in the future."))
        else:
            answer = _save(request, form, milestone, changes=form.changes)
            if answer is not None:
                return answer
    context = {
        "form": form,
        "record": milestone,
        "cancel_url": milestone.get_absolute_url(),
        "submit_label": _("It is reached"),
    }
    return show(
        request, "programmes/milestone_achieve.html", "", context, status=status_of(request)
    )


@require_POST
@programme_view("programmes.milestone_change")
def milestone_remove(request: TenantRequest, reference: str) -> HttpResponse:
    milestone = _changeable(request, reference)
    if milestone.deleted_at is not None:
        return gone_page(request, milestone)
    services.remove_milestone(milestone, at=clock.now(), acting=request.member)
    offer_undo(request, milestone, _("%(item)s is removed.") % {"item": milestone.reference})
    return redirect(address(request, "milestone_list"))


def _save(
    request: TenantRequest, form: Any, milestone: Milestone, **wanted: Any
) -> HttpResponse | None:
    """The answer to a valid form; None where the service refused and the form says why."""
    try:
        saved = services.revise_milestone(
            milestone,
            version=form.opened_version,
            at=clock.now(),
            on=clock.today(),
            acting=request.member,
            **wanted,
        )
    except EditConflict as clash:
        return conflict_page(request, form, clash, cancel_url=milestone.get_absolute_url())
    except Gone as gone:
        return gone_page(request, gone.record)
    except ValidationError as refusal:
        form.refuse(refusal)
        return None
    return done(request, to=saved, message=_("Saved."))


def _milestone(request: TenantRequest, reference: str) -> Milestone:
    milestone = selectors.milestone_for(request.member, number_in(reference, "M"))
    if milestone is None or milestone.programme_id != request.programme.pk:
        raise Http404
    return milestone


def _changeable(request: TenantRequest, reference: str) -> Milestone:
    milestone = _milestone(request, reference)
    require(request.member, "programmes.milestone_change", milestone)
    return milestone
