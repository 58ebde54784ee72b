"""How many people there are in units, as known on a day and over time."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import QuerySet

from pmo_portal.history.models import WithdrawableQuerySet
from pmo_portal.tenants.models import BusinessUnit

from ..models import Headcount


def headcounts_as_of(unit_ids: Collection[int], day: date) -> dict[int, int]:
    """The people of each unit on a day as known then; units nobody said anything of are left out. One statement."""
    rows = headcounts_holding(day).filter(unit_id__in=unit_ids)
    return dict(rows.values_list("unit_id", "people"))


def headcounts_holding(day: date) -> QuerySet[Headcount]:
    """The word of each unit that holds on a day, as known then."""
    return (
        Headcount.objects.known_by(day)
        .order_by("unit_id", "-effective_on", "-known_at", "-pk")
        .distinct("unit_id")
    )


def headcounts_of(unit: BusinessUnit) -> WithdrawableQuerySet:
    """Everything said of a unit, the newest first; of one day the last word first. What was taken back is included."""
    return Headcount.objects.filter(unit=unit).select_related("author", "withdrawn_by")


def headcounts_of_all() -> WithdrawableQuerySet:
    """Everything said of every unit, also what was taken back."""
    return Headcount.objects.select_related("author", "unit", "withdrawn_by")


def headcount_series(unit: BusinessUnit) -> list[Headcount]:
    """The last word on each day that stands, in the order of days."""
    standing = Headcount.objects.standing().filter(unit=unit)
    rows = standing.order_by("effective_on", "-known_at", "-pk")
    return list(rows.distinct("effective_on"))
