"""Groups, decisions, inputs, actions. All create inside a tenant's context or fail."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import factory
from factory.django import DjangoModelFactory

from governance.choices import CharterStatus, LineKind, Stance, Verdict, Voice
from governance.models import (
    Action,
    Attendance,
    BalanceView,
    ChangeMilestone,
    ChangeRequest,
    ChangeSignature,
    ChangeUnit,
    Charter,
    CharterAssumption,
    CharterSignature,
    Decision,
    DecisionInput,
    DecisionLook,
    DecisionOption,
    DeliveryImpact,
    Escalation,
    GoliveMove,
    GroupMember,
    Judgement,
    JudgementRound,
    Meeting,
    MeetingAmendment,
    MeetingItem,
    PeopleImpact,
    Review,
    ReviewLine,
    ReviewOutcome,
    ReviewView,
    SteeringGroup,
    SuccessMeasure,
)
from pmo_portal.accounts.choices import Function
from pmo_portal.tenants.services import next_reference
from programmes.choices import Half

from .programmes import (
    MilestoneFactory,
    MilestoneForecastFactory,
    ProgrammeFactory,
    RecordFactory,
)
from .registry import job_args, makes
from .tenants import PersonFactory, UnitFactory

DAY = date(2026, 6, 1)


class SteeringGroupFactory(DjangoModelFactory):
    class Meta:
        model = SteeringGroup

    number = factory.LazyFunction(lambda: next_reference("SG"))
    programme = factory.SubFactory(ProgrammeFactory)
    name = factory.Sequence(lambda n: f"Steering group {n}")


class GroupMemberFactory(DjangoModelFactory):
    class Meta:
        model = GroupMember

    group = factory.SubFactory(SteeringGroupFactory)
    person = factory.SubFactory(PersonFactory)
    function = Function.DELIVERY


class DecisionFactory(RecordFactory):
    """A question that waits."""

    class Meta:
        model = Decision

    number = factory.LazyFunction(lambda: next_reference("DEC"))
    programme = factory.SubFactory(ProgrammeFactory)
    question = factory.Sequence(lambda n: f"Do we move date {n}?")
    requested_on = DAY
    due_on = date(2026, 6, 15)


class DecisionOptionFactory(DjangoModelFactory):
    class Meta:
        model = DecisionOption

    decision = factory.SubFactory(DecisionFactory)
    position = factory.Sequence(lambda n: n % 30000 + 1)
    text = "Move it by two weeks"


class DecisionInputFactory(DjangoModelFactory):
    class Meta:
        model = DecisionInput

    decision = factory.SubFactory(DecisionFactory)
    function = Voice.DELIVERY
    stance = Stance.SUPPORTS
    note = "The plan allows it."
    given_on = DAY


class DecisionLookFactory(DjangoModelFactory):
    class Meta:
        model = DecisionLook

    decision = factory.SubFactory(DecisionFactory)
    line = factory.Sequence(lambda n: n % 30000 + 1)
    verdict = "worked"
    text = "Nobody asks any more."
    effective_on = DAY
    known_at = datetime(2026, 6, 1, 9, tzinfo=UTC)


class JudgementRoundFactory(DjangoModelFactory):
    class Meta:
        model = JudgementRound

    number = factory.LazyFunction(lambda: next_reference("JR"))
    programme = factory.SubFactory(ProgrammeFactory)
    asked_on = DAY
    closes_on = date(2026, 6, 8)


class JudgementFactory(DjangoModelFactory):
    class Meta:
        model = Judgement

    round = factory.SubFactory(JudgementRoundFactory)
    voice = "delivery"
    level = 4
    sentence = "The plan holds."
    given_on = DAY


class BalanceViewFactory(DjangoModelFactory):
    class Meta:
        model = BalanceView

    programme = factory.SubFactory(ProgrammeFactory)
    function = Voice.DELIVERY
    text = "We talk about it on Friday."
    given_on = DAY


class ActionFactory(RecordFactory):
    """An open action."""

    class Meta:
        model = Action

    number = factory.LazyFunction(lambda: next_reference("ACT"))
    programme = factory.SubFactory(ProgrammeFactory)
    text = "Book the training rooms"
    agreed_on = DAY
    due_on = date(2026, 6, 15)


class CharterFactory(DjangoModelFactory):
    """A first version that is being written."""

    class Meta:
        model = Charter

    number = factory.LazyFunction(lambda: next_reference("CH"))
    programme = factory.SubFactory(
        ProgrammeFactory,
        delivery_lead=factory.SubFactory(PersonFactory),
        change_lead=factory.SubFactory(PersonFactory),
    )
    edition = 1
    purpose = "One system for finance and people."
    objectives = "Pay everybody on time."


class SuccessMeasureFactory(DjangoModelFactory):
    class Meta:
        model = SuccessMeasure

    charter = factory.SubFactory(CharterFactory)
    line = factory.Sequence(lambda n: n % 10000 + 1)
    half = Half.DELIVERY
    name = "Milestones met"
    unit = "%"
    baseline_value = 60
    target_value = 90
    due_on = date(2026, 12, 1)


class CharterAssumptionFactory(DjangoModelFactory):
    class Meta:
        model = CharterAssumption

    charter = factory.SubFactory(CharterFactory)
    line = factory.Sequence(lambda n: n % 10000 + 15001)
    half = Half.ADOPTION
    text = "Managers have an hour a week for it"
    value = 1
    unit = "hours a week"
    margin = 0.25


class CharterSignatureFactory(DjangoModelFactory):
    class Meta:
        model = CharterSignature

    charter = factory.SubFactory(CharterFactory)
    function = Voice.DELIVERY
    person = factory.SubFactory(PersonFactory)
    role_then = "Delivery lead"
    digest = "0" * 64
    signed_at = datetime(2026, 6, 1, 9, tzinfo=UTC)
    signed_on = DAY


class ReviewFactory(DjangoModelFactory):
    """An open review of an agreed charter."""

    class Meta:
        model = Review

    number = factory.LazyFunction(lambda: next_reference("RV"))
    charter = factory.SubFactory(
        CharterFactory, status=CharterStatus.AGREED, agreed_on=date(2026, 1, 5)
    )
    programme = factory.SelfAttribute("charter.programme")
    share = 25
    reached_on = DAY
    due_on = date(2026, 6, 15)


class ReviewLineFactory(DjangoModelFactory):
    class Meta:
        model = ReviewLine

    review = factory.SubFactory(ReviewFactory)
    line = factory.Sequence(lambda n: n % 30000 + 1)
    kind = LineKind.ASSUMPTION
    half = Half.ADOPTION
    text = "Managers have an hour a week for it"
    value = 1


class ReviewViewFactory(DjangoModelFactory):
    class Meta:
        model = ReviewView

    review_line = factory.SubFactory(ReviewLineFactory)
    function = Voice.DELIVERY
    verdict = Verdict.HOLDS
    evidence = "Asked twenty of them."
    given_on = DAY


class ReviewOutcomeFactory(DjangoModelFactory):
    class Meta:
        model = ReviewOutcome

    review = factory.SubFactory(ReviewFactory)
    action = factory.SubFactory(
        ActionFactory, programme=factory.SelfAttribute("..review.programme")
    )


class GoliveMoveFactory(DjangoModelFactory):
    """A go-live put off by two weeks that nobody has explained yet."""

    class Meta:
        model = GoliveMove

    number = factory.LazyFunction(lambda: next_reference("GM"))
    milestone = factory.SubFactory(MilestoneFactory, is_golive=True)
    programme = factory.SelfAttribute("milestone.programme")
    forecast = factory.SubFactory(
        MilestoneForecastFactory, milestone=factory.SelfAttribute("..milestone")
    )
    from_on = date(2026, 6, 10)
    to_on = date(2026, 6, 24)
    effective_on = DAY
    known_at = datetime(2026, 6, 1, 9, tzinfo=UTC)


@job_args("governance.open_reviews")
def open_reviews_args() -> dict[str, Any]:
    return {}


class EscalationFactory(DjangoModelFactory):
    """Raised by delivery and answered by change; nothing is settled yet."""

    class Meta:
        model = Escalation

    number = factory.LazyFunction(lambda: next_reference("ESC"))
    programme = factory.SubFactory(ProgrammeFactory)
    title = factory.Sequence(lambda n: f"The test data are late {n}")
    severity = 3
    raised_by = "delivery"
    view = "Training waits for the same data"
    view_on = date(2026, 6, 2)
    view_due_on = date(2026, 6, 3)
    effective_on = DAY
    known_at = datetime(2026, 6, 1, 9, tzinfo=UTC)


class MeetingFactory(DjangoModelFactory):
    """Planned; nothing is on its agenda yet."""

    class Meta:
        model = Meeting

    number = factory.LazyFunction(lambda: next_reference("MT"))
    group = factory.SubFactory(SteeringGroupFactory)
    programme = factory.SelfAttribute("group.programme")
    held_on = DAY
    place = "Room 4"


class MeetingItemFactory(DjangoModelFactory):
    class Meta:
        model = MeetingItem

    number = factory.LazyFunction(lambda: next_reference("MI"))
    meeting = factory.SubFactory(MeetingFactory)
    position = factory.Sequence(lambda n: n % 30000 + 1)
    title = factory.Sequence(lambda n: f"Training rooms {n}")


class AttendanceFactory(DjangoModelFactory):
    class Meta:
        model = Attendance

    meeting = factory.SubFactory(MeetingFactory)
    person = factory.SubFactory(PersonFactory)
    function = Function.DELIVERY
    presence = "present"


class MeetingAmendmentFactory(DjangoModelFactory):
    class Meta:
        model = MeetingAmendment

    meeting = factory.SubFactory(MeetingFactory)
    line = factory.Sequence(lambda n: n % 30000 + 1)
    text = "Room 5, not room 4."
    effective_on = DAY
    known_at = datetime(2026, 6, 1, 9, tzinfo=UTC)


class ChangeRequestFactory(DjangoModelFactory):
    """Raised by delivery and being assessed; nobody has said yet what it means."""

    class Meta:
        model = ChangeRequest
        skip_postgeneration_save = True

    number = factory.LazyFunction(lambda: next_reference("CR"))
    programme = factory.SubFactory(
        ProgrammeFactory,
        delivery_lead=factory.SubFactory(PersonFactory),
        change_lead=factory.SubFactory(PersonFactory),
    )
    title = factory.Sequence(lambda n: f"Expenses come later {n}")
    what = "Expenses go live in the spring, not with payroll."
    why = "The phones are late."
    kinds = factory.LazyFunction(lambda: ["scope", "time"])
    raised_by = "delivery"
    effective_on = DAY
    known_at = datetime(2026, 6, 1, 9, tzinfo=UTC)

    @factory.post_generation
    def halves(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        """Both are there from the start, as the service makes them."""
        for half in (DeliveryImpact, PeopleImpact):
            half.objects.create(request=self)


@makes(DeliveryImpact)
def delivery_impact() -> DeliveryImpact:
    return ChangeRequestFactory().delivery_impact


@makes(PeopleImpact)
def people_impact() -> PeopleImpact:
    return ChangeRequestFactory().people_impact


class ChangeMilestoneFactory(DjangoModelFactory):
    class Meta:
        model = ChangeMilestone

    request = factory.SubFactory(ChangeRequestFactory)
    milestone = factory.SubFactory(
        MilestoneFactory, programme=factory.SelfAttribute("..request.programme")
    )


class ChangeUnitFactory(DjangoModelFactory):
    class Meta:
        model = ChangeUnit

    impact = factory.LazyFunction(people_impact)
    unit = factory.SubFactory(UnitFactory)


class ChangeSignatureFactory(DjangoModelFactory):
    class Meta:
        model = ChangeSignature

    request = factory.SubFactory(ChangeRequestFactory)
    function = Voice.DELIVERY
    verdict = "approved"
    person = factory.SubFactory(PersonFactory)
    role_then = "Delivery lead"
    digest = "0" * 64
    signed_at = datetime(2026, 6, 1, 9, tzinfo=UTC)
    signed_on = DAY


def approved_change(programme: Any, on: date, **more: Any) -> ChangeRequest:
    """A request both leads had approved by a day, known since nine o'clock of it."""
    values = {
        "status": "approved",
        "decided_on": on,
        "decided_at": datetime(on.year, on.month, on.day, 9, tzinfo=UTC),
        "effective_on": on,
        **more,
    }
    return ChangeRequestFactory(programme=programme, **values)
