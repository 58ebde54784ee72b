from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db.models import Count, Q

from pmo_portal.history.models import RecordQuerySet

from .choices import ActionStatus, DecisionStatus


class DecisionQuerySet(RecordQuerySet):
    def waiting(self) -> Self:
        return self.filter(status=DecisionStatus.REQUESTED)

    def decided(self) -> Self:
        return self.filter(status=DecisionStatus.DECIDED)

    def overdue(self, *, on: date) -> Self:
        return self.waiting().filter(due_on__lt=on)

    def with_voices(self) -> Self:
        """Adds `voices`: how many of the two functions gave their input."""
        return self.annotate(
            voices=Count("inputs", filter=Q(inputs__deleted_at__isnull=True), distinct=True)
        )

    def isolated(self) -> Self:
        """Decided without the input of one function."""
        return self.decided().with_voices().filter(voices__lt=2)

    def requested_by(self, on: date) -> Self:
        return self.filter(requested_on__lte=on)


class ActionQuerySet(RecordQuerySet):
    def open(self) -> Self:
        return self.filter(status=ActionStatus.OPEN)

    def late(self, *, on: date) -> Self:
        return self.open().filter(due_on__lt=on)

    def of_person(self, person: Any) -> Self:
        return self.filter(owner=person)
