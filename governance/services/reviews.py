"""Reviews open by themselves, each function says what it found, both leads complete."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import ask
from pmo_portal.history import services as history
from pmo_portal.jobs.services import enqueue
from pmo_portal.tenants.context import current_tenant_id
from pmo_portal.tenants.models import Person
from pmo_portal.tenants.services import next_reference
from programmes.choices import Stage
from programmes.events import announce

from .. import drift, events, selectors
from ..choices import LineKind, ReviewStatus, Voice
from ..models import (
    Action,
    Charter,
    Decision,
    Review,
    ReviewLine,
    ReviewOutcome,
    ReviewView,
)
from ..rules import Side
from .actions import create_action
from .decisions import request_decision

OPEN_REVIEWS = "governance.open_reviews"


def ask_to_open_reviews() -> None:
    """Have the portal look soon which reviews are due; many wishes in a row are one job."""
    enqueue(
        OPEN_REVIEWS,
        title=_("Open the reviews that are due"),
        slot=f"{OPEN_REVIEWS}:{current_tenant_id()}",
        coalesce=True,
        delay=timedelta(seconds=5),
    )


@transaction.atomic
def open_due_reviews(*, on: date) -> list[Review]:
    """Open every review whose share of the baseline time is over, for programmes with an agreed charter."""
    charters = list(
        Charter.objects.agreed()
        .filter(programme__deleted_at__isnull=True)
        .exclude(programme__stage=Stage.CLOSED)
        .select_related("programme", "tenant")
        .order_by("pk")
    )
    spans = selectors.baseline_spans([charter.programme for charter in charters])
    existing: dict[int, set[int]] = {}
    agreed: dict[int, date] = {}
    wanted = [charter.programme_id for charter in charters]
    for programme_id, share in Review.all_objects.filter(programme_id__in=wanted).values_list(
        "programme_id", "share"
    ):
        existing.setdefault(programme_id, set()).add(share)
    # What was agreed first counts: a second version does not put off a review.
    for programme_id, day in Charter.objects.filter(
        programme_id__in=wanted, agreed_on__isnull=False
    ).values_list("programme_id", "agreed_on"):
        if day is not None:
            agreed[programme_id] = min(day, agreed.get(programme_id, day))
    opened = []
    for charter in charters:
        span = spans.get(charter.programme_id)
        if span is None:
            continue
        due = drift.shares_to_open(
            starts_on=span[0],
            ends_on=span[1],
            agreed_on=agreed[charter.programme_id],
            on=on,
            existing=frozenset(existing.get(charter.programme_id, ())),
        )
        opened += [_open(charter, share, day) for share, day in due]
    return opened


def _open(charter: Charter, share: int, day: date) -> Review:
    review = Review(
        number=next_reference("RV"),
        programme=charter.programme,
        charter=charter,
        share=share,
        reached_on=day,
        due_on=day + drift.TIME_TO_REVIEW,
    )
    history.create(review, acting=None, action="open review")
    lines = [
        ReviewLine(
            review=review,
            tenant_id=review.tenant_id,
            line=each.line,
            kind=LineKind.ASSUMPTION,
            half=each.half,
            text=each.text,
            unit=each.unit,
            value=each.value,
            words=each.words,
            margin=each.margin,
            figure=each.figure,
        )
        for each in selectors.assumptions_of(charter)
    ]
    lines += [
        ReviewLine(
            review=review,
            tenant_id=review.tenant_id,
            line=each.line,
            kind=LineKind.MEASURE,
            half=each.half,
            text=each.name,
            unit=each.unit,
            value=each.baseline_value,
            target=each.target_value,
            due_on=each.due_on,
            figure=each.figure,
        )
        for each in selectors.measures_of(charter)
    ]
    ReviewLine.objects.bulk_create(lines)
    _review_changed(review)
    return review


@transaction.atomic
def say_finding(
    line: ReviewLine,
    *,
    function: str,
    verdict: str,
    evidence: str,
    on: date,
    version: int | None = None,
    person: Person | None = None,
    acting: Member | None,
) -> ReviewView:
    """Say what one function found of a line; a second word revises the first.

    `version` 0 says that there was no word yet when the form was opened.

    Raises:
        NotAllowed: each function writes its own.
        EditConflict: somebody of the same function wrote meanwhile.
        ValidationError: the review is done, or this side has completed it.
    """
    wanted = ReviewView(review_line=line, function=function)
    ask(acting, "governance.review_judge", wanted)
    # Held from here on, so that of two first words the second one meets the first.
    review = _open_review(line.review)
    given = ReviewView.objects.filter(review_line=line, function=function).first()
    if _done_on(review, function) is not None:
        raise ValidationError(_("Your side has completed this review. Take that back first."))
    speaker = person or (acting.person if acting else None)
    if given is not None:
        changes = {"verdict": verdict, "evidence": evidence, "person": speaker, "given_on": on}
        given = history.revise(given, changes=changes, version=version, acting=acting)
    else:
        if version:
            raise ValidationError(_("What your side had said was removed meanwhile."))
        wanted.verdict, wanted.evidence = verdict, evidence
        wanted.person, wanted.given_on = speaker, on
        given = history.create(wanted, acting=acting)
    _review_changed(review)
    return given


@transaction.atomic
def revise_review(
    review: Review,
    *,
    changes: Mapping[str, Any],
    version: int | None = None,
    acting: Member | None,
) -> Review:
    """Change the day it is due or what was learned.

    Raises:
        NotAllowed, EditConflict, Gone.
        ValidationError: it is done.
    """
    ask(acting, "governance.review_change", review)
    _open_review(review)
    review = history.revise(review, changes=changes, version=version, acting=acting)
    _review_changed(review)
    return review


@transaction.atomic
def complete_review(
    review: Review,
    *,
    function: str,
    person: Person | None = None,
    on: date,
    acting: Member | None,
) -> Review:
    """Say that one side has looked at everything. When both have, the review is done and its figures are kept.

    Raises:
        NotAllowed: it is the other side's word.
        ValidationError: this side has not said what it found of every line, or is done already.
    """
    ask(acting, "governance.review_complete", Side(review.programme, function))
    review = _open_review(review)
    if _done_on(review, function) is not None:
        raise ValidationError(_("Your side has completed this review already."))
    lacking = review.lines.exclude(
        pk__in=ReviewView.objects.filter(function=function, review_line__review=review).values(
            "review_line_id"
        )
    ).count()
    if lacking:
        raise ValidationError(
            _("%(count)d lines have no word of your side yet. Say what you found of each.")
            % {"count": lacking}
        )
    other = Voice.CHANGE if function == Voice.DELIVERY else Voice.DELIVERY
    changes: dict[str, Any] = {
        f"{function}_done_on": on,
        f"{function}_done_by": person or (acting.person if acting else None),
    }
    if _done_on(review, other) is not None:
        changes |= {"status": ReviewStatus.DONE, "done_on": on}
        _keep_figures(review, on)
    review = history.revise(review, changes=changes, acting=acting, action="complete review")
    _review_changed(review)
    return review


@transaction.atomic
def reopen_side(review: Review, *, function: str, acting: Member | None) -> Review:
    """Take back that one side is done, as long as the other one is not.

    Raises:
        NotAllowed: it is the other side's word.
        ValidationError: the review is done.
    """
    ask(acting, "governance.review_complete", Side(review.programme, function))
    review = _open_review(review)
    review = history.revise(
        review,
        changes={f"{function}_done_on": None, f"{function}_done_by": None},
        acting=acting,
        action="take completion back",
    )
    _review_changed(review)
    return review


def _keep_figures(review: Review, on: date) -> None:
    lines = list(review.lines.exclude(figure=""))
    known = selectors.known_figures(review.programme, {line.figure for line in lines}, on)
    for line in lines:
        line.computed = known[line.figure]
    ReviewLine.objects.bulk_update(lines, ["computed"])


@transaction.atomic
def link_outcome(
    review: Review,
    *,
    decision: Decision | None = None,
    action: Action | None = None,
    acting: Member | None,
) -> ReviewOutcome:
    """Say that a decision or an action came out of a review. Saying it twice changes nothing.

    Raises:
        NotAllowed, Gone.
        ValidationError: it belongs to another programme.
    """
    ask(acting, "governance.review_change", review)
    thing: Any = decision or action
    if thing is None or thing.programme_id != review.programme_id:
        raise ValidationError(_("Choose a decision or an action of this programme."))
    # Of two who link the same the second one waits, and finds it linked.
    history.held(review)
    linked = ReviewOutcome.objects.filter(review=review, decision=decision, action=action).first()
    if linked is not None:
        return linked
    outcome = ReviewOutcome(review=review, decision=decision, action=action)
    history.create(outcome, acting=acting, action="link outcome of review")
    _review_changed(review)
    return outcome


@transaction.atomic
def unlink_outcome(outcome: ReviewOutcome, *, at: datetime, acting: Member | None) -> None:
    """Say that it did not come out of the review after all. What somebody else unlinked meanwhile stays so."""
    ask(acting, "governance.review_change", outcome.review)
    history.remove(outcome, at=at, acting=acting, action="unlink outcome of review")
    _review_changed(outcome.review)


@transaction.atomic
def ask_for_decision(
    review: Review, decision: Decision, *, options: list[str], acting: Member | None
) -> Decision:
    """Put a question to the group that came out of a review."""
    decision = request_decision(decision, options=options, acting=acting)
    link_outcome(review, decision=decision, acting=acting)
    return decision


@transaction.atomic
def agree_action(review: Review, action: Action, *, acting: Member | None) -> Action:
    """Agree on an action that came out of a review."""
    action = create_action(action, acting=acting)
    link_outcome(review, action=action, acting=acting)
    return action


def _open_review(review: Review) -> Review:
    """The review as it stands, held: what completes it must not come in between."""
    current = (
        Review.all_objects.select_for_update(of=("self",))
        .select_related("programme", "tenant", "charter")
        .get(pk=review.pk)
    )
    if not current.is_open:
        raise ValidationError(_("This review is done: it stays as both leads completed it."))
    return current


def _done_on(review: Review, function: str) -> date | None:
    return review.delivery_done_on if function == Voice.DELIVERY else review.change_done_on


def _review_changed(review: Review) -> None:
    announce(events.review_changed, tenant_id=review.tenant_id, programme_id=review.programme_id)
