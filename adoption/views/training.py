"""Progress of training by unit: what is known now, and every entry."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from pmo_portal.accounts.http import TenantRequest, programme_view
from pmo_portal.accounts.permissions import can
from pmo_portal.common import clock
from pmo_portal.common.levels import State
from pmo_portal.common.registers import export_format, export_response, register_page
from pmo_portal.common.rendering import done, show

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
        "register": register_page(request, TRAINING, entries, filters=TrainingFilter),
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
    to = _list_url(request)
    if request.method == "POST" and all([head.is_valid(), sheet.is_valid()]):
        if not sheet.entries:
            head.add_error(None, _("No line was changed, so nothing was recorded."))
        else:
            try:
                count = services.record_training_sheet(
                    programme,
                    sheet.entries,
                    on=head.cleaned_data["effective_on"],
                    known_at=clock.now(),
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
                return done(request, to=to, changed="training-recorded", message=message)
    context = {"form": head, "sheet": sheet, "cancel_url": to}
    status = 422 if request.method == "POST" else 200
    return show(request, "adoption/training_sheet.html", "form", context, status=status)


def _list_url(request: TenantRequest) -> str:
    return reverse(
        "adoption:training_list",
        kwargs={"tenant": request.tenant.slug, "code": request.programme.code},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("adoption.training_record")
def training_record(request: TenantRequest) -> HttpResponse:
    form = TrainingForm(
        request.POST or None,
        instance=TrainingProgress(programme=request.programme),
        today=clock.today(),
    )
    to = _list_url(request)
    if request.method == "POST" and form.is_valid():
        services.record_training(form.instance, known_at=clock.now(), acting=request.member)
        return done(
            request, to=to, changed="training-recorded", message=_("The progress is recorded.")
        )
    context = {"form": form, "cancel_url": to, "submit_label": _("Record")}
    status = 422 if request.method == "POST" else 200
    return show(request, "adoption/training_record.html", "", context, status=status)
