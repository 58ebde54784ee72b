"""Baselines kept of a plan: the list, keeping one, and how far the plan moved since."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from pmo_portal.accounts.http import TenantRequest, programme_view
from pmo_portal.accounts.permissions import can
from pmo_portal.common import clock
from pmo_portal.common.registers import export_format, export_response, register_page
from pmo_portal.common.rendering import done, drawn_panels, show, wants_part
from pmo_portal.history.frame import status_of

from .. import selectors, services
from ..choices import Half
from ..forms import BaselineFilter, BaselineForm, KeptFilter
from ..models import PlanBaseline
from ..tables import BASELINES, MOVED
from .parts import address


@require_safe
@programme_view("programmes.milestone_view")
def baseline_list(request: TenantRequest) -> HttpResponse:
    """Every baseline that was kept, the newest first."""
    baselines = selectors.baselines_of(request.programme)
    if export_format(request):
        return export_response(request, BASELINES, baselines, filters=KeptFilter)
    register = register_page(request, BASELINES, baselines, filters=KeptFilter)
    context = {
        "register": register,
        "may_keep": can(request.member, "programmes.baseline_keep", request.programme),
        "as_of": clock.today(),
    }
    if not wants_part(request):
        context["kept"] = baselines.count() if register.is_filtered else register.total
    return show(request, "programmes/baseline_list.html", "register", context)


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("programmes.baseline_keep")
def baseline_keep(request: TenantRequest) -> HttpResponse:
    form = BaselineForm(request.POST or None, instance=PlanBaseline(programme=request.programme))
    if request.method == "POST" and form.is_valid():
        try:
            made = services.keep_baseline(
                form.instance, at=clock.now(), on=clock.today(), acting=request.member
            )
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            message = _("The baseline is kept. It will not change any more.")
            return done(request, to=made, message=message)
    context = {"form": form, "cancel_url": address(request, "baseline_list")}
    return show(request, "programmes/baseline_keep.html", "", context, status=status_of(request))


@require_safe
@programme_view("programmes.milestone_view")
def baseline_detail(request: TenantRequest, number: int) -> HttpResponse:
    """The plan of then beside the plan of today."""
    baseline = selectors.baselines_of(request.programme).filter(number=number).first()
    if baseline is None:
        raise Http404
    dates = selectors.dates_of(baseline)
    if export_format(request):
        return export_response(
            request, MOVED, dates, filters=BaselineFilter, present=selectors.moved
        )
    every = [selectors.moved(each) for each in dates]
    context = {
        "register": register_page(
            request, MOVED, dates, filters=BaselineFilter, present=selectors.moved
        ),
        "baseline": baseline,
        "added": selectors.added_since(baseline),
        "finding": _finding(every, baseline),
        "halves": [(half, _later(every, half)) for half in Half],
        "panels": drawn_panels("programmes.baseline", request, baseline),
        "as_of": clock.today(),
    }
    return show(request, "programmes/baseline_detail.html", "register", context)


def _later(every: list[selectors.Moved], half: Half) -> tuple[int, int, int | None]:
    """Of one track: how many are later, of how many, and by how much at most."""
    own = [each for each in every if each.milestone.track == half and each.slip is not None]
    later = [each.slip for each in own if each.slip is not None and each.slip > 0]
    return len(later), len(own), max(later, default=None)


def _finding(every: list[selectors.Moved], baseline: PlanBaseline) -> str:
    later = sum(each.slip is not None and each.slip > 0 for each in every)
    if not later:
        return _("No milestone is later than in the baseline “%(name)s”") % {"name": baseline.name}
    return ngettext(
        "%(later)s of %(all)s milestones is later than in the baseline “%(name)s”",
        "%(later)s of %(all)s milestones are later than in the baseline “%(name)s”",
        later,
    ) % {"later": later, "all": len(every), "name": baseline.name}
