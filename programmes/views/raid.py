"""The RAID log of a programme and of all programmes, and the page of one item."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pmo_portal.accounts.http import TenantRequest, programme_view, tenant_view
from pmo_portal.accounts.permissions import can, require
from pmo_portal.common import clock
from pmo_portal.common.figures import raid_map, trend
from pmo_portal.common.registers import export_format, export_response, register_page
from pmo_portal.common.rendering import done, drawn_panels, show, wants_part
from pmo_portal.history.frame import history_url, pressed, status_of
from pmo_portal.history.services import EditConflict, Gone
from pmo_portal.history.views import conflict_page, gone_page, number_in, offer_undo
from pmo_portal.tenants.models import TenantSettings
from pmo_portal.tenants.selectors import thresholds

from .. import raid_trend, rows, selectors, services
from ..choices import CONVERSIONS, RAID_ENDED, RAID_PREFIX, RaidKind, RaidStatus
from ..forms import RaidFilter, RaidForm, RaidUpdateForm
from ..models import RaidItem
from ..tables import RAID, RAID_OF_ALL
from .parts import address

CHANGED = "raid-item-changed"
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
        "map": raid_map(
            [
                (titles[each.item_id].reference, each.probability or 0, each.impact or 0)
                for each in risks
            ],
            moves=[
                (
                    item.reference,
                    (before.probability or 0, before.impact or 0),
                    (after.probability or 0, after.impact or 0),
                )
                for item, before, after in moved[:6]
            ],
            appetite=limits.raid_appetite,
            high_from=limits.raid_appetite,
            medium_from=-(-limits.raid_appetite // 2),
        )
        if risks
        else None,
    }


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
            "heat": _heat(selectors.risk_counts(items), appetite),
            "impacts": list(RATINGS),
        }
    context["register"] = register_page(
        request, RAID_OF_ALL, items, filters=RaidFilter, present=present, unfiltered=counted
    )
    return show(request, "programmes/raid_all.html", "register", context)


RATINGS = range(1, 6)
# Tints from the lowest score to the highest; what is above the appetite is framed as well.
TINTS = 4


@dataclass(frozen=True)
class HeatCell:
    """Open risks of one probability and impact."""

    impact: int
    count: int
    tint: int
    is_above: bool


def _heat(counts: Mapping[tuple[int, int], int], appetite: int) -> list[tuple[int, list[HeatCell]]]:
    """Rows of probability, the highest first, with a cell for every impact; empty without a rated risk."""
    if not counts:
        return []
    return [
        (
            probability,
            [
                HeatCell(
                    impact,
                    counts.get((probability, impact), 0),
                    min(TINTS - 1, probability * impact * TINTS // 26),
                    probability * impact >= appetite,
                )
                for impact in RATINGS
            ],
        )
        for probability in reversed(RATINGS)
    ]


@require_safe
@programme_view("programmes.raid_view")
def raid_detail(request: TenantRequest, reference: str) -> HttpResponse:
    item = _item(request, reference)
    if item.deleted_at is not None:
        return gone_page(request, item)
    return _detail(request, item, RaidUpdateForm())


def _detail(
    request: TenantRequest, item: RaidItem, form: RaidUpdateForm, *, status: int = 200
) -> HttpResponse:
    today, limits = clock.today(), thresholds()
    chain = selectors.chain_of(item)
    updates = list(selectors.updates_of(*chain))
    own = [each for each in updates if each.item_id == item.pk]
    context = {
        "chain": chain if len(chain) > 1 else [],
        "conversions": [RaidKind(kind) for kind in CONVERSIONS[RaidKind(item.kind)]]
        if item.is_open
        else [],
        "may_unconvert": item.converted_from_id is not None and item.version == 1 and len(own) == 1,
        "record": rows.raid_row(limits, on=today)(item),
        "updates": _with_changes(updates),
        "was": next(
            (
                each
                for each in reversed(own)
                if (each.probability, each.impact) != (item.probability, item.impact)
            ),
            None,
        ),
        "spoken": sum(bool(each.text) for each in updates),
        "units": item.units.order_by("path"),
        "milestones": [
            rows.milestone_row(limits, on=today)(each)
            for each in item.milestones.filter(deleted_at__isnull=True)
            .select_related("programme", "tenant")
            .order_by("forecast_on")
        ],
        "form": form,
        "may_change": can(request.member, "programmes.raid_change", item),
        "may_comment": can(request.member, "programmes.raid_create", request.programme),
        "panels": drawn_panels("programmes.raid_item", request, item),
        "history_url": history_url(request, item),
        "appetite": limits.raid_appetite,
    }
    return show(request, "programmes/raid_detail.html", "", context, status=status)


def _with_changes(updates: list[Any]) -> list[Any]:
    """Marks the entries in which rating or status differ from the entry before."""
    last: dict[int, Any] = {}
    for each in updates:
        before = last.get(each.item_id)
        each.rated = before is None or (before.probability, before.impact) != (
            each.probability,
            each.impact,
        )
        each.moved = before is not None and before.status != each.status
        each.first = before is None
        each.handed = before is not None and before.owner_id != each.owner_id
        each.replanned = before is not None and before.review_on != each.review_on
        each.raised = before is not None and before.escalated_on != each.escalated_on
        last[each.item_id] = each
    return updates


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("programmes.raid_create")
def raid_create(request: TenantRequest) -> HttpResponse:
    today = clock.today()
    kind = request.GET.get("kind", RaidKind.RISK)
    form = RaidForm(
        request.POST or None,
        instance=RaidItem(programme=request.programme, opened_on=today),
        initial={"kind": kind if kind in RaidKind.values else RaidKind.RISK},
        member=request.member,
    )
    if request.method == "POST" and form.is_valid():
        try:
            item = services.create_raid_item(
                form.instance,
                units=form.cleaned_data["units"],
                milestones=form.cleaned_data["milestones"],
                at=clock.now(),
                acting=request.member,
            )
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            message = _("%(item)s is in the log.") % {"item": item.reference}
            return done(request, to=item, changed=CHANGED, message=message)
    context = {"form": form, "record": None, "cancel_url": address(request, "raid_list")}
    return show(request, "programmes/raid_edit.html", "", context, status=status_of(request))


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("programmes.raid_change")
def raid_edit(request: TenantRequest, reference: str) -> HttpResponse:
    item = _changeable(request, reference)
    if item.deleted_at is not None:
        return gone_page(request, item)
    form = RaidForm(request.POST or None, instance=item, member=request.member)
    if request.method == "POST" and form.is_valid():
        try:
            saved = services.revise_raid_item(
                item,
                changes=form.changes,
                version=form.opened_version,
                units=form.cleaned_data["units"],
                milestones=form.cleaned_data["milestones"],
                at=clock.now(),
                on=clock.today(),
                acting=request.member,
            )
        except EditConflict as clash:
            return conflict_page(request, form, clash, cancel_url=item.get_absolute_url())
        except Gone as gone:
            return gone_page(request, gone.record)
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            return done(request, to=saved, changed=CHANGED, message=_("Saved."))
    context = {"form": form, "record": item, "cancel_url": item.get_absolute_url()}
    return show(request, "programmes/raid_edit.html", "", context, status=status_of(request))


@require_POST
@programme_view("programmes.raid_create")
def raid_update(request: TenantRequest, reference: str) -> HttpResponse:
    """Add a word to the thread; everybody who keeps one side of the programme may."""
    item = _item(request, reference)
    if item.deleted_at is not None:
        return gone_page(request, item)
    form = RaidUpdateForm(request.POST)
    if not form.is_valid():
        return _detail(request, item, form, status=422)
    services.add_raid_update(
        item,
        text=form.cleaned_data["text"],
        at=clock.now(),
        on=clock.today(),
        acting=request.member,
    )
    return done(
        request,
        to=f"{item.get_absolute_url()}#thread",
        changed=CHANGED,
        message=_("Added to the thread."),
    )


@require_POST
@programme_view("programmes.raid_change")
def raid_close(request: TenantRequest, reference: str) -> HttpResponse:
    """Close an open item, or open an ended one again."""
    item = _changeable(request, reference)
    status = RaidStatus.MONITORING if item.status in RAID_ENDED else RaidStatus.CLOSED
    try:
        item = services.revise_raid_item(
            item,
            changes={"status": status},
            at=clock.now(),
            on=clock.today(),
            acting=request.member,
        )
    except Gone as gone:
        return gone_page(request, gone.record)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect(item)
    message = (_("%(item)s is open again.") if item.is_open else _("%(item)s is closed.")) % {
        "item": item.reference
    }
    return done(request, to=item, changed=CHANGED, message=message)


@require_POST
@programme_view("programmes.raid_change")
def raid_convert(request: TenantRequest, reference: str) -> HttpResponse:
    """A risk that happened becomes an issue; the thread goes on."""
    item = _changeable(request, reference)
    return pressed(
        request,
        item,
        lambda: services.convert_raid_item(
            item,
            kind=request.POST.get("kind", ""),
            at=clock.now(),
            on=clock.today(),
            acting=request.member,
        ),
        changed=CHANGED,
        message=lambda made: (
            _("%(item)s became %(made)s; the thread goes on here.")
            % {"item": item.reference, "made": made.reference}
        ),
    )


@require_POST
@programme_view("programmes.raid_change")
def raid_unconvert(request: TenantRequest, reference: str) -> HttpResponse:
    """Take a conversion back while nothing was done with the new item."""
    item = _changeable(request, reference)
    return pressed(
        request,
        item,
        lambda: services.unconvert_raid_item(
            item, at=clock.now(), on=clock.today(), acting=request.member
        ),
        changed=CHANGED,
        message=lambda source: _("%(item)s goes on as before.") % {"item": source.reference},
    )


@require_POST
@programme_view("programmes.raid_change")
def raid_remove(request: TenantRequest, reference: str) -> HttpResponse:
    item = _changeable(request, reference)
    if item.deleted_at is not None:
        return gone_page(request, item)
    services.remove_raid_item(item, at=clock.now(), acting=request.member)
    offer_undo(request, item, _("%(item)s is removed.") % {"item": item.reference})
    return redirect(address(request, "raid_list"))


_KIND_OF = {prefix: kind for kind, prefix in RAID_PREFIX.items()}


def _item(request: TenantRequest, reference: str) -> RaidItem:
    prefix = reference.partition("-")[0]
    if prefix not in _KIND_OF:
        raise Http404
    item = selectors.raid_item_for(request.member, _KIND_OF[prefix], number_in(reference, prefix))
    if item is None or item.programme_id != request.programme.pk:
        raise Http404
    return item


def _changeable(request: TenantRequest, reference: str) -> RaidItem:
    item = _item(request, reference)
    require(request.member, "programmes.raid_change", item)
    return item
