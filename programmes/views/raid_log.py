"""The RAID log of a programme and of all programmes: registers, findings and maps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse
from django.utils.formats import date_format
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_safe

from pmo_portal.accounts.http import TenantRequest, programme_view, tenant_view
from pmo_portal.accounts.permissions import can
from pmo_portal.common import clock
from pmo_portal.common.figures import trend
from pmo_portal.common.raid_map import RaidMap, raid_map
from pmo_portal.common.registers import export_format, export_response, register_page
from pmo_portal.common.rendering import drawn_panels, show, wants_part
from pmo_portal.tenants.models import TenantSettings
from pmo_portal.tenants.selectors import thresholds

from .. import raid_trend, rows, selectors
from ..choices import RAID_ENDED, RaidKind
from ..forms import RaidFilter
from ..tables import RAID, RAID_OF_ALL

MOVED_WITHIN = timedelta(days=30)
TREND_WEEKS = 13


@require_safe
@programme_view("programmes.raid_view")
def raid_list(request: TenantRequest) -> HttpResponse:
    """The register with filters, sorting and export, and the map of where its open risks stand."""
    today, limits = clock.today(), thresholds()
    items = selectors.raid_items_for(request.member, request.programme)
    present = rows.raid_row(limits, on=today)
    if export_format(request):
        return export_response(request, RAID, items, filters=RaidFilter, present=present)
    context: dict[str, Any] = {
        "register": register_page(request, RAID, items, filters=RaidFilter, present=present),
        "may_create": can(request.member, "programmes.raid_create", request.programme),
        "as_of": today,
        "appetite": limits.raid_appetite,
    }
    if not wants_part(request):
        context |= _summary(request, today, limits)
    return show(request, "programmes/raid_list.html", "register", context)


def _summary(request: TenantRequest, on: date, limits: TenantSettings) -> dict[str, Any]:
    """What the page says above and below the register: counts, the map, what moved in a month."""
    ids = [request.programme.pk]
    now = [each for each in selectors.raid_as_of(ids, on) if each.is_open]
    then = {each.item_id: each for each in selectors.raid_as_of(ids, on - MOVED_WITHIN)}
    titles = {item.pk: item for item in selectors.open_raid(request.member, request.programme)}
    risks = [
        each for each in now if each.kind == RaidKind.RISK and each.score and each.item_id in titles
    ]
    moved = [
        (titles[each.item_id], then[each.item_id], each)
        for each in risks
        if each.item_id in then
        and then[each.item_id].score
        and (then[each.item_id].probability, then[each.item_id].impact)
        != (each.probability, each.impact)
    ]
    above = [each for each in now if (each.score or 0) >= limits.raid_appetite]
    kinds = Counter(each.kind for each in now)
    return {
        "finding": _finding(len(now), len(above), limits.raid_appetite),
        "open": len(now),
        "kinds": [_counted(kind, kinds[kind]) for kind in RaidKind if kinds[kind]],
        "overdue": sum(
            item.review_on is not None and item.review_on < on for item in titles.values()
        ),
        "risks": len(risks),
        "risks_above": sum((each.score or 0) >= limits.raid_appetite for each in risks),
        "moved": moved,
        **_trend(ids, on, limits),
        "panels": drawn_panels("programmes.raid_log", request, request.programme),
        "map": _map(
            request.path,
            Counter((each.probability or 0, each.impact or 0) for each in risks),
            limits,
            moves=[
                (
                    item.reference,
                    (before.probability or 0, before.impact or 0),
                    (after.probability or 0, after.impact or 0),
                )
                for item, before, after in moved[:6]
            ],
        ),
    }


def _map(
    address: str,
    counts: Mapping[tuple[int, int], int],
    limits: TenantSettings,
    *,
    moves: Sequence[tuple[str, tuple[int, int], tuple[int, int]]] = (),
) -> RaidMap | None:
    """Open risks by probability and impact, each number a link to them in the register; None without a rated risk."""
    if not counts:
        return None
    return raid_map(
        counts,
        moves=moves,
        appetite=limits.raid_appetite,
        high_from=limits.raid_appetite,
        medium_from=-(-limits.raid_appetite // 2),
        link=lambda probability, impact: (
            f"{address}?kind={RaidKind.RISK}&probability={probability}&impact={impact}"
        ),
    )


def _trend(ids: list[int], on: date, limits: TenantSettings) -> dict[str, Any]:
    """How the log grew in a quarter; nothing where it has been empty all the time."""
    weeks = raid_trend.by_week(
        selectors.raid_log(ids, on),
        raid_trend.last_days(on, TREND_WEEKS),
        appetite=limits.raid_appetite,
    )
    if not any(week.open or week.ended for week in weeks):
        return {}
    grown = weeks[-1].open - weeks[0].open + weeks[0].opened - weeks[0].ended
    words = (
        ngettext("%(count)d more open item than", "%(count)d more open items than", grown)
        if grown > 0
        else ngettext("%(count)d open item fewer than", "%(count)d open items fewer than", -grown)
        if grown
        else _("As many open items as")
    )
    title = _("%(more)s %(weeks)d weeks ago") % {
        "more": words % {"count": abs(grown)} if grown else words,
        "weeks": TREND_WEEKS,
    }
    figure = trend(
        [date_format(week.last, "j M") for week in weeks],
        [
            ("", _("Open"), [week.open for week in weeks]),
            ("", _("Above appetite"), [week.above for week in weeks]),
        ],
        floor=0,
    )
    return {"weeks": weeks[::-1], "trend": figure, "trend_title": title}


def _counted(kind: RaidKind, count: int) -> str:
    words = {
        RaidKind.RISK: ngettext("%(count)d risk", "%(count)d risks", count),
        RaidKind.ASSUMPTION: ngettext("%(count)d assumption", "%(count)d assumptions", count),
        RaidKind.ISSUE: ngettext("%(count)d issue", "%(count)d issues", count),
        RaidKind.DEPENDENCY: ngettext("%(count)d dependency", "%(count)d dependencies", count),
    }
    return words[kind] % {"count": count}


def _finding(open_items: int, above: int, appetite: int) -> str:
    if not open_items:
        return _("No open item")
    if not above:
        return ngettext(
            "The one open item is within the appetite",
            "All %(count)d open items are within the appetite",
            open_items,
        ) % {"count": open_items}
    return ngettext(
        "%(above)d of %(count)d open item is at or above the appetite of %(appetite)d",
        "%(above)d of %(count)d open items are at or above the appetite of %(appetite)d",
        open_items,
    ) % {"above": above, "count": open_items, "appetite": appetite}


@require_safe
@tenant_view("programmes.raid_view")
def raid_all(request: TenantRequest) -> HttpResponse:
    """The log of every programme the member sees."""
    today, limits = clock.today(), thresholds()
    items = selectors.raid_items_for(request.member)
    present = rows.raid_row(limits, on=today)
    if export_format(request):
        return export_response(request, RAID_OF_ALL, items, filters=RaidFilter, present=present)
    context: dict[str, Any] = {"as_of": today}
    counted = None
    if not wants_part(request):
        appetite = limits.raid_appetite
        counts = items.exclude(status__in=RAID_ENDED).aggregate(
            open=Count("pk"), above=Count("pk", filter=Q(score__gte=appetite))
        )
        # Without a filter the register holds what is open.
        counted = counts["open"]
        context |= {
            "finding": _finding(counts["open"], counts["above"], appetite),
            "appetite": appetite,
            "map": _map(request.path, selectors.risk_counts(items), limits),
        }
    context["register"] = register_page(
        request, RAID_OF_ALL, items, filters=RaidFilter, present=present, unfiltered=counted
    )
    return show(request, "programmes/raid_all.html", "register", context)
