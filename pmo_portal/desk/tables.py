from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from pmo_portal.common.registers import Column, Register

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
