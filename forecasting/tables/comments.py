"""The register of what comments say, declared once for heading, sorting and export."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from pmo_portal.common.exports import Percent
from pmo_portal.common.registers import Column, Register


def _of_hundred(name: str) -> Callable[[Any], Percent | None]:
    def value(told: Any) -> Percent | None:
        found = getattr(told, name)
        return None if found is None else Percent(found / 100)

    return value


_WHAT = (
    Column("theme", _("Theme"), "theme", sort=("theme", "unit__path")),
    # On a page the unit stands under the theme.
    Column("unit", _("Unit"), "where", on_page=False),
    Column("share", _("Share now"), _of_hundred("percent"), sort=("share",), numeric=True),
    Column("pattern", _("Pattern"), "word", sort=("is_alert", "rose")),
)
_PROGRAMME = (
    Column("programme", _("Programme"), "row.programme.name", sort=("programme__name",)),
    Column("code", _("Code"), "row.programme.code", on_page=False),
)
_FIGURES = (
    Column("before", _("Before"), _of_hundred("before"), numeric=True),
    Column("course", _("Each four weeks"), lambda told: ", ".join("" if each is None else str(each) for each in told.shares)),
    Column("rose", _("Chance it rose"), _of_hundred("chance"), sort=("is_alert", "rose"), numeric=True),
    Column("written", _("Comments"), "row.written", sort=("written",), numeric=True),
    Column("as_of", _("As of"), "row.as_of", on_page=False),
)  # fmt: skip

COMMENTS = Register("comments", (*_WHAT, *_FIGURES), default_sort="-pattern")
COMMENTS_OF_ALL = Register(
    "comments-all", (*_WHAT, *_PROGRAMME, *_FIGURES), default_sort="-pattern"
)
