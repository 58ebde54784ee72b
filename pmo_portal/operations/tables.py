from __future__ import annotations

from django.utils.translation import gettext as _, gettext_lazy

from pmo_portal.common.registers import Column, Register

ERASURES = Register(
    "erasures",
    (
        Column("reference", gettext_lazy("ID"), sort=("number",)),
        Column("slug", gettext_lazy("Short name"), sort=("slug",)),
        Column(
            "state",
            gettext_lazy("State"),
            lambda erasure: erasure.get_state_display(),
            sort=("state",),
        ),
        Column("closed_at", gettext_lazy("Closed"), sort=("closed_at",)),
        Column("asked_at", gettext_lazy("Asked"), sort=("asked_at",)),
        Column("due_at", gettext_lazy("Begins"), sort=("due_at",)),
        Column("ended_at", gettext_lazy("Ended"), sort=("ended_at",)),
        Column("total", gettext_lazy("Rows"), sort=("total",), numeric=True),
    ),
    default_sort="-reference",
)

# Rows of `kinds.Kind`: what an organisation holds, or held when its erasure began.
KINDS = Register(
    "rows-by-kind",
    (
        Column("area", gettext_lazy("Part")),
        Column("name", gettext_lazy("Kind")),
        Column("rows", gettext_lazy("Rows"), numeric=True),
        Column(
            "is_more",
            gettext_lazy("More than that"),
            lambda kind: _("Yes") if kind.is_more else _("No"),
        ),
    ),
    default_sort="area",
)
