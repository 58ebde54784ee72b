from __future__ import annotations

from django.db.models import Q, QuerySet

from pmo_portal.accounts.members import Member

from .models import SavedView


def views_for(member: Member) -> QuerySet[SavedView]:
    """The member's own views and those that are shared."""
    return SavedView.objects.filter(Q(owner=member.user) | Q(is_shared=True)).select_related(
        "owner", "tenant"
    )


def views_of_page(member: Member, page: str) -> list[SavedView]:
    """The views of one register. One statement."""
    return list(views_for(member).filter(page=page).select_related(None).order_by("name", "number"))


def view_by_number(member: Member, number: int) -> SavedView | None:
    """A view by its number, a removed one of the member's included."""
    return (
        SavedView.all_objects.filter(Q(owner=member.user) | Q(is_shared=True), number=number)
        .select_related("owner", "tenant")
        .first()
    )
