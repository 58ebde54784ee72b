"""Whether units will be ready two weeks before their go-lives, read as known on a day; and what came of it before.

Only jobs and commands import this module: it needs numpy. The number of statements is the same for any number of units.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from adoption import engagement
from adoption import selectors as adoption
from adoption.choices import Measure
from adoption.models import SurveyResult, TrainingProgress
from pmo_portal.common import clock
from pmo_portal.tenants.context import current_tenant_id
from pmo_portal.tenants.selectors import thresholds
from programmes.choices import Stage
from programmes.models import Milestone, MilestoneForecast, Programme

from . import records, selectors, weeks
from .choices import Forecast
from .choices import Stage as ModelStage
from .learning import shortfall, shortfall_band
from .learning.coverage import Judged
from .learning.shortfall import Case, Engagement, Spreads, Told, Training
from .models import AdoptionShortfall, ShortfallRecord
from .rule import DEFAULT_LIMITS
from .versions import table_of

BEFORE = timedelta(days=shortfall.DAYS_BEFORE)
# Go-lives are told of from so long before the day that counts: earlier, training has hardly begun anywhere.
TOLD_FROM = timedelta(weeks=12)
# What is older than this says nothing of a day any more.
OLDEST = timedelta(weeks=DEFAULT_LIMITS.oldest_survey_weeks)
OVERDUE = timedelta(weeks=DEFAULT_LIMITS.overdue_weeks)
# The pace is that of the last weeks: from the oldest word within so many days before the latest, at least a week apart.
PACE_OVER, PACE_LEAST = 42, 7
# Ended cases are looked back at from so many days before the day that counted.
LOOKED_BACK = (28, 56)
ENDED_SINCE = timedelta(days=3 * 365)
HELD_OVER = timedelta(weeks=26)
# A record is made anew every so often.
MADE_EVERY = timedelta(weeks=4)
BATCH = 1000


_GOLIVES = f"""
SELECT m.id, coalesce(f.actual_on, f.forecast_on), f.actual_on IS NOT NULL, p.stage = '{Stage.CLOSED}'
FROM {table_of(Milestone)} m
JOIN {table_of(Programme)} p ON p.id = m.programme_id AND p.deleted_at IS NULL
CROSS JOIN LATERAL (
    SELECT f.forecast_on, f.actual_on FROM {table_of(MilestoneForecast)} f
    WHERE f.milestone_id = m.id AND f.effective_on <= %(as_of)s AND f.known_at <= %(until)s
    ORDER BY f.effective_on DESC, f.known_at DESC, f.id DESC LIMIT 1
) f
WHERE m.is_golive AND m.deleted_at IS NULL
ORDER BY m.id"""

# The latest word on training of a unit on a day, and an earlier one to tell the pace from.
_TRAINING = f"""
SELECT at.programme, at.unit, at.day, now.required, now.completed, now.planned_share, now.effective_on,
       earlier.completed::float8 / earlier.required, now.effective_on - earlier.effective_on
FROM unnest(%(programmes)s::bigint[], %(units)s::bigint[], %(days)s::date[], %(until)s::timestamptz[])
    AS at(programme, unit, day, until)
