"""One unit: the programmes that reach it, both halves beside each other, and its next twelve weeks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _, ngettext

from adoption import selectors as adoption
from pmo_portal.accounts.members import Member
from pmo_portal.common.days import day_text
from pmo_portal.tenants.models import BusinessUnit, Tenant
from pmo_portal.tenants.selectors import thresholds
from programmes.models import Milestone, Programme

from . import heat, portfolio


@dataclass(frozen=True)
class Reach:
    """One programme that reaches the unit, as the portfolio draws it, and what goes live here next."""

    row: portfolio.Row
    golive: heat.Golive | None


@dataclass(frozen=True)
class Reached:
    """A unit as of today.

    `in_parts` are the programmes that name units below it but not itself, by name and address; `unseen` counts those
    that reach it and the reader does not see.
    """

    programmes: Sequence[Reach]
    in_parts: Sequence[tuple[str, str]]
    unseen: int
    golives: Sequence[heat.Golive]
    weeks: Sequence[heat.Cell]
    limit: float

    @property
    def told_weeks(self) -> list[heat.Cell]:
        """The weeks there is anything to say of."""
        return [week for week in self.weeks if week.load is not None or week.golives]


def reached(unit: BusinessUnit, member: Member, tenant: Tenant, *, today: date) -> Reached:
    """What reaches a unit. The same number of statements for any number of programmes."""
    seen = portfolio.rows_of(member, as_of=today, today=today).live()
    rows = list(adoption.programmes_reaching(unit, seen).order_by("code"))
    portfolio.make_true(rows, today=today)
    everywhere = adoption.programmes_reaching(unit, Programme.objects.live()).count()
    ids = [row.pk for row in rows]
    golives = _golives(unit, ids, tenant, today=today)
    presenter = portfolio.Presenter(tenant=tenant)
    weeks = heat.weeks_from(today)
    limit = float(thresholds().change_hours_week)
    hours = adoption.load_by_week([unit.pk], ids, first=weeks[0], weeks=heat.WEEKS).get(unit.pk, {})
    every = sorted((each for some in golives.values() for each in some), key=lambda each: each.on)
    return Reached(
        programmes=[Reach(presenter.row(row), _first(golives, row.pk)) for row in rows],
        in_parts=_in_parts(unit, seen.exclude(pk__in=ids), tenant),
        unseen=everywhere - len(rows),
        golives=every,
        weeks=heat.cells(
            weeks, every, {monday: (each, limit) for monday, each in hours.items()}, as_of=today
        ),
        limit=limit,
    )


def _in_parts(
    unit: BusinessUnit, programmes: QuerySet[Programme], tenant: Tenant
) -> list[tuple[str, str]]:
    below = programmes.filter(unit_links__unit__path__startswith=f"{unit.path}/")
    root = reverse("scorecards:portfolio", kwargs={"tenant": tenant.slug})
    found = below.order_by("code").distinct().values_list("name", "code")
    return [(name, f"{root}p/{code}/") for name, code in found]


def _golives(
    unit: BusinessUnit, programme_ids: Collection[int], tenant: Tenant, *, today: date
) -> dict[int, list[heat.Golive]]:
    """What has still to go live here, by programme, the earliest first. One that names no unit counts for all units."""
    root = reverse("scorecards:portfolio", kwargs={"tenant": tenant.slug})
    found: dict[int, list[heat.Golive]] = {}
    rows = (
        Milestone.objects.golives()
        .pending()
        .filter(Q(unit_links__unit=unit) | Q(unit_links__isnull=True), programme__in=programme_ids)
        .order_by("forecast_on", "pk")
        .values_list("programme_id", "programme__code", "number", "name", "forecast_on")
    )
    for pk, code, number, name, on in rows:
        golive = heat.Golive(name, f"{root}p/{code}/plan/M-{number}/", on, on < today)
        found.setdefault(pk, []).append(golive)
    return found


def _first(golives: Mapping[int, Sequence[heat.Golive]], pk: int) -> heat.Golive | None:
    return next(iter(golives.get(pk, ())), None)


def finding(made: Reached) -> str:
    """How many programmes there are, and what goes live first."""
    count = len(made.programmes)
    if not count and made.in_parts:
        return ngettext(
            "%(count)s programme reaches parts of this unit, none names it itself",
            "%(count)s programmes reach parts of this unit, none names it itself",
            len(made.in_parts),
        ) % {"count": len(made.in_parts)}
    if not count:
        return _("No programme you see reaches this unit")
    said = ngettext(
        "%(count)s programme reaches this unit", "%(count)s programmes reach this unit", count
    ) % {"count": count}
    if not made.golives:
        return said
    first = made.golives[0]
    words = (
        _("%(said)s, %(golive)s was due on %(day)s")
        if first.is_overdue
        else _("%(said)s, next is %(golive)s on %(day)s")
    )
    return words % {"said": said, "golive": first.name, "day": day_text(first.on)}


def finding_of_weeks(made: Reached) -> str:
    """Weeks over the limit first, else the heaviest one, else what goes live."""
    over = sum(week.is_over for week in made.weeks)
    if over:
        return ngettext(
            "More than %(limit)s hours a person in %(count)s of the next twelve weeks",
            "More than %(limit)s hours a person in %(count)s of the next twelve weeks",
            over,
        ) % {"count": over, "limit": number_format(made.limit)}
    loads = [(week.load, week) for week in made.weeks if week.load is not None]
    if loads:
        load, week = max(loads, key=lambda each: each[0])
        return _("At most %(hours)s hours a person, in the week of %(week)s") % {
            "hours": number_format(load, 1),
            "week": date_format(week.monday, "j M"),
        }
    if made.told_weeks:
        return _("No hours are planned here before what goes live")
    return _("Nothing is planned here in the next twelve weeks")
