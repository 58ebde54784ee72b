"""Writes an organisation through the services of the apps: units, people, waves, then its programmes."""

from __future__ import annotations

from datetime import date, datetime, time
from random import Random

from django.db import connection, transaction
from django.utils.translation import gettext as _

from adoption import services as adoption
from forecasting import services as forecasting
from forecasting.comments import reading as reading_comments
from forecasting.crises import scoring, similar
from forecasting.dates import slips
from forecasting.raid import scoring as raid_scoring
from forecasting.readiness import shortfalls
from pmo_portal.accounts.members import Member, member_for
from pmo_portal.accounts.models import User
from pmo_portal.accounts.services import members
from pmo_portal.common.days import monday_of
from pmo_portal.common.tracking import acting_as
from pmo_portal.scorecards import services as scorecards
from pmo_portal.tenants.context import tenant_context
from pmo_portal.tenants.models import BusinessUnit, Person, Tenant
from pmo_portal.tenants.services import add_person, create_tenant, place_unit

from . import comments, judgements, meetings, past, told, weight
from .calendar import LONDON, Calendar
from .pact import write_reviews
from .programme import ProgrammeWriter
from .stories import Organisation

PASSWORD = "demo-portal"  # noqa: S105  (printed on purpose: invented people)
ROLES = (
    ("admin", "administrator"),
    ("pmo", "pmo_lead"),
    ("change", "change_lead"),
    ("chair", "steering_member"),
    ("viewer", "viewer"),
)
HISTORY_WEEKS = 78
# So many weeks of signals are computed afterwards, as nightly runs would have left them.
SIGNAL_WEEKS = 10


def load(organisation: Organisation, *, today: date, now: datetime) -> Tenant:
    """Create the organisation with everything that happened in it. One transaction."""
    with transaction.atomic():
        tenant = create_tenant(slug=organisation.slug, name=organisation.name, is_demo=True)
        with tenant_context(tenant.id):
            loader = Loader(tenant, organisation, today)
            loader.everything()
        # Thousands of events would each ask for the jobs that the lines below do at once.
        connection.run_on_commit.clear()
    with tenant_context(tenant.id):
        for weeks in range(SIGNAL_WEEKS, 0, -1):
            day = Calendar(today).day(-weeks)
            forecasting.recompute(as_of=day, at=datetime.combine(day, time(3), tzinfo=LONDON))
        forecasting.recompute(as_of=today, at=now)
        told.write(today=today, now=now)
        reading_comments.keep_readings(
            reading_comments.think(reading_comments.gather_comments(), at=now)
        )
        comments.name_topics(loader.change)
        reading_comments.keep_patterns(reading_comments.count_patterns(today))
        scoring.keep_scores(scoring.compute_scores(as_of=today, at=now))
        similar.keep_similar(similar.find_similar(today, monday_of(today), at=now))
        raid_scoring.keep_raid_scores(raid_scoring.compute_raid_scores(as_of=today, at=now), at=now)
        slips.keep_outlooks(
            slips.compute_outlooks(as_of=today, at=now, schedules=scoring.schedules_told()),
            as_of=today,
        )
        shortfalls.keep_readiness(shortfalls.compute_readiness(as_of=today, at=now), as_of=today)
        scorecards.bring_up_to_date(as_of=today, at=now)
        connection.run_on_commit.clear()
    return tenant


class Loader:
    """What the programmes of an organisation share."""

    def __init__(self, tenant: Tenant, organisation: Organisation, today: date) -> None:
        self.tenant = tenant
        self.organisation = organisation
        self.calendar = Calendar(today)
        self.random = Random(organisation.seed)
        self.units: dict[str, BusinessUnit] = {}
        self.people: dict[str, Person] = {}
        self.pmo: Member
        self.change: Member
        self.chair: Member
        self._moods = {unit.code: unit.engagement for unit in organisation.units}

    def everything(self) -> None:
        admin = self._members()
        with acting_as(user_id=admin.user.pk, action=_("set up")):
            self._units()
            self._people()
        self._waves()
        writers = [ProgrammeWriter(self, story) for story in self.organisation.stories]
        for writer in writers:
            writer.everything()
        write_reviews(writers, self.calendar.today)
        for writer in writers:
            meetings.write(writer)
            weight.write(writer)
            judgements.write(writer)
        comments.write(self, writers)
        past.write(self.organisation, self.calendar.today)

    def mood(self, code: str, weeks: float) -> float:
        """How engaged a unit truly is so many weeks ago. Most of a change of heart comes late."""
        first, last = self._moods[code]
        return first + (last - first) * (1 + weeks / HISTORY_WEEKS) ** 2

    def _members(self) -> Member:
        found = []
        for (short, role), somebody in zip(ROLES, self.organisation.people, strict=False):
            email = f"{short}@{self.organisation.slug}.example"
            members.add_member(
                tenant=self.tenant,
                email=email,
                name=somebody.name,
                roles=[role],
                password=PASSWORD,
            )
            found.append(member_for(User.objects.get(email=email), self.tenant))
        admin, self.pmo, self.change, self.chair, _viewer = found  # type: ignore[assignment]
        assert admin is not None
        return admin

    def _units(self) -> None:
        for unit in self.organisation.units:
            self.units[unit.code] = place_unit(
                BusinessUnit(code=unit.code, name=unit.name, headcount=unit.people),
                parent=self.units.get(unit.parent),
            )

    def _people(self) -> None:
        """The directory; those who sign in are in it already."""
        known = {person.name: person for person in Person.objects.all()}
        for somebody in self.organisation.people:
            person = known.get(somebody.name)
            if person is None:
                local = somebody.name.lower().replace("'", "").replace(" ", ".")
                email = f"{local}@{self.organisation.slug}.example"
                person = add_person(
                    name=somebody.name,
                    email=email,
                    job_title=somebody.title,
                    unit=self.units[somebody.unit],
                )
            else:
                person.job_title, person.unit = somebody.title, self.units[somebody.unit]
                person.save()
            self.people[somebody.name] = person
        for unit in self.organisation.units:
            if unit.lead:
                self.units[unit.code].lead = self.people[unit.lead]
                self.units[unit.code].save()

    def _waves(self) -> None:
        """A pulse of the whole organisation every few weeks; small teams answer too, and are never shown."""
        parents = {unit.parent for unit in self.organisation.units}
        leaves = [unit for unit in self.organisation.units if unit.code not in parents]
        numbers = range(HISTORY_WEEKS // self.organisation.cadence_weeks, 0, -1)
        for number, back in enumerate(numbers, start=1):
            weeks = -back * self.organisation.cadence_weeks + 5
            entries = []
            for unit in leaves:
                mean = self.mood(unit.code, weeks) + self.random.gauss(0, 1.2)
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
