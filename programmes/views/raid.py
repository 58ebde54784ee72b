"""The page of one item of the RAID log, and what is done about it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pmo_portal.accounts.http import TenantRequest, programme_view
from pmo_portal.accounts.permissions import can, require
from pmo_portal.common import clock
from pmo_portal.common.converters import whole_number
from pmo_portal.common.rendering import done, drawn_panels, show
from pmo_portal.history.frame import history_url, pressed, status_of
from pmo_portal.history.services import EditConflict, Gone
from pmo_portal.history.views import conflict_page, gone_page, number_in, offer_undo
from pmo_portal.tenants.selectors import thresholds

from .. import rows, selectors, services
from ..choices import CONVERSIONS, RAID_PREFIX, RaidKind
from ..forms import RaidForm, RaidUpdateForm
from ..models import RaidItem
from .parts import address


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
            return done(request, to=item, message=message)
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
            return done(request, to=saved, message=_("Saved."))
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
    try:
        services.add_raid_update(
            item,
            text=form.cleaned_data["text"],
            at=clock.now(),
            on=clock.today(),
            acting=request.member,
        )
    except Gone as gone:
        return gone_page(request, gone.record)
    return done(
        request,
        to=f"{item.get_absolute_url()}#thread",
        message=_("Added to the thread."),
    )


@require_POST
@programme_view("programmes.raid_change")
def raid_close(request: TenantRequest, reference: str) -> HttpResponse:
    """Close an open item, or open an ended one again: which of them, the button says."""
    item = _changeable(request, reference)
    if item.deleted_at is not None:
        return gone_page(request, item)
    wanted = request.POST.get("to", "")
    if wanted not in ("closed", "open"):
        return HttpResponseBadRequest()
    settle = services.close_raid_item if wanted == "closed" else services.reopen_raid_item
    said = _("%(item)s is closed.") if wanted == "closed" else _("%(item)s is open again.")
    return pressed(
        request,
        item,
        lambda: settle(
            item,
            version=whole_number(request.POST.get("version", "")) or 0,
            at=clock.now(),
            on=clock.today(),
            acting=request.member,
        ),
        message=said % {"item": item.reference},
    )


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
