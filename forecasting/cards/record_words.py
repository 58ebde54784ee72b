"""What is said of dates and readiness, which are told from records of what came before: in general, of a record, of an event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _, gettext_lazy

from pmo_portal.common.days import day_text

from ..choices import Forecast, Happening
from ..models import ModelEvent, ShortfallRecord, SlipRecord
from ..numbers import percent

PREDICTS: dict[str, Any] = {
    Forecast.MILESTONE_SLIP: gettext_lazy(
        "By which days an open milestone is reached in five, eight and nine of ten such cases, and how likely it is to pass its baseline by more than "
        "five working days."
    ),
    Forecast.ADOPTION_SHORTFALL: gettext_lazy(
        "How likely a unit is not to be ready two weeks before a go-live: fewer than 85% of those required are trained, or its engagement is below what the "
        "organisation calls off track."
    ),
}
LIMITS: dict[str, tuple[Any, ...]] = {
    Forecast.MILESTONE_SLIP: (
        gettext_lazy("A milestone is forecast from those like it: how far ahead its date lies and whether its programme runs behind schedule. What sets it apart is not known."),
        gettext_lazy("The date compared is the one in force 14, 56 and 126 days before the baseline. A date that is moved often is judged by what it said each time."),
        gettext_lazy("Milestones of closed programmes that were never reached, and what nobody went on to report, are left out."),
        gettext_lazy("Dates in one organisation move together. A change that affects them all shows only once ranges have passed."),
    ),
    Forecast.ADOPTION_SHORTFALL: (
        gettext_lazy("Training and engagement are treated as independent when their chances are combined. Where they go together the chance is a little too high. How often both fell short at once is shown next to the forecast."),
        gettext_lazy("The spreads use the final date of a go-live: they show how people get ready, not how plans move."),
        gettext_lazy("Only survey figures that may be shown are read; for a hidden unit the nearest one above is used, and there is no forecast for units of fewer than five people."),
        gettext_lazy("If one part is not known, the chance is a minimum."),
    ),
}  # fmt: skip
NAMES: dict[str, tuple[Any, Any]] = {
    Forecast.MILESTONE_SLIP: (gettext_lazy("Shipped curves %(version)s"), gettext_lazy("Own curves, with the shipped ones")),
    Forecast.ADOPTION_SHORTFALL: (gettext_lazy("Shipped spreads %(version)s"), gettext_lazy("Own spreads")),
}  # fmt: skip
# What happens to them, in words of their own.
HAPPENED: dict[str, Any] = {
    Happening.ALARM: gettext_lazy("Forecasts here do not come true"),
    Happening.FELL_BACK: gettext_lazy("Shipped assumptions in use"),
}


def came_text(forecast: str, held: Mapping[str, Any]) -> str:
    """How often it came in counts, with the range of such a share."""
    values = {
        "came": held["came"],
        "cases": held["cases"],
        "share": percent(held["came"] / held["cases"]),
        "meant": percent(held["meant"]),
        "low": percent(held["low"]),
        "high": percent(held["high"]),
    }
    if forecast == Forecast.MILESTONE_SLIP:
        return _("P80 was kept in %(came)s of %(cases)s milestones, %(share)s (95%% of such: %(low)s to %(high)s; %(meant)s are meant)") % values  # fmt: skip
    return _("%(came)s of %(cases)s units fell short, %(share)s (95%% of such: %(low)s to %(high)s; %(meant)s were expected)") % values  # fmt: skip


def fallback_text(record: SlipRecord | ShortfallRecord) -> str:
    """Why what is shipped is told instead of what was measured here; empty where it is not."""
    if not record.fallen_back:
        return ""
    forecast = Forecast.MILESTONE_SLIP if isinstance(record, SlipRecord) else Forecast.ADOPTION_SHORTFALL  # fmt: skip
    own = record.held.get("judged", {}).get("own", {})
    why = f" {came_text(forecast, own)}." if own.get("cases") else ""
    return _("The shipped assumptions are used instead of what was measured here, as of %(on)s.%(why)s What was measured is used again once it holds; this is checked every four weeks.") % {
        "on": day_text(record.as_of),
        "why": why,
    }  # fmt: skip


def event_text(event: ModelEvent) -> str:
    """What happened to a forecast told from records."""
    details = event.details
    came = f"{came_text(event.target, details)}." if details.get("cases") else ""
    if event.kind != Happening.ALARM:
        return came
    follows = (
        _("The shipped assumptions are used until your own measurements hold again.")
        if details.get("remedy") == "shipped"
        else _("Nothing better is known: what is shipped would not come nearer.")
    )
    return f"{came} {follows}".strip()
