"""What was escalated: answered in time, answered late, not at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance import services
from governance.choices import Voice
from governance.models import Escalation
from programmes.choices import Half

if TYPE_CHECKING:
    from .programme import ProgrammeWriter


@dataclass(frozen=True)
class Told:
    """One escalation; times are weeks from today, None where it did not happen."""

    by: Voice
    severity: int
    at: float
    title: str
    text: str
    view: str = ""
    view_at: float | None = None
    outcome: str = ""
    closed_at: float | None = None


STORIES: dict[str, tuple[Told, ...]] = {
    "FHR": (
        Told(
            Voice.CHANGE,
            3,
            -1.0,
            "Payroll cannot be coached before it goes live",
            "Half of the team has not run a month end alone. Two coaches for three weeks would do; without them the first pay run is at risk.",
            "The date can move by two weeks at most: the old contract ends. We would rather pay for the coaches.",
            -0.6,
        ),
        Told(
            Voice.DELIVERY,
            3,
            -14.0,
            "The second rehearsal needs a frozen ledger",
            "Finance keeps posting. Without two quiet days the figures cannot be compared.",
            "Two quiet days are possible after month end, if they are announced a week before.",
            -13.7,
            "The ledger is frozen on two days after month end; announced to all budget holders.",
            -13.0,
        ),
    ),
    "PBC": (
        Told(
            Voice.DELIVERY,
            3,
            -3.0,
            "The supplier asks for six more weeks",
            "The migration of old permits takes longer than planned; the go-live would move into February.",
        ),
    ),
    "EPR": (
        Told(
            Voice.CHANGE,
            3,
            -2.0,
            "Wards ask for a second pair of hands at go-live",
            "Nurses will not leave the bedside to ask. One floor walker for each ward and shift, for two weeks.",
            "We can pay for ten of the fourteen wards. Which four can share?",
            -1.2,
        ),
    ),
    "THR": (
        Told(
            Voice.DELIVERY,
            2,
            -20.0,
            "The sterilisers come two weeks late",
            "The theatre can open with the old ones.",
            "Staff learned on the new ones; a short refresher is needed.",
            -19.8,
            "Opened with the old ones; refresher held.",
            -18.0,
        ),
    ),
}


def write(writer: ProgrammeWriter) -> None:
    """Raise, answer and close what the story tells, each by the side that did."""
    for told in STORIES.get(writer.story.code, ()):
        raised = writer.acting(Half.DELIVERY if told.by == Voice.DELIVERY else Half.ADOPTION)
        other = writer.acting(Half.ADOPTION if told.by == Voice.DELIVERY else Half.DELIVERY)
        escalation = services.raise_escalation(
            Escalation(
                programme=writer.programme,
                title=told.title,
                text=told.text,
                severity=told.severity,
                effective_on=writer.day(told.at),
            ),
            at=writer.at(told.at),
            acting=raised,
        )
        if told.view_at is not None:
            escalation = services.give_view(
                escalation, view=told.view, on=writer.day(told.view_at), acting=other
            )
        if told.closed_at is not None:
            services.close_escalation(
                escalation,
                changes={"outcome": told.outcome},
                on=writer.day(told.closed_at),
                acting=raised,
            )
