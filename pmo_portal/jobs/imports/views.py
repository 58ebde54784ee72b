from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pmo_portal.accounts.http import TenantRequest, tenant_view
from pmo_portal.accounts.permissions import can, require
from pmo_portal.common import clock
from pmo_portal.common.rendering import done, show, wants_part
from pmo_portal.history.views import number_in

from .. import selectors
from ..choices import FAILURES, JobState
from ..models import Job
from . import services
from .forms import UploadForm
from .kinds import ImportKind, import_kind, import_kinds

HTMX_STOP_POLLING = 286


@require_safe
@tenant_view("jobs.import_view")
def import_list(request: TenantRequest) -> HttpResponse:
    """The kinds of file this member may import, and what was imported lately."""
    context = {
        "kinds": [kind for kind in import_kinds() if can(request.member, kind.action)],
        "jobs": selectors.jobs_for(request.member).filter(
            ticket__kind__in=[services.CHECK, services.APPLY]
        )[:20],
    }
    return show(request, "jobs/import_list.html", "", context)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_view("jobs.import_view")
def import_upload(request: TenantRequest, kind: str) -> HttpResponse:
    """Send a file in; it is checked first and changes nothing before it is confirmed."""
    chosen = _kind(request, kind)
    form = UploadForm(request.POST or None, request.FILES or None, kind=chosen)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            job = services.receive(
                chosen, name=file.name, content=file.read(), at=clock.now(), acting=request.member
            )
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            return redirect(
                "jobs:import_detail", tenant=request.tenant.slug, kind=kind, reference=job.reference
            )
    status = 422 if request.method == "POST" else 200
    return show(
        request, "jobs/import_upload.html", "", {"form": form, "kind": chosen}, status=status
    )


@require_safe
@tenant_view("jobs.import_view")
def import_detail(request: TenantRequest, kind: str, reference: str) -> HttpResponse:
    """The preview of a file that was checked, or the report of one that was imported."""
    chosen = _kind(request, kind)
    job = _job(request, chosen, reference)
    status = HTMX_STOP_POLLING if wants_part(request) and job.is_finished else 200
    is_preview = job.ticket.kind == services.CHECK
    context = {
        "kind": chosen,
        "job": job,
        "is_preview": is_preview,
        "is_done": job.ticket.state == JobState.DONE,
        "is_failed": job.ticket.state in FAILURES,
        "report": job.result,
        "imported": _imported(job) if is_preview else None,
        "done_url": chosen.done_url(request.tenant.slug) if chosen.done_url else "",
    }
    return show(request, "jobs/import_detail.html", "report", context, status=status)


@require_POST
@tenant_view("jobs.import_view")
def import_confirm(request: TenantRequest, kind: str, reference: str) -> HttpResponse:
    """Import the file as previewed."""
    chosen = _kind(request, kind)
    checked = _job(request, chosen, reference)
    if checked.ticket.kind != services.CHECK or checked.ticket.state != JobState.DONE:
        raise Http404
    try:
        job = services.confirm(checked, kind=chosen, acting=request.member)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return done(request, to=_url(request, chosen, checked))
    return done(
        request,
        to=_url(request, chosen, job),
        message=_("The import has been asked for."),
    )


def _kind(request: TenantRequest, slug: str) -> ImportKind:
    kind = import_kind(slug)
    if kind is None:
        raise Http404
    require(request.member, kind.action)
    return kind


def _job(request: TenantRequest, kind: ImportKind, reference: str) -> Job:
    job = selectors.job_by_number(request.member, number_in(reference, "J"))
    if job is None or job.args.get("kind") != kind.slug:
        raise Http404
    return job


def _imported(checked: Job) -> Job | None:
    slot = f"{services.APPLY}:{checked.reference}"
    return Job.objects.select_related("ticket").filter(slot=slot).first()


def _url(request: TenantRequest, kind: ImportKind, job: Job) -> str:
    return redirect(
        "jobs:import_detail", tenant=request.tenant.slug, kind=kind.slug, reference=job.reference
    )["Location"]
