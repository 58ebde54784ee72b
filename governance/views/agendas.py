"""The agenda of a meeting, the minutes of each item, and the register of what stands on all agendas."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import trigger_client_event

from pmo_portal.accounts.http import TenantRequest, programme_view, tenant_view
from pmo_portal.accounts.permissions import can
from pmo_portal.common import clock
from pmo_portal.common.registers import export_format, export_response, register_page
from pmo_portal.common.rendering import show, wants_part
from pmo_portal.history.frame import pressed, saved, status_of, with_record
from pmo_portal.history.services import EditConflict, Gone
from pmo_portal.history.views import clashes_of, gone_page, offer_undo

from .. import agenda, selectors, services
from ..forms import ItemFilter, ItemForm, MinuteForm, ProposalsForm
from ..models import Decision, Meeting, MeetingItem
from ..tables import ITEMS, ITEMS_OF_ALL
from .parts import address

meeting_changeable = with_record(selectors.meeting_by_number, "MT", "governance.meeting_change")
item_changeable = with_record(selectors.item_by_number, "MI", "governance.meeting_change")
item_minuted = with_record(
    selectors.item_ever_by_number, "MI", "governance.meeting_change", also_removed=True
)


@require_safe
@programme_view("governance.meeting_view")
def meeting_item_list(request: TenantRequest) -> HttpResponse:
    return _list(request, ITEMS, "governance/meeting_item_list.html", request.programme)


@require_safe
@tenant_view("governance.meeting_view")
def meeting_item_all(request: TenantRequest) -> HttpResponse:
    return _list(request, ITEMS_OF_ALL, "governance/meeting_item_all.html", None)


def _list(request: TenantRequest, register: Any, template: str, programme: Any) -> HttpResponse:
    """What stood and will stand on agendas, with what came of it."""
    items = selectors.items_for(request.member, programme)
    if export_format(request):
        return export_response(request, register, items, filters=ItemFilter)
    today = clock.today()
    context: dict[str, Any] = {"today": today}
    counted = None
    if not wants_part(request):
        context["counts"] = selectors.items_counted(items, today)
        counted = context["counts"]["all"]
    context["register"] = register_page(
        request, register, items, filters=ItemFilter, unfiltered=counted
    )
    return show(request, template, "register", context)


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("governance.meeting_view")
@meeting_changeable
def meeting_agenda(request: TenantRequest, meeting: Meeting) -> HttpResponse:
    """What is on the agenda in order, and what waits for it; a POST takes what was ticked."""
    today = clock.today()
    page = address(request, "meeting_agenda", reference=meeting.reference)
    if not meeting.is_planned:
        return redirect(meeting)
    form = ProposalsForm(request.POST or None, proposals=selectors.proposals_for(meeting, today))
    if request.method == "POST" and form.is_valid():
        answer = saved(
            request,
            form,
            lambda: services.take_proposals(
                meeting, sources=form.cleaned_data["source"], on=today, acting=request.member
            ),
            message=lambda taken: (
                ngettext(
                    "One item is on the agenda.", "%(count)d items are on the agenda.", len(taken)
                )
                % {"count": len(taken)}
            ),
            to=page,
        )
        if answer is not None:
            return answer
    items = selectors.items_of(meeting)
    context = {
        "record": meeting,
        "items": items,
        "shares": agenda.shares((item.side, item.minutes) for item in items),
        "form": form,
        "proposals": form.proposals,
        "today": today,
    }
    return show(request, "governance/meeting_agenda.html", "", context, status=status_of(request))


@require_POST
@programme_view("governance.meeting_view")
@meeting_changeable
def agenda_share(request: TenantRequest, meeting: Meeting) -> HttpResponse:
    return pressed(
        request,
        meeting,
        lambda: services.share_time(meeting, acting=request.member),
        message=_("Both sides have the same time."),
        to=address(request, "meeting_agenda", reference=meeting.reference),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("governance.meeting_view")
@meeting_changeable
def meeting_item_create(request: TenantRequest, meeting: Meeting) -> HttpResponse:
    form = ItemForm(request.POST or None, instance=MeetingItem(meeting=meeting))
    return _item_form(
        request,
        meeting,
        form,
        lambda: services.add_item(form.instance, acting=request.member),
        None,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("governance.meeting_view")
@item_changeable
def meeting_item_edit(request: TenantRequest, item: MeetingItem) -> HttpResponse:
    form = ItemForm(request.POST or None, instance=item)
    return _item_form(
        request,
        item.meeting,
        form,
        lambda: services.revise_item(
            item, changes=form.changes, version=form.opened_version, acting=request.member
        ),
        item,
    )


def _item_form(
    request: TenantRequest, meeting: Meeting, form: Any, save: Any, item: MeetingItem | None
) -> HttpResponse:
    page = address(request, "meeting_agenda", reference=meeting.reference)
    if request.method == "POST" and form.is_valid():
        answer = saved(request, form, save, message=_("Saved."), to=page, cancel_url=page)
        if answer is not None:
            return answer
    context = {"form": form, "record": item, "meeting": meeting, "cancel_url": page}
    return show(
        request, "governance/meeting_item_edit.html", "", context, status=status_of(request)
    )


@require_POST
@programme_view("governance.meeting_view")
@item_changeable
def meeting_item_move(request: TenantRequest, item: MeetingItem) -> HttpResponse:
    where = request.POST.get("to", "")
    if where not in ("up", "down"):
        return HttpResponseBadRequest()
    return pressed(
        request,
        item,
        lambda: services.move_item(item, up=where == "up", acting=request.member),
        message=_("Moved."),
        to=address(request, "meeting_agenda", reference=item.meeting.reference) + f"#{item.anchor}",
    )


@require_POST
@programme_view("governance.meeting_view")
@item_changeable
def meeting_item_remove(request: TenantRequest, item: MeetingItem) -> HttpResponse:
    answer = pressed(
        request,
        item,
        lambda: services.remove_item(item, at=clock.now(), acting=request.member),
        message="",
        to=address(request, "meeting_agenda", reference=item.meeting.reference),
    )
    if item.deleted_at is not None:
        offer_undo(request, item, _("%(item)s is off the agenda.") % {"item": item.reference})
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("governance.meeting_view")
@item_minuted
def meeting_item_minutes(request: TenantRequest, item: MeetingItem) -> HttpResponse:
    """What was said and what came of it. With script in the page of the meeting, a clash beside it."""
    meeting = item.meeting
    if wants_part(request) and "close" in request.GET:
        return HttpResponse()
    removed = next((each for each in (meeting, item) if each.deleted_at is not None), None)
    if (removed or not meeting.is_planned) and request.method != "POST":
        if wants_part(request):
            # Nothing opens where nothing can be saved; the page reads itself again and says why.
            return trigger_client_event(HttpResponse(), "meeting-changed")
        return gone_page(request, removed) if removed else redirect(meeting)
    decide = can(
        request.member,
        "governance.decision_decide",
        Decision(programme=meeting.programme, group=meeting.group),
    )
    form = MinuteForm(request.POST or None, instance=item, may_decide=bool(decide))
    context: dict[str, Any] = {
        "form": form,
        "record": item,
        "meeting": meeting,
        "quorum": selectors.quorum_of(meeting),
        "may_decide": decide,
        "in_place": wants_part(request),
        "cancel_url": item.get_absolute_url(),
    }
    template = "governance/meeting_item_minutes.html"
    if request.method == "POST" and form.is_valid():
        if removed is meeting:
            form.add_error(
                None, _("This meeting was removed meanwhile, so nothing was saved. Copy your text.")
            )
        elif not meeting.is_planned:
            form.add_error(
                None,
                _("This meeting was cancelled meanwhile, so nothing was saved. Copy your text."),
            )
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data

        def save() -> MeetingItem:
            try:
                return services.minute_item(
                    item,
                    note=values["note"],
                    outcome=values["outcome"],
                    words=values["words"],
                    decision=values.get("decision"),
                    owner=values["owner"],
                    due_on=values["due_on"],
                    sets_status=values.get("sets_status", ""),
                    version=form.opened_version,
                    acting=request.member,
                )
            except Gone:
                # The page of what is gone would take what was typed with it.
                raise ValidationError(
                    _("This item was taken off the agenda meanwhile, so nothing was saved. Copy your text.")
                ) from None  # fmt: skip

        if wants_part(request):
            return _minuted_in_place(request, form, save, template, context)
        answer = saved(
            request,
            form,
            save,
            message=_("The minutes of this item are kept."),
            cancel_url=item.get_absolute_url(),
        )
        if answer is not None:
            return answer
    return show(request, template, "writing", context, status=status_of(request))


def _minuted_in_place(
    request: TenantRequest, form: Any, save: Any, template: str, context: Any
) -> HttpResponse:
    """Nothing in place of the form, since it is saved; or the form again, with both texts."""
    try:
        save()
    except EditConflict as clash:
        rows = clashes_of(form, clash)
        return render(request, f"{template}#writing", {**context, "rows": rows}, status=409)
    except ValidationError as refusal:
        form.refuse(refusal)
        return render(request, f"{template}#writing", context, status=422)
    # The slot of the form empties; the page hears that something changed and reads itself again.
    return trigger_client_event(HttpResponse(), "meeting-changed")
