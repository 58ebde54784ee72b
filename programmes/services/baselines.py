"""Keeping a baseline of a plan. One that is kept is never edited or removed."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import ask
from pmo_portal.common.editing import check

from ..models import BaselineDate, Milestone, PlanBaseline, Programme
from .acting import author_of


@transaction.atomic
def keep_baseline(
    baseline: PlanBaseline, *, at: datetime, on: date, acting: Member | None
) -> PlanBaseline:
    """Keep what the plan says now of every milestone of both tracks.

    Raises:
        ValidationError: the plan is empty, or the name is taken.
        NotAllowed.
    """
    ask(acting, "programmes.baseline_keep", baseline.programme)
    # Two who keep one at the same moment get one number each.
    Programme.all_objects.select_for_update(of=("self",)).get(pk=baseline.programme_id)
    milestones = list(Milestone.objects.filter(programme=baseline.programme))
    if not milestones:
        raise ValidationError(_("There is no milestone to keep. Add the plan first."))
    last = PlanBaseline.objects.filter(programme=baseline.programme).aggregate(last=Max("number"))
    baseline.number = (last["last"] or 0) + 1
    baseline.taken_on, baseline.taken_at = on, at
    baseline.author = author_of(acting)
    check(baseline)
    baseline.save(force_insert=True)
    BaselineDate.objects.bulk_create(
        BaselineDate(
            baseline=baseline,
            milestone=each,
            expected_on=each.actual_on or each.forecast_on,
            was_reached=each.actual_on is not None,
        )
        for each in milestones
    )
    return baseline
