"""Money: of one programme, of all, and the lines with their sheets."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pmo_portal.accounts.http import TenantRequest, programme_view, tenant_view
from pmo_portal.accounts.permissions import can
from pmo_portal.common import clock
from pmo_portal.common.registers import (
    export_format,
    export_response,
    file_response,
    register_page,
)
from pmo_portal.common.rendering import done, show
from pmo_portal.history.frame import history_url, pressed, saved, status_of, with_record
from pmo_portal.history.services import EditConflict, Gone
from pmo_portal.history.views import gone_page, offer_undo

from .. import money, selectors, services, sheet
from ..earned_value import together
from ..forms import BudgetLineFilter, BudgetLineForm, MoneyFilter, SheetForm
from ..models import BudgetLine
from ..services.budget import latest_cells
from ..tables import BUDGET_LINES, MONEY_OF_ALL, SHARES
from .parts import address

readable = with_record(selectors.budget_line_for, "B")
changeable = with_record(selectors.budget_line_for, "B", "programmes.budget_change")


@require_safe
@programme_view("programmes.budget_view")
def money_detail(request: TenantRequest) -> HttpResponse:
    """Budget, earned value and earned schedule of a programme, with the arithmetic in the open."""
    today, programme = clock.today(), request.programme
    known = selectors.money_as_of([programme.pk], today)[programme.pk]
    shares = money.by_category(known.amounts)
    if export_format(request):
        return file_response(request, SHARES, shares)
    performance = known.performance
    context = {
        "money": known,
        "performance": performance,
        "finding": money.headline(known),
        "formulas": money.formulas(known, request.tenant.currency, today),
        "schedule_state": money.index_state(known.schedule.index if known.schedule else None),
        "cost_state": money.index_state(performance.cpi),
        "spi_t": money.index(known.schedule.index if known.schedule else None),
        "cpi": money.index(performance.cpi),
        "figure": money.s_curve(known, today),
        "unearned": money.unearned(known, today),
        "uncosted": money.uncosted(known),
        "halves": money.by_half(known, today),
        "shares": shares,
        "may_create": can(request.member, "programmes.budget_create", programme),
        "as_of": today,
    }
    return show(request, "programmes/money_detail.html", "", context)


@require_safe
@tenant_view("programmes.budget_view")
def money_all(request: TenantRequest) -> HttpResponse:
    """The money of the programmes the member sees; what is not on the page is not worked out."""
    today = clock.today()
    programmes = selectors.programmes_for(request.member)
    if export_format(request):
        known = selectors.money_as_of(list(programmes.values_list("pk", flat=True)), today)
        return export_response(
            request, MONEY_OF_ALL, programmes, filters=MoneyFilter, present=money.row_of(known)
        )
    register = register_page(request, MONEY_OF_ALL, programmes, filters=MoneyFilter)
    shown = list(register.rows)
    known = selectors.money_as_of([each.pk for each in shown], today)
    register.page.object_list = [money.row_of(known)(each) for each in shown]
    planned = [each.performance for each in known.values() if each.is_planned]
    context = {
        "register": register,
        "total": together(planned),
        "planned": len(planned),
        "above": sum((each.vac_share or 0) < money.VARIANCE_AMBER for each in planned),
        "as_of": today,
    }
    return show(request, "programmes/money_all.html", "register", context)


@require_safe
@programme_view("programmes.budget_view")
def budget_list(request: TenantRequest) -> HttpResponse:
    """The lines of a budget with their sums."""
    lines = selectors.budget_lines_of(request.programme)
    today = clock.today()
    present = _with_sums(selectors.amounts_as_of([request.programme.pk], today))
    if export_format(request):
        return export_response(
            request, BUDGET_LINES, lines, filters=BudgetLineFilter, present=present
        )
    context = {
        "register": register_page(
            request, BUDGET_LINES, lines, filters=BudgetLineFilter, present=present
        ),
        "may_create": can(request.member, "programmes.budget_create", request.programme),
        "as_of": today,
    }
    return show(request, "programmes/budget_list.html", "register", context)


def _with_sums(amounts: list[Any]) -> Any:
    sums: dict[tuple[int, str], int] = {}
    for each in amounts:
        key = each.line_id, str(each.kind)
        sums[key] = sums.get(key, 0) + each.amount

    def present(line: BudgetLine) -> BudgetLine:
        line.sums = {str(kind): sums.get((line.pk, str(kind))) for kind in sheet.KINDS}  # type: ignore[attr-defined]
        return line

    return present


@require_safe
@programme_view("programmes.budget_view")
@readable
def budget_detail(request: TenantRequest, line: BudgetLine) -> HttpResponse:
    """One line: its months, and everything said of them."""
    cells = latest_cells(line)
    parts = _parts(request, cells)
    part = sheet.chosen(parts, request.GET.get("part", ""))
    said = list(line.amounts.select_related("author").order_by("-version", "month", "kind")[:200])
    context = {
        "record": line,
        "kinds": sheet.KINDS,
        "months": [
            (month, [cells.get((month, str(kind))) for kind in sheet.KINDS])
            for month in part.months
        ],
        "parts": parts,
        "part": part,
        # None where nobody noted any amount of a kind.
        "sums": [
            sum(noted) if (noted := [a for (_m, k), a in cells.items() if k == kind]) else None
            for kind in sheet.KINDS
        ],
        "said": said,
        "may_change": can(request.member, "programmes.budget_change", line),
        "may_undo": bool(said) and said[0].version == line.version,
        "history_url": history_url(request, line),
    }
    return show(request, "programmes/budget_detail.html", "", context)


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("programmes.budget_create")
def budget_create(request: TenantRequest) -> HttpResponse:
    line = BudgetLine(programme=request.programme)
    form = BudgetLineForm(request.POST or None, instance=line, member=request.member)
    if request.method == "POST" and form.is_valid():
        answer = saved(
            request,
            form,
            lambda: services.create_budget_line(form.instance, acting=request.member),
            message=_("The line is set up. Now its months."),
        )
        if answer is not None:
            return answer
    context = {"form": form, "record": None, "cancel_url": address(request, "budget_list")}
    return show(request, "programmes/budget_edit.html", "", context, status=status_of(request))


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("programmes.budget_view")
@changeable
def budget_edit(request: TenantRequest, line: BudgetLine) -> HttpResponse:
    form = BudgetLineForm(request.POST or None, instance=line, member=request.member)
    if request.method == "POST" and form.is_valid():
        answer = saved(
            request,
            form,
            lambda: services.revise_budget_line(
                line, changes=form.changes, version=form.opened_version, acting=request.member
            ),
            message=_("Saved."),
        )
        if answer is not None:
            return answer
    context = {"form": form, "record": line, "cancel_url": line.get_absolute_url()}
    return show(request, "programmes/budget_edit.html", "", context, status=status_of(request))


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("programmes.budget_view")
@changeable
def budget_amounts(request: TenantRequest, line: BudgetLine) -> HttpResponse:
    """The sheet of a line. What a colleague saved meanwhile is shown beside what was typed, never overwritten."""
    today, now = clock.today(), clock.now()
    cells = latest_cells(line)
    parts = _parts(request, cells)
    part = sheet.chosen(parts, request.GET.get("part", ""))
    posted = request.POST if request.method == "POST" else None
    form, theirs, status = SheetForm(posted, initial={"version": line.version}), [], 200
    made = sheet.sheet(part.months, cells, posted)
    if posted is not None:
        status = 422
        if not form.is_valid():
            made.errors.append(_("Open the sheet again: it does not say what it was opened with."))
        elif not (made.wrong or made.errors):
            opened = form.cleaned_data["version"]
            # Only what this person typed over what they saw is a wish of theirs.
            seen = latest_cells(line, before_version=opened + 1)
            wanted = sheet.sheet(part.months, seen, posted).amounts
            try:
                after = services.save_amounts(
                    line, wanted, version=opened, at=now, on=today, acting=request.member
                )
            except EditConflict as clash:
                # Saved since this request looked: what a colleague wrote is in none of the cells at hand.
                cells = latest_cells(clash.record)
                theirs = sheet.show_theirs(made, seen, cells, wanted, request.tenant.currency)
                form, status = SheetForm(initial={"version": clash.record.version}), 409
            except Gone as gone:
                return gone_page(request, gone.record)
            except ValidationError as refusal:
                made.errors = list(refusal.messages)
            else:
                return done(request, to=after, message=_("The amounts are saved."))
    context = {
        "record": line,
        "form": form,
        "sheet": made,
        "kinds": sheet.KINDS,
        "theirs": theirs,
        "parts": parts,
        "part": part,
        "cancel_url": line.get_absolute_url(),
    }
    return show(request, "programmes/budget_amounts.html", "", context, status=status)


def _parts(request: TenantRequest, cells: sheet.Cells) -> list[sheet.Part]:
    programme = request.programme
    return sheet.parts_of(programme.starts_on, programme.ends_on, cells, today=clock.today())


@require_POST
@programme_view("programmes.budget_view")
@changeable
def budget_undo(request: TenantRequest, line: BudgetLine) -> HttpResponse:
    """Take the last save of the sheet back."""
    form = SheetForm(request.POST)
    version = form.cleaned_data["version"] if form.is_valid() else 0
    return pressed(
        request,
        line,
        lambda: services.undo_amounts(
            line, version=version, at=clock.now(), on=clock.today(), acting=request.member
        ),
        message=_("The amounts are as they were before the last save."),
    )


@require_POST
@programme_view("programmes.budget_view")
@changeable
def budget_remove(request: TenantRequest, line: BudgetLine) -> HttpResponse:
    services.remove_budget_line(line, at=clock.now(), acting=request.member)
    offer_undo(request, line, _("%(line)s is removed.") % {"line": line.reference})
    return redirect(address(request, "budget_list"))
