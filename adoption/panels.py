"""Pieces of adoption on the pages of lower and higher storeys."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pmo_portal.accounts.members import Member
from pmo_portal.common import clock
from pmo_portal.common.registry import Found, Panel
from programmes.selectors import programmes_for

from . import selectors
from .models import EngagementActivity, StakeholderGroup


def people_touched(request: HttpRequest, milestone: Any) -> Panel | None:
    """On a milestone: the units it touches, with engagement, training and resistance as known today."""
    rows = selectors.people_touched(milestone, as_of=clock.today())
    if not rows:
        return None
    return Panel("adoption/_people_touched.html", {"rows": rows, "programme": milestone.programme})


def unit_people(request: HttpRequest, unit: Any) -> Panel | None:
    """On a unit: how many people there are, and the way to how that changed."""
    today = clock.today()
    place = {"tenant": request.tenant.slug, "code": unit.code}  # type: ignore[attr-defined]
    return Panel(
        "adoption/_unit_people.html",
        {
            "now": selectors.headcounts_as_of([unit.pk], today).get(unit.pk, unit.headcount),
            "entries": selectors.headcounts_of(unit).standing().count(),
            "url": reverse("adoption:headcount_list", kwargs=place),
        },
    )


def search(member: Member, words: str) -> Iterable[Found]:
    """Impacts, waves, signals, groups and activities whose text contains the words."""
    for impact in (
        selectors.impacts_for(member).prefetch_related(None).filter(title__icontains=words)[:10]
    ):
        yield Found(impact.reference, impact.title, _("Impact"), impact.get_absolute_url())
    for wave in selectors.waves_for(member).filter(name__icontains=words)[:10]:
        yield Found(wave.reference, wave.name, _("Survey wave"), wave.get_absolute_url())
    for signal in selectors.signals_for(member).filter(text__icontains=words)[:10]:
        yield Found(signal.reference, str(signal), _("Resistance"), signal.get_absolute_url())
    seen = programmes_for(member)
    for group in StakeholderGroup.objects.filter(
        programme__in=seen, name__icontains=words
    ).select_related("programme", "tenant")[:10]:
        yield Found(group.reference, group.name, _("Stakeholder group"), group.get_absolute_url())
    for activity in EngagementActivity.objects.filter(
        programme__in=seen, title__icontains=words
    ).select_related("programme", "tenant")[:10]:
        yield Found(
            activity.reference,
            activity.title,
            _("Engagement activity"),
            activity.get_absolute_url(),
        )
