"""The stored summary of a programme: one row, kept up to date by receivers and jobs.

It holds nothing that could not be computed again from the facts; pages of an earlier day never read it.
"""

from __future__ import annotations

from datetime import date

from django.db import models

from pmo_portal.common.levels import State
from pmo_portal.tenants.models import TenantModel
from programmes.models import Programme

# Worst first where states are sorted; what is not known stands before what is fine.
RANK = {State.BAD: 0, State.WARN: 1, State.NONE: 2, State.OK: 3, State.DONE: 4}


# Counts up when figures are computed in another way; what an older way made is computed again.
MADE_BY = 3


class ProgrammeSummary(TenantModel):
    """What the portfolio says of a programme, with the columns it filters and sorts by.

    `marks` counts the changes of what it depends on, `marks_seen` those the figures know of. As long as the two
    differ pages compute the figures themselves, until a job has done so.
    """

    programme = models.OneToOneField(
        Programme, on_delete=models.CASCADE, related_name="summary", db_index=False
    )
    as_of = models.DateField(null=True)
    computed_at = models.DateTimeField(null=True)
    marks = models.PositiveIntegerField(default=1)
    marks_seen = models.PositiveIntegerField(default=0)
    made_by = models.PositiveSmallIntegerField(default=0)
    figures = models.JSONField(default=dict)

    delivery_state = models.CharField(max_length=4, choices=State.choices, default=State.NONE)
    delivery_rank = models.PositiveSmallIntegerField(default=RANK[State.NONE])
    delivery_reported = models.CharField(max_length=12, blank=True)
    delivery_opinion = models.CharField(max_length=10, blank=True)
    delivery_on = models.DateField(null=True)
    delivery_is_late = models.BooleanField(default=False)
    # 0 to 100, of how many of the four figures, and what it was four weeks before.
    delivery_confidence = models.FloatField(null=True)
    delivery_confidence_of = models.PositiveSmallIntegerField(default=0)
    delivery_confidence_before = models.FloatField(null=True)
    met = models.PositiveSmallIntegerField(default=0)
    due = models.PositiveSmallIntegerField(default=0)

    adoption_state = models.CharField(max_length=4, choices=State.choices, default=State.NONE)
    adoption_rank = models.PositiveSmallIntegerField(default=RANK[State.NONE])
    adoption_reported = models.CharField(max_length=12, blank=True)
    adoption_opinion = models.CharField(max_length=10, blank=True)
    adoption_on = models.DateField(null=True)
    adoption_is_late = models.BooleanField(default=False)
    adoption_confidence = models.FloatField(null=True)
    adoption_confidence_of = models.PositiveSmallIntegerField(default=0)
    adoption_confidence_before = models.FloatField(null=True)
    # Lowest, highest, and the weighted mean where every weight is known.
    engagement_low = models.FloatField(null=True)
    engagement_high = models.FloatField(null=True)
    engagement = models.FloatField(null=True)
    engagement_units = models.PositiveSmallIntegerField(default=0)
    engagement_on = models.DateField(null=True)

    golive_on = models.DateField(null=True)
    golive_name = models.CharField(max_length=200, blank=True)
    signal_level = models.CharField(max_length=10, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "programme"], name="programmesummary_once"),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "adoption_rank", "delivery_rank"], name="programmesummary_worst"
            ),
            models.Index(
                fields=["tenant"],
                name="programmesummary_stale",
                condition=~models.Q(marks=models.F("marks_seen")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id}: {self.delivery_state}/{self.adoption_state}"

    def is_true_of(self, day: date) -> bool:
        """Whether the kept figures are those of a day, with every change in them."""
        return self.as_of == day and self.marks == self.marks_seen and self.made_by == MADE_BY

    def change(self, half: str) -> float | None:
        """By how much the confidence of a half moved in four weeks; None where one of the two is missing."""
        now = getattr(self, f"{half}_confidence")
        before = getattr(self, f"{half}_confidence_before")
        return None if now is None or before is None else round(now - before, 1)

    @property
    def met_share(self) -> float | None:
        return 100 * self.met / self.due if self.due else None
