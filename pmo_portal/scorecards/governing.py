"""How a programme is governed, for its scorecard: what is asked, how it stands, what was decided."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _, ngettext

from governance import selectors as governance
from governance.selectors import Agreement, Health
from pmo_portal.common.levels import State
from programmes.models import Programme


def ask(decision: Any, as_of: date) -> dict[str, Any]:
    days = (decision.due_on - as_of).days
    if days < 0:
        late = ngettext("%(n)s day overdue", "%(n)s days overdue", -days) % {"n": -days}
        state, label = State.BAD, late
    elif days == 0:
        state, label = State.WARN, _("Due today")
    else:
        state, label = State.NONE, _("Due %(day)s") % {"day": date_format(decision.due_on, "j M")}
    age = (as_of - decision.requested_on).days
    asked = (
        ngettext("Open for %(n)s day", "Open for %(n)s days", age) % {"n": age}
        if age
        else _("Asked today")
    )
    voices = (
        _("both functions have given their view")
        if decision.voices >= 2
        else ngettext("%(n)s of 2 views given", "%(n)s of 2 views given", decision.voices)
        % {"n": decision.voices}
    )
    return {
        "title": decision.question,
        "url": decision.get_absolute_url(),
        "note": f"{asked}; {voices}.",
        "state": str(state),
        "label": label,
    }


def health_figures(programme: Programme, health: Health) -> list[dict[str, Any]]:
    at = {"tenant": programme.tenant.slug, "code": programme.code}
    decisions = reverse("governance:decision_list", kwargs=at)
    actions = reverse("governance:action_list", kwargs=at)
    return [
        {"label": _("Decisions waiting"), "value": str(health.waiting), "url": decisions},
        {
            "label": _("Oldest"),
            "value": ngettext("%(n)s day", "%(n)s days", health.oldest_days)
            % {"n": health.oldest_days}
            if health.oldest_days is not None
            else "–",
        },
        {
            "label": _("Actions late"),
            "value": _("%(late)s of %(open)s")
            % {"late": health.actions_late, "open": health.actions_open},
            "url": actions,
        },
        {
            "label": _("In isolation"),
            "value": _("%(isolated)s of %(decided)s")
            % {"isolated": health.isolated, "decided": health.decided},
            "url": decisions,
        },
    ]


def agreement_figures(programme: Programme, agreement: Agreement) -> list[dict[str, Any]]:
    """What both leads agreed on, and whether they look at it when they should."""
    at = {"tenant": programme.tenant.slug, "code": programme.code}
    version = _("Version %(n)s") % {"n": agreement.edition} if agreement.edition else _("None")
    figures = [
        {
            "label": _("Charter agreed"),
            "value": version,
            "url": reverse("governance:charter_detail", kwargs=at),
        }
    ]
    if agreement.edition:
        figures.append(
            {
                "label": _("Reviews overdue"),
                "value": str(agreement.overdue),
                "url": reverse("governance:review_list", kwargs=at),
            }
        )
    return figures


def decided(decision: Any) -> dict[str, Any]:
    isolated = decision.voices < 2
    return {
        "on": decision.decided_on,
        "title": decision.question,
        "text": _("Decided: %(outcome)s") % {"outcome": decision.outcome}
        if decision.outcome
        else "",
        "url": decision.get_absolute_url(),
        "by": _("%(function)s, without both views")
        % {"function": decision.get_function_of_decider_display()}
        if isolated
        else decision.get_function_of_decider_display(),
    }


def next_meeting(programme: Programme, on: date) -> dict[str, str] | None:
    """The next meeting of a group of the programme, in words, and where its agenda is."""
    meeting = governance.next_meetings([programme.pk], on).get(programme.pk)
    if meeting is None:
        return None
    topics = meeting.topics  # type: ignore[attr-defined]
    agenda = (
        ngettext("one item on its agenda", "%(n)s items on its agenda", topics) % {"n": topics}
        if topics
        else _("nothing on its agenda yet")
    )
    chair = _("chaired by %(chair)s") % {"chair": meeting.chair} if meeting.chair else ""
    return {
        "label": _("Next meeting: %(day)s") % {"day": date_format(meeting.held_on, "j M")},
        "note": ", ".join(each for each in (chair, agenda) if each),
        "url": meeting.get_absolute_url(),
    }


def board_figures(programme: Programme, as_of: date) -> list[dict[str, Any]]:
    """The status that the board set last by a decision, where it set one."""
    said = [
        each
        for each in governance.board_statuses([programme.pk]).get(programme.pk, [])
        if each.decided_on and each.decided_on <= as_of
    ]
    if not said:
        return []
    last = said[-1]
    return [
        {
            "label": _("Status by the board"),
            "value": last.get_sets_status_display(),
            "url": last.get_absolute_url(),
        }
    ]
