"""What milestones wait for."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pmo_portal.accounts.members import Member
from pmo_portal.history import services as history
from pmo_portal.tenants.services import next_reference

from .. import events
from ..critical_path import Link, loop_with
from ..models import Milestone, MilestoneLink
from .acting import ask


@transaction.atomic
def link_milestones(link: MilestoneLink, *, acting: Member | None) -> MilestoneLink:
    """Let a milestone wait for another one.

    Raises:
        NotAllowed: the one that waits belongs to the other function.
        ValidationError: it would wait for itself in the end; the sentence names the loop.
    """
    ask(acting, "programmes.link_change", link)
    # Two people closing one loop from both ends wait for each other here.
    ids = sorted((link.before_id, link.after_id))
    list(Milestone.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk"))
    known = [
        Link(before, after)
        for before, after in MilestoneLink.objects.values_list("before_id", "after_id")
    ]
    loop = loop_with(known, Link(link.before_id, link.after_id))
    if loop:
        names = Milestone.all_objects.in_bulk(loop)
        chain = " → ".join(names[key].reference for key in loop)
        raise ValidationError(
            _("Then it would wait for itself: %(chain)s. Take one of these links away first.")
            % {"chain": chain}
        )
    link.number = next_reference("ML")
    history.create(link, acting=acting)
    _changed(link)
    return link


@transaction.atomic
def unlink_milestones(link: MilestoneLink, *, at: datetime, acting: Member | None) -> MilestoneLink:
    ask(acting, "programmes.link_change", link)
    history.remove(link, at=at, acting=acting)
    _changed(link)
    return link


def _changed(link: MilestoneLink) -> None:
    events.announce(
        events.milestone_changed, tenant_id=link.tenant_id, programme_id=link.after.programme_id
    )
