"""Does one function weigh more? Both leads see it at the same moment, everybody else a week later."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pmo_portal.accounts.http import TenantRequest, programme_view, tenant_view
from pmo_portal.accounts.permissions import can, require
from pmo_portal.common import clock
from pmo_portal.common.registers import export_format, export_response, register_page
from pmo_portal.common.rendering import show
from pmo_portal.history.frame import saved, status_of
from programmes.models import Programme
from programmes.selectors import programmes_for

from .. import selectors, services
from ..balance import PERIOD_DAYS, Signal, Standing, leaning, standing
from ..balance_text import Row, heading
from ..choices import Voice
from ..forms import BalanceForm, balance_filter
from ..models import BalanceView
from ..rules import HEAD_START
from ..tables import BALANCE, COUNTED, BalanceRow
from .parts import address


def _day(request: TenantRequest, programme: Programme | None) -> date:
    """The last day of the period this member sees."""
    today = clock.today()
    if can(request.member, "governance.balance_now", programme):
        return today
    return today - HEAD_START


@require_safe
@tenant_view("governance.balance_view")
def balance_all(request: TenantRequest) -> HttpResponse:
    """Every programme the member sees, and what leans there; counted for the programmes of the page."""
    as_of = _day(request, None)
    programmes = programmes_for(request.member).select_related("tenant")
    filters = balance_filter(as_of)
    every: dict[int, list[Signal]] = {}
    if export_format(request) or request.GET.get("sort", "").lstrip("-") in COUNTED:
        every = selectors.balance_of(list(programmes.values_list("pk", flat=True)), as_of)
        programmes = _ranked(programmes, every)
    if export_format(request):
        return export_response(
            request,
            BALANCE,
            programmes,
            filters=filters,
            present=lambda each: BalanceRow(each, every[each.pk]),
        )
    register = register_page(request, BALANCE, programmes, filters=filters)
    shown = list(register.rows)
    found = every or selectors.balance_of([each.pk for each in shown], as_of)
    rows = [BalanceRow(each, found[each.pk]) for each in shown]
    register.page.object_list = rows
    context = {
        "register": register,
        "count": sum(bool(row.leaning) for row in rows),
        "shown": len(rows),
        "as_of": as_of,
        "waits": as_of != clock.today(),
        "days": PERIOD_DAYS,
    }
    return show(request, "governance/balance_all.html", "register", context)


def _ranked(
    programmes: QuerySet[Programme], found: Mapping[int, list[Signal]]
) -> QuerySet[Programme]:
    """With what the register sorts by: how many signals lean, and the state, what leans first."""
    states = list(Standing)
    return programmes.annotate(
        leaning=_numbered({pk: len(leaning(signals)) for pk, signals in found.items()}),
        rank=_numbered({pk: states.index(standing(signals)) for pk, signals in found.items()}),
    )


def _numbered(numbers: Mapping[int, int]) -> Case:
    """The number of each programme as an expression."""
    return Case(
        *(
            When(pk__in=[pk for pk, each in numbers.items() if each == number], then=Value(number))
            for number in sorted(set(numbers.values()))
        ),
        output_field=IntegerField(),
    )


@require_safe
@programme_view("governance.balance_view")
def balance_detail(request: TenantRequest) -> HttpResponse:
    """The signals of one programme, the decisions behind them, and what each lead says of it."""
    programme = request.programme
    as_of = _day(request, programme)
    signals = selectors.balance_of([programme.pk], as_of)[programme.pk]
    rows = [Row(each) for each in signals]
    period = timedelta(days=PERIOD_DAYS)
    # A comment speaks of the figures, so it is shown when they are.
    said = selectors.balance_views_by(programme, as_of)
    context = {
        "rows": rows,
        "heading": heading(rows),
        "leaning": [Row(each) for each in leaning(signals)],
        "decisions": [
            selectors.taken(each)
            for each in selectors.decided_between([programme.pk], as_of - period, as_of)
        ],
        "voices": [
            {
                "voice": voice,
                "said": said.get(voice),
                "may_comment": can(
                    request.member,
                    "governance.balance_comment",
                    BalanceView(programme=programme, function=voice),
                ),
            }
            for voice in Voice
        ],
        "as_of": as_of,
        "since": as_of - period + timedelta(days=1),
        "waits": as_of != clock.today(),
        "days": PERIOD_DAYS,
    }
    return show(request, "governance/balance_detail.html", "", context)


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("governance.balance_view")
def balance_comment(request: TenantRequest, voice: str) -> HttpResponse:
    """One lead says what they make of it."""
    if voice not in Voice.values:
        raise Http404
    programme = request.programme
    wanted = selectors.balance_views(programme).get(voice) or BalanceView(
        programme=programme, function=voice
    )
    wanted.programme = programme
    require(request.member, "governance.balance_comment", wanted)
    form = BalanceForm(request.POST or None, instance=wanted)
    back = address(request, "balance_detail")
    if request.method == "POST" and form.is_valid():
        answer = saved(
            request,
            form,
            lambda: services.comment_balance(
                programme,
                function=voice,
                text=form.cleaned_data["text"],
                on=clock.today(),
                version=form.opened_version,
                acting=request.member,
            ),
            message=_("Your comment is shown next to the figures."),
            to=back,
            cancel_url=back,
        )
        if answer is not None:
            return answer
    context = {"form": form, "voice": Voice(voice), "cancel_url": back}
    return show(request, "governance/balance_comment.html", "", context, status=status_of(request))
