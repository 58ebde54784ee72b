"""From the figures of a programme to the columns of its summary."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from pmo_portal.common.levels import State
from pmo_portal.tenants.models import TenantSettings
from programmes.choices import Half, Opinion
from programmes.models import Programme

from . import confidence
from .figures import Figures, Reported
from .limits import PUBLISHED_RHYTHM_DAYS
from .models import MADE_BY, RANK, ProgrammeSummary


def summary_of(
    programme: Programme,
    figures: Figures,
    settings: TenantSettings,
    *,
    before: Figures | None = None,
    signal_level: str = "",
) -> ProgrammeSummary:
    """An unsaved summary; pages of an earlier day show it as it is. `before` are the figures four weeks earlier."""
    return ProgrammeSummary(
        programme=programme,
        as_of=figures.as_of,
        made_by=MADE_BY,
        figures=figures.to_json(),
        **columns(programme, figures, settings),
        **_confidence_columns(figures, before, settings),
        signal_level=signal_level,
    )


def columns(programme: Programme, figures: Figures, settings: TenantSettings) -> dict[str, Any]:
    delivery, adopted = figures.delivery, figures.adoption
    said = {half: figures.reported(half) for half in ("delivery", "adoption")}
    delivery_on = _newest(delivery.plan_on, said["delivery"])
    adoption_on = _newest(
        max(
            (day for day in (adopted.engagement_on, adopted.training_on, adopted.plan_on) if day),
            default=None,
        ),
        said["adoption"],
    )
    return {
        "delivery_state": figures.delivery_state,
        "delivery_rank": RANK[State(figures.delivery_state)],
        "delivery_reported": said["delivery"].rating if said["delivery"] else "",
        "delivery_opinion": said["delivery"].opinion if said["delivery"] else "",
        "delivery_on": delivery_on,
        "delivery_is_late": is_late(
            delivery_on,
            figures.as_of,
            rhythm(said["delivery"], settings.delivery_rhythm_days),
            is_closed=programme.is_closed,
        ),
        "met": delivery.met,
        "due": delivery.due,
        "adoption_state": figures.adoption_state,
        "adoption_rank": RANK[State(figures.adoption_state)],
        "adoption_reported": said["adoption"].rating if said["adoption"] else "",
        "adoption_opinion": said["adoption"].opinion if said["adoption"] else "",
        "adoption_on": adoption_on,
        "adoption_is_late": is_late(
            adoption_on,
            figures.as_of,
            PUBLISHED_RHYTHM_DAYS if adopted.is_published else settings.adoption_rhythm_days,
            is_closed=programme.is_closed,
        ),
        "engagement_low": adopted.low,
        "engagement_high": adopted.high,
        "engagement": adopted.mean,
        "engagement_units": adopted.units,
        "engagement_on": adopted.engagement_on,
        "golive_on": figures.golive_on,
        "golive_name": figures.golive_name,
    }


def confidence_of(figures: Figures, half: str, settings: TenantSettings) -> confidence.Confidence:
    """Of the four figures that stand on the scorecard for a half."""
    said = figures.reported(half)
    rating = said.rating if said else ""
    if half == Half.DELIVERY:
        known = figures.delivery
        return confidence.delivery(
            met=known.share,
            slip=known.slip,
            red_items=known.red if known.log_on else None,
            rating=rating,
            slip_amber=settings.slip_amber_days,
            slip_red=settings.slip_red_days,
        )
    adopted = figures.adoption
    # An old survey does not count, nor what only the unit above makes good; without a mean the lowest stands for it.
    speaks = adopted.engagement_state != State.NONE
    engagement = adopted.low if adopted.mean is None else adopted.mean
    behind = None
    if adopted.planned is not None and adopted.trained is not None:
        behind = adopted.planned - adopted.trained
    return confidence.adoption(
        engagement=engagement if speaks else None,
        training_behind=behind,
        resistance=adopted.resistance,
        rating=rating,
        target=settings.engagement_target,
        floor=settings.engagement_floor,
    )


def _confidence_columns(
    figures: Figures, before: Figures | None, settings: TenantSettings
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for half in (str(Half.DELIVERY), str(Half.ADOPTION)):
        now = confidence_of(figures, half, settings)
        earlier = confidence_of(before, half, settings).value if before is not None else None
        found[f"{half}_confidence"] = now.value
        found[f"{half}_confidence_of"] = now.known
        found[f"{half}_confidence_before"] = earlier
    return found


def rhythm(reported: Reported | None, days: int) -> int:
    """How often a report is promised: by the lead as the tenant agreed, by publishers once a year."""
    if reported is None or reported.opinion == Opinion.LEAD:
        return days
    return PUBLISHED_RHYTHM_DAYS


def is_late(on: date | None, as_of: date, days: int, *, is_closed: bool = False) -> bool:
    """Whether a figure is older than promised; one that never came is missing, not late."""
    return on is not None and not is_closed and on < as_of - timedelta(days=days)


def _newest(on: date | None, reported: Reported | None) -> date | None:
    return max((day for day in (on, reported.on if reported else None) if day), default=None)
