"""Writes the charter of a programme, its reviews and why its go-lives moved."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from governance import services as governance
from governance.choices import Voice
from governance.models import (
    Action,
    Charter,
    CharterAssumption,
    Review,
    SuccessMeasure,
)
from pmo_portal.tenants.models import Person
from programmes.choices import Half

from .stories import LookBack, Pact

if TYPE_CHECKING:
    from .programme import ProgrammeWriter

_HALVES = {Voice.DELIVERY: Half.DELIVERY, Voice.CHANGE: Half.ADOPTION}


class PactWriter:
    """What both leads agreed on in one programme, and what became of it."""

    def __init__(self, writer: ProgrammeWriter) -> None:
        self.writer, self.story, self.loader = writer, writer.story, writer.loader
        self.day, self.at, self.text = writer.day, writer.at, writer.text

    def moves(self) -> None:
        """Every move of a go-live, classified where the story says why."""
        why = {
            (stone.name, self.day(move.at)): move.why
            for stone in self.story.stones
            for move in stone.moves
            if move.why
        }
        for move in governance.note_moves(self.writer.programme.pk):
            reason = why.get((move.milestone.name, move.effective_on))
            if reason:
                governance.explain_move(move, changes={"reason": reason}, acting=self.loader.pmo)

    def charter(self) -> None:
        pact = self.story.charter
        if pact is None:
            return
        charter = governance.start_charter(
            self.writer.programme, values=self._words(pact), acting=self.loader.pmo
        )
        for promise in pact.measures:
            governance.add_line(
                SuccessMeasure(
                    charter=charter,
                    half=promise.half,
                    name=promise.name,
                    unit=promise.unit,
                    baseline_value=promise.start,
                    target_value=promise.target,
                    due_on=self.day(promise.by),
                    how=promise.how,
                    figure=promise.figure,
                ),
                at=self.at(self.story.started),
                acting=self.writer.acting(promise.half),
            )
        for belief in pact.assumptions:
            governance.add_line(
                CharterAssumption(
                    charter=charter,
                    half=belief.half,
                    text=belief.text,
                    value=belief.value,
                    unit=belief.unit,
                    margin=belief.margin,
                    words=self.text(belief.words),
                    figure=belief.figure,
                ),
                at=self.at(self.story.started),
                acting=self.writer.acting(belief.half),
            )
        signed = {Voice.DELIVERY: pact.delivery_signed, Voice.CHANGE: pact.change_signed}
        self._sign(charter, signed)
        if pact.renewed is not None:
            self._renew(pact)

    def _words(self, pact: Pact) -> dict[str, Any]:
        return {
            "purpose": self.text(self.story.purpose),
            "objectives": pact.objectives,
            "in_scope": pact.in_scope,
            "out_of_scope": pact.out_of_scope,
            "case_strategic": pact.strategic,
            "case_economic": pact.economic,
            "case_commercial": pact.commercial,
            "case_financial": pact.financial,
            "case_management": pact.management,
            "tolerance_days": pact.days,
            "tolerance_cost": pact.cost,
            "tolerance_benefit": pact.benefit,
            "risk_appetite": pact.risk,
            "tolerance_adoption": pact.adoption,
            "tolerance_scope": pact.scope,
            "tolerance_quality": pact.quality,
        }

    def _sign(self, charter: Charter, signed: dict[Voice, float | None]) -> None:
        """Whoever signed, in the order in which they did."""
        moments = sorted((when, voice) for voice, when in signed.items() if when is not None)
        if not moments:
            return
        charter = Charter.objects.get(pk=charter.pk)
        charter.programme = self.writer.programme
        governance.offer_charter(charter, acting=self.loader.pmo)
        for when, voice in moments:
            governance.sign_charter(
                charter,
                function=voice,
                at=self.at(when),
                on=self.day(when),
                acting=self.writer.acting(_HALVES[voice]),
            )

    def _renew(self, pact: Pact) -> None:
        assert pact.renewed is not None
        renewed, at = pact.renewed, self.at(pact.renewed.at)
        charter = governance.start_charter(
            self.writer.programme,
            values={"tolerance_days": renewed.days, "out_of_scope": renewed.out_of_scope},
            acting=self.loader.pmo,
        )
        for row in SuccessMeasure.objects.filter(charter=charter, name__in=list(renewed.targets)):
            governance.revise_line(
                row,
                changes={"target_value": renewed.targets[row.name]},
                at=at,
                acting=self.writer.acting(row.half),
            )
        self._sign(charter, dict.fromkeys(Voice, renewed.at))

    def reviews(self) -> None:
        """What was found at each review; the portal has opened those that were due."""
        pact = self.story.charter
        if pact is None:
            return
        opened = {
            review.share: review
            for review in Review.objects.filter(programme=self.writer.programme)
        }
        for story in pact.reviews:
            if story.share in opened:
                self._review(opened[story.share], story)

    def _review(self, review: Review, story: LookBack) -> None:
        lines = {line.text: line for line in review.lines.all()}
        said_on = {
            Voice.DELIVERY: self._said_on(review, story.delivery_done),
            Voice.CHANGE: self._said_on(review, story.change_done),
        }
        for text, *words in story.said:
            for voice, (verdict, evidence) in zip(
                (Voice.DELIVERY, Voice.CHANGE), (words[:2], words[2:]), strict=True
            ):
                if verdict:
                    governance.say_finding(
                        lines[text],
                        function=voice,
                        verdict=verdict,
                        evidence=evidence,
                        on=said_on[voice],
                        acting=self.writer.acting(_HALVES[voice]),
                    )
        changes: dict[str, Any] = {"learned": story.learned} if story.learned else {}
        if story.due is not None:
            changes["due_on"] = self.day(story.due)
        if changes:
            review = governance.revise_review(review, changes=changes, acting=self.loader.pmo)
        for task in story.actions:
            action = governance.agree_action(
                review,
                Action(
                    programme=self.writer.programme,
                    text=self.text(task.text),
                    owner=self._person(task.owner),
                    agreed_on=self.day(task.agreed),
                    due_on=self.day(task.due),
                ),
                acting=self.loader.pmo,
            )
            if task.done is not None:
                governance.finish_action(action, on=self.day(task.done), acting=self.loader.pmo)
        for voice, when in (
            (Voice.DELIVERY, story.delivery_done),
            (Voice.CHANGE, story.change_done),
        ):
            if when is not None:
                governance.complete_review(
                    review,
                    function=voice,
                    on=self.day(when),
                    acting=self.writer.acting(_HALVES[voice]),
                )

    def _said_on(self, review: Review, done: float | None) -> date:
        return self.day(done) if done is not None else review.reached_on

    def _person(self, name: str) -> Person | None:
        return self.loader.people[name] if name else None


def write_reviews(writers: list[ProgrammeWriter], today: date) -> None:
    """The portal opens what is due in the whole organisation, then people say what they found."""
    governance.open_due_reviews(on=today)
    for writer in writers:
        PactWriter(writer).reviews()
