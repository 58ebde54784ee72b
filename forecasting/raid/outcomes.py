"""Which RAID items escalated, as reported by another tool or by the definitions for live data, and until when
each programme was watched. Set-based: a constant number of statements."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime

from django.db import connection
from django.db.models import Max, Q
from django.utils import timezone

from governance.models import Escalation
from pmo_portal.common import clock
from pmo_portal.common.levels import State
from pmo_portal.tenants.selectors import thresholds
from programmes import raid
from programmes.choices import RAID_ENDED, RaidStatus
from programmes.models import Programme, RaidItem, RaidUpdate, ReportedFact, StatusReport

from .. import under_way
from ..bundle import SOURCE
from ..choices import EventKind
from ..learning.raid.escalation import Said, escalations
from ..models import ReportedEvent
from ..versions import EVER, edited_after, stood, table_of, trail_of
from .inputs import Happened

_LEVELS = {State.NONE: 0, State.OK: 1, State.WARN: 2, State.BAD: 3}


def happened(*, until: date) -> list[Happened]:
    """Every escalation up to a day, whoever told of it, in order of days. Six statements.

    An item that was removed since has escalated all the same, and each is told under the subject it had when its
    escalation became known.
    """
    found = [*_reported(until), *_live(until), *_raised(until)]
    said = _subjects([each.item for each in found])
    found = [
        replace(each, category=_subject_on(each.known_on, said[each.item]))
        if each.item in said
        else each
        for each in found
    ]
    return sorted(found, key=lambda each: (each.on, each.item))


_SUBJECTS = f"""
SELECT e.pgh_obj_id, e.pgh_created_at, e.category FROM {trail_of(RaidItem)} e
WHERE e.pgh_obj_id IN (
    SELECT pgh_obj_id FROM {trail_of(RaidItem)} WHERE pgh_obj_id = ANY(%s)
    GROUP BY pgh_obj_id HAVING count(DISTINCT category) > 1
)
ORDER BY e.pgh_obj_id, e.pgh_created_at, e.pgh_id"""


def _subjects(items: list[int]) -> dict[int, list[tuple[datetime, str]]]:
    """What items were about, since when, of those that were put under another subject once."""
    found: dict[int, list[tuple[datetime, str]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_SUBJECTS, [items])
        for item, since, category in cursor.fetchall():
            found[item].append((since, category))
    return dict(found)


def _subject_on(day: date, said: list[tuple[datetime, str]]) -> str:
    """The subject at the end of a day; the first one before anything was written."""
    until = clock.end_of(day)
    by_then = [category for since, category in said if since <= until]
    return by_then[-1] if by_then else said[0][1]


def _reported(until: date) -> list[Happened]:
    items = {
        (programme, external): (pk, category)
        for pk, programme, external, category in RaidItem.all_objects.filter(
            programme__source=SOURCE
        )
        .exclude(external_id="")
        .values_list("pk", "programme_id", "external_id", "category")
    }
    events = ReportedEvent.objects.filter(
        kind=EventKind.RAID_ESCALATED, effective_on__lte=until, known_at__lte=clock.end_of(until)
    )
    found = []
    for programme, subject, on, known_at in events.values_list(
        "programme_id", "subject", "effective_on", "known_at"
    ):
        if (programme, subject) in items:
            pk, category = items[programme, subject]
            found.append(Happened(pk, programme, category, on, _day(known_at)))
    return found


def _live(until: date) -> list[Happened]:
    """Of items that are kept here: by what their logs say."""
    appetite = thresholds().raid_appetite
    logs: dict[tuple[int, int, str], list[Said]] = defaultdict(list)
    entries = (
        RaidUpdate.objects.known_by(until)
        .exclude(~Q(item__external_id="") & Q(item__programme__source=SOURCE))
        .order_by("effective_on", "known_at", "pk")
        .values_list(
            "item_id", "item__programme_id", "item__category", "effective_on", "known_at",
            "probability", "impact", "status", "escalated_on", "review_on",
        )
    )  # fmt: skip
    for item, programme, category, on, known_at, likely, heavy, status, raised, due in entries:
        level = _LEVELS[raid.severity(raid.score(likely, heavy), appetite=appetite)]
        logs[item, programme, category].append(
            Said(
                on=on,
                known_at=known_at,
                level=level,
                occurred=status == RaidStatus.OCCURRED,
                ended=status in RAID_ENDED,
                escalated_on=raised,
                due_on=due,
            )
        )
    return [
        Happened(item, programme, category, each.on, _day(each.known_at))
        for (item, programme, category), log in logs.items()
        for each in escalations(log, until=until)
        if _day(each.known_at) <= until
    ]


# Since when an item is named in an escalation counts as well: one may be named in it later.
_RAISED = f"""
SELECT r.id, r.programme_id, r.category, e.effective_on, greatest(e.known_at, min(e.since))
FROM {stood(Escalation, "raid_item", "effective_on", "known_at")} e
JOIN {table_of(RaidItem)} r ON r.id = e.raid_item_id
WHERE e.effective_on <= %(until)s AND e.known_at <= %(moment)s AND e.since <= %(moment)s
GROUP BY r.id, e.id, e.effective_on, e.known_at
HAVING max(e.before) > %(moment)s"""


def _raised(until: date) -> list[Happened]:
    """Of any item: by the escalations raised about it, as they stood at the end of a day."""
    edited = edited_after(EVER)
    with connection.cursor() as cursor:
        cursor.execute(_RAISED, {**edited, "until": until, "moment": clock.end_of(until)})
        rows = cursor.fetchall()
    return [
        Happened(item, programme, category, on, _day(known_at))
        for item, programme, category, on, known_at in rows
    ]


def watched_until(as_of: date) -> dict[int, date]:
    """The last day of which anything is known of each programme: a history ends where its tool stopped to report."""
    return dict.fromkeys(_programmes(), as_of) | _last_words(as_of)


def followed_until(as_of: date) -> dict[int, date]:
    """The last day on which somebody looked at the items of each programme: nobody does once it is closed or removed. What
    a tool reports is followed to its last word.
    """
    return dict.fromkeys(_programmes(), date.min) | under_way.last_days(as_of) | _last_words(as_of)


def _programmes() -> list[int]:
    return list(Programme.all_objects.values_list("pk", flat=True))


def _last_words(as_of: date) -> dict[int, date]:
    """The last day another tool reported of each programme whose history it told."""
    of_bundles = set(Programme.all_objects.filter(source=SOURCE).values_list("pk", flat=True))
    last: dict[int, date] = {}
    for reports in (
        StatusReport.objects.filter(reported_source=SOURCE),
        ReportedFact.objects.filter(source=SOURCE),
    ):
        said = reports.known_by(as_of).order_by().values_list("programme_id")
        for programme, on in said.annotate(Max("effective_on")):
            last[programme] = max(on, last.get(programme, on))
    return {pk: on for pk, on in last.items() if pk in of_bundles}


def _day(moment: datetime) -> date:
    return timezone.localtime(moment).date()
