"""Decisions that wait for a view, for a word or for another look; actions; minutes to approve."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from pmo_portal.accounts.choices import Role
from pmo_portal.accounts.members import Member
from pmo_portal.common.waiting import Ground, Kind, Place, Waits, asked, ground_of
from programmes.models import Programme

from ...choices import Voice
from ...models import Action, Decision, DecisionInput, GroupMember, Meeting
from ...querysets import DecisionQuerySet
from .standing import (
    address,
    ground,
    heard_in,
    is_named,
    keeps,
    leads,
    seats_of,
    steers,
    why,
)


def _put_by(on: date) -> DecisionQuerySet:
    waiting: DecisionQuerySet = Decision.objects.waiting().filter(requested_on__lte=on)
    return waiting


def _views(member: Member, on: date) -> Iterator[QuerySet[Any]]:
    """Questions to which a function of the member has said nothing yet."""
    for voice in Voice:
        said = DecisionInput.objects.filter(decision=OuterRef("pk"), function=voice)
        yield asked(
            _put_by(on).filter(~Exists(said), programme__in=heard_in(member, voice)),
            place=Place.TOGETHER,
            prefix=Decision.reference_prefix,
            title="question",
            since="requested_on",
            due="due_on",
            ground=ground(member, voice),
            voice=voice.value,
        )


def _to_decide(member: Member, on: date) -> Iterator[QuerySet[Any]]:
    """Questions put to a group in which the member votes; put to none: for who steers and leads the functions.

    A steering member may record what any group decided; it waits for those who sit in it.
    """
    votes = GroupMember.objects.filter(person=member.person or 0, is_voting=True)
    mine = Q(group__in=votes.order_by().values("group"))
    if steers(member) or member.has(Role.PMO_LEAD, Role.CHANGE_LEAD):
        mine |= Q(group__isnull=True)
    is_sponsor = Q(programme__sponsor=member.person or 0)
    seen = Programme.objects.visible_to(member).values("pk")
    yield asked(
        _put_by(on).with_voices().filter(mine, programme__in=seen),
        place=Place.TOGETHER,
        prefix=Decision.reference_prefix,
        title="question",
        since="requested_on",
        due="due_on",
        ground=ground_of(
            (Q(group__isnull=False), Ground.SEAT),
            (is_sponsor, Ground.SPONSOR),
            otherwise=Ground.NO_GROUP,
        ),
        size=F("voices"),
    )


def _again(member: Member, on: date) -> Iterator[QuerySet[Any]]:
    """Decisions whose day to be looked at again has come: for both leads, and for the group that decided."""
    sits = Q(group__in=seats_of(member))
    mine = leads(member) | sits
    if steers(member):
        mine |= Q(group__isnull=True)
    is_lead = is_named(member, Voice.DELIVERY) | is_named(member, Voice.CHANGE)
    yield asked(
        Decision.objects.decided().filter(mine, keeps(member), review_on__lte=on),
        place=Place.TOGETHER,
        prefix=Decision.reference_prefix,
        title="question",
        since="decided_on",
        due="review_on",
        ground=ground_of(
            (is_lead, Ground.LEAD),
            (sits, Ground.SEAT),
            (leads(member), Ground.FUNCTION),
            otherwise=Ground.NO_GROUP,
        ),
    )


def _actions(member: Member, on: date) -> Iterator[QuerySet[Any]]:
    """Open actions the member owns and may finish."""
    if member.person is not None:
        yield asked(
            Action.objects.open().filter(keeps(member), owner=member.person),
            place=Place.TOGETHER,
            prefix=Action.reference_prefix,
            title="text",
            since="agreed_on",
            due="due_on",
            ground=Ground.OWNER,
        )


def _minutes(member: Member, on: date) -> Iterator[QuerySet[Any]]:
    """Meetings that were held, whose minutes whoever chaired has not approved."""
    if member.person is not None:
        seen = Programme.objects.visible_to(member).values("pk")
        yield asked(
            Meeting.objects.open_minutes(on=on).filter(chair=member.person, programme__in=seen),
            place=Place.TOGETHER,
            prefix=Meeting.reference_prefix,
            title="group__name",
            since="held_on",
            ground=Ground.CHAIR,
        )


def _decide_why(row: Waits) -> str:
    if row.size == len(Voice):
        return _("Both functions have said what they think.")
    if row.size == 0:
        return _("It is to be decided; no function has said yet what it thinks.")
    return ngettext(
        "It is to be decided; %(count)d of 2 views is there.",
        "It is to be decided; %(count)d of 2 views are there.",
        row.size,
    ) % {"count": row.size}


WAITING = (
    Kind(
        "views",
        gettext_lazy("Views asked of your function"),
        _views,
        why(gettext_lazy("The view of %(side)s is missing.")),
        address("decision_input", with_voice=True),
    ),
    Kind(
        "decisions",
        gettext_lazy("Decisions to take"),
        _to_decide,
        _decide_why,
        address("decision_decide"),
    ),
    Kind(
        "again",
        gettext_lazy("Decisions to look at again"),
        _again,
        why(gettext_lazy("Did it work? The day to say so has come.")),
        address("decision_look"),
    ),
    Kind(
        "actions",
        gettext_lazy("Actions you own"),
        _actions,
        why(gettext_lazy("It is open.")),
        address("action_detail"),
    ),
    Kind(
        "minutes",
        gettext_lazy("Minutes to approve"),
        _minutes,
        why(gettext_lazy("The meeting was held, its minutes are not approved.")),
        address("meeting_detail"),
    ),
)
