"""Writes an organisation's story through the services of the apps."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from adoption import services as adoption
from adoption.models import ResistanceSignal, TrainingProgress
from forecasting import services as forecasting
from governance import services as governance
from governance.models import Action, Decision, GroupMember, SteeringGroup
from pmo_portal.accounts.members import Member, member_for
from pmo_portal.accounts.models import User
from pmo_portal.accounts.services import members
from pmo_portal.scorecards import services as scorecards
from pmo_portal.tenants.context import tenant_context
from pmo_portal.tenants.models import BusinessUnit, Person, Tenant
from pmo_portal.tenants.services import (
    add_person,
    create_tenant,
    next_reference,
    place_unit,
)
from programmes import selectors, status
from programmes import services as programmes
from programmes.choices import Half
from programmes.models import Milestone, Programme, RaidItem, StatusReport

from . import words
from .stories import Organisation, Question, Raid, Sign, Stone, Story, Training

PASSWORD = "demo-portal"  # noqa: S105  (printed on purpose: invented people)
ROLES = (
    ("admin", "administrator"),
    ("pmo", "pmo_lead"),
    ("change", "change_lead"),
    ("chair", "steering_member"),
    ("viewer", "viewer"),
)
LONDON = ZoneInfo("Europe/London")
HISTORY_WEEKS = 78
# So many weeks of signals are computed afterwards, as nightly runs would have left them.
SIGNAL_WEEKS = 10


class Calendar:
    """Weeks from today as working days and moments."""

    def __init__(self, today: date) -> None:
        self.today = today

    def day(self, weeks: float) -> date:
        found = self.today + timedelta(days=round(weeks * 7))
        shift = {5: -1, 6: 1 if weeks > 0 else -2}.get(found.weekday(), 0)
        return found + timedelta(days=shift)

    def at(self, weeks: float) -> datetime:
        return self.moment(self.day(weeks))

    def moment(self, day: date) -> datetime:
        return datetime.combine(day, time(9), tzinfo=LONDON)


def load(organisation: Organisation, *, today: date, now: datetime) -> Tenant:
    """Create the organisation with everything that happened in it. One transaction."""
    with transaction.atomic():
        tenant = create_tenant(slug=organisation.slug, name=organisation.name, is_demo=True)
        with tenant_context(tenant.id):
            Loader(tenant, organisation, today).everything()
        # Thousands of events would each ask for the jobs that the lines below do at once.
        connection.run_on_commit.clear()
    with tenant_context(tenant.id):
        for weeks in range(SIGNAL_WEEKS, 0, -1):
            day = today - timedelta(weeks=weeks)
            forecasting.recompute(as_of=day, at=datetime.combine(day, time(3), tzinfo=LONDON))
        forecasting.recompute(as_of=today, at=now)
        scorecards.bring_up_to_date(as_of=today, at=now)
        connection.run_on_commit.clear()
    return tenant


class Loader:
    def __init__(self, tenant: Tenant, organisation: Organisation, today: date) -> None:
        self.tenant = tenant
        self.organisation = organisation
        self.calendar = Calendar(today)
        self.random = Random(organisation.seed)
        self.units: dict[str, BusinessUnit] = {}
        self.people: list[Person] = []
        self.pmo: Member
        self.change: Member
        self.chair: Member

    def everything(self) -> None:
        self._units()
        self._people()
        self._waves()
        for story in self.organisation.stories:
            _Programme(self, story).everything()

    def _units(self) -> None:
        for unit in self.organisation.units:
            self.units[unit.code] = place_unit(
                BusinessUnit(code=unit.code, name=unit.name, headcount=unit.people),
                parent=self.units.get(unit.parent),
            )

    def _people(self) -> None:
        found = []
        for (short, role), (name, _title) in zip(ROLES, self.organisation.people, strict=False):
            email = f"{short}@{self.organisation.slug}.example"
            members.add_member(
                tenant=self.tenant, email=email, name=name, roles=[role], password=PASSWORD
            )
            found.append(member_for(User.objects.get(email=email), self.tenant))
        _admin, self.pmo, self.change, self.chair, _viewer = found  # type: ignore[assignment]
        codes = [unit.code for unit in self.organisation.units]
        for index, (name, title) in enumerate(self.organisation.people):
            unit = self.units[codes[index % len(codes)]]
            person = Person.objects.filter(name=name).first()
            if person is None:
                local = name.lower().replace("'", "").replace(" ", ".")
                person = add_person(
                    name=name, email=f"{local}@{self.organisation.slug}.example", unit=unit
                )
            Person.objects.filter(pk=person.pk).update(job_title=title, unit=unit)
            person.refresh_from_db()
            self.people.append(person)

    def _waves(self) -> None:
        """A pulse of the whole organisation every few weeks; small teams answer too, and are never shown."""
        parents = {unit.parent for unit in self.organisation.units}
        leaves = [unit for unit in self.organisation.units if unit.code not in parents]
        numbers = range(HISTORY_WEEKS // self.organisation.cadence_weeks, 0, -1)
        for number, back in enumerate(numbers, start=1):
            weeks = -back * self.organisation.cadence_weeks + 5
            share = 1 + weeks / HISTORY_WEEKS
            entries = []
            for unit in leaves:
                first, last = unit.engagement
                # Most of a change of heart comes late.
                mean = first + (last - first) * share**2 + self.random.gauss(0, 1.2)
                answers = max(2, round(unit.people * self.random.uniform(0.55, 0.8)))
                entries.append(
                    adoption.Entry(self.units[unit.code], round(min(max(mean, 5), 95), 1), answers)
                )
            adoption.record_wave(
                name=f"Pulse {number}",
                measure="engagement",
                closed_on=self.calendar.day(weeks),
                entries=entries,
                known_at=self.calendar.at(weeks + 0.4),
                acting=self.change,
            )


class _Programme:
    """Everything of one programme."""

    def __init__(self, loader: Loader, story: Story) -> None:
        self.loader, self.story = loader, story
        self.calendar, self.random = loader.calendar, loader.random
        self.day, self.at = loader.calendar.day, loader.calendar.at
        self.stones: dict[str, Milestone] = {}
        self.programme: Programme
        self.group: SteeringGroup

    def everything(self) -> None:
        self._programme()
        for stone in self.story.stones:
            self._stone(stone)
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
        self._status()

    def _units(self, codes: Iterable[str]) -> list[BusinessUnit]:
        return [self.loader.units[code] for code in codes]

    def _side(self, half: str) -> Member:
        return self.loader.pmo if half == Half.DELIVERY else self.loader.change

    def _programme(self) -> None:
        story, people = self.story, self.loader.people
        delivery, change = story.leads
        self.programme = programmes.create_programme(
            Programme(
                code=story.code,
                name=story.name,
                purpose=story.purpose,
                portfolio=story.portfolio,
                stage=story.stage,
                starts_on=self.day(story.started),
                ends_on=self.day(story.ends),
                budget=story.pounds * 100,
                sponsor=people[3],
                delivery_lead=people[delivery],
                change_lead=people[change],
            ),
            units=self._units(story.units),
            acting=self.loader.pmo,
        )

    def _stone(self, stone: Stone) -> None:
        acting = self._side(stone.track)
        known = max(self.story.started, -HISTORY_WEEKS)
        delivery, change = self.story.leads
        milestone = programmes.create_milestone(
            Milestone(
                programme=self.programme,
                track=stone.track,
                name=stone.name,
                baseline_on=self.day(stone.baseline),
                forecast_on=self.day(stone.baseline),
                owner=self.loader.people[delivery if stone.track == Half.DELIVERY else change],
                is_golive=stone.golive,
            ),
            units=self._units(stone.units),
            at=self.at(known),
            on=self.day(known),
            acting=acting,
        )
        for move in stone.moves:
            milestone = programmes.move_forecast(
                milestone,
                to=self.day(move.to),
                reason=move.reason,
                at=self.at(move.at),
                on=self.day(move.at),
                acting=acting,
            )
        if stone.achieved is not None:
            milestone = programmes.achieve_milestone(
                milestone,
                achieved_on=self.day(stone.achieved),
                at=self.at(stone.achieved),
                on=self.day(stone.achieved),
                acting=acting,
            )
        self.stones[stone.name] = milestone

    def _raid(self, story: Raid) -> None:
        acting = self._side(Half.ADOPTION if story.side == "people" else Half.DELIVERY)
        probability, impact = story.rating
        item = programmes.create_raid_item(
            RaidItem(
                programme=self.programme,
                kind=story.kind,
                side=story.side,
                title=story.title,
                cause=story.cause,
                event=story.event,
                effect=story.effect,
                probability=probability,
                impact=impact,
                proximity="within_stage",
                owner=self.loader.people[story.owner],
                response=story.response,
                response_plan=story.plan,
                review_on=self.day(story.review),
                status="response_planned" if story.response else "assessed",
                opened_on=self.day(story.opened),
            ),
            units=self._units(self.story.units[:1]) if story.side == "people" else (),
            at=self.at(story.opened),
            acting=acting,
        )
        for update in story.updates:
            changes: dict[str, Any] = {"status": "monitoring"}
            if update.probability:
                changes["probability"] = update.probability
            if update.impact:
                changes["impact"] = update.impact
            if update.status:
                changes["status"] = update.status
            item = programmes.revise_raid_item(
                item,
                changes=changes,
                text=update.text,
                at=self.at(update.at),
                on=self.day(update.at),
                acting=acting,
            )

    def _training(self, story: Training) -> None:
        """Every fourth week of the last half year; people catch up late."""
        weeks = range(-24, 0, 4)
        for weeks_ago in (*weeks, -0.6):
            share = 1 + weeks_ago / 24
            done, planned = (
                first + (last - first) * share**power
                for (first, last), power in ((story.share, 1.3), (story.planned, 1.0))
            )
            adoption.record_training(
                TrainingProgress(
                    programme=self.programme,
                    unit=self.loader.units[story.unit],
                    required=story.people,
                    completed=round(story.people * min(max(done, 0), 1)),
                    planned_share=round(min(planned, 1), 2),
                    effective_on=self.day(weeks_ago),
                ),
                known_at=self.at(weeks_ago),
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
                text=story.text,
                effective_on=self.day(story.at),
            ),
            known_at=self.at(story.at),
            acting=self.loader.change,
        )
        if story.resolved is not None:
            adoption.resolve_signal(
                signal,
                on=self.day(story.resolved),
                response=story.response,
                acting=self.loader.change,
            )

    def _group(self) -> None:
        delivery, change = self.story.leads
        self.group = governance.create_group(
            SteeringGroup(
                programme=self.programme,
                name=f"{self.story.name} steering group",
                purpose="Decides with both voices heard; neither side chairs by default.",
            ),
            acting=self.loader.pmo,
        )
        seats = (
            (self.loader.people[delivery], "delivery", False),
            (self.loader.people[change], "change", False),
            (self.loader.people[3], "business", True),
        )
        for person, function, chairs in seats:
            governance.seat_member(
                GroupMember(group=self.group, person=person, function=function, is_chair=chairs),
                acting=self.loader.pmo,
            )

    def _question(self, story: Question) -> None:
        acting = self.loader.pmo if self.random.random() < 0.5 else self.loader.change
        decision = governance.request_decision(
            Decision(
                programme=self.programme,
                group=self.group,
                milestone=self.stones.get(story.about),
                question=story.question,
                context=story.context,
                requested_on=self.day(story.asked),
                due_on=self.day(story.due),
            ),
            options=story.options,
            acting=acting,
        )
        delivery, change = self.story.leads
        for voice, said, member, person in (
            ("delivery", story.delivery, self.loader.pmo, delivery),
            ("change", story.change, self.loader.change, change),
        ):
            if said is not None:
                governance.give_input(
                    decision,
                    function=voice,
                    stance=said[0],
                    note=said[1],
                    on=self.day(story.asked + 0.6),
                    acting=member,
                    person=self.loader.people[person],
                )
        if story.decided is not None:
            governance.decide(
                decision,
                outcome=story.outcome,
                chosen=story.chosen,
                on=self.day(story.decided),
                acting=self.loader.chair,
            )

    def _tasks(self) -> None:
        for task in self.story.tasks:
            action = governance.create_action(
                Action(
                    programme=self.programme,
                    text=task.text,
                    owner=self.loader.people[task.owner],
                    agreed_on=self.day(task.agreed),
                    due_on=self.day(task.due),
                ),
                acting=self.loader.pmo,
            )
            if task.done is not None:
                governance.finish_action(action, on=self.day(task.done), acting=self.loader.pmo)

    def _status(self) -> None:
        """A report of each half every second week. The last words are the story's own; written in bulk."""
        reports = []
        for half, last in (
            (Half.DELIVERY, self.story.delivery),
            (Half.ADOPTION, self.story.adoption),
        ):
            if not last:
                continue
            author = self.loader.people[self.story.leads[half == Half.ADOPTION]]
            names = {code: unit.name for code, unit in self.loader.units.items()}
            said = words.earlier(self.story, half, last, self.random, names)
            for weeks, rating, sentence in (*said, *last):
                day = self.day(weeks)
                found = (
                    status.computed(selectors.delivery_indicators(self.programme.pk, day))
                    if half == Half.DELIVERY
                    else ("none", [])
                )
                reports.append(
                    StatusReport(
                        programme=self.programme,
                        half=half,
                        rating=rating,
                        sentence=sentence,
                        author=author,
                        computed_rating=found[0],
                        computed_reasons=found[1],
                        effective_on=day,
                        known_at=self.calendar.moment(day),
                    )
                )
        reports.sort(key=lambda report: report.effective_on)
        if reports:
            first = next_reference("SR", count=len(reports))
            for offset, report in enumerate(reports):
                report.number = first + offset
            StatusReport.objects.bulk_create(reports)
