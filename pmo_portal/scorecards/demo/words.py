"""What leads wrote in earlier fortnights: sentences about what was next, never the same twice in a row."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from .stories import Story

_DELIVERY = {
    "green": (
        "{next} stays on its date; nothing needs the group this fortnight.",
        "The supplier's second drop passed its checks, so {next} is safe.",
        "Two defects closed, one opened; {next} is not touched by either.",
        "The plan for {next} was walked through with operations and holds.",
        "Spend is within two per cent of plan; next in line is {next}.",
        "Environment is stable again after the patching weekend. {next} as planned.",
        "Interfaces tested end to end for the first time; {next} keeps its slack.",
        "All owners confirmed their dates up to {next}.",
    ),
    "amber": (
        "{next} has used its slack; the team works off the test backlog first.",
        "One developer short until next month. {next} holds if nothing else breaks.",
        "The data cleanse found more duplicates than expected ahead of {next}.",
        "A late security finding costs us four days before {next}.",
        "Procurement needs another signature; {next} waits for it.",
        "Rehearsal showed two gaps in the cut-over plan. {next} is still possible.",
        "Supplier and council disagree on scope; settled for now, {next} is tight.",
    ),
    "red": (
        "{next} cannot be met with the people we have; options come to the next meeting.",
        "The migration failed its checks again. Help is needed to save {next}.",
        "The contract question blocks {next}; it is above our authority.",
        "Three critical defects stand between us and {next}.",
    ),
}
_ADOPTION = {
    "green": (
        "Champions in {unit} meet weekly now and bring their own questions.",
        "Managers in {unit} were briefed; most of them asked about rotas, not about the reason.",
        "The drop-in in {unit} was full twice, which we take as interest.",
        "Training places for {unit} are booked out; a second block is agreed.",
        "{unit} tested the new forms and changed three labels. They like being asked.",
        "We answered back on the last pulse in {unit} within nine days.",
        "Shadowing has begun in {unit}; first notes are good.",
        "People in {unit} know the date and what changes for them on Monday one.",
    ),
    "amber": (
        "{unit} came to training, but half of them left before the practice part.",
        "Team leads in {unit} cannot release people during the peak; we look for evenings.",
        "Questions in {unit} repeat themselves: our answers do not reach the late shift.",
        "Two champions in {unit} changed jobs; replacements are not named yet.",
        "The pulse in {unit} slipped; comments speak of too many changes at once.",
        "{unit} asks who checks the results of the new system. We owe an answer.",
        "Local managers in {unit} say they heard of the date from suppliers first.",
    ),
    "red": (
        "{unit} does not believe the date. Meeting with all team leads on Thursday.",
        "Training in {unit} was cancelled for a third time.",
        "Workarounds in {unit} are spreading faster than answers.",
        "Belief in {unit} fell again and nobody there speaks for the change.",
    ),
}
_WORSE = {"green": "amber", "amber": "red", "red": "red"}


def earlier(
    story: Story,
    half: str,
    last: tuple[tuple[float, str, str], ...],
    random: Random,
    names: dict[str, str],
) -> Iterator[tuple[float, str, str]]:
    """Reports before the story's own last words, every second week from its start; `names` are those of units."""
    pool = _DELIVERY if half == "delivery" else _ADOPTION
    first_word = last[0]
    now = {"amber_green": "green", "amber_red": "amber"}.get(first_word[1], first_word[1])
    stones = sorted((stone for stone in story.stones), key=lambda each: each.baseline)
    previous = ""
    weeks = max(story.started + 2, -76.0)
    turn = first_word[0] - 14
    while weeks < first_word[0] - 1:
        rating = now if weeks > turn else "green"
        if random.random() < 0.18:
            rating = _WORSE[rating] if rating == "green" else "green"
        upcoming = next((each.name for each in stones if each.baseline > weeks), stones[-1].name)
        unit = names[random.choice(story.units)]
        choices = [text for text in pool[rating] if text != previous]
        previous = random.choice(choices)
        yield weeks, rating, previous.format(next=upcoming, unit=unit)
        weeks += 2
