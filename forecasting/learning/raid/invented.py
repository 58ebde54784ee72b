"""The RAID log of an invented organisation: items that escalate for causes of random strength.

See `worlds`: every effect is drawn from the same distribution, sometimes it is nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from ..worlds import History

Array = npt.NDArray[Any]

# What may make a RAID item escalate: what was said of it, what was done, and what its subject meets. An item
# of a subject nothing acts on is its own affair.
RAID_CAUSES = (
    "score",
    "mitigation",
    "silence",
    "age",
    "schedule_with_delivery",
    "cost_with_cost",
    "people_with_engagement",
    "people_with_engagement_near_golive",
)
# What may act as well, in few organisations and more weakly.
SIDE_CAUSES = ("score_without_mitigation", "delivery", "issue")
CHANCE_OF_NO_SIDE_EFFECT = 0.6
# Of these nobody knows which way they act.
RAID_EITHER_WAY = ("age", "issue")
EFFECT_SCALE = 0.6
CHANCE_OF_NO_EFFECT = 0.15
# Who puts a mitigation in place mostly says so.
WRITTEN_DOWN = 0.8
CATEGORIES = ("schedule", "cost", "people", "technical")
KINDS = ("risk", "issue", "assumption", "dependency")


def raid_effects(rng: np.random.Generator) -> dict[str, float]:
    """How strongly each cause makes items escalate: the same distribution for all, sometimes nothing."""
    strengths = np.abs(rng.normal(0, EFFECT_SCALE, len(RAID_CAUSES)))
    strengths[rng.random(len(RAID_CAUSES)) < CHANCE_OF_NO_EFFECT] = 0.0
    found = dict(zip(RAID_CAUSES, strengths.tolist(), strict=True))
    aside = np.abs(rng.normal(0, EFFECT_SCALE / 2, len(SIDE_CAUSES)))
    aside[rng.random(len(SIDE_CAUSES)) < CHANCE_OF_NO_SIDE_EFFECT] = 0.0
    found |= dict(zip(SIDE_CAUSES, aside.tolist(), strict=True))
    found["mitigation"] = -found["mitigation"]
    for name in RAID_EITHER_WAY:
        found[name] *= float(rng.choice([-1.0, 1.0]))
    return found


class InventedRaid:
    """The RAID log of a history: every item with its updates, and when it escalated or was closed.

    Arrays are items x weeks; a week counts from the one an item was opened in.
    """

    def __init__(
        self, history: History, rng: np.random.Generator, programme: Array, begun: Array
    ) -> None:
        self.history, self.rng = history, rng
        self.programme, self.begun = programme, begun
        world, count = history.world, len(programme)
        shape = (count, world.weeks)
        self.likely, self.heavy = rng.integers(1, 6, (2, count))
        self.kind = rng.choice(4, count, p=[0.4, 0.3, 0.15, 0.15])
        self.category = rng.integers(0, 4, count)
        self.age = np.arange(world.weeks) - begun[:, None]
        mitigated_from = rng.geometric(world.raid_mitigation, count)[:, None]
        self.mitigated, begins = self.age >= mitigated_from, self.age == mitigated_from
        chance = np.where(begins, WRITTEN_DOWN, world.raid_updates)
        self.updated = (self.age > 0) & (rng.random(shape) < chance)
        said = np.where(self.updated | (self.age == 0), np.arange(world.weeks), -1)
        self.silence = np.arange(world.weeks) - np.maximum.accumulate(said, axis=1)
        self.closed = begun + rng.geometric(world.raid_closing, count)
        self.escalated = self._escalated(rng.random(shape))

    def _escalated(self, chance: Array) -> Array:
        """The week in which each item escalates; after the last week where it never does."""
        world, rng = self.history.world, self.rng
        open_ = (self.age >= 0) & (np.arange(world.weeks) < self.closed[:, None])
        pull = self._pull(open_) + rng.normal(0, world.raid_spread, len(self.age))[:, None]
        low, high = -15.0, 5.0
        for _halving in range(30):
            base = (low + high) / 2
            hazard = 1 / (1 + np.exp(-(base + pull)))
            low, high = (base, high) if hazard[open_].mean() < world.raid_risk else (low, base)
        happens = open_ & (chance < hazard)
        return np.where(happens.any(axis=1), happens.argmax(axis=1), world.weeks)

    def _pull(self, open_: Array) -> Array:
        """The log-odds above the base, each cause in its own standard deviations."""
        history, at, effects = self.history, self.programme, self.history.world.raid_effects
        low = np.einsum("nu,nut->nt", history.share, np.logaddexp(0, (62 - history.engagement) / 8))
        ahead = history.golive - np.arange(history.world.weeks)
        near = np.where(ahead >= 0, np.clip(1 - ahead / 12, 0, 1), np.clip(1 + ahead / 8, 0, 1))
        score = (self.likely * self.heavy)[:, None] * np.ones(self.age.shape)
        everybody = np.ones(len(at), dtype=bool)
        about = [self.category == index for index in range(len(CATEGORIES))]
        causes = {
            "score": (score, everybody),
            "score_without_mitigation": (score * ~self.mitigated, everybody),
            "mitigation": (self.mitigated.astype(float), everybody),
            "silence": (np.log1p(np.clip(self.silence, 0, None)), everybody),
            "age": (np.log1p(np.clip(self.age, 0, None)), everybody),
            "delivery": (history.stress[at], everybody),
            "schedule_with_delivery": (history.stress[at], about[0]),
            "cost_with_cost": (history.cost[at], about[1]),
            "people_with_engagement": (low[at], about[2]),
            "people_with_engagement_near_golive": ((near * low)[at], about[2]),
            "issue": ((self.kind == 1)[:, None] * np.ones(self.age.shape), everybody),
        }
        pull = np.zeros(self.age.shape)
        for name, (values, whom) in causes.items():
            seen = values[open_ & whom[:, None]]
            if len(seen) and seen.std() > 0:
                away = (values - seen.mean()) / seen.std()
                pull += effects.get(name, 0.0) * away * whom[:, None]
        return pull

    def rows(self, weeks: int) -> tuple[list[list[Any]], list[list[Any]]]:
        """The lines of both files. An item that escalated is followed no further."""
        day = self.history.day
        items: list[list[Any]] = []
        updates: list[list[Any]] = []
        for index, programme in enumerate(self.programme.tolist()):
            name = f"X{index:06d}"
            escalated, closed = int(self.escalated[index]), int(self.closed[index])
            until = min(escalated, closed, weeks)
            for week in np.flatnonzero(self.updated[index, :until]).tolist():
                updates.append([name, day(programme, week), int(self.mitigated[index, week])])
            items.append(
                [
                    name,
                    self.history.name(programme),
                    day(programme, int(self.begun[index])),
                    KINDS[self.kind[index]],
                    CATEGORIES[self.category[index]],
                    int(self.likely[index]),
                    int(self.heavy[index]),
                    day(programme, escalated) if escalated < weeks else "",
                    day(programme, closed) if closed < weeks and escalated >= weeks else "",
                ]
            )
        return items, updates
