"""What is said of both halves: reports, what the figures say beside them, and facts from elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pmo_portal.accounts.http import TenantRequest, programme_view
from pmo_portal.accounts.permissions import can, require
from pmo_portal.common import clock
from pmo_portal.common.levels import State
from pmo_portal.common.registers import export_format, export_response, register_page
from pmo_portal.common.rendering import done, show, wants_part
from pmo_portal.history.frame import history_url, status_of
from pmo_portal.history.services import EditConflict, Gone
from pmo_portal.history.views import conflict_page, gone_page, number_in, offer_undo
from pmo_portal.tenants.models import TenantSettings
from pmo_portal.tenants.selectors import thresholds

from .. import rows, selectors, services
from ..choices import Half, Opinion
from ..forms import FactFilter, StatusFilter, StatusForm
from ..models import StatusReport
from ..tables import FACTS, STATUS
from .parts import address


@dataclass(frozen=True)
class HalfToday:
    """One half as it was last reported, with what the figures say today."""

    half: Half
    reports: list[Any]
    may_report: Any
    is_late: bool
    rhythm: int
    is_published: bool
    computed: State
    reasons: list[str]

    @property
    def last(self) -> Any:
        return self.reports[0] if self.reports else None


@require_safe
@programme_view("programmes.status_view")
def status_list(request: TenantRequest) -> HttpResponse:
    """Both halves with their last report in boxes of one size, and every report below."""
    today = clock.today()
    reports = selectors.reports_of(request.programme)
    if export_format(request):
        return export_response(
            request, STATUS, reports, filters=StatusFilter, present=rows.status_row
        )
    context: dict[str, Any] = {
        "register": register_page(
            request, STATUS, reports, filters=StatusFilter, present=rows.status_row
        ),
        "as_of": today,
    }
    if not wants_part(request):
        halves = _halves(request, today, thresholds())
        context |= {
            "halves": halves,
            "finding": _finding(halves),
            "has_facts": selectors.facts_of(request.programme).exists(),
        }
    return show(request, "programmes/status_list.html", "register", context)


def _halves(request: TenantRequest, on: date, limits: TenantSettings) -> list[HalfToday]:
    programme = request.programme
    last = selectors.status_as_of([programme.pk], on)
    told = selectors.computed_status(programme, on)
    found = []
    for half in Half:
        reports = sorted(
            (rows.status_row(report) for key, report in last.items() if key[1] == half),
            key=lambda report: report.effective_on,
            reverse=True,
        )
        computed, reasons = told[half.value]
        own = [report for report in reports if report.opinion == Opinion.LEAD]
        rhythm = (
            limits.delivery_rhythm_days if half == Half.DELIVERY else limits.adoption_rhythm_days
        )
        found.append(
            HalfToday(
                half=half,
                reports=reports,
                may_report=can(
                    request.member,
                    "programmes.status_change",
                    StatusReport(programme=programme, half=half),
                ),
                # What others publish comes when they publish it; only a lead's own word is awaited.
                is_late=bool(own) and (on - own[0].effective_on).days > rhythm,
                rhythm=rhythm,
                is_published=bool(reports) and not own,
                computed=computed,
                reasons=reasons,
            )
        )
    return found


def _finding(halves: list[HalfToday]) -> str:
    """The heading: do the halves agree, or which one is missing."""
    delivery, adoption = (each.last for each in halves)
    if delivery is None and adoption is None:
        return _("Nothing is reported yet")
    if delivery is None or adoption is None:
        missing = Half.DELIVERY if delivery is None else Half.ADOPTION
        return _("%(half)s has not reported yet") % {"half": missing.label}
    if delivery.state == adoption.state:
        return _("Both halves report: %(state)s") % {"state": delivery.state.label}
    return _("Delivery reports %(delivery)s, adoption %(adoption)s") % {
        "delivery": delivery.get_rating_display(),
        "adoption": adoption.get_rating_display(),
    }


@require_safe
@programme_view("programmes.status_view")
def status_detail(request: TenantRequest, reference: str) -> HttpResponse:
    report = _report(request, reference)
    if report.deleted_at is not None:
        return gone_page(request, report)
    context = {
        "record": rows.status_row(report),
        "may_change": can(request.member, "programmes.status_change", report),
        "history_url": history_url(request, report),
    }
    return show(request, "programmes/status_detail.html", "", context)


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("programmes.status_change")
def status_create(request: TenantRequest, half: str) -> HttpResponse:
    """Report one half; what the figures say today stands beside the form."""
    if half not in Half.values:
        raise Http404
    today = clock.today()
    report = StatusReport(programme=request.programme, half=half)
    require(request.member, "programmes.status_change", report)
    form = StatusForm(
        request.POST or None, instance=report, initial={"effective_on": today}, on=today
    )
    if request.method == "POST" and form.is_valid():
        try:
            report = services.report_status(form.instance, at=clock.now(), acting=request.member)
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            message = _("%(half)s is reported.") % {"half": report.get_half_display()}
            to = address(request, "status_list")
            return done(request, to=to, message=message)
    context = {
        "form": form,
        "record": None,
        "half": Half(half),
        "cancel_url": address(request, "status_list"),
        "submit_label": _("Report"),
        **_beside(request, half, today),
    }
    return show(request, "programmes/status_edit.html", "", context, status=status_of(request))


def _beside(request: TenantRequest, half: str, on: date) -> dict[str, Any]:
    """What the figures say of the half today."""
    computed, reasons = selectors.computed_status(request.programme, on, halves=(half,))[half]
    return {"computed": computed, "reasons": reasons}


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("programmes.status_change")
def status_edit(request: TenantRequest, reference: str) -> HttpResponse:
    report = _changeable(request, reference)
    if report.deleted_at is not None:
        return gone_page(request, report)
    today = clock.today()
    form = StatusForm(request.POST or None, instance=report, on=today)
    if request.method == "POST" and form.is_valid():
        try:
            saved = services.revise_status(
                report, changes=form.changes, version=form.opened_version, acting=request.member
            )
        except EditConflict as clash:
            return conflict_page(request, form, clash, cancel_url=report.get_absolute_url())
        except Gone as gone:
            return gone_page(request, gone.record)
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            return done(request, to=saved, message=_("Saved."))
    context = {
        "form": form,
        "record": report,
        "half": Half(report.half),
        "cancel_url": report.get_absolute_url(),
        "computed": State(report.computed_rating) if report.computed_reasons else None,
        "reasons": report.computed_reasons,
    }
    return show(request, "programmes/status_edit.html", "", context, status=status_of(request))


@require_POST
@programme_view("programmes.status_change")
def status_remove(request: TenantRequest, reference: str) -> HttpResponse:
    report = _changeable(request, reference)
    if report.deleted_at is not None:
        return gone_page(request, report)
    services.remove_status(report, at=clock.now(), acting=request.member)
    offer_undo(request, report, _("%(item)s is removed.") % {"item": report.reference})
    return redirect(address(request, "status_list"))


@require_safe
@programme_view("programmes.status_view")
def fact_list(request: TenantRequest) -> HttpResponse:
    """Dated figures and narratives as somebody else reported them; never taken into our own plan."""
    facts = selectors.facts_of(request.programme)
    if export_format(request):
        return export_response(request, FACTS, facts, filters=FactFilter, present=rows.fact_row)
    register = register_page(request, FACTS, facts, filters=FactFilter, present=rows.fact_row)
    context: dict[str, Any] = {"register": register, "as_of": clock.today()}
    if not wants_part(request):
        reported = facts.count() if register.is_filtered else register.total
        context["finding"] = (
            ngettext(
                "%(count)d figure or statement as reported",
                "%(count)d figures and statements as reported",
                reported,
            )
            % {"count": reported}
            if reported
            else _("Nothing was reported from elsewhere")
        )
    return show(request, "programmes/fact_list.html", "register", context)


def _report(request: TenantRequest, reference: str) -> StatusReport:
    report = selectors.status_report_for(request.member, number_in(reference, "SR"))
    if report is None or report.programme_id != request.programme.pk:
        raise Http404
    return report


def _changeable(request: TenantRequest, reference: str) -> StatusReport:
    report = _report(request, reference)
    require(request.member, "programmes.status_change", report)
    return report
