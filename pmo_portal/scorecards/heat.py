"""Business units over twelve weeks: what goes live there, how much change they carry, how engaged they are.

Engagement is what adoption releases; go-lives are those of the programmes the reader sees. The load are the hours
that adoption's activities take; a week nobody said anything about has no figure, not zero.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _, ngettext

from adoption import engagement as answers, selectors as adoption
from adoption.choices import Measure
from adoption.models import SurveyResult
from pmo_portal.accounts.members import Member
from pmo_portal.common.days import monday_of
from pmo_portal.common.templatetags.portal import icon
from pmo_portal.tenants.models import BusinessUnit, Tenant
from pmo_portal.tenants.selectors import thresholds, units_in_use
from programmes.models import Milestone, MilestoneForecast, MilestoneUnit, Programme, ProgrammeUnit
from programmes.selectors import closed_by

WEEKS = 12
LONGEST_NAME = 18
# So many go-lives are named in a week of a unit; the rest is counted, and named in the file.
MOST_NAMED = 2


@dataclass(frozen=True)
class Golive:
    name: str
    url: str
    on: date
    is_overdue: bool

    @property
    def short(self) -> str:
        return short_name(self.name)


@dataclass(frozen=True)
class Cell:
    """One unit in one week."""

    monday: date
    load: float | None = None
    limit: float | None = None
    golives: tuple[Golive, ...] = ()

    @property
    def is_over(self) -> bool:
        return self.load is not None and self.limit is not None and self.load > self.limit

    @property
    def level(self) -> int:
        """0 to 3 by quarters of the limit, 4 beyond it."""
        if self.load is None or not self.limit:
            return 0
        return 4 if self.is_over else min(3, int(4 * self.load / self.limit))

    @property
    def named(self) -> tuple[Golive, ...]:
        return self.golives[:MOST_NAMED]

    @property
    def unnamed(self) -> int:
        return max(0, len(self.golives) - MOST_NAMED)

    @property
    def hours(self) -> str:
        return (
            "" if self.load is None else _("%(hours)s h") % {"hours": number_format(self.load, 1)}
        )


@dataclass
class Row:
    """One unit with its weeks. `engagement` is None where nothing may be shown or nothing is known.

    `way` is that of the change (`adoption.engagement.way`); what is not surely different stands as `flat` too.
    """

    pk: int
    name: str
    code: str
    path: str
    url: str
    people: int | None
    engagement: float | None
    change: float | None
    way: str
    said: str
    note: str
    cells: list[Cell] = field(default_factory=list)
    is_touched: bool = False

    @property
    def golives(self) -> list[Golive]:
        return [golive for cell in self.cells for golive in cell.golives]

    @property
    def has_golive(self) -> bool:
        return bool(self.golives)

    @property
    def is_over(self) -> bool:
        return any(cell.is_over for cell in self.cells)


def weeks_from(first: date) -> list[date]:
    return [monday_of(first) + timedelta(weeks=week) for week in range(WEEKS)]


def rows(
    member: Member,
    tenant: Tenant,
    *,
    as_of: date,
    today: date,
    first: date,
    portfolio: str = "",
) -> list[Row]:
    """Every unit in use, in the order of the tree. The number of statements is the same for any number of them."""
    found = list(units_in_use().select_related(None))
    ids = [unit.pk for unit in found]
    weeks = weeks_from(first)
    seen = Programme.objects.visible_to(member)
    seen = seen.live() if as_of == today else seen.exclude(pk__in=closed_by(as_of))
    if portfolio:
        seen = seen.filter(portfolio=portfolio)
    golives = _golives(seen, tenant, as_of=as_of, weeks=weeks, is_today=as_of == today)
    touched = set(
        ProgrammeUnit.objects.filter(programme__in=seen).values_list("unit_id", flat=True)
    )
    readings = adoption.engagement_as_of(ids, None, as_of)
    before = _earlier(ids, as_of)
    # Activities say what is planned now; what was planned on an earlier day is not kept.
    loads = adoption.load_by_week(ids, seen, first=weeks[0], weeks=WEEKS) if as_of == today else {}
    limit = float(thresholds().change_hours_week)
    root = reverse("scorecards:portfolio", kwargs={"tenant": tenant.slug})
    made = []
    for unit in found:
        row = _row(unit, readings[unit.pk], before.get(unit.pk, []), f"{root}units/{unit.code}/")
        row.is_touched = unit.pk in touched or unit.pk in golives or unit.pk in loads
        row.cells = cells(
            weeks, golives.get(unit.pk, ()), _against(loads.get(unit.pk), limit), as_of=as_of
        )
        made.append(row)
    return made


def _against(
    hours: Mapping[date, float] | None, limit: float
) -> dict[date, tuple[float, float]] | None:
    """Hours of each week beside what a week has room for."""
    return {monday: (each, limit) for monday, each in hours.items()} if hours else None


def cells(
    weeks: Sequence[date],
    golives: Iterable[Golive],
    loads: Mapping[date, tuple[float, float]] | None,
    *,
    as_of: date,
) -> list[Cell]:
    """Weeks of one unit; a go-live whose date has passed stands in the week of the day itself."""
    by_week: dict[date, list[Golive]] = defaultdict(list)
    for golive in golives:
        by_week[monday_of(as_of if golive.is_overdue else golive.on)].append(golive)
    made = []
    for monday in weeks:
        load, limit = (loads or {}).get(monday, (None, None))
        made.append(Cell(monday, load, limit, tuple(by_week.get(monday, ()))))
    return made


def _golives(
    programmes: Any, tenant: Tenant, *, as_of: date, weeks: Sequence[date], is_today: bool
) -> dict[int, list[Golive]]:
    """Go-lives that had not happened by the day, by unit. Two statements."""
    until = weeks[-1] + timedelta(days=6)
    found = _said_now(programmes, until) if is_today else _said_then(programmes, as_of)
    root = reverse("scorecards:portfolio", kwargs={"tenant": tenant.slug})
    shown: dict[int, Golive] = {}
    for pk, number, name, code, forecast_on, actual_on in found:
        if (actual_on is not None and actual_on <= as_of) or forecast_on > until:
            continue
        url = f"{root}p/{code}/plan/M-{number}/"
        shown[pk] = Golive(name, url, forecast_on, forecast_on < as_of)
    by_unit: dict[int, list[Golive]] = defaultdict(list)
    links = MilestoneUnit.objects.filter(
        milestone__is_golive=True,
        milestone__deleted_at__isnull=True,
        milestone__programme__in=programmes,
    )
    if is_today:
        links = links.filter(milestone__actual_on__isnull=True, milestone__forecast_on__lte=until)
    for milestone_id, unit_id in links.order_by("milestone_id").values_list(
        "milestone_id", "unit_id"
    ):
        if milestone_id in shown:
            by_unit[unit_id].append(shown[milestone_id])
    return by_unit


def _said_now(programmes: Any, until: date) -> QuerySet[Any, tuple[Any, ...]]:
    return (
        Milestone.objects.golives()
        .pending()
        .filter(programme__in=programmes, forecast_on__lte=until)
        .order_by("forecast_on", "pk")
        .values_list("pk", "number", "name", "programme__code", "forecast_on", "actual_on")
    )


def _said_then(programmes: Any, as_of: date) -> QuerySet[Any, tuple[Any, ...]]:
    return (
        MilestoneForecast.objects.known_by(as_of)
        .filter(
            milestone__is_golive=True,
            milestone__deleted_at__isnull=True,
            milestone__programme__in=programmes,
        )
        .order_by("milestone_id", "-effective_on", "-known_at", "-pk")
        .distinct("milestone_id")
        .values_list(
            "milestone_id",
            "milestone__number",
            "milestone__name",
            "milestone__programme__code",
            "forecast_on",
            "actual_on",
        )
    )


def short_name(name: str) -> str:
    """What goes live, without saying again that it does."""
    short = re.sub(r"[\s,:–-]*\bgo[- ]?live\b[\s,:–-]*", " ", name, flags=re.IGNORECASE).strip()
    short = short or name
    if len(short) <= LONGEST_NAME:
        return short
    cut = short[:LONGEST_NAME].rsplit(" ", 1)[0].rstrip(" ,&:-")
    return f"{cut or short[:LONGEST_NAME]}…"


def _earlier(ids: Collection[int], as_of: date) -> dict[int, list[tuple[float, int | None]]]:
    """The released figures of each unit itself in surveys of the organisation, with their answers, oldest first. One statement."""
    found: dict[int, list[tuple[float, int | None]]] = defaultdict(list)
    results = (
        SurveyResult.objects.released()
        .known_by(as_of)
        .of_living_waves()
        .filter(
            wave__measure=Measure.ENGAGEMENT, wave__programme__isnull=True, unit_id__in=list(ids)
        )
        .order_by("effective_on", "wave__number")
        .values_list("unit_id", "mean", "n")
    )
    for unit_id, mean, n in results:
        if mean is not None:
            found[unit_id].append((mean, n))
    return found


def _row(
    unit: BusinessUnit, reading: Any, before: Sequence[tuple[float, int | None]], url: str
) -> Row:
    value, change, way, said, note = None, None, "", "", ""
    if reading.is_hidden:
        said = _("Too few")
    elif reading.value is None and reading.below is not None:
        said = f"{round(reading.below.low)}–{round(reading.below.high)}"
        note = _("units below it")
    elif reading.value is None:
        said = _("No data")
    else:
        value, said, note = reading.value, str(round(reading.value)), reading.bound
        if reading.inherited_from is not None:
            inherited = _("as %(unit)s") % {"unit": reading.inherited_from.name}
            note = f"{note}, {inherited}" if note else inherited
        elif len(before) > 1:
            (then, then_of), (now, now_of) = before[-2:]
            change = round(now - then, 1)
            variance = answers.measurement_variance(then_of) + answers.measurement_variance(now_of)
            way = answers.way(now - then, variance).replace("unsure", "flat")
    return Row(
        unit.pk, unit.name, unit.code, unit.path, url, unit.headcount, value, change, way, said, note
    )  # fmt: skip


# --- drawn -----------------------------------------------------------------------------------------


class Presenter:
    """Draws the weeks of a unit in one piece: fifty units have six hundred of them."""

    def __init__(self) -> None:
        self._flag = icon("flag")
        self._golive, self._over = _("Go-live:"), _("over the limit")
        self._due, self._more = _("was due %(day)s"), _("and %(count)s more")

    def drawn(self, made: Iterable[Row]) -> list[tuple[Row, SafeString]]:
        return [
            (row, format_html_join("", "{}", ((self._cell(cell),) for cell in row.cells)))
            for row in made
        ]

    def _cell(self, cell: Cell) -> SafeString:
        over = (
            format_html('<span class="visually-hidden"> {}</span>', self._over)
            if cell.is_over
            else ""
        )
        more = (
            format_html("<small>{}</small>", self._more % {"count": cell.unnamed})
            if cell.unnamed
            else ""
        )
        return format_html(
            '<td class="pp-load-{}{}">{}{}{}{}</td>',
            cell.level,
            " pp-over" if cell.is_over else "",
            cell.hours,
            over,
            format_html_join("", "{}", ((self._named(golive),) for golive in cell.named)),
            more,
        )

    def _named(self, golive: Golive) -> SafeString:
        due = (
            format_html("<small>{}</small>", self._due % {"day": date_format(golive.on, "j M")})
            if golive.is_overdue
            else ""
        )
        return format_html(
            '<a class="pp-flagged" href="{}">{}<span class="visually-hidden">{} </span>{}{}</a>',
            golive.url,
            self._flag,
            self._golive,
            golive.short,
            due,
        )


# --- words -----------------------------------------------------------------------------------------


def finding(made: Sequence[Row]) -> str:
    """The worst of it first: a unit over its limit, else the least engaged one that goes live."""
    over = [(cell.load or 0, row, cell) for row in made for cell in row.cells if cell.is_over]
    if over:
        load, row, cell = max(over, key=lambda each: (each[0], each[1].name))
        return _("%(unit)s carries %(hours)s hours in the week of %(week)s") % {
            "unit": row.name,
            "hours": number_format(load, 1),
            "week": date_format(cell.monday, "j M"),
        } + _at(row)
    going = [row for row in made if row.has_golive]
    known = [row for row in going if row.engagement is not None]
    if known:
        row = min(known, key=lambda each: (each.engagement or 0, each.name))
        golive = min(row.golives, key=lambda each: each.on)
        return _("%(golive)s on %(day)s meets %(unit)s") % {
            "golive": golive.name,
            "day": date_format(golive.on, "j M"),
            "unit": row.name,
        } + _at(row)
    if going:
        return ngettext(
            "%(count)s unit goes live in these weeks, its engagement is not known",
            "%(count)s units go live in these weeks, their engagement is not known",
            len(going),
        ) % {"count": len(going)}
    return _("Nothing goes live in any unit in these twelve weeks")


def _at(row: Row) -> str:
    if row.engagement is None:
        return ""
    return _(", at an engagement of %(value)s") % {"value": round(row.engagement)}


def has_load(made: Iterable[Row]) -> bool:
    return any(cell.load is not None for row in made for cell in row.cells)
