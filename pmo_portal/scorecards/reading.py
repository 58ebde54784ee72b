"""Figures of any number of programmes as of a day, from the facts known by then.

Set-based: the number of statements is the same for one programme and for two hundred. Both the stored
summaries and every page of an earlier day are computed here, and nowhere else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from pmo_portal.common.levels import State
from pmo_portal.tenants.models import TenantSettings
from programmes.choices import RAID_ENDED, Half, Opinion, RaidSide
from programmes.models import (
    MilestoneForecast,
    Programme,
    RaidUpdate,
)
from programmes.selectors import reports_as_of
from programmes.status import state_of

from . import facts, limits
from .figures import Adoption, Delivery, Figures, Reported, Series
from .people import People

# How many earlier days a figure is drawn over: the ends of six months, and the day itself.
MONTHS = 6
REPORTS_KEPT = 12
# Opinions of one day, most its own first.
_OPINIONS = [Opinion.LEAD, Opinion.PUBLISHED, Opinion.IPA, Opinion.SRO]


def figures_as_of(
    programmes: Sequence[Programme],
    as_of: date,
    settings: TenantSettings,
    *,
    with_series: bool = True,
) -> dict[int, Figures]:
    """What was known of each programme on a day, by id; lines over time where they are wanted."""
    ids = [programme.pk for programme in programmes]
    days = days_before(as_of) if with_series else []
    milestones = _milestones(ids, as_of)
    items = _raid_items(ids, as_of)
    reports = _reports(ids, as_of)
    people = People(ids, as_of, settings, days=days)
    found = {}
    for programme in programmes:
        pk = programme.pk
        delivery = _delivery(milestones[pk], items[pk], as_of, settings)
        adopted = people.figures(pk)
        _plan_of_people(adopted, milestones[pk], items[pk], as_of, settings)
        series = _series(milestones[pk], items[pk], days, settings)
        people.draw(pk, series, days)
        figures = Figures(
            as_of,
            delivery,
            adopted,
            series,
            reports[pk, Half.DELIVERY][:REPORTS_KEPT],
            reports[pk, Half.ADOPTION][:REPORTS_KEPT],
        )
        golive = facts.next_golive(milestones[pk], as_of)
        if golive is not None:
            figures.golive_on, figures.golive_name = golive[0], golive[1].name
        _judge(figures)
        found[pk] = figures
    return found


def days_before(as_of: date) -> list[date]:
    """The ends of the months before a day, and the day itself, oldest first."""
    days = [as_of]
    first = as_of.replace(day=1)
    for _month in range(MONTHS):
        last = first - timedelta(days=1)
        days.append(last)
        first = last.replace(day=1)
    return days[::-1]


def _known_on(moment: datetime) -> date:
    return timezone.localdate(moment)


# --- delivery --------------------------------------------------------------------------------------


def _milestones(ids: Sequence[int], as_of: date) -> dict[int, list[facts.Milestone]]:
    rows = (
        MilestoneForecast.objects.filter(
            milestone__programme_id__in=ids, milestone__deleted_at__isnull=True
        )
        .known_by(as_of)
        .order_by("milestone_id", "effective_on", "known_at", "pk")
        .values_list(
            "milestone_id",
            "milestone__programme_id",
            "milestone__number",
            "milestone__name",
            "milestone__track",
            "milestone__is_golive",
            "effective_on",
            "known_at",
            "baseline_on",
            "forecast_on",
            "actual_on",
        )
    )
    said: dict[int, list[facts.Forecast]] = defaultdict(list)
    about: dict[int, tuple[Any, ...]] = {}
    for row in rows:
        about[row[0]] = row[1:6]
        said[row[0]].append(facts.Forecast(row[6], _known_on(row[7]), *row[8:]))
    found: dict[int, list[facts.Milestone]] = defaultdict(list)
    for pk, (programme_id, number, name, track, is_golive) in about.items():
        found[programme_id].append(
            facts.Milestone(f"M-{number}", name, track, is_golive, facts.Line(said[pk]))
        )
    return found


def _raid_items(ids: Sequence[int], as_of: date) -> dict[int, list[facts.RaidItem]]:
    rows = (
        RaidUpdate.objects.filter(item__programme_id__in=ids, item__deleted_at__isnull=True)
        .known_by(as_of)
        .order_by("item_id", "effective_on", "known_at", "pk")
        .values_list(
            "item_id",
            "item__programme_id",
            "item__side",
            "effective_on",
            "known_at",
            "probability",
            "impact",
            "status",
        )
    )
    rated: dict[int, list[facts.Rating]] = defaultdict(list)
    about: dict[int, tuple[int, str]] = {}
    for item_id, programme_id, side, on, known_at, probability, impact, status in rows:
        about[item_id] = programme_id, side
        score = probability * impact if probability and impact else None
        rated[item_id].append(
            facts.Rating(on, _known_on(known_at), score, status not in RAID_ENDED)
        )
    found: dict[int, list[facts.RaidItem]] = defaultdict(list)
    for pk, (programme_id, side) in about.items():
        found[programme_id].append(facts.RaidItem(side, facts.Line(rated[pk])))
    return found


def _plan_of_people(
    adopted: Adoption,
    milestones: Iterable[facts.Milestone],
    items: list[facts.RaidItem],
    as_of: date,
    settings: TenantSettings,
) -> None:
    """The adoption track and the people's side of the log, judged as those of delivery are."""
    track = facts.plan_on(milestones, Half.ADOPTION, as_of)
    log = facts.log_on(items, as_of, appetite=settings.raid_appetite, sides=_PEOPLE_SIDES)
    adopted.met, adopted.due, adopted.plan_on = track.met, track.due, track.said_on
    adopted.red = log.red
    adopted.slip_state = limits.slip_state(
        track.slip,
        is_overdue=track.is_overdue,
        amber=settings.slip_amber_days,
        red=settings.slip_red_days,
    )
    adopted.red_state = limits.red_state(log.red, is_kept=log.touched_on is not None)


