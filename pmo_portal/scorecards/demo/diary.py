"""What leads wrote in earlier fortnights: first of what happened, else of the daily work, never one thing twice."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import TYPE_CHECKING

from .stories import FOLDER, Said, Story

if TYPE_CHECKING:
    from .load import Loader

BEGIN = -76.0
# The mood of the story's own last words has lasted so many weeks.
LASTED = 7
# The points of engagement that make people's half amber and red in the eyes of its lead.
FINE, POOR = 60.0, 52.0


@dataclass(frozen=True)
class Event:
    at: float
    text: str


class Diary:
    """The reports of both halves of one programme."""

    def __init__(self, loader: Loader, story: Story) -> None:
        self.loader, self.story = loader, story
        self.say = loader.calendar.say
        self.names = {code: unit.name for code, unit in loader.units.items()}
        self.random = Random(f"{loader.organisation.seed} {story.code}")

    def of(self, half: str) -> Iterator[Said]:
        last = self.story.delivery if half == "delivery" else self.story.adoption
        if not last:
            return
        events = sorted(
            self._delivery_events() if half == "delivery" else self._adoption_events(),
            key=lambda event: event.at,
        )
        sentences = _Pool(_words()[half], self.random)
        weeks = max(self.story.started + 2, BEGIN) + (0.4 if half == "adoption" else 0)
        while weeks < last[0].at - 1:
            rating = self._rating(half, weeks, last[0])
            happened = [event for event in events if weeks - 2 < event.at <= weeks]
            text = happened[0].text if happened else sentences.next(rating[0])
            unit = self.random.choice(self.story.units) if self.story.units else ""
            yield Said(weeks, rating, text.replace("{unit}", self.names.get(unit, "")))
            weeks += 2
        for said in last:
            yield Said(said.at, said.rating, self.say(said.text))

    def _rating(self, half: str, weeks: float, last: Said) -> str:
        """Leads rate what they see, and are wrong now and then."""
        if weeks > last.at - LASTED:
            return last.rating
        if half == "delivery":
            late = max((self._lateness(weeks)), default=0.0)
            rating = "amber_red" if late > 5 else "amber" if late > 1.2 else "green"
        else:
            people = {unit.code: unit.people for unit in self.loader.organisation.units}
            total = sum(people[code] for code in self.story.units)
            mood = sum(self.loader.mood(c, weeks) * people[c] for c in self.story.units) / total
            rating = "amber_red" if mood < POOR else "amber" if mood < FINE else "green"
        if self.random.random() < 0.12:
            rating = {"green": "amber_green", "amber": "amber_green", "amber_red": "amber"}[rating]
        return rating

    def _lateness(self, weeks: float) -> Iterator[float]:
        for stone in self.story.stones:
            is_done = stone.achieved is not None and stone.achieved <= weeks
            if stone.track == "delivery" and not is_done:
                expected = [stone.baseline, *(m.to for m in stone.moves if m.at <= weeks)][-1]
                yield max(expected, weeks) - stone.baseline

    # --- what happened -----------------------------------------------------------------------------

    def _delivery_events(self) -> Iterator[Event]:
        yield from self._of_stones("delivery")
        yield from self._of_log({"delivery", "both"})
        for question in self.story.questions:
            if question.decided is not None and question.asked_by == "delivery":
                yield Event(
                    question.decided, f"The group has decided: {self.say(question.outcome)}"
                )

    def _adoption_events(self) -> Iterator[Event]:
        yield from self._of_stones("adoption")
        for sign in self.story.signs:
            unit = self.names[sign.unit]
            yield Event(sign.at, f"From {unit}: {self.say(sign.text)}")
            if sign.resolved is not None:
                yield Event(sign.resolved, f"{unit}: {self.say(sign.response)}")
        yield from self._of_log({"people"})
        for question in self.story.questions:
            if question.decided is not None and question.asked_by == "change":
                yield Event(question.decided, f"We have an answer: {self.say(question.outcome)}")
        for number, training in enumerate(self.story.training):
            for weeks in (-23 + 2 * number, -13 + 2 * number):
                done, planned = (round(100 * share) for share in training.at(weeks))
                against = "as planned" if done >= planned else f"{planned} per cent were planned"
                yield Event(
                    weeks,
                    f"{done} per cent of {self.names[training.unit]} are trained; {against}.",
                )

    def _of_stones(self, track: str) -> Iterator[Event]:
        stones = [stone for stone in self.story.stones if stone.track == track]
        for number, stone in enumerate(stones):
            for move in stone.moves:
                day = self.say(f"{{day:{move.to}}}")
                reason = self.say(move.reason).rstrip(".")
                yield Event(
                    move.at,
                    (
                        f"{stone.name} moves to {day}. {reason}.",
                        f"New date for “{stone.name}”: {day}. {reason}.",
                    )[number % 2],
                )
            if stone.achieved is None:
                continue
            late = round(stone.achieved - stone.baseline)
            forms: tuple[str, ...]
            if late > 0:
                by = "a week" if late == 1 else f"{late} weeks"
                forms = (
                    f"“{stone.name}” is reached, {by} after the agreed date.",
                    f"{stone.name}: done, {by} later than agreed.",
                    f"We have “{stone.name}” behind us; it took {by} longer.",
                )
            else:
                forms = (
                    f"{stone.name}: done on the agreed date.",
                    f"“{stone.name}” is reached as planned.",
                    f"On the day we said: “{stone.name}”.",
                    f"{stone.name}, and on time.",
                )
            yield Event(stone.achieved, forms[number % len(forms)])

    def _of_log(self, sides: set[str]) -> Iterator[Event]:
        for number, item in enumerate(item for item in self.story.raid if item.side in sides):
            title = self.say(item.title)
            yield Event(
                item.opened,
                (f"New on our log: “{title}”.", f"{title}. {self.say(item.cause)}")[number % 2],
            )
            for update in item.updates:
                yield Event(update.at, f"{title}. {self.say(update.text)}")


class _Pool:
    """Sentences of one colour, each used once before any is used again."""

    def __init__(self, sentences: dict[str, list[str]], random: Random) -> None:
        self._all = {colour[0]: list(texts) for colour, texts in sentences.items()}
        self._left: dict[str, list[str]] = {colour: [] for colour in self._all}
        self._random = random

    def next(self, colour: str) -> str:
        # Amber/red reads like amber.
        left = self._left[colour]
        if not left:
            left += self._random.sample(self._all[colour], len(self._all[colour]))
        return left.pop()


@cache
def _words() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((FOLDER / "words.toml").read_text(encoding="utf-8"))
