from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from pmo_portal.common.registers import Column, Register

WORK = Register(
    name="my-work",
    columns=(
        Column("place", _("Side")),
        Column("kind", _("What")),
        Column("reference", _("ID")),
        Column("title", _("Title")),
        Column("code", _("Code")),
        Column("programme", _("Programme")),
        Column("why", _("Why it waits for you")),
        Column("ground", _("Asked as")),
        Column("since", _("Since")),
        Column("due", _("Due")),
        Column("days_late", _("Days overdue"), numeric=True),
    ),
    default_sort="",
)

VIEWS = Register(
    name="saved-views",
    columns=(
        Column("name", _("View"), sort=("name",)),
        Column("place", _("Page"), sort=("page",)),
        Column("summary", _("What it shows"), sort=("summary",)),
        Column("owner", _("Kept by"), "owner.name", sort=("owner__name",)),
        Column("shared", _("For everybody"), "is_shared", sort=("is_shared",)),
    ),
    default_sort="name",
)
