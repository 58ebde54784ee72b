"""Rounds in which the member's judgement is missing, and lopsided balances of which a lead has said nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy

from pmo_portal.accounts.choices import Role
from pmo_portal.accounts.members import Member
from pmo_portal.common.waiting import Ground, Kind, Place, Waits, asked, ground_of
from programmes.models import Programme
from programmes.selectors import is_lead

from ...balance import PERIOD_DAYS, leaning
from ...choices import Judge, Voice
from ...models import BalanceView, Judgement, JudgementRound
from ..balance import balance_of
from .standing import HALVES, address, ground, led_in, of_voice


def _judgements(member: Member, on: date) -> Iterator[QuerySet[Any]]:
    """Rounds that are not closed and in which a voice of the member has not spoken (`rules.judgements.judges_as`)."""
    for voice in Judge:
        said = Judgement.objects.filter(round=OuterRef("pk"), voice=voice)
        yield asked(
            JudgementRound.objects.filter(
                ~Exists(said), _judges(member, voice), asked_on__lte=on, closes_on__gte=on
            ),
            place=Place.TOGETHER,
            prefix=JudgementRound.reference_prefix,
            title="programme__name",
            since="asked_on",
            due="closes_on",
            ground=ground_of((_sponsors(member), Ground.SPONSOR))
            if voice == Judge.SPONSOR
            else ground(member, Voice(voice)),
            voice=voice.value,
        )


def _sponsors(member: Member) -> Q:
    return Q(programme__sponsor=member.person or 0)


def _judges(member: Member, voice: Judge) -> Q:
    if voice != Judge.SPONSOR:
        return Q(programme__in=led_in(member, Voice(voice)).values("pk"))
    mine = _sponsors(member)
    if member.has(Role.SPONSOR):
        mine |= Q(programme__sponsor__isnull=True)
    return mine & Q(programme__in=Programme.objects.visible_to(member).values("pk"))


def _balances(member: Member, on: date) -> Iterator[QuerySet[Any]]:
    """Programmes that lean to one side for two periods, of which their lead said nothing in this one.

    Asked are the leads who are named: whoever heads a function would be asked of every programme. Seven statements,
    the signals among them, for any number of programmes; one where the member is named in none.
    """
    seen = Programme.objects.visible_to(member)
    named = {voice: is_lead(member, half) for voice, half in HALVES.items()}
    mine = list(
        seen.filter(named[Voice.DELIVERY] | named[Voice.CHANGE]).values_list("pk", flat=True)
    )
    lean = [pk for pk, signals in balance_of(mine, on).items() if leaning(signals)]
    for voice in Voice:
        said = BalanceView.objects.filter(
            programme=OuterRef("pk"),
            function=voice,
            given_on__gt=on - timedelta(days=PERIOD_DAYS),
        )
        yield asked(
            Programme.objects.filter(named[voice], ~Exists(said), pk__in=lean),
            place=Place.TOGETHER,
            prefix=Programme.reference_prefix,
            programme="",
            title="name",
            ground=Ground.LEAD,
            voice=voice.value,
        )


def _judgement_why(row: Waits) -> str:
    if row.voice == Judge.SPONSOR:
        return _("How confident the sponsor is was asked; the answer is missing.")
    return _("How confident %(side)s is was asked; the answer is missing.") % {
        "side": of_voice(row)
    }


def _balance_why(row: Waits) -> str:
    return _("One function has weighed more for two periods; %(side)s has not commented yet.") % {
        "side": of_voice(row)
    }


def _balance_url(tenant: str, row: Waits) -> str:
    place = {"tenant": tenant, "code": row.code, "voice": row.voice}
    return reverse("governance:balance_comment", kwargs=place)


WAITING = (
    Kind(
        "judgements",
        gettext_lazy("Judgements asked of you"),
        _judgements,
        _judgement_why,
        address("judgement_give", with_voice=True),
    ),
    Kind(
        "balance",
        gettext_lazy("Balances to comment on"),
        _balances,
        _balance_why,
        _balance_url,
    ),
)
