"""The plan: go-lives and milestones, and what was said of their dates on which day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from programmes.choices import Half
from programmes.models import Milestone, MilestoneForecast

from ...choices import EventKind
from .. import SOURCE
from ..reading.tables import Rows
from .adding import Key, Writing, follow
from .happened import add_events


def write_golives(writing: Writing) -> None:
    """One milestone for each programme with a planned go-live, and a row for every day its date moved."""
    weeks = writing.bundle.by_programme("snapshots")
    said: dict[str, list[tuple[date, date]]] = {}
    for name, _portfolio, starts_on, _size, planned in writing.bundle["programmes"]:
        series = [(starts_on, planned)] if planned else []
        series += [(row[1], row[6]) for row in weeks.get(name, ()) if row[6]]
        # Of two dates said on one day the later line counts.
        series = sorted(dict(series).items())
        first = series[:1]
        said[name] = first + [each for last, each in pairwise(series) if last[1] != each[1]]
    wanted = {name: moves for name, moves in said.items() if moves}
    kept = {
        each.programme_id: each
        for each in Milestone.all_objects.filter(
            programme_id__in=writing.ids(), programme__source=SOURCE, is_golive=True
        ).order_by("-number")
    }
    new = writing.add(
        Milestone,
        (
            (
                (writing.programmes[name].pk,),
                None,
                Milestone(
                    programme=writing.programmes[name],
                    track=Half.DELIVERY,
                    name=_("Go-live"),
                    baseline_on=moves[0][1],
                    forecast_on=moves[-1][1],
                    is_golive=True,
                ),
            )
            for name, moves in wanted.items()
        ),
        dict.fromkeys(((pk,) for pk in kept), None),
        _("Go-lives"),
        "M",
    )
    kept |= {each.programme_id: each for each in new}
    rows = []
    for name, moves in wanted.items():
        golive = kept[writing.programmes[name].pk]
        before: date | None = None
        for on, to in moves:
            rows.append(_forecast(writing, golive, on, to, before))
            before = to
    golives = {each.pk: each for each in kept.values()}
    for fact in _forecasts(writing, rows, list(golives), _("Dates of go-lives")):
        follow(golives[fact.milestone_id], forecast_on=fact.forecast_on)


def write_milestones(writing: Writing) -> None:
    """Milestones of delivery; a bundle gives them no names, so the day planned and their place among those of that day do."""
    kept = _kept_milestones(writing)
    planned_ones = _placed(writing.bundle["milestones"])
    starts = {row[0]: row[2] for row in writing.bundle["programmes"]}
    new = writing.add(
        Milestone,
        (
            (
                (writing.programmes[name].pk, planned, place),
                None,
                Milestone(
                    programme=writing.programmes[name],
                    track=Half.DELIVERY,
                    name=_("Milestone of %(day)s") % {"day": _numbered(planned, place)},
                    baseline_on=planned,
                    forecast_on=planned,
                    actual_on=actual,
                ),
            )
            for (name, planned, _missed, actual), place in planned_ones
        ),
        dict.fromkeys(kept, None),
        _("Milestones"),
        "M",
    )
    kept |= _by_place((each.programme_id, each.baseline_on, each) for each in new)
    rows: list[tuple[Key, Any, models.Model]] = []
    happened: list[tuple[str, EventKind, date, str]] = []
    missed_before: Counter[Key] = Counter()
    for (name, planned, missed, actual), place in planned_ones:
        milestone = kept[writing.programmes[name].pk, planned, place]
        said_on = min(starts[name], planned)
        rows.append(_forecast(writing, milestone, said_on, planned, None))
        if actual:
            reached = MilestoneForecast(
                milestone=milestone,
                forecast_on=planned,
                previous_on=planned,
                actual_on=actual,
                effective_on=actual,
                known_at=writing.known.once_past(actual),
            )
            rows.append(((milestone.pk, actual, actual), planned, reached))
        if missed:
            missed_before[name, planned] += 1
            subject = _numbered(planned, missed_before[name, planned])
            happened.append((name, EventKind.MILESTONE_MISSED, planned, subject))
    by_id = {each.pk: each for each in kept.values()}
    for fact in _forecasts(writing, rows, list(by_id), _("Dates of milestones")):
        if fact.actual_on:
            follow(by_id[fact.milestone_id], actual_on=fact.actual_on)
    add_events(writing, happened, _("Missed milestones"), writing.known.once_past)


def _kept_milestones(writing: Writing) -> dict[Key, Milestone]:
    """By the date that was said first: a new baseline may have been taken since."""
    first = dict(
        MilestoneForecast.objects.filter(milestone__programme_id__in=writing.ids())
        .order_by("milestone_id", "effective_on", "known_at", "pk")
        .distinct("milestone_id")
        .values_list("milestone_id", "forecast_on")
    )
    found = Milestone.all_objects.filter(
        programme_id__in=writing.ids(), programme__source=SOURCE, is_golive=False
    )
    return _by_place(
        (each.programme_id, first.get(each.pk, each.baseline_on), each)
        for each in found.order_by("number")
    )


def _placed(rows: Rows) -> list[tuple[tuple[Any, ...], int]]:
    """Each with its place among those of one programme and day, counted from 1.

    What was reached first comes first: so a later bundle, which knows of more that were reached, means the same ones.
    """
    of_one_day: dict[Key, Rows] = {}
    for row in rows:
        of_one_day.setdefault(row[:2], []).append(row)
    return [
        (row, place)
        for those in of_one_day.values()
        for place, row in enumerate(sorted(those, key=lambda row: row[3] or date.max), start=1)
    ]


def _by_place(found: Iterable[tuple[int, date, Milestone]]) -> dict[Key, Milestone]:
    """Milestones of the portal, in the order of their numbers, by programme, day planned and place."""
    before: Counter[Key] = Counter()
    placed = {}
    for programme_id, planned, milestone in found:
        before[programme_id, planned] += 1
        placed[programme_id, planned, before[programme_id, planned]] = milestone
    return placed


def _numbered(day: date, place: int) -> str:
    return day.isoformat() if place == 1 else f"{day.isoformat()} ({place})"


def _forecast(
    writing: Writing, milestone: Milestone, on: date, to: date, before: date | None
) -> tuple[Key, Any, models.Model]:
    fact = MilestoneForecast(
        milestone=milestone,
        forecast_on=to,
        previous_on=before,
        effective_on=on,
        known_at=writing.known.on(on),
    )
    return (milestone.pk, on, None), to, fact


def _forecasts(
    writing: Writing,
    rows: list[tuple[Key, Any, models.Model]],
    milestone_ids: list[int],
    label: str,
) -> list[MilestoneForecast]:
    """Add what was said of dates; returned is what is new and speaks of a later day than all that was known."""
    kept = {
        (milestone, on, actual): forecast
        for milestone, on, actual, forecast in MilestoneForecast.objects.filter(
            milestone_id__in=milestone_ids
        ).values_list("milestone_id", "effective_on", "actual_on", "forecast_on")
    }
    last: dict[int, date] = {}
    for milestone, on, _actual in kept:
        last[milestone] = max(on, last.get(milestone, on))
    new = writing.add(MilestoneForecast, rows, kept, label)
    return [
        fact
        for fact in new
        if fact.milestone_id not in last or fact.effective_on > last[fact.milestone_id]
    ]
