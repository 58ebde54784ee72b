"""Reads of forecasting: what the rule needs from all three apps, and what it said.

The number of statements is the same for one programme and for a thousand.
"""

from __future__ import annotations

import statistics
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Avg, Count, F, Max, Q, QuerySet

from adoption import selectors as adoption
from adoption.choices import Measure
from adoption.models import ResistanceSignal, SurveyResult
from pmo_portal.accounts.members import Member
from pmo_portal.tenants.models import BusinessUnit, TenantSettings
from pmo_portal.tenants.selectors import thresholds
from programmes.choices import Stage
from programmes.models import Milestone, MilestoneForecast, MilestoneUnit, ProgrammeUnit
from programmes.selectors import programmes_for

from . import standing_words
from .cards import ModelCard
from .choices import Forecast, ModelStatus, RiskLevel, Target
from .choices import Stage as ModelStage
from .models import (
    AdoptionShortfall,
    GoLiveRisk,
    Lesson,
    MilestoneOutlook,
    ModelCheck,
    ModelEvent,
    RaidOutcome,
    RaidScore,
    RiskModel,
    RiskOutcome,
    RiskScore,
    ShortfallRecord,
    SimilarWeeks,
    SlipRecord,
)
from .outlooks import LIKELY
from .readiness import LIKELY as LIKELY_SHORT
from .record_cards import RecordCard
from .rule import Engagement, Inputs, Limits, Resistance, Training
from .standing import standing_of, standings

# Fewer figures than this make no "usual"; then what the organisation expects stands in.
FEWEST_UNITS_FOR_USUAL = 5
# A figure older than this is no part of what is usual today; published surveys come once a year.
USUAL_LOOKS_BACK = timedelta(days=550)

# A score is no word on a day that is further away.
SCORE_COUNTS_FOR = timedelta(days=8)


@dataclass(frozen=True)
class Pair:
    """A unit before a go-live, with all that the rule may look at. `unit` is None where nobody named any."""

    programme_id: int
    milestone: Milestone
    unit: BusinessUnit | None
    golive_on: date
    inputs: Inputs | None


def limits_for(settings: TenantSettings | None = None) -> Limits:
    """The limits of the rule in this tenant: only the watched weeks can be set."""
    return Limits(window_weeks=(settings or thresholds()).golive_window_weeks)


def pairs_as_of(as_of: date, *, programme_ids: Collection[int] | None = None) -> list[Pair]:
    """Every unit before every watched go-live, as known on a day."""
    settings = thresholds()
    golives = _golives(as_of, limits_for(settings), programme_ids)
    touched = units_before(golives)
    wanted: dict[int, set[int]] = {}
    for milestone, _on in golives:
        ids = wanted.setdefault(milestone.programme_id, set())
        ids.update(unit.pk for unit, _headcount in touched[milestone.pk])
    known = _Known(wanted, as_of, settings)
    found = []
    for milestone, golive_on in golives:
        units = touched[milestone.pk]
        if not units:
            found.append(Pair(milestone.programme_id, milestone, None, golive_on, None))
        for unit, headcount in units:
            inputs = known.inputs(milestone.programme_id, unit, headcount, golive_on)
            found.append(Pair(milestone.programme_id, milestone, unit, golive_on, inputs))
    return found


def _golives(
    as_of: date, limits: Limits, programme_ids: Collection[int] | None
) -> list[tuple[Milestone, date]]:
    """Go-lives that had not happened, with the date said for them by then."""
    facts = (
        MilestoneForecast.objects.known_by(as_of)
        .filter(milestone__is_golive=True, milestone__deleted_at__isnull=True)
        .filter(milestone__programme__deleted_at__isnull=True)
        .exclude(milestone__programme__stage=Stage.CLOSED)
    )
    if programme_ids is not None:
        facts = facts.filter(milestone__programme_id__in=programme_ids)
    latest = (
        facts.select_related("milestone")
        .order_by("milestone_id", "-effective_on", "-known_at", "-pk")
        .distinct("milestone_id")
    )
    first = as_of - timedelta(weeks=limits.overdue_weeks)
    last = as_of + timedelta(weeks=limits.window_weeks)
    return sorted(
        (
            (fact.milestone, fact.forecast_on)
            for fact in latest
            if fact.actual_on is None and first <= fact.forecast_on <= last
        ),
        key=lambda each: (each[1], each[0].pk),
    )


Touched = dict[int, list[tuple[BusinessUnit, int | None]]]


