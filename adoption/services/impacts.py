"""Impacts and their reviews; a review is added, never changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import require
from pmo_portal.common.editing import check
from pmo_portal.history import services as history
from pmo_portal.tenants.models import BusinessUnit
from pmo_portal.tenants.services import next_reference

from ..models import Impact, ImpactReview, ImpactUnit


@transaction.atomic
def record_impact(
    impact: Impact, *, units: Iterable[BusinessUnit] = (), acting: Member | None
) -> Impact:
    """Note that something will be different for some units.

    Raises:
        NotAllowed, ValidationError.
    """
    if acting is not None:
        require(acting, "adoption.impact_create", impact.programme)
    impact.number = next_reference("IM")
    history.create(impact, acting=acting)
    _set_units(impact, units)
    return impact


@transaction.atomic
def revise_impact(
    impact: Impact,
    *,
    changes: Mapping[str, Any],
    units: Iterable[BusinessUnit] | None = None,
    version: int | None = None,
    acting: Member | None,
) -> Impact:
    """Raises: EditConflict, Gone, ValidationError, NotAllowed."""
    if acting is not None:
        require(acting, "adoption.impact_change", impact)
    since = version if version is not None else impact.version
    impact = history.revise(impact, changes=changes, version=version, acting=acting)
    if units is not None and _set_units(impact, units):
        history.links_changed(impact, since=since, acting=acting)
    return impact


@transaction.atomic
def review_impact(
    review: ImpactReview,
    *,
    version: int | None = None,
    at: datetime,
    on: date,
    acting: Member | None,
) -> ImpactReview:
    """Add how it looks now, from both sides, and when to look again.

    Args:
        version: of the impact as the reviewer saw it.

    Raises:
        EditConflict: somebody reviewed or changed it meanwhile.
        NotAllowed, ValidationError.
    """
    impact = review.impact
    if acting is not None:
        require(acting, "adoption.impact_change", impact)
    review.author = acting.person if acting else review.author
    review.effective_on, review.known_at = on, at
    check(review)
    # A review moves the version on, so that two of one moment meet each other.
    current = Impact.all_objects.select_for_update(of=("self",)).get(pk=impact.pk)
    if current.deleted_at is not None:
        raise history.Gone(current)
    if version is not None and current.version != version:
        raise history.EditConflict(current, {}, version)
    review.save(force_insert=True)
    current.review_on = review.review_on
    current.version += 1
    current.save(update_fields=["review_on", "version"])
    return review


@transaction.atomic
def remove_impact(impact: Impact, *, at: datetime, acting: Member | None) -> Impact:
    if acting is not None:
        require(acting, "adoption.impact_change", impact)
    return history.remove(impact, at=at, acting=acting)


def put_back_impact(
    impact: Impact, *, changes: Mapping[str, Any], acting: Member, note: str = ""
) -> Impact:
    return revise_impact(impact, changes=changes, acting=acting)


history.put_back_with(Impact, put_back_impact)


def _set_units(impact: Impact, units: Iterable[BusinessUnit]) -> bool:
    """Say whom it concerns; tells whether that is new."""
    wanted = {unit.pk: unit for unit in units}
    kept = set(impact.unit_links.values_list("unit_id", flat=True))
    impact.unit_links.exclude(unit_id__in=wanted).delete()
    ImpactUnit.objects.bulk_create(
        ImpactUnit(impact=impact, unit=unit) for pk, unit in wanted.items() if pk not in kept
    )
    return wanted.keys() != kept
