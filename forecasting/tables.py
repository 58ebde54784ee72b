"""The register of scores, declared once for heading, sorting and export."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from pmo_portal.common.registers import Column, Register

SCORES = Register(
    "forecasts",
    (
        Column("programme", _("Programme"), "programme.name", sort=("programme__name",)),
        Column("unit", _("Unit"), "unit.name", sort=("unit__name",)),
        Column("level", _("Level"), lambda row: row.get_level_display()),
        Column(
            "risk",
            _("Risk in 4 weeks"),
            lambda row: row.words.percent,
            sort=("probability",),
            numeric=True,
        ),
        Column("band", _("Band"), lambda row: row.words.band, numeric=True),
        Column("direction", _("Trend"), lambda row: row.words.direction, sort=("direction",)),
        Column("main", _("What raises it most"), lambda row: row.main.text if row.main else ""),
        Column("missing", _("Not known"), lambda row: ", ".join(row.words.missing)),
        Column("as_of", _("As of"), on_page=False),
        Column("model", _("Model"), lambda row: row.model_version, on_page=False),
        Column("assumed", _("Assumed, not measured"), lambda row: row.is_assumed, on_page=False),
    ),
    default_sort="-risk",
)
