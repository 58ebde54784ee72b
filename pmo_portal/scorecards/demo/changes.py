"""What was asked to be otherwise than agreed: being assessed, waiting for a signature, approved, rejected, done."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from governance import services
from governance.choices import ChangeStatus, ChangeVerdict, Voice
from governance.models import ChangeRequest
from programmes.choices import Half

if TYPE_CHECKING:
    from .programme import ProgrammeWriter

_HALVES = {Voice.DELIVERY: Half.DELIVERY, Voice.CHANGE: Half.ADOPTION}


@dataclass(frozen=True)
class Signed:
    """One lead's word, so many weeks from today; `why` makes it a rejection."""

    by: Voice
    at: float
    why: str = ""


@dataclass(frozen=True)
class Told:
    """One request; times are weeks from today, what did not happen is empty."""

    by: Voice
    at: float
    title: str
    what: str
    why: str
    kinds: tuple[str, ...]
    milestones: tuple[str, ...] = ()
    needed: float | None = None
    delivery: dict[str, Any] = field(default_factory=dict)
    people: dict[str, Any] = field(default_factory=dict)
    units: tuple[str, ...] = ()
    signed: tuple[Signed, ...] = ()
    baseline_at: float | None = None
    closed_at: float | None = None
    outcome: str = ""
    withdrawn_at: float | None = None


