"""What a programme is: its details, its two leads, the units it lands in, who works on it."""

from __future__ import annotations

from copy import copy

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pmo_portal.accounts.http import TenantRequest, programme_view, tenant_view
from pmo_portal.accounts.permissions import can
from pmo_portal.common import clock
from pmo_portal.common.rendering import done, drawn_panels, show
from pmo_portal.history.frame import history_url, pressed, status_of
from pmo_portal.history.services import EditConflict, Gone
from pmo_portal.history.views import conflict_page, gone_page, offer_undo

from .. import selectors, services
from ..forms import MemberForm, ProgrammeForm
from ..models import Programme
from .parts import address


@require_safe
@programme_view("programmes.programme_view")
def programme_detail(request: TenantRequest) -> HttpResponse:
    programme = request.programme
    may_change = can(request.member, "programmes.programme_change", programme)
    return _detail(request, MemberForm() if may_change else None)


def _detail(request: TenantRequest, form: MemberForm | None, *, status: int = 200) -> HttpResponse:
    programme = request.programme
    context = {
        "record": programme,
        "may_change": can(request.member, "programmes.programme_change", programme),
        "units": selectors.units_touched(programme),
        "members": selectors.members_of(programme),
        "facts": selectors.facts_of(programme).exists(),
        "form": form,
        "panels": drawn_panels("programmes.programme", request, programme),
        "history_url": history_url(request, programme),
    }
    return show(request, "programmes/programme_detail.html", "", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_view("programmes.programme_create")
def programme_create(request: TenantRequest) -> HttpResponse:
    form = ProgrammeForm(request.POST or None, instance=Programme())
    if request.method == "POST" and form.is_valid():
        try:
            programme = services.create_programme(
                form.instance, units=form.cleaned_data["units"], acting=request.member
            )
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            message = _("%(programme)s is created.") % {"programme": programme.name}
            return done(request, to=programme, message=message)
    context = {"form": form, "record": None, "cancel_url": _portfolio(request)}
    return show(request, "programmes/programme_edit.html", "", context, status=status_of(request))


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("programmes.programme_change")
def programme_edit(request: TenantRequest) -> HttpResponse:
    # The form writes what was typed into its instance; the shell goes on showing what is saved.
    form = ProgrammeForm(request.POST or None, instance=copy(request.programme))
    cancel_url = request.programme.get_absolute_url()
    if request.method == "POST" and form.is_valid():
        try:
            programme = services.revise_programme(
                request.programme,
                changes=form.changes,
                version=form.opened_version,
                units=form.cleaned_data["units"],
                acting=request.member,
            )
        except EditConflict as clash:
            return conflict_page(request, form, clash, cancel_url=cancel_url)
        except Gone as gone:
            return gone_page(request, gone.record)
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            return done(request, to=programme, message=_("Saved."))
    context = {"form": form, "record": request.programme, "cancel_url": cancel_url}
    return show(request, "programmes/programme_edit.html", "", context, status=status_of(request))


@require_POST
@programme_view("programmes.programme_change")
def programme_remove(request: TenantRequest) -> HttpResponse:
    programme = services.remove_programme(request.programme, at=clock.now(), acting=request.member)
    offer_undo(request, programme, _("%(item)s is removed.") % {"item": programme.name})
    return redirect(_portfolio(request))


@require_POST
@programme_view("programmes.programme_change")
def programme_members(request: TenantRequest) -> HttpResponse:
    """Make somebody a contributor or viewer of the programme, or change which."""
    form = MemberForm(request.POST)
    if form.is_valid():
        try:
            member = services.set_member(
                request.programme,
                person=form.cleaned_data["person"],
                role=form.cleaned_data["role"],
                acting=request.member,
            )
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            message = _("%(person)s works on the programme.") % {"person": member.person.name}
            return done(request, to=_members_url(request), message=message)
    return _detail(request, form, status=422)


@require_POST
@programme_view("programmes.programme_change")
def programme_member_remove(request: TenantRequest, handle: str) -> HttpResponse:
    member = selectors.members_of(request.programme).filter(person__handle=handle).first()
    if member is None:
        raise Http404
    services.remove_member(member, at=clock.now(), acting=request.member)
    return done(
        request,
        to=_members_url(request),
        message=_("%(person)s no longer works on the programme.") % {"person": member.person.name},
        undo=address(request, "programme_member_restore", handle=handle),
    )


@require_POST
@programme_view("programmes.programme_change")
def programme_member_restore(request: TenantRequest, handle: str) -> HttpResponse:
    """Undo that somebody was taken off the programme."""
    member = selectors.last_membership(request.programme, handle)
    if member is None:
        raise Http404
    return pressed(
        request,
        member,
        lambda: services.restore_member(member, acting=request.member),
        to=_members_url(request),
        message=_("%(person)s works on the programme.") % {"person": member.person.name},
    )


def _members_url(request: TenantRequest) -> str:
    return f"{address(request, 'programme_detail')}#members"


def _portfolio(request: TenantRequest) -> str:
    """The start page of the organisation, which belongs to a higher storey."""
    return f"/t/{request.tenant.slug}/"
