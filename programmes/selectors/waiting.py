"""What of delivery and of the shared plan waits for a member: milestones, RAID items, status reports.

Milestones, items and reports of the adoption side stand under people: the plan and the log have two sides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import (
    Case,
    DateField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy

from pmo_portal.accounts.members import Member
from pmo_portal.common.waiting import AHEAD, Ground, Kind, Place, Waits, asked, ground_of
from pmo_portal.tenants.selectors import thresholds

from ..choices import RAID_PREFIX, Half, Opinion, RaidSide
from ..models import Milestone, Programme, RaidItem, StatusReport
from .kept import is_lead, kept_by, led_by

_PLACES = {Half.DELIVERY: Place.DELIVERY, Half.ADOPTION: Place.ADOPTION}
_RAID_PREFIX = Case(*(When(kind=kind, then=Value(prefix)) for kind, prefix in RAID_PREFIX.items()))


def _milestones(member: Member, on: date) -> Iterator[QuerySet[Any]]:
    """Open ones the member owns and may change, due within four weeks or past their date."""
    if member.person is None:
        return
    for half, place in _PLACES.items():
        owned = Milestone.objects.pending().filter(
            owner=member.person,
            track=half,
            forecast_on__lte=on + AHEAD,
            programme__in=kept_by(member, half).values("pk"),
        )
        yield asked(
            owned,
            place=place,
            prefix=Milestone.reference_prefix,
            title="name",
            due="forecast_on",
            ground=Ground.OWNER,
        )


def _raid_items(member: Member, on: date) -> Iterator[QuerySet[Any]]:
    """Open ones the member owns and may change, whose review is due. Those of both sides stand together."""
    if member.person is None:
        return
    delivery, adoption = (Q(programme__in=kept_by(member, half).values("pk")) for half in _PLACES)
    due = RaidItem.objects.filter(owner=member.person).due_within(0, on=on)
    for side, place, kept in (
        (RaidSide.DELIVERY, Place.DELIVERY, delivery),
        (RaidSide.PEOPLE, Place.ADOPTION, adoption),
        (RaidSide.BOTH, Place.TOGETHER, delivery | adoption),
    ):
        yield asked(
            due.filter(kept, side=side),
            place=place,
            prefix=_RAID_PREFIX,
            title="title",
            since="opened_on",
            due="review_on",
            ground=Ground.OWNER,
        )


def _reports(member: Member, on: date) -> Iterator[QuerySet[Any]]:
    """Halves the member leads whose own word is older than agreed, or was never said and nobody else publishes one."""
    limits = thresholds()
    days = {
        Half.DELIVERY: limits.delivery_rhythm_days,
        Half.ADOPTION: limits.adoption_rhythm_days,
    }
    for half, place in _PLACES.items():
        said = StatusReport.objects.filter(
            programme=OuterRef("pk"), half=half, effective_on__lte=on
        ).order_by("-effective_on")
        own = said.filter(opinion=Opinion.LEAD).values("effective_on")[:1]
        led = (
            Programme.objects.live()
            .filter(pk__in=led_by(member, half).values("pk"))
            .annotate(w_own=Subquery(own))
            # In this order: whether anybody said anything is looked up only where the lead said nothing.
            .filter(
                Q(w_own__lte=on - timedelta(days=days[half]))
                | (Q(w_own__isnull=True) & ~Exists(said))
            )
        )
        yield asked(
            led,
            place=place,
            prefix=Programme.reference_prefix,
            programme="",
            title="name",
            since="w_own",
            due=ExpressionWrapper(F("w_own") + Value(timedelta(days=days[half])), DateField()),
            ground=ground_of((is_lead(member, half), Ground.LEAD)),
            detail=half.value,
        )


def _milestone_why(row: Waits) -> str:
    return _("It is not reached: say that it is, or move its date.")


def _raid_why(row: Waits) -> str:
    return _("Its review is due: say how it stands and when to review it next.")


def _report_why(row: Waits) -> str:
    if row.since is None:
        return _("Nothing was reported of this half yet.")
    return _("The next report of this half is due.")


def _address(name: str) -> Callable[[str, Waits], str]:
    def url(tenant: str, row: Waits) -> str:
        place = {"tenant": tenant, "code": row.code, "reference": row.reference}
        return reverse(f"programmes:{name}", kwargs=place)

    return url


def _report_url(tenant: str, row: Waits) -> str:
    return reverse(
        "programmes:status_create",
        kwargs={"tenant": tenant, "code": row.code, "half": row.detail},
    )


WAITING = (
    Kind(
        "milestones",
        gettext_lazy("Milestones you own"),
        _milestones,
        _milestone_why,
        _address("milestone_detail"),
    ),
    Kind("raid", gettext_lazy("RAID items you own"), _raid_items, _raid_why, _address("raid_edit")),
    Kind("reports", gettext_lazy("Status reports"), _reports, _report_why, _report_url),
)