STORIES: dict[str, tuple[Told, ...]] = {
    "FHR": (
        Told(
            Voice.DELIVERY,
            -1.8,
            "Expenses of schools come with the summer term",
            "Schools were to photograph their expenses from the expenses go-live on, with everybody else. They join a term later; until then their receipts are posted as today.",
            "Half of the schools have no phones for it before Easter. Without the change finance runs two ways of booking in its year-end weeks and nobody has planned for it.",
            ("scope", "cost"),
            ("Expenses go-live",),
            1.5,
            {
                "scope": "Schools leave the first release of expenses and make a release of their own. The interface to the school ledger is built once, later.",
                "cost": 1_850_000,
                "days": 0,
                "benefit": "A seventh of the saving on paper comes four months later.",
            },
            {
                "words": "Finance keeps typing school receipts for four months, through its busiest weeks. School offices are relieved; heads will ask whether it is put off again.",
                "hours": 420,
                "severity": 2,
                "training": "The course for school offices moves to after Easter; that of finance gets half a day on both ways of booking.",
                "communications": "Heads hear it from their own meeting before anybody reads it.",
            },
            ("FIN",),
            (Signed(Voice.DELIVERY, -0.6),),
        ),
        Told(
            Voice.CHANGE,
            -0.8,
            "Shadow shifts before payroll goes live",
            "The month end before the go-live is run twice: by the old team in the old system, and beside it by those who will run the new one alone.",
            "Half of the payroll team has never run a month end alone. The first pay run would be their first try.",
            ("time", "quality", "cost"),
            ("Payroll go-live", "Payroll team can run a month end alone"),
            0.6,
            {},
            {
                "words": "Two evenings of four hours for each of forty people, in a month that is full already. They asked for it themselves.",
                "hours": 320,
                "severity": 3,
                "training": "The shadow shift takes the place of the last course day.",
                "communications": "Directorates are told that pay is not at risk, and why it is done twice.",
            },
            ("PAY",),
        ),
    ),
    "HRO": (
        Told(
            Voice.DELIVERY,
            -5.6,
            "Gas certificates are signed twice on the tablet",
            "A certificate counts once a second engineer has signed it on the tablet. One signature was agreed.",
            "The insurer asks for it. Without it no gas job can be booked online.",
            ("scope", "time"),
            ("Tenants' go-live",),
            -4.0,
            {
                "scope": "A second signature step, and a list of who may sign second.",
                "days": 15,
                "cost": 1_200_000,
            },
            {
                "words": "Crews on gas jobs wait for a colleague or drive twice until the new rota stands.",
                "hours": 260,
                "severity": 2,
                "training": "Twenty minutes at the morning meeting, with the tablet in hand.",
                "communications": "Tenants read on the confirmation why two people come.",
            },
            ("HSG",),
            (Signed(Voice.DELIVERY, -4.4), Signed(Voice.CHANGE, -4.2)),
            baseline_at=-3.4,
        ),
    ),
    "PBC": (
        Told(
            Voice.DELIVERY,
            -6.4,
            "Permits go live without the payment step",
            "Fees are paid by invoice for the first months; the payment step follows.",
            "The payment step fails for agents with many applications, and everything else is ready.",
            ("scope", "time", "benefit"),
            ("Online permits go-live",),
            -4.0,
            {
                "scope": "The payment step leaves the first release.",
                "days": -15,
                "benefit": "A third of the saving comes later: invoices are written by hand.",
            },
            {
                "words": "Officers write about ninety invoices a week by hand, after they were told that this ends.",
                "hours": 900,
                "severity": 3,
                "communications": "It would have to be said to people who heard the opposite in spring.",
            },
            ("PBC",),
            (
                Signed(Voice.DELIVERY, -5.2),
                Signed(
                    Voice.CHANGE,
                    -5.0,
                    "Officers were promised that invoices end with the go-live. Without another pair of hands for them this costs the little trust there is.",
                ),
            ),
        ),
        Told(
            Voice.CHANGE,
            -3.2,
            "Officers keep paper plans beside the screen for a month",
            "Plans are printed for the first month after the go-live.",
            "Some cannot read plans on the screens that were ordered.",
            ("quality",),
            ("Officers decide from the screen",),
            None,
            {"quality": "Notes on paper would have to be scanned again."},
            {"words": "A safety net, and one more reason not to begin.", "severity": 1},
            ("PBC",),
            withdrawn_at=-2.4,
        ),
    ),
    "WSM": (
        Told(
            Voice.CHANGE,
            -16.0,
            "Gloves and cases come with the phones",
            "Each crew gets gloves that work on a screen and a case that survives a fall.",
            "Crews take the phone out with bare hands in the rain, or not at all.",
            ("cost", "quality"),
            ("East go-live",),
            -14.0,
            {"cost": 640_000, "quality": "Fewer phones break; fewer reports are missing."},
            {
                "words": "It says that somebody looked at how the work is done.",
                "severity": 1,
                "communications": "Handed out by the foremen, with one sentence why.",
            },
            ("WST",),
            (Signed(Voice.CHANGE, -14.6), Signed(Voice.DELIVERY, -14.4)),
            closed_at=-9.0,
            outcome="All rounds have both. Broken phones fell from nine to two a month; reports from the street doubled in the rain.",
        ),
    ),
    "EPR": (
        Told(
            Voice.CHANGE,
            -1.4,
            "Night shifts start a week after the day shifts",
            "In the emergency department the record starts with day shifts alone; nights follow a week later.",
            "Night staff have been trained for less than half. Their first night would be their first look.",
            ("time", "cost"),
            ("Emergency go-live", "Every shift has two floor walkers"),
            1.0,
            {
                "days": 5,
                "cost": 2_200_000,
                "quality": "For a week both records are kept; handover at eight needs a checklist.",
            },
            {
                "words": "Nights get a second course and floor walkers who are not tired. Day shifts hand over twice for a week.",
                "hours": 380,
                "severity": 3,
                "training": "Two more evening courses, with cover paid.",
                "communications": "Told at both handovers by the matron, not by mail.",
            },
            ("EMD",),
            (Signed(Voice.CHANGE, -0.5),),
        ),
        Told(
            Voice.DELIVERY,
            -0.6,
            "Label printers of another maker on all wards",
            "The printers that drop off the network are exchanged before the wards go live.",
            "Samples without labels go back to the ward.",
            ("cost", "quality"),
            ("Wards go-live",),
            3.0,
            {"cost": 3_400_000, "quality": "Labels print within three seconds in the test."},
        ),
    ),
    "THR": (
        Told(
            Voice.DELIVERY,
            -9.0,
            "Dental lists stay outside the schedule",
            "Dental lists are kept by hand for another year.",
            "Their system cannot be joined before it is renewed.",
            ("scope", "benefit"),
            ("Day surgery go-live",),
            None,
            {
                "scope": "Dental lists leave the programme.",
                "benefit": "Four per cent of lists are not counted.",
            },
            {
                "nothing_because": "Dental staff go on exactly as today; nobody else sees their lists."
            },
            (),
            (Signed(Voice.DELIVERY, -8.0), Signed(Voice.CHANGE, -7.6)),
            closed_at=-7.0,
            outcome="Left out of the plan and of the benefits; told to the dental team in their meeting.",
        ),
    ),
}


