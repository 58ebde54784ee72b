"""Erasing an organisation: asked for, called off, carried out.

The record (`models.Erasure`) is the job, as a ticket is elsewhere: tickets are rows of an organisation, and would go with it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

import psycopg
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _, gettext_noop

from pmo_portal.accounts.models import User
from pmo_portal.common import clock, security
from pmo_portal.tenants.choices import TenantStatus
from pmo_portal.tenants.models import Tenant

from . import eraser, kinds, selectors
from .choices import OPEN, ErasureState
from .models import Erasure
from .services import require_operator

log = logging.getLogger(__name__)

# Closing is noticed by people who are away for two weeks and by quarter-end; as long as deleted records can be put back.
AFTER_CLOSING = timedelta(days=30)
# Also long after closing nothing goes in the hour in which somebody typed a name: a colleague can call it off.
AFTER_ASKING = timedelta(days=1)

NO_LOGIN = gettext_noop(
    "The worker has no login for erasing. Set DATABASE_ERASER_URL to that of pmo_eraser."
)
STOPPED = gettext_noop("The database stopped it (%s). It goes on by itself within a minute.")


def due_at(tenant: Tenant, *, asked_at: datetime) -> datetime:
    """When an erasure that is asked for at a moment begins."""
    return max(tenant.status_since + AFTER_CLOSING, asked_at + AFTER_ASKING)


@transaction.atomic
def ask(tenant: Tenant, *, typed: str, version: int, at: datetime, acting: User | None) -> Erasure:
    """Ask for a closed organisation to be erased; its short name is typed to make sure.

    Args:
        acting: the operator; None at the command line, where whoever has a shell is one.

    Raises:
        PermissionDenied: not an operator.
        ValidationError: it is not closed, was changed meanwhile, is to be erased already, or another name was typed.
    """
    if acting is not None:
        require_operator(acting)
    current = Tenant.objects.select_for_update().get(pk=tenant.pk)
    _one_at_a_time()
    if current.version != version or current.status != TenantStatus.CLOSED:
        raise ValidationError(
            _("%(name)s is %(status)s. Only what is closed can be erased. Look again.")
            % {"name": current.name, "status": current.get_status_display()}
        )
    if typed.strip() != current.slug:
        raise ValidationError({"typed": _("Type the short name exactly as it is written above.")})
    if selectors.open_erasure(current) is not None:
        raise ValidationError(_("It is to be erased already. Look again."))
    asked = Erasure.objects.create(
        number=(Erasure.objects.aggregate(last=Max("number"))["last"] or 0) + 1,
        organisation=current.pk,
        slug=current.slug,
        closed_at=current.status_since,
        asked_at=at,
        asked_by=acting.email if acting else "",
        due_at=due_at(current, asked_at=at),
    )
    security.note(
        "erasure_asked", tenant=current.pk, erasure=asked.number, by=acting.pk if acting else None
    )
    return asked


def _one_at_a_time() -> None:
    """Wait until nobody else is asking: two who do in the same moment would take the same number. Ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('pmo-erasure-number'))")


@transaction.atomic
def call_off(erasure: Erasure, *, at: datetime, acting: User) -> Erasure:
    """Let an organisation stay closed as it is. It can be asked for again.

    Raises:
        PermissionDenied: not an operator.
        ValidationError: it has begun, or was called off before.
    """
    require_operator(acting)
    current = Erasure.objects.select_for_update().get(pk=erasure.pk)
    if current.state != ErasureState.WAITING:
        raise ValidationError(
            _("It is too late: %(reference)s is %(state)s.")
            % {
                "reference": current.reference,
                "state": current.get_state_display().lower(),
            }
        )
    current.state = ErasureState.CALLED_OFF
    current.organisation, current.fault = None, ""
    current.called_off_at, current.called_off_by = at, acting.email
    current.save()
    security.note("erasure_called_off", erasure=current.number, by=acting.pk)
    return current


