"""The shape of a story, and how one is read from its file.

Times are weeks from today: negative is past. `{month:7}` and `{day:-2}` in a text become the month or day so many
weeks from today, so that the stories stay true in every season.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Unit:
    code: str
    name: str
    parent: str
    people: int
    # Engagement eighteen months ago and now, 0 to 100.
    engagement: tuple[float, float]
    lead: str = ""


@dataclass(frozen=True)
class Somebody:
    name: str
    title: str
    unit: str


@dataclass(frozen=True)
class Move:
    """At a time, the forecast of a milestone became another one, for a reason."""

    at: float
    to: float
    reason: str
    # Of a go-live: how the reason was classified; empty while nobody has.
    why: str = ""


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
    owner: str = ""


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
    owner: str
    plan: str
    review: float
    category: str = ""
    response: str = ""
    proximity: str = "within_stage"
    threatens: tuple[str, ...] = ()
    updates: tuple[Update, ...] = ()


@dataclass(frozen=True)
class Training:
    """People who need it, and the share trained and planned at the start and now."""

    unit: str
    people: int
    share: tuple[float, float]
    planned: tuple[float, float]

    def at(self, weeks: float) -> tuple[float, float]:
        """The share trained and planned so many weeks ago, in the last half year; people catch up late."""
        past = 1 + weeks / 24
        done, planned = (
            first + (last - first) * past**power
            for (first, last), power in ((self.share, 1.3), (self.planned, 1.0))
        )
        return min(max(done, 0.0), 1.0), min(planned, 1.0)


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
class Voice:
    stance: str
    note: str


@dataclass(frozen=True)
class Question:
    """Something asked of the group, with what delivery and change said, if they did."""

    question: str
    context: str
    options: tuple[str, ...]
    asked: float
    due: float
    asked_by: str = "delivery"
    delivery: Voice | None = None
    change: Voice | None = None
    decided: float | None = None
    decided_by: str = ""
    chosen: int = 1
    outcome: str = ""
    rationale: str = ""
    about: str = ""


@dataclass(frozen=True)
class Task:
    text: str
    agreed: float
    due: float
    owner: str
    done: float | None = None


@dataclass(frozen=True)
class Said:
    """What a lead wrote of one half."""

    at: float
    rating: str
    text: str


@dataclass(frozen=True)
class Helper:
    """Somebody who works for a programme without leading it."""

    name: str
    role: str


@dataclass(frozen=True)
class Promise:
    """A success measure of one side."""

    half: str
    name: str
    unit: str
    start: float
    target: float
    by: float
    how: str = ""
    figure: str = ""


@dataclass(frozen=True)
class Belief:
    """What one side took for granted, as a number or in words."""

    half: str
    text: str
    value: float | None = None
    unit: str = ""
    margin: float | None = None
    words: str = ""
    figure: str = ""


@dataclass(frozen=True)
class Renewal:
    """A second version of a charter: other words and targets, signed by both at a time."""

    at: float
    days: int
    out_of_scope: str
    targets: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class LookBack:
    """A review. `said`: line, verdict and evidence of delivery, verdict and evidence of change; empty is silence."""

    share: int
    said: tuple[tuple[str, str, str, str, str], ...]
    delivery_done: float | None = None
    change_done: float | None = None
    due: float | None = None
    learned: str = ""
    actions: tuple[Task, ...] = ()


@dataclass(frozen=True)
class Pact:
    """The charter of a programme; unsigned as long as a side has not signed."""

    objectives: str
    measures: tuple[Promise, ...]
    assumptions: tuple[Belief, ...]
    in_scope: str = ""
    out_of_scope: str = ""
    strategic: str = ""
    economic: str = ""
    commercial: str = ""
    financial: str = ""
    management: str = ""
    days: int | None = None
    cost: int | None = None
    benefit: int | None = None
    risk: int | None = None
    adoption: int | None = None
    scope: str = ""
    quality: str = ""
    delivery_signed: float | None = None
    change_signed: float | None = None
    renewed: Renewal | None = None
    reviews: tuple[LookBack, ...] = ()


@dataclass(frozen=True)
class Story:
    """One programme. `delivery` and `adoption` are the last words of its leads."""

    code: str
    name: str
    portfolio: str
    purpose: str
    pounds: int
    stage: str
    started: float
    ends: float
    sponsor: str
    delivery_lead: str
    # Empty while nobody is named.
    change_lead: str
    chair: str
    group: str
    units: tuple[str, ...] = ()
    cadence: str = "monthly"
    seats: tuple[str, ...] = ()
    team: tuple[Helper, ...] = ()
    stones: tuple[Stone, ...] = ()
    raid: tuple[Raid, ...] = ()
    training: tuple[Training, ...] = ()
    signs: tuple[Sign, ...] = ()
    questions: tuple[Question, ...] = ()
    tasks: tuple[Task, ...] = ()
    delivery: tuple[Said, ...] = ()
    adoption: tuple[Said, ...] = ()
    charter: Pact | None = None


@dataclass(frozen=True)
class Organisation:
    slug: str
    name: str
    units: tuple[Unit, ...]
    # The first five sign in: administrator, PMO lead, change lead, chair, viewer.
    people: tuple[Somebody, ...]
    programmes: tuple[str, ...] = ()
    stories: tuple[Story, ...] = field(default=())
    # Names of programmes that ended; what came of them is drawn from the seed.
    past: tuple[str, ...] = ()
    seed: int = 0
    cadence_weeks: int = 6


def organisation(slug: str) -> Organisation:
    """Read an organisation and its programmes from the folder of its name."""
    values = _read(FOLDER / slug / "organisation.toml")
    values["units"] = tuple(Unit(**each) for each in values["units"])
    values["people"] = tuple(Somebody(**each) for each in values["people"])
    values["past"] = tuple(values.get("past", ()))
    stories = tuple(_story(FOLDER / slug / f"{code.lower()}.toml") for code in values["programmes"])
    return Organisation(stories=stories, **values)


def _story(path: Path) -> Story:
    values = _read(path)
    for stone in values.get("stones", ()):
        stone["moves"] = _all(Move, stone.get("moves", ()))
    for item in values.get("raid", ()):
        item["updates"] = _all(Update, item.get("updates", ()))
    for question in values.get("questions", ()):
        for voice in ("delivery", "change"):
            if voice in question:
                question[voice] = Voice(**question[voice])
    kinds = {
        "team": Helper, "stones": Stone, "raid": Raid, "training": Training, "signs": Sign,
        "questions": Question, "tasks": Task, "delivery": Said, "adoption": Said,
    }  # fmt: skip
    for name, kind in kinds.items():
        values[name] = _all(kind, values.get(name, ()))
    if "charter" in values:
        values["charter"] = _pact(values["charter"])
    return Story(**values)


def _pact(values: dict[str, Any]) -> Pact:
    for review in values.get("reviews", ()):
        review["actions"] = _all(Task, review.get("actions", ()))
    for name, kind in (("measures", Promise), ("assumptions", Belief), ("reviews", LookBack)):
        values[name] = _all(kind, values.get(name, ()))
    if "renewed" in values:
        values["renewed"] = Renewal(**values["renewed"])
    return Pact(**values)


def _read(path: Path) -> dict[str, Any]:
    return _frozen(tomllib.loads(path.read_text(encoding="utf-8")))


def _frozen(value: Any) -> Any:
    """The same with tuples for lists."""
    if isinstance(value, dict):
        return {key: _frozen(each) for key, each in value.items()}
    if isinstance(value, list):
        return tuple(_frozen(each) for each in value)
    return value


def _all(kind: type, rows: Any) -> tuple[Any, ...]:
    return tuple(kind(**row) for row in rows)
