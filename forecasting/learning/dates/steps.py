"""From milestones in general to what is told of one, a step at a time: what each condition does to its dates.

Each step takes a narrower class of milestones, or a better known one: all of them, those whose date lies as far ahead, those whose programme
runs as well, those of the own organisation, those that are still open so many days before or after their date. What a step adds is
the difference to the step before, in days: so the parts of a date add up to it by themselves. The order is fixed. It is
that of reference-class forecasting (Flyvbjerg 2006), from the wide class to the narrow one, so that every step but the last is a class whose cases are counted
and whose days are listed; whether it is still open conditions whatever class is left, and comes last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..part_names import AHEAD, ALL, OPEN, OWN, SCHEDULE
from .slips import Array, Reference, kind_of, mixed, open_until, quantiles, still_open


@dataclass(frozen=True)
class Step:
    """What is told after one more condition.

    Attributes:
        days: after the forecast, in the order of `slips.QUANTILES`; None where nobody knows how late they become.
        cases: how many milestones the condition is told by; of all milestones, one counts once for each distance.
        share: how much own milestones count; at the last step, the share of milestones that are still open by then.
    """

    name: str
    days: tuple[int | None, ...]
    cases: int
    share: float | None = None

    def as_dict(self) -> dict[str, Any]:
        share = None if self.share is None else round(self.share, 4)
        return {"name": self.name, "days": list(self.days), "cases": self.cases, "share": share}


@dataclass(frozen=True)
class Class:
    """The milestones one more condition leaves, and what is known of them.

    Attributes:
        days, share: the share that was reached by each day after the forecast; no share where hardly any is left.
        cases, counts: as `Step.cases` and `Step.share`.
    """

    name: str
    days: Array
    share: Array | None
    cases: int
    counts: float | None = None


def classes(reference: Reference, *, ahead: float, schedule: float | None) -> tuple[Class, ...]:
    """Every class in the order of `part_names.STEPS`, each narrower or better known than the one before.

    Args:
        ahead: days to the forecast date; below nothing where it has passed.
        schedule: the smoothed schedule index of its programme, where it is known.
    """
    kind = kind_of(ahead, schedule)
    far = f"{kind.split('/')[0]}/any"
    general = [each for name, each in reference.shipped.items() if name.endswith("/any")]
    cases = sum(each.milestones for each in general)
    weight = reference.weight(kind)
    own = reference.own[kind].milestones if kind in reference.own else 0
    days, share = reference.together(kind, weight)
    of_all = mixed([(each, each.milestones / cases) for each in general])
    return (
        Class(ALL, *of_all, cases),
        Class(AHEAD, *reference.together(far, 0.0), reference.shipped[far].milestones),
        Class(SCHEDULE, *reference.together(kind, 0.0), reference.shipped[kind].milestones),
        Class(OWN, days, share, own, weight),
        Class(
            OPEN,
            days,
            still_open(days, share, ahead),
            own + reference.shipped[kind].milestones,
            1 - open_until(days, share, ahead),
        ),
    )


def steps(found: Sequence[Class]) -> tuple[Step, ...]:
    """What is told of each class. The last says what `Reference.tell` does of the same milestone."""
    return tuple(
        Step(each.name, quantiles(each.days, each.share), each.cases, each.counts) for each in found
    )
