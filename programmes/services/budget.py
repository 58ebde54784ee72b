"""Money: lines, and the sheet of their months. Every amount ever said is kept with its day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import ask
from pmo_portal.common.tracking import acting_as
from pmo_portal.history import services as history
from pmo_portal.tenants.services import next_reference

from .. import events
from ..models import BudgetAmount, BudgetLine
from ..sheet import MOST_AMOUNT
from .acting import author_of

Cell = tuple[date, str]


@transaction.atomic
def create_budget_line(line: BudgetLine, *, acting: Member | None) -> BudgetLine:
    """Set up a line without amounts.

    Raises:
        NotAllowed: the line is spent by the other function.
    """
    ask(acting, "programmes.budget_change", line)
    line.number = next_reference("B")
    history.create(line, acting=acting)
    _changed(line)
    return line


@transaction.atomic
def revise_budget_line(
    line: BudgetLine,
    *,
    changes: Mapping[str, Any],
    version: int | None = None,
    acting: Member | None,
) -> BudgetLine:
    """Change what a line is. A line that goes to the other side is let go by its own and taken by the other.

    Raises:
        NotAllowed: for either side of it.
    """
    ask(acting, "programmes.budget_change", line)
    if changes.get("half", line.half) != line.half:
        ask(
            acting,
            "programmes.budget_change",
            BudgetLine(programme=line.programme, half=changes["half"]),
        )
    line = history.revise(line, changes=changes, version=version, acting=acting)
    _changed(line)
    return line


@transaction.atomic
def save_amounts(
    line: BudgetLine,
    amounts: Mapping[Cell, int | None],
    *,
    version: int | None = None,
    at: datetime,
    on: date,
    acting: Member | None,
) -> BudgetLine:
    """Keep what a sheet says of the months it names; cells that say nothing new write nothing.

    Args:
        amounts: minor units by month (its first day) and kind; None empties a cell.

    Raises:
        EditConflict: somebody saved the line or its sheet meanwhile; carries the cells as `changes`.
        ValidationError: a month is not named by its first day, or an amount is too large. One below 0 gives money back.
    """
    ask(acting, "programmes.budget_change", line)
    current = BudgetLine.all_objects.select_for_update(of=("self",)).get(pk=line.pk)
    if current.deleted_at is not None:
        raise history.Gone(current)
    if current.version != (version if version is not None else line.version):
        raise history.EditConflict(current, {}, version or line.version)
    kept = latest_cells(current)
    new = {cell: amount for cell, amount in amounts.items() if kept.get(cell) != amount}
    if not new:
        return current
    for (month, _kind), amount in new.items():
        if month.day != 1:
            raise ValidationError(_("A month is named by its first day."))
        if amount is not None and abs(amount) > MOST_AMOUNT:
            raise ValidationError(_("An amount is too large."))
    current.version += 1
    with acting_as(user_id=history.user_id_of(acting), action="save amounts"):
        BudgetAmount.objects.bulk_create(
            BudgetAmount(
                line=current,
                month=month,
                kind=kind,
                amount=amount,
                version=current.version,
                author=author_of(acting),
                effective_on=on,
                known_at=at,
            )
            for (month, kind), amount in sorted(new.items())
        )
        current.save(update_fields=["version"])
    _changed(current)
    return current


def latest_cells(line: BudgetLine, *, before_version: int | None = None) -> dict[Cell, int]:
    """The amounts that count now, or counted before a save; empty cells are left out."""
    said = line.amounts.all()
    if before_version is not None:
        said = said.filter(version__lt=before_version)
    rows = (
        said.order_by("month", "kind", "-version", "-pk")
        .distinct("month", "kind")
        .values_list("month", "kind", "amount")
    )
    return {(month, kind): amount for month, kind, amount in rows if amount is not None}


@transaction.atomic
def undo_amounts(
    line: BudgetLine, *, version: int, at: datetime, on: date, acting: Member | None
) -> BudgetLine:
    """Take the last save of a sheet back: its cells say again what they said before.

    Raises:
        ValidationError: it was not the last one.
    """
    touched = list(line.amounts.filter(version=version).values_list("month", "kind"))
    if line.version != version or not touched:
        raise ValidationError(_("Somebody saved these amounts since. See them as they are now."))
    before = latest_cells(line, before_version=version)
    return save_amounts(
        line,
        {cell: before.get(cell) for cell in touched},
        version=line.version,
        at=at,
        on=on,
        acting=acting,
    )


@transaction.atomic
def remove_budget_line(line: BudgetLine, *, at: datetime, acting: Member | None) -> BudgetLine:
    ask(acting, "programmes.budget_change", line)
    history.remove(line, at=at, acting=acting)
    _changed(line)
    return line


def _changed(line: BudgetLine) -> None:
    events.announce(events.budget_changed, tenant_id=line.tenant_id, programme_id=line.programme_id)
