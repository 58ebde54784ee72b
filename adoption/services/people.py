"""How many people there are in a unit."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import require
from pmo_portal.common.editing import action_of
from pmo_portal.common.tracking import acting_as
from pmo_portal.history import services as history
from pmo_portal.tenants.models import BusinessUnit

from ..models import Headcount
from ..selectors import headcounts_as_of, headcounts_holding

BEGIN_HEADCOUNTS = "adoption.begin_headcounts"


@transaction.atomic
def record_headcount(
    headcount: Headcount, *, known_at: datetime, today: date, acting: Member | None
) -> Headcount:
    """Add how many people a unit has from a day on; the unit then says what holds today, and the new from its day on.

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
    headcount.is_waiting = headcount.effective_on > today
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


@transaction.atomic
def begin_headcounts(*, today: date) -> list[str]:
    """Have units say what was recorded for a day that has come by now. Another time on that day changes nothing.

    Returns the codes of the units.
    """
    come = Headcount.objects.standing().filter(is_waiting=True, effective_on__lte=today)
    locked = BusinessUnit.objects.select_for_update(of=("self",)).order_by("pk")
    units = {unit.pk: unit for unit in locked.filter(pk__in=come.values("unit_id"))}
    said = Headcount.objects.standing().filter(is_waiting=False, effective_on__lte=today)
    said_before = set(said.filter(unit_id__in=units).values_list("unit_id", flat=True))
    holding = set(headcounts_holding(today).filter(unit_id__in=units).values_list("pk", flat=True))
    for entry in come.filter(unit_id__in=units):
        unit = units[entry.unit_id]
        entry.is_waiting = False
        with acting_as(user_id=None, action=action_of("begin", entry)):
            if entry.pk in holding:
                if unit.pk not in said_before:
                    entry.unit_said = unit.headcount
                _say(unit, entry.people)
            entry.save(update_fields=["is_waiting", "unit_said"])
    return [unit.code for unit in units.values()]


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
