"""A programme in which one thing of every kind waits, told on a day in June."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from pmo_portal.accounts.choices import Role
from pmo_portal.jobs.choices import JobState
from pmo_portal.jobs.imports.kinds import Count, Outcome, Parsed
from pmo_portal.jobs.imports.services import report
from pmo_portal.tenants.context import tenant_context
from tests.factories.accounts import make_member
from tests.factories.adoption import (
    EngagementActivityFactory,
    ImpactFactory,
    ResistanceSignalFactory,
)
from tests.factories.governance import (
    ActionFactory,
    ChangeRequestFactory,
    CharterFactory,
    DecisionFactory,
    EscalationFactory,
    GroupMemberFactory,
    JudgementRoundFactory,
    MeetingFactory,
    ReviewFactory,
    ReviewLineFactory,
    SteeringGroupFactory,
)
from tests.factories.jobs import JobFactory, TicketFactory, UploadFactory
from tests.factories.programmes import (
    MilestoneFactory,
    ProgrammeFactory,
    ProgrammeMemberFactory,
    RaidItemFactory,
)

TODAY = date(2026, 6, 20)
NOW = datetime(2026, 6, 20, 9, tzinfo=UTC)
DUE = date(2026, 6, 15)


class World:
    """Acme with FHR, whose leads Lia and Cleo are contributors; Dex and Cox contribute to another programme."""

    def __init__(self, acme: Any, **cast: Any) -> None:
        self.acme, self.cast = acme, cast
        for name, role in (
            ("Lia Lund", Role.DELIVERY_CONTRIBUTOR),
            ("Dex Dahl", Role.DELIVERY_CONTRIBUTOR),
            ("Cleo Cole", Role.CHANGE_CONTRIBUTOR),
            ("Cox Cobb", Role.CHANGE_CONTRIBUTOR),
        ):
            self.cast[name.split()[0].lower()] = make_member(acme, name, role)
        with tenant_context(acme.id):
            self.people = {
                name: each.person for name, each in self.cast.items() if each.tenant == acme
            }
            self.programme = self._programme("FHR", dee="delivery", coe="change")
            self.other = self._programme("OTHER", lead=False, dex="delivery", cox="change")

    def _programme(self, code: str, *, lead: bool = True, **contributors: str) -> Any:
        named = {
            "delivery_lead": self.people["lia"],
            "change_lead": self.people["cleo"],
            "sponsor": self.people["spen"],
        }
        programme = ProgrammeFactory(code=code, name=f"Programme {code}", **(named if lead else {}))
        for name, side in contributors.items():
            ProgrammeMemberFactory(
                programme=programme, person=self.people[name], role=f"contributor_{side}"
            )
        return programme

    def views(self) -> Any:
        return DecisionFactory(programme=self.programme, group=self._group())

    # The same question waits for views and for its group.
    decisions = views

    def _group(self) -> Any:
        group = SteeringGroupFactory(programme=self.programme)
        GroupMemberFactory(group=group, person=self.people["sam"], function="business")
        return group

    def again(self) -> Any:
        return DecisionFactory(
            programme=self.programme,
            group=self._group(),
            status="decided",
            outcome="Yes",
            decided_on=DUE,
            function_of_decider="joint",
            review_on=TODAY,
        )

    def actions(self) -> Any:
        return ActionFactory(programme=self.programme, owner=self.people["coe"])

    def minutes(self) -> Any:
        return MeetingFactory(group=self._group(), chair=self.people["sam"], held_on=DUE)

    def halves(self) -> Any:
        return ChangeRequestFactory(programme=self.programme, needed_by=DUE)

    def signatures(self) -> Any:
        return ChangeRequestFactory(programme=self.programme, status="ready", needed_by=DUE)

    def escalations(self, raised_by: str = "delivery") -> Any:
        return EscalationFactory(
            programme=self.programme, raised_by=raised_by, view="", view_on=None
        )

    def charters(self) -> Any:
        return CharterFactory(programme=self.programme, status="ready", edition=2)

    def reviews(self) -> Any:
        review = ReviewFactory(
            charter=CharterFactory(programme=self.programme, status="agreed", agreed_on=DUE)
        )
        ReviewLineFactory(review=review, line=1)
        return review

    def judgements(self) -> Any:
        return JudgementRoundFactory(
            programme=self.programme, asked_on=DUE, closes_on=TODAY + timedelta(days=3)
        )

    def imports(self) -> Any:
        ticket = TicketFactory(kind="jobs.check_import", state=JobState.DONE)
        return JobFactory(
            ticket=ticket,
            requested_by=self.cast["dana"].user,
            args={"kind": "gmpp", "upload": UploadFactory().pk},
            result=report(Parsed([]), Outcome([Count("Programmes", created=1)])),
            finished_at=NOW,
        )

    def milestones(self, track: str = "delivery", owner: str = "dee") -> Any:
        return MilestoneFactory(
            programme=self.programme, track=track, owner=self.people[owner], baseline_on=DUE
        )

    def raid(self, side: str = "delivery", owner: str = "dee") -> Any:
        return RaidItemFactory(
            programme=self.programme, side=side, owner=self.people[owner], review_on=DUE
        )

    def reports(self) -> Any:
        """Nobody has reported FHR: it waits as soon as the programme is there."""
        return self.programme

    def impacts(self) -> Any:
        return ImpactFactory(programme=self.programme, review_on=DUE)

    def engagement(self) -> Any:
        return EngagementActivityFactory(
            programme=self.programme, owner=self.people["coe"], planned_on=DUE
        )

    def resistance(self) -> Any:
        return ResistanceSignalFactory(programme=self.programme)
