"""What signatures under different records have in common."""

from __future__ import annotations

from django.utils.translation import gettext as _

from pmo_portal.tenants.models import Person

from ..choices import Voice
from ..rules import Side


def role_of(signer: Person, side: Side) -> str:
    """What the signer was at that moment, kept as words."""
    is_named = signer.pk == side.lead_id
    programme = side.programme
    if side.function == Voice.DELIVERY:
        role = _("Delivery lead") if is_named else _("For %(lead)s, delivery lead")
        lead = programme.delivery_lead
    else:
        role = _("Change lead") if is_named else _("For %(lead)s, change lead")
        lead = programme.change_lead
    return role if is_named else role % {"lead": lead.name if lead else "–"}
