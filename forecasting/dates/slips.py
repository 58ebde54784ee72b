"""What came of words on dates, read from the plan's own history; and the outlook of every open milestone.

Only jobs and commands import this module: it needs numpy.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection, transaction

from pmo_portal.common import clock
from pmo_portal.tenants import bulk
from programmes.choices import Stage
from programmes.models import Milestone, MilestoneForecast, Programme

from .. import records
from ..choices import Forecast, Stage as ModelStage
from ..learning.dates import band as slip_band, parts as slip_parts, slips, steps as slip_steps
from ..learning.dates.slips import Reference, Slips, ToldDate
from ..learning.dates.steps import Class
from ..learning.features import CRISIS
from ..learning.judging import coverage
from ..learning.judging.coverage import Held, Judged
from ..models import MilestoneOutlook, RiskSnapshot, SlipRecord
from ..raid import outcomes as raid_outcomes
from ..versions import EVER, edited_after, stood, table_of
from . import weeks as slip_weeks
from .weeks import Before

# The words that are looked back at: those in force so many days before the baseline.
LOOKED_BACK = (14, 56, 126)
# How well the ranges held is looked at over so long.
RECORD_OVER = timedelta(weeks=26)
# A record is made anew every so often.
MADE_EVERY = timedelta(weeks=4)
# From so many milestones of a kind on, the stage is the organisation's own.
OWN_SHARE = 0.5
_AT_UNTIL = "{0}.since <= %(until)s AND %(until)s < {0}.before"


# The word in force on some days before each baseline, by the baseline that was in force on that day; how its programme
# ran then, and when it was reached, as it is known at `until`. A date that was moved in the plan itself is thus looked
# back at before each baseline it had. Of what was removed by then nothing is said.
_SAID = f"""
SELECT m.id, m.programme_id, word.day, word.forecast_on, ended.actual_on, snapshot.spi, p.stage = '{Stage.CLOSED}'
FROM {stood(Milestone, "programme", "baseline_on")} m
CROSS JOIN unnest(%(ahead)s::int[]) AS ahead
CROSS JOIN LATERAL (
    SELECT m.baseline_on - ahead AS day, (m.baseline_on - ahead + 1)::timestamp AT TIME ZONE %(zone)s AS over
) said
JOIN {stood(Milestone, "number")} still ON still.id = m.id AND {_AT_UNTIL.format("still")}
JOIN {stood(Programme, "stage")} p ON p.id = m.programme_id AND {_AT_UNTIL.format("p")}
CROSS JOIN LATERAL (
    SELECT said.day, f.forecast_on, f.actual_on
    FROM {table_of(MilestoneForecast)} f
    WHERE f.milestone_id = m.id AND f.effective_on <= said.day AND f.known_at < said.over
    ORDER BY f.effective_on DESC, f.known_at DESC, f.id DESC LIMIT 1
) word
LEFT JOIN LATERAL (
    SELECT f.actual_on FROM {table_of(MilestoneForecast)} f
    WHERE f.milestone_id = m.id AND f.effective_on <= %(as_of)s AND f.known_at <= %(until)s
    ORDER BY f.effective_on DESC, f.known_at DESC, f.id DESC LIMIT 1
) ended ON true
LEFT JOIN LATERAL (
    SELECT s.raw[{CRISIS.names.index("spi_s") + 1}] AS spi FROM {table_of(RiskSnapshot)} s
    WHERE s.programme_id = m.programme_id AND s.unit_id IS NULL AND s.feature_set = '{CRISIS.version}'
      AND s.as_of <= word.day AND s.as_of > word.day - 14
    ORDER BY s.as_of DESC LIMIT 1
) snapshot ON true
WHERE said.day <= %(as_of)s AND m.since < said.over AND said.over <= m.before AND word.actual_on IS NULL
ORDER BY m.id, word.day"""


@dataclass(frozen=True)
class History:
    """Words and what came of them; for each until when it was watched, in days after its date, and of which programme it is."""

    slips: Slips
    seen: npt.NDArray[Any]
    programme: npt.NDArray[Any]


def history(as_of: date) -> History:
    """What was said of milestones, and what came of it, as known on a day. A constant number of statements.

    What a closed programme never reached, or one whose tool stopped to report, is watched no longer than that.
    """
    watched = raid_outcomes.watched_until(as_of)
    with connection.cursor() as cursor:
        cursor.execute(
            _SAID,
            {
                "ahead": list(LOOKED_BACK),
                "as_of": as_of,
                "until": clock.end_of(as_of),
                # Every day of the past is looked back at.
                **edited_after(EVER),
                "zone": str(clock.end_of(as_of).tzinfo),
            },
        )
        rows = cursor.fetchall()
    kept: list[tuple[Any, ...]] = []
    for milestone, programme, said, planned, actual, schedule, closed in rows:
        seen = min(as_of, watched.get(programme, as_of))
        late = ((actual or seen) - planned).days
        # Nothing can be said of what nobody went on to watch after the word.
        if actual is None and (closed or seen <= said):
            continue
        kept.append(
            (late, actual is not None, (planned - said).days, np.nan if schedule is None else schedule,
             milestone, said.toordinal(), (seen - planned).days, programme)
        )  # fmt: skip
    columns = [np.array(column) for column in zip(*kept, strict=True)] or [np.empty(0)] * 8
    days, reached, ahead, spi, milestone, day, until, of = columns
    made = Slips(
        days, reached.astype(bool), ahead, spi.astype(float), milestone.astype(int), day.astype(int)
    )
    return History(made, until, of)


def reference(own: Mapping[str, Any]) -> Reference:
    return Reference.from_dicts(slips.shipped(), own)


def learn_slips(as_of: date, *, at: datetime) -> SlipRecord | None:
    """The organisation's own curves on a day, and how the ranges of the last half year held; None without a milestone
    to learn from. Nothing is written.
    """
    now = history(as_of)
    if not len(now.slips):
        return None
    own = slips.as_dict(slips.curves(now.slips))
    last = SlipRecord.objects.filter(as_of__lt=as_of).order_by("-as_of", "-pk").first()
    found, judged = held(as_of, now, was_back=last is not None and last.fallen_back)
    return SlipRecord(
        as_of=as_of,
        own=own,
        milestones=len(np.unique(now.slips.milestone)),
        design_effect=slip_band.alike(now.slips, seen=now.seen, programme=now.programme),
        held={**found, "judged": judged.as_dict()},
        fallen_back=judged.falls_back,
        digest=slips.digest(own),
        computed_at=at,
    )


def is_due(as_of: date, *, is_asked: bool) -> bool:
    """Whether the record is made anew: every four weeks, or when somebody asks, once a day at most."""
    last = SlipRecord.objects.order_by("-as_of").values_list("as_of", flat=True).first()
    if last is None or is_asked:
        return last != as_of
    return as_of - last >= MADE_EVERY


@transaction.atomic
def keep_record(record: SlipRecord) -> None:
    """Keep what was learned on a day, and note what follows from it; of one day there is one."""
    records.keep_and_note(record, Forecast.MILESTONE_SLIP)


def held(as_of: date, now: History, *, was_back: bool) -> tuple[dict[str, Any], Judged]:
    """What the ranges of the last half year were worth, told by what was known before it began.

    Args:
        was_back: whether the shipped curves were told until now.
    """
    since = as_of - RECORD_OVER
    before = history(since).slips
    reference_then = reference(slips.as_dict(slips.curves(before)) if len(before) else {})
    wanted = now.slips.said >= since.toordinal()
    # A date that still lies ahead decides nothing.
    wanted &= now.slips.reached | (now.seen > 0)
    rows, seen, programme = now.slips.only(wanted), now.seen[wanted], now.programme[wanted]
    told = _tell(reference_then, rows)
    judged = Judged(
        own=_kept(told, rows, seen, programme),
        shipped=_kept(_tell(reference({}), rows), rows, seen, programme),
        has_own=len(before) > 0,
        was_back=was_back,
    )
    return slips.coverage(told, rows, seen=seen), judged


def _tell(used: Reference, rows: Slips) -> list[ToldDate]:
    return [
        used.tell(ahead=ahead, schedule=schedule, baseline=0)
        for ahead, schedule in zip(rows.ahead.tolist(), rows.schedule.tolist(), strict=True)
    ]


def _kept(
    told: Sequence[ToldDate], rows: Slips, seen: npt.NDArray[Any], programme: npt.NDArray[Any]
) -> Held:
    """In how many milestones P80 was kept, by the first word on each of which it is decided."""
    at = slips.QUANTILES.index(coverage.P80)
    days = [each.quantiles[at] for each in told]
    by = np.array([np.inf if day is None else day for day in days], dtype=float)
    decided = np.flatnonzero(seen >= by)
    decided = decided[coverage.one_of_each(rows.milestone[decided])]
    kept = rows.reached[decided] & (rows.days[decided] <= by[decided])
    return coverage.held(
        kept, np.full(len(kept), coverage.P80), programme[decided], allowed=coverage.P80_ALLOWED
    )


def in_use(record: SlipRecord | None) -> dict[str, Any]:
    """The own curves dates are told by; none where the shipped ones are told alone."""
    return {} if record is None or record.fallen_back else record.own


def stage_of(weight: float) -> str:
    """What a range rests on."""
    if weight == 0:
        return ModelStage.PRIOR
    return ModelStage.OWN if weight >= OWN_SHARE else ModelStage.RECALIBRATED


@dataclass
class Outlooks:
    """The outlooks of open milestones on a day; `before` is what the same curves say of the weeks before."""

    rows: list[MilestoneOutlook]
    before: Before

    def whole(self) -> list[MilestoneOutlook]:
        """With the weeks before, every day of which was looked at."""
        self.before.add_to(self.rows)
        return self.rows


def compute_outlooks(
    *, as_of: date, at: datetime, schedules: Mapping[int, float]
) -> list[MilestoneOutlook]:
    """The outlook of every open milestone of programmes under way, and by the same curves of the weeks before, all at
    once. Nothing is written.

    Args:
        schedules: the smoothed schedule index of programmes, where it is known.
    """
    outlooks = open_milestones(as_of=as_of, at=at, schedules=schedules)
    for day in outlooks.before.lacking:
        outlooks.before.look_at(day)
    return outlooks.whole()


def open_milestones(*, as_of: date, at: datetime, schedules: Mapping[int, float]) -> Outlooks:
    """The outlook of every open milestone on a day, and what was told of it before."""
    record = SlipRecord.objects.order_by("-as_of", "-pk").first()
    own = in_use(record)
    used, digest = reference(own), slips.digest(own)
    version = slips.shipped()["about"]["version"]
    design_effect = record.design_effect if record and own else 1.0
    made = []
    # What is said differs by kind and by how far ahead the date lies, and is the same for many milestones.
    known: dict[tuple[int, str], tuple[tuple[Class, ...], list[dict[str, Any]]]] = {}
    rows = (
        Milestone.objects.pending()
        .filter(programme__deleted_at__isnull=True)
        .exclude(programme__stage=Stage.CLOSED)
        .values_list("pk", "programme_id", "baseline_on", "forecast_on")
    )
    for milestone, programme, baseline, planned in rows:
        ahead, schedule = (planned - as_of).days, schedules.get(programme)
        room = (baseline - planned).days
        told = used.tell(ahead=ahead, schedule=schedule, baseline=room)
        row = _outlook(told, milestone, planned, as_of, at, digest, version)
        if (ahead, told.kind) not in known:
            found = slip_steps.classes(used, ahead=ahead, schedule=schedule)
            known[ahead, told.kind] = found, [each.as_dict() for each in slip_steps.steps(found)]
        classes, row.steps = known[ahead, told.kind]
        row.baseline_on = baseline
        _add_parts(row, slip_parts.parts(classes, baseline=room))
        cases = slip_band.worth(told.own, used.own_counts_from, design_effect)
        left = classes[-1].counts or 0.0
        if slip_band.is_over(ahead=ahead, baseline=room):
            row.low = row.high = 1.0
        else:
            row.low, row.high = slip_band.band(told.missed, cases * left)
        if schedule is not None and not np.isnan(schedule):
            row.schedule = round(schedule, 2)
        made.append(row)
    return Outlooks(made, slip_weeks.carried(made, used, as_of))


def _add_parts(row: MilestoneOutlook, parts: slip_parts.Parts) -> None:
    row.start = parts.start
    row.terms = [{"name": name, "share": share} for name, share in parts.added.items()]


def _outlook(
    told: ToldDate,
    milestone: int,
    planned: date,
    as_of: date,
    at: datetime,
    digest: str,
    version: str,
) -> MilestoneOutlook:
    by = [None if days is None else planned + timedelta(days=days) for days in told.quantiles]
    return MilestoneOutlook(
        milestone_id=milestone,
        as_of=as_of,
        forecast_on=planned,
        p50_on=by[0],
        p80_on=by[1],
        p90_on=by[2],
        missed=told.missed,
        kind=told.kind,
        own=told.own,
        weight=told.weight,
        stage=stage_of(told.weight),
        model=digest,
        model_version=version,
        computed_at=at,
    )


_SAME = ("forecast_on", "baseline_on", "p50_on", "p80_on", "p90_on", "kind", "own", "model")
# What it rests on, and the weeks before, move on without another date.
_GOES_ON = ("schedule", "steps", "low", "high", "start", "terms", "series", "direction")


@transaction.atomic
def keep_outlooks(outlooks: Sequence[MilestoneOutlook], *, as_of: date) -> dict[str, int]:
    """Write what changed; what did not is known to hold on a later day, and what was reached has none any more."""
    current = {
        row.milestone_id: row
        for row in MilestoneOutlook.objects.filter(is_current=True).select_for_update(of=("self",))
    }
    fresh, over, same, moved = [], [], [], []
    for outlook in outlooks:
        before = current.pop(outlook.milestone_id, None)
        if before is not None:
            if _values(before) == _values(outlook):
                same.append(before.pk)
                if any(getattr(before, name) != getattr(outlook, name) for name in _GOES_ON):
                    for name in _GOES_ON:
                        setattr(before, name, getattr(outlook, name))
                    moved.append(before)
                continue
            over.append(before.pk)
        fresh.append(outlook)
    over += [row.pk for row in current.values()]
    MilestoneOutlook.objects.filter(pk__in=over).update(is_current=False, series=[])
    MilestoneOutlook.objects.filter(pk__in=same, as_of__lt=as_of).update(as_of=as_of)
    if moved:
        _go_on(moved)
    bulk.insert(MilestoneOutlook, fresh)
    return {"milestones": len(outlooks), "milestones_written": len(fresh)}


def _go_on(rows: Sequence[MilestoneOutlook]) -> None:
    """Write what moved on beside dates that stay the same: once a week that is every row, so all by one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
UPDATE {table_of(MilestoneOutlook)} o
SET schedule = new.schedule, steps = new.steps, low = new.low, high = new.high, start = new.start, terms = new.terms,
    series = new.series, direction = new.direction
FROM unnest(%s::bigint[], %s::float8[], %s::jsonb[], %s::float8[], %s::float8[], %s::float8[], %s::jsonb[], %s::jsonb[], %s::text[])
    AS new(id, schedule, steps, low, high, start, terms, series, direction)
WHERE o.id = new.id""",
            [
                [row.pk for row in rows],
                [row.schedule for row in rows],
                [json.dumps(row.steps) for row in rows],
                [row.low for row in rows],
                [row.high for row in rows],
                [row.start for row in rows],
                [json.dumps(row.terms) for row in rows],
                [json.dumps(row.series) for row in rows],
                [str(row.direction) for row in rows],
            ],
        )


def _values(row: MilestoneOutlook) -> tuple[Any, ...]:
    return (*(getattr(row, name) for name in _SAME), round(row.missed, 6))
