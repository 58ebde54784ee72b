"""What a search finds here."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext as _

from pmo_portal.accounts.members import Member
from pmo_portal.common.registry import Found
from programmes.selectors import programmes_for

from ..models import MeetingItem, SteeringGroup
from .actions import actions_for
from .changes import changes_for
from .charters import charters_for
from .decisions import decisions_for
from .escalations import escalations_for
from .moves import moves_for
from .reviews import reviews_for


def search(member: Member, words: str) -> list[Found]:
    """Decisions, escalations, change requests, actions, charters, reviews, moves, agenda items and groups whose text contains the words."""
    found = [
        Found(each.reference, each.question, _("Decision"), each.get_absolute_url())
        for each in decisions_for(member).filter(question__icontains=words)[:20]
    ]
    found += [
        Found(each.reference, each.title, _("Escalation"), each.get_absolute_url())
        for each in escalations_for(member).filter(title__icontains=words)[:20]
    ]
    found += [
        Found(each.reference, each.title, _("Change request"), each.get_absolute_url())
        for each in changes_for(member)
        .prefetch_related(None)
        .filter(Q(title__icontains=words) | Q(what__icontains=words))[:20]
    ]
    found += [
        Found(each.reference, each.text, _("Action"), each.get_absolute_url())
        for each in actions_for(member).filter(text__icontains=words)[:20]
    ]
    found += [
        Found(each.reference, each.programme.name, _("Charter"), each.get_absolute_url())
        for each in charters_for(member).filter(
            Q(purpose__icontains=words) | Q(objectives__icontains=words)
        )[:20]
    ]
    found += [
        Found(each.reference, str(each), _("Review"), each.get_absolute_url())
        for each in reviews_for(member).filter(learned__icontains=words)[:20]
    ]
    found += [
        Found(each.reference, each.milestone.name, _("Go-live move"), each.get_absolute_url())
        for each in moves_for(member).filter(text__icontains=words)[:20]
    ]
    found += [
        Found(each.reference, each.title, _("Agenda item"), each.get_absolute_url())
        for each in MeetingItem.objects.filter(
            Q(title__icontains=words) | Q(note__icontains=words),
            meeting__deleted_at__isnull=True,
            meeting__programme__in=programmes_for(member),
        ).select_related("meeting__programme", "meeting__tenant")[:20]
    ]
    return found + [
        Found(each.reference, each.name, _("Steering group"), each.get_absolute_url())
        for each in SteeringGroup.objects.filter(
            programme__in=programmes_for(member), name__icontains=words
        ).select_related("programme", "tenant")[:20]
    ]
