"""What changes for people, and how it was seen from review to review."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adoption import services
from adoption.models import Impact, ImpactReview
from programmes.choices import Half

if TYPE_CHECKING:
    from .programme import ProgrammeWriter

# Stage, weeks from today, what the project says, what the unit says, why, weeks until somebody looks again.
Look = tuple[str, float, int | None, int | None, str, float]


@dataclass(frozen=True)
class Told:
    title: str
    kind: str
    before: str
    after: str
    looks: tuple[Look, ...]


STORIES: dict[str, tuple[Told, ...]] = {
    "FHR": (
        Told(
            "Payroll runs are checked before, not after, the run",
            "process",
            "Mistakes are found in the week after pay day and corrected by hand.",
            "The system stops a run with open questions; they are settled before it goes on.",
            (
                ("baseline", -60, 2, 3, "Described in two workshops.", 12),
                ("quarter", -44, 2, 3, "No change since the design.", 16),
                (
                    "half",
                    -22,
                    2,
                    4,
                    "After rehearsal 1 payroll sees that month end needs two more people.",
                    16,
                ),
                ("three", -5, 3, 5, "Shadow shifts: nobody keeps the old order of work.", 3),
            ),
        ),
        Told(
            "Managers enter leave and sickness themselves",
            "role",
            "A form goes to HR, which types it in.",
            "Managers enter it in the portal; HR looks at exceptions.",
            (
                (
                    "baseline",
                    -60,
                    3,
                    3,
                    "Both see the same work, on the other side of the desk.",
                    20,
                ),
                ("half", -20, 3, 3, "Pilot with forty managers.", 24),
            ),
        ),
        Told(
            "Expenses are photographed, not posted",
            "tools",
            "Receipts travel on paper.",
            "A picture on the phone is enough.",
            (("baseline", -30, 1, None, "Field teams are asked when their phones are there.", 10),),
        ),
    ),
    "EPR": (
        Told(
            "Notes are written at the bedside",
            "process",
            "Notes are written at the end of a shift.",
            "Notes are written on the ward's tablet while the patient is there.",
            (
                (
                    "baseline",
                    -40,
                    2,
                    4,
                    "Wards fear that they look at a screen, not at a patient.",
                    16,
                ),
                ("half", -12, 3, 4, "Two wards tried it for a month.", 6),
            ),
        ),
        Told(
            "Prescriptions are checked by the system",
            "process",
            "The pharmacist reads every prescription.",
            "The system reads first; the pharmacist decides what it stops.",
            (("baseline", -40, 3, 3, "Agreed with pharmacy.", 30),),
        ),
    ),
}


def write(writer: ProgrammeWriter) -> None:
    """Note the impacts and add their reviews, each on its day."""
    acting = writer.acting(Half.ADOPTION)
    for told in STORIES.get(writer.story.code, ()):
        impact = services.record_impact(
            Impact(
                programme=writer.programme,
                title=told.title,
                kind=told.kind,
                before=told.before,
                after=told.after,
            ),
            units=writer.programme.units.order_by("path")[:2],
            acting=acting,
        )
        for stage, at, project, unit, reason, again in told.looks:
            services.review_impact(
                ImpactReview(
                    impact=impact,
                    stage=stage,
                    project_rating=project,
                    unit_rating=unit,
                    reason=reason,
                    review_on=writer.day(at + again),
                ),
                at=writer.at(at),
                on=writer.day(at),
                acting=acting,
            )
