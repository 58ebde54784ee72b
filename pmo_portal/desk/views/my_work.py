"""My work: what waits for the member who looks."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from pmo_portal.accounts.choices import Role
from pmo_portal.accounts.http import TenantRequest, tenant_view
from pmo_portal.common import clock
from pmo_portal.common.registers import export_format, file_response, turned
from pmo_portal.common.rendering import show
from pmo_portal.common.waiting import Place, Waits

from .. import my_work
from ..forms import WorkForm
from ..my_work import KINDS
from ..my_work_words import Shown, finding, line, sides
from ..tables import WORK


@require_safe
@tenant_view("desk.work_view")
def work_list(request: TenantRequest) -> HttpResponse:
    """Everything that waits for the member, or all of one kind; as a file always everything that is asked for."""
    form, today, slug = WorkForm(request.GET), clock.today(), request.tenant.slug
    if export_format(request):
        rows = my_work.rows_for(request.member, today, form.wish)
        return file_response(request, WORK, (line(row, tenant=slug, on=today) for row in rows))
    groups = my_work.groups_for(request.member, today, form.wish)
    total, late = sum(each.total for each in groups), sum(each.late for each in groups)
    places = sides(groups, tenant=slug, on=today)
    context = {
        "form": form,
        "finding": finding(total, late),
        "together": places[Place.TOGETHER],
        "halves": [places[Place.DELIVERY], places[Place.ADOPTION]],
        "total": total,
        "looked_at": clock.now(),
        "is_reader": request.member.roles <= {Role.VIEWER},
    }
    if form.wish.only:
        register = turned(request, my_work.rows_in_turn(request.member, today, form.wish))
        lines = [line(Waits(*row), tenant=slug, on=today) for row in register.rows]
        context |= {
            "register": register,
            "shown": Shown("only", str(KINDS[form.wish.only].label), total, late, 0, lines),
        }
    return show(request, "desk/work_list.html", "work", context)
