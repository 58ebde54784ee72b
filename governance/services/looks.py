"""Looking at a decision again: did it work?"""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import ask
from pmo_portal.common.tracking import acting_as
from pmo_portal.history import services as history
from programmes.events import announce

from .. import events
from ..models import Decision, DecisionLook


@transaction.atomic
def look_again(
    decision: Decision,
    *,
    verdict: str,
    text: str,
    again_on: date | None,
    on: date,
    at: datetime,
    version: int | None = None,
    acting: Member | None,
) -> DecisionLook:
    """Say whether a decision worked; `again_on` is when the group looks the next time, or never.

    Each look is another version of the decision, so that two people do not look past each other.

    Raises:
        NotAllowed.
        EditConflict: somebody looked meanwhile.
        ValidationError: it was not decided, or the next look lies in the past.
    """
    ask(acting, "governance.decision_look", decision)
    if not decision.is_decided:
        raise ValidationError(_("An open question cannot have worked yet."))
    if again_on is not None and again_on <= on:
        raise ValidationError({"again_on": _("The next look is on a later day.")})
    before = version if version is not None else decision.version
    current = history.revise(
        decision, changes={"review_on": again_on}, version=version, acting=acting
    )
    if current.version == before:
        with acting_as(user_id=history.user_id_of(acting), action="look again"):
            current.version += 1
            current.save(update_fields=["version"])
    last = current.looks.order_by("-line").values_list("line", flat=True).first() or 0
    look = DecisionLook(
        decision=current,
        line=last + 1,
        verdict=verdict,
        text=text,
        effective_on=on,
        known_at=at,
        author=acting.person if acting else None,
    )
    look.take_tenant()
    look.full_clean(exclude=["tenant"])
    look.save(force_insert=True)
    announce(
        events.decision_changed, tenant_id=current.tenant_id, programme_id=current.programme_id
    )
    return look
