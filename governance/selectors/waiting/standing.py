"""Of which programmes a member speaks, signs and steers: the answers of `rules`, for all programmes at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from pmo_portal.accounts.choices import Role
from pmo_portal.accounts.members import Member
from pmo_portal.common.waiting import Ground, Waits, ground_of
from programmes.choices import Half
from programmes.models import Programme
from programmes.selectors import is_lead, kept_by, led_by

from ...choices import Voice
from ...models import GroupMember

HALVES = {Voice.DELIVERY: Half.DELIVERY, Voice.CHANGE: Half.ADOPTION}


def heard_in(member: Member, voice: Voice) -> Any:
    """The programmes in which the member speaks for a function (`rules.speaks_for`)."""
    return kept_by(member, HALVES[voice]).values("pk")


def led_in(member: Member, voice: Voice) -> QuerySet[Programme]:
    """Those whose side the member leads, by name or as the head of the function (`rules.charters.leads_side`)."""
    return led_by(member, HALVES[voice])


def signs_in(member: Member, voice: Voice) -> QuerySet[Programme]:
    """Those whose side the member may sign for: a lead has to be named (`rules.charters.may_sign_for`)."""
    named = "delivery_lead" if voice == Voice.DELIVERY else "change_lead"
    return led_in(member, voice).filter(**{f"{named}__isnull": False})


def keeps(member: Member) -> Q:
    """Rows of programmes of which the member keeps a half, or all for who steers (`rules.steering.leads_or_steering`)."""
    if steers(member):
        return Q(programme__in=Programme.objects.visible_to(member).values("pk"))
    found = Q()
    for voice in Voice:
        found |= Q(programme__in=heard_in(member, voice))
    return found


def leads(member: Member) -> Q:
    """Rows of programmes one half of which the member leads."""
    found = Q()
    for voice in Voice:
        found |= Q(programme__in=led_in(member, voice).values("pk"))
    return found


def steers(member: Member) -> bool:
    return member.has(Role.STEERING_MEMBER, Role.SPONSOR)


def seats_of(member: Member) -> Any:
    """The groups in which the member sits, by `group`."""
    return GroupMember.objects.filter(person=member.person or 0).order_by().values("group")


def is_named(member: Member, voice: Voice) -> Q:
    """Rows of programmes in which the member is named as the lead of a side."""
    return is_lead(member, HALVES[voice], "programme__")


def ground(member: Member, voice: Voice) -> Any:
    """Asked as the lead who is named, or for the function."""
    return ground_of((is_named(member, voice), Ground.LEAD))


def of_voice(row: Waits) -> str:
    """The function of a row in the middle of a sentence."""
    return str(Voice(row.voice).label).lower()


def address(name: str, *, with_voice: bool = False) -> Callable[[str, Waits], str]:
    """Where something is done: the address of this name, with the reference and, where asked, the voice."""

    def url(tenant: str, row: Waits) -> str:
        place = {"tenant": tenant, "code": row.code, "reference": row.reference}
        if with_voice:
            place["voice"] = row.voice
        return reverse(f"governance:{name}", kwargs=place)

    return url


def other_of(row: Waits) -> str:
    """The other function, in the middle of a sentence."""
    other = Voice.CHANGE if row.voice == Voice.DELIVERY else Voice.DELIVERY
    return str(other.label).lower()


def why(sentence: Any) -> Callable[[Waits], str]:
    """A sentence that is the same for every row of a kind; it may name the function as `%(side)s`."""
    return lambda row: str(sentence) % {"side": of_voice(row) if row.voice else _("both")}