def units_before(golives: list[tuple[Milestone, date]]) -> Touched:
    """The units of each go-live with their people; all units of the programme where none are named."""
    headcounts: dict[tuple[int, int], int | None] = {}
    of_programme: dict[int, list[BusinessUnit]] = {}
    programmes = {milestone.programme_id for milestone, _on in golives}
    rows = ProgrammeUnit.objects.filter(programme_id__in=programmes).select_related("unit")
    for row in rows.order_by("unit__path"):
        headcounts[row.programme_id, row.unit_id] = row.headcount
        of_programme.setdefault(row.programme_id, []).append(row.unit)
    named: dict[int, list[BusinessUnit]] = {}
    links = MilestoneUnit.objects.filter(milestone_id__in=[each.pk for each, _on in golives])
    for link in links.select_related("unit").order_by("unit__path"):
        named.setdefault(link.milestone_id, []).append(link.unit)
    return {
        milestone.pk: [
            (unit, headcounts.get((milestone.programme_id, unit.pk)) or unit.headcount)
            for unit in named.get(milestone.pk) or of_programme.get(milestone.programme_id, [])
        ]
        for milestone, _on in golives
    }


class _Known:
    """What adoption knew of the wanted units on a day, read once."""

    def __init__(self, wanted: dict[int, set[int]], as_of: date, settings: TenantSettings) -> None:
        self._as_of = as_of
        self._estimates = adoption.estimates(wanted, as_of=as_of)
        self._readings = adoption.readings(dict(wanted.items()), as_of=as_of)
        self._training = adoption.training_for(list(wanted), as_of=as_of)
        self._resistance = adoption.resistance_for(list(wanted), as_of=as_of)
        self._log = set(
            ResistanceSignal.objects.known_by(as_of)
            .filter(programme_id__in=list(wanted))
            .values_list("programme_id", flat=True)
            .distinct()
        )
        measured = usual_engagement(as_of)
        self._usual = measured if measured is not None else float(settings.engagement_target)
        self._usual_is_measured = measured is not None

    def inputs(
        self, programme_id: int, unit: BusinessUnit, headcount: int | None, golive_on: date
    ) -> Inputs:
        return Inputs(
            unit=unit.name,
            as_of=self._as_of,
            golive_on=golive_on,
            headcount=headcount,
            usual=self._usual,
            usual_is_measured=self._usual_is_measured,
            engagement=self._engagement(programme_id, unit.pk),
            training=self._trained(programme_id, unit.pk),
            resistance=self._resisting(programme_id, unit.pk),
            resistance_is_logged=programme_id in self._log,
        )

    def _engagement(self, programme_id: int, unit_id: int) -> Engagement | None:
        estimate = self._estimates[programme_id].get(unit_id)
        reading = self._readings[programme_id].get(unit_id)
        if estimate is None or reading is None or reading.value is None:
            return None
        assert reading.effective_on is not None
        return Engagement(
            value=estimate.value,
            variance=estimate.variance,
            shown=reading.value,
            n=reading.n,
            effective_on=reading.effective_on,
            age_weeks=(self._as_of - reading.effective_on).days / 7,
            wave=reading.wave,
            inherited_from=reading.inherited_from.name if reading.inherited_from else "",
            is_published=reading.is_published,
        )

    def _trained(self, programme_id: int, unit_id: int) -> Training | None:
        known = self._training[programme_id].get(unit_id)
        return Training(known.share, known.planned_share, known.effective_on) if known else None

    def _resisting(self, programme_id: int, unit_id: int) -> Resistance | None:
        known = self._resistance[programme_id].get(unit_id)
        if known is None:
            return None
        return Resistance(
            known.value, known.earlier_value, known.count, known.references, known.latest_on
        )


def usual_engagement(as_of: date) -> float | None:
    """The median of the units' latest released figures; None where too few units have one."""
    means = (
        SurveyResult.objects.released()
        .known_by(as_of)
        .of_living_waves()
        .filter(wave__measure=Measure.ENGAGEMENT, is_rolled_up=False)
        .filter(effective_on__gte=as_of - USUAL_LOOKS_BACK)
        .order_by("unit_id", "-effective_on", "-pk")
        .distinct("unit_id")
        .values_list("mean", flat=True)
    )
    known = [mean for mean in means if mean is not None]
    return statistics.median(known) if len(known) >= FEWEST_UNITS_FOR_USUAL else None


# --- what the rule said --------------------------------------------------------------------------------


def risks() -> Any:
    return GoLiveRisk.objects.select_related("unit", "milestone", "programme", "tenant")


