"""Noting that a go-live was moved, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import F

from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import ask
from pmo_portal.history import services as history
from pmo_portal.tenants.services import next_reference
from programmes.events import announce
from programmes.models import MilestoneForecast

from .. import events
from ..models import GoliveMove


@transaction.atomic
def note_moves(programme_id: int) -> list[GoliveMove]:
    """Make a record of every move of a go-live that somebody made in the portal and that has none yet.

    What a file brought has no author and is left alone: it happened before the portal was there to ask.
    """
    unseen = (
        MilestoneForecast.objects.filter(
            milestone__programme_id=programme_id,
            milestone__is_golive=True,
            milestone__deleted_at__isnull=True,
            previous_on__isnull=False,
            author__isnull=False,
        )
        .exclude(previous_on=F("forecast_on"))
        .exclude(pk__in=GoliveMove.all_objects.filter(programme_id=programme_id).values("forecast"))
        .select_related("milestone", "author")
        .order_by("effective_on", "known_at", "pk")
    )
    noted = []
    for said in unseen:
        move = GoliveMove(
            number=next_reference("GM"),
            programme_id=programme_id,
            milestone=said.milestone,
            forecast=said,
            from_on=said.previous_on,
            to_on=said.forecast_on,
            person=said.author,
            text=said.reason,
            effective_on=said.effective_on,
            known_at=said.known_at,
        )
        noted.append(history.create(move, acting=None, action="note go-live move"))
    if noted:
        _move_changed(noted[0])
    return noted


@transaction.atomic
def explain_move(
    move: GoliveMove,
    *,
    changes: Mapping[str, Any],
    version: int | None = None,
    acting: Member | None,
) -> GoliveMove:
    """Say why a go-live moved and where that was decided.

    Raises:
        NotAllowed, EditConflict, Gone, ValidationError.
    """
    ask(acting, "governance.move_change", move)
    kept = {name: value for name, value in changes.items() if name in move.edited_fields}
    move = history.revise(move, changes=kept, version=version, acting=acting)
    _move_changed(move)
    return move


def _move_changed(move: GoliveMove) -> None:
    announce(events.move_changed, tenant_id=move.tenant_id, programme_id=move.programme_id)
