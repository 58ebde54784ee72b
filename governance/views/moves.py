"""Go-lives that were moved: the register, and saying why."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from adoption.selectors import people_touched
from pmo_portal.accounts.http import TenantRequest, programme_view, tenant_view
from pmo_portal.accounts.permissions import can
from pmo_portal.common import clock
from pmo_portal.common.registers import export_format, export_response, register_page
from pmo_portal.common.rendering import show
from pmo_portal.history.frame import history_url, saved, status_of, with_record
from pmo_portal.tenants import nested

from .. import selectors, services
from ..forms import MoveFilter, MoveForm
from ..models import GoliveMove
from ..tables import MOVES, MOVES_OF_ALL


@require_safe
@programme_view("governance.move_view")
def move_list(request: TenantRequest) -> HttpResponse:
    moves = selectors.moves_for(request.member, request.programme)
    if export_format(request):
        return export_response(request, MOVES, moves, filters=MoveFilter)
    context = {
        "register": register_page(request, MOVES, moves, filters=MoveFilter),
        **moves.counted(),
        "as_of": clock.today(),
    }
    return show(request, "governance/move_list.html", "register", context)


@require_safe
@tenant_view("governance.move_view")
def move_all(request: TenantRequest) -> HttpResponse:
    """The moves of every programme the member sees."""
    moves = selectors.moves_for(request.member)
    if export_format(request):
        return export_response(request, MOVES_OF_ALL, moves, filters=MoveFilter)
    context = {
        "register": register_page(request, MOVES_OF_ALL, moves, filters=MoveFilter),
        **moves.counted(),
        "as_of": clock.today(),
    }
    return show(request, "governance/move_all.html", "register", context)


@require_safe
@programme_view("governance.move_view")
@with_record(selectors.move_by_number, "GM")
def move_detail(request: TenantRequest, move: GoliveMove) -> HttpResponse:
    touched = people_touched(move.milestone, as_of=clock.today())
    context = {
        "record": move,
        "touched": touched,
        "people": nested.people_once(
            {each.unit.path: each.unit.headcount or 0 for each in touched}
        ),
        "may_change": can(request.member, "governance.move_change", move),
        "history_url": history_url(request, move),
    }
    return show(request, "governance/move_detail.html", "", context)


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("governance.move_view")
@with_record(selectors.move_by_number, "GM", "governance.move_change")
def move_explain(request: TenantRequest, move: GoliveMove) -> HttpResponse:
    """Why it moved."""
    form = MoveForm(request.POST or None, instance=move)
    if request.method == "POST" and form.is_valid():
        answer = saved(
            request,
            form,
            lambda: services.explain_move(
                move, changes=form.changes, version=form.opened_version, acting=request.member
            ),
            message=_("The reason is kept with the move."),
        )
        if answer is not None:
            return answer
    context = {"form": form, "record": move, "cancel_url": move.get_absolute_url()}
    return show(request, "governance/move_explain.html", "", context, status=status_of(request))