def agreed_at(code: str, stone: str) -> float | None:
    """When a change request of a programme moved the baseline of a milestone, in weeks from today."""
    agreed = [
        told.baseline_at
        for told in STORIES.get(code, ())
        if told.baseline_at is not None and stone in told.milestones
    ]
    return max(agreed, default=None)


def write(writer: ProgrammeWriter) -> None:
    """Raise, assess, sign and close what the story tells, each by the side that did."""
    for told in STORIES.get(writer.story.code, ()):
        change = services.raise_change(
            ChangeRequest(
                programme=writer.programme,
                title=told.title,
                what=told.what,
                why=told.why,
                kinds=list(told.kinds),
                needed_by=writer.day(told.needed) if told.needed is not None else None,
                effective_on=writer.day(told.at),
            ),
            milestones=[writer.stones[name] for name in told.milestones],
            at=writer.at(told.at),
            acting=writer.acting(_HALVES[told.by]),
        )
        _assess(writer, told, change)
        _settle(writer, told, change)


def _assess(writer: ProgrammeWriter, told: Told, change: ChangeRequest) -> None:
    # Both halves a working day or two after it was raised.
    at, on = writer.at(told.at + 0.2), writer.day(told.at + 0.2)
    if told.delivery:
        services.say_delivery(
            change.delivery_impact,
            changes=told.delivery,
            acting=writer.acting(Half.DELIVERY),
            at=at,
            on=on,
        )
    if told.people:
        services.say_people(
            change.people_impact,
            changes=told.people,
            units=[writer.loader.units[code] for code in told.units],
            acting=writer.acting(Half.ADOPTION),
            at=at,
            on=on,
        )


def _settle(writer: ProgrammeWriter, told: Told, change: ChangeRequest) -> None:
    raiser = writer.acting(_HALVES[told.by])
    if told.withdrawn_at is not None:
        services.withdraw_change(change, at=writer.at(told.withdrawn_at), acting=raiser)
        return
    if not told.signed:
        return
    change = services.offer_change(_now(change), acting=raiser)
    for word in told.signed:
        change = services.sign_change(
            change,
            function=word.by,
            verdict=ChangeVerdict.REJECTED if word.why else ChangeVerdict.APPROVED,
            reason=word.why,
            at=writer.at(word.at),
            on=writer.day(word.at),
            acting=writer.acting(_HALVES[word.by]),
        )
    if told.baseline_at is not None:
        change = services.keep_change_baseline(
            change,
            name=f"After {change.reference}",
            reason=f"Change request {change.reference}, approved by both leads: {change.title}.",
            at=writer.at(told.baseline_at),
            on=writer.day(told.baseline_at),
            acting=raiser,
        )
    if told.closed_at is not None:
        services.close_change(
            change,
            status=ChangeStatus.IMPLEMENTED,
            outcome=told.outcome,
            on=writer.day(told.closed_at),
            acting=raiser,
        )


def _now(change: ChangeRequest) -> ChangeRequest:
    """As it stands after both halves were said."""
    return ChangeRequest.objects.select_related("programme", "tenant").get(pk=change.pk)
