"""What a lead says of the balance of both functions."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import ask
from pmo_portal.history import services as history
from programmes.models import Programme

from ..models import BalanceView


@transaction.atomic
def comment_balance(
    programme: Programme,
    *,
    function: str,
    text: str,
    on: date,
    version: int | None = None,
    acting: Member | None,
) -> BalanceView:
    """Say it for the first time, or say it anew. `version` 0: there was nothing when the form was opened.

    Raises:
        NotAllowed: each lead writes their own.
        EditConflict: somebody of the same function wrote meanwhile.
    """
    wanted = BalanceView(programme=programme, function=function)
    ask(acting, "governance.balance_comment", wanted)
    # Held, so that of two first comments the second one meets the first.
    Programme.objects.select_for_update(of=("self",)).get(pk=programme.pk)
    given = BalanceView.objects.filter(programme=programme, function=function).first()
    speaker = acting.person if acting else None
    if given is not None:
        changes = {"text": text, "person": speaker, "given_on": on}
        return history.revise(given, changes=changes, version=version, acting=acting)
    wanted.text, wanted.person, wanted.given_on = text, speaker, on
    return history.create(wanted, acting=acting)