def signals_of(programme: Any, *, as_of: date | None = None) -> list[GoLiveRisk]:
    """The outcomes for one programme, loudest first: those in force now, or on a day. One statement."""
    found = GoLiveRisk.objects.select_related("unit", "milestone").filter(programme=programme)
    found = found.current() if as_of is None else found.in_force_on(as_of)
    risks = list(found.loudest_first())
    for risk in risks:
        risk.programme, risk.tenant = programme, programme.tenant
    return risks


def signals_before(milestone: Milestone) -> Any:
    return risks().filter(milestone=milestone).current().loudest_first()


def history_of(programme: Any, milestone_number: int, unit_code: str) -> list[GoLiveRisk]:
    """Every outcome of a unit before a go-live, newest first."""
    return list(
        risks()
        .filter(programme=programme, milestone__number=milestone_number, unit__code=unit_code)
        .order_by("-as_of", "-computed_at", "-pk")
    )


@dataclass(frozen=True)
class Alert:
    """What people are told: one per unit and cause, at the go-live where it is loudest, then nearest."""

    risk: GoLiveRisk
    key: str
    text: str


def alerts(risks_in_force: Collection[GoLiveRisk]) -> list[Alert]:
    """One alert per unit and cause of signals that are loudest first."""
    told: dict[tuple[int, int | None, str], Alert] = {}
    for risk in risks_in_force:
        for cause in risk.causes:
            key = (risk.programme_id, risk.unit_id, cause["key"])
            told.setdefault(key, Alert(risk, cause["key"], cause["text"]))
    return list(told.values())


# --- what the model said -------------------------------------------------------------------------------


def scores_for(member: Member) -> QuerySet[RiskScore]:
    """The current scores of programmes a member sees, and of their units."""
    scores = RiskScore.objects.filter(is_current=True, programme__deleted_at__isnull=True)
    if not member.sees_all_programmes:
        scores = scores.filter(programme__in=programmes_for(member))
    return scores.select_related("programme__tenant", "unit").defer("raw", "series")


def scores_of(programme: Any) -> list[RiskScore]:
    """The current scores of a programme: its own first, then its units, the loudest first. One statement."""
    found = list(
        RiskScore.objects.filter(programme=programme, is_current=True).select_related("unit")
    )
    for score in found:
        score.programme = programme
    return sorted(found, key=lambda each: (each.unit_id is not None, -each.probability))


def split(scores: Collection[RiskScore]) -> tuple[RiskScore | None, list[RiskScore]]:
    """The score of the whole programme, and those of its units."""
    own = next((each for each in scores if each.unit is None), None)
    return own, [each for each in scores if each.unit is not None]


def score_on(programme: Any, day: date) -> RiskScore | None:
    """The last score of a programme as a whole that was made by a day; none where that is long ago."""
    return (
        RiskScore.objects.filter(programme=programme, unit__isnull=True)
        .filter(as_of__lte=day, as_of__gt=day - SCORE_COUNTS_FOR)
        .order_by("-as_of", "-computed_at", "-pk")
        .first()
    )


def levels_of_all(member: Member) -> dict[str, Any]:
    """How many scores there are, how many are of programmes and of these high or elevated, and as of when. One
    statement."""
    own = Q(unit__isnull=True)
    return scores_for(member).aggregate(
        all=Count("pk"),
        scored=Count("pk", filter=own),
        high=Count("pk", filter=own & Q(level=RiskLevel.HIGH)),
        elevated=Count("pk", filter=own & Q(level=RiskLevel.ELEVATED)),
        as_of=Max("as_of"),
        assumed=Count("pk", filter=Q(stage=ModelStage.PRIOR)),
    )


# --- which items may escalate --------------------------------------------------------------------------


def raid_scores_for(member: Member, programme: Any = None) -> QuerySet[RaidScore]:
    """The current scores of open items a member sees, of all programmes or of one."""
    scores = RaidScore.objects.filter(
        is_current=True, item__deleted_at__isnull=True, item__programme__deleted_at__isnull=True
    )
    if programme is not None:
        scores = scores.filter(item__programme=programme)
    elif not member.sees_all_programmes:
        scores = scores.filter(item__programme__in=programmes_for(member))
    return scores.select_related("item__programme__tenant", "item__tenant", "item__owner")


def raid_score_of(item: Any) -> RaidScore | None:
    """The current score of an item that was read with its programme. One statement."""
    score = RaidScore.objects.filter(item=item, is_current=True).first()
    if score is not None:
        score.item = item
    return score


def raid_levels(scores: QuerySet[RaidScore]) -> dict[str, Any]:
    """How many items are scored and how many stand high or elevated, and as of when. One statement."""
    return scores.order_by().aggregate(
        scored=Count("pk"),
        high=Count("pk", filter=Q(level=RiskLevel.HIGH)),
        elevated=Count("pk", filter=Q(level=RiskLevel.ELEVATED)),
        assumed=Count("pk", filter=Q(stage=ModelStage.PRIOR)),
        as_of=Max("as_of"),
    )


