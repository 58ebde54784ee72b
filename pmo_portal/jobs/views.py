from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from pmo_portal.accounts.http import TenantRequest, tenant_view
from pmo_portal.accounts.permissions import can
from pmo_portal.common import registry
from pmo_portal.common.registers import (
    Column,
    Register,
    export_format,
    export_response,
    register_page,
)
from pmo_portal.common.rendering import show, wants_part
from pmo_portal.history.views import number_in

from . import selectors, services
from .models import Job

HTMX_STOP_POLLING = 286

REGISTER = Register(
    "jobs",
    (
        Column("reference", gettext_lazy("ID"), sort=("number",)),
        Column("title", gettext_lazy("Job"), sort=("title",)),
        Column(
            "state",
            gettext_lazy("State"),
            lambda job: job.ticket.get_state_display(),
            sort=("ticket__state",),
        ),
        Column(
            "requested_by",
            gettext_lazy("Asked for by"),
            lambda job: str(job.requested_by or _("the portal")),
        ),
        Column("created_at", gettext_lazy("Asked"), sort=("created_at",)),
        Column("finished_at", gettext_lazy("Finished"), sort=("finished_at",)),
    ),
    default_sort="-reference",
)


def _job(request: TenantRequest, reference: str) -> Job:
    job = selectors.job_by_number(request.member, number_in(reference, "J"))
    if job is None:
        raise Http404
    return job


@require_safe
@tenant_view("jobs.job_view")
def job_list(request: TenantRequest) -> HttpResponse:
    jobs = selectors.jobs_for(request.member)
    if export_format(request):
        return export_response(request, REGISTER, jobs)
    return show(
        request,
        "jobs/job_list.html",
        "register",
        {"register": register_page(request, REGISTER, jobs)},
    )


@require_safe
@tenant_view("jobs.job_view")
def job_detail(request: TenantRequest, reference: str) -> HttpResponse:
    """How far a job is; polled while it runs, readable without script."""
    job = _job(request, reference)
    status = HTMX_STOP_POLLING if wants_part(request) and job.is_finished else 200
    panels = registry.panels_for(f"jobs.{job.ticket.kind}", request, job) if job.is_finished else []
    context = {
        "job": job,
        "report": panels[0] if panels else None,
        "may_retry": can(request.member, "jobs.job_retry", job),
    }
    return show(request, "jobs/job_detail.html", "progress", context, status=status)


@require_POST
@tenant_view("jobs.job_retry")
def job_retry(request: TenantRequest, reference: str) -> HttpResponse:
    job = services.retry(_job(request, reference), acting=request.member)
    messages.success(request, _("%(job)s will be tried again.") % {"job": job.reference})
    return redirect(job.get_absolute_url())
