"""What of the people side waits for a member: impacts to look at again, engagement to hold, signs to answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy

from pmo_portal.accounts.members import Member
from pmo_portal.common.waiting import AHEAD, Ground, Kind, Place, Waits, asked, ground_of
from programmes.choices import Half
from programmes.selectors import is_lead, kept_by

from ..models import EngagementActivity, Impact, ResistanceSignal


def _kept(member: Member) -> Any:
    return kept_by(member, Half.ADOPTION).values("pk")


def _ground(member: Member) -> Any:
    return ground_of((is_lead(member, Half.ADOPTION, "programme__"), Ground.LEAD))


def _impacts(member: Member, on: date) -> Iterator[QuerySet[Any]]:
    """Impacts have no owner: they wait for whoever keeps the people side of their programme."""
    yield asked(
        Impact.objects.due(on).filter(programme__in=_kept(member)),
        place=Place.ADOPTION,
        prefix=Impact.reference_prefix,
        title="title",
        due="review_on",
        ground=_ground(member),
    )


def _activities(member: Member, on: date) -> Iterator[QuerySet[Any]]:
    """Not held yet, owned by the member, planned for the next four weeks or a day that has passed."""
    if member.person is None:
        return
    planned = EngagementActivity.objects.filter(
        owner=member.person,
        held_on__isnull=True,
        planned_on__lte=on + AHEAD,
        programme__in=_kept(member),
    )
    yield asked(
        planned,
        place=Place.ADOPTION,
        prefix=EngagementActivity.reference_prefix,
        title="title",
        due="planned_on",
        ground=Ground.OWNER,
    )


def _signals(member: Member, on: date) -> Iterator[QuerySet[Any]]:
    """Open signs nobody has answered. They have no owner, so that nobody is named beside them."""
    silent = ResistanceSignal.objects.open().filter(
        response="", effective_on__lte=on, programme__in=_kept(member)
    )
    yield asked(
        silent,
        place=Place.ADOPTION,
        prefix=ResistanceSignal.reference_prefix,
        title="text",
        since="effective_on",
        ground=_ground(member),
    )


def _impact_why(row: Waits) -> str:
    if row.due is None:
        return _("Nobody has said yet how much it means.")
    return _("It is to be looked at again, from both sides.")


def _activity_why(row: Waits) -> str:
    return _("It is not noted as held.")


def _signal_why(row: Waits) -> str:
    return _("It is open, and no answer is written down.")


def _address(name: str) -> Callable[[str, Waits], str]:
    def url(tenant: str, row: Waits) -> str:
        place = {"tenant": tenant, "code": row.code, "reference": row.reference}
        return reverse(f"adoption:{name}", kwargs=place)

    return url


WAITING = (
    Kind(
        "impacts",
        gettext_lazy("Impacts to look at again"),
        _impacts,
        _impact_why,
        _address("impact_review"),
    ),
    Kind(
        "engagement",
        gettext_lazy("Engagement you own"),
        _activities,
        _activity_why,
        _address("activity_detail"),
    ),
    Kind(
        "resistance",
        gettext_lazy("Resistance to answer"),
        _signals,
        _signal_why,
        _address("signal_edit"),
    ),
)
