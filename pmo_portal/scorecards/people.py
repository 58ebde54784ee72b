"""The people half of the figures: engagement, training and resistance of the units programmes land in.

Survey figures come from adoption's readings, which know released results alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import F

from adoption import engagement as answers, selectors as adoption, status as adoption_status
from adoption.models import ResistanceSignal, TrainingProgress
from pmo_portal.common.clock import end_of
from pmo_portal.common.levels import State, worst
from pmo_portal.tenants import nested
from pmo_portal.tenants.models import TenantSettings
from programmes.models import ProgrammeUnit

from . import facts, limits
from .figures import Adoption, Series


class People:
    """What adoption knew of the units of some programmes, read once."""

    def __init__(
        self, ids: Sequence[int], as_of: date, settings: TenantSettings, *, days: Sequence[date]
    ) -> None:
        self._as_of, self._settings = as_of, settings
        self._links: dict[int, list[ProgrammeUnit]] = defaultdict(list)
        links = ProgrammeUnit.objects.filter(programme_id__in=ids).select_related("unit")
        for link in links.order_by("unit__path"):
            self._links[link.programme_id].append(link)
        wanted = {pk: [link.unit_id for link in self._links[pk]] for pk in ids}
        self._readings = adoption.readings_over(dict(wanted.items()), days={*days, as_of})
        self._training = self._trainings(ids)
        self._resistance = adoption.resistance_for(ids, as_of=as_of)
        self._signs = self._open_spells(ids)

    def _trainings(self, ids: Sequence[int]) -> dict[int, list[TrainingProgress]]:
        # Also what was taken back since: points of the line before that day knew it.
        rows = (
            TrainingProgress.objects.filter(
                programme_id__in=ids,
                effective_on__lte=self._as_of,
                known_at__lte=end_of(self._as_of),
            )
            .annotate(path=F("unit__path"))
            .order_by("effective_on", "known_at", "pk")
        )
        found: dict[int, list[TrainingProgress]] = defaultdict(list)
        for row in rows:
            found[row.programme_id].append(row)
        return found

    def _open_spells(
        self, ids: Sequence[int]
    ) -> dict[int, list[tuple[date, date | None, datetime]]]:
        """From when to when each sign of resistance was open, and since when it is known."""
        rows = (
            ResistanceSignal.objects.known_by(self._as_of)
            .filter(programme_id__in=ids)
            .values_list("programme_id", "effective_on", "resolved_on", "known_at")
        )
        found: dict[int, list[tuple[date, date | None, datetime]]] = defaultdict(list)
        for programme_id, seen_on, resolved_on, known_at in rows:
            found[programme_id].append((seen_on, resolved_on, known_at))
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
        figure = self._figure(pk, link, self._as_of)
        people = link.headcount or link.unit.headcount
        engaged = (
            self._state(figure) if figure and self._speaks(figure, self._as_of) else State.NONE
        )
        trained = [
            row for row in self._latest_training(pk, self._as_of) if row.unit_id == link.unit_id
        ]
        training = adoption_status.training_state(trained[0].gap if trained else None)
        state = limits.half_state([engaged, training], needed=[engaged])
        low, high = (figure.low, figure.high) if figure else (None, None)
        return [link.unit_id, link.unit.name, people, low, high, str(state)]

    def _engage(self, pk: int, made: Adoption) -> None:
        shown = self._figures(pk, self._as_of)
        speaking = [each for each in shown if self._speaks(each, self._as_of)]
        # Old surveys are shown where no younger one speaks, and never mixed with it.
        engagement = facts.together(speaking or shown, of_units=len(self._links[pk]))
        if engagement is None:
            return
        made.take(engagement)
        # A mean can hide a unit: the worst of them decides, and is named.
        made.engagement_state = worst([self._state(each) for each in speaking])
        single = [each for each in speaking if each.low == each.high]
        if len(single) > 1:
            lowest = min(single, key=lambda each: (each.low, each.name))
            made.lowest, made.lowest_name = lowest.low, lowest.name

    def _figures(self, pk: int, day: date) -> list[facts.Figure]:
        found = [self._figure(pk, link, day) for link in self._links[pk]]
        return [figure for figure in found if figure is not None]

    def _figure(self, pk: int, link: ProgrammeUnit, day: date) -> facts.Figure | None:
        """The engagement of a unit as it may be shown; that of the units below where it has none itself."""
        reading = self._readings[day][pk][link.unit_id]
        if reading.value is not None:
            above = reading.inherited_from
            return facts.Figure(
                link.unit.name,
                reading.value,
                reading.value,
                link.headcount or link.unit.headcount,
                n=reading.n,
                on=reading.effective_on,
                wave=reading.wave,
                is_published=reading.is_published,
                is_inherited=above is not None,
                path=link.unit.path,
                source=f"{above.pk if above else link.unit_id} {reading.wave}",
                variance=answers.measurement_variance(reading.n),
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
            path=link.unit.path,
            source=f"below {link.unit_id} {below.effective_on}",
            variance=answers.measurement_variance(below.n),
        )

    def _state(self, figure: facts.Figure) -> State:
        found = limits.spread_state(
            figure.low,
            figure.high,
            target=self._settings.engagement_target,
            floor=self._settings.engagement_floor,
        )
        # The figure of the unit above may warn, but never says that this one is on track.
        return State.NONE if figure.is_inherited and found == State.OK else found

    def _speaks(self, figure: facts.Figure, day: date) -> bool:
        return adoption_status.speaks(figure.on, day, is_published=figure.is_published)

    def _train(self, pk: int, made: Adoption) -> None:
        latest = self._latest_training(pk, self._as_of)
        if not latest:
            return
        counted = self._counted(latest)
        made.required = sum(row.required for row in counted)
        made.completed = sum(row.completed for row in counted)
        made.training_on = max(row.effective_on for row in latest)
        if all(row.planned_share is not None for row in counted):
            planned = sum((row.planned_share or 0.0) * row.required for row in counted)
            made.planned = 100 * planned / made.required
        gaps = {row.unit_id: row.gap for row in latest if row.gap is not None}
        made.training_state = worst([adoption_status.training_state(gap) for gap in gaps.values()])
        names = {link.unit_id: link.unit.name for link in self._links[pk]}
        if len(gaps) > 1 and made.training_state in (State.WARN, State.BAD):
            behind = max(gaps, key=lambda unit_id: (gaps[unit_id] or 0.0, unit_id))
            made.behind_name = names.get(behind, "")

    def _latest_training(self, pk: int, day: date) -> list[TrainingProgress]:
        """The last word on each unit, as it was known at the end of a day."""
        until = end_of(day)
        latest = {
            row.unit_id: row
            for row in self._training[pk]
            if row.effective_on <= day
            and row.known_at <= until
            and (row.withdrawn_at is None or row.withdrawn_at > until)
        }
        return list(latest.values())

    def _counted(self, latest: list[TrainingProgress]) -> list[TrainingProgress]:
        """Without units within another of these, whose people it counts already."""
        outer = nested.outermost(row.path for row in latest)  # type: ignore[attr-defined]
        return [row for row in latest if row.path in outer]  # type: ignore[attr-defined]

    def _resist(self, pk: int, made: Adoption) -> None:
        if pk not in self._signs:
            return
        names = {link.unit_id: link.unit.name for link in self._links[pk]}
        found = self._resistance[pk]
        made.signs = sum(each.count for each in found.values())
        made.resistance_on = max(seen_on for seen_on, *_rest in self._signs[pk])
        counted = sorted(
            ((names.get(unit_id, ""), each.count) for unit_id, each in found.items()),
            key=lambda each: (-each[1], each[0]),
        )
        made.signs_by_unit = [[name, count] for name, count in counted if name][:3]
        values = [each.value for each in found.values() if each.value is not None]
        made.resistance = max(values, default=0.0 if not found else None)
        made.resistance_state = adoption_status.resistance_state(made.resistance)

    def draw(self, pk: int, series: Series, days: list[date]) -> None:
        known = []
        for day in days:
            engagement = self._engagement_on(pk, day)
            series.engagement.append(engagement.mean if engagement else None)
            if engagement is not None and engagement.mean is not None:
                known.append(engagement)
            counted = self._counted(self._latest_training(pk, day))
            required = sum(row.required for row in counted)
            series.trained.append(
                100 * sum(row.completed for row in counted) / required if required else None
            )
            series.signs.append(self._signs_on(pk, day))
        if len(known) > 1:
            series.engagement_lately = facts.way(known[-facts.STEPS - 1 :][0], known[-1])
            series.engagement_since = facts.way(known[0], known[-1])

    def _signs_on(self, pk: int, day: date) -> int | None:
        """The signs open on a day as known then; None where none was known at all."""
        until = end_of(day)
        ends = [
            resolved_on
            for seen_on, resolved_on, known_at in self._signs.get(pk, ())
            if seen_on <= day and known_at <= until
        ]
        return sum(end is None or end > day for end in ends) if ends else None

    def _engagement_on(self, pk: int, day: date) -> facts.Engagement | None:
        """Weighted like the figure of the day itself, from surveys that spoke for it."""
        shown = [each for each in self._figures(pk, day) if self._speaks(each, day)]
        return facts.together(shown, of_units=len(self._links[pk]))
