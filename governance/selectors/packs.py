"""What a meeting has on its table: the papers of its items, and what was agreed before it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Q

from pmo_portal.common.levels import State

from ..choices import MeetingStatus, Verdict, Voice, other_voice
from ..models import (
    Action,
    ChangeRequest,
    Decision,
    DecisionInput,
    DecisionOption,
    Escalation,
    Meeting,
    MeetingItem,
    Review,
    ReviewLine,
)
from .changes import delivery_words, people_words

# How far back a first meeting looks for what was finished.
_FIRST_LOOK_BACK = timedelta(days=90)


@dataclass(frozen=True)
class Said:
    """What one function says of a paper. Without words: nothing yet."""

    voice: str
    stance: str = ""
    words: str = ""
    who: str = ""
    on: date | None = None

    @property
    def label(self) -> str:
        return str(Voice(self.voice).label)

    @property
    def is_there(self) -> bool:
        return bool(self.words or self.stance)


@dataclass(frozen=True)
class Paper:
    """An agenda item with everything the group has to have read."""

    item: MeetingItem
    context: str = ""
    options: list[DecisionOption] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    due_on: date | None = None

    @property
    def missing(self) -> list[str]:
        return [each.label for each in self.said if not each.is_there]


def papers_of(items: Iterable[MeetingItem]) -> list[Paper]:
    """The papers in the order of the agenda. Three statements for any number of items."""
    items = list(items)
    decisions = [each.decision_id for each in items if each.decision_id]  # type: ignore[attr-defined]
    reviews = [each.review_id for each in items if each.review_id]  # type: ignore[attr-defined]
    inputs: dict[int, dict[str, DecisionInput]] = {}
    for given in DecisionInput.objects.filter(decision__in=decisions).select_related("person"):
        inputs.setdefault(given.decision_id, {})[given.function] = given  # type: ignore[attr-defined]
    options: dict[int, list[DecisionOption]] = {}
    for option in DecisionOption.objects.filter(decision__in=decisions).order_by("position"):
        options.setdefault(option.decision_id, []).append(option)  # type: ignore[attr-defined]
    judged: dict[int, list[tuple[str | None, str | None]]] = {}
    seen = (
        ReviewLine.objects.filter(review__in=reviews)
        .filter(Q(views__isnull=True) | Q(views__deleted_at__isnull=True))
        .values_list("review", "views__function", "views__verdict")
    )
    for review, function, verdict in seen:
        judged.setdefault(review, []).append((function, verdict))
    return [_paper(each, inputs, options, judged) for each in items]


def _paper(
    item: MeetingItem,
    inputs: dict[int, dict[str, DecisionInput]],
    options: dict[int, list[DecisionOption]],
    judged: dict[int, list[tuple[str | None, str | None]]],
) -> Paper:
    subject = item.subject
    if isinstance(subject, Decision):
        given = inputs.get(subject.pk, {})
        said = [_input(voice, given.get(voice)) for voice in Voice.values]
        return Paper(item, subject.context, options.get(subject.pk, []), said, subject.due_on)
    if isinstance(subject, Escalation):
        own = Said(subject.raised_by, words=subject.text or subject.title, on=subject.effective_on)
        other = Said(other_voice(subject.raised_by), words=subject.view, on=subject.view_on)
        order = Voice.values
        both = sorted((own, other), key=lambda each: order.index(each.voice))
        return Paper(item, said=both, due_on=None if subject.view else subject.view_due_on)
    if isinstance(subject, Review):
        lines = judged.get(subject.pk, [])
        said = [_verdicts(voice, lines) for voice in Voice.values]
        return Paper(item, subject.learned, said=said, due_on=subject.due_on)
    if isinstance(subject, ChangeRequest):
        context = f"{subject.what}\n\n{subject.why}"
        return Paper(item, context, said=_halves(subject), due_on=subject.needed_by)
    return Paper(item)


def _halves(request: ChangeRequest) -> list[Said]:
    """What both functions say a change means for their side."""
    halves = (
        (request.delivery_impact, delivery_words(request)),
        (request.people_impact, people_words(request)),
    )
    return [
        Said(
            half.voice, words=words, who=half.said_by.name if half.said_by else "", on=half.said_on
        )
        for half, words in halves
    ]


def _input(voice: str, given: DecisionInput | None) -> Said:
    if given is None:
        return Said(voice)
    who = given.person.name if given.person else ""
    return Said(voice, str(given.get_stance_display()), given.note, who, given.given_on)


def _verdicts(voice: str, lines: list[tuple[str | None, str | None]]) -> Said:
    """How many lines one function judged how: "4 Holds, 1 Broken"."""
    counts = {each: lines.count((voice, each)) for each in Verdict.values}
    words = ", ".join(f"{n} {Verdict(each).label}" for each, n in counts.items() if n)
    return Said(voice, words=words)


# --- what was agreed before ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Carried:
    """An action from before, as it stood on the day of the meeting."""

    action: Action
    is_open: bool
    days_late: int
    # On the table of three meetings running, this one among them.
    is_stuck: bool = False

    @property
    def state(self) -> str:
        if not self.is_open:
            return str(State.DONE)
        return str(State.BAD if self.days_late else State.OK)


@dataclass(frozen=True)
class Before:
    """The meeting before, and what was agreed by then: open ones first, the oldest date on top."""

    meeting: Meeting | None
    actions: list[Carried]

    @property
    def open(self) -> int:
        return sum(each.is_open for each in self.actions)

    @property
    def late(self) -> int:
        return sum(each.days_late > 0 for each in self.actions)

    @property
    def finished(self) -> int:
        return len(self.actions) - self.open


def before(meeting: Meeting, on: date) -> Before:
    """What was agreed before a meeting: still open on its day, or finished since the meeting before.

    Of a meeting to come, as of `on`. What other groups of the programme agreed in their meetings stays
    theirs. Three statements.
    """
    day = min(meeting.held_on, on)
    earlier = Meeting.objects.filter(group=meeting.group_id, held_on__lt=meeting.held_on).order_by(
        "-held_on"
    )
    last = (
        earlier.exclude(status=MeetingStatus.CANCELLED)
        .select_related("programme", "tenant")
        .first()
    )
    # An action from before the second last meeting was on the table of both since.
    held = list(earlier.held(on=on).values_list("held_on", flat=True)[:2])
    stuck_before = held[1] if len(held) == 2 else None
    since = last.held_on if last else day - _FIRST_LOOK_BACK
    actions = (
        Action.objects.filter(
            programme=meeting.programme_id, agreed_on__lt=meeting.held_on, agreed_on__lte=day
        )
        .filter(
            Q(meeting_item__isnull=True) | Q(meeting_item__meeting__group=meeting.group_id),
            Q(done_on__isnull=True) | Q(done_on__gt=since),
        )
        .select_related("programme", "tenant", "owner", "decision", "meeting_item__meeting")
        .order_by("due_on", "number")
    )
    carried = [_carried(each, day, stuck_before) for each in actions]
    return Before(last, sorted(carried, key=lambda each: not each.is_open))


def _carried(action: Action, day: date, stuck_before: date | None) -> Carried:
    is_open = action.done_on is None or action.done_on > day
    return Carried(
        action,
        is_open,
        max(0, (day - action.due_on).days) if is_open else 0,
        is_open and stuck_before is not None and action.agreed_on < stuck_before,
    )
