"""Success measures and assumptions of a charter. Both are lines of one side and share their pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from pmo_portal.accounts.http import TenantRequest, programme_view
from pmo_portal.accounts.permissions import require
from pmo_portal.common import clock
from pmo_portal.common.rendering import done, show
from pmo_portal.history.frame import saved, status_of
from pmo_portal.history.services import Gone
from pmo_portal.history.views import gone_page
from programmes.choices import Half

from .. import services
from ..forms import AssumptionForm, MeasureForm
from ..models import Charter, CharterAssumption, SuccessMeasure
from .charters import with_charter
from .parts import address

View = Callable[..., HttpResponseBase]
_FORMS: dict[type[Any], type[Any]] = {
    SuccessMeasure: MeasureForm,
    CharterAssumption: AssumptionForm,
}


def _place(model: type[Any]) -> str:
    return "measures" if model is SuccessMeasure else "assumptions"


def _create(model: type[Any]) -> View:
    @require_http_methods(["GET", "HEAD", "POST"])
    @programme_view("governance.charter_write")
    @with_charter()
    def line_create(request: TenantRequest, charter: Charter) -> HttpResponse:
        wanted = request.GET.get("half", "")
        row = model(charter=charter, half=wanted if wanted in Half.values else "")
        if row.half:
            require(request.member, "governance.charter_change", row)
        form = _FORMS[model](request.POST or None, instance=row, member=request.member)
        if request.method == "POST" and form.is_valid():
            answer = saved(
                request,
                form,
                lambda: services.add_line(form.instance, at=clock.now(), acting=request.member),
                message=_("It is in the charter."),
                to=f"{charter.get_absolute_url()}#{_place(model)}",
            )
            if answer is not None:
                return answer
        return _form_page(request, charter, form, None, model)

    return line_create


def _edit(model: type[Any]) -> View:
    @require_http_methods(["GET", "HEAD", "POST"])
    @programme_view("governance.charter_view")
    @with_charter()
    def line_edit(request: TenantRequest, charter: Charter, line: int) -> HttpResponse:
        row = _line(model, charter, line)
        require(request.member, "governance.charter_change", row)
        form = _FORMS[model](request.POST or None, instance=row, member=request.member)
        if request.method == "POST" and form.is_valid():
            answer = saved(
                request,
                form,
                lambda: services.revise_line(
                    row,
                    changes=form.changes,
                    version=form.opened_version,
                    at=clock.now(),
                    acting=request.member,
                ),
                message=_("Saved."),
                to=f"{charter.get_absolute_url()}#{_place(model)}",
                cancel_url=charter.get_absolute_url(),
            )
            if answer is not None:
                return answer
        return _form_page(request, charter, form, row, model)

    return line_edit


def _remove(model: type[Any]) -> View:
    @require_POST
    @programme_view("governance.charter_view")
    @with_charter()
    def line_remove(request: TenantRequest, charter: Charter, line: int) -> HttpResponse:
        row = _line(model, charter, line)
        try:
            services.remove_line(row, at=clock.now(), acting=request.member)
        except Gone as gone:
            return gone_page(request, gone.record)
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
        else:
            back = address(
                request,
                f"charter_{_place(model)[:-1]}_restore",
                edition=charter.edition,
                line=line,
            )
            messages.success(request, _("Taken out."), extra_tags=f"undo:{back}")
        return redirect(f"{charter.get_absolute_url()}#{_place(model)}")

    return line_remove


def _restore(model: type[Any]) -> View:
    @require_POST
    @programme_view("governance.charter_view")
    @with_charter()
    def line_restore(request: TenantRequest, charter: Charter, line: int) -> HttpResponse:
        row = _line(model, charter, line, removed=True)
        try:
            services.restore_line(row, at=clock.now(), acting=request.member)
        except Gone as gone:
            return gone_page(request, gone.record)
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
            return redirect(charter)
        to = f"{charter.get_absolute_url()}#{_place(model)}"
        return done(request, to=to, message=_("It is back."))

    return line_restore


def _line(model: type[Any], charter: Charter, line: int, *, removed: bool = False) -> Any:
    rows = model.all_objects if removed else model.objects
    row = rows.filter(charter=charter, line=line).first()
    if row is None:
        raise Http404
    row.charter = charter
    return row


def _form_page(
    request: TenantRequest, charter: Charter, form: Any, row: Any, model: type[Any]
) -> HttpResponse:
    context = {
        "form": form,
        "record": row,
        "charter": charter,
        "is_measure": model is SuccessMeasure,
        "cancel_url": f"{charter.get_absolute_url()}#{_place(model)}",
    }
    return show(request, "governance/charter_line.html", "", context, status=status_of(request))


measure_create, assumption_create = _create(SuccessMeasure), _create(CharterAssumption)
measure_edit, assumption_edit = _edit(SuccessMeasure), _edit(CharterAssumption)
measure_remove, assumption_remove = _remove(SuccessMeasure), _remove(CharterAssumption)
measure_restore, assumption_restore = _restore(SuccessMeasure), _restore(CharterAssumption)
