"""What holds for the models of an organisation: a remedy after an alarm, or a decision of a person.

Read from the events; decision 0034 says why each holds as long as it does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from django.db.models import Q

from ..choices import Happening, Target
from ..models import ModelEvent

# Why the prior is used again: an alarm after which nothing else helped, or the verdict of a lesson on itself.
ALARM, LESSON = "alarm", "lesson"


class Hold(StrEnum):
    """What a lesson has to overcome before its model comes into use."""

    ASIDE = "aside"
    FELL_BACK = "fell_back"
    BROUGHT_BACK = "brought_back"


@dataclass(frozen=True)
class Standing:
    """What holds for a target.

    Attributes:
        hold, event: what holds, and since which event; None where lessons come into use.
        level: the event since which the level is that of the weeks since a change.
        declined: the event by which a person set a challenger aside.
        anew: the day of the last remedy or decision; what was told until then is compared no more.
    """

    hold: Hold | None = None
    event: ModelEvent | None = None
    level: ModelEvent | None = None
    anew: date | None = None
    declined: ModelEvent | None = None

    @property
    def level_since(self) -> date | None:
        """The first week of the change after which the level was corrected."""
        return date.fromisoformat(self.level.details["since"]) if self.level else None

    @property
    def is_free(self) -> bool:
        """Whether lessons come into use as they are."""
        return self.hold is None and self.level is None

    def declines(self, digest: str) -> bool:
        """Whether a person set a challenger aside while what is in use now was in use already."""
        return self.declined is not None and self.declined.details["beside"] == digest

    def is_same_as(self, other: Standing) -> bool:
        """Whether the same holds, by the same events, and no alarm asked for a lesson since."""
        return (self.event, self.level, self.anew) == (other.event, other.level, other.anew)

    def after(self, event: ModelEvent) -> Standing:
        """What holds once this has happened as well."""
        details, day = event.details, event.happened_on
        if event.kind == Happening.SHIFTED:
            anew = self.anew if details.get("again") else day
            return replace(self, level=event, anew=anew, declined=None)
        if event.kind == Happening.ALARM and details.get("remedy") == "learn":
            return replace(self, level=event if details.get("since") else self.level, anew=day)
        if event.kind == Happening.FELL_BACK and details.get("because") == ALARM:
            return Standing(Hold.FELL_BACK, event, None, day)
        if event.kind == Happening.FELL_BACK:
            return replace(self, declined=None)
        if event.kind == Happening.SET_ASIDE:
            return Standing(Hold.ASIDE, event, None, day)
        if event.kind in (Happening.REINSTATED, Happening.CHOSEN):
            return Standing(Hold.BROUGHT_BACK, event, None, day)
        if event.kind == Happening.RESUMED:
            return replace(self, hold=None, event=None, declined=None)
        if event.kind == Happening.DECLINED:
            return replace(self, declined=event)
        if event.kind == Happening.OFFERED:
            return replace(self, declined=None)
        if event.kind == Happening.PROMOTED:
            ended = details.get("ends", ())
            kept = replace(self, declined=None)
            kept = replace(kept, hold=None, event=None) if "hold" in ended else kept
            return replace(kept, level=None) if "level" in ended else kept
        return self


# The events that change what holds; of the weekly lessons only those that ended something.
_TELLING = Q(
    kind__in=[
        Happening.ALARM,
        Happening.SHIFTED,
        Happening.FELL_BACK,
        Happening.SET_ASIDE,
        Happening.REINSTATED,
        Happening.RESUMED,
        Happening.CHOSEN,
        Happening.DECLINED,
        Happening.OFFERED,
    ]
) | Q(kind=Happening.PROMOTED, details__has_key="ends")


def standings() -> dict[Target, Standing]:
    """What holds for every target. One statement."""
    found = dict.fromkeys(Target, Standing())
    for event in _events(target__in=Target.values):
        target = Target(event.target)
        found[target] = found[target].after(event)
    return found


def standing_of(target: Target) -> Standing:
    """What holds for a target. One statement."""
    found = Standing()
    for event in _events(target=target):
        found = found.after(event)
    return found


def _events(**only: Any) -> list[ModelEvent]:
    rows = ModelEvent.objects.filter(_TELLING, **only).select_related("by", "model")
    return list(rows.defer("model__numbers").order_by("happened_on", "pk"))