CROSS JOIN LATERAL (
    SELECT required, completed, planned_share, effective_on FROM {table_of(TrainingProgress)} t
    WHERE t.programme_id = at.programme AND t.unit_id = at.unit
      AND t.effective_on <= at.day AND t.effective_on > at.day - {OLDEST.days} AND t.known_at <= at.until
      AND (t.withdrawn_at IS NULL OR t.withdrawn_at > at.until)
    ORDER BY t.effective_on DESC, t.known_at DESC, t.id DESC LIMIT 1
) now
LEFT JOIN LATERAL (
    SELECT required, completed, effective_on FROM {table_of(TrainingProgress)} t
    WHERE t.programme_id = at.programme AND t.unit_id = at.unit AND t.known_at <= at.until
      AND (t.withdrawn_at IS NULL OR t.withdrawn_at > at.until)
      AND t.effective_on <= now.effective_on - {PACE_LEAST}
      AND t.effective_on >= now.effective_on - {PACE_OVER}
    ORDER BY t.effective_on, t.known_at DESC, t.id DESC LIMIT 1
) earlier ON true"""

# A programme, a unit and a day.
Place = tuple[int, int, date]


@dataclass(frozen=True)
class Pair:
    """A unit before a go-live, and the day of the go-live as it was known."""

    milestone: Milestone
    unit_id: int
    golive_on: date

    @property
    def counted_on(self) -> date:
        return self.golive_on - BEFORE


@dataclass(frozen=True)
class Trained:
    known: Training
    planned: float | None
    on: date


@dataclass(frozen=True)
class Engaged:
    """The filtered engagement on a day; the last figure shown, its day, and of which unit it is where not of its own."""

    estimate: engagement.Estimate
    mean: float
    shown: float
    on: date
    of: str


def pairs(as_of: date, *, ended: bool) -> list[Pair]:
    """Units before go-lives that come, or at those that have passed, as known on a day. Units of so few people that a
    chance would speak of single ones are left out. Four statements.
    """
    with connection.cursor() as cursor:
        cursor.execute(_GOLIVES, {"as_of": as_of, "until": clock.end_of(as_of)})
        rows = cursor.fetchall()
    if ended:
        wanted = {pk: on for pk, on, _is, _closed in rows if as_of - ENDED_SINCE < on <= as_of}
    else:
        wanted = {
            pk: on
            for pk, on, is_reached, is_closed in rows
            if not is_reached
            and not is_closed
            and as_of - OVERDUE <= on <= as_of + BEFORE + TOLD_FROM
        }
    milestones = Milestone.objects.in_bulk(list(wanted))
    golives = [(milestones[pk], on) for pk, on in wanted.items() if pk in milestones]
    touched = selectors.units_before(golives)
    return [
        Pair(milestone, unit.pk, on)
        for milestone, on in golives
        for unit, headcount in touched[milestone.pk]
        if headcount is None or headcount >= DEFAULT_LIMITS.smallest_unit
    ]


class Known:
    """What was known of training and engagement at some places, by the end of their days. Three statements.

    `looking_back`: of these places what is known at `until`; late entries and corrections count. One statement more.
    """

    def __init__(
        self, places: Collection[Place], until: date, *, looking_back: Collection[Place] = ()
    ) -> None:
        self._until = clock.end_of(until)
        self._trained = _training(places, None)
        self._looking_back = _training(looking_back, self._until) if looking_back else {}
        self._tree = adoption.Tree()
        self._waves: dict[
            tuple[int | None, int], list[tuple[date, datetime, float, int | None]]
        ] = {}
        self._entered: dict[int, list[tuple[date, datetime, float]]] = {}
        rows = (
            SurveyResult.objects.released()
            .known_by(until)
            .of_living_waves()
            .filter(wave__measure=Measure.ENGAGEMENT)
            .order_by("effective_on", "pk")
            .values_list("wave__programme_id", "unit_id", "effective_on", "known_at", "mean", "n", "is_rolled_up")
        )  # fmt: skip
        for programme, unit, on, known_at, mean, n, is_rolled_up in rows:
            self._waves.setdefault((programme, unit), []).append((on, known_at, mean, n))
            if not is_rolled_up:
                self._entered.setdefault(unit, []).append((on, known_at, mean))
        self._means: dict[tuple[date, datetime], float] = {}

    def trained(self, place: Place, *, looking_back: bool = False) -> Trained | None:
        return (self._looking_back if looking_back else self._trained).get(place)

    def engaged(self, place: Place, *, looking_back: bool = False) -> Engaged | None:
        """As `adoption.selectors.estimates`, of any day: a hidden unit takes the nearest above."""
        programme, unit, day = place
        until = self._until if looking_back else clock.end_of(day)
        for node in self._tree.upwards(unit):
            series = [*self._waves.get((programme, node.pk), ()), *self._waves.get((None, node.pk), ())]  # fmt: skip
            known = [each for each in series if each[0] <= day and each[1] <= until]
            if not known:
                continue
            last = max(known, key=lambda each: each[0])
            if last[0] <= day - OLDEST:
                return None
            mean = self._mean(day, until)
            found = engagement.estimate(
                (engagement.Wave(on, value, n) for on, _known, value, n in known), on=day, mean=mean
            )
            assert found is not None
            return Engaged(found, mean, last[2], last[0], "" if node.pk == unit else node.name)
        return None

    def _mean(self, day: date, until: datetime) -> float:
        if (day, until) not in self._means:
            latest = []
            for series in self._entered.values():
                for on, known_at, mean in reversed(series):
                    if on <= day and known_at <= until:
                        latest.append(mean)
                        break
            self._means[day, until] = (
                sum(latest) / len(latest) if latest else engagement.DEFAULT_MEAN
            )
        return self._means[day, until]


def _training(places: Collection[Place], until: datetime | None) -> dict[Place, Trained]:
    wanted = sorted(set(places))
    with connection.cursor() as cursor:
        cursor.execute(
            _TRAINING,
            {
                "programmes": [programme for programme, _unit, _day in wanted],
                "units": [unit for _programme, unit, _day in wanted],
                "days": [day for _programme, _unit, day in wanted],
                "until": [until or clock.end_of(day) for _programme, _unit, day in wanted],
            },
        )
        rows = cursor.fetchall()
    found = {}
    for programme, unit, day, required, completed, planned, on, before, apart in rows:
        share = completed / required
        pace = None if before is None else (share - before) / (apart / 7)
        found[programme, unit, day] = Trained(Training(share, required, pace), planned, on)
    return found


def _weeks(start: date, end: date) -> float:
    return max(0, (end - start).days) / 7


def _ahead(known: Engaged | None, weeks: float) -> Engagement | None:
    if known is None:
        return None
    then = engagement.run_on(known.estimate, weeks, mean=known.mean)
    return Engagement(then.value, then.variance)


# --- what came ---------------------------------------------------------------------------------------------


def history(as_of: date) -> list[Case]:
    """Every unit at a go-live that has passed, some weeks before the day that counted, with what came, as known on a day."""
    found = pairs(as_of, ended=True)
    threshold = float(thresholds().engagement_floor)

    def place(pair: Pair, days: int) -> Place:
        return pair.milestone.programme_id, pair.unit_id, pair.counted_on - timedelta(days=days)

    known = Known(
        {place(pair, days) for pair in found for days in LOOKED_BACK},
        as_of,
        looking_back={place(pair, 0) for pair in found},
    )
    cases = []
    for pair in found:
        then = place(pair, 0)
        trained = known.trained(then, looking_back=True)
        engaged = known.engaged(then, looking_back=True)
        for days in LOOKED_BACK:
            said = place(pair, days)
            before = known.trained(said)
            cases.append(
                Case(
                    key=(pair.unit_id, pair.milestone.pk),
                    weeks=days / 7,
                    said=said[2].toordinal(),
                    counted=pair.golive_on.toordinal(),
                    training=before.known if before else None,
                    engagement=_ahead(known.engaged(said), days / 7),
                    came_share=trained.known.share if trained else None,
                    came_engagement=engaged.estimate.value if engaged else None,
                    threshold=threshold,
                )
            )
    return cases


def learn(as_of: date, *, at: datetime) -> ShortfallRecord | None:
    """The organisation's own spreads on a day, and what the tellings of the last half year were worth; None without a
    go-live that has passed. Nothing is written.
    """
    cases = history(as_of)
    if not cases:
        return None
    own, came = shortfall.learn(cases), shortfall.decided(cases)
    since = (as_of - HELD_OVER).toordinal()
    # Told by what had ended before, so that nothing is told by itself.
    before = shortfall.learn([each for each in cases if each.counted <= since])
    later = [each for each in cases if each.said > since]
    last = ShortfallRecord.objects.filter(as_of__lt=as_of).order_by("-as_of", "-pk").first()
    judged = Judged(
        own=shortfall.judged(later, before or assumed()),
        shipped=shortfall.judged(later, assumed()),
        has_own=before is not None,
        was_back=last is not None and last.fallen_back,
    )
    return ShortfallRecord(
        as_of=as_of,
        own=own.as_dict() if own else {},
        cases=len(came),
        short=sum(came.values()),
        worth=shortfall_band.worth(cases, own) if own else 0.0,
        held={
            **shortfall.compared(later, before or assumed()),
            "both": shortfall.together(cases, own or assumed()),
            "judged": judged.as_dict(),
        },
        fallen_back=judged.falls_back,
        computed_at=at,
    )


def is_due(as_of: date, *, is_asked: bool) -> bool:
    """Every four weeks, or when somebody asks, once a day at most."""
    last = ShortfallRecord.objects.order_by("-as_of").values_list("as_of", flat=True).first()
    if last is None or is_asked:
        return last != as_of
    return as_of - last >= MADE_EVERY


@transaction.atomic
def keep_record(record: ShortfallRecord) -> None:
    """Keep what was learned on a day, and note what follows from it; of one day there is one."""
    records.keep(record, Forecast.ADOPTION_SHORTFALL)


# --- what is told ------------------------------------------------------------------------------------------


def assumed() -> Spreads:
    return Spreads.from_dict(shortfall.shipped()["spreads"])


def in_use(record: ShortfallRecord | None) -> dict[str, Any]:
    """The own spreads readiness is told by; none where the shipped ones are told."""
    return {} if record is None or record.fallen_back else record.own


@dataclass(frozen=True)
class _Telling:
    """By what is told: spreads, what the cases behind them are worth, and from when on engagement is off track."""

    spreads: Spreads
    worth: float
    threshold: float

    def told(self, trained: Trained | None, ahead: Engagement | None, weeks: float) -> Told:
        return shortfall.tell(
            self.spreads,
            weeks=weeks,
            training=trained.known if trained else None,
            engagement=ahead,
            threshold=self.threshold,
        )


def compute(*, as_of: date, at: datetime) -> list[AdoptionShortfall]:
    """What is said of every unit before a go-live that comes, and by the same spreads of the weeks before. Nothing is
    written.
    """
    record = ShortfallRecord.objects.filter(as_of__lte=as_of).order_by("-as_of", "-pk").first()
    own = in_use(record)
    by = _Telling(
        Spreads.from_dict(own) if own else assumed(),
        record.worth if own and record else shortfall_band.ASSUMED_WORTH,
        float(thresholds().engagement_floor),
    )
    found = {day: pairs(day, ended=False) for day in (*weeks.of_trend(as_of), as_of)}
    known = Known(
        {(each.milestone.programme_id, each.unit_id, day) for day in found for each in found[day]},
        as_of,
    )
    earlier: dict[tuple[int, int], dict[date, Told]] = defaultdict(dict)
    for day, then in found.items():
        for pair in then:
            place = (pair.milestone.programme_id, pair.unit_id, day)
            left = _weeks(day, pair.counted_on)
            told = by.told(known.trained(place), _ahead(known.engaged(place), left), left)
            earlier[pair.milestone.pk, pair.unit_id][day] = told
    made = []
    for pair in found[as_of]:
        place = (pair.milestone.programme_id, pair.unit_id, as_of)
        row = _told(pair, known.trained(place), known.engaged(place), by, as_of)
        row.own = by.spreads.cases if own else 0
        row.stage = ModelStage.OWN if own else ModelStage.PRIOR
        row.model = shortfall.digest(own)
        row.model_version = shortfall.shipped()["about"]["version"]
        row.computed_at = at
        points = _points(earlier[pair.milestone.pk, pair.unit_id], as_of)
        row.series, row.direction = weeks.as_series(points), weeks.direction_of(points)
        made.append(row)
    return made


def _points(told: Mapping[date, Told], as_of: date) -> list[weeks.Point]:
    """The chances of weeks of which the same parts were known as are now: a part that becomes known is no change."""
    now = told[as_of]
    return [
        (day, each.chance)
        for day, each in sorted(told.items())
        if each.chance is not None
        and (each.training is None) == (now.training is None)
        and (each.engagement is None) == (now.engagement is None)
    ]


def _told(
    pair: Pair, trained: Trained | None, engaged: Engaged | None, by: _Telling, as_of: date
) -> AdoptionShortfall:
    left = _weeks(as_of, pair.counted_on)
    ahead = _ahead(engaged, left)
    told = by.told(trained, ahead, left)
    low, high = shortfall_band.band(told, by.worth) or (None, None)
    facts: dict[str, Any] = {"counted_on": pair.counted_on.isoformat(), "threshold": by.threshold}
    if trained is not None:
        expected = by.spreads.reached(trained.known, left)
        facts |= {
            "share": round(trained.known.share, 4),
            "required": trained.known.required,
            "planned": trained.planned,
            "pace": None if trained.known.pace is None else round(trained.known.pace, 4),
            "share_expected": round(min(1.0, expected), 4),
            "training_on": trained.on.isoformat(),
        }
    if engaged is not None and ahead is not None:
        facts |= {
            "shown": round(engaged.shown, 1),
            "engagement_of": engaged.of,
            "engagement_expected": round(ahead.value, 1),
            "engagement_on": engaged.on.isoformat(),
        }
    missing = [
        name for name, part in (("training", trained), ("engagement", engaged)) if part is None
    ]
    return AdoptionShortfall(
        milestone=pair.milestone,
        unit_id=pair.unit_id,
        as_of=as_of,
        golive_on=pair.golive_on,
        chance=told.chance,
        low=low,
        high=high,
        training=told.training,
        engagement=told.engagement,
        level=shortfall.level(told, by.spreads.base),
        facts=facts,
        missing=missing,
        base=by.spreads.base,
    )


_GOES_ON = ("as_of", "series", "direction")
_SAME = ("golive_on", "level", "facts", "missing", "own", "model", "model_version")


@transaction.atomic
def keep(rows: Sequence[AdoptionShortfall], *, as_of: date) -> Mapping[str, int]:
    """Write what changed; what did not is known to hold on a later day, and what is over has none any more."""
    tenant_id = current_tenant_id()
    current = {
        (row.milestone_id, row.unit_id): row
        for row in AdoptionShortfall.objects.filter(is_current=True).select_for_update(of=("self",))
    }
    fresh: list[AdoptionShortfall] = []
    over: list[int] = []
    same: list[AdoptionShortfall] = []
    for made in rows:
        before = current.pop((made.milestone_id, made.unit_id), None)
        if before is not None:
            if _values(before) == _values(made):
                if before.as_of < as_of:
                    before.as_of = as_of
                    before.series, before.direction = made.series, made.direction
                    same.append(before)
                continue
            over.append(before.pk)
        made.tenant_id = tenant_id
        fresh.append(made)
    over += [row.pk for row in current.values()]
    AdoptionShortfall.objects.filter(pk__in=over).update(is_current=False, series=[])
    AdoptionShortfall.objects.bulk_update(same, _GOES_ON, batch_size=BATCH)
    AdoptionShortfall.objects.bulk_create(fresh, batch_size=BATCH)
    return {"units_told": len(rows), "units_written": len(fresh)}


def _values(row: AdoptionShortfall) -> tuple[Any, ...]:
    chances = (row.chance, row.low, row.high, row.training, row.engagement)
    return (
        *(getattr(row, name) for name in _SAME),
        *(None if each is None else round(each, 6) for each in chances),
    )
