"""Waves: list, page, recording, withdrawing. Only released figures reach a template or a file."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pmo_portal.accounts.http import TenantRequest, programme_view, tenant_view
from pmo_portal.accounts.permissions import can, require
from pmo_portal.common import clock
from pmo_portal.common.registers import export_format, export_response, register_page
from pmo_portal.common.rendering import done, show
from pmo_portal.history.services import EditConflict, Gone
from pmo_portal.history.views import conflict_page, gone_page, number_in, offer_undo
from pmo_portal.tenants.selectors import thresholds, units_in_use
from programmes.selectors import programmes_for

from .. import selectors, services
from ..choices import HIDDEN
from ..forms import WaveCommentsForm, WaveFilter, WaveForm, WaveGrid, WaveHeadForm
from ..models import LOWEST_K, SurveyWave
from ..tables import RESULTS, WAVES


@require_safe
@tenant_view("adoption.survey_view")
def wave_list(request: TenantRequest) -> HttpResponse:
    """All waves this member may see."""
    return _list(request, None)


@require_safe
@programme_view("adoption.survey_view")
def programme_wave_list(request: TenantRequest) -> HttpResponse:
    """Waves of a programme and of the whole organisation."""
    return _list(request, request.programme)


def _list(request: TenantRequest, programme: Any) -> HttpResponse:
    waves = selectors.with_shown_counts(selectors.waves_for(request.member, programme))
    if export_format(request):
        return export_response(request, WAVES, waves, filters=WaveFilter)
    context = {
        "register": register_page(request, WAVES, waves, filters=WaveFilter),
        "may_record": can(request.member, "adoption.survey_record", programme),
        "record_url": _record_url(request, programme),
        "k": max(thresholds().survey_k, LOWEST_K),
    }
    return show(request, "adoption/wave_list.html", "register", context)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_view("adoption.survey_view")
def wave_record(request: TenantRequest) -> HttpResponse:
    """Record a wave of the whole organisation."""
    return _record(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("adoption.survey_record")
def programme_wave_record(request: TenantRequest) -> HttpResponse:
    """Record a wave of a programme."""
    return _record(request, request.programme)


def _record(request: TenantRequest, programme: Any) -> HttpResponse:
    require(request.member, "adoption.survey_record", programme)
    today = clock.today()
    data = request.POST if request.method == "POST" else None
    head = WaveHeadForm(data, today=today, initial={"closed_on": today})
    grid = WaveGrid(data, units_in_use())
    # Both are asked, so that everything that is wrong is said at once.
    if request.method == "POST" and all([head.is_valid(), grid.is_valid()]):
        try:
            wave = services.record_wave(
                **head.cleaned_data,
                entries=grid.entries,
                known_at=clock.now(),
                programme=programme,
                acting=request.member,
            )
        except ValidationError as refusal:
            head.refuse(refusal)
        else:
            message = _("%(wave)s is recorded.") % {"wave": wave.reference}
            return done(request, to=wave, message=message)
    context = {
        "form": head,
        "grid": grid,
        "k": max(thresholds().survey_k, LOWEST_K),
        "cancel_url": _list_url(request, programme),
        "submit_label": _("Record the wave"),
    }
    status = 422 if request.method == "POST" else 200
    return show(request, "adoption/wave_record.html", "form", context, status=status)


@require_safe
@tenant_view("adoption.survey_view")
def wave_detail(request: TenantRequest, reference: str) -> HttpResponse:
    """A wave with the figures that may be shown; every hidden one is the same sentence."""
    wave = _wave(request, reference)
    if wave.deleted_at is not None:
        return gone_page(request, wave)
    results = selectors.results_of(wave)
    if export_format(request):
        # Units whose figure is hidden are not in the file at all.
        return export_response(request, RESULTS, results.released())
    rows = selectors.wave_rows(wave)
    context = {
        "record": wave,
        "rows": rows,
        "shown": sum(row.is_released for row in rows),
        "hidden_text": HIDDEN,
        "csv_url": "?format=csv",
        "xlsx_url": "?format=xlsx",
        "may_change": can(request.member, "adoption.survey_change", wave),
        "history_url": reverse(
            "history:record_trail",
            kwargs={"tenant": request.tenant.slug, "reference": wave.reference},
        ),
        "list_url": _list_url(request, wave.programme),
    }
    return show(request, "adoption/wave_detail.html", "", context)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_view("adoption.survey_view")
def wave_edit(request: TenantRequest, reference: str) -> HttpResponse:
    """Name and note of a wave; its figures stay what they are."""
    wave = _wave(request, reference)
    require(request.member, "adoption.survey_change", wave)
    if wave.deleted_at is not None:
        return gone_page(request, wave)
    form = WaveForm(request.POST or None, instance=wave)
    if request.method == "POST" and form.is_valid():
        try:
            wave = services.revise_wave(
                wave, changes=form.changes, version=form.opened_version, acting=request.member
            )
        except EditConflict as clash:
            return conflict_page(request, form, clash, cancel_url=wave.get_absolute_url())
        except Gone as gone:
            return gone_page(request, gone.record)
        return done(request, to=wave, message=_("Saved."))
    context = {"form": form, "record": wave, "cancel_url": wave.get_absolute_url()}
    status = 422 if form.errors else 200
    return show(request, "adoption/wave_edit.html", "", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_view("adoption.survey_view")
def wave_comments(request: TenantRequest, reference: str) -> HttpResponse:
    """Take in what people of a unit wrote. The answer is the same whether any of it may be kept or not."""
    wave = _wave(request, reference)
    require(request.member, "adoption.survey_change", wave)
    if wave.deleted_at is not None:
        return gone_page(request, wave)
    form = WaveCommentsForm(
        request.POST or None, wave=wave, programmes=programmes_for(request.member)
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.record_comments(
                wave,
                programme=wave.programme or form.cleaned_data["programme"],
                texts={form.cleaned_data["unit"]: form.cleaned_data["texts"]},
                known_at=clock.now(),
                acting=request.member,
            )
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            text = _("Saved. Comments that may be read count from now on.")
            return done(request, to=wave, message=text)
    context = {
        "form": form,
        "record": wave,
        "kc": services.fewest_for_comments(),
        "cancel_url": wave.get_absolute_url(),
    }
    status = 422 if form.errors else 200
    return show(request, "adoption/wave_comments.html", "", context, status=status)


@require_POST
@tenant_view("adoption.survey_view")
def wave_withdraw(request: TenantRequest, reference: str) -> HttpResponse:
    """Take a wave out of everything, with a way back."""
    wave = _wave(request, reference)
    require(request.member, "adoption.survey_change", wave)
    if wave.deleted_at is not None:
        return gone_page(request, wave)
    wave = services.withdraw_wave(wave, at=clock.now(), acting=request.member)
    offer_undo(request, wave, _("%(wave)s is withdrawn.") % {"wave": wave.reference})
    return redirect(_list_url(request, wave.programme))


def _wave(request: TenantRequest, reference: str) -> SurveyWave:
    wave = selectors.wave_by_number(request.member, number_in(reference, "W"))
    if wave is None:
        raise Http404
    if wave.programme is not None:
        # The shell shows where the wave belongs.
        request.programme = wave.programme
    return wave


def _list_url(request: TenantRequest, programme: Any) -> str:
    if programme is None:
        return reverse("adoption:wave_list", kwargs={"tenant": request.tenant.slug})
    return reverse(
        "adoption:programme_wave_list",
        kwargs={"tenant": request.tenant.slug, "code": programme.code},
    )


def _record_url(request: TenantRequest, programme: Any) -> str:
    if programme is None:
        return reverse("adoption:wave_record", kwargs={"tenant": request.tenant.slug})
    return reverse(
        "adoption:programme_wave_record",
        kwargs={"tenant": request.tenant.slug, "code": programme.code},
    )
