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
from ..selectors import headcounts_as_of, headcounts_holding


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
    unit = _locked(headcount.unit)
    headcount.known_at = known_at
    headcount.author = acting.person if acting else headcount.author
    held = _holds(unit, today)
    headcount.unit_said = unit.headcount if held is None else None
    made = history.create(headcount, acting=acting)
    # What holds today is what every other page reads; a word on days before it leaves what was said by hand since.
    if headcounts_holding(today).filter(unit=unit).first() == made:
        _say(unit, made.people)
    return made


@transaction.atomic
def withdraw_headcount(
    headcount: Headcount, *, at: datetime, today: date, acting: Member | None
) -> Headcount:
    """Take an entry back; the unit then says what holds today without it. Days before keep saying what was known.

    Raises:
        NotAllowed.
        ValidationError: it was taken back already.
    """
    if acting is not None:
        require(acting, "adoption.headcount_record", headcount.unit)
    unit = _locked(headcount.unit)
    held = _holds(unit, today)
    (headcount,) = history.withdraw([headcount], at=at, acting=acting)
    # Where somebody gave the unit another figure by hand since, that one stays.
    if held is not None and unit.headcount == held:
        now = _holds(unit, today)
        _say(unit, _said_before(unit) if now is None else now)
    return headcount


@transaction.atomic
def restore_headcount(
    headcount: Headcount, *, known_at: datetime, today: date, acting: Member | None
) -> Headcount:
    """Record an entry again that was taken back: as a new one, so that days between stay as they were.

    Raises:
        NotAllowed.
        ValidationError: something recorded since says otherwise of the same day.
    """
    if acting is not None:
        require(acting, "adoption.headcount_record", headcount.unit)
    (fresh,) = history.anew([headcount])
    return record_headcount(fresh, known_at=known_at, today=today, acting=acting)


def _locked(unit: BusinessUnit) -> BusinessUnit:
    """The unit as it is now; whoever says something of it meanwhile waits."""
    return BusinessUnit.objects.select_for_update(of=("self",)).get(pk=unit.pk)


def _holds(unit: BusinessUnit, today: date) -> int | None:
    return headcounts_as_of([unit.pk], today).get(unit.pk)


def _say(unit: BusinessUnit, people: int | None) -> None:
    if unit.headcount != people:
        BusinessUnit.objects.filter(pk=unit.pk).update(headcount=people, version=F("version") + 1)


def _said_before(unit: BusinessUnit) -> int | None:
    """What the unit said when entries last began to hold for it."""
    first = Headcount.objects.filter(unit=unit, unit_said__isnull=False).order_by(
        "-known_at", "-pk"
    )
    return first.values_list("unit_said", flat=True).first()