_PEOPLE_SIDES = frozenset({str(RaidSide.PEOPLE), str(RaidSide.BOTH)})
_DELIVERY_SIDES = frozenset({str(RaidSide.DELIVERY), str(RaidSide.BOTH)})


def _delivery(
    milestones: Iterable[facts.Milestone],
    items: list[facts.RaidItem],
    as_of: date,
    settings: TenantSettings,
) -> Delivery:
    plan = facts.plan_on(milestones, Half.DELIVERY, as_of)
    log = facts.log_on(items, as_of, appetite=settings.raid_appetite, sides=_DELIVERY_SIDES)
    return Delivery(
        met=plan.met,
        due=plan.due,
        slip=plan.slip,
        slip_name=plan.latest.name if plan.latest else "",
        slip_reference=plan.latest.reference if plan.latest else "",
        is_overdue=plan.is_overdue,
        plan_on=plan.said_on,
        red=log.red,
        open=log.open,
        open_all=facts.log_on(items, as_of, appetite=settings.raid_appetite).open,
        log_on=log.touched_on,
        met_state=limits.met_state(plan.share),
        slip_state=limits.slip_state(
            plan.slip,
            is_overdue=plan.is_overdue,
            amber=settings.slip_amber_days,
            red=settings.slip_red_days,
        ),
        red_state=limits.red_state(log.red, is_kept=log.touched_on is not None),
    )


def _series(
    milestones: list[facts.Milestone],
    items: list[facts.RaidItem],
    days: list[date],
    settings: TenantSettings,
) -> Series:
    series = Series(days=[day.isoformat() for day in days])
    for day in days:
        plan = facts.plan_on(milestones, Half.DELIVERY, day)
        log = facts.log_on(items, day, appetite=settings.raid_appetite, sides=_DELIVERY_SIDES)
        series.met.append(plan.share)
        series.slip.append(plan.slip)
        series.red.append(None if log.touched_on is None else log.red)
    return series


# --- reports ---------------------------------------------------------------------------------------


def _reports(ids: Sequence[int], as_of: date) -> dict[tuple[int, str], list[Reported]]:
    """What was said of each half, newest first, the half's own word before other opinions of a day."""
    found: dict[tuple[int, str], list[Reported]] = defaultdict(list)
    for row in reports_as_of(ids, as_of):
        found[row.programme_id, row.half].append(
            Reported(
                row.rating,
                row.opinion,
                row.sentence,
                row.author.name if row.author else "",
                row.effective_on,
                row.computed_rating,
                row.reference,
            )
        )
    for reports in found.values():
        reports.sort(key=lambda each: _OPINIONS.index(Opinion(each.opinion)))
        reports.sort(key=lambda each: each.on, reverse=True)
    return found


# --- states ----------------------------------------------------------------------------------------


def _judge(figures: Figures) -> None:
    """The state of each half: what its figures say, and where they say nothing, what was reported."""
    delivery, adopted = figures.delivery, figures.adoption
    figures.delivery_state = limits.half_state(
        [State(each) for each in (delivery.met_state, delivery.slip_state, delivery.red_state)],
        needed=[State(delivery.met_state), State(delivery.slip_state)],
    )
    figures.adoption_state = limits.half_state(
        [
            State(each)
            for each in (
                adopted.engagement_state,
                adopted.training_state,
                adopted.resistance_state,
                adopted.slip_state,
                adopted.red_state,
                limits.met_state(adopted.milestones_share),
            )
        ],
        needed=[State(adopted.engagement_state)],
    )
    if figures.delivery_state == State.NONE:
        figures.delivery_state = _reported_state(figures.delivery_reports)
    if figures.adoption_state == State.NONE:
        figures.adoption_state = _reported_state(figures.adoption_reports)


def _reported_state(reports: list[Reported]) -> State:
    return state_of(reports[0].rating) if reports else State.NONE
