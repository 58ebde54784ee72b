from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _, gettext_lazy

from pmo_portal.accounts.members import member_for
from pmo_portal.accounts.permissions import can
from pmo_portal.common import clock

from ..models import Upload
from ..registry import job
from ..runs import JobFailed, JobRun
from . import services
from .kinds import DamagedFile, ImportKind, Parsed, import_kind

# A file that was checked and never confirmed is not kept for longer.
KEEP_UPLOADS = timedelta(days=7)


def _read(run: JobRun) -> tuple[ImportKind, Parsed]:
    """The kind and the parsed file of a job, asked again whether whoever sent it may import it."""
    kind = import_kind(run.args["kind"])
    with run.read():
        upload = Upload.objects.filter(pk=run.args["upload"]).first()
        user = run.job.requested_by
        member = member_for(user, run.job.tenant) if user else None
        answer = can(member, kind.action) if member and kind else None
    if kind is None or upload is None:
        raise JobFailed(_("The file is no longer kept. Send it again."))
    if not answer:
        raise JobFailed(
            answer.reason
            if answer is not None
            else _("Whoever sent the file is no longer a member.")
        )
    run.progress(0, 0, _("Reading the file"))
    try:
        parsed = kind.parse(bytes(upload.content))
    except DamagedFile as damage:
        raise JobFailed(str(damage)) from None
    run.progress(0, parsed.read, _("Comparing with what is here"))
    return kind, parsed


@job(services.CHECK, queue="imports")
def check_import(run: JobRun) -> None:
    kind, parsed = _read(run)
    with run.write() as result:
        result.update(services.report(parsed, services.preview(kind, parsed)))


@job(services.APPLY, queue="imports")
def apply_import(run: JobRun) -> None:
    kind, parsed = _read(run)
    with run.write() as result:
        result.update(services.report(parsed, services.apply(kind, parsed)))
        Upload.objects.filter(pk=run.args["upload"]).delete()


@job("jobs.remove_uploads", nightly=gettext_lazy("Remove files that nobody imported"))
def remove_uploads(run: JobRun) -> None:
    with run.write() as result:
        old = Upload.objects.filter(created_at__lt=clock.now() - KEEP_UPLOADS)
        result["removed"] = old.delete()[0]
