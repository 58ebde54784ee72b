"""Writes one programme of a story through the services of the apps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from adoption import services as adoption
from adoption.models import ResistanceSignal, TrainingProgress
from governance import services as governance
from governance.models import Action, Decision, GroupMember, SteeringGroup
from pmo_portal.accounts.members import Member
from pmo_portal.tenants.models import BusinessUnit, Person
from pmo_portal.tenants.services import next_reference
from programmes import selectors, services as programmes
from programmes.choices import RAID_ENDED, Half
from programmes.models import (
    BaselineDate,
    Milestone,
    MilestoneLink,
    PlanBaseline,
    Programme,
    RaidItem,
    StatusReport,
)

from . import changes, engagement, escalations, impacts, money
from .diary import Diary
from .pact import PactWriter
from .stories import Question, Raid, Sign, Stone, Story, Training

if TYPE_CHECKING:
    from .load import Loader

# Nothing was known of a programme before the history of the organisation begins.
BEGIN = -78.0


class ProgrammeWriter:
    """Everything of one programme, in the order in which it can be written."""

    def __init__(self, loader: Loader, story: Story) -> None:
        self.loader, self.story = loader, story
        self.day, self.at, self.text = loader.calendar.day, loader.calendar.at, loader.calendar.say
        self.stones: dict[str, Milestone] = {}
        self.programme: Programme
        self.group: SteeringGroup

    def everything(self) -> None:
        self._programme()
        for stone in self.story.stones:
            self._stone(stone)
        self._links()
        for item in self.story.raid:
            self._raid(item)
        for training in self.story.training:
            self._training(training)
        for sign in self.story.signs:
            self._sign(sign)
        self._group()
        for question in self.story.questions:
            self._question(question)
        self._tasks()
        escalations.write(self)
        impacts.write(self)
        engagement.write(self)
        money.write(self, today=self.day(0))
        self._baseline()
        changes.write(self)
        for stone in self.story.stones:
            self._moves(stone, agreed=True)
        self._status()
        pact = PactWriter(self)
        pact.moves()
        pact.charter()

    def _baseline(self) -> None:
        """The plan as it was agreed on at first; it was kept before any date moved."""
        known = max(self.story.started, BEGIN)
        kept = PlanBaseline.objects.create(
            programme=self.programme,
            number=1,
            name="Plan as agreed",
            reason="The steering group agreed to these dates when the programme began.",
            taken_on=self.day(known),
            taken_at=self.at(known),
            author=self._person(self._lead(Half.DELIVERY)),
        )
        BaselineDate.objects.bulk_create(
            BaselineDate(baseline=kept, milestone=each, expected_on=each.baseline_on)
            for each in Milestone.objects.filter(programme=self.programme)
        )

    def _person(self, name: str) -> Person | None:
        return self.loader.people[name] if name else None

    def _units(self, codes: Iterable[str]) -> list[BusinessUnit]:
        return [self.loader.units[code] for code in codes]

    def _lead(self, half: str) -> str:
        story = self.story
        return story.delivery_lead if half == Half.DELIVERY else story.change_lead

    def acting(self, half: str, name: str = "") -> Member:
        """The office of a half writes it down; the words are those of a person of the programme."""
        loader = self.loader
        office = loader.pmo if half == Half.DELIVERY else loader.change
        acting = Member(office.user, office.tenant, office.membership)
        speaks = self._person(name or self._lead(half)) or office.person
        acting.__dict__["person"] = speaks
        return acting

    def _programme(self) -> None:
        story = self.story
        self.programme = programmes.create_programme(
            Programme(
                code=story.code,
                name=story.name,
                purpose=self.text(story.purpose),
                portfolio=story.portfolio,
                stage=story.stage,
                starts_on=self.day(story.started),
                ends_on=self.day(story.ends),
                budget=story.pounds * 100,
                sponsor=self._person(story.sponsor),
                delivery_lead=self._person(story.delivery_lead),
                change_lead=self._person(story.change_lead),
            ),
            units=self._units(story.units),
            acting=self.loader.pmo,
        )
        for helper in story.team:
            programmes.set_member(
                self.programme,
                person=self.loader.people[helper.name],
                role=helper.role,
                acting=self.loader.pmo,
            )

    def _stone(self, stone: Stone) -> None:
        acting = self.acting(stone.track)
        known = max(self.story.started, BEGIN)
        milestone = programmes.create_milestone(
            Milestone(
                programme=self.programme,
                track=stone.track,
                name=stone.name,
                baseline_on=self.day(stone.baseline),
                forecast_on=self.day(stone.baseline),
                owner=self._person(stone.owner or self._lead(stone.track)),
                is_golive=stone.golive,
            ),
            units=self._units(stone.units),
            at=self.at(known),
            on=self.day(known),
            acting=acting,
        )
        self.stones[stone.name] = milestone
        self._moves(stone, agreed=False)

    def _moves(self, stone: Stone, *, agreed: bool) -> None:
        """What was said of its date before a change request moved its baseline, or since."""
        acting = self.acting(stone.track)
        agreed_at = changes.agreed_at(self.story.code, stone.name)
        for move in stone.moves:
            if (agreed_at is not None and move.at > agreed_at) != agreed:
                continue
            self.stones[stone.name] = programmes.move_forecast(
                self.stones[stone.name],
                to=self.day(move.to),
                reason=self.text(move.reason),
                at=self.at(move.at),
                on=self.day(move.at),
                acting=acting,
            )
        if stone.achieved is not None and (agreed_at is not None) == agreed:
            self.stones[stone.name] = programmes.achieve_milestone(
                self.stones[stone.name],
                achieved_on=self.day(stone.achieved),
                at=self.at(stone.achieved),
                on=self.day(stone.achieved),
                acting=acting,
            )

    def _links(self) -> None:
        """A go-live waits for what comes before it on either track, and that for what comes before in turn."""
        plan = sorted(self.stones.values(), key=lambda each: (each.baseline_on, each.number))
        for at, stone in enumerate(plan):
            for half in Half:
                earlier = [each for each in plan[:at] if each.track == half]
                if earlier and (stone.is_golive or stone.track == half):
                    programmes.link_milestones(
                        MilestoneLink(before=earlier[-1], after=stone), acting=None
                    )

    def _raid(self, story: Raid) -> None:
        acting = self.acting(
            Half.ADOPTION if story.side == "people" else Half.DELIVERY, story.owner
        )
        probability, impact = story.rating
        item = programmes.create_raid_item(
            RaidItem(
                programme=self.programme,
                kind=story.kind,
                side=story.side,
                category=story.category,
                title=self.text(story.title),
                cause=self.text(story.cause),
                event=self.text(story.event),
                effect=self.text(story.effect),
                probability=probability,
                impact=impact,
                proximity=story.proximity,
                owner=self._person(story.owner),
                response=story.response,
                response_plan=self.text(story.plan),
                review_on=self.day(story.review),
                status="response_planned" if story.response else "assessed",
                opened_on=self.day(story.opened),
            ),
            units=self._units(self.story.units[:1]) if story.side == "people" else (),
            milestones=[self.stones[name] for name in story.threatens],
            at=self.at(story.opened),
            acting=acting,
        )
        for update in story.updates:
            changes: dict[str, Any] = {"status": update.status or "monitoring"}
            if update.probability:
                changes["probability"] = update.probability
            if update.impact:
                changes["impact"] = update.impact
            if changes["status"] in RAID_ENDED:
                changes["review_on"] = None
            item = programmes.revise_raid_item(
                item,
                changes=changes,
                text=self.text(update.text),
                at=self.at(update.at),
                on=self.day(update.at),
                acting=acting,
            )

    def _training(self, story: Training) -> None:
        """Every fourth week of the last half year."""
        for weeks in (*range(-24, 0, 4), -0.6):
            done, planned = story.at(weeks)
            adoption.record_training(
                TrainingProgress(
                    programme=self.programme,
                    unit=self.loader.units[story.unit],
                    required=story.people,
                    completed=round(story.people * done),
                    planned_share=round(planned, 2),
                    effective_on=self.day(weeks),
                ),
                known_at=self.at(weeks),
                acting=self.loader.change,
            )

    def _sign(self, story: Sign) -> None:
        signal = adoption.record_signal(
            ResistanceSignal(
                programme=self.programme,
                unit=self.loader.units[story.unit],
                source=story.source,
                theme=story.theme,
                strength=story.strength,
                text=self.text(story.text),
                effective_on=self.day(story.at),
            ),
            known_at=self.at(story.at),
            acting=self.loader.change,
        )
        if story.resolved is not None:
            adoption.resolve_signal(
                signal,
                on=self.day(story.resolved),
                response=self.text(story.response),
                acting=self.loader.change,
            )

    def _group(self) -> None:
        story = self.story
        self.group = governance.create_group(
            SteeringGroup(
                programme=self.programme,
                name=f"{story.name} steering group",
                purpose=self.text(story.group),
                cadence=story.cadence,
            ),
            acting=self.loader.pmo,
        )
        seats = [(story.delivery_lead, "delivery"), (story.change_lead, "change")]
        seats += [(name, "business") for name in (story.chair, *story.seats)]
        for name, function in seats:
            if name:
                governance.seat_member(
                    GroupMember(
                        group=self.group,
                        person=self.loader.people[name],
                        function=function,
                        is_chair=name == story.chair,
                    ),
                    acting=self.loader.pmo,
                )

    def _question(self, story: Question) -> None:
        decision = governance.request_decision(
            Decision(
                programme=self.programme,
                group=self.group,
                milestone=self.stones[story.about] if story.about else None,
                question=self.text(story.question),
                context=self.text(story.context),
                requested_on=self.day(story.asked),
                due_on=self.day(story.due),
            ),
            options=[self.text(option) for option in story.options],
            acting=self.loader.pmo if story.asked_by == "delivery" else self.loader.change,
        )
        for voice, half, said in (
            ("delivery", Half.DELIVERY, story.delivery),
            ("change", Half.ADOPTION, story.change),
        ):
            if said is not None:
                governance.give_input(
                    decision,
                    function=voice,
                    stance=said.stance,
                    note=self.text(said.note),
                    on=self.day(story.asked + 0.6),
                    acting=self.acting(half),
                )
        if story.decided is not None:
            governance.decide(
                decision,
                outcome=self.text(story.outcome),
                rationale=self.text(story.rationale),
                chosen=story.chosen,
                on=self.day(story.decided),
                decided_by=self._person(story.decided_by or self.story.chair),
                acting=self.loader.chair,
            )

    def _tasks(self) -> None:
        for task in self.story.tasks:
            action = governance.create_action(
                Action(
                    programme=self.programme,
                    text=self.text(task.text),
                    owner=self._person(task.owner),
                    agreed_on=self.day(task.agreed),
                    due_on=self.day(task.due),
                ),
                acting=self.loader.pmo,
            )
            if task.done is not None:
                governance.finish_action(action, on=self.day(task.done), acting=self.loader.pmo)

    def _status(self) -> None:
        """A report of each half every second week; the last words are the story's own. Written in bulk."""
        diary = Diary(self.loader, self.story)
        reports = []
        for half in Half.values:
            author = self._person(self._lead(half))
            for said in diary.of(half):
                day = self.day(said.at)
                computed, reasons = selectors.computed_status(self.programme, day, halves=(half,))[
                    half
                ]
                reports.append(
                    StatusReport(
                        programme=self.programme,
                        half=half,
                        rating=said.rating,
                        sentence=said.text,
                        author=author,
                        computed_rating=computed,
                        computed_reasons=reasons,
                        effective_on=day,
                        known_at=self.loader.calendar.moment(day),
                    )
                )
        reports.sort(key=lambda report: report.effective_on)
        if reports:
            first = next_reference("SR", count=len(reports))
            for offset, report in enumerate(reports):
                report.number = first + offset
            StatusReport.objects.bulk_create(reports)
