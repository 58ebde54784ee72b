from __future__ import annotations

from datetime import date
from typing import Self

from django.db.models import F, Q

from pmo_portal.history.models import FactQuerySet, RecordQuerySet

from .choices import SignalStatus


class ResultQuerySet(FactQuerySet):
    def released(self) -> Self:
        """The figures that may leave. Nothing else reads figures."""
        return self.filter(is_released=True)

    def of_living_waves(self) -> Self:
        """Without those of waves that were withdrawn."""
        return self.filter(wave__deleted_at__isnull=True)


class CommentQuerySet(FactQuerySet):
    def readable(self) -> Self:
        """Those of units in which enough people answered a wave that was not withdrawn. Nothing else reads comments."""
        return self.filter(is_released=True, wave__deleted_at__isnull=True)


class SignalQuerySet(RecordQuerySet, FactQuerySet):  # type: ignore[override]
    def open(self) -> Self:
        return self.filter(status=SignalStatus.OPEN)

    def open_on(self, day: date) -> Self:
        """Those that were known on a day and not resolved by then."""
        return self.known_by(day).filter(Q(resolved_on__isnull=True) | Q(resolved_on__gt=day))


class ImpactQuerySet(RecordQuerySet):
    def due(self, on: date) -> Self:
        """Those somebody should look at by a day: those nobody has looked at yet always."""
        return self.filter(Q(review_on__isnull=True) | Q(review_on__lte=on)).exclude(
            review_on__isnull=True, reviews__isnull=False
        )


class GroupQuerySet(RecordQuerySet):
    def to_win(self) -> Self:
        """Those that do not stand where they need to, or of which nobody knows where they stand."""
        return self.filter(Q(position__isnull=True) | Q(position__lt=F("wanted")))


class ActivityQuerySet(RecordQuerySet):
    def overdue(self, on: date) -> Self:
        """Planned for a day before, and not held."""
        return self.filter(held_on__isnull=True, planned_on__lt=on)

    def ahead(self, on: date) -> Self:
        return self.filter(held_on__isnull=True, planned_on__gte=on)
