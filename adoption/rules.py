"""Who may do what in adoption. Delivery and change are peers: delivery reads all of it and changes none."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from pmo_portal.accounts.choices import Role
from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import Answer, allow, any_member, deny, rule
from programmes.selectors import is_contributor

for _view in (
    "survey_view",
    "signal_view",
    "training_view",
    "impact_view",
    "headcount_view",
    "group_view",
    "activity_view",
):
    rule(f"adoption.{_view}")(any_member)


def _programme_of(obj: Any) -> Any:
    """The programme of a record, or the programme itself; None for the whole organisation."""
    return getattr(obj, "programme", obj)


def _keeps_records(member: Member, obj: Any) -> Answer:
    """The change lead of the organisation, that of the programme, and its change contributors."""
    if member.has(Role.CHANGE_LEAD):
        return allow()
    if member.is_delivery:
        return deny(
            _("Adoption records are kept by the adoption function. You can read all of them here.")
        )
    programme = _programme_of(obj)
    if programme is None:
        return deny(_("Records of the whole organisation are kept by its change lead."))
    if programme.change_lead_id and member.person and member.person.pk == programme.change_lead_id:
        return allow()
    if member.is_change and is_contributor(member, programme, "change"):
        return allow()
    return deny(
        _(
            "Adoption records are kept by the change lead and the change contributors of a programme."
        )
    )


for _action in (
    "survey_record",
    "survey_change",
    "signal_create",
    "signal_change",
    "training_record",
    "impact_create",
    "impact_change",
    "group_create",
    "group_change",
    "activity_create",
    "activity_change",
):
    rule(f"adoption.{_action}")(_keeps_records)


@rule("adoption.survey_import")
def survey_import(member: Member, obj: Any) -> Answer:
    if member.has(Role.CHANGE_LEAD, Role.ADMINISTRATOR):
        return allow()
    return deny(_("Survey files are imported by the change lead or an administrator."))


@rule("adoption.headcount_record")
def headcount_record(member: Member, obj: Any) -> Answer:
    if member.has(Role.CHANGE_LEAD, Role.ADMINISTRATOR):
        return allow()
    return deny(_("How many people a unit has is recorded by the change lead or an administrator."))
