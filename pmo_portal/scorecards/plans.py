"""What the roadmap shows: programmes with everything that was known of their milestones on a day."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext

from forecasting.choices import RiskLevel
from pmo_portal.accounts.members import Member
from pmo_portal.common.days import day_text
from pmo_portal.common.levels import State
from pmo_portal.tenants.models import Tenant, TenantSettings
from programmes import schedule
from programmes.choices import Half, Stage
from programmes.models import MilestoneForecast, Programme
from programmes.selectors import as_they_stood, programmes_for

from .models import ProgrammeSummary
from .roadmap import Mark
from .rows import Rows

# What is near enough to be said in the heading.
NEAR = timedelta(weeks=8)
_RAISED = [RiskLevel.HIGH, RiskLevel.ELEVATED]


def rows_of(member: Member, *, as_of: date, today: date) -> Any:
    """Programmes with their next go-live: of today as it is stored, of an earlier day as it was known then."""
    found = programmes_for(member).select_related(None)
    if as_of == today:
        return found.select_related("summary").defer("purpose", "summary__figures")
    golives = _next_golives(as_of)
    known = set(
        MilestoneForecast.objects.known_by(as_of)
        .order_by()
        .values_list("milestone__programme_id", flat=True)
        .distinct()
    )
    rows = Rows()
    for programme in as_they_stood(found.defer("purpose"), as_of):
        if programme.pk in known or timezone.localdate(programme.created_at) <= as_of:
            ProgrammeSummary(programme=programme, golive_on=golives.get(programme.pk))
            rows.append(programme)
    return rows


def _next_golives(as_of: date) -> dict[int, date]:
    latest = (
        MilestoneForecast.objects.known_by(as_of)
        .filter(milestone__is_golive=True, milestone__deleted_at__isnull=True)
        .order_by("milestone_id", "-effective_on", "-known_at", "-pk")
        .distinct("milestone_id")
        .values_list("milestone__programme_id", "forecast_on", "actual_on")
    )
    found: dict[int, date] = {}
    for programme_id, forecast_on, actual_on in latest:
        if actual_on is None or actual_on > as_of:
            found[programme_id] = min(found.get(programme_id, forecast_on), forecast_on)
    return found


class Plans:
    """Milestones of some programmes as known on a day. One statement."""

    def __init__(self, tenant: Tenant, as_of: date, settings: TenantSettings) -> None:
        self._root = reverse("scorecards:portfolio", kwargs={"tenant": tenant.slug})
        self._as_of, self._settings = as_of, settings

    def of(
        self, programmes: Iterable[Any], *, golives_only: bool = False, halves: Collection[str] = ()
    ) -> dict[int, list[Mark]]:
        codes = {each.pk: each.code for each in programmes}
        latest = MilestoneForecast.objects.known_by(self._as_of).filter(
            milestone__programme_id__in=list(codes), milestone__deleted_at__isnull=True
        )
        if golives_only:
            latest = latest.filter(milestone__is_golive=True)
        if halves:
            latest = latest.filter(milestone__track__in=list(halves))
        rows = (
            latest.order_by("milestone_id", "-effective_on", "-known_at", "-pk")
            .distinct("milestone_id")
            .values_list(
                "milestone__programme_id",
                "milestone__number",
                "milestone__name",
                "milestone__track",
                "baseline_on",
                "milestone__is_golive",
                "forecast_on",
                "actual_on",
            )
        )
        found: dict[int, list[Mark]] = {pk: [] for pk in codes}
        for programme_id, *rest in rows:
            found[programme_id].append(self._mark(codes[programme_id], *rest))
        for marks in found.values():
            marks.sort(key=lambda mark: (mark.expected_on, mark.reference))
        return found

    def _mark(
        self,
        code: str,
        number: int,
        name: str,
        track: str,
        baseline_on: date,
        is_golive: bool,
        forecast_on: date,
        actual_on: date | None,
    ) -> Mark:
        state = schedule.milestone_state(
            baseline_on=baseline_on,
            forecast_on=forecast_on,
            actual_on=actual_on,
            on=self._as_of,
            amber_days=self._settings.slip_amber_days,
            red_days=self._settings.slip_red_days,
        )
        is_done = state == State.DONE
        expected = actual_on if is_done and actual_on else forecast_on
        slip = schedule.slip_days(
            baseline_on=baseline_on,
            expected_on=expected if is_done else max(forecast_on, self._as_of),
        )
        return Mark(
            reference=f"M-{number}",
            name=name,
            url=f"{self._root}p/{code}/plan/M-{number}/",
            half=track,
            baseline_on=baseline_on,
            expected_on=expected,
            is_done=is_done,
            is_golive=is_golive,
            slip=slip,
            state=str(state),
            spoken=_spoken(name, is_golive, is_done, expected, slip),
        )


def _spoken(name: str, is_golive: bool, is_done: bool, expected: date, slip: int) -> str:
    words = {
        "name": name,
        "day": day_text(expected),
        "what": _("go-live") if is_golive else _("milestone"),
    }
    text = (
        _("%(name)s, %(what)s, reached %(day)s") % words
        if is_done
        else _("%(name)s, %(what)s, expected %(day)s") % words
    )
    said = slip_words(slip)
    return f"{text}, {said}" if said else text


def slip_words(slip: int) -> str:
    """Working days against the baseline; empty where there are none."""
    if not slip:
        return ""
    if slip > 0:
        return ngettext("%(days)s day late", "%(days)s days late", slip) % {"days": slip}
    return ngettext("%(days)s day early", "%(days)s days early", -slip) % {"days": -slip}


# --- what the page says ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Near:
    """Programmes that go live soon, and those of them under a signal. Closed ones do not count."""

    programmes: int
    going: int
    signalled: int


def near(rows: QuerySet[Programme] | Rows, *, as_of: date) -> Near:
    """One statement for stored summaries."""
    until = as_of + NEAR
    if isinstance(rows, Rows):
        live = [row for row in rows if not row.is_closed]
        going = [row for row in live if _is_within(row.summary.golive_on, as_of, until)]
        return Near(len(live), len(going), 0)
    soon = Q(summary__golive_on__range=(as_of, until))
    found = (
        rows.select_related(None)
        .exclude(stage=Stage.CLOSED)
        .order_by()
        .aggregate(
            programmes=Count("pk"),
            going=Count("pk", filter=soon),
            signalled=Count("pk", filter=soon & Q(summary__signal_level__in=_RAISED)),
        )
    )
    return Near(**found)


def _is_within(day: date | None, first: date, last: date) -> bool:
    return day is not None and first <= day <= last


def finding(made: Near) -> str:
    if not made.programmes:
        return _("No programmes yet")
    if not made.going:
        return _("No programme goes live within eight weeks")
    going = ngettext(
        "%(count)s programme goes live within eight weeks",
        "%(count)s programmes go live within eight weeks",
        made.going,
    ) % {"count": made.going}
    if not made.signalled:
        return going
    signalled = ngettext(
        "%(count)s of them under a signal", "%(count)s of them under a signal", made.signalled
    ) % {"count": made.signalled}
    return f"{going}, {signalled}"


def half_words(half: str) -> str:
    return str(Half(half).label)
