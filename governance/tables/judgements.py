"""Registers of rounds of judgements. What is not shown yet has no levels to export."""

from __future__ import annotations

from django.utils.translation import gettext as _now, gettext_lazy as _

from pmo_portal.common.registers import Column, Register

_COLUMNS = (
    Column("reference", _("ID"), sort=("number",)),
    Column("asked_on", _("Asked"), sort=("asked_on",)),
    Column("closes_on", _("Last day"), sort=("closes_on",)),
    Column("delivery_level", _("Delivery"), sort=("delivery_level",), numeric=True),
    Column("change_level", _("Adoption"), sort=("change_level",), numeric=True),
    Column("sponsor_level", _("Sponsor"), sort=("sponsor_level",), numeric=True),
    Column("gap", _("Apart"), sort=("gap",), numeric=True),
    Column(
        "spoken",
        _("Spoken"),
        lambda row: _now("%d of 3") % row.spoken,
        sort=("spoken",),
        numeric=True,
    ),
)

ROUNDS = Register("judgements", _COLUMNS, default_sort="-asked_on")
ROUNDS_OF_ALL = Register(
    "judgements-all-programmes",
    (
        _COLUMNS[0],
        Column("programme", _("Programme"), "programme.code", sort=("programme__code",)),
        *_COLUMNS[1:],
    ),
    default_sort="-asked_on",
)
