"""Delivery: reported indices, milestones, go-lives moved, RAID items, and what the lead reports."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from programmes.choices import RAID_ENDED, FactKind, Half, Opinion, Rating
from programmes.models import (
    Milestone,
    MilestoneForecast,
    RaidItem,
    RaidUpdate,
    ReportedFact,
    StatusReport,
)

from ..crises.milestones_due import Due
from ..learning import features
from ..versions import stood, table_of, was_edited
from .asking import AT, NAN, Asked, Place, Table, holds
from .money import add_own_money

# Weekly smoothing: the share a new value gets, and what is left of a distance to 1 after a week without one.
ALPHA, KEPT = 0.3, 0.97
SMOOTHED_DAYS = 182
# What is reported beyond these is a slip of the pen, or of a programme that hardly began: it counts as this much.
BOUNDS = (0.0, 3.0)
# An open item nobody spoke of for so long is overdue.
RAID_REVIEW_DAYS = 42

_RATED = {
    Rating.GREEN: 0.0,
    Rating.AMBER_GREEN: 0.5,
    Rating.AMBER: 1.0,
    Rating.AMBER_RED: 1.5,
    Rating.RED: 2.0,
}

# An exponentially smoothed series in closed form: a value is worth ALPHA, less (1 - ALPHA) for every later
# value and less KEPT for every week without one; the series starts from 1. Powers of floats: those of the
# numerics that SQL takes such literals for are thirty times slower.
_INDICATORS = (
    AT
    + f"""
, seen AS (
    SELECT at.id, at.day, f.kind, least(greatest(f.ratio, {BOUNDS[0]}), {BOUNDS[1]}) - 1 AS away, ((at.day - f.effective_on) / 7.0)::float8 AS age,
           (row_number() OVER series - 1)::float8 AS later,
           (count(*) FILTER (WHERE at.day - f.effective_on < 42)
               OVER (PARTITION BY at.id, at.day, f.kind))::float8 AS fresh
    FROM at JOIN {table_of(ReportedFact)} f ON f.programme_id = at.id
    WHERE f.kind = ANY(%(kinds)s) AND f.ratio IS NOT NULL
      AND f.effective_on <= at.day AND f.effective_on > at.day - {SMOOTHED_DAYS} AND f.known_at <= at.until
    WINDOW series AS (PARTITION BY at.id, at.day, f.kind ORDER BY f.effective_on DESC, f.known_at DESC, f.id DESC)
)
SELECT id, day, kind,
    1 + sum({ALPHA} * away * power({1 - ALPHA}::float8, later)
        * power({KEPT}::float8, greatest(age - later, 0))),
    1 + coalesce(sum({ALPHA} * away * power({1 - ALPHA}::float8, later - fresh)
        * power({KEPT}::float8, greatest(age - 6 - (later - fresh), 0))) FILTER (WHERE age >= 6), 0)
FROM seen GROUP BY id, day, kind"""
)

# What was said last of each milestone of the plan as it was then: its baseline, and whether it was a go-live. Of two
# go-lives equally near the one that comes counts.
_MILESTONES = (
    AT
    + f"""
, said AS (
    SELECT at.id, at.day, m.is_golive, m.baseline_on, f.forecast_on, f.actual_on
    FROM at JOIN {stood(Milestone, "programme", "is_golive", "baseline_on")} m
        ON m.programme_id = at.id AND {holds("m")}
    CROSS JOIN LATERAL (
        SELECT forecast_on, actual_on FROM {table_of(MilestoneForecast)} f
        WHERE f.milestone_id = m.id AND f.effective_on <= at.day AND f.known_at <= at.until
        ORDER BY f.effective_on DESC, f.known_at DESC, f.id DESC LIMIT 1
    ) f
)
SELECT id, day,
    count(*) FILTER (WHERE baseline_on < day AND baseline_on >= day - 84) AS due,
    count(*) FILTER (WHERE baseline_on < day AND baseline_on >= day - 84
        AND (actual_on IS NULL OR actual_on > baseline_on)) AS missed,
    count(*) FILTER (WHERE actual_on IS NULL AND forecast_on > day AND forecast_on <= day + 28) AS coming,
    (array_agg(coalesce(actual_on, forecast_on) - day
        ORDER BY abs(coalesce(actual_on, forecast_on) - day), coalesce(actual_on, forecast_on) DESC
    ) FILTER (WHERE is_golive))[1] AS golive
FROM said GROUP BY id, day"""
)

_REPLANS = (
    AT
    + f"""
SELECT at.id, at.day, count(*)
FROM at JOIN {stood(Milestone, "programme", "is_golive")} m
    ON m.programme_id = at.id AND {holds("m")} AND m.is_golive
JOIN {table_of(MilestoneForecast)} f ON f.milestone_id = m.id AND f.previous_on IS NOT NULL
    AND f.previous_on <> f.forecast_on AND f.effective_on <= at.day AND f.known_at <= at.until
