"""Progress of training by unit: what is known now, every entry, and the way to take one back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pmo_portal.accounts.http import TenantRequest, programme_view
from pmo_portal.accounts.permissions import can
from pmo_portal.common import clock
from pmo_portal.common.levels import State
from pmo_portal.common.registers import export_format, export_response, register_page
from pmo_portal.common.rendering import done, show
from pmo_portal.history.frame import pressed

from .. import figures, selectors, services
from ..forms import TrainingDayForm, TrainingFilter, TrainingForm, TrainingSheet
from ..models import TrainingProgress
from ..tables import TRAINING


@require_safe
@programme_view("adoption.training_view")
def training_list(request: TenantRequest) -> HttpResponse:
    entries = selectors.training_of(request.programme)
    if export_format(request):
        return export_response(request, TRAINING, entries, filters=TrainingFilter)
    today = clock.today()
    now = selectors.training_summary(request.programme, as_of=today)
    context = {
        "register": register_page(
            request, TRAINING, entries.with_later_words(), filters=TrainingFilter
        ),
        "now": now,
        "behind": sum(row.state in (State.WARN, State.BAD) for row in now),
        "bars": figures.training_bars(
            [
                (
                    row.unit.name,
                    row.found.share,
                    row.found.planned_share,
                    row.state in (State.WARN, State.BAD),
                )
                for row in now
            ]
        ),
        "bars_text": "; ".join(
            _("%(unit)s: %(share)s%% completed")
            % {"unit": row.unit.name, "share": round(100 * row.found.share)}
            for row in now
        ),
        "may_record": can(request.member, "adoption.training_record", request.programme),
        "as_of": today,
    }
    return show(request, "adoption/training_list.html", "register", context)


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("adoption.training_record")
def training_sheet(request: TenantRequest) -> HttpResponse:
    """Every unit of the programme on one page; only lines that were changed are recorded."""
    programme, today = request.programme, clock.today()
    data = request.POST if request.method == "POST" else None
    head = TrainingDayForm(data, today=today)
    sheet = TrainingSheet(
        data,
        selectors.units_in_training(programme),
        selectors.training_of(programme) if data is not None else (),
        selectors.training_entries_now(programme),
    )
    to, now = _url(request, "training_list"), clock.now()
    if request.method == "POST" and all([head.is_valid(), sheet.is_valid()]):
        if not sheet.entries:
            head.add_error(None, _("No line was changed, so nothing was recorded."))
        else:
            try:
                count = services.record_training_sheet(
                    programme,
                    sheet.entries,
                    on=head.cleaned_data["effective_on"],
                    known_at=now,
                    acting=request.member,
                )
            except services.RecordedMeanwhile as meanwhile:
                sheet.passed_over(meanwhile.newest)
            else:
                message = ngettext(
                    "The progress of one unit is recorded.",
                    "The progress of %(count)d units is recorded.",
                    count,
                ) % {"count": count}
                undo = _url(request, "training_withdraw", recorded=now)
                return done(request, to=to, message=message, undo=undo)
    context = {"form": head, "sheet": sheet, "cancel_url": to}
    status = 422 if request.method == "POST" else 200
    return show(request, "adoption/training_sheet.html", "form", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("adoption.training_record")
def training_record(request: TenantRequest) -> HttpResponse:
    form = TrainingForm(
        request.POST or None,
        instance=TrainingProgress(programme=request.programme),
        today=clock.today(),
    )
    to = _url(request, "training_list")
    if request.method == "POST" and form.is_valid():
        made = services.record_training(form.instance, known_at=clock.now(), acting=request.member)
        return done(
            request,
            to=to,
            message=_("The progress is recorded."),
            undo=_url(request, "training_withdraw", recorded=made.known_at),
        )
    context = {"form": form, "cancel_url": to, "submit_label": _("Record")}
    status = 422 if request.method == "POST" else 200
    return show(request, "adoption/training_record.html", "", context, status=status)


@require_POST
@programme_view("adoption.training_record")
def training_withdraw(request: TenantRequest, recorded: datetime) -> HttpResponse:
    """Take back what was recorded at a moment: of all units, or with `unit` in the address of one."""
    entries = _entries(request, known_at=recorded)
    return pressed(
        request,
        entries[0],
        lambda: services.withdraw_training(entries, at=clock.now(), acting=request.member),
        to=_url(request, "training_list"),
        message=lambda gone: (
            ngettext(
                "The entry of one unit is withdrawn.",
                "The entries of %(count)d units are withdrawn.",
                len(gone),
            )
            % {"count": len(gone)}
        ),
        undo=lambda gone: _url(request, "training_restore", withdrawn=gone[0].withdrawn_at),
    )


@require_POST
@programme_view("adoption.training_record")
def training_restore(request: TenantRequest, withdrawn: datetime) -> HttpResponse:
    """Record again what was taken back at a moment: of all units, or with `unit` in the address of one."""
    entries = _entries(request, withdrawn_at=withdrawn)
    return pressed(
        request,
        entries[0],
        lambda: services.restore_training(entries, known_at=clock.now(), acting=request.member),
        to=_url(request, "training_list"),
        message=lambda back: (
            ngettext(
                "The entry of one unit is recorded again.",
                "The entries of %(count)d units are recorded again.",
                len(back),
            )
            % {"count": len(back)}
        ),
        undo=lambda back: _url(request, "training_withdraw", recorded=back[0].known_at),
    )


def _entries(request: TenantRequest, **at: datetime) -> list[TrainingProgress]:
    found = selectors.training_of(request.programme).filter(**at)
    if "unit" in request.GET:
        found = found.filter(unit__code=request.GET["unit"])
    entries = list(found.select_related("programme"))
    if not entries:
        raise Http404
    return entries


def _url(request: TenantRequest, name: str, **more: Any) -> str:
    place = {"tenant": request.tenant.slug, "code": request.programme.code, **more}
    return reverse(f"adoption:{name}", kwargs=place)
