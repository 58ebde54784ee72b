from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Self

from django.db.models import Exists, OuterRef, Q

from pmo_portal.history.models import FactQuerySet, RecordQuerySet

from .choices import RAID_ENDED, Stage


class ProgrammeQuerySet(RecordQuerySet):
    def visible_to(self, member: Any) -> Self:
        """All programmes for the broad roles; for contributors those they lead or work on."""
        if member.sees_all_programmes:
            return self
        person = member.person
        if person is None:
            return self.none()
        members = self.model._meta.get_field("members").related_model
        works_on = members.objects.filter(programme=OuterRef("pk"), person=person)
        return self.filter(Q(delivery_lead=person) | Q(change_lead=person) | Exists(works_on))

    def live(self) -> Self:
        """Not closed yet."""
        return self.exclude(stage=Stage.CLOSED)


class MilestoneQuerySet(RecordQuerySet):
    def pending(self) -> Self:
        return self.filter(actual_on__isnull=True)

    def golives(self) -> Self:
        return self.filter(is_golive=True)


class RaidQuerySet(RecordQuerySet):
    def open(self) -> Self:
        return self.exclude(status__in=RAID_ENDED)

    def ended(self) -> Self:
        return self.filter(status__in=RAID_ENDED)

    def above(self, appetite: int) -> Self:
        """At or above the appetite: a response, or a decision above, is needed."""
        return self.filter(score__gte=appetite)

    def overdue(self, *, on: date) -> Self:
        return self.open().filter(review_on__lt=on)

    def due_within(self, days: int, *, on: date) -> Self:
        return self.open().filter(review_on__lte=on + timedelta(days=days))


class StatusQuerySet(RecordQuerySet, FactQuerySet):  # type: ignore[override]
    """Records that are facts: they can be deleted, and asked about a day."""
