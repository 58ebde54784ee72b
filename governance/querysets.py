from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Self

from django.db.models import Case, Count, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from pmo_portal.history.models import FactQuerySet, RecordQuerySet

from .choices import (
    CHANGE_APPROVED,
    ActionStatus,
    ChangeStatus,
    CharterStatus,
    DecisionStatus,
    EscalationStatus,
    MeetingStatus,
    ReviewStatus,
    Voice,
)
from .voices import VOICES


def heard(given: Any, *, when: Q | None = None) -> Case:
    """`voices.heard` as a number, `given` being how many gave a view; `when` says where it is decided."""
    return Case(When((when or Q()) & Q(by_quorum=True), then=Value(len(VOICES))), default=given)


class DecisionQuerySet(RecordQuerySet):
    def waiting(self) -> Self:
        return self.filter(status=DecisionStatus.REQUESTED)

    def decided(self) -> Self:
        return self.filter(status=DecisionStatus.DECIDED)

    def put_to(self, group: Any) -> Self:
        """What waits for a group: asked of it, or of none."""
        asked = self.waiting().filter(programme=group.programme_id)
        return asked.filter(Q(group=group) | Q(group=None))

    def decided_or_put_to(self, group: Any) -> Self:
        """What a meeting of a group may name: whatever its programme decided, and what waits for the group."""
        return self.decided().filter(programme=group.programme_id) | self.put_to(group)

    def overdue(self, *, on: date) -> Self:
        return self.waiting().filter(due_on__lt=on)

    def with_voices(self) -> Self:
        """Adds `voices`: how many of the two functions were heard."""
        inputs: Any = self.model._meta.get_field("inputs")
        given = inputs.related_model.objects.filter(decision=OuterRef("pk")).order_by()
        counted = given.values("decision").annotate(given=Count("pk")).values("given")
        # Asked for each row that is shown, and not where nobody looks at it.
        return self.annotate(voices=heard(Coalesce(Subquery(counted), Value(0))))

    def isolated(self) -> Self:
        """Decided without one function being heard."""
        return self.decided().with_voices().filter(voices__lt=len(VOICES))


class ActionQuerySet(RecordQuerySet):
    def open(self) -> Self:
        return self.filter(status=ActionStatus.OPEN)

    def late(self, *, on: date) -> Self:
        return self.open().filter(due_on__lt=on)


class CharterQuerySet(RecordQuerySet):
    def open(self) -> Self:
        """Being written or waiting for signatures."""
        return self.filter(status__in=(CharterStatus.DRAFT, CharterStatus.READY))

    def agreed(self) -> Self:
        return self.filter(status=CharterStatus.AGREED)

    def signed(self, function: str) -> Self:
        """Carry the signature of one function."""
        return self.filter(
            signatures__function=function, signatures__withdrawn_at__isnull=True
        ).distinct()


class ReviewQuerySet(RecordQuerySet):
    def open(self) -> Self:
        return self.filter(status=ReviewStatus.OPEN)

    def overdue(self, *, on: date) -> Self:
        return self.open().filter(due_on__lt=on)

    def counted(self, *, on: date) -> dict[str, int]:
        """How many are open, and how many of these overdue. One statement."""
        is_open = Q(status=ReviewStatus.OPEN)
        return self.aggregate(
            open=Count("pk", filter=is_open),
            overdue=Count("pk", filter=is_open & Q(due_on__lt=on)),
        )


_CLOSE = Q(to_on__gt=F("from_on"), from_on__lte=F("effective_on") + timedelta(weeks=2))


class MoveQuerySet(RecordQuerySet, FactQuerySet):  # type: ignore[override]
    def unexplained(self) -> Self:
        """Nobody has said yet why."""
        return self.filter(reason="")

    def put_off(self) -> Self:
        return self.filter(to_on__gt=F("from_on"))

    def close(self) -> Self:
        """Put off within two weeks of the date: a crisis by definition."""
        return self.filter(_CLOSE)

    def counted(self) -> dict[str, int]:
        """How many there are, how many nobody explained, how many came close to their date. One statement."""
        return self.aggregate(
            count=Count("pk"),
            unexplained=Count("pk", filter=Q(reason="")),
            close=Count("pk", filter=_CLOSE),
        )


class EscalationQuerySet(RecordQuerySet, FactQuerySet):  # type: ignore[override]
    def open(self) -> Self:
        return self.filter(status=EscalationStatus.OPEN)

    def unanswered(self) -> Self:
        """Open ones whose other side has said nothing."""
        return self.open().filter(view="")


class ChangeRequestQuerySet(RecordQuerySet, FactQuerySet):  # type: ignore[override]
    def open(self) -> Self:
        """Being assessed or waiting for signatures."""
        return self.filter(status__in=(ChangeStatus.ASSESSING, ChangeStatus.READY))

    def approved(self) -> Self:
        """Approved by both leads, whatever came of it."""
        return self.filter(status__in=CHANGE_APPROVED)

    def touching(self, kind: str) -> Self:
        return self.filter(kinds__contains=[kind])

    def unsaid(self, voice: str) -> Self:
        """Being assessed, and this function has not said what it means for its side."""
        half = "delivery_impact" if voice == Voice.DELIVERY else "people_impact"
        return self.filter(**{"status": ChangeStatus.ASSESSING, f"{half}__said_on__isnull": True})

    def unsigned(self, voice: str) -> Self:
        """Waiting for signatures, that of this function's lead among them."""
        signed = Q(signatures__function=voice, signatures__withdrawn_at__isnull=True)
        return self.filter(status=ChangeStatus.READY).exclude(
            pk__in=self.model._default_manager.filter(signed).values("pk")
        )

    def waiting_for(self, voice: str) -> Self:
        """Whose turn it is this function's: to say what it means, or to sign."""
        return self.filter(
            Q(pk__in=self.unsaid(voice).order_by().values("pk"))
            | Q(pk__in=self.unsigned(voice).order_by().values("pk"))
        )


class RoundQuerySet(RecordQuerySet):
    """Rounds of judgements."""


class MeetingQuerySet(RecordQuerySet):
    def held(self, *, on: date) -> Self:
        """Those whose day was reached and that were not cancelled."""
        return self.exclude(status=MeetingStatus.CANCELLED).filter(held_on__lte=on)

    def coming(self, *, on: date) -> Self:
        """Those of today and later, the next one first."""
        return self.filter(status=MeetingStatus.PLANNED, held_on__gte=on).order_by(
            "held_on", "starts_at", "number"
        )

    def open_minutes(self, *, on: date) -> Self:
        """Held, and the minutes are not approved."""
        return self.filter(status=MeetingStatus.PLANNED, held_on__lt=on)
