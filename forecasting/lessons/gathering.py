"""When it is time to learn again, and what there is to learn from.

Only jobs and commands import this module: it needs numpy.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from pmo_portal.tenants.selectors import thresholds

from ..choices import Happening, ModelStatus, Origin, Target
from ..in_force.registry import InForce, in_force
from ..in_force.standing import Standing, standing_of
from ..learning import prior
from ..learning.judging.report import ALERTS
from ..learning.walk import EVERY
from ..models import Lesson, ModelEvent, RiskModel
from ..raid import history as raid_history
from ..raid.history import RaidHistory
from ..sharing import prior as shared_prior
from . import past
from .past import Past
from .weeks import weeks_of_items

# As in replays.
LEARNS_EVERY = {
    Target.CRISIS_4W: timedelta(days=EVERY),
    Target.RAID_ESCALATES_4W: raid_history.RETRAINED,
}


def is_due(target: Target, as_of: date, *, is_asked: bool = False) -> bool:
    """Whether it is time to learn again; when somebody asks, once a day."""
    last = Lesson.objects.filter(target=target).only("target", "as_of", "verdict", "level").first()
    if last is None:
        return True
    # A model made for other inputs than today's tells nothing until it is learned anew.
    is_outdated = (
        RiskModel.objects.filter(target=target, status=ModelStatus.CHAMPION)
        .exclude(feature_set=prior.INPUTS[target].version)
        .exists()
    )
    is_soon = (
        is_asked
        or is_outdated
        or shared_prior.is_news(target)
        or _is_unlevelled(last)
        or _is_overtaken(last)
    )
    return as_of - last.as_of >= (timedelta(days=1) if is_soon else LEARNS_EVERY[target])


def _is_unlevelled(last: Lesson) -> bool:
    """Whether the level the last lesson found is of another prior than lessons start from today."""
    if not last.level:
        return False
    return bool(last.level["of"] != shared_prior.start_of(Target(last.target)).digest)


def _is_overtaken(last: Lesson) -> bool:
    """Whether a remedy or a decision came while the last lesson was learned, or an alarm after it asked for another one."""
    alarms = ModelEvent.objects.filter(target=last.target, kind=Happening.ALARM)
    is_asked_since = alarms.filter(details__lesson=last.as_of.isoformat()).exists()
    return bool(last.verdict.get("overtaken")) or is_asked_since


@dataclass(frozen=True)
class Gathered:
    """All that is needed to learn about a target, read from the database.

    Attributes:
        words: of each RAID item, as they were when it was first recorded.
        shared: a prior of other organisations that is to be tried as the start, and whether the last lesson used it.
    """

    target: Target
    as_of: date
    used: InForce
    past: Past | None = None
    items: RaidHistory | None = None
    words: Mapping[int, str] = field(default_factory=dict)
    is_learned: bool = False
    shared: shared_prior.Start | None = None
    shared_was_used: bool = False
    standing: Standing = field(default_factory=Standing)
    alerts: float = ALERTS
    small_units: Collection[int] = ()

    def __len__(self) -> int:
        """How many rows there are, whether their outcome is known or not."""
        if self.past is not None:
            return len(self.past.places)
        return len(self.items.made) if self.items is not None else 0


def gather(target: Target, as_of: date) -> Gathered:
    """Read what an organisation can learn from about a target by a day, and what holds for it."""
    champion = RiskModel.objects.filter(target=target, status=ModelStatus.CHAMPION)
    shared = shared_prior.taken(target)
    return Gathered(
        target,
        as_of,
        in_force(target),
        past=past.kept(until=as_of) if target is Target.CRISIS_4W else None,
        items=None
        if target is Target.CRISIS_4W
        else raid_history.gather_items(weeks_of_items(as_of), most=raid_history.MOST_TO_LEARN),
        words={} if target is Target.CRISIS_4W else raid_history.first_words(),
        is_learned=champion.filter(origin=Origin.LEARNED).exists(),
        shared=shared,
        shared_was_used=shared is not None and shared_prior.start_of(target) == shared,
        standing=standing_of(target),
        alerts=thresholds().alert_share_percent / 100,
        small_units=past.in_small_units() if target is Target.CRISIS_4W else (),
    )
