"""How many people there are in a unit."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import require
from pmo_portal.history import services as history
from pmo_portal.tenants.models import BusinessUnit

from ..models import Headcount
from ..selectors import headcounts_as_of


@transaction.atomic
def record_headcount(
    headcount: Headcount, *, known_at: datetime, today: date, acting: Member | None
) -> Headcount:
    """Add how many people a unit has from a day on; the unit then says what holds today.

    Raises:
        NotAllowed, ValidationError.
    """
    if acting is not None:
        require(acting, "adoption.headcount_record", headcount.unit)
    headcount.known_at = known_at
    headcount.author = acting.person if acting else headcount.author
    made = history.create(headcount, acting=acting)
    now = headcounts_as_of([headcount.unit_id], today).get(headcount.unit_id)
    # What holds today is what every other page reads.
    if now is not None:
        BusinessUnit.objects.filter(pk=headcount.unit_id).exclude(headcount=now).update(
            headcount=now, version=F("version") + 1
        )
    return made
