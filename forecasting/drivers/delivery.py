"""What is known behind the drivers of delivery and of the programme itself, in sentences. Empty where nothing is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils.text import capfirst
from django.utils.translation import gettext as _, ngettext

from ..crises.milestones_due import late_text
from ..learning.names import PORTFOLIO
from ..numbers import two
from .known import Known


def _schedule(known: Known) -> str:
    if not known.has("spi_s"):
        return ""
    parts = [_("The schedule index is %(spi)s") % {"spi": two(known["spi_s"])}]
    slope = known.values.get("spi_slope_6w", 0.0)
    if abs(slope) >= 0.005:
        text = (
            _("%(by)s lower than six weeks ago")
            if slope < 0
            else _("%(by)s higher than six weeks ago")
        )
        parts.append(text % {"by": two(abs(slope))})
    return ", ".join(parts)


def _cost(known: Known) -> str:
    said = {}
    if known.has("cpi_s"):
        said["cpi_s"] = _("the cost index is %(cpi)s") % {"cpi": two(known["cpi_s"])}
    if known.has("burn_ratio_s"):
        said["burn_ratio_s"] = _("spending is at %(share)s%% of what was planned by now") % {
            "share": round(100 * known["burn_ratio_s"])
        }
    return _strongest_first(said, known)


def _milestones(known: Known) -> str:
    if not known.has("ms_missed_12w"):
        return ""
    coming = round(known.values.get("ms_due_4w", 0))
    said = {
        "ms_missed_12w": late_text(known["ms_missed_12w"], known.due),
        "ms_due_4w": ngettext(
            "%(count)s milestone is due in the next four weeks",
            "%(count)s milestones are due in the next four weeks",
            coming,
        )
        % {"count": coming}
        if coming
        else _("no milestone is due in the next four weeks"),
    }
    return _strongest_first(said, known)


def _strongest_first(said: Mapping[str, str], known: Known) -> str:
    """Figures behind a share by their terms: only those that are part of it, and each says its way where two differ."""
    telling = [name for name in said if known.tells(name)]
    telling.sort(key=lambda name: -abs(known.shares[name]))
    parts = [said[name] for name in telling] or list(said.values())
    if len(telling) == 2 and known.shares[telling[0]] * known.shares[telling[1]] < 0:
        ways = [
            _("%(said)s, which raises it")
            if known.shares[name] > 0
            else _("%(said)s, which lowers it")
            for name in telling
        ]
        parts = [way % {"said": part} for way, part in zip(ways, parts, strict=True)]
    return capfirst("; ".join(parts))


def _raid(known: Known) -> str:
    if not known.has("raid_open"):
        return ""
    opened = round(known["raid_open"])
    if not opened and not known.values.get("raid_new_4w"):
        return _("No open items")
    parts = [ngettext("%(count)s open item", "%(count)s open items", opened) % {"count": opened}]
    new = round(known.values.get("raid_new_4w", 0))
    parts.append(_("%(count)s new in four weeks") % {"count": new})
    if known.values.get("raid_overdue_share"):
        parts.append(
            _("%(share)s%% overdue for review")
            % {"share": round(100 * known["raid_overdue_share"])}
        )
    if known.values.get("raid_max_score"):
        parts.append(_("highest score %(score)s") % {"score": round(known["raid_max_score"])})
    return ", ".join(parts)


def _governance(known: Known) -> str:
    if not known.has("actions_overdue"):
        return ""
    days = round(known.values.get("decisions_outstanding_days_p80", 0))
    late = round(known["actions_overdue"])
    waiting = (
        ngettext(
            "Most decisions asked for wait up to %(days)s day",
            "Most decisions asked for wait up to %(days)s days",
            days,
        )
        % {"days": days}
        if days
        else _("No decision waits")
    )
    overdue = ngettext("%(count)s action is late", "%(count)s actions are late", late) % {
        "count": late
    }
    return f"{waiting}; {overdue if late else _('no action is late')}"


def _status(known: Known) -> str:
    if not known.has("status_age_w"):
        return ""
    weeks = round(known["status_age_w"])
    said = (
        _("Reported %(rating)s") % {"rating": rating_text(known["rag_reported"])}
        if known.has("rag_reported")
        else _("A status without a rating")
    )
    if weeks < 1:
        return _("%(said)s this week") % {"said": said}
    return ngettext("%(said)s, %(weeks)s week ago", "%(said)s, %(weeks)s weeks ago", weeks) % {
        "said": said,
        "weeks": weeks,
    }


def rating_text(value: float) -> str:
    """The status that was reported, as pages write it within a sentence."""
    words = (_("green"), _("amber-green"), _("amber"), _("amber-red"), _("red"))
    return words[min(max(round(2 * value), 0), 4)]


def _plan(known: Known) -> str:
    if not known.has("replans"):
        return ""
    moves = round(known["replans"])
    parts = [
        ngettext("A go-live was moved %(count)s time", "Go-lives were moved %(count)s times", moves)
        % {"count": moves}
        if moves
        else _("No go-live was moved")
    ]
    scope = round(known.values.get("scope_changes_8w", 0))
    if scope:
        parts.append(
            ngettext(
                "%(count)s change of scope in eight weeks",
                "%(count)s changes of scope in eight weeks",
                scope,
            )
            % {"count": scope}
        )
    return ", ".join(parts)


def _size(known: Known) -> str:
    if not known.has("log_size"):
        return ""
    if known["log_size"] > 0.5:
        return _("It reaches more people than most programmes here")
    if known["log_size"] < -0.5:
        return _("It reaches fewer people than most programmes here")
    return _("It reaches as many people as most programmes here")


def _portfolio(known: Known) -> str:
    share = known.shares.get(PORTFOLIO, 0.0)
    if not share:
        return ""
    return (
        _("Programmes of this portfolio had crises more often than their figures explain")
        if share > 0
        else _("Programmes of this portfolio had crises less often than their figures explain")
    )


SENTENCES: dict[str, Callable[[Known], str]] = {
    "schedule": _schedule,
    "cost": _cost,
    "milestones": _milestones,
    "raid": _raid,
    "governance": _governance,
    "status": _status,
    "plan": _plan,
    "size": _size,
    "portfolio": _portfolio,
}