@dataclass(frozen=True)
class SimilarWeek:
    """A week of another programme that was like now. `programme` is None where the member may not see it."""

    programme: Any
    day: date
    came: bool


@dataclass(frozen=True)
class Similar:
    """The weeks most like now, and of how many a crisis came within four weeks."""

    as_of: date
    came: int
    weeks: list[SimilarWeek]


def similar_to(member: Member, programme: Any) -> Similar | None:
    """The evidence beside the score of a programme. Two statements."""
    row = SimilarWeeks.objects.filter(programme=programme).first()
    if row is None:
        return None
    seen = programmes_for(member).in_bulk([each["programme"] for each in row.weeks])
    weeks = [
        SimilarWeek(seen.get(each["programme"]), date.fromisoformat(each["day"]), each["came"])
        for each in row.weeks
    ]
    return Similar(row.as_of, row.came, weeks)


# --- by when milestones are reached ---------------------------------------------------------------------


def outlooks_for(member: Member, programme: Any = None) -> QuerySet[MilestoneOutlook]:
    """The current outlooks of open milestones a member sees, of all programmes or of one."""
    rows = MilestoneOutlook.objects.filter(
        is_current=True,
        milestone__deleted_at__isnull=True,
        milestone__actual_on__isnull=True,
        milestone__programme__deleted_at__isnull=True,
    )
    if programme is not None:
        rows = rows.filter(milestone__programme=programme)
    elif not member.sees_all_programmes:
        rows = rows.filter(milestone__programme__in=programmes_for(member))
    return rows.select_related("milestone__programme__tenant", "milestone__tenant")


def outlook_of(milestone: Any) -> MilestoneOutlook | None:
    """The current outlook of a milestone that was read with its programme. One statement."""
    row = MilestoneOutlook.objects.filter(milestone=milestone, is_current=True).first()
    if row is not None:
        row.milestone = milestone
    return row


def outlook_counts(rows: QuerySet[MilestoneOutlook]) -> dict[str, Any]:
    """How many milestones have an outlook, are likely to miss, are told by assumption; and as of when. One statement."""
    return rows.order_by().aggregate(
        milestones=Count("pk"),
        missed=Count("pk", filter=Q(missed__gte=LIKELY)),
        assumed=Count("pk", filter=Q(stage=ModelStage.PRIOR)),
        as_of=Max("as_of"),
    )


def slip_record() -> SlipRecord | None:
    """What is known of the organisation's own slips. One statement."""
    return SlipRecord.objects.order_by("-as_of", "-pk").first()


# --- whether units will be ready ------------------------------------------------------------------------


def shortfalls_for(member: Member) -> QuerySet[AdoptionShortfall]:
    """What is said of units before go-lives a member sees."""
    rows = AdoptionShortfall.objects.filter(
        is_current=True,
        milestone__deleted_at__isnull=True,
        milestone__actual_on__isnull=True,
        milestone__programme__deleted_at__isnull=True,
    )
    if not member.sees_all_programmes:
        rows = rows.filter(milestone__programme__in=programmes_for(member))
    return rows.select_related("milestone__programme__tenant", "milestone__tenant", "unit")


def shortfalls_before(milestone: Any) -> list[AdoptionShortfall]:
    """What is said of the units before a go-live that was read with its programme. One statement."""
    rows = list(
        AdoptionShortfall.objects.filter(milestone=milestone, is_current=True)
        .select_related("unit")
        .order_by(F("chance").desc(nulls_last=True), "unit__name")
    )
    for row in rows:
        row.milestone = milestone
    return rows


def shortfalls_of_unit(programme: Any, unit: Any) -> list[AdoptionShortfall]:
    """What is said of a unit before the go-lives of a programme, the nearest first. One statement."""
    rows = list(
        AdoptionShortfall.objects.filter(
            milestone__programme=programme,
            milestone__deleted_at__isnull=True,
            milestone__actual_on__isnull=True,
            unit=unit,
            is_current=True,
        )
        .select_related("milestone__tenant", "unit")
        .order_by("golive_on", "pk")
    )
    for row in rows:
        row.milestone.programme = programme
    return rows


def shortfall_counts(rows: QuerySet[AdoptionShortfall]) -> dict[str, Any]:
    """How many units are told of, likely not to be ready, partly unknown, told by assumption; as of when. One statement."""
    return rows.order_by().aggregate(
        units=Count("pk"),
        short=Count("pk", filter=Q(chance__gte=LIKELY_SHORT)),
        unknown=Count("pk", filter=Q(training__isnull=True) | Q(engagement__isnull=True)),
        assumed=Count("pk", filter=Q(stage=ModelStage.PRIOR)),
        as_of=Max("as_of"),
    )


