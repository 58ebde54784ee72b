"""Why nothing is forecast of a programme, for every page that would tell a forecast: it is closed, or in a crisis."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from pmo_portal.common import clock
from programmes.selectors import closed_on

from .. import selectors
from ..crises.findings import closed_text
from ..crises.running import running_of


def standing_of(programme: Any, *, by: date | None = None) -> dict[str, Any]:
    """What `forecasting/_standing.html` shows: `closed`, a text; `crisis`, and the way to its rows. All empty where a forecast is told.

    Args:
        by: a day that is past; None for now.
    """
    closed = closed_of(programme, by=by)
    if closed["closed"]:
        return closed
    return closed | crisis_of(programme, on=by or clock.today())


def closed_of(programme: Any, *, by: date | None = None) -> dict[str, Any]:
    """The same where a crisis changes nothing, or is asked about apart.

    Args:
        by: a day that is past, by which it was closed already; None for now.
    """
    closed = closed_on(programme)
    if closed is None or (by is not None and closed > by):
        return {"closed": "", "crisis": None}
    last = selectors.last_score(programme)
    return {"closed": closed_text(last, closed_on=closed), "crisis": None}


def crisis_of(programme: Any, *, on: date) -> dict[str, Any]:
    """The crisis because of which nothing is forecast on a day, and the way to its rows."""
    crisis = running_of(programme, on=on)
    place = {"tenant": programme.tenant.slug, "code": programme.code}
    return {
        "crisis": crisis,
        "crisis_rows": crisis.link(**place) if crisis is not None else None,
    }


def finding_of(standing: Mapping[str, Any], name: str) -> str:
    """The heading of a page that would tell a forecast; empty where it does."""
    if standing.get("closed"):
        return _("%(name)s is closed") % {"name": name}
    return standing["crisis"].finding(name) if standing["crisis"] is not None else ""
