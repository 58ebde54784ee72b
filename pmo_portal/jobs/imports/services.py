"""Upload, check, confirm, apply. Two jobs: one that reads and previews, one that writes."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import require

from ..choices import FAILURES, FINISHED
from ..models import Job, Upload
from ..services import again, enqueue
from .kinds import FINDINGS_KEPT, ImportKind, Outcome, Parsed

CHECK = "jobs.check_import"
APPLY = "jobs.apply_import"
# Of an organisation: files that wait for their turn, and files sent within a day, each of which is kept for some days.
MOST_WAITING = 5
MOST_A_DAY = 100


@transaction.atomic
def receive(kind: ImportKind, *, name: str, content: bytes, at: datetime, acting: Member) -> Job:
    """Keep a file and ask for its check; the returned job becomes the preview.

    Raises:
        NotAllowed.
        ValidationError: too many files wait already, or were sent within a day.
    """
    require(acting, kind.action)
    _refuse_many_waiting()
    sent = Job.objects.filter(ticket__kind=CHECK, created_at__gt=at - timedelta(days=1))
    if sent.count() >= MOST_A_DAY:
        raise ValidationError(
            _("Your organisation has sent %(count)s files within a day. Send this one tomorrow.")
            % {"count": MOST_A_DAY}
        )
    upload = Upload(
        name=name[:200],
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        uploaded_by=acting.user,
        created_at=at,
    )
    upload.save()
    job = enqueue(
        CHECK,
        title=f"{kind.title}: {upload.name}"[:200],
        slot=f"{CHECK}:{uuid.uuid4()}",
        args={"kind": kind.slug, "upload": upload.pk, "file": upload.name},
        acting=acting,
    )
    assert job is not None  # A fresh slot is never taken.
    return job


def confirm(checked: Job, *, kind: ImportKind, acting: Member) -> Job:
    """Ask for the import of a file that was checked. Confirming twice is confirming once; what failed is tried again.

    Raises:
        NotAllowed.
        ValidationError: too many files wait already.
    """
    require(acting, kind.action)
    slot = f"{APPLY}:{checked.reference}"
    if not Job.objects.filter(slot=slot).exclude(ticket__state__in=FAILURES).exists():
        _refuse_many_waiting()
    asked = enqueue(
        APPLY,
        title=checked.title,
        slot=slot,
        args={**checked.args, "checked": checked.reference},
        acting=acting,
    )
    return asked or again(Job.objects.select_related("ticket").get(slot=slot))


def _refuse_many_waiting() -> None:
    files = Job.objects.filter(ticket__kind__in=[CHECK, APPLY])
    if files.exclude(ticket__state__in=FINISHED).count() >= MOST_WAITING:
        raise ValidationError(
            _(
                "%(count)s files of your organisation wait to be checked or imported. Try again when one of"
                " them is done."
            )
            % {"count": MOST_WAITING}
        )


@transaction.atomic
def apply(kind: ImportKind, parsed: Parsed) -> Outcome:
    """Write a parsed file, all of it or nothing. Needs the tenant's context."""
    # Keys that wait for the end of the transaction to be checked slow every audited row down by the number
    # of rows before it.
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return kind.apply(parsed)


def preview(kind: ImportKind, parsed: Parsed) -> Outcome:
    """What `apply` would do, found out by doing it and rolling back."""
    with transaction.atomic():
        outcome = apply(kind, parsed)
        transaction.set_rollback(True)
    return outcome


def report(parsed: Parsed, outcome: Outcome) -> dict[str, Any]:
    """The page of a check or an import, as JSON: counts, findings, what was not carried over."""
    findings = [*parsed.findings, *outcome.findings]
    return {
        "read": parsed.read,
        "counts": [asdict(count) for count in outcome.counts],
        "changes_nothing": outcome.changes_nothing,
        "findings": [asdict(finding) for finding in findings[:FINDINGS_KEPT]],
        "finding_count": len(findings),
        "not_carried": [asdict(left) for left in parsed.not_carried],
    }
