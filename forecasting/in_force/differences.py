"""What a challenger would tell of today, beside what is told: worked out for a page, never written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _, ngettext

from pmo_portal.accounts.members import Member
from pmo_portal.common import clock
from pmo_portal.common.levels import State

from .. import selectors
from ..chance_words import plain_percent
from ..choices import STATE_OF_LEVEL, RiskLevel, Target
from ..crises.running import running
from ..learning.limits import level_against
from .plain_model import teller

# From this change on, in probability, a score reads otherwise: scores are shown in steps of five points.
NOTABLE = 0.05


@dataclass(frozen=True)
class Difference:
    """One programme or item: what is told of it, and what the challenger would tell."""

    label: str
    url: str
    programme: Any
    told: float
    level: RiskLevel
    would: float
    would_level: RiskLevel

    @property
    def change(self) -> float:
        return self.would - self.told

    @property
    def points(self) -> str:
        """The change in points of a hundred, signed."""
        return f"{100 * self.change:+.1f}".replace("-", "\u2212")

    @property
    def told_percent(self) -> str:
        return plain_percent(self.told)

    @property
    def would_percent(self) -> str:
        return plain_percent(self.would)

    @property
    def state(self) -> State:
        return STATE_OF_LEVEL[self.level]

    @property
    def would_state(self) -> State:
        return STATE_OF_LEVEL[self.would_level]


@dataclass(frozen=True)
class Differences:
    """Current scores of a target that a member sees, told by both.

    Attributes:
        pairs: what is told and what would be told, by the key of the score; the largest change first.
        base: of the challenger; its levels are told by it.
        total: how many there are; where that is more, the pairs are those that are told the highest risk.
        in_crisis: how many programmes are left out, since nothing is forecast of them.
    """

    target: Target
    scores: QuerySet[Any]
    pairs: Mapping[int, tuple[float, float]]
    base: float
    total: int
    in_crisis: int

    @property
    def is_all(self) -> bool:
        return len(self.pairs) >= self.total

    @property
    def sentence(self) -> str:
        """How many would be told otherwise, by a step or more, and what that makes of the mean."""
        higher = sum(1 for told, would in self.pairs.values() if would - told >= NOTABLE)
        lower = sum(1 for told, would in self.pairs.values() if told - would >= NOTABLE)
        count = len(self.pairs)
        text = _(
            "%(who)s: the risk would be five points or more higher than now in %(higher)s, and lower in %(lower)s; the mean would be %(would)s instead of %(told)s."
        )
        return text % {
            "who": self._who,
            "higher": higher,
            "lower": lower,
            "told": plain_percent(sum(told for told, _would in self.pairs.values()) / count),
            "would": plain_percent(sum(would for _told, would in self.pairs.values()) / count),
        }

    @property
    def _who(self) -> str:
        count, of_items = len(self.pairs), self.target is Target.RAID_ESCALATES_4W
        if not self.is_all:
            text = (
                _("Of the %(count)s items at the highest risk, out of %(total)s")
                if of_items
                else _("Of the %(count)s programmes at the highest risk, out of %(total)s")
            )
        elif of_items:
            text = ngettext("Of %(count)s item", "Of %(count)s items", count)
        else:
            text = ngettext("Of %(count)s programme", "Of %(count)s programmes", count)
        return text % {"count": count, "total": self.total}

    @property
    def left_out(self) -> str:
        """Of how many programmes nothing is told here; empty where of none."""
        if not self.in_crisis:
            return ""
        return ngettext(
            "%(count)s programme in a crisis or just after one is left out: nothing is forecast of it.",
            "%(count)s programmes in a crisis or just after one are left out: nothing is forecast of them.",
            self.in_crisis,
        ) % {"count": self.in_crisis}

    def rows(self, wanted: Sequence[int] | None = None) -> list[Difference]:
        """Those of some keys, or all of them, in their order. One statement."""
        wanted = list(self.pairs) if wanted is None else wanted
        found = self.scores.in_bulk(wanted)
        return [self._row(found[key]) for key in wanted if key in found]

    def _row(self, score: Any) -> Difference:
        told, would = self.pairs[score.pk]
        if self.target is Target.RAID_ESCALATES_4W:
            programme = score.item.programme
            label, url = f"{score.item.reference} {score.item.title}", score.item.get_absolute_url()
        else:
            programme = score.programme
            kwargs = {"tenant": programme.tenant.slug, "code": programme.code}
            label, url = programme.name, reverse("forecasting:score_detail", kwargs=kwargs)
        level = RiskLevel(score.level)
        # Of whom nothing is known, no model knows more.
        is_unknown = level is RiskLevel.UNKNOWN
        would_level = level if is_unknown else RiskLevel(level_against(would, self.base))
        return Difference(label, url, programme, told, level, would, would_level)


def differences(
    member: Member, target: Target, numbers: Mapping[str, Any], *, most: int | None = None
) -> Differences:
    """What a model would tell of programmes or open items that a member sees, beside what is told. Of items two statements at
    most, of programmes seven: of those in a crisis nothing is told.

    Args:
        numbers: of a model for the inputs of today.
        most: only of so many that are told the highest risk; None of all.
    """
    if target is Target.RAID_ESCALATES_4W:
        scores: QuerySet[Any] = selectors.raid_scores_for(member)
        pool = "item__programme__portfolio"
        in_crisis = 0
    else:
        own = selectors.scores_for(member).filter(unit__isnull=True)
        crises = list(running(on=clock.today()))
        scores = own.exclude(programme__in=crises)
        pool = "programme__portfolio"
        in_crisis = own.filter(programme__in=crises).count()
    # In the order of the index of the loudest.
    loudest = scores.order_by(F("probability").desc(nulls_last=True), "pk")
    found = list(loudest.values_list("pk", "raw", "probability", pool)[:most])
    is_cut = most is not None and len(found) == most
    tell = teller(target, numbers)
    width = len(numbers["reference"])
    # A score of an earlier version of the portal may be of other inputs; the next night makes it anew.
    told = [(key, was, tell(raw, of)) for key, raw, was, of in found if len(raw) == width]
    total = scores.count() if is_cut else len(told)
    told.sort(key=lambda each: (-abs(each[2] - each[1]), each[0]))
    return Differences(
        target,
        scores,
        {key: (was, would) for key, was, would in told},
        numbers["base"],
        total,
        in_crisis,
    )
