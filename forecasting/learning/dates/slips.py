"""By how much milestones end up later than was said: reference classes, not opinions (Flyvbjerg 2006).

A slip is the day a milestone was reached less the day that was forecast for it some time before, in calendar days. Milestones
are put into kinds: how far ahead the date lay, and whether their programme ran late then. Milestones nobody has reached
yet count as later than they are by now (Kaplan and Meier 1958), so that the worst ones are not left out.

An organisation's own milestones take the place of the shipped ones as they become more: with n of its own in a kind they
count n / (n + `own_counts_from`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

# Days from the word to the date, up to which a date is near or some months away; later ones are far.
NEAR, MONTHS = 28, 84
# At which smoothed schedule index a programme runs late.
LATE_BELOW = 0.95
QUANTILES = (0.5, 0.8, 0.9)
# A baseline is missed when it is passed by more than this: five working days.
GRACE = 7
# Where fewer than this share of like milestones was ever so late, nothing can be said of when it ends.
LEAST_LEFT = 0.02
# How much an organisation's own milestones weigh is chosen among these.
WEIGHTS = (5.0, 10.0, 20.0, 40.0, 80.0, 160.0)
PRIOR = Path(__file__).parent.parent / "prior" / "milestone_slip.json"


def kind_of(ahead: float, schedule: float | None) -> str:
    """The kind of a milestone: how many days ahead its date lies, and how its programme runs."""
    far = "near" if ahead <= NEAR else "months" if ahead <= MONTHS else "far"
    if schedule is None or np.isnan(schedule):
        return f"{far}/any"
    # As pages write it: an index of 0.946 is written 0.95, and that is not below 0.95.
    return f"{far}/{'late' if round(schedule, 2) < LATE_BELOW else 'steady'}"


KINDS = tuple(
    f"{far}/{how}" for far in ("near", "months", "far") for how in ("late", "steady", "any")
)


@dataclass(frozen=True)
class Slips:
    """What came of words on dates: one row for a milestone and a word on it.

    Attributes:
        days: the slip; of one that was not reached, how late it is by now.
        reached: whether it was.
        ahead: days from the word to the date.
        schedule: the smoothed schedule index of its programme then, NaN where nobody knew.
        milestone: of which milestone the word was.
        said: the day of the word, as an ordinal.
    """

    days: Array
    reached: Array
    ahead: Array
    schedule: Array
    milestone: Array
    said: Array

    def __len__(self) -> int:
        return len(self.days)

    def only(self, wanted: Array) -> Slips:
        return Slips(
            *(each[wanted] for each in (self.days, self.reached, self.ahead, self.schedule, self.milestone, self.said))
        )  # fmt: skip

    @property
    def kinds(self) -> Array:
        return np.array(
            [
                kind_of(a, s)
                for a, s in zip(self.ahead.tolist(), self.schedule.tolist(), strict=True)
            ],
            dtype=object,
        )


@dataclass(frozen=True)
class Curve:
    """The share of milestones reached by so many days after the date that was said.

    Attributes:
        days: ascending.
        share: reached by each, 0 to 1; the last is less than 1 where the latest are not reached yet.
        milestones: how many it is of.
    """

    days: Array
    share: Array
    milestones: int


NOTHING = Curve(np.empty(0), np.empty(0), 0)


def curve(slips: Slips) -> Curve:
    """The share reached by each day, with what is not reached counted as long as it was watched."""
    if not len(slips):
        return NOTHING
    ends, at = np.unique(slips.days[slips.reached], return_inverse=True)
    came = np.bincount(at, minlength=len(ends))
    left = len(slips) - np.searchsorted(np.sort(slips.days), ends, side="left")
    share = 1 - np.cumprod(1 - came / left)
    return Curve(ends.astype(float), share, len(np.unique(slips.milestone)))


def curves(slips: Slips) -> dict[str, Curve]:
    """A curve of every kind; `any` of all programmes, however they run."""
    kinds = slips.kinds
    far = np.array([str(kind).split("/")[0] for kind in kinds], dtype=object)
    found = {}
    for kind in KINDS:
        way, how = kind.split("/")
        found[kind] = curve(slips.only(far == way if how == "any" else kinds == kind))
    return found


def mixed(parts: Sequence[tuple[Curve, float]]) -> tuple[Array, Array]:
    """The days of several curves and the share reached by each, every curve counting as much as its weight."""
    days = np.unique(np.concatenate([part.days for part, _weight in parts]))
    share = np.zeros(len(days))
    for part, its in parts:
        at = np.searchsorted(part.days, days, side="right")
        share += its * np.concatenate([[0.0], part.share])[at]
    return days, share


def still_open(days: Array, share: Array, ahead: float) -> Array | None:
    """The share reached by each day of those that are open so many days before their date; None where hardly any is left.

    A date that passed without it being reached leaves only what is later.
    """
    passed = open_until(days, share, ahead)
    return None if 1 - passed < LEAST_LEFT else (share - passed) / (1 - passed)


def open_until(days: Array, share: Array, ahead: float) -> float:
    """The share that was reached earlier than so many days before the date."""
    before = days < -ahead
    return float(share[before][-1]) if before.any() else 0.0


def missing(days: Array, share: Array | None, baseline: float) -> float:
    """The chance that a baseline is missed: passed by more than is allowed. Certain where nobody knows how late it becomes.

    Args:
        baseline: days from the forecast to it; below nothing where it is earlier.
    """
    if share is None:
        return 1.0
    until = share[days <= baseline + GRACE]
    return 1 - max(0.0, float(until[-1])) if len(until) else 1.0


def quantiles(days: Array, share: Array | None) -> tuple[int | None, ...]:
    """The days by which five, eight and nine of ten are reached; None where nobody knows."""
    if share is None:
        return (None,) * len(QUANTILES)
    reached = [share >= each - 1e-9 for each in QUANTILES]
    return tuple(round(float(days[np.argmax(each)])) if each.any() else None for each in reached)


@dataclass(frozen=True)
class ToldDate:
    """What is said of a milestone: days after its forecast, and the chance that its baseline is missed.

    `quantiles`: in the order of `QUANTILES`; None where nobody knows how late it can become.
    """

    quantiles: tuple[int | None, ...]
    missed: float
    kind: str
    own: int
    weight: float


@dataclass(frozen=True)
class Reference:
    """Curves of every kind, shipped and own."""

    shipped: Mapping[str, Curve]
    own: Mapping[str, Curve]
    own_counts_from: float

    def weight(self, kind: str) -> float:
        """How much the own milestones of a kind count, 0 to 1."""
        count = self.own[kind].milestones if kind in self.own else 0
        return count / (count + self.own_counts_from)

    def tell(self, *, ahead: float, schedule: float | None, baseline: float) -> ToldDate:
        """What is to be expected of a milestone that is not reached.

        Args:
            ahead: days to the forecast date; below nothing where it has passed.
            schedule: the smoothed schedule index of its programme.
            baseline: days from the forecast to the baseline; below nothing where the baseline is earlier.
        """
        kind = kind_of(ahead, schedule)
        weight = self.weight(kind)
        days, share = self.together(kind, weight)
        left = still_open(days, share, ahead)
        missed = missing(days, left, baseline)
        own = self.own[kind].milestones if kind in self.own else 0
        return ToldDate(quantiles(days, left), missed, kind, own, weight)

    def together(self, kind: str, weight: float) -> tuple[Array, Array]:
        """The days of a kind and the share reached by each, its own milestones counting so much."""
        parts = [(self.shipped[kind], 1 - weight)]
        if weight:
            parts.append((self.own[kind], weight))
        return mixed(parts)

    # --- keeping --------------------------------------------------------------------------------

    @classmethod
    def from_dicts(cls, shipped: Mapping[str, Any], own: Mapping[str, Any]) -> Self:
        return cls(_curves(shipped["kinds"]), _curves(own), float(shipped["own_counts_from"]))


def as_dict(made: Mapping[str, Curve]) -> dict[str, Any]:
    """Curves as plain values."""
    return {
        kind: {
            "days": [int(day) for day in each.days],
            "share": [round(float(share), 5) for share in each.share],
            "milestones": each.milestones,
        }
        for kind, each in made.items()
    }


def _curves(kept: Mapping[str, Any]) -> dict[str, Curve]:
    return {
        kind: Curve(
            np.array(each["days"], dtype=float), np.array(each["share"]), each["milestones"]
        )
        for kind, each in kept.items()
    }


@cache
def shipped() -> dict[str, Any]:
    """The shipped curves, assumed and not measured; `scripts/derive_prior.py` makes them."""
    found: dict[str, Any] = json.loads(PRIOR.read_text(encoding="utf-8"))
    return found


def digest(own: Mapping[str, Any]) -> str:
    """The same shipped and own curves give the same digest."""
    kept = json.dumps([shipped(), own], sort_keys=True)
    return hashlib.sha256(kept.encode()).hexdigest()


# --- how good it is ----------------------------------------------------------------------------------------


def coverage(told: Sequence[ToldDate], slips: Slips, *, seen: Array) -> dict[str, Any]:
    """How often milestones were reached by the days that were told, and what that is worth.

    Args:
        told: of each row.
        seen: for each row, the days after its date up to which it was watched.

    Returns:
        `rows`; for each quantile its share, among rows of which it is decided; `pinball`, the mean pinball loss of reached
        rows over the quantiles as a share of that of taking the date as said; None where nothing is decided.
    """
    made: dict[str, Any] = {"rows": len(slips)}
    for at, quantile in enumerate(QUANTILES):
        by = np.array(
            [np.inf if each.quantiles[at] is None else each.quantiles[at] for each in told],
            dtype=float,
        )
        # Decided is what was watched to its day: else those reached early would count before the late ones do.
        decided = seen >= by
        kept = slips.reached & (slips.days <= by)
        made[f"p{round(quantile * 100)}"] = float(kept[decided].mean()) if decided.any() else None
    ours, plain = _pinball(told, slips), _pinball(None, slips)
    made["pinball"] = ours / plain if plain else None
    return made


def _pinball(told: Sequence[ToldDate] | None, slips: Slips) -> float:
    total = 0.0
    for at, quantile in enumerate(QUANTILES):
        for row in np.flatnonzero(slips.reached).tolist():
            by = 0 if told is None else told[row].quantiles[at]
            off = float(slips.days[row]) - (0 if by is None else by)
            total += max(quantile * off, (quantile - 1) * off)
    return total


def derive(worlds: Sequence[Slips], about: Mapping[str, Any]) -> dict[str, Any]:
    """The shipped curves of many organisations, and from how many milestones their own count half.

    That number is the one with the least pinball loss where each organisation is told by the others and by some of its own.
    """
    losses = dict.fromkeys(WEIGHTS, 0.0)
    for number, world in enumerate(worlds):
        others = curves(joined([each for at, each in enumerate(worlds) if at != number]))
        names = np.unique(world.milestone)
        turn = np.random.default_rng(number).permutation(names)
        for count in (30, 100, 300):
            own = curves(world.only(np.isin(world.milestone, turn[:count])))
            rest = world.only(np.isin(world.milestone, turn[-200:]) & world.reached)
            for weight in WEIGHTS:
                reference = Reference(others, own, weight)
                known = {
                    kind: reference.tell(ahead=_usual(kind), schedule=_runs(kind), baseline=0)
                    for kind in KINDS
                }
                losses[weight] += _pinball([known[kind] for kind in rest.kinds], rest) / max(
                    1, len(rest)
                )
    best = min(losses, key=lambda each: losses[each])
    return {
        "about": {
            **about,
            "worlds": len(worlds),
            "milestones": sum(len(np.unique(each.milestone)) for each in worlds),
        },
        "own_counts_from": best,
        "kinds": as_dict(curves(joined(worlds))),
    }


def joined(worlds: Sequence[Slips]) -> Slips:
    """The rows of many organisations; milestones of different ones stay apart."""
    names = [each.milestone.astype(np.int64) + 10_000_000 * at for at, each in enumerate(worlds)]
    parts = [
        (w.days, w.reached, w.ahead, w.schedule, name, w.said)
        for w, name in zip(worlds, names, strict=True)
    ]
    return Slips(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _usual(kind: str) -> float:
    return {"near": NEAR, "months": MONTHS, "far": MONTHS + 1}[kind.split("/", maxsplit=1)[0]]


def _runs(kind: str) -> float | None:
    return {"late": LATE_BELOW - 0.01, "steady": LATE_BELOW, "any": None}[kind.split("/")[1]]
