"""Small decisions of half a year, whether they worked, and who took them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance import services
from governance.choices import DecidedAs, DecisionStatus, LookVerdict, Stance, Voice
from governance.models import Decision, DecisionInput
from pmo_portal.common.tracking import acting_as
from pmo_portal.tenants.services import next_reference
from programmes.choices import Half

if TYPE_CHECKING:
    from .programme import ProgrammeWriter

_D, _C, _J = DecidedAs.DELIVERY, DecidedAs.CHANGE, DecidedAs.JOINT
_YES, _IF, _NO = Stance.SUPPORTS, Stance.CONDITIONS, Stance.OBJECTS

# Weeks ago, who decided, what delivery and what change had said, the question, the outcome.
Small = tuple[float, str, Stance, Stance, str, str]

DECISIONS: dict[str, tuple[Small, ...]] = {
    "FHR": (
        (-24.2, _D, _YES, _IF, "Which files are loaded first?", "Suppliers first, then open invoices."),
        (-23.0, _D, _YES, _YES, "Do we freeze the list of cost centres?", "Frozen until the first rehearsal."),
        (-21.6, _D, _YES, _NO, "Is the help desk closed on rehearsal days?", "Closed in the morning, open in the afternoon."),
        (-20.4, _C, _YES, _YES, "Who writes to head teachers?", "The change lead, with the head of schools finance."),
        (-19.0, _D, _YES, _IF, "Do we buy the second test system?", "Rented for four months."),
        (-17.8, _D, _YES, _YES, "Who may open a supplier record?", "Two people in procurement, nobody else."),
        (-16.6, _J, _IF, _YES, "What is measured in the first month?", "Invoices paid in time, and questions asked."),
        (-15.4, _D, _YES, _NO, "Are approvals in the evening switched off?", "Off until the rules for deputies are clear."),
        (-14.2, _D, _YES, _IF, "Do we keep the old approval limits?", "Kept for a year, then looked at again."),
        (-12.2, _D, _YES, _NO, "Is the training system refreshed every night?", "Every Sunday; a night costs two hours of testing."),
        (-11.4, _D, _YES, _YES, "Which browser is supported?", "The two on the council's laptops."),
        (-10.2, _D, _YES, _IF, "Do directorates test on their own?", "With a tester of the supplier beside them."),
        (-9.0, _C, _IF, _YES, "Where do people ask in the first week?", "At one desk on each floor."),
        (-8.2, _D, _YES, _NO, "Is the second course cut to half a day?", "Cut; what is missing becomes a film."),
        (-7.0, _D, _YES, _YES, "Which reports are built again?", "The eleven that were opened last quarter."),
        (-6.2, _J, _YES, _YES, "Does payroll get a third rehearsal?", "Yes, with the people who run it."),
        (-5.4, _D, _YES, _IF, "Is the cut-over on a weekend?", "On the second weekend of the month."),
        (-4.6, _D, _YES, _NO, "Do temporary staff get accounts of their own?", "Shared ones until January."),
    ),
    "EPR": (
        (-12.0, _D, _YES, _YES, "Which wards test label printers?", "One surgical, one for children."),
        (-11.0, _C, _YES, _YES, "Who is a super user on nights?", "Two for each ward, by name."),
        (-10.0, _J, _IF, _YES, "Do we pause clinics in the first week?", "A third of them."),
        (-9.0, _C, _IF, _YES, "Is the course for doctors split?", "In two parts of ninety minutes."),
        (-8.0, _D, _YES, _YES, "Which interface goes first?", "Laboratory, then pharmacy."),
        (-7.0, _J, _YES, _YES, "What stops a go-live on the day?", "The five points of the safety board."),
        (-6.0, _C, _YES, _YES, "Who speaks to patients?", "Volunteers at the entrance, with a card."),
        (-5.0, _D, _YES, _IF, "Do old results come along?", "Those of the last two years."),
    ),
}  # fmt: skip

# The question, when the group looked, what it found, and when it looks again (None: not any more).
Look = tuple[str, float, LookVerdict, str, float | None]

LOOKS: dict[str, tuple[Look, ...]] = {
    "FHR": (
        ("Which files are loaded first?", -12.0, LookVerdict.WORKED, "Open invoices matched to the penny in the second rehearsal.", None),
        ("Is the help desk closed on rehearsal days?", -8.0, LookVerdict.FAILED, "Forty people called the old number and heard nothing. It stays open, with two people.", None),
        ("What is measured in the first month?", -6.0, LookVerdict.EARLY, "Nothing is live yet.", 8.0),
        ("Are approvals in the evening switched off?", -4.0, LookVerdict.PARTLY, "Deputies approve; schools still wait over the weekend.", -0.6),
        ("Who writes to head teachers?", -3.0, LookVerdict.EARLY, "Two letters went out. Answers are expected after half-term.", 0.6),
    ),
    "EPR": (
        ("Who is a super user on nights?", -3.0, LookVerdict.PARTLY, "Named on twelve of fourteen wards; one has left.", -0.2),
    ),
}  # fmt: skip

# What was said, in short: small questions get short answers.
NOTES = {
    (Voice.DELIVERY, _YES): "It fits the plan.",
    (Voice.DELIVERY, _IF): "If the test plan stays as it is.",
    (Voice.CHANGE, _YES): "People can work with it.",
    (Voice.CHANGE, _IF): "If they are told a week before.",
    (Voice.CHANGE, _NO): "It takes something away from those who have to learn it.",
}

COMMENTS = {
    "FHR": {
        Half.DELIVERY: "Most of these were questions of the build, and somebody had to answer them within a day. That change said no five times and we went on is a fair point. From now on a no means that we talk before we decide.",
        Half.ADOPTION: "Each one is small. Together they are the reason why people say that the system is done to them. We agreed to bring two of the next ones to the group instead.",
    }
}


def write(writer: ProgrammeWriter) -> None:
    """The small decisions of a programme with a story, and what both leads say of their balance."""
    small = DECISIONS.get(writer.story.code, ())
    if not small:
        return
    loader, programme, tenant = writer.loader, writer.programme, writer.loader.tenant
    with acting_as(user_id=loader.pmo.user.pk, action="record decisions"):
        made = Decision.objects.bulk_create(
            Decision(
                tenant=tenant,
                number=next_reference("DEC"),
                programme=programme,
                group=writer.group,
                question=question,
                outcome=outcome,
                requested_on=writer.day(weeks - 1),
                due_on=writer.day(weeks),
                decided_on=writer.day(weeks),
                status=DecisionStatus.DECIDED,
                decided_by=programme.change_lead if taken == _C else programme.delivery_lead,
                function_of_decider=taken,
            )
            for weeks, taken, _delivery, _change, question, outcome in small
        )
        DecisionInput.objects.bulk_create(
            DecisionInput(
                tenant=tenant,
                decision=decision,
                function=voice,
                stance=stance,
                note=NOTES[voice, stance],
                person=programme.delivery_lead
                if voice == Voice.DELIVERY
                else programme.change_lead,
                given_on=decision.requested_on,
            )
            for decision, (_weeks, _taken, delivery, change, _question, _outcome) in zip(
                made, small, strict=True
            )
            for voice, stance in ((Voice.DELIVERY, delivery), (Voice.CHANGE, change))
        )
    by_question = {decision.question: decision for decision in made}
    for question, weeks, verdict, text, again in LOOKS.get(writer.story.code, ()):
        services.look_again(
            by_question[question],
            verdict=verdict,
            text=text,
            again_on=writer.day(again) if again is not None else None,
            on=writer.day(weeks),
            at=writer.at(weeks),
            acting=writer.acting(Half.ADOPTION),
        )
    for half, text in COMMENTS.get(writer.story.code, {}).items():
        services.comment_balance(
            programme,
            function=Voice.DELIVERY if half == Half.DELIVERY else Voice.CHANGE,
            text=text,
            on=writer.day(-0.6),
            acting=writer.acting(half),
        )
