"""What milestones wait for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import ask
from pmo_portal.history import services as history
from pmo_portal.tenants.context import current_tenant_id
from pmo_portal.tenants.services import next_reference

from .. import events
from ..critical_path import Link, loop_with
from ..models import Milestone, MilestoneLink


@transaction.atomic
def link_milestones(link: MilestoneLink, *, acting: Member | None) -> MilestoneLink:
    """Let a milestone wait for another one.

    Raises:
        NotAllowed: the one that waits belongs to the other function.
        ValidationError: it would wait for itself in the end; the sentence names the loop.
    """
    ask(acting, "programmes.link_change", link)
    _hold()
    _refuse_loop(link)
    link.number = next_reference("ML")
    history.create(link, acting=acting)
    _changed(link)
    return link


@transaction.atomic
def revise_link(
    link: MilestoneLink,
    *,
    changes: Mapping[str, Any],
    version: int | None = None,
    acting: Member | None,
) -> MilestoneLink:
    """Change which milestone is waited for, for how long, or why; the one that waits stays.

    Raises:
        NotAllowed: the one that waits belongs to the other function.
        EditConflict, Gone.
        ValidationError: it would wait for itself in the end, or for a milestone that was removed.
    """
    ask(acting, "programmes.link_change", link)
    before = changes.get("before", link.before)
    if before is None or before.deleted_at is not None:
        raise ValidationError({"before": _("This milestone was removed.")})
    _hold()
    revised = history.revise(link, changes=changes, version=version, acting=acting)
    _refuse_loop(revised)
    _changed(revised)
    return revised


@transaction.atomic
def unlink_milestones(link: MilestoneLink, *, at: datetime, acting: Member | None) -> MilestoneLink:
    ask(acting, "programmes.link_change", link)
    history.remove(link, at=at, acting=acting)
    _changed(link)
    return link


@transaction.atomic
def restore_link(link: MilestoneLink, *, acting: Member | None) -> MilestoneLink:
    """Bring a removed link back.

    Raises:
        NotAllowed: the one that waits belongs to the other function.
        ValidationError: what was linked meanwhile would make it wait for itself.
    """
    ask(acting, "programmes.link_change", link)
    _hold()
    _refuse_loop(link)
    history.restore(link, acting=acting)
    _changed(link)
    return link


def _hold() -> None:
    """Two people closing one loop, of however many links, wait for each other here."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext(%s))", [f"pmo-links:{current_tenant_id()}"]
        )


def _refuse_loop(link: MilestoneLink) -> None:
    known = [
        Link(before, after)
        for before, after in MilestoneLink.objects.exclude(pk=link.pk).values_list(
            "before_id", "after_id"
        )
    ]
    loop = loop_with(known, Link(link.before_id, link.after_id))
    if loop:
        names = Milestone.all_objects.in_bulk(loop)
        chain = " → ".join(names[key].reference for key in loop)
        loop_text = _(
            "Then it would wait for itself: %(chain)s. Take one of these links away first."
        )
        raise ValidationError({"before": loop_text % {"chain": chain}})


def _changed(link: MilestoneLink) -> None:
    events.announce(
        events.milestone_changed, tenant_id=link.tenant_id, programme_id=link.after.programme_id
    )
