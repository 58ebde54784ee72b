"""Who is to be won in a programme, and what was done with the people and will be."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from adoption import services
from adoption.models import EngagementActivity, StakeholderGroup
from programmes.choices import Half

if TYPE_CHECKING:
    from .programme import ProgrammeWriter

# Name, influence, where they stand, where they need to, people, how it is known.
GROUPS: dict[str, tuple[tuple[str, int, int | None, int, int | None, str], ...]] = {
    "FHR": (
        ("Payroll clerks", 3, 2, 4, 38, "They fear that mistakes will be theirs and corrections nobody's. Asked in two workshops."),
        ("Line managers", 3, 3, 4, 410, "They will approve leave and sickness themselves; most see it as more work."),
        ("Employees without a computer", 1, 1, 3, None, "Nobody asked them yet."),
        ("Trade union", 3, 3, 3, None, "They want the correction of pay within two days in writing."),
    ),
    "HRO": (
        ("Ward sisters", 3, 4, 5, 64, "Three wards asked to be the first."),
        ("Doctors in training", 2, 3, 4, 120, "They change wards every four months; training has to meet them."),
    ),
}  # fmt: skip
# Title, kind, what it should move, weeks from today, hours for each person, number of the group or none, people
# reached (None: not held), what came of it.
ACTIVITIES: dict[str, tuple[tuple[str, str, str, float, str, int | None, int | None, str], ...]] = {
    "FHR": (
        ("Open hour with the payroll team", "listening", "resistance", -9, "1", 0, 31, "Their first question was who answers for mistakes. An answer in writing was promised."),
        ("What changes for line managers", "communication", "understanding", -5, "0.5", 1, 240, "Half of them read it; a shorter one goes out by post."),
        ("Answer to the union on corrections", "communication", "resistance", -1, "", 3, None, ""),
        ("Practice run with real pay slips", "training", "skills", 2, "3.5", 0, None, ""),
        ("Questions at the depots", "event", "understanding", 3, "1", 2, None, ""),
        ("Floor walkers in the first week", "coaching", "use", 7, "2", 1, None, ""),
    ),
    "HRO": (
        ("First wards show theirs", "event", "engagement", -3, "1", 0, 22, "Two more wards asked when it is their turn."),
        ("Introduction in the rota week", "training", "skills", 4, "2", 1, None, ""),
    ),
}  # fmt: skip


def write(writer: ProgrammeWriter) -> None:
    """Note the groups and activities, the held ones with what came of them."""
    acting = writer.acting(Half.ADOPTION)
    groups = [
        services.record_group(
            StakeholderGroup(
                programme=writer.programme,
                name=name,
                influence=influence,
                position=position,
                wanted=wanted,
                people=people,
                evidence=evidence,
                owner=acting.person,
            ),
            acting=acting,
        )
        for name, influence, position, wanted, people, evidence in GROUPS.get(writer.story.code, ())
    ]
    for title, kind, purpose, week, hours, group, reached, outcome in ACTIVITIES.get(
        writer.story.code, ()
    ):
        activity = services.plan_activity(
            EngagementActivity(
                programme=writer.programme,
                title=title,
                kind=kind,
                purpose=purpose,
                planned_on=writer.day(week),
                hours=Decimal(hours) if hours else None,
                group=None if group is None else groups[group],
                owner=acting.person,
            ),
            units=writer.programme.units.order_by("-path")[:2],
            acting=acting,
        )
        if reached is not None:
            services.hold_activity(
                activity,
                held_on=writer.day(week),
                reached=reached,
                outcome=outcome,
                today=writer.day(0),
                acting=acting,
            )
