"""Pieces of adoption on the pages of lower and higher storeys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy as _

from pmo_portal.accounts.members import Member
from pmo_portal.common import clock
from pmo_portal.common.levels import State
from pmo_portal.common.registry import Found, Panel
from programmes.choices import Stage
from programmes.selectors import programmes_for

from . import selectors
from .models import EngagementActivity, StakeholderGroup


def people_touched(request: HttpRequest, milestone: Any) -> Panel | None:
    """On a milestone: the units it touches, with engagement, training and resistance as known today."""
    rows = selectors.people_touched(milestone, as_of=clock.today())
    if not rows:
        return None
    return Panel("adoption/_people_touched.html", {"rows": rows, "programme": milestone.programme})


def milestone_people(request: HttpRequest, milestone: Any) -> Panel | None:
    """On a milestone: what is done with people before it, whether its date still fits, and what it changes for them."""
    before = selectors.activities_before(milestone)
    impacts = list(selectors.impacts_of(milestone.programme).filter(milestone=milestone))
    if not before and not impacts:
        return None
    for each in before:
        activity: Any = each.activity
        activity.state = activity.state_on(clock.today())
    return Panel("adoption/_milestone_people.html", {"before": before, "impacts": impacts})


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


def unit_by_programme(request: HttpRequest, unit: Any) -> Panel:
    """On a unit: engagement, training and resistance of its people for every programme the member sees."""
    today = clock.today()
    member = request.member  # type: ignore[attr-defined]
    running = programmes_for(member).exclude(stage=Stage.CLOSED)
    programmes = selectors.programmes_reaching(unit, running).order_by("code")
    rows = selectors.known_of_unit(unit, programmes, as_of=today)
    return Panel(
        "adoption/_unit_by_programme.html",
        {"rows": rows if _is_known(rows) else [], "raised": _raised(rows)},
    )


def _is_known(rows: Sequence[selectors.ByProgramme]) -> bool:
    return any(
        each.known.reading.value is not None
        or each.known.reading.below
        or each.known.training
        or each.known.resistance
        for each in rows
    )


def _raised(rows: Sequence[selectors.ByProgramme]) -> str:
    """Which of the three are not as they should be, for any programme."""
    states = {
        gettext("engagement"): [each.known.engagement_state for each in rows],
        gettext("training"): [each.known.training_state for each in rows],
        gettext("resistance"): [each.known.resistance_state for each in rows],
    }
    bad = {State.WARN, State.BAD}
    return ", ".join(name for name, found in states.items() if bad.intersection(found))


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