GROUP BY at.id, at.day"""
)

_RAID = (
    AT
    + f"""
, said AS (
    SELECT at.id, at.day, r.opened_on, u.*
    FROM at JOIN {stood(RaidItem, "programme", "opened_on")} r
        ON r.programme_id = at.id AND {holds("r")} AND r.opened_on <= at.day
    CROSS JOIN LATERAL (
        SELECT u.status, u.probability * u.impact AS score, u.effective_on FROM {table_of(RaidUpdate)} u
        WHERE u.item_id = r.id AND u.effective_on <= at.day AND u.known_at <= at.until
        ORDER BY u.effective_on DESC, u.known_at DESC, u.id DESC LIMIT 1
    ) u
)
SELECT id, day,
    count(*) FILTER (WHERE opened_on > day - 28),
    count(*) FILTER (WHERE NOT status = ANY(%(ended)s)),
    count(*) FILTER (WHERE NOT status = ANY(%(ended)s) AND effective_on < day - {RAID_REVIEW_DAYS}),
    max(score) FILTER (WHERE NOT status = ANY(%(ended)s))
FROM said GROUP BY id, day"""
)

# Reports nobody edited since are looked up by their index; the few others are read from the trail.
_STATUS = (
    AT
    + f"""
, said AS (
    SELECT at.id, at.day, s.*
    FROM at CROSS JOIN LATERAL (
        SELECT s.rating, s.effective_on, s.known_at, s.id AS report FROM {table_of(StatusReport)} s
        WHERE s.programme_id = at.id AND s.half = '{Half.DELIVERY}' AND s.opinion = '{Opinion.LEAD}'
          AND (s.deleted_at IS NULL OR s.deleted_at > at.until)
          AND s.effective_on <= at.day AND s.known_at <= at.until
          AND NOT {was_edited(StatusReport, "s.id")}
        ORDER BY s.effective_on DESC, s.known_at DESC, s.id DESC LIMIT 1
    ) s
    UNION ALL
    SELECT at.id, at.day, s.rating, s.effective_on, s.known_at, s.id
    FROM at JOIN {stood(StatusReport, "programme", "half", "opinion", "rating", "effective_on", "known_at")} s
        ON s.programme_id = at.id AND {holds("s")}
    WHERE s.half = '{Half.DELIVERY}' AND s.opinion = '{Opinion.LEAD}'
      AND s.effective_on <= at.day AND s.known_at <= at.until
      AND {was_edited(StatusReport, "s.id")}
)
SELECT DISTINCT ON (id, day) id, day, rating, day - effective_on
FROM said ORDER BY id, day, effective_on DESC, known_at DESC, report DESC"""
)


def add_delivery(asked: Asked, at: Mapping[Place, int], table: Table) -> None:
    """Fill in what delivery says of each place (programme and day): indicators, milestones, RAID log, status and plan."""
    names = {FactKind.SPI: "spi_s", FactKind.CPI: "cpi_s", FactKind.BURN_RATIO: "burn_ratio_s"}
    for programme, day, kind, now, before in asked.rows(
        _INDICATORS, kinds=[str(kind) for kind in names]
    ):
        index = at[programme, day]
        table[names[FactKind(kind)]][index] = now
        if kind == FactKind.SPI:
            table["spi_slope_6w"][index] = now - before
    add_own_money(asked, at, table)
    table["ms_missed_12w"][:] = Due(due=0, late=0).share
    for name in ("ms_due_4w", "raid_new_4w", "raid_open", "raid_overdue_share", "raid_max_score"):
        table[name][:] = 0.0
    for name in ("replans", "near_golive"):
        table[name][:] = 0.0
    for programme, day, due, missed, coming, golive in asked.rows(_MILESTONES):
        index = at[programme, day]
        table["ms_missed_12w"][index] = Due(due, missed).share
        table["ms_due_4w"][index] = coming
        if golive is not None:
            table["weeks_to_golive"][index] = min(max(golive / 7, -12.0), 30.0)
    known = ~np.isnan(table["weeks_to_golive"])
    table["near_golive"][known] = features.near(table["weeks_to_golive"][known])
    for programme, day, count in asked.rows(_REPLANS):
        table["replans"][at[programme, day]] = count
    for programme, day, new, is_open, overdue, highest in asked.rows(_RAID, ended=list(RAID_ENDED)):
        index = at[programme, day]
        table["raid_new_4w"][index] = new
        table["raid_open"][index] = is_open
        table["raid_overdue_share"][index] = overdue / is_open if is_open else 0.0
        table["raid_max_score"][index] = highest or 0
    for programme, day, rating, age in asked.rows(_STATUS):
        index = at[programme, day]
        table["status_age_w"][index] = age / 7
        table["rag_reported"][index] = _RATED.get(Rating(rating), NAN)
