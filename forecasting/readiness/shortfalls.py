"""Whether units will be ready two weeks before their go-lives, told of every night; and what came of it before.

Only jobs and commands import this module: it needs numpy. The number of statements is the same for any number of units.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from pmo_portal.tenants import bulk
from pmo_portal.tenants.selectors import thresholds

from .. import records
from ..choices import Forecast, Stage as ModelStage
from ..crises import weeks_before
from ..learning import readiness as shortfall
from ..learning.judging.coverage import Judged
from ..learning.readiness import (
    Case,
    Engagement,
    Spreads,
    ToldReadiness,
    band as shortfall_band,
    parts as shortfall_parts,
)
from ..models import AdoptionShortfall, ShortfallRecord
from .inputs import Known, Pair, Place, ahead, pairs, unasked, weeks_between

# Ended cases are looked back at from so many days before the day that counted.
LOOKED_BACK = (28, 56)
# What was told is compared with what came over so long.
HELD_OVER = timedelta(weeks=26)
# A record is made anew every so often.
MADE_EVERY = timedelta(weeks=4)
BATCH = 1000


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
                    engagement=ahead(known.engaged(said), days / 7),
                    came_share=trained.known.share if trained else None,
                    came_engagement=engaged.estimate.value if engaged else None,
                    threshold=threshold,
                )
            )
    return cases


def learn_readiness(as_of: date, *, at: datetime) -> ShortfallRecord | None:
    """The organisation's own spreads on a day, and what the tellings of the last half year were worth; None without a
    go-live that has passed. Nothing is written.
    """
    cases = history(as_of)
    if not cases:
        return None
    own, came = shortfall.learn_spreads(cases), shortfall.decided(cases)
    since = (as_of - HELD_OVER).toordinal()
    # Told by what had ended before, so that nothing is told by itself.
    before = shortfall.learn_spreads([each for each in cases if each.counted <= since])
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
    records.keep_and_note(record, Forecast.ADOPTION_SHORTFALL)


# --- what is told ------------------------------------------------------------------------------------------


def assumed() -> Spreads:
    """The shipped spreads."""
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

    def of(self, pair: Pair, known: Known, day: date) -> tuple[ToldReadiness, Engagement | None]:
        """What is said of a unit on a day, and its engagement run on to the day that counts."""
        left = weeks_between(day, pair.counted_on)
        trained, engaged = known.trained(pair.on(day)), ahead(known.engaged(pair.on(day)), left)
        told = shortfall.tell(
            self.spreads,
            weeks=left,
            training=trained.known if trained else None,
            engagement=engaged,
            threshold=self.threshold,
        )
        return told, engaged


def compute_readiness(*, as_of: date, at: datetime) -> list[AdoptionShortfall]:
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
    found = pairs(as_of, ended=False)
    known = Known({pair.on(as_of) for pair in found}, as_of)
    made = []
    for pair in found:
        row = _told(pair, known, by, as_of)
        row.own = by.spreads.cases if own else 0
        row.stage = ModelStage.OWN if own else ModelStage.PRIOR
        row.model = shortfall.digest(own)
        row.model_version = shortfall.shipped()["about"]["version"]
        row.computed_at = at
        made.append(row)
    _add_weeks_before(made, by, as_of)
    return made


def _add_weeks_before(rows: Sequence[AdoptionShortfall], by: _Telling, as_of: date) -> None:
    """What the same spreads say of earlier Mondays, as known then, with the go-live as it was planned then.

    It is carried from row to row; told anew where the spreads are others, or other parts are known: that a part becomes known is no
    change of the chance.
    """
    days = weeks_before.of_trend(as_of)
    kept = {
        (row.milestone_id, row.unit_id, row.model, *row.missing): row.series
        for row in AdoptionShortfall.objects.filter(is_current=True)
    }
    earlier = {
        (row.milestone_id, row.unit_id): weeks_before.carried(
            kept.get((row.milestone_id, row.unit_id, row.model, *row.missing), ()), days
        )
        for row in rows
    }
    lacking = {key for key, told in earlier.items() if len(told) < len(days)}
    asked = [day for day in days if any(day not in earlier[key] for key in lacking)]
    then = {day: [pair for pair in pairs(day, ended=False) if pair.key in lacking] for day in asked}
    known = Known({pair.on(day) for day, found in then.items() for pair in found}, as_of)
    told = {
        (pair.key, day): by.of(pair, known, day)[0] for day, found in then.items() for pair in found
    }
    for row in rows:
        key = row.milestone_id, row.unit_id
        for day in asked:
            was = told.get((key, day))
            alike = was is not None and was.missing == row.missing
            earlier[key].setdefault(day, was.chance if was and alike else None)
        over_weeks = {**earlier[key], as_of: row.chance}
        row.series = weeks_before.as_series(over_weeks)
        row.direction = weeks_before.direction_of(over_weeks)


def _told(pair: Pair, known: Known, by: _Telling, as_of: date) -> AdoptionShortfall:
    trained, engaged = known.trained(pair.on(as_of)), known.engaged(pair.on(as_of))
    told, then = by.of(pair, known, as_of)
    low, high = shortfall_band.band(told, by.worth) or (None, None)
    facts: dict[str, Any] = {"counted_on": pair.counted_on.isoformat(), "threshold": by.threshold}
    left = weeks_between(as_of, pair.counted_on)
    parts = shortfall_parts.parts(
        by.spreads,
        weeks=left,
        training=trained.known if trained else None,
        engagement=then,
        usual=unasked(engaged),
        threshold=by.threshold,
    )
    if trained is not None:
        expected = by.spreads.reached(trained.known, left)
        facts |= {
            "needed": round(shortfall_parts.needed(by.spreads, left), 4),
            "pace_usual": round(by.spreads.usual_pace(trained.known.share), 4),
            "share": round(trained.known.share, 4),
            "required": trained.known.required,
            "planned": trained.planned,
            "pace": None if trained.known.pace is None else round(trained.known.pace, 4),
            "share_expected": round(min(1.0, expected), 4),
            "training_on": trained.on.isoformat(),
        }
    if engaged is not None and then is not None:
        facts |= {
            "shown": round(engaged.shown, 1),
            "answers": engaged.answers,
            "usual": round(engaged.usual, 1),
            "usual_is_assumed": engaged.is_usual_assumed,
            "engagement_of": engaged.of,
            "engagement_expected": round(then.value, 1),
            "engagement_on": engaged.on.isoformat(),
        }
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
        start=parts.start if parts else None,
        terms=[{"name": name, "share": share} for name, share in parts.added.items()]
        if parts
        else [],
        missing=told.missing,
        base=by.spreads.base,
    )


_GOES_ON = ("as_of", "series", "direction")
_SAME = ("golive_on", "level", "facts", "missing", "own", "model", "model_version")


@transaction.atomic
def keep_readiness(rows: Sequence[AdoptionShortfall], *, as_of: date) -> Mapping[str, int]:
    """Write what changed; what did not is known to hold on a later day, and what is over has none any more."""
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
                if before.as_of < as_of or before.direction != made.direction:
                    before.as_of = as_of
                    before.series, before.direction = made.series, made.direction
                    same.append(before)
                continue
            over.append(before.pk)
        fresh.append(made)
    over += [row.pk for row in current.values()]
    AdoptionShortfall.objects.filter(pk__in=over).update(is_current=False, series=[])
    AdoptionShortfall.objects.bulk_update(same, _GOES_ON, batch_size=BATCH)
    bulk.insert(AdoptionShortfall, fresh)
    return {"units_told": len(rows), "units_written": len(fresh)}


def _values(row: AdoptionShortfall) -> tuple[Any, ...]:
    chances = (
        *(row.chance, row.low, row.high, row.training, row.engagement, row.start),
        *(term["share"] for term in row.terms),
    )
    return (
        *(getattr(row, name) for name in _SAME),
        *(None if each is None else round(each, 6) for each in chances),
    )
