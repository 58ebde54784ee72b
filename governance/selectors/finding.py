"""What a search finds here."""

from __future__ import annotations

from django.utils.translation import gettext as _

from pmo_portal.accounts.members import Member
from pmo_portal.common.registry import Found
from programmes.selectors import programmes_for

from ..models import SteeringGroup
from .actions import actions_for
from .decisions import decisions_for


def search(member: Member, words: str) -> list[Found]:
    """Decisions, actions and groups whose text contains the words."""
    found = [
        Found(each.reference, each.question, _("Decision"), each.get_absolute_url())
        for each in decisions_for(member).filter(question__icontains=words)[:20]
    ]
    found += [
        Found(each.reference, each.text, _("Action"), each.get_absolute_url())
        for each in actions_for(member).filter(text__icontains=words)[:20]
    ]
    return found + [
        Found(each.reference, each.name, _("Steering group"), each.get_absolute_url())
        for each in SteeringGroup.objects.filter(
            programme__in=programmes_for(member), name__icontains=words
        ).select_related("programme", "tenant")[:20]
    ]
