"""Status reports of both halves, with what the figures said beside them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import ask
from pmo_portal.history import services as history
from pmo_portal.tenants.services import next_reference

from .. import events, selectors
from ..models import (
    StatusReport,
)
from .acting import author_of


@transaction.atomic
def report_status(report: StatusReport, *, at: datetime, acting: Member | None) -> StatusReport:
    """Report one half of a programme; what the figures say on that day is kept beside the word.

    Raises:
        NotAllowed: the half belongs to the other function.
        ValidationError.
    """
    ask(acting, "programmes.status_change", report)
    report.number = next_reference("SR")
    report.known_at = at
    report.author = report.author or author_of(acting)
    for name, value in _told(report, report.effective_on).items():
        setattr(report, name, value)
    history.create(report, acting=acting)
    _status_reported(report)
    return report


@transaction.atomic
def revise_status(
    report: StatusReport,
    *,
    changes: Mapping[str, Any],
    version: int | None = None,
    acting: Member | None,
) -> StatusReport:
    """Correct a report; the trail keeps what it said before. One of another day stands beside the figures of that day.

    Raises:
        NotAllowed, EditConflict, Gone, ValidationError.
    """
    ask(acting, "programmes.status_change", report)
    version = report.version if version is None else version
    # A form writes what was typed into the report it was opened with.
    current = StatusReport.all_objects.get(pk=report.pk)
    day = changes.get("effective_on", current.effective_on)
    if day != current.effective_on and current.version == version:
        changes = {**changes, **_told(current, day)}
    revised = history.revise(current, changes=changes, version=version, acting=acting)
    _status_reported(revised)
    return revised


@transaction.atomic
def remove_status(report: StatusReport, *, at: datetime, acting: Member | None) -> StatusReport:
    ask(acting, "programmes.status_change", report)
    history.remove(report, at=at, acting=acting)
    _status_reported(report)
    return report


def _told(report: StatusReport, on: date) -> dict[str, Any]:
    """What the figures say of its half on a day. What others published stands for itself."""
    if report.reported_source:
        return {}
    rating, reasons = selectors.computed_status(report.programme, on, halves=(report.half,))[
        report.half
    ]
    return {"computed_rating": rating, "computed_reasons": reasons}


def _status_reported(report: StatusReport) -> None:
    events.announce(
        events.status_reported, tenant_id=report.tenant_id, programme_id=report.programme_id
    )
