"""Where a programme lies beyond what its charter tolerates, and the group is to be asked."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _, ngettext

from adoption import selectors as adoption
from adoption.selectors import Touched
from pmo_portal.common.levels import State
from pmo_portal.tenants.selectors import thresholds
from programmes.choices import SIDES_OF, Half, RaidKind
from programmes.models import Programme, RaidItem
from programmes.selectors import milestones_as_of, money_as_of, raid_as_of

from ..models import Charter, Escalation


@dataclass(frozen=True)
class Beyond:
    """One figure beyond its tolerance.

    `what` names the tolerance, `label` does so for people. `sentence` has the figure, what is allowed and by
    which charter; `page` is the name of the page on which the figure is.
    """

    half: str
    what: str
    label: str
    sentence: str
    page: str


def beyond_tolerance(
    programme: Programme, on: date, halves: Collection[str] = tuple(Half.values)
) -> list[Beyond]:
    """What lies beyond the charter that counted on a day; nothing where none was agreed by then.

    Only what has a tolerance is read; the same number of statements for any number of figures.
    """
    charter = Charter.objects.filter(programme=programme, agreed_on__lte=on).first()
    if charter is None:
        return []
    return [
        *_time(charter, on, halves),
        *(_cost(charter, on) if Half.DELIVERY in halves else ()),
        *_risk(charter, on, halves),
        *(_adoption(charter, programme, on) if Half.ADOPTION in halves else ()),
    ]


def tolerance_triggers(
    programme: Programme, on: date, halves: Collection[str]
) -> list[tuple[str, State, str]]:
    """What lies beyond the charter is red: it needs the group. Told without a survey figure."""
    return [
        (each.half, State.BAD, each.sentence) for each in beyond_tolerance(programme, on, halves)
    ]


def _time(charter: Charter, on: date, halves: Collection[str]) -> Iterator[Beyond]:
    """The go-live of each half that is furthest behind its baseline, of those still to come."""
    allowed = charter.tolerance_days
    if allowed is None:
        return
    pending = [
        each
        for each in milestones_as_of([charter.programme_id], on)
        if each.milestone.is_golive and each.state != State.DONE and each.slip > allowed
    ]
    for half in halves:
        own = [each for each in pending if each.milestone.track == half]
        if not own:
            continue
        latest = max(own, key=lambda each: each.slip)
        sentence = ngettext(
            "%(milestone)s is expected %(days)d working day after its baseline; %(charter)s allows %(allowed)d.",
            "%(milestone)s is expected %(days)d working days after its baseline; %(charter)s allows %(allowed)d.",
            latest.slip,
        )
        told = {"milestone": latest.milestone.name, "days": latest.slip}
        yield _beyond(
            charter, half, "time", _("time"), sentence, told, allowed, "programmes:milestone_list"
        )


def _cost(charter: Charter, on: date) -> Iterator[Beyond]:
    """Cost at completion, of both halves together: it is told among the figures of delivery."""
    allowed = charter.tolerance_cost
    if allowed is None:
        return
    share = money_as_of([charter.programme_id], on)[charter.programme_id].performance.vac_share
    # As it is written: 10.4 is written 10, and not beyond it.
    above = round(-100 * share) if share is not None else 0
    if above > allowed:
        sentence = _(
            "The programme is expected to end %(above)d%% above its budget; %(charter)s allows %(allowed)d%%."
        )
        yield _beyond(
            charter,
            Half.DELIVERY,
            "cost",
            _("cost"),
            sentence,
            {"above": above},
            allowed,
            "programmes:money_detail",
        )


def _risk(charter: Charter, on: date, halves: Collection[str]) -> Iterator[Beyond]:
    """Open risks above the appetite that nobody escalated: of those that were, the group is asked already."""
    allowed = charter.risk_appetite
    if allowed is None:
        return
    high = {
        each.item_id: each.side
        for each in raid_as_of([charter.programme_id], on)
        if each.kind == RaidKind.RISK and each.is_open and (each.score or 0) > allowed
    }
    if not high:
        return
    asked = Escalation.objects.filter(raid_item__in=high, effective_on__lte=on).values("raid_item")
    items = list(
        RaidItem.objects.filter(pk__in=high)
        .exclude(escalated_on__lte=on)
        .exclude(pk__in=asked)
        .order_by("number")
    )
    for half in halves:
        own = [each.reference for each in items if high[each.pk] in SIDES_OF[Half(half)]]
        if not own:
            continue
        sentence = ngettext(
            "%(risks)s scores above the %(allowed)d that %(charter)s allows and is not escalated.",
            "%(risks)s score above the %(allowed)d that %(charter)s allows and are not escalated.",
            len(own),
        )
        told = {"risks": adoption.named(own)}
        yield _beyond(
            charter, half, "risk", _("risk"), sentence, told, allowed, "programmes:raid_list"
        )


def _adoption(charter: Charter, programme: Programme, on: date) -> Iterator[Beyond]:
    """Engagement below its target and training behind its plan, unit by unit: a mean can hide one of them."""
    allowed = charter.tolerance_adoption
    units = list(programme.units.order_by("path")) if allowed is not None else []
    if allowed is None or not units:
        return
    target = thresholds().engagement_target
    rows = adoption.touched_units(units, programme, as_of=on)
    low = [row.unit.name for row in rows if _short(row, target) > allowed]
    if low:
        sentence = _(
            "Engagement is below its target by more than the %(allowed)d points %(charter)s allows in %(units)s."
        )
        yield _beyond(
            charter,
            Half.ADOPTION,
            "engagement",
            _("engagement"),
            sentence,
            {"units": adoption.named(low)},
            allowed,
            "adoption:programme_wave_list",
        )
    behind = [(round(100 * gap), row) for row in rows if (gap := _gap(row)) is not None]
    points, row = max(behind, key=lambda each: each[0], default=(0, None))
    if row is not None and points > allowed:
        sentence = _(
            "Training is %(points)d points behind its plan in %(unit)s; %(charter)s allows %(allowed)d."
        )
        yield _beyond(
            charter,
            Half.ADOPTION,
            "training",
            _("training"),
            sentence,
            {"points": points, "unit": row.unit.name},
            allowed,
            "adoption:training_list",
        )


def _short(row: Touched, target: float) -> float:
    """Points below the target, of a survey that still speaks."""
    if row.reading.value is None or row.engagement_state == State.NONE:
        return 0
    return target - round(row.reading.value)


def _gap(row: Touched) -> float | None:
    return row.training.gap if row.training else None


def _beyond(
    charter: Charter,
    half: str,
    what: str,
    label: str,
    sentence: str,
    told: dict[str, Any],
    allowed: int,
    page: str,
) -> Beyond:
    told |= {"charter": charter.reference, "allowed": allowed}
    return Beyond(str(half), what, label, sentence % told, page)
