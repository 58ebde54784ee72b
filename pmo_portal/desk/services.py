"""Writes of the desk. Each asks its rule first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import require
from pmo_portal.history import services as history
from pmo_portal.tenants.services import next_reference

from .models import SavedView

# What an address carries for the moment: the page of a list, a file, a day.
_PASSING = ("page", "format", "as_of", "seen")
# A register has so many; more are no help any longer.
MOST = 30


def kept_part(query: str) -> str:
    """What of a question mark's text is worth keeping: filters and order."""
    kept = QueryDict(query, mutable=True)
    for name in _PASSING:
        kept.pop(name, None)
    for name in [name for name, values in kept.lists() if not any(values)]:
        del kept[name]
    return kept.urlencode()


@transaction.atomic
def create_view(view: SavedView, *, acting: Member) -> SavedView:
    """Keep the filters of a register under a name.

    Raises:
        NotAllowed: the member may not share with everybody.
        ValidationError: the name is taken, or there are too many views of this page.
    """
    require(acting, "desk.view_create")
    if view.is_shared:
        require(acting, "desk.view_share")
    view.owner, view.query = acting.user, kept_part(view.query)
    if SavedView.objects.filter(owner=acting.user, page=view.page).count() >= MOST:
        raise ValidationError(
            _("You have %(most)d views of this page. Remove one first.") % {"most": MOST}
        )
    view.number = next_reference("SV")
    return history.create(view, acting=acting)


@transaction.atomic
def revise_view(
    view: SavedView, *, changes: Mapping[str, Any], version: int | None = None, acting: Member
) -> SavedView:
    """Rename a view, or share it with everybody or no longer."""
    require(acting, "desk.view_change", view)
    if changes.get("is_shared", view.is_shared) and not view.is_shared:
        require(acting, "desk.view_share")
    return history.revise(view, changes=changes, version=version, acting=acting)


def put_back_view(
    view: SavedView, *, changes: Mapping[str, Any], acting: Member, note: str = ""
) -> SavedView:
    return revise_view(view, changes=changes, acting=acting)


@transaction.atomic
def remove_view(view: SavedView, *, at: datetime, acting: Member) -> SavedView:
    require(acting, "desk.view_change", view)
    return history.remove(view, at=at, acting=acting)


history.put_back_with(SavedView, put_back_view)
