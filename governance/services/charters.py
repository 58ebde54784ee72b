"""Writing, signing and renewing a charter. Any change of words takes the signatures off, visibly."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import ask
from pmo_portal.common.tracking import acting_as
from pmo_portal.history import services as history
from pmo_portal.tenants.models import Person
from pmo_portal.tenants.services import next_reference
from programmes.events import announce
from programmes.models import Programme

from .. import events, selectors
from ..choices import CharterStatus, Voice
from ..models import Charter, CharterAssumption, CharterSignature, SuccessMeasure
from ..rules import Side
from .signing import role_of

Line = TypeVar("Line", SuccessMeasure, CharterAssumption)


@transaction.atomic
def start_charter(
    programme: Programme, *, values: Mapping[str, Any] | None = None, acting: Member | None
) -> Charter:
    """Begin the first version, or the next one as a copy of what is agreed.

    Raises:
        NotAllowed.
        ValidationError: a version is being written already.
    """
    ask(acting, "governance.charter_change", programme)
    if Charter.objects.open().filter(programme=programme).exists():
        raise ValidationError(_("A version of the charter is being written already."))
    last = Charter.objects.filter(programme=programme).order_by("-edition").first()
    charter = Charter(programme=programme, edition=_next_edition(programme))
    for name in selectors.TEXT_FIELDS:
        setattr(charter, name, getattr(last or charter, name))
    if last is None:
        charter.purpose = programme.purpose
    for name, value in (values or {}).items():
        setattr(charter, name, value)
    charter.number = next_reference("CH")
    history.create(charter, acting=acting)
    if last is not None:
        for row in (*selectors.measures_of(last), *selectors.assumptions_of(last)):
            values = {name: getattr(row, name) for name in row.edited_fields}
            history.create(type(row)(charter=charter, line=row.line, **values), acting=acting)
    _charter_changed(charter)
    return charter


def _next_edition(programme: Programme) -> int:
    highest = Charter.objects.filter(programme=programme).aggregate(highest=Max("edition"))
    return (highest["highest"] or 0) + 1


@transaction.atomic
def revise_charter(
    charter: Charter,
    *,
    changes: Mapping[str, Any],
    version: int | None = None,
    at: datetime,
    acting: Member | None,
) -> Charter:
    """Change the words of a version that is not agreed yet; signatures given so far are taken off.

    Raises:
        NotAllowed, EditConflict, Gone.
        ValidationError: it is agreed.
    """
    ask(acting, "governance.charter_change", charter)
    _must_be_open(charter)
    text = {name: value for name, value in changes.items() if name in selectors.TEXT_FIELDS}
    before = Charter.all_objects.values("version", *text).get(pk=charter.pk)
    if any(before[name] != value for name, value in text.items()):
        text["status"] = CharterStatus.DRAFT
    charter = history.revise(charter, changes=text, version=version, acting=acting)
    if charter.version != before["version"]:
        _words_changed(charter, at=at, acting=acting)
    return charter


@transaction.atomic
def add_line(row: Line, *, at: datetime, acting: Member | None) -> Line:
    """Add a success measure or an assumption.

    Raises:
        NotAllowed: it belongs to the other function.
        ValidationError: the charter is agreed, or a field does not hold.
    """
    ask(acting, "governance.charter_change", row)
    charter = _must_be_open(row.charter)
    row.line = _next_line(charter.programme)
    history.create(row, acting=acting)
    _touch(charter, at=at, acting=acting)
    return row


@transaction.atomic
def revise_line(
    row: Line,
    *,
    changes: Mapping[str, Any],
    version: int | None = None,
    at: datetime,
    acting: Member | None,
) -> Line:
    """Change a success measure or an assumption.

    Raises:
        NotAllowed: before or after the change it belongs to the other function.
        EditConflict, Gone.
        ValidationError: the charter is agreed, or a field does not hold.
    """
    current = type(row).all_objects.select_related("charter__programme").get(pk=row.pk)
    ask(acting, "governance.charter_change", current)
    charter = _must_be_open(current.charter)
    revised = history.revise(row, changes=changes, version=version, acting=acting)
    revised.charter = charter
    ask(acting, "governance.charter_change", revised)
    if revised.version != current.version:
        _touch(charter, at=at, acting=acting)
    return revised


@transaction.atomic
def remove_line(row: Line, *, at: datetime, acting: Member | None) -> Line:
    """Take a success measure or an assumption out."""
    ask(acting, "governance.charter_change", row)
    charter = _must_be_open(row.charter)
    history.remove(row, at=at, acting=acting)
    _touch(charter, at=at, acting=acting)
    return row


@transaction.atomic
def restore_line(row: Line, *, at: datetime, acting: Member | None) -> Line:
    """Put a measure or an assumption back that was taken out."""
    ask(acting, "governance.charter_change", row)
    charter = _must_be_open(row.charter)
    if row.deleted_at is not None:
        history.restore(row, acting=acting)
        _touch(charter, at=at, acting=acting)
    return row


def _next_line(programme: Programme) -> int:
    highest = [
        model.all_objects.filter(charter__programme=programme).aggregate(n=Max("line"))["n"] or 0
        for model in (SuccessMeasure, CharterAssumption)
    ]
    return max(highest) + 1


@transaction.atomic
def offer_charter(
    charter: Charter, *, version: int | None = None, acting: Member | None
) -> Charter:
    """Say that a version is ready to be signed.

    Raises:
        NotAllowed, EditConflict, Gone.
        ValidationError: something every charter needs is missing, in sentences.
    """
    ask(acting, "governance.charter_change", charter)
    _must_be_open(charter)
    _must_be_complete(charter)
    charter = history.revise(
        charter,
        changes={"status": CharterStatus.READY},
        version=version,
        acting=acting,
        action="offer charter for signing",
    )
    _charter_changed(charter)
    return charter


@transaction.atomic
def sign_charter(
    charter: Charter,
    *,
    function: str,
    version: int | None = None,
    person: Person | None = None,
    at: datetime,
    on: date,
    acting: Member | None,
) -> Charter:
    """Sign for one side the words as they stand; with both signatures the version is agreed.

    `version` is that of the charter the signer read. The signature keeps the person, the role at that moment
    and the fingerprint of the words.

    Raises:
        NotAllowed: it is the other side's signature.
        EditConflict: the words changed since they were read.
        ValidationError: it is not ready to sign, signed already, or the signer has no entry in the directory.
    """
    side = Side(charter.programme, function)
    ask(acting, "governance.charter_sign", side)
    current = Charter.all_objects.select_for_update(of=("self",)).get(pk=charter.pk)
    if version is not None and current.version != version:
        raise history.EditConflict(current, {}, version)
    if current.status != CharterStatus.READY:
        raise ValidationError(_("This version is not ready to sign."))
    _must_be_complete(charter)
    signer = person or (acting.person if acting else None)
    if signer is None:
        raise ValidationError(_("Only somebody with an entry in the directory can sign."))
    valid = CharterSignature.objects.filter(charter=charter, withdrawn_at__isnull=True)
    if valid.filter(function=function).exists():
        raise ValidationError(_("This side has signed already."))
    if valid.filter(person=signer).exists():
        raise ValidationError(_("Nobody signs for both sides."))
    with acting_as(user_id=history.user_id_of(acting), action="sign charter"):
        CharterSignature.objects.create(
            charter=charter,
            function=function,
            person=signer,
            role_then=role_of(signer, side),
            digest=selectors.digest_of(charter),
            signed_at=at,
            signed_on=on,
        )
    if set(valid.values_list("function", flat=True)) == set(Voice.values):
        current = _agree(charter, on=on, acting=acting)
    _charter_changed(current)
    return current


def _agree(charter: Charter, *, on: date, acting: Member | None) -> Charter:
    for earlier in Charter.objects.agreed().filter(programme=charter.programme):
        history.revise(
            earlier,
            changes={"status": CharterStatus.SUPERSEDED},
            acting=acting,
            action="supersede charter",
        )
    charter = Charter.objects.get(pk=charter.pk)
    return history.revise(
        charter,
        changes={"status": CharterStatus.AGREED, "agreed_on": on},
        acting=acting,
        action="agree charter",
    )


@transaction.atomic
def withdraw_signature(
    charter: Charter, *, function: str, because: str = "", at: datetime, acting: Member | None
) -> Charter:
    """Take one side's signature back before the other side has signed.

    Raises:
        NotAllowed: it is the other side's signature.
        ValidationError: it is agreed.
    """
    ask(acting, "governance.charter_sign", Side(charter.programme, function))
    _must_be_open(charter)
    _take_off(charter, at=at, because=because or _("Withdrawn"), acting=acting, function=function)
    _charter_changed(charter)
    return charter


@transaction.atomic
def remove_charter(charter: Charter, *, at: datetime, acting: Member | None) -> Charter:
    """Delete a version that was never agreed."""
    ask(acting, "governance.charter_change", charter)
    charter = _must_be_open(charter)
    _take_off(charter, at=at, because=_("The version was removed"), acting=acting)
    history.remove(charter, at=at, acting=acting)
    _charter_changed(charter)
    return charter


def _must_be_open(charter: Charter) -> Charter:
    """The charter as it stands, held: a signature given at the same moment waits, or was there before."""
    held = Charter.all_objects.select_for_update(of=("self",))
    current = held.select_related("programme", "tenant").get(pk=charter.pk)
    if current.deleted_at is not None:
        raise history.Gone(current)
    if current.status in (CharterStatus.AGREED, CharterStatus.SUPERSEDED):
        raise ValidationError(
            _("What both leads agreed is not changed. Start a new version from it.")
        )
    return current


def _must_be_complete(charter: Charter) -> None:
    missing = selectors.what_is_missing(charter)
    if missing:
        raise ValidationError(missing)


def _touch(charter: Charter, *, at: datetime, acting: Member | None) -> None:
    """A line changed: that is a new state of the whole text, so whoever reads it must read it again."""
    charter.version += 1
    charter.status = CharterStatus.DRAFT
    with acting_as(user_id=history.user_id_of(acting), action="change lines of charter"):
        charter.save(update_fields=["version", "status"])
    _words_changed(charter, at=at, acting=acting)


def _words_changed(charter: Charter, *, at: datetime, acting: Member | None) -> None:
    _take_off(charter, at=at, because=_("The text was changed"), acting=acting)
    _charter_changed(charter)


def _take_off(
    charter: Charter, *, at: datetime, because: str, acting: Member | None, function: str = ""
) -> None:
    signatures = CharterSignature.objects.filter(charter=charter, withdrawn_at__isnull=True)
    if function:
        signatures = signatures.filter(function=function)
    with acting_as(user_id=history.user_id_of(acting), action="withdraw signature"):
        signatures.update(withdrawn_at=at, withdrawn_because=because[:200])


def _charter_changed(charter: Charter) -> None:
    announce(events.charter_changed, tenant_id=charter.tenant_id, programme_id=charter.programme_id)
