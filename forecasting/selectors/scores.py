"""What the model said of programmes and their units, and the weeks that were like now."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Max, Min, Q, QuerySet

from pmo_portal.accounts.members import Member
from programmes.selectors import programmes_for

from ..choices import ASSUMED, RiskLevel, Stage
from ..learning.limits import FEWEST_ALIKE
from ..learning.names import NAMES
from ..learning.outcomes import HORIZON
from ..models import RiskScore, RiskSnapshot, SimilarWeeks

# A score is no word on a day that is further away.
SCORE_COUNTS_FOR = timedelta(days=8)


def scores_for(member: Member) -> QuerySet[RiskScore]:
    """The current scores of programmes a member sees, and of their units; `rated` is the status that was reported."""
    scores = RiskScore.objects.filter(is_current=True, programme__deleted_at__isnull=True)
    if not member.sees_all_programmes:
        scores = scores.filter(programme__in=programmes_for(member))
    scores = scores.annotate(rated=F(f"raw__{NAMES.index('rag_reported')}"))
    return scores.select_related("programme__tenant", "unit").defer("raw", "series")


def unit_scores_for(member: Member) -> QuerySet[RiskScore]:
    """The current scores of single units in the programmes a member sees."""
    return scores_for(member).filter(unit__isnull=False)


def unit_levels(scores: QuerySet[RiskScore], in_crisis: Collection[int]) -> dict[str, Any]:
    """How many scores of units there are, of how many units, how many of these stand high or elevated anywhere, and as
    of when. One statement.

    Args:
        in_crisis: programmes of which nothing is forecast; they are in no level, and counted as `crises`.
    """
    asked = ~Q(programme__in=in_crisis)
    counted = scores.order_by().aggregate(
        all=Count("pk"),
        scored=Count("pk", filter=asked),
        units=Count("unit", distinct=True, filter=asked),
        high=Count("unit", distinct=True, filter=asked & Q(level=RiskLevel.HIGH)),
        elevated=Count("unit", distinct=True, filter=asked & Q(level=RiskLevel.ELEVATED)),
        unknown=Count("pk", filter=asked & Q(level=RiskLevel.UNKNOWN)),
        as_of=Max("as_of"),
        lowest_base=Min("base"),
        highest_base=Max("base"),
        assumed=Count("pk", filter=Q(stage__in=ASSUMED)),
        levelled=Count("pk", filter=Q(stage=Stage.LEVELLED)),
    )
    return counted | {"crises": counted["all"] - counted["scored"]}


def scores_of(programme: Any) -> list[RiskScore]:
    """The current scores of a programme: its own first, then its units, the loudest first. One statement."""
    found = list(
        RiskScore.objects.filter(programme=programme, is_current=True).select_related("unit")
    )
    for score in found:
        score.programme = programme
    return sorted(found, key=lambda each: (each.unit_id is not None, -each.probability))


def split(scores: Collection[RiskScore]) -> tuple[RiskScore | None, list[RiskScore]]:
    """The score of the whole programme, and those of its units."""
    own = next((each for each in scores if each.unit is None), None)
    return own, [each for each in scores if each.unit is not None]


def score_on(programme: Any, day: date) -> RiskScore | None:
    """The last score of a programme as a whole that was made by a day; none where that is long ago."""
    return (
        RiskScore.objects.filter(programme=programme, unit__isnull=True)
        .filter(as_of__lte=day, as_of__gt=day - SCORE_COUNTS_FOR)
        .order_by("-as_of", "-computed_at", "-pk")
        .first()
    )


def last_score(programme: Any) -> RiskScore | None:
    """The last score a programme as a whole ever had, be it of long ago."""
    return (
        RiskScore.objects.filter(programme=programme, unit__isnull=True)
        .order_by("-as_of", "-computed_at", "-pk")
        .first()
    )


def levels_of_all(member: Member, in_crisis: Collection[int]) -> dict[str, Any]:
    """How many scores there are, how many are of programmes and of these high or elevated, and as of when. One
    statement.

    Args:
        in_crisis: programmes of which nothing is forecast; they are in no level, and counted as `crises`.
    """
    own = Q(unit__isnull=True)
    asked = own & ~Q(programme__in=in_crisis)
    counted = scores_for(member).aggregate(
        all=Count("pk"),
        programmes=Count("pk", filter=own),
        scored=Count("pk", filter=asked),
        high=Count("pk", filter=asked & Q(level=RiskLevel.HIGH)),
        elevated=Count("pk", filter=asked & Q(level=RiskLevel.ELEVATED)),
        unknown=Count("pk", filter=asked & Q(level=RiskLevel.UNKNOWN)),
        as_of=Max("as_of"),
        lowest_base=Min("base"),
        highest_base=Max("base"),
        assumed=Count("pk", filter=Q(stage__in=ASSUMED)),
        levelled=Count("pk", filter=Q(stage=Stage.LEVELLED)),
    )
    return counted | {"crises": counted["programmes"] - counted["scored"]}


@dataclass(frozen=True)
class SimilarWeek:
    """A week of another programme that was like now. `programme` is None where the member may not see it."""

    programme: Any
    day: date
    came: bool


@dataclass(frozen=True)
class Similar:
    """The weeks most like now, and of how many a crisis came within four weeks."""

    as_of: date
    came: int
    weeks: list[SimilarWeek]


def similar_to(member: Member, programme: Any) -> Similar | None:
    """The evidence beside the score of a programme. Two statements."""
    row = SimilarWeeks.objects.filter(programme=programme).first()
    if row is None:
        return None
    seen = programmes_for(member).in_bulk([each["programme"] for each in row.weeks])
    weeks = [
        SimilarWeek(seen.get(each["programme"]), date.fromisoformat(each["day"]), each["came"])
        for each in row.weeks
    ]
    return Similar(row.as_of, row.came, weeks)


def others_known(programme: Any, as_of: date) -> int:
    """How many other programmes have weeks that are over, so that what came of them is known; not counted on where that is
    enough for similar weeks. One statement."""
    weeks = RiskSnapshot.objects.filter(unit__isnull=True, as_of__lte=as_of - HORIZON)
    others = weeks.exclude(programme=programme).order_by().values("programme_id").distinct()
    return others[:FEWEST_ALIKE].count()
