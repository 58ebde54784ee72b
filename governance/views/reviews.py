"""Reviews at a quarter, half and three quarters of the time."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pmo_portal.accounts.http import TenantRequest, programme_view, tenant_view
from pmo_portal.accounts.permissions import can, require
from pmo_portal.common import clock
from pmo_portal.common.registers import export_format, export_response, register_page
from pmo_portal.common.rendering import done, show
from pmo_portal.history.frame import history_url, pressed, saved, status_of, with_record

from .. import selectors, services
from ..choices import Verdict, Voice
from ..forms import ActionForm, DecisionForm, FindingForm, OutcomeForm, ReviewFilter, ReviewForm
from ..models import Action, Decision, Review, ReviewLine, ReviewView
from ..rules import Side
from ..tables import REVIEWS
from .parts import address


@require_safe
@tenant_view("governance.review_view")
def review_all(request: TenantRequest) -> HttpResponse:
    """The reviews of every programme the member sees."""
    reviews = selectors.reviews_for(request.member)
    if export_format(request):
        return export_response(request, REVIEWS, reviews, filters=ReviewFilter)
    today = clock.today()
    context = {
        "register": register_page(request, REVIEWS, reviews, filters=ReviewFilter),
        **reviews.counted(on=today),
        "today": today,
    }
    return show(request, "governance/review_all.html", "register", context)


@require_safe
@programme_view("governance.review_view")
def review_list(request: TenantRequest) -> HttpResponse:
    """Three looks at everything that was agreed, side by side over time."""
    today = clock.today()
    programme = request.programme
    agreed = selectors.agreed_charter(programme)
    moments = selectors.moments_of(programme, agreed.agreed_on if agreed else None)
    rows = selectors.over_time(moments, today)
    newest = next((each.share for each in reversed(moments) if each.review), None)
    last = [row.looks[newest] for row in rows if newest in row.looks] if newest else []
    context = {
        "agreed": agreed,
        "moments": moments,
        "rows": rows,
        "overdue": [
            each.review
            for each in moments
            if each.review and each.review.is_open and each.review.due_on < today
        ],
        "open": [each.review for each in moments if each.review and each.review.is_open],
        "broken": sum(each.verdict == Verdict.BROKEN for each in last),
        "drifted": sum(each.verdict == Verdict.DRIFTED for each in last),
        "silent": sum(not each.verdict for each in last),
        "span": selectors.baseline_span(programme),
        "today": today,
    }
    return show(request, "governance/review_list.html", "", context)


@require_safe
@programme_view("governance.review_view")
@with_record(selectors.review_by_number, "RV")
def review_detail(request: TenantRequest, review: Review) -> HttpResponse:
    today = clock.today()
    member = request.member
    looks = selectors.looked_at(review, today)
    sides = []
    for voice in Voice:
        done_on = getattr(review, f"{voice.value}_done_on")
        own = can(member, "governance.review_complete", Side(review.programme, voice))
        sides.append(
            {
                "voice": voice.value,
                "label": voice.label,
                "done_on": done_on,
                "done_by": getattr(review, f"{voice.value}_done_by"),
                "lacking": sum(voice.value not in each.views for each in looks),
                "may_judge": review.is_open
                and done_on is None
                and can(
                    member,
                    "governance.review_judge",
                    ReviewView(review_line=ReviewLine(review=review), function=voice),
                ),
                "may_complete": review.is_open and done_on is None and bool(own),
                "may_reopen": review.is_open and done_on is not None and bool(own),
            }
        )
    may_change = review.is_open and can(member, "governance.review_change", review)
    context = {
        "record": review,
        "looks": looks,
        "halves": [
            (half, [each for each in looks if each.line.half == half])
            for half in ("delivery", "adoption")
        ],
        "sides": sides,
        "outcomes": selectors.outcomes_of(review),
        "may_change": may_change,
        "may_link": can(member, "governance.review_change", review),
        "form": OutcomeForm(programme=request.programme)
        if can(member, "governance.review_change", review)
        else None,
        "days_late": max(0, (today - review.due_on).days) if review.is_open else 0,
        "counts": {
            verdict.value: sum(each.verdict == verdict for each in looks) for verdict in Verdict
        },
        "silent": sum(not each.verdict for each in looks),
        "differing": sum(each.differs for each in looks),
        "history_url": history_url(request, review),
        "today": review.done_on or today,
    }
    return show(request, "governance/review_detail.html", "", context)


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("governance.review_view")
@with_record(selectors.review_by_number, "RV", "governance.review_change")
def review_edit(request: TenantRequest, review: Review) -> HttpResponse:
    form = ReviewForm(request.POST or None, instance=review)
    if request.method == "POST" and form.is_valid():
        answer = saved(
            request,
            form,
            lambda: services.revise_review(
                review, changes=form.changes, version=form.opened_version, acting=request.member
            ),
            message=_("Saved."),
        )
        if answer is not None:
            return answer
    context = {"form": form, "record": review, "cancel_url": review.get_absolute_url()}
    return show(request, "governance/review_edit.html", "", context, status=status_of(request))


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("governance.review_view")
@with_record(selectors.review_by_number, "RV")
def review_judge(request: TenantRequest, review: Review, line: int, voice: str) -> HttpResponse:
    """One function says what it found of one line; the other can read it and not change it."""
    if voice not in Voice.values:
        raise Http404
    today = clock.today()
    looks = selectors.looked_at(review, today)
    look = next((each for each in looks if each.line.line == line), None)
    if look is None:
        raise Http404
    look.line.review = review
    given = look.views.get(voice)
    wanted = given or ReviewView(review_line=look.line, function=voice)
    wanted.review_line = look.line
    require(request.member, "governance.review_judge", wanted)
    waiting = [each for each in looks if voice not in each.views and each.line.line != line]
    form = FindingForm(request.POST or None, instance=wanted)
    if request.method == "POST" and form.is_valid():
        to = review.get_absolute_url()
        if "next" in request.POST and waiting:
            to = _judge_url(request, review, waiting[0].line.line, voice)
        answer = saved(
            request,
            form,
            lambda: services.say_finding(
                look.line,
                function=voice,
                verdict=form.cleaned_data["verdict"],
                evidence=form.cleaned_data["evidence"],
                on=today,
                version=form.opened_version,
                acting=request.member,
            ),
            message=_("Your side's view is in the review."),
            to=to,
            cancel_url=review.get_absolute_url(),
        )
        if answer is not None:
            return answer
    context = {
        "form": form,
        "review": review,
        "look": look,
        "voice": Voice(voice),
        "other": look.views.get(Voice.CHANGE if voice == Voice.DELIVERY else Voice.DELIVERY),
        "waiting": len(waiting),
        "cancel_url": review.get_absolute_url(),
    }
    return show(request, "governance/review_judge.html", "", context, status=status_of(request))


@require_POST
@programme_view("governance.review_view")
@with_record(selectors.review_by_number, "RV")
def review_complete(request: TenantRequest, review: Review, voice: str) -> HttpResponse:
    _must_be_voice(voice)
    require(request.member, "governance.review_complete", Side(review.programme, voice))
    return pressed(
        request,
        review,
        lambda: services.complete_review(
            review, function=voice, on=clock.today(), acting=request.member
        ),
        message=lambda after: (
            _("Your side is done.")
            if after.is_open
            else _("Both sides are done: the review is kept.")
        ),
    )


@require_POST
@programme_view("governance.review_view")
@with_record(selectors.review_by_number, "RV")
def review_reopen(request: TenantRequest, review: Review, voice: str) -> HttpResponse:
    _must_be_voice(voice)
    require(request.member, "governance.review_complete", Side(review.programme, voice))
    return pressed(
        request,
        review,
        lambda: services.reopen_side(review, function=voice, acting=request.member),
        message=_("Your side can write again."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("governance.review_view")
@with_record(selectors.review_by_number, "RV", "governance.review_change")
def review_decision(request: TenantRequest, review: Review) -> HttpResponse:
    """Ask the group for a decision out of the review."""
    form = DecisionForm(request.POST or None, instance=Decision(programme=request.programme))
    if request.method == "POST" and form.is_valid():
        options = form.cleaned_data["options"]
        answer = saved(
            request,
            form,
            lambda: services.ask_for_decision(
                review, form.instance, options=options, acting=request.member
            ),
            message=lambda made: _("%(item)s came out of this review.") % {"item": made.reference},
            to=f"{review.get_absolute_url()}#outcomes",
        )
        if answer is not None:
            return answer
    context = {"form": form, "record": None, "cancel_url": review.get_absolute_url()}
    return show(request, "governance/decision_edit.html", "", context, status=status_of(request))


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("governance.review_view")
@with_record(selectors.review_by_number, "RV", "governance.review_change")
def review_action(request: TenantRequest, review: Review) -> HttpResponse:
    """Agree on an action out of the review."""
    form = ActionForm(request.POST or None, instance=Action(programme=request.programme))
    if request.method == "POST" and form.is_valid():
        answer = saved(
            request,
            form,
            lambda: services.agree_action(review, form.instance, acting=request.member),
            message=lambda made: _("%(item)s came out of this review.") % {"item": made.reference},
            to=f"{review.get_absolute_url()}#outcomes",
        )
        if answer is not None:
            return answer
    context = {"form": form, "record": None, "cancel_url": review.get_absolute_url()}
    return show(request, "governance/action_edit.html", "", context, status=status_of(request))


@require_POST
@programme_view("governance.review_view")
@with_record(selectors.review_by_number, "RV", "governance.review_change")
def review_link(request: TenantRequest, review: Review) -> HttpResponse:
    form = OutcomeForm(request.POST, programme=request.programme)
    to = f"{review.get_absolute_url()}#outcomes"
    if not form.is_valid():
        messages.error(request, _("Choose a decision or an action of this programme."))
        return redirect(to)
    return pressed(
        request,
        review,
        lambda: services.link_outcome(review, acting=request.member, **form.chosen),
        message=_("It is among what came out of this review."),
        to=to,
    )


@require_POST
@programme_view("governance.review_view")
@with_record(selectors.review_by_number, "RV", "governance.review_change")
def review_unlink(request: TenantRequest, review: Review) -> HttpResponse:
    outcome = selectors.outcome_of(review, request.POST.get("outcome", ""))
    if outcome is None:
        return HttpResponseBadRequest()
    services.unlink_outcome(outcome, at=clock.now(), acting=request.member)
    to = f"{review.get_absolute_url()}#outcomes"
    return done(request, to=to, message=_("It is no longer listed here."))


def _must_be_voice(voice: str) -> None:
    if voice not in Voice.values:
        raise Http404


def _judge_url(request: TenantRequest, review: Review, line: int, voice: str) -> str:
    return address(request, "review_judge", reference=review.reference, line=line, voice=voice)
