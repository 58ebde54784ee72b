"""Programmes of which a member keeps one half, for reads over all of them."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from pmo_portal.accounts.choices import Role
from pmo_portal.accounts.members import Member

from ..choices import Half, ProgrammeRole
from ..models import Programme, ProgrammeMember

_LEADS = {Half.DELIVERY: "delivery_lead", Half.ADOPTION: "change_lead"}


def kept_by(member: Member, half: str) -> QuerySet[Programme]:
    """The programmes the member sees and of which `rules.keeps_delivery` or `rules.keeps_adoption` says yes.

    The same answer as the rule gives for one programme; a test asks both of every member of the cast.
    """
    seen = Programme.objects.visible_to(member)
    is_delivery = half == Half.DELIVERY
    if member.has(Role.PMO_LEAD if is_delivery else Role.CHANGE_LEAD):
        return seen
    if member.person is None or (member.is_change if is_delivery else member.is_delivery):
        return seen.none()
    keeps = is_lead(member, half)
    if member.is_delivery if is_delivery else member.is_change:
        role = (
            ProgrammeRole.CONTRIBUTOR_DELIVERY if is_delivery else ProgrammeRole.CONTRIBUTOR_CHANGE
        )
        works_on = ProgrammeMember.objects.filter(
            programme=OuterRef("pk"), person=member.person, role=role
        )
        keeps |= Q(Exists(works_on))
    return seen.filter(keeps)


def led_by(member: Member, half: str) -> QuerySet[Programme]:
    """Those of them whose half the member leads: by name, or as the head of the function in every programme."""
    kept = kept_by(member, half)
    if member.has(Role.PMO_LEAD if half == Half.DELIVERY else Role.CHANGE_LEAD):
        return kept
    return kept.filter(is_lead(member, half))


def is_lead(member: Member, half: str, programme: str = "") -> Q:
    """Whether the member is named as the lead of a half; `programme` is the way to it, with its double underscore."""
    if member.person is None:
        return Q(pk__in=[])
    return Q(**{f"{programme}{_LEADS[Half(half)]}": member.person.pk})