def shortfall_record() -> ShortfallRecord | None:
    """What is known of how the organisation's own units got ready. One statement."""
    return ShortfallRecord.objects.order_by("-as_of", "-pk").first()


# --- models ---------------------------------------------------------------------------------------------


def cards() -> list[ModelCard]:
    """What is in use for every target, and what holds. Four statements."""
    models = {each.target: each for each in RiskModel.objects.filter(status=ModelStatus.CHAMPION)}
    lessons = _last_of_each(Lesson)
    checks = _last_of_each(ModelCheck)
    held = standings()
    return [
        ModelCard(target, models.get(target), lessons.get(target), checks.get(target), held[target])
        for target in Target
    ]


def _last_of_each(model: Any) -> dict[str, Any]:
    """The newest row of every target."""
    rows = model.objects.order_by("target", "-as_of", "-pk").distinct("target")
    return {row.target: row for row in rows}


def card_of(target: Target) -> ModelCard:
    """What is in use for a target, and what holds. Four statements."""
    return ModelCard(
        target,
        RiskModel.objects.filter(target=target, status=ModelStatus.CHAMPION).first(),
        Lesson.objects.filter(target=target).first(),
        ModelCheck.objects.filter(target=target).first(),
        standing_of(target),
    )


def what_holds(target: Target) -> str:
    """For a page of scores: whether they are told by a fall-back or on a corrected level. One statement."""
    return standing_words.short(standing_of(target))


def last_lesson(target: Target) -> Lesson | None:
    """What was learned last about a target; without the long reports of it."""
    return Lesson.objects.filter(target=target).defer("walked", "rates").first()


def record_cards() -> list[RecordCard]:
    """What is told from records, of dates and of readiness. Two statements."""
    return [record_card_of(Forecast.MILESTONE_SLIP), record_card_of(Forecast.ADOPTION_SHORTFALL)]


def record_card_of(forecast: Forecast) -> RecordCard:
    """What is told for a forecast without a model of weights. One statement."""
    record = slip_record() if forecast is Forecast.MILESTONE_SLIP else shortfall_record()
    return RecordCard(forecast, record)


def records_of(forecast: Forecast, count: int = 26) -> list[Any]:
    """The last records of a forecast, the newest first. One statement."""
    made: Any = SlipRecord if forecast is Forecast.MILESTONE_SLIP else ShortfallRecord
    return list(made.objects.order_by("-as_of", "-pk")[:count])


def events_of(target: Target | Forecast, count: int = 30) -> list[ModelEvent]:
    """What happened to the models of a target of late, the newest first."""
    return list(ModelEvent.objects.filter(target=target).select_related("model", "by")[:count])


def models_of(target: Target) -> QuerySet[RiskModel]:
    """Every model that was made for a target, the newest first; without its numbers."""
    return RiskModel.objects.filter(target=target).defer("numbers")


def checks_of(target: Target, count: int = 26) -> list[ModelCheck]:
    """The last weekly checks, oldest first."""
    return list(ModelCheck.objects.filter(target=target)[:count])[::-1]


def touched_since(day: date) -> list[dict[str, Any]]:
    """Of the scores told since a day whose weeks are over, by what people did: how many, the mean risk told, and how
    many came true. One statement."""
    rows = (
        RiskOutcome.objects.filter(as_of__gte=day, programme__deleted_at__isnull=True)
        .order_by()
        .values("touch")
        .annotate(
            rows=Count("pk"), told=Avg("probability"), came=Count("pk", filter=Q(happened=True))
        )
    )
    return [dict(each) for each in rows]


def outcomes_for(member: Member) -> QuerySet[RiskOutcome]:
    """What came of the scores of the programmes a member sees."""
    found = RiskOutcome.objects.filter(programme__deleted_at__isnull=True)
    if not member.sees_all_programmes:
        found = found.filter(programme__in=programmes_for(member))
    return found.select_related("programme__tenant")


def raid_outcomes_for(member: Member) -> QuerySet[RaidOutcome]:
    """What came of the scores of the RAID items a member sees."""
    found = RaidOutcome.objects.filter(
        item__deleted_at__isnull=True, item__programme__deleted_at__isnull=True
    )
    if not member.sees_all_programmes:
        found = found.filter(item__programme__in=programmes_for(member))
    return found.select_related("item__programme__tenant", "item__tenant")
