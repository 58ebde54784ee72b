"""What lies ahead of a programme, for its scorecard: the next milestones and the RAID items worth the group's time."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from forecasting.choices import STATE_OF_LEVEL, RiskLevel
from forecasting.models import GoLiveRisk
from pmo_portal.common.levels import State, worst
from pmo_portal.tenants.models import TenantSettings
from programmes import raid, selectors as delivery
from programmes.models import MilestoneUnit, Programme, RaidItem

from .figures import Figures

MILESTONES_SHOWN = 6
RAID_SHOWN = 6


def next_milestones(
    programme: Programme,
    figures: Figures,
    signals: list[GoLiveRisk],
    settings: TenantSettings,
    *,
    as_of: date,
) -> list[dict[str, Any]]:
    """The next milestones of both tracks with the state of the people they touch."""
    known = delivery.milestones_as_of([programme.pk], as_of, settings=settings)
    coming = [each for each in known if each.actual_on is None or each.actual_on > as_of]
    coming = coming[:MILESTONES_SHOWN]
    touched: dict[int, list[Any]] = {}
    links = MilestoneUnit.objects.filter(milestone__in=[each.milestone.pk for each in coming])
    for link in links.select_related("unit").order_by("unit__path"):
        touched.setdefault(link.milestone_id, []).append(link.unit)
    by_unit = {row[0]: (row[2], State(row[5])) for row in figures.adoption.by_unit}
    levels: dict[int, list[State]] = {}
    for risk in signals:
        levels.setdefault(risk.milestone_id, []).append(STATE_OF_LEVEL[RiskLevel(risk.level)])
    rows = []
    for each in coming:
        units = touched.get(each.milestone.pk, [])
        # Go-lives are judged by the rule, other milestones by what is known of their units.
        found = levels.get(each.milestone.pk) or [
            by_unit.get(unit.pk, (None, State.NONE))[1] for unit in units
        ]
        each.milestone.tenant = programme.tenant
        rows.append(
            {
                "reference": each.milestone.reference,
                "name": each.milestone.name,
                "url": each.milestone.get_absolute_url(),
                "half": each.milestone.track,
                "is_golive": each.milestone.is_golive,
                "on": each.forecast_on,
                "is_late": each.forecast_on < as_of,
                "state": str(each.state),
                "readiness": str(_readiness(found)),
                "people": [
                    {
                        "name": unit.name,
                        "people": by_unit.get(unit.pk, (None,))[0] or unit.headcount,
                    }
                    for unit in units
                ],
                "owner": each.milestone.owner.name if each.milestone.owner else "",
            }
        )
    return rows


def _readiness(states: list[State]) -> State:
    """The worst of what is known; not on track while a unit is not known."""
    found = worst(states)
    return State.NONE if found == State.OK and State.NONE in states else found


def raid_for_group(
    programme: Programme, settings: TenantSettings, *, as_of: date, is_today: bool
) -> list[dict[str, Any]]:
    """Open items worth the group's time, the highest scores first."""
    of_programme = RaidItem.objects.filter(programme=programme).select_related("owner")
    if is_today:
        worst_first = of_programme.open().order_by(
            F("score").desc(nulls_last=True), "review_on", "pk"
        )
        rows = [(item, item.score) for item in worst_first[:RAID_SHOWN]]
    else:
        rated = {
            each.item_id: each
            for each in delivery.raid_as_of([programme.pk], as_of)
            if each.is_open
        }
        rows = [(item, rated[item.pk].score) for item in of_programme.filter(pk__in=list(rated))]
        rows.sort(key=lambda row: (-(row[1] or 0), row[0].review_on or date.max, row[0].pk))
    made = []
    for item, score in rows[:RAID_SHOWN]:
        item.tenant, item.programme = programme.tenant, programme
        state = raid.severity(score, appetite=settings.raid_appetite)
        made.append(
            {
                "reference": item.reference,
                "url": item.get_absolute_url(),
                "kind": item.get_kind_display(),
                "title": item.title,
                "state": str(state),
                "word": SEVERITY[state](),
                "side": item.side,
                "side_word": item.get_side_display(),
                "owner": item.owner.name if item.owner else "",
                "review_on": item.review_on,
                "is_late": is_today and raid.is_overdue(item.review_on, on=as_of),
            }
        )
    return made


SEVERITY = {
    State.BAD: lambda: _("High"),
    State.WARN: lambda: _("Medium"),
    State.OK: lambda: _("Low"),
    State.NONE: lambda: _("Not rated"),
}
