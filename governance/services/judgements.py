"""Rounds of judgements, given blind."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import ask
from pmo_portal.history import services as history
from pmo_portal.tenants.services import next_reference
from programmes.models import Programme

from .. import selectors
from ..models import Judgement, JudgementRound


@transaction.atomic
def ask_for_judgements(
    programme: Programme, *, closes_on: date, on: date, acting: Member | None
) -> JudgementRound:
    """Ask all three. One question at a time.

    Raises:
        NotAllowed.
        ValidationError: the last round is not shown yet, or the last day is past.
    """
    ask(acting, "governance.judgement_ask", programme)
    # Held, so that two who ask at the same moment do not both begin a round.
    Programme.objects.select_for_update(of=("self",)).get(pk=programme.pk)
    if closes_on < on:
        raise ValidationError({"closes_on": _("The last day is today or later.")})
    if selectors.rounds_of(programme, on).filter(is_shown=False).exists():
        raise ValidationError(
            _("All three are already being asked. Wait until their answers are shown.")
        )
    asked = JudgementRound(
        number=next_reference("JR"), programme=programme, asked_on=on, closes_on=closes_on
    )
    history.create(asked, acting=acting)
    return asked


@transaction.atomic
def judge(
    asked: JudgementRound,
    *,
    voice: str,
    level: int,
    sentence: str,
    on: date,
    version: int | None = None,
    acting: Member | None,
) -> Judgement:
    """Say it for one voice, or say it anew while nobody has seen it. `version` 0: nothing was there yet.

    Raises:
        NotAllowed: nobody answers for another.
        EditConflict: somebody with the same voice spoke meanwhile.
        ValidationError: it is shown already.
    """
    wanted = Judgement(round=asked, voice=voice)
    ask(acting, "governance.judgement_give", wanted)
    # Held: with the last of three words the round is shown, and nothing is said anew.
    JudgementRound.objects.select_for_update(of=("self",)).get(pk=asked.pk)
    if selectors.rounds_of(asked.programme, on).filter(pk=asked.pk, is_shown=True).exists():
        raise ValidationError(_("The answers are already shown, so they cannot change."))
    given = Judgement.objects.filter(round=asked, voice=voice).first()
    speaker = acting.person if acting else None
    values = {"level": level, "sentence": sentence, "person": speaker, "given_on": on}
    if given is not None:
        return history.revise(given, changes=values, version=version, acting=acting)
    for name, value in values.items():
        setattr(wanted, name, value)
    wanted.take_tenant()
    wanted.full_clean(exclude=["tenant"])
    return history.create(wanted, acting=acting)


@transaction.atomic
def remove_round(asked: JudgementRound, *, at: datetime, acting: Member | None) -> JudgementRound:
    ask(acting, "governance.judgement_ask", asked)
    history.remove(asked, at=at, acting=acting)
    return asked
