"""Whether people saw a score and did something before its four weeks were over.

People act on scores. A crisis that was prevented looks like a false alarm, and one that was seen coming may be called
out earlier; so what came is also told of those apart that nobody touched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from django.db import connection
from django.utils import timezone

from governance.models import Action, Decision
from pmo_portal.common import clock
from programmes.models import Milestone, MilestoneForecast

from ..choices import Touch
from ..models import RiskScore
from ..versions import table_of

# A score of the week before is still the one people know on its Monday.
KNOWN_SINCE = timedelta(days=7)

# A programme and the day it was told a risk.
Place = tuple[int, date]


# A decision, an action agreed on, a go-live that was moved.
_TOUCHED = f"""
SELECT at.programme, at.day,
       EXISTS (
           SELECT 1 FROM {table_of(Decision)} d WHERE d.programme_id = at.programme AND d.deleted_at IS NULL
             AND d.decided_on >= seen.on_day AND d.decided_on <= at.last
       ) OR EXISTS (
           SELECT 1 FROM {table_of(Action)} a WHERE a.programme_id = at.programme AND a.deleted_at IS NULL
             AND a.agreed_on >= seen.on_day AND a.agreed_on <= at.last
       ) OR EXISTS (
           SELECT 1 FROM {table_of(MilestoneForecast)} f
           JOIN {table_of(Milestone)} m ON m.id = f.milestone_id AND m.programme_id = at.programme
             AND m.is_golive AND m.deleted_at IS NULL
           WHERE f.effective_on >= seen.on_day AND f.effective_on <= at.last AND f.previous_on <> f.forecast_on
       )
FROM unnest(%(programmes)s::bigint[], %(days)s::date[], %(lasts)s::date[], %(until)s::timestamptz[])
    AS at(programme, day, last, until)
CROSS JOIN LATERAL (
    SELECT greatest(at.day, min(s.shown_at AT TIME ZONE %(zone)s)::date) AS on_day FROM {table_of(RiskScore)} s
    WHERE s.programme_id = at.programme AND s.as_of > at.day - {KNOWN_SINCE.days} AND s.as_of <= at.last
      AND s.shown_at <= at.until
    HAVING min(s.shown_at) IS NOT NULL
) seen"""


def touches(places: Sequence[Place], *, within: timedelta) -> Mapping[Place, Touch]:
    """What people did about scores within some days of being told; places that are not in it nobody saw.

    One statement for any number of places.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _TOUCHED,
            {
                "programmes": [programme for programme, _day in places],
                "days": [day for _programme, day in places],
                "lasts": [day + within for _programme, day in places],
                "until": [clock.end_of(day + within) for _programme, day in places],
                "zone": timezone.get_current_timezone_name(),
            },
        )
        rows = cursor.fetchall()
    return {
        (programme, day): Touch.ACTED if is_acted else Touch.SEEN
        for programme, day, is_acted in rows
    }
