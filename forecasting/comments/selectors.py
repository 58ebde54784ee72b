"""What comments say, as members see it. Words for word only where the organisation opened it."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.db.models import Count, Max, Q, QuerySet

from adoption import services as adoption
from adoption.models import SurveyComment
from pmo_portal.accounts.members import Member
from pmo_portal.tenants.choices import Quotes
from pmo_portal.tenants.selectors import thresholds
from programmes.selectors import programmes_for

from ..choices import CommentTheme, CommentWay
from ..learning.comments import patterns
from ..models import CommentLexicon, CommentModel, CommentPattern, CommentTag, CommentTopic
from .records import shipped_words

QUOTED = 6
TAGGED_AT_ONCE = 8
_PLACES = UUID("5f0b6d0e-6f0d-4b8e-9a57-0c1f6a1c6f11")


def patterns_for(member: Member, programme: Any = None) -> QuerySet[CommentPattern]:
    """The patterns of the programmes a member sees, or of one."""
    rows = CommentPattern.objects.filter(programme__deleted_at__isnull=True)
    if programme is not None:
        rows = rows.filter(programme=programme)
    elif not member.sees_all_programmes:
        rows = rows.filter(programme__in=programmes_for(member))
    return rows.select_related("programme__tenant", "unit")


def alerts_in(rows: QuerySet[CommentPattern], most: int) -> list[CommentPattern]:
    """The alerts, the surest first."""
    return list(rows.filter(is_alert=True).order_by("-rose", "pk")[:most])


def counts_in(rows: QuerySet[CommentPattern]) -> dict[str, Any]:
    """How many comments of four weeks, alerts, programmes with a figure, and as of when. One statement."""
    whole = Q(unit__isnull=True, theme=CommentTheme.RESISTS)
    return rows.aggregate(
        programmes=Count("pk", filter=whole),
        alerts=Count("pk", filter=Q(is_alert=True)),
        as_of=Max("as_of"),
    )


def resisting_in(programme: Any) -> CommentPattern | None:
    """The share of all comments of a programme that resist, with its earlier four weeks."""
    return CommentPattern.objects.filter(
        programme=programme, unit__isnull=True, theme=CommentTheme.RESISTS
    ).first()


def themes_of_unit(member: Member, unit: Any) -> list[CommentPattern]:
    """What is said in a unit, over the programmes a member sees: alerts first, then the largest shares."""
    return list(
        patterns_for(member)
        .filter(unit=unit, share__isnull=False)
        .order_by("-is_alert", "-share", "pk")[:5]
    )


def topics() -> QuerySet[CommentTopic]:
    """The topics of the last learning, the largest first."""
    return CommentTopic.objects.filter(place__isnull=False).select_related("tenant")


def topic_by_number(member: Member, number: int) -> CommentTopic | None:
    """A topic, removed or not, for the pages of its trail; None where there is none."""
    return CommentTopic.all_objects.filter(number=number).select_related("tenant").first()


def lexicon_by_number(member: Member, number: int) -> CommentLexicon | None:
    """A lexicon, removed or not, for the pages of its trail; None where there is none."""
    return CommentLexicon.all_objects.filter(number=number).select_related("tenant").first()


def lexicon_in_use() -> CommentLexicon:
    """An organisation's own words, else the shipped ones as a record that is not saved."""
    return CommentLexicon.objects.select_related("tenant").first() or shipped_words()


def tone_in_use() -> CommentModel | None:
    """What was learned last from tags, whether it is used or not."""
    return CommentModel.objects.filter(way=CommentWay.TONE).defer("numbers").first()


def tag_counts() -> dict[str, int]:
    """Tags, and those that say it resists. One statement."""
    return CommentTag.objects.aggregate(
        tags=Count("pk"), resisting=Count("pk", filter=Q(resists=True))
    )


# --- word for word --------------------------------------------------------------------------------------------


def may_read_words(member: Member) -> bool:
    """Whether the organisation lets a member read comments word for word."""
    who = thresholds().comment_quotes
    return who == Quotes.EVERYBODY or (who == Quotes.CHANGE and member.is_change)


def quotes(member: Member, programme: Any, as_of: date) -> list[str]:
    """Some comments of a programme, without names, unit and day, in an order of this member's own."""
    since = as_of - timedelta(days=patterns.WINDOWS * patterns.WINDOW_DAYS)
    rows = (
        SurveyComment.objects.readable()
        .known_by(as_of)
        .filter(programme=programme, effective_on__gt=since)
    )
    return [text for _key, text in _shuffled(rows, member, as_of, QUOTED)]


def to_tag(member: Member, as_of: date, *, again: bool = False) -> list[tuple[UUID, str]]:
    """Some comments nobody tagged yet (`again`: that were tagged), in an order of this member's own."""
    rows = SurveyComment.objects.readable().filter(
        programme__in=programmes_for(member), tag__isnull=not again
    )
    return _shuffled(rows, member, as_of, TAGGED_AT_ONCE)


def _shuffled(
    rows: QuerySet[SurveyComment], member: Member, as_of: date, most: int
) -> list[tuple[UUID, str]]:
    """Some rows from a place of the member's own among the random keys; other members see others, in other order."""
    start = uuid5(_PLACES, f"{member.user.pk} {as_of}")
    wanted = rows.order_by("key").values_list("key", "text")
    found = list(wanted.filter(key__gte=start)[:most])
    if len(found) < most:
        found += list(wanted.filter(key__lt=start)[: most - len(found)])
    random.Random(str(start)).shuffle(found)  # noqa: S311 - an order to read in, no secret
    redact = adoption.redactor().redact
    return [(key, redact(text)) for key, text in found]
