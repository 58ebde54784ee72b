"""The shape of a story. Times are weeks from today: negative is past."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Unit:
    code: str
    name: str
    parent: str
    people: int
    # Engagement eighteen months ago and now, 0 to 100.
    engagement: tuple[float, float]


@dataclass(frozen=True)
class Move:
    """At a time, the forecast of a milestone became another one, for a reason."""

    at: float
    to: float
    reason: str


@dataclass(frozen=True)
class Stone:
    """A milestone: agreed for `baseline`, moved some times, achieved or still to come."""

    name: str
    baseline: float
    track: str = "delivery"
    moves: tuple[Move, ...] = ()
    achieved: float | None = None
    golive: bool = False
    units: tuple[str, ...] = ()


@dataclass(frozen=True)
class Update:
    """At a time, an item was talked about and perhaps rated anew."""

    at: float
    text: str
    probability: int | None = None
    impact: int | None = None
    status: str = ""


@dataclass(frozen=True)
class Raid:
    kind: str
    side: str
    title: str
    cause: str
    event: str
    effect: str
    rating: tuple[int, int]
    opened: float
    owner: int
    plan: str
    review: float
    response: str = ""
    updates: tuple[Update, ...] = ()


@dataclass(frozen=True)
class Training:
    """People who need it, and the share trained and planned at the start and now."""

    unit: str
    people: int
    share: tuple[float, float]
    planned: tuple[float, float]


@dataclass(frozen=True)
class Sign:
    """A sign of resistance; resolved at a time where something helped."""

    unit: str
    source: str
    theme: str
    strength: int
    at: float
    text: str
    resolved: float | None = None
    response: str = ""


@dataclass(frozen=True)
class Question:
    """Something asked of the group. `voices`: what delivery and change said, if they did."""

    question: str
    context: str
    options: tuple[str, ...]
    asked: float
    due: float
    delivery: tuple[str, str] | None = None
    change: tuple[str, str] | None = None
    decided: float | None = None
    chosen: int = 1
    outcome: str = ""
    about: str = ""


@dataclass(frozen=True)
class Task:
    text: str
    agreed: float
    due: float
    owner: int
    done: float | None = None


@dataclass(frozen=True)
class Story:
    """One programme. `delivery` and `adoption` are the last words of its leads: (weeks, rating, sentence)."""

    code: str
    name: str
    portfolio: str
    purpose: str
    pounds: int
    leads: tuple[int, int]
    units: tuple[str, ...]
    stones: tuple[Stone, ...]
    delivery: tuple[tuple[float, str, str], ...]
    adoption: tuple[tuple[float, str, str], ...]
    stage: str = "delivery"
    raid: tuple[Raid, ...] = ()
    training: tuple[Training, ...] = ()
    signs: tuple[Sign, ...] = ()
    questions: tuple[Question, ...] = ()
    tasks: tuple[Task, ...] = ()
    started: float = -78
    ends: float = 40


@dataclass(frozen=True)
class Organisation:
    slug: str
    name: str
    units: tuple[Unit, ...]
    # The first five sign in: administrator, PMO lead, change lead, chair, viewer.
    people: tuple[tuple[str, str], ...]
    stories: tuple[Story, ...]
    seed: int = 0
    cadence_weeks: int = 6
