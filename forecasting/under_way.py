"""Until when programmes were under way here: neither closed nor removed."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import connection
from django.utils import timezone

from programmes.choices import Stage
from programmes.models import Programme

from .versions import EVER, edited_after, stood

_UNDER_WAY = f"""
SELECT v.id, nullif(max(v.before), 'infinity') FROM {stood(Programme, "stage")} v
WHERE v.stage <> '{Stage.CLOSED}' GROUP BY v.id"""


def last_days(as_of: date) -> dict[int, date]:
    """The last day by a day on which each programme was under way; one that never was is not in it. Two statements."""
    found: dict[int, date] = {}
    with connection.cursor() as cursor:
        cursor.execute(_UNDER_WAY, edited_after(EVER))
        for programme, ended in cursor.fetchall():
            # On the day itself nobody looks at it any more.
            last = as_of if ended is None else timezone.localdate(ended) - timedelta(days=1)
            found[programme] = min(last, as_of)
    return found
