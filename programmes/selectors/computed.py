"""What plan and RAID log say of a half, for the status that is reported beside them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.utils.translation import gettext as _, ngettext

from pmo_portal.common.levels import State, worst
from pmo_portal.common.registry import triggers_of
from pmo_portal.tenants.selectors import thresholds

from .. import status
from ..choices import SIDES_OF, Half
from ..models import (
    Programme,
)
from .as_of import MilestoneAsOf, RaidAsOf, milestones_as_of, raid_as_of


def computed_status(
    programme: Programme, on: date, *, halves: Collection[str] = tuple(Half.values)
) -> dict[str, tuple[State, list[str]]]:
    """What the figures say of each half on a day, with the sentences that made it so."""
    told = triggers_of(programme, on, halves)
    return {
        half: status.computed(
            [status.Indicator(state, reason) for of, state, reason in told if of == half]
        )
        for half in halves
    }


def triggers(
    programme: Programme, on: date, halves: Collection[str]
) -> list[tuple[str, State, str]]:
    """What plan and RAID log say of each half; both read once. Surveys and training are asked elsewhere."""
    limits = thresholds()
    plan = milestones_as_of([programme.pk], on, settings=limits)
    log = [each for each in raid_as_of([programme.pk], on) if each.is_open]
    return [
        (half, state, reason)
        for half in halves
        for state, reason in (
            *_of_schedule(
                [each for each in plan if each.milestone.track == half and each.state != State.DONE]
            ),
            *_of_log(
                [each for each in log if each.side in SIDES_OF[Half(half)]], limits.raid_appetite
            ),
        )
    ]


def _of_log(rated: list[RaidAsOf], appetite: int) -> list[tuple[State, str]]:
    if not rated:
        return []
    high = [each for each in rated if (each.score or 0) >= appetite]
    reason = _(
        "%(high)d of %(open)d open RAID items are at or above the appetite of %(appetite)d."
    ) % {"high": len(high), "open": len(rated), "appetite": appetite}
    return [(State.WARN if high else State.OK, reason)]


def _of_schedule(pending: list[MilestoneAsOf]) -> list[tuple[State, str]]:
    if not pending:
        return []
    state = worst([each.state for each in pending])
    latest = max(pending, key=lambda each: each.slip)
    if latest.slip <= 0:
        return [(state, _("No pending milestone is late."))]
    reason = ngettext(
        "%(milestone)s is expected %(days)d working day after its baseline.",
        "%(milestone)s is expected %(days)d working days after its baseline.",
        latest.slip,
    )
    return [(state, reason % {"milestone": latest.milestone.name, "days": latest.slip})]
