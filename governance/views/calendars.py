"""Meetings as calendar files."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pmo_portal.accounts.http import TenantRequest, programme_view, tenant_view
from pmo_portal.common import clock
from pmo_portal.history.frame import with_record

from .. import ical, selectors
from ..models import Meeting

# Those held lately stay in the file, so that a calendar that reads it again also hears of cancellations.
_BACK = timedelta(days=90)


@require_safe
@tenant_view("governance.meeting_view")
def calendar_all(request: TenantRequest) -> HttpResponse:
    """The meetings of every programme the member sees."""
    meetings = selectors.meetings_to_note(request.member, None, since=clock.today() - _BACK)
    return _file(request, request.tenant.name, meetings, "meetings.ics")


@require_safe
@programme_view("governance.meeting_view")
def calendar_list(request: TenantRequest) -> HttpResponse:
    """The meetings of one programme."""
    programme = request.programme
    meetings = selectors.meetings_to_note(request.member, programme, since=clock.today() - _BACK)
    return _file(request, programme.name, meetings, f"{programme.code}-meetings.ics")


@require_safe
@programme_view("governance.meeting_view")
@with_record(selectors.meeting_by_number, "MT")
def meeting_calendar(request: TenantRequest, meeting: Meeting) -> HttpResponse:
    """One meeting, to be put into a calendar or sent round."""
    return _file(request, meeting.group.name, [meeting], f"{meeting.reference}.ics")


def _file(
    request: TenantRequest, name: str, meetings: Iterable[Meeting], filename: str
) -> HttpResponse:
    topics = selectors.topics_of(meetings := list(meetings))
    events = [_event(request, each, topics.get(each.pk, [])) for each in meetings]
    response = HttpResponse(
        ical.calendar(name, events, now=clock.now()), content_type="text/calendar; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def _event(request: TenantRequest, meeting: Meeting, topics: list[tuple[str, int]]) -> ical.Event:
    chair = _("Chair: %(name)s") % {"name": meeting.chair.name} if meeting.chair else ""
    agenda = [f"{at}. {title} ({minutes} min)" for at, (title, minutes) in enumerate(topics, 1)]
    return ical.Event(
        uid=f"{meeting.reference}.{request.tenant.pk}@pmo-portal",
        title=meeting.group.name,
        day=meeting.held_on,
        at=meeting.starts_at,
        minutes=meeting.length,
        zone=request.tenant.time_zone,
        revision=meeting.version,
        is_cancelled=meeting.is_cancelled,
        place=meeting.place,
        text="\n".join(each for each in (chair, *agenda) if each),
        url=request.build_absolute_uri(meeting.get_absolute_url()),
    )
