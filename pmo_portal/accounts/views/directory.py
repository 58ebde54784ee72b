"""Units, people and thresholds: everybody reads them, administrators keep them."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from pmo_portal.common import registry
from pmo_portal.common.editing import EditConflict
from pmo_portal.common.registers import (
    Column,
    Register,
    export_format,
    export_response,
    register_page,
)
from pmo_portal.common.rendering import done, show
from pmo_portal.tenants.models import BusinessUnit, Person

from .. import selectors, services
from ..forms import PersonForm, ThresholdsForm, UnitForm
from ..http import TenantRequest, tenant_view, unit_view
from ..permissions import can

UNITS = Register(
    "units",
    (
        Column("name", gettext_lazy("Unit"), sort=("is_retired", "path")),
        Column("code", gettext_lazy("Code"), sort=("code",)),
        Column("parent", gettext_lazy("Part of"), "parent.name", on_page=False),
        Column("lead", gettext_lazy("Unit lead"), "lead.name", sort=("lead__name",)),
        Column("headcount", gettext_lazy("People"), sort=("headcount",), numeric=True),
        Column(
            "in_directory",
            gettext_lazy("In the directory"),
            "people_here",
            sort=("people_here",),
            numeric=True,
        ),
        Column(
            "state",
            gettext_lazy("State"),
            lambda unit: _("in use") if unit.is_active else _("retired"),
            sort=("is_active",),
        ),
    ),
    default_sort="name",
)

PEOPLE = Register(
    "people",
    (
        Column("name", gettext_lazy("Name"), sort=("name",)),
        Column("job_title", gettext_lazy("Job title"), sort=("job_title",)),
        Column("unit", gettext_lazy("Unit"), "unit.name", sort=("unit__path",)),
        Column("email", gettext_lazy("Mail address"), sort=("email",)),
        Column(
            "login",
            gettext_lazy("Signs in"),
            lambda person: _("yes") if person.user_id else _("no"),
        ),
        Column(
            "state",
            gettext_lazy("State"),
            lambda person: _("works here") if person.is_active else _("left"),
            sort=("is_active",),
        ),
    ),
    default_sort="name",
)


def _url(request: TenantRequest, name: str, **kwargs: str) -> str:
    return reverse(f"accounts:{name}", kwargs={"tenant": request.tenant.slug, **kwargs})


def _form_page(request: TenantRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    status = 422 if context["form"].errors else 200
    return show(request, template, "", context, status=status)


# --- Units ---


@require_safe
@tenant_view("accounts.directory_view")
def unit_list(request: TenantRequest) -> HttpResponse:
    tree = selectors.unit_tree()
    if export_format(request):
        return export_response(request, UNITS, tree)
    context = {
        "register": register_page(request, UNITS, tree, page_size=200),
        **selectors.unit_counts(),
        "may_change": can(request.member, "accounts.unit_change"),
    }
    return show(request, "accounts/unit_list.html", "register", context)


@require_safe
@unit_view("accounts.directory_view")
def unit_detail(request: TenantRequest) -> HttpResponse:
    unit = request.unit
    context = {
        "unit": unit,
        "below": unit.children.order_by("path"),
        "people": selectors.directory().filter(unit=unit, is_active=True),
        "may_change": can(request.member, "accounts.unit_change", unit),
        "parts": registry.panels_for("accounts.unit", request, unit),
        "panels": registry.panels_for("accounts.record", request, unit),
    }
    return show(request, "accounts/unit_detail.html", "", context)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_view("accounts.unit_change")
def unit_create(request: TenantRequest) -> HttpResponse:
    form = UnitForm(request.POST if request.method == "POST" else None, instance=BusinessUnit())
    if request.method == "POST" and form.is_valid():
        try:
            unit = services.create_unit(
                form.instance, parent=form.cleaned_data["parent"], acting=request.member
            )
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            message = _("%(unit)s was added.") % {"unit": unit}
            to = _url(request, "unit_detail", code=unit.code)
            return done(request, to=to, message=message)
    context = {"form": form, "cancel_url": _url(request, "unit_list")}
    return _form_page(request, "accounts/unit_edit.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@unit_view("accounts.unit_change")
def unit_edit(request: TenantRequest) -> HttpResponse:
    """Name, place in the tree, lead, and whether it is in use."""
    unit = request.unit
    back = _url(request, "unit_detail", code=unit.code)
    form = UnitForm(request.POST if request.method == "POST" else None, instance=unit)
    if request.method == "POST" and form.is_valid():
        try:
            revised = services.revise_unit(
                unit, changes=form.changes, version=form.opened_version, acting=request.member
            )
        except EditConflict as clash:
            return registry.conflict_page(request, form, clash, cancel_url=back)
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            message = _("%(unit)s was saved.") % {"unit": revised}
            to = _url(request, "unit_detail", code=revised.code)
            return done(request, to=to, message=message)
    context = {"form": form, "unit": unit, "cancel_url": back}
    return _form_page(request, "accounts/unit_edit.html", context)


# --- People ---


def _person(handle: str) -> Person:
    person = selectors.person_by_handle(handle)
    if person is None:
        raise Http404
    return person


@require_safe
@tenant_view("accounts.directory_view")
def person_list(request: TenantRequest) -> HttpResponse:
    people = selectors.directory()
    if export_format(request):
        return export_response(request, PEOPLE, people)
    context = {
        "register": register_page(request, PEOPLE, people),
        "may_change": can(request.member, "accounts.person_change"),
    }
    return show(request, "accounts/person_list.html", "register", context)


@require_safe
@tenant_view("accounts.directory_view")
def person_detail(request: TenantRequest, handle: str) -> HttpResponse:
    person = _person(handle)
    context = {
        "person": person,
        "may_change": can(request.member, "accounts.person_change", person),
        "parts": registry.panels_for("accounts.person", request, person),
        "panels": registry.panels_for("accounts.record", request, person),
    }
    return show(request, "accounts/person_detail.html", "", context)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_view("accounts.person_change")
def person_create(request: TenantRequest) -> HttpResponse:
    form = PersonForm(request.POST if request.method == "POST" else None, instance=Person())
    if request.method == "POST" and form.is_valid():
        try:
            person = services.create_person(form.instance, acting=request.member)
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            message = _("%(person)s was added to the directory.") % {"person": person}
            to = _url(request, "person_detail", handle=person.handle)
            return done(request, to=to, message=message)
    context = {"form": form, "cancel_url": _url(request, "person_list")}
    return _form_page(request, "accounts/person_edit.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_view("accounts.person_change")
def person_edit(request: TenantRequest, handle: str) -> HttpResponse:
    person = _person(handle)
    back = _url(request, "person_detail", handle=handle)
    form = PersonForm(request.POST if request.method == "POST" else None, instance=person)
    if request.method == "POST" and form.is_valid():
        try:
            services.revise_person(
                person, changes=form.changes, version=form.opened_version, acting=request.member
            )
        except EditConflict as clash:
            return registry.conflict_page(request, form, clash, cancel_url=back)
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            message = _("%(person)s was saved.") % {"person": form.cleaned_data["name"]}
            return done(request, to=back, message=message)
    context = {"form": form, "person": person, "cancel_url": back}
    return _form_page(request, "accounts/person_edit.html", context)


# --- Thresholds ---


@require_safe
@tenant_view("accounts.thresholds_view")
def thresholds_detail(request: TenantRequest) -> HttpResponse:
    """Every threshold with what it means, and who changed which of them when."""
    thresholds = selectors.saved_thresholds()
    names = ThresholdsForm.Meta.fields
    fields: list[Any] = [thresholds._meta.get_field(name) for name in names]
    rows = [
        {
            "label": field.verbose_name,
            "value": _shown(field, getattr(thresholds, field.name)),
            "note": field.help_text,
            "default": _shown(field, field.default),
        }
        for field in fields
    ]
    context = {
        "rows": rows,
        "may_change": can(request.member, "accounts.thresholds_change", thresholds),
        "panels": registry.panels_for("accounts.record", request, thresholds),
    }
    return show(request, "accounts/thresholds_detail.html", "", context)


def _shown(field: Any, value: Any) -> Any:
    """A value as people know it: of a choice its word."""
    return dict(field.flatchoices).get(value, value)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_view("accounts.thresholds_change")
def thresholds_edit(request: TenantRequest) -> HttpResponse:
    thresholds = selectors.saved_thresholds()
    back = _url(request, "thresholds_detail")
    form = ThresholdsForm(request.POST if request.method == "POST" else None, instance=thresholds)
    if request.method == "POST" and form.is_valid():
        try:
            services.revise_thresholds(
                thresholds,
                changes=form.changes,
                version=form.opened_version,
                acting=request.member,
            )
        except EditConflict as clash:
            return registry.conflict_page(request, form, clash, cancel_url=back)
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            message = _("The thresholds were saved. They count from now on.")
            return done(request, to=back, message=message)
    context = {"form": form, "cancel_url": back}
    return _form_page(request, "accounts/thresholds_edit.html", context)
