"""What the search box finds."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext as _

from pmo_portal.accounts.members import Member
from pmo_portal.common.registry import Found

from ..models import (
    Milestone,
    Programme,
    RaidItem,
)


def search(member: Member, words: str) -> list[Found]:
    """Programmes, milestones and RAID items whose name contains the words."""
    visible = Programme.objects.visible_to(member)
    found = [
        Found(programme.code, programme.name, _("Programme"), programme.get_absolute_url())
        for programme in visible.filter(
            Q(name__icontains=words) | Q(code__iexact=words)
        ).select_related("tenant")[:20]
    ]
    for milestone in Milestone.objects.filter(
        name__icontains=words, programme__in=visible
    ).select_related("tenant", "programme")[:20]:
        found.append(
            Found(milestone.reference, milestone.name, _("Milestone"), milestone.get_absolute_url())
        )
    for item in RaidItem.objects.filter(
        title__icontains=words, programme__in=visible
    ).select_related("tenant", "programme")[:20]:
        found.append(
            Found(item.reference, item.title, item.get_kind_display(), item.get_absolute_url())
        )
    return found
