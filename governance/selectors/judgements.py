"""Rounds of judgements: nothing of an open round leaves the database but who has spoken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import (
    BooleanField,
    Case,
    Count,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest, Least

from pmo_portal.accounts.members import Member
from programmes.models import Programme
from programmes.selectors import programmes_for

from ..choices import Judge
from ..models import Judgement, JudgementRound


def rounds_of(programme: Programme, on: date) -> QuerySet[JudgementRound]:
    return _with_levels(JudgementRound.objects.filter(programme=programme), on)


def rounds_for(member: Member, programme: Programme | None, on: date) -> QuerySet[JudgementRound]:
    """The rounds of a programme, or of all the member sees; levels only of those that are shown."""
    if programme is not None:
        return rounds_of(programme, on)
    return _with_levels(JudgementRound.objects.filter(programme__in=programmes_for(member)), on)


def _with_levels(rounds: QuerySet[JudgementRound], on: date) -> QuerySet[JudgementRound]:
    """Adds `spoken`, `is_shown`, a level for each voice and how far they lie apart (`gap`)."""
    said = Judgement.objects.filter(round=OuterRef("pk")).order_by()
    spoken = said.values("round").annotate(n=Count("pk")).values("n")
    levels = {
        f"{voice}_level": Case(
            When(is_shown=True, then=Subquery(said.filter(voice=voice).values("level")[:1])),
            output_field=IntegerField(),
        )
        for voice in Judge.values
    }
    names = [F(name) for name in levels]
    return (
        rounds.select_related("programme", "tenant")
        .annotate(spoken=Coalesce(Subquery(spoken), Value(0)))
        .annotate(
            is_shown=ExpressionWrapper(
                Q(closes_on__lt=on) | Q(spoken__gte=len(Judge.values)),
                output_field=BooleanField(),
            )
        )
        .annotate(**levels)
        # PostgreSQL leaves out whoever said nothing.
        .annotate(gap=Case(When(spoken__gte=2, then=Greatest(*names) - Least(*names))))
    )


def round_by_number(member: Member, number: int) -> JudgementRound | None:
    """A round by its number, removed ones included."""
    return (
        JudgementRound.all_objects.filter(number=number, programme__in=programmes_for(member))
        .select_related(
            "programme__sponsor", "programme__delivery_lead", "programme__change_lead", "tenant"
        )
        .first()
    )


@dataclass(frozen=True)
class Heard:
    """One of the three: who has spoken, and what once it is shown."""

    voice: Judge
    has_spoken: bool
    judgement: Judgement | None


def heard(asked: JudgementRound, on: date, *, own: tuple[str, ...] = ()) -> list[Heard]:
    """All three in fixed order. Words only where the round is shown, or of one's `own` voices."""
    given = {
        each.voice: each for each in Judgement.objects.filter(round=asked).select_related("person")
    }
    is_shown = asked.closes_on < on or len(given) >= len(Judge.values)
    return [
        Heard(
            voice,
            voice.value in given,
            given.get(voice.value) if is_shown or voice.value in own else None,
        )
        for voice in Judge
    ]
