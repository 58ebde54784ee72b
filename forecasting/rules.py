"""Who may do what in forecasting. Everybody who sees a programme sees its signals; no one can edit a level."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from pmo_portal.accounts.choices import Role
from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import (
    Answer,
    allow,
    any_member,
    deny,
    only_administrators,
    rule,
)

rule("forecasting.signal_view")(any_member)
rule("forecasting.score_view")(any_member)
rule("forecasting.sharing_change")(only_administrators)
rule("forecasting.comment_view")(any_member)


@rule("forecasting.lexicon_change")
def lexicon_change(member: Member, obj: Any) -> Answer:
    if member.has(Role.CHANGE_LEAD):
        return allow()
    return deny(_("The word lists for reading comments are maintained by the change lead."))


@rule("forecasting.topic_change")
@rule("forecasting.comment_tag")
def comment_tag(member: Member, obj: Any) -> Answer:
    if member.is_change:
        return allow()
    return deny(
        _("Comments are read by the adoption function. Everybody reads what they say together.")
    )


@rule("forecasting.signal_recompute")
def signal_recompute(member: Member, programme: Any) -> Answer:
    """Both leads of the organisation, and both leads of the programme, as equals."""
    if getattr(programme, "is_closed", False):
        return deny(_("This programme is closed. Nothing more is computed for it."))
    if member.has(Role.PMO_LEAD, Role.CHANGE_LEAD, Role.ADMINISTRATOR):
        return allow()
    leads = {
        getattr(programme, "delivery_lead_id", None),
        getattr(programme, "change_lead_id", None),
    } - {None}
    if leads and member.person and member.person.pk in leads:
        return allow()
    return deny(
        _(
            "Signals are computed by themselves when figures change. "
            "Asking for it at once is for the two leads."
        )
    )


@rule("forecasting.model_change")
def model_change(member: Member, model: Any) -> Answer:
    """Both leads of the organisation as equals, and administrators."""
    if member.has(Role.PMO_LEAD, Role.CHANGE_LEAD, Role.ADMINISTRATOR):
        return allow()
    return deny(
        _(
            "Which model scores are made with is decided by a rule, or by a lead of the organisation."
        )
    )