def go_on(
    erasure: Erasure,
    *,
    at: datetime,
    enough: Callable[[], bool] = lambda: False,
    told: Callable[[eraser.Step], None] = lambda _step: None,
    stopped: Callable[[str], None] = lambda _fault: None,
) -> ErasureState:
    """Begin an erasure that is due, or go on with one, until it is done or `enough` says so after a batch.

    Whatever ends it in between, calling it again goes on. Why it cannot go on is noted with the record, and tried again.

    Args:
        told: is told of every batch.
        stopped: is told why this run cannot go on; the record may still hold the reason of one before.

    Returns:
        The state it is left in.
    """
    organisation = erasure.organisation
    if not erasure.is_open or erasure.due_at > at or organisation is None:
        return ErasureState(erasure.state)
    if not settings.DATABASE_ERASER_URL:
        return _note_fault(erasure, NO_LOGIN, stopped)
    try:
        with eraser.opened(settings.DATABASE_ERASER_URL, organisation) as found:
            if found is None or not _begin(erasure, at=at):
                return _state_of(erasure)
            for step in found.steps():
                Erasure.objects.filter(pk=erasure.pk).update(
                    done=F("done") + step.rows,
                    logins_erased=F("logins_erased") - step.staying,
                    logins_kept=F("logins_kept") + step.staying,
                )
                told(step)
                if enough():
                    return _state_of(erasure)
            found.end()
            return _finish(erasure)
    except eraser.Refused as refusal:
        return _note_fault(erasure, str(refusal), stopped)
    except (psycopg.Error, DatabaseError) as error:
        # Its message may quote rows.
        log.exception("erasure_stopped", extra={"erasure": erasure.number})
        return _note_fault(erasure, STOPPED % type(error).__name__, stopped)


def _begin(erasure: Erasure, *, at: datetime) -> bool:
    """Count what there is, and begin. False where it was called off before that, also while rows were being counted.

    Counting takes as long as it takes, so it holds nothing of the record: until the first row goes an operator may
    call it off. Only who holds the lock of the eraser comes here, so nobody else begins meanwhile.
    """
    erasure.refresh_from_db()
    counted = _count(erasure) if erasure.state == ErasureState.WAITING else None
    with transaction.atomic():
        current = Erasure.objects.select_for_update().get(pk=erasure.pk)
        if current.state == ErasureState.WAITING and counted is not None:
            current.state, current.begun_at = ErasureState.ERASING, at
            current.counts, logins = counted
            current.total = sum(current.counts.values())
            current.logins_erased, current.logins_kept = logins["going"], logins["staying"]
            security.note("erasure_begun", tenant=current.organisation, erasure=current.number)
        current.fault = ""
        current.save()
    return current.state == ErasureState.ERASING


@transaction.atomic
def _count(erasure: Erasure) -> tuple[dict[str, int], dict[str, int]]:
    """Rows by table and what becomes of logins, before the first row goes."""
    tenant = Tenant.objects.get(pk=erasure.organisation)
    rows = kinds.count_rows(tenant)
    # After the rows: from then on no statement of this transaction is cut off.
    return rows, selectors.logins_of(tenant)


@transaction.atomic
def _finish(erasure: Erasure) -> ErasureState:
    current = Erasure.objects.select_for_update().get(pk=erasure.pk)
    security.note("erasure_ended", tenant=current.organisation, erasure=current.number)
    current.state, current.ended_at = ErasureState.ERASED, clock.now()
    current.organisation, current.done = None, current.total
    current.save()
    return ErasureState.ERASED


def _note_fault(erasure: Erasure, fault: str, stopped: Callable[[str], None]) -> ErasureState:
    stopped(fault)
    Erasure.objects.filter(pk=erasure.pk, state__in=OPEN).update(fault=fault)
    return _state_of(erasure)


def _state_of(erasure: Erasure) -> ErasureState:
    return ErasureState(Erasure.objects.values_list("state", flat=True).get(pk=erasure.pk))
