"""What waits for a group, proposed for its agenda."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _, ngettext

from pmo_portal.common.days import day_text
from pmo_portal.common.levels import State
from pmo_portal.common.registry import subjects_of, triggers_of
from programmes.choices import Half
from programmes.models import Programme

from ..choices import AgendaSide, EscalationStatus, ItemOutcome, Level, MeetingStatus, Voice
from ..models import (
    CRISIS_FROM,
    Action,
    ChangeRequest,
    Decision,
    Escalation,
    Meeting,
    MeetingItem,
    Review,
)
from .changes import waiting_changes
from .tolerances import Beyond, beyond_tolerance


@dataclass(frozen=True)
class Proposal:
    """Something to be spoken about: whose it is, the time it usually takes, and why it is here."""

    source: str
    title: str
    side: str
    minutes: int
    why: str = ""
    decision: Decision | None = None
    escalation: Escalation | None = None
    review: Review | None = None
    change_request: ChangeRequest | None = None
    carried_from: MeetingItem | None = None

    @property
    def side_word(self) -> str:
        return str(AgendaSide(self.side).label)

    @property
    def subject(self) -> Decision | Escalation | Review | ChangeRequest | None:
        return self.decision or self.escalation or self.review or self.change_request


def proposals_for(meeting: Meeting, on: date) -> list[Proposal]:
    """What is waiting as of a day and not on this agenda yet, in the order of a meeting.

    Minutes and actions of before, what the group is asked, where both sides stand, what is red, what both learned.
    """
    programme = meeting.programme
    taken = set(
        MeetingItem.objects.filter(meeting=meeting)
        .exclude(source="")
        .values_list("source", flat=True)
    )
    beyond = beyond_tolerance(programme, on)
    offered = [
        *_minutes(meeting, on),
        *_late_actions(programme, on),
        *_deferred(meeting),
        *_escalations(programme),
        *_beyond(beyond),
        *_subjects(programme, on),
        *_decisions(meeting, on),
        *_changes(programme),
        *_again(meeting),
        *_reviews(programme),
        *_sides(),
        *_signals(programme, on, beyond),
        Proposal(
            "learned",
            _("What we taught each other"),
            AgendaSide.BOTH,
            10,
            _("A standing item: one thing each side learned from the other."),
        ),
        Proposal("other", _("Any other business"), AgendaSide.BOTH, 5),
    ]
    return [each for each in offered if each.source not in taken]


def _minutes(meeting: Meeting, on: date) -> list[Proposal]:
    """Minutes of the group that nobody approved yet, the oldest first."""
    found = (
        Meeting.objects.open_minutes(on=on)
        .filter(group=meeting.group_id, held_on__lt=meeting.held_on)
        .order_by("held_on")
    )
    return [
        Proposal(
            f"minutes:{each.reference}",
            _("Minutes of %(day)s") % {"day": day_text(each.held_on)},
            AgendaSide.BOTH,
            5,
            _("%(meeting)s is not approved yet.") % {"meeting": each.reference},
        )
        for each in found
    ]


def _sides() -> list[Proposal]:
    """Both sides speak at every meeting, for the same time."""
    return [
        Proposal("side:delivery", _("Delivery: where it stands"), AgendaSide.DELIVERY, 15),
        Proposal("side:change", _("Adoption: where it stands"), AgendaSide.CHANGE, 15),
    ]


def _deferred(meeting: Meeting) -> list[Proposal]:
    """What an earlier meeting put off and no later one took up."""
    items = (
        MeetingItem.objects.filter(
            meeting__group=meeting.group_id,
            meeting__held_on__lt=meeting.held_on,
            meeting__deleted_at__isnull=True,
            outcome=ItemOutcome.DEFERRED,
        )
        # Taken up again by no meeting that will be held.
        .exclude(
            carried_to__in=MeetingItem.objects.filter(meeting__deleted_at__isnull=True).exclude(
                meeting__status=MeetingStatus.CANCELLED
            )
        )
        .select_related("meeting", "decision", "escalation", "review", "change_request")
        .order_by("meeting__held_on", "position")
    )
    return [
        Proposal(
            f"item:{item.number}",
            item.title,
            item.side,
            item.minutes,
            _("Deferred by %(meeting)s.") % {"meeting": item.meeting.reference},
            item.decision,
            item.escalation,
            item.review,
            item.change_request,
            item,
        )
        for item in items
    ]


def _decisions(meeting: Meeting, on: date) -> list[Proposal]:
    """Questions put to this group or to none, asked by now; those needed first come first."""
    waiting = (
        Decision.objects.put_to(meeting.group)
        .filter(requested_on__lte=on)
        .with_voices()
        .order_by("due_on", "number")
    )
    carried = set(_subjects_deferred(meeting))
    return [
        Proposal(
            each.reference,
            each.question,
            AgendaSide.BOTH,
            15,
            (
                _("Needed by %(day)s, overdue; %(voices)d of 2 views.")
                if each.due_on < on
                else _("Needed by %(day)s; %(voices)d of 2 views.")
            )
            % {"day": day_text(each.due_on), "voices": each.voices},
            decision=each,
        )
        for each in waiting
        if each.pk not in carried
    ]


def _changes(programme: Programme) -> list[Proposal]:
    """Change requests that wait for a half or for a signature; those both leads can settle first come first."""
    return [
        Proposal(
            each.reference,
            (_("Change request: %(title)s") % {"title": each.title})[:200],
            AgendaSide.BOTH,
            10,
            _change_why(each),
            change_request=each,
        )
        for each in waiting_changes(programme)
    ]


def _change_why(request: ChangeRequest) -> str:
    sides = _(" and ").join(str(Voice(each).label).lower() for each in request.waits_for)
    if not sides:
        why = _("Both impacts are described; it can go to both leads.")
    elif request.is_ready:
        why = _("Waits for the signature of %(sides)s.") % {"sides": sides}
    else:
        why = _("Impact not described yet by %(sides)s.") % {"sides": sides}
    if request.needed_by is None:
        return why
    return _("%(why)s Needed by %(day)s.") % {"why": why, "day": day_text(request.needed_by)}


def _again(meeting: Meeting) -> list[Proposal]:
    """What was decided and is to be looked at again by the day of the meeting."""
    carried = set(_subjects_deferred(meeting))
    due = (
        Decision.objects.decided()
        .filter(programme=meeting.programme_id, review_on__lte=meeting.held_on)
        .exclude(group__isnull=False, group__in=_other_groups(meeting))
        .order_by("review_on", "number")
    )
    return [
        Proposal(
            f"again:{each.reference}",
            (_("Did it work? %(question)s") % {"question": each.question})[:200],
            AgendaSide.BOTH,
            5,
            _("Decided %(day)s, to be looked at again on %(again)s.")
            % {"day": day_text(each.decided_on), "again": day_text(each.review_on)},
            decision=each,
        )
        for each in due
        if each.decided_on and each.review_on and each.pk not in carried
    ]


def _other_groups(meeting: Meeting) -> Any:
    return (
        type(meeting.group)
        .all_objects.filter(programme=meeting.programme_id)
        .exclude(pk=meeting.group_id)
        .values("pk")
    )


def _subjects_deferred(meeting: Meeting) -> Iterable[int]:
    """Decisions that come back with a deferred item, or are on this agenda with another source."""
    deferred = [each.decision.pk for each in _deferred(meeting) if each.decision]
    here = MeetingItem.objects.filter(meeting=meeting, decision__isnull=False)
    return [*deferred, *here.values_list("decision", flat=True)]


def _escalations(programme: Programme) -> list[Proposal]:
    found = Escalation.objects.filter(
        programme=programme, status=EscalationStatus.OPEN, level_to=Level.STEERING
    ).order_by("-severity", "effective_on", "number")
    return [
        Proposal(
            each.reference,
            each.title,
            each.raised_by,
            20 if each.severity >= CRISIS_FROM else 15,
            _("Severity %(severity)s; %(view)s.")
            % {
                "severity": each.severity,
                "view": _("both views are there")
                if each.is_paired
                else _("no view of %(side)s yet") % {"side": each.get_asked_of_display.lower()},
            },
            escalation=each,
        )
        for each in found
    ]


def _reviews(programme: Programme) -> list[Proposal]:
    found = Review.objects.open().filter(programme=programme).order_by("share")
    return [
        Proposal(
            each.reference,
            _("Review at %(share)s of the time") % {"share": each.get_share_display()},
            AgendaSide.BOTH,
            20,
            _("Due %(day)s.") % {"day": day_text(each.due_on)},
            review=each,
        )
        for each in found
    ]


def _beyond(found: list[Beyond]) -> list[Proposal]:
    """What lies beyond the charter: one question to the whole group for each tolerance, whichever half passed it."""
    asked: dict[tuple[str, str], list[str]] = {}
    for each in found:
        sentences = asked.setdefault((each.what, each.label), [])
        if each.sentence not in sentences:
            sentences.append(each.sentence)
    return [
        Proposal(
            f"beyond:{what}",
            _("Beyond the charter: %(what)s") % {"what": label},
            AgendaSide.BOTH,
            10,
            " ".join(sentences),
        )
        for (what, label), sentences in asked.items()
    ]


def _subjects(programme: Programme, on: date) -> list[Proposal]:
    """What other storeys want both sides to talk about, such as units that may not be ready for a go-live."""
    return [
        Proposal(source, title, AgendaSide.BOTH, 10, why)
        for source, title, why in subjects_of(programme, on)
    ]


def _signals(programme: Programme, on: date, beyond: list[Beyond]) -> list[Proposal]:
    """What the figures of each half say when they are red: one item for each half.

    What is beyond the charter has its own.
    """
    asked = {(each.half, each.sentence) for each in beyond}
    sentences: dict[str, list[str]] = {}
    for half, state, sentence in triggers_of(programme, on, list(Half)):
        if state == State.BAD and (half, sentence) not in asked:
            sentences.setdefault(half, []).append(str(sentence))
    sides = {Half.DELIVERY: AgendaSide.DELIVERY, Half.ADOPTION: AgendaSide.CHANGE}
    titles = {
        Half.DELIVERY: _("Delivery figures that are red"),
        Half.ADOPTION: _("Adoption figures that are red"),
    }
    return [
        Proposal(f"red:{half.value}", titles[half], sides[half], 15, " ".join(sentences[half]))
        for half in (Half.DELIVERY, Half.ADOPTION)
        if half in sentences
    ]


def _late_actions(programme: Programme, on: date) -> list[Proposal]:
    late = list(
        Action.objects.late(on=on).filter(programme=programme).order_by("due_on", "number")[:20]
    )
    if not late:
        return []
    title = ngettext("One late action", "%(count)d late actions", len(late)) % {"count": len(late)}
    names = ", ".join(each.reference for each in late)
    return [Proposal("actions:late", title, AgendaSide.BOTH, 10, names)]
