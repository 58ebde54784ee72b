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

from adoption import selectors as adoption
from adoption import status as adoption_status
from adoption.models import ResistanceSignal, TrainingProgress
from pmo_portal.common.levels import State
from pmo_portal.tenants.models import TenantSettings
from programmes.choices import RAID_ENDED, Half, Opinion, RaidSide
from programmes.models import (
    MilestoneForecast,
    Programme,
    ProgrammeUnit,
    RaidUpdate,
    StatusReport,
)
from programmes.status import state_of

from . import facts, limits
from .figures import Adoption, Delivery, Figures, Reported, Series

# How many earlier days a figure is drawn over: the ends of six months, and the day itself.
MONTHS = 6
REPORTS_KEPT = 12
# A survey speaks for half a year; published ones for their year.
SURVEY_SPEAKS_DAYS = 182
# Opinions of one day, most its own first.
_OPINIONS = [Opinion.LEAD, Opinion.PUBLISHED, Opinion.IPA, Opinion.SRO]


def figures_as_of(
    programmes: Sequence[Programme], as_of: date, settings: TenantSettings
) -> dict[int, Figures]:
    """What was known of each programme on a day, by id."""
    ids = [programme.pk for programme in programmes]
    days = days_before(as_of)
    milestones = _milestones(ids, as_of)
    items = _raid_items(ids, as_of)
    reports = _reports(ids, as_of)
    people = _People(ids, as_of, settings)
    found = {}
    for programme in programmes:
        pk = programme.pk
        delivery = _delivery(milestones[pk], items[pk], as_of, settings)
        adopted = people.figures(pk)
        track = facts.plan_on(milestones[pk], Half.ADOPTION, as_of)
        adopted.met, adopted.due, adopted.plan_on = track.met, track.due, track.said_on
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
            "milestone__baseline_on",
            "milestone__is_golive",
            "effective_on",
            "known_at",
            "forecast_on",
            "actual_on",
        )
    )
    said: dict[int, list[facts.Forecast]] = defaultdict(list)
    about: dict[int, tuple[Any, ...]] = {}
    for row in rows:
        about[row[0]] = row[1:7]
        said[row[0]].append(facts.Forecast(row[7], _known_on(row[8]), row[9], row[10]))
    found: dict[int, list[facts.Milestone]] = defaultdict(list)
    for pk, (programme_id, number, name, track, baseline_on, is_golive) in about.items():
        found[programme_id].append(
            facts.Milestone(
                f"M-{number}", name, track, baseline_on, is_golive, facts.Line(said[pk])
            )
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
    rows = (
        StatusReport.objects.known_by(as_of)
        .filter(programme_id__in=ids)
        .select_related("author")
        .order_by("-effective_on", "-known_at", "-pk")
    )
    found: dict[tuple[int, str], list[Reported]] = defaultdict(list)
    for row in rows:
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


# --- adoption --------------------------------------------------------------------------------------


class _People:
    """What adoption knew of the units of some programmes, read once."""

    def __init__(self, ids: Sequence[int], as_of: date, settings: TenantSettings) -> None:
        self._as_of, self._settings = as_of, settings
        self._links: dict[int, list[ProgrammeUnit]] = defaultdict(list)
        links = ProgrammeUnit.objects.filter(programme_id__in=ids).select_related("unit")
        for link in links.order_by("unit__path"):
            self._links[link.programme_id].append(link)
        wanted = {pk: [link.unit_id for link in self._links[pk]] for pk in ids}
        self._readings = adoption.readings(dict(wanted.items()), as_of=as_of)
        self._points = adoption.engagement_trend(wanted, as_of=as_of)
        self._training = self._trainings(ids)
        self._resistance = adoption.resistance_for(ids, as_of=as_of)
        self._signs = self._open_spells(ids)

    def _trainings(self, ids: Sequence[int]) -> dict[int, list[TrainingProgress]]:
        rows = (
            TrainingProgress.objects.known_by(self._as_of)
            .filter(programme_id__in=ids)
            .order_by("effective_on", "known_at", "pk")
        )
        found: dict[int, list[TrainingProgress]] = defaultdict(list)
        for row in rows:
            found[row.programme_id].append(row)
        return found

    def _open_spells(self, ids: Sequence[int]) -> dict[int, list[tuple[date, date | None]]]:
        """From when to when each sign of resistance was open."""
        rows = (
            ResistanceSignal.objects.known_by(self._as_of)
            .filter(programme_id__in=ids)
            .values_list("programme_id", "effective_on", "resolved_on")
        )
        found: dict[int, list[tuple[date, date | None]]] = defaultdict(list)
        for programme_id, seen_on, resolved_on in rows:
            found[programme_id].append((seen_on, resolved_on))
        return found

    def figures(self, pk: int) -> Adoption:
        made = Adoption(of_units=len(self._links[pk]))
        self._engage(pk, made)
        self._train(pk, made)
        self._resist(pk, made)
        made.by_unit = [self._unit(pk, link) for link in self._links[pk]]
        return made

    def _unit(self, pk: int, link: ProgrammeUnit) -> list[Any]:
        """One unit: its engagement as it may be shown, and how ready it looks."""
        figure = self._figure(pk, link)
        people = link.headcount or link.unit.headcount
        if figure is None or not self._speaks(figure.on, is_published=figure.is_published):
            engaged = State.NONE
        else:
            engaged = self._spread_state(figure.low, figure.high, None)
        trained = [
            row for row in self._latest_training(pk, self._as_of) if row.unit_id == link.unit_id
        ]
        training = adoption_status.training_state(trained[0].gap if trained else None)
        state = limits.half_state([engaged, training], needed=[engaged])
        low, high = (figure.low, figure.high) if figure else (None, None)
        return [link.unit_id, link.unit.name, people, low, high, str(state)]

    def _engage(self, pk: int, made: Adoption) -> None:
        shown = [self._figure(pk, link) for link in self._links[pk]]
        engagement = facts.together(
            [figure for figure in shown if figure is not None], of_units=len(self._links[pk])
        )
        if engagement is None:
            return
        made.take(engagement)
        if self._speaks(engagement.on, is_published=engagement.is_published):
            made.engagement_state = self._spread_state(
                engagement.low, engagement.high, engagement.mean
            )

    def _figure(self, pk: int, link: ProgrammeUnit) -> facts.Figure | None:
        """The engagement of a unit as it may be shown; that of the units below where it has none itself."""
        reading = self._readings[pk][link.unit_id]
        if reading.value is not None:
            return facts.Figure(
                link.unit.name,
                reading.value,
                reading.value,
                link.headcount or link.unit.headcount,
                n=reading.n,
                on=reading.effective_on,
                wave=reading.wave,
                is_published=reading.is_published,
                is_inherited=reading.inherited_from is not None,
            )
        below = reading.below
        if below is None:
            return None
        return facts.Figure(
            link.unit.name,
            below.low,
            below.high,
            None,
            units=below.count,
            on=below.effective_on,
            is_published=below.is_published,
        )

    def _spread_state(self, low: float, high: float, mean: float | None) -> State:
        target, floor = self._settings.engagement_target, self._settings.engagement_floor
        return limits.spread_state(low, high, mean, target=target, floor=floor)

    def _speaks(self, on: date | None, *, is_published: bool) -> bool:
        """Whether a survey is young enough to say something about the day."""
        days = limits.PUBLISHED_RHYTHM_DAYS if is_published else SURVEY_SPEAKS_DAYS
        return on is not None and (self._as_of - on).days <= days

    def _train(self, pk: int, made: Adoption) -> None:
        latest = self._latest_training(pk, self._as_of)
        if not latest:
            return
        made.required = sum(row.required for row in latest)
        made.completed = sum(row.completed for row in latest)
        made.training_on = max(row.effective_on for row in latest)
        if all(row.planned_share is not None for row in latest):
            planned = sum((row.planned_share or 0.0) * row.required for row in latest)
            made.planned = 100 * planned / made.required
            gap = max(0.0, made.planned / 100 - made.completed / made.required)
            made.training_state = adoption_status.training_state(gap)

    def _latest_training(self, pk: int, day: date) -> list[TrainingProgress]:
        latest = {row.unit_id: row for row in self._training[pk] if row.effective_on <= day}
        return list(latest.values())

    def _resist(self, pk: int, made: Adoption) -> None:
        if pk not in self._signs:
            return
        names = {link.unit_id: link.unit.name for link in self._links[pk]}
        found = self._resistance[pk]
        made.signs = sum(each.count for each in found.values())
        made.resistance_on = max(seen_on for seen_on, _until in self._signs[pk])
        counted = sorted(
            ((names.get(unit_id, ""), each.count) for unit_id, each in found.items()),
            key=lambda each: (-each[1], each[0]),
        )
        made.signs_by_unit = [[name, count] for name, count in counted if name][:3]
        values = [each.value for each in found.values() if each.value is not None]
        made.resistance = max(values, default=0.0 if not found else None)
        made.resistance_state = adoption_status.resistance_state(made.resistance)

    def draw(self, pk: int, series: Series, days: list[date]) -> None:
        for day in days:
            series.engagement.append(self._engagement_on(pk, day))
            latest = self._latest_training(pk, day)
            required = sum(row.required for row in latest)
            series.trained.append(
                100 * sum(row.completed for row in latest) / required if required else None
            )
            spells = self._signs.get(pk)
            series.signs.append(
                None
                if spells is None
                else sum(seen <= day and (until is None or until > day) for seen, until in spells)
            )

    def _engagement_on(self, pk: int, day: date) -> float | None:
        """The last wave before a day that still speaks for it."""
        known = [point for point in self._points.get(pk, ()) if point.on <= day]
        if not known or known[-1].value is None:
            return None
        lasts = limits.PUBLISHED_RHYTHM_DAYS if known[-1].is_published else SURVEY_SPEAKS_DAYS
        return known[-1].value if (day - known[-1].on).days <= lasts else None


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
