"""Writes what was read, in bulk, inside the one transaction the import framework opens.

Every row keeps the day it speaks of and the moment it was known. A row of a date is known during that date;
what only time can tell (a milestone missed or reached, an item escalated or closed) is known once its date
has passed. A bundle that grew adds what is new; a row that differs from what was kept is left as it was, and
said.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db import connection, models
from django.utils.translation import gettext as _

from adoption import services as adoption
from adoption import suppression
from adoption.choices import Measure, WaveSource
from adoption.models import (
    LOWEST_K,
    SignalTally,
    SurveyComment,
    SurveyResult,
    SurveyWave,
    TrainingProgress,
)
from pmo_portal.common import clock
from pmo_portal.jobs.imports import Count, Finding, Outcome, Parsed
from pmo_portal.jobs.imports.units import unit_code
from pmo_portal.tenants.context import current_tenant_id
from pmo_portal.tenants.models import BusinessUnit
from pmo_portal.tenants.selectors import thresholds
from pmo_portal.tenants.services import next_reference
from programmes import events
from programmes.choices import (
    RAID_PREFIX,
    FactKind,
    Half,
    Opinion,
    RaidCategory,
    RaidKind,
    RaidSide,
    RaidStatus,
    Rating,
    Stage,
)
from programmes.models import (
    Milestone,
    MilestoneForecast,
    Programme,
    ProgrammeUnit,
    RaidItem,
    RaidUpdate,
    ReportedFact,
    StatusReport,
)

from .. import reading_comments, services
from ..choices import EventKind
from ..models import ReportedEvent
from . import SOURCE
from .reading import Bundle

BATCH = 2000
NOON = timedelta(hours=12)
_INDICATORS = ((2, FactKind.SPI), (3, FactKind.CPI), (4, FactKind.BURN_RATIO))

Key = tuple[Any, ...]


def apply(parsed: Parsed) -> Outcome:
    """Write a bundle. Repeating it changes nothing."""
    (bundle,) = parsed.rows
    outcome = Outcome()
    # Two imports at once would each find the same rows missing.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext(%s))", [f"{SOURCE}:{current_tenant_id()}"]
        )
    _Writing(bundle, outcome).all()
    if not outcome.changes_nothing:
        events.announce(events.programme_changed, tenant_id=current_tenant_id(), programme_id=None)
        services.ask_to_learn(because="import")
        services.ask_to_read_comments()
    return outcome


class _Moments:
    """When a row of a day was known; each day is worked out once."""

    def __init__(self) -> None:
        self._starts: dict[date, datetime] = {}

    def _start(self, day: date) -> datetime:
        found = self._starts.get(day)
        if found is None:
            found = self._starts[day] = clock.start_of(day)
        return found

    def on(self, day: date) -> datetime:
        return self._start(day) + NOON

    def once_past(self, day: date) -> datetime:
        return self._start(day + timedelta(days=1)) + NOON


class _Writing:
    """One import: what the bundle names, and the rows of the portal that stand for it."""

    def __init__(self, bundle: Bundle, outcome: Outcome) -> None:
        self.bundle, self.outcome = bundle, outcome
        self.known = _Moments()
        self.programmes: dict[str, Programme] = {}
        self.units: dict[tuple[str, str], BusinessUnit] = {}

    def all(self) -> None:
        self._programmes()
        self._units()
        self._indicators()
        self._ratings()
        self._golives()
        self._milestones()
        self._raid()
        self._crises()
        self._surveys()
        self._training()
        self._tallies()
        self._comments()

    # --- how rows are added -----------------------------------------------------------------------

    def _count(
        self, label: str, created: int = 0, changed: int = 0, unchanged: int = 0, differing: int = 0
    ) -> None:
        self.outcome.counts.append(Count(label, created, changed, unchanged))
        if differing:
            self.outcome.findings.append(
                Finding(
                    None,
                    _(
                        "%(label)s: %(count)s rows differ from what was imported before and were left as they were."
                    )
                    % {"label": label, "count": differing},
                    level="note",
                )
            )

    def _add(
        self,
        model: type[models.Model],
        rows: Iterable[tuple[Key, Any, models.Model]],
        kept: dict[Key, Any],
        label: str,
        number: str = "",
    ) -> list[Any]:
        """Add the rows whose key is not kept yet, in bulk; compare the others by their value."""
        new: list[Any] = []
        same = differing = 0
        for key, value, row in rows:
            if key not in kept:
                new.append(row)
            elif kept[key] == value:
                same += 1
            else:
                differing += 1
        if number and new:
            first = next_reference(number, count=len(new))
            for offset, row in enumerate(new):
                row.number = first + offset
        manager: Any = getattr(model, "all_objects", model._default_manager)
        for start in range(0, len(new), BATCH):
            manager.bulk_create(new[start : start + BATCH])
        self._count(label, len(new), 0, same + differing, differing)
        return new

    def _ids(self) -> list[int]:
        return [each.pk for each in self.programmes.values()]

    # --- programmes and units -----------------------------------------------------------------------

    def _programmes(self) -> None:
        known = {each.external_id: each for each in Programme.all_objects.filter(source=SOURCE)}
        taken = set(Programme.all_objects.values_list("code", flat=True))
        new = []
        for name, portfolio, starts_on, _size, _golive in self.bundle["programmes"]:
            if _external(name) not in known:
                code = _free_code(name, taken)
                taken.add(code)
                new.append(
                    Programme(
                        code=code,
                        name=name,
                        portfolio=portfolio[:120],
                        # A history is of something under way; who closes it here says so here.
                        stage=Stage.DELIVERY,
                        starts_on=starts_on,
                        source=SOURCE,
                        external_id=_external(name),
                    )
                )
        if new:
            first = next_reference("P", count=len(new))
            for offset, programme in enumerate(new):
                programme.number = first + offset
            Programme.objects.bulk_create(new, batch_size=BATCH)
        known |= {each.external_id: each for each in new}
        self.programmes = {row[0]: known[_external(row[0])] for row in self.bundle["programmes"]}
        self._count(_("Programmes"), len(new), 0, len(self.programmes) - len(new))

    def _units(self) -> None:
        places = _Places()
        for programme, name, headcount in self.bundle["units"]:
            self.units[programme, name] = places.of(name, headcount)
        BusinessUnit.objects.bulk_create(places.new, batch_size=BATCH)
        self._count(_("Units"), len(places.new), 0, len(places.found) - len(places.new))
        kept = {
            (row.programme_id, row.unit_id): row.headcount
            for row in ProgrammeUnit.objects.filter(programme_id__in=self._ids())
        }
        self._add(
            ProgrammeUnit,
            (
                (
                    (self.programmes[programme].pk, self.units[programme, name].pk),
                    headcount,
                    ProgrammeUnit(
                        programme=self.programmes[programme],
                        unit=self.units[programme, name],
                        headcount=headcount,
                    ),
                )
                for programme, name, headcount in self.bundle["units"]
            ),
            kept,
            _("Units touched"),
        )

    # --- delivery -------------------------------------------------------------------------------

    def _indicators(self) -> None:
        kept = {
            (programme, kind, on): ratio
            for programme, kind, on, ratio in ReportedFact.objects.filter(
                programme_id__in=self._ids(), source=SOURCE
            ).values_list("programme_id", "kind", "effective_on", "ratio")
        }
        self._add(ReportedFact, self._indicator_rows(), kept, _("Indicators as reported"))

    def _indicator_rows(self) -> Iterator[tuple[Key, Any, models.Model]]:
        for name, _portfolio, starts_on, size, _golive in self.bundle["programmes"]:
            if size is not None:
                yield self._indicator(name, FactKind.SIZE, starts_on, size)
        for row in self.bundle["snapshots"]:
            for at, kind in _INDICATORS:
                if row[at] is not None:
                    yield self._indicator(row[0], kind, row[1], row[at])

    def _indicator(
        self, name: str, kind: FactKind, on: date, ratio: float
    ) -> tuple[Key, Any, models.Model]:
        programme = self.programmes[name]
        fact = ReportedFact(
            programme=programme,
            kind=kind,
            ratio=ratio,
            source=SOURCE,
            effective_on=on,
            known_at=self.known.on(on),
        )
        return (programme.pk, str(kind), on), ratio, fact

    def _ratings(self) -> None:
        kept = {
            (programme, on): rating
            for programme, on, rating in StatusReport.all_objects.filter(
                programme_id__in=self._ids(), reported_source=SOURCE
            ).values_list("programme_id", "effective_on", "rating")
        }

        def rows() -> Iterator[tuple[Key, Any, models.Model]]:
            for row in self.bundle["snapshots"]:
                if row[5]:
                    programme, on, rating = self.programmes[row[0]], row[1], Rating(row[5])
                    report = StatusReport(
                        programme=programme,
                        half=Half.DELIVERY,
                        opinion=Opinion.LEAD,
                        rating=rating,
                        reported_source=SOURCE,
                        effective_on=on,
                        known_at=self.known.on(on),
                    )
                    yield (programme.pk, on), str(rating), report

        self._add(StatusReport, rows(), kept, _("Status reports"), "SR")

    def _golives(self) -> None:
        """One milestone for each programme with a planned go-live, and a row for every day its date moved."""
        weeks = self.bundle.by_programme("snapshots")
        said: dict[str, list[tuple[date, date]]] = {}
        for name, _portfolio, starts_on, _size, planned in self.bundle["programmes"]:
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
                programme_id__in=self._ids(), programme__source=SOURCE, is_golive=True
            ).order_by("-number")
        }
        new = self._add(
            Milestone,
            (
                (
                    (self.programmes[name].pk,),
                    None,
                    Milestone(
                        programme=self.programmes[name],
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
            golive = kept[self.programmes[name].pk]
            before: date | None = None
            for on, to in moves:
                rows.append(self._forecast(golive, on, to, before))
                before = to
        golives = {each.pk: each for each in kept.values()}
        for fact in self._forecasts(rows, list(golives), _("Dates of go-lives")):
            self._follow(golives[fact.milestone_id], forecast_on=fact.forecast_on)

    def _forecast(
        self, milestone: Milestone, on: date, to: date, before: date | None
    ) -> tuple[Key, Any, models.Model]:
        fact = MilestoneForecast(
            milestone=milestone,
            forecast_on=to,
            previous_on=before,
            effective_on=on,
            known_at=self.known.on(on),
        )
        return (milestone.pk, on, None), to, fact

    def _forecasts(
        self, rows: list[tuple[Key, Any, models.Model]], milestone_ids: list[int], label: str
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
        new = self._add(MilestoneForecast, rows, kept, label)
        return [
            fact
            for fact in new
            if fact.milestone_id not in last or fact.effective_on > last[fact.milestone_id]
        ]

    def _follow(self, record: Any, **values: Any) -> bool:
        """Give a record of an earlier import what the bundle says now; False where it says so already."""
        changed = {name: value for name, value in values.items() if getattr(record, name) != value}
        if not changed:
            return False
        for name, value in changed.items():
            setattr(record, name, value)
        record.version += 1
        record.save(update_fields=[*changed, "version"])
        return True

    def _kept_milestones(self) -> dict[Key, Milestone]:
        """By the date that was said first: a new baseline may have been taken since."""
        first = dict(
            MilestoneForecast.objects.filter(milestone__programme_id__in=self._ids())
            .order_by("milestone_id", "effective_on", "known_at", "pk")
            .distinct("milestone_id")
            .values_list("milestone_id", "forecast_on")
        )
        return {
            (each.programme_id, first.get(each.pk, each.baseline_on)): each
            for each in Milestone.all_objects.filter(
                programme_id__in=self._ids(), programme__source=SOURCE, is_golive=False
            ).order_by("-number")
        }

    def _milestones(self) -> None:
        kept = self._kept_milestones()
        starts = {row[0]: row[2] for row in self.bundle["programmes"]}
        new = self._add(
            Milestone,
            (
                (
                    (self.programmes[name].pk, planned),
                    None,
                    Milestone(
                        programme=self.programmes[name],
                        track=Half.DELIVERY,
                        name=_("Milestone of %(day)s") % {"day": planned.isoformat()},
                        baseline_on=planned,
                        forecast_on=planned,
                        actual_on=actual,
                    ),
                )
                for name, planned, _missed, actual in self.bundle["milestones"]
            ),
            dict.fromkeys(kept, None),
            _("Milestones"),
            "M",
        )
        kept |= {(each.programme_id, each.baseline_on): each for each in new}
        rows: list[tuple[Key, Any, models.Model]] = []
        happened: list[tuple[str, EventKind, date, str]] = []
        for name, planned, missed, actual in self.bundle["milestones"]:
            milestone = kept[self.programmes[name].pk, planned]
            said_on = min(starts[name], planned)
            rows.append(self._forecast(milestone, said_on, planned, None))
            if actual:
                reached = MilestoneForecast(
                    milestone=milestone,
                    forecast_on=planned,
                    previous_on=planned,
                    actual_on=actual,
                    effective_on=actual,
                    known_at=self.known.once_past(actual),
                )
                rows.append(((milestone.pk, actual, actual), planned, reached))
            if missed:
                happened.append((name, EventKind.MILESTONE_MISSED, planned, planned.isoformat()))
        by_id = {each.pk: each for each in kept.values()}
        for fact in self._forecasts(rows, list(by_id), _("Dates of milestones")):
            if fact.actual_on:
                self._follow(by_id[fact.milestone_id], actual_on=fact.actual_on)
        self._events(happened, _("Missed milestones"), self.known.once_past)

    def _raid(self) -> None:
        kept = {
            (each.programme_id, each.external_id): each
            for each in RaidItem.all_objects.filter(programme_id__in=self._ids()).exclude(
                external_id=""
            )
        }
        new = [
            _raid_item(self.programmes[row[1]], row)
            for row in self.bundle["raid"]
            if (self.programmes[row[1]].pk, row[0]) not in kept
        ]
        by_kind: dict[str, list[RaidItem]] = defaultdict(list)
        for item in new:
            by_kind[item.kind].append(item)
        for kind, items in by_kind.items():
            first = next_reference(RAID_PREFIX[RaidKind(kind)], count=len(items))
            for offset, item in enumerate(items):
                item.number = first + offset
        RaidItem.objects.bulk_create(new, batch_size=BATCH)
        earlier = {each.pk for each in kept.values()}
        kept |= {(each.programme_id, each.external_id): each for each in new}
        named = {row[0]: kept[self.programmes[row[1]].pk, row[0]] for row in self.bundle["raid"]}
        updates = self._raid_updates(named)
        by_id = {each.pk: each for each in named.values()}
        changed: set[int] = set()
        for update in updates:
            item = by_id[update.item_id]
            if item.pk not in earlier:
                continue
            # What people said of an item here since stays.
            if update.status == RaidStatus.CLOSED and item.closed_on is None:
                self._follow(item, closed_on=update.effective_on, status=str(RaidStatus.CLOSED))
                changed.add(item.pk)
            elif update.text == _("Escalated") and item.escalated_on is None:
                self._follow(item, escalated_on=update.effective_on)
                changed.add(item.pk)
        self._count(_("RAID items"), len(new), len(changed), len(named) - len(new) - len(changed))
        self._events(
            [
                (row[1], EventKind.RAID_ESCALATED, row[7], row[0])
                for row in self.bundle["raid"]
                if row[7]
            ],
            _("Escalated RAID items"),
            self.known.once_past,
        )

    def _raid_updates(self, items: dict[str, RaidItem]) -> list[RaidUpdate]:
        kept = {
            (item, on, text): status
            for item, on, text, status in RaidUpdate.objects.filter(
                item_id__in=[each.pk for each in items.values()]
            ).values_list("item_id", "effective_on", "text", "status")
        }
        log: dict[str, list[tuple[date, str, datetime, bool | None]]] = defaultdict(list)
        for row in self.bundle["raid"]:
            log[row[0]].append((row[2], "", self.known.on(row[2]), None))
            if row[7]:
                log[row[0]].append((row[7], _("Escalated"), self.known.once_past(row[7]), None))
            if row[8]:
                log[row[0]].append((row[8], _("Closed"), self.known.once_past(row[8]), None))
        for name, on, mitigated in self.bundle["raid_updates"]:
            text = _("Mitigation in place") if mitigated else _("Looked at")
            log[name].append((on, text, self.known.on(on), bool(mitigated)))

        def rows() -> Iterator[tuple[Key, Any, models.Model]]:
            for name, entries in log.items():
                item, status = items[name], RaidStatus.IDENTIFIED
                for on, text, known_at, mitigated in sorted(entries, key=lambda each: each[2]):
                    if mitigated is not None and status != RaidStatus.CLOSED:
                        status = RaidStatus.MONITORING if mitigated else RaidStatus.ASSESSED
                    if text == _("Closed"):
                        status = RaidStatus.CLOSED
                    update = RaidUpdate(
                        item=item,
                        text=text,
                        probability=item.probability,
                        impact=item.impact,
                        status=status,
                        effective_on=on,
                        known_at=known_at,
                    )
                    yield (item.pk, on, text), str(status), update

        return self._add(RaidUpdate, rows(), kept, _("Updates of RAID items"))

    def _crises(self) -> None:
        """A crisis begins on the first day of a run of 1 and ends on the first 0 after it."""
        happened: list[tuple[str, EventKind, date, str]] = []
        for name, rows in self.bundle.by_programme("snapshots").items():
            was = False
            for row in rows:
                if row[7] is None or row[7] == was:
                    continue
                was = row[7]
                kind = EventKind.CRISIS_BEGAN if was else EventKind.CRISIS_ENDED
                happened.append((name, kind, row[1], ""))
        self._events(happened, _("Crises, begun or ended"), self.known.on)

    def _events(
        self,
        happened: list[tuple[str, EventKind, date, str]],
        label: str,
        known_at: Callable[[date], datetime],
    ) -> None:
        kinds = {kind for _name, kind, _on, _subject in happened}
        kept = dict.fromkeys(
            ReportedEvent.objects.filter(
                programme_id__in=self._ids(), source=SOURCE, kind__in=kinds
            ).values_list("programme_id", "kind", "subject", "effective_on")
        )

        def rows() -> Iterator[tuple[Key, Any, models.Model]]:
            for name, kind, on, subject in happened:
                programme = self.programmes[name]
                event = ReportedEvent(
                    programme=programme,
                    kind=kind,
                    subject=subject[:60],
                    source=SOURCE,
                    effective_on=on,
                    known_at=known_at(on),
                )
                yield (programme.pk, str(kind), subject[:60], on), None, event

        self._add(ReportedEvent, rows(), kept, label)

    # --- people -----------------------------------------------------------------------------------

    def _surveys(self) -> None:
        """One wave for each programme and day; what of it may be shown is decided as for any other."""
        waves: dict[tuple[str, date], list[tuple[BusinessUnit, float, int]]] = defaultdict(list)
        for name, unit, on, score, n in self.bundle["surveys"]:
            waves[name, on].append((self.units[name, unit], score, n))
        kept = dict.fromkeys(
            SurveyWave.all_objects.filter(
                programme_id__in=self._ids(), measure=Measure.ENGAGEMENT, source=WaveSource.OWN
            ).values_list("programme_id", "closed_on")
        )
        k = max(thresholds().survey_k, LOWEST_K)
        new = self._add(
            SurveyWave,
            (
                (
                    (self.programmes[name].pk, on),
                    None,
                    SurveyWave(
                        programme=self.programmes[name],
                        name=_("Pulse of %(day)s") % {"day": on.isoformat()},
                        measure=Measure.ENGAGEMENT,
                        closed_on=on,
                        source=WaveSource.OWN,
                        k=k,
                        note=_("From a history bundle."),
                    ),
                )
                for name, on in waves
            ),
            kept,
            _("Survey waves"),
            "W",
        )
        names = {programme.pk: name for name, programme in self.programmes.items()}
        by_path = {unit.path: unit for unit in BusinessUnit.objects.all()}
        results = [
            result
            for wave in new
            for result in self._results(
                wave, waves[names[wave.programme_id], wave.closed_on], by_path, k
            )
        ]
        for start in range(0, len(results), BATCH):
            SurveyResult.objects.bulk_create(results[start : start + BATCH])
        hidden = sum(not result.is_released for result in results)
        self._count(_("Survey results"), len(results))
        if hidden:
            self.outcome.findings.append(
                Finding(
                    None,
                    _(
                        "%(count)s survey figures of fewer than %(k)s answers, or that would give such a figure away, are not kept."
                    )
                    % {"count": hidden, "k": k},
                    level="note",
                )
            )

    def _results(
        self,
        wave: SurveyWave,
        entered: list[tuple[BusinessUnit, float, int]],
        by_path: dict[str, BusinessUnit],
        k: int,
    ) -> Iterator[SurveyResult]:
        own = {unit.path: suppression.Cell(unit.path, n, score) for unit, score, n in entered}
        cells = suppression.rolled_up(own)
        try:
            shown = suppression.released(cells, k)
        except suppression.Inconsistent:
            # Units of the bundle stand under each other here: nothing can be said safely.
            shown = frozenset()
        for path, cell in sorted(cells.items()):
            yield SurveyResult(
                wave=wave,
                unit=by_path[path],
                mean=cell.mean if path in shown else None,
                n=cell.n if path in shown else None,
                is_released=path in shown,
                is_rolled_up=path not in own,
                effective_on=wave.closed_on,
                known_at=self.known.on(wave.closed_on),
            )

    def _training(self) -> None:
        kept = {
            (programme, unit, on): (required, completed)
            for programme, unit, on, required, completed in TrainingProgress.objects.filter(
                programme_id__in=self._ids()
            ).values_list("programme_id", "unit_id", "effective_on", "required", "completed")
        }

        def rows() -> Iterator[tuple[Key, Any, models.Model]]:
            for name, unit_name, on, completed, enrolled, planned in self.bundle["training"]:
                programme, unit = self.programmes[name], self.units[name, unit_name]
                progress = TrainingProgress(
                    programme=programme,
                    unit=unit,
                    required=enrolled,
                    completed=completed,
                    planned_share=planned,
                    effective_on=on,
                    known_at=self.known.on(on),
                )
                yield (programme.pk, unit.pk, on), (enrolled, completed), progress

        self._add(TrainingProgress, rows(), kept, _("Progress of training"))

    def _tallies(self) -> None:
        kept = {
            (programme, unit, on): count
            for programme, unit, on, count in SignalTally.objects.filter(
                programme_id__in=self._ids(), source=SOURCE
            ).values_list("programme_id", "unit_id", "effective_on", "count")
        }

        def rows() -> Iterator[tuple[Key, Any, models.Model]]:
            for name, unit_name, on, count in self.bundle["flags"]:
                programme, unit = self.programmes[name], self.units[name, unit_name]
                tally = SignalTally(
                    programme=programme,
                    unit=unit,
                    count=count,
                    source=SOURCE,
                    effective_on=on,
                    known_at=self.known.on(on),
                )
                yield (programme.pk, unit.pk, on), count, tally

        self._add(SignalTally, rows(), kept, _("Counted signs of resistance"))

    def _comments(self) -> None:
        """Comments have no name of their own: those of a programme and day are added together or not at all.

        Words are kept only where enough people answered a wave of that day in the unit.
        """
        kept: dict[Key, Any] = dict.fromkeys(
            SurveyComment.objects.filter(programme_id__in=self._ids(), source=SOURCE)
            .values_list("programme_id", "effective_on")
            .distinct()
        )

        waves = self._waves_with_enough_answers() if self.bundle["comments"] else {}
        names, words = adoption.redactor(), reading_comments.words_in_use()

        def rows() -> Iterator[tuple[Key, Any, models.Model]]:
            for name, unit_name, on, text in self.bundle["comments"]:
                if text:
                    programme, unit = self.programmes[name], self.units[name, unit_name]
                    comment = SurveyComment(
                        programme=programme,
                        unit=unit,
                        wave_id=waves.get((programme.pk, unit.pk, on)),
                        source=SOURCE,
                        effective_on=on,
                        known_at=self.known.on(on),
                    )
                    if comment.wave_id is not None:
                        comment.is_released, comment.text = True, names.redact(text)
                        words.put_into(comment)
                    yield (programme.pk, on), None, comment

        self._add(SurveyComment, rows(), kept, _("Comments"))

    def _waves_with_enough_answers(self) -> dict[tuple[int, int, date], int]:
        """The wave of each programme, unit and day whose comments may be kept."""
        rows = (
            SurveyResult.objects.released()
            .of_living_waves()
            .filter(wave__programme_id__in=self._ids(), n__gte=adoption.fewest_for_comments())
            .values_list("wave__programme_id", "unit_id", "effective_on", "wave_id")
        )
        return {(programme, unit, on): wave for programme, unit, on, wave in rows}


class _Places:
    """The units a bundle names. Two names are two units, also where their codes would be the same."""

    def __init__(self) -> None:
        units = list(BusinessUnit.objects.order_by("pk"))
        self._by_code = {unit.code: unit for unit in units}
        self._by_name: dict[str, list[BusinessUnit]] = defaultdict(list)
        for unit in units:
            self._by_name[unit.name].append(unit)
        self._claimed: set[str] = set()
        self.found: dict[str, BusinessUnit] = {}
        self.new: list[BusinessUnit] = []

    def of(self, name: str, headcount: int | None) -> BusinessUnit:
        """The unit of that name, else the one whose code the name gives, else a new one."""
        if name not in self.found:
            like = [*self._by_name.get(name, ()), self._by_code.get(unit_code(name))]
            free = (each for each in like if each and each.code not in self._claimed)
            unit = next(free, None)
            if unit is None:
                code = _free_code(name, self._by_code, "U")
                unit = BusinessUnit(code=code, name=name, path=code, headcount=headcount)
                self._by_code[code] = unit
                self.new.append(unit)
            self._claimed.add(unit.code)
            self.found[name] = unit
        return self.found[name]


def _external(name: str) -> str:
    """The name of a programme as what an import knows it by again; long ones keep their difference."""
    if len(name) <= 60:
        return name
    return f"{name[:43]}-{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def _free_code(name: str, taken: Container[str], otherwise: str = "P") -> str:
    """The name as a code that nothing has yet."""
    base = unit_code(name) or otherwise
    code, turn = base, 2
    while code in taken:
        code, turn = f"{base[: 29 - len(str(turn))]}-{turn}", turn + 1
    return code


def _raid_item(programme: Programme, row: tuple[Any, ...]) -> RaidItem:
    external, _programme, opened, kind, category, probability, impact, escalated, closed = row
    known = category if category in RaidCategory.values else RaidCategory.OTHER
    return RaidItem(
        programme=programme,
        kind=kind,
        side=RaidSide.PEOPLE if category == RaidCategory.PEOPLE else RaidSide.DELIVERY,
        title=f"{(category or known).capitalize()}: {RaidKind(kind).label.lower()} {external}"[
            :200
        ],
        category=known,
        probability=probability,
        impact=impact,
        status=RaidStatus.CLOSED if closed else RaidStatus.IDENTIFIED,
        opened_on=opened,
        closed_on=closed,
        escalated_on=escalated,
        external_id=external[:60],
    )
