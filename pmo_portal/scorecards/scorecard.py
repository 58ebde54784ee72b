"""Everything the scorecard of one programme shows, as of a day.

The figures of today come from the stored summary where that is true, and are computed from the facts where
it is not; those of an earlier day always are.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _, ngettext

from forecasting import selectors as forecasting
from forecasting.choices import RiskLevel, Target
from forecasting.crises.forecast import Forecast, forecast_of
from forecasting.crises.milestones_due import due_before
from forecasting.crises.running import Running, running_of
from forecasting.golive import evidence
from forecasting.golive.past import signals_on
from forecasting.models import GoLiveRisk, RiskScore
from governance import selectors as governance
from pmo_portal.common.days import day_text
from pmo_portal.common.figures import Trend, trend
from pmo_portal.tenants.models import TenantSettings
from pmo_portal.tenants.selectors import thresholds
from programmes.choices import Half, Stage
from programmes.models import Programme
from programmes.selectors import as_they_stood

from . import coming, findings, governing, indicators, published
from .figures import Figures, Series
from .models import ProgrammeSummary
from .reading import figures_as_of
from .summaries import confidence_of


@dataclass
class HalfView:
    """One half as the page shows it."""

    half: str
    title: str
    by: str
    state: str
    foot: str
    rows: list[indicators.Indicator]
    # How the portfolio's figure of this half comes about.
    confidence: str


@dataclass
class Scorecard:
    as_of: date
    # Not part of what the page shows: a figure computed again is no news.
    computed_at: datetime | None = field(repr=False)
    is_today: bool
    finding: str
    asks: list[dict[str, Any]]
    asks_title: str
    delivery: HalfView
    adoption: HalfView
    first: str
    signals: list[dict[str, Any]]
    signals_unknown: int
    # Because of which there is no forecast.
    crisis: Running | None
    crisis_rows: evidence.Link | None
    forecast: Forecast | None
    # That scores are told by a fall-back or on a corrected level; of today only.
    forecast_holds: str
    trend: Trend | None
    trend_title: str
    health: list[dict[str, Any]]
    decided: list[dict[str, Any]]
    meeting: dict[str, str] | None
    milestones: list[dict[str, Any]]
    raid: list[dict[str, Any]]
    raid_open: int
    units: list[dict[str, Any]]
    years: list[published.Year] = field(default_factory=list)

    @property
    def asks_empty(self) -> str:
        return (
            _("Nothing waits for a decision.")
            if self.is_today
            else _("Nothing waited for a decision.")
        )

    @property
    def halves(self) -> list[HalfView]:
        """In the order of the page; who chairs the phase comes first on a phone by style alone."""
        return [self.delivery, self.adoption]


def scorecard(programme: Programme, *, as_of: date, today: date) -> Scorecard:
    settings = thresholds()
    if as_of != today:
        (programme,) = as_they_stood([copy(programme)], as_of)
    figures, computed_at = _figures(programme, settings, as_of=as_of, today=today)
    signals = _signals(programme, as_of=as_of, is_today=as_of == today)
    items = coming.raid_for_group(programme, settings, as_of=as_of, is_today=as_of == today)
    governed = governance.overview_of(programme, as_of)
    crisis = None if programme.is_closed else running_of(programme, on=as_of)
    forecast = (
        None
        if programme.is_closed or crisis
        else _forecast(programme, as_of=as_of, is_today=as_of == today)
    )
    first = Half.ADOPTION if programme.stage == Stage.TRANSITION else Half.DELIVERY
    return Scorecard(
        as_of=as_of,
        computed_at=computed_at,
        is_today=as_of == today,
        finding=findings.programme_finding(figures),
        asks=[governing.ask(each, as_of) for each in governed.asks],
        asks_title=_("What the group is asked today")
        if as_of == today
        else _("What the group was asked on that day"),
        delivery=_delivery(programme, figures, settings),
        adoption=_adoption(programme, figures, settings),
        first=first,
        signals=[_signal(each) for each in signals if each.is_raised],
        signals_unknown=sum(each.level == RiskLevel.UNKNOWN for each in signals),
        crisis=crisis,
        crisis_rows=crisis.link(tenant=programme.tenant.slug, code=programme.code)
        if crisis
        else None,
        forecast=forecast,
        # What holds today says nothing of a score of an earlier day.
        forecast_holds=forecasting.what_holds(Target.CRISIS_4W)["holds"]
        if forecast is not None and as_of == today
        else "",
        trend=_trend(figures.series, settings),
        trend_title=findings.trend_finding(figures.series),
        health=[
            *governing.health_figures(programme, governed.health),
            *governing.board_figures(programme, as_of),
            *governing.agreement_figures(programme, governance.agreement_of(programme, as_of)),
        ],
        decided=[governing.decided(each) for each in governed.decided],
        meeting=governing.next_meeting(programme, as_of) if as_of == today else None,
        milestones=coming.next_milestones(programme, figures, signals, settings, as_of=as_of),
        raid=items,
        raid_open=figures.delivery.open_all,
        units=_units(figures),
        years=published.years(programme, as_of=as_of) if programme.source else [],
    )


def halves_of(programme: Programme, *, as_of: date, today: date) -> list[HalfView]:
    """Delivery and adoption as of a day, without the rest of the scorecard."""
    settings = thresholds()
    figures, _computed_at = _figures(programme, settings, as_of=as_of, today=today)
    return [_delivery(programme, figures, settings), _adoption(programme, figures, settings)]


def _figures(
    programme: Programme, settings: TenantSettings, *, as_of: date, today: date
) -> tuple[Figures, datetime | None]:
    """The stored figures where they are true of the day, and when they were computed; else new ones."""
    summary = stored_summary(programme) if as_of == today else None
    if summary is not None and summary.is_true_of(today):
        return Figures.from_json(summary.figures), summary.computed_at
    return figures_as_of([programme], as_of, settings)[programme.pk], None


def stored_summary(programme: Programme) -> ProgrammeSummary | None:
    return ProgrammeSummary.objects.filter(programme=programme).first()


# --- the two halves ----------------------------------------------------------------------------------


def _delivery(programme: Programme, figures: Figures, settings: TenantSettings) -> HalfView:
    known = figures.delivery
    parts = [
        _("Plan last said %(day)s") % {"day": day_text(known.plan_on)} if known.plan_on else "",
        _("log last touched %(day)s") % {"day": day_text(known.log_on)} if known.log_on else "",
    ]
    foot = ", ".join(part for part in parts if part)
    return HalfView(
        Half.DELIVERY,
        findings.delivery_finding(known, figures.reported(Half.DELIVERY)),
        indicators.reported_by(figures, Half.DELIVERY),
        str(figures.delivery_state),
        capfirst(foot) + "." if foot else _("Live figures, once there are any."),
        indicators.delivery_rows(programme, figures, settings),
        findings.confidence_words(confidence_of(figures, Half.DELIVERY, settings)),
    )


def _adoption(programme: Programme, figures: Figures, settings: TenantSettings) -> HalfView:
    known = figures.adoption
    plan = (
        ngettext(
            "%(met)s of %(due)s adoption milestone due is met.",
            "%(met)s of %(due)s adoption milestones due are met.",
            known.due,
        )
        % {"met": known.met, "due": known.due}
        if known.due
        else _("No adoption milestone is due yet.")
    )
    hidden = (
        _(
            "Published statistics: no counts, so nothing is averaged and a change goes by its size alone."
        )
        if known.is_published
        else _("Groups of fewer than %(k)s answers are not shown.") % {"k": settings.survey_k}
    )
    if known.red:
        plan += " " + ngettext(
            "%(count)s RAID item of adoption is red.",
            "%(count)s RAID items of adoption are red.",
            known.red,
        ) % {"count": known.red}
    return HalfView(
        Half.ADOPTION,
        findings.adoption_finding(known, figures.series, figures.reported(Half.ADOPTION)),
        indicators.reported_by(figures, Half.ADOPTION),
        str(figures.adoption_state),
        f"{plan} {hidden}",
        indicators.adoption_rows(programme, figures, settings),
        findings.confidence_words(confidence_of(figures, Half.ADOPTION, settings)),
    )


def _units(figures: Figures) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "people": people,
            "engagement": indicators.engagement_value(low, high, None),
            "state": state,
        }
        for _pk, name, people, low, high, state in figures.adoption.by_unit
    ]


# --- signals -----------------------------------------------------------------------------------------


def _signals(programme: Programme, *, as_of: date, is_today: bool) -> list[GoLiveRisk]:
    """Those stored for today; for an earlier day the rule is asked again, and nothing is saved."""
    if is_today:
        return forecasting.signals_of(programme)
    return signals_on(programme, as_of)


def _forecast(programme: Programme, *, as_of: date, is_today: bool) -> Forecast | None:
    """What the model said; a score of an earlier day is read as it was kept, never computed again."""
    if not is_today:
        own, units = forecasting.score_on(programme, as_of), list[RiskScore]()
    else:
        own, units = forecasting.split(forecasting.scores_of(programme))
    if own is None:
        return None
    due = due_before([programme.pk], own.as_of)[programme.pk]
    return forecast_of(own, units=units, due=due)


def _signal(risk: GoLiveRisk) -> dict[str, Any]:
    return {
        "title": _("%(golive)s on %(day)s meets %(unit)s")
        % {
            "golive": risk.milestone,
            "day": day_text(risk.golive_on),
            "unit": risk.unit,
        },
        "state": str(risk.state),
        "level": risk.get_level_display(),
        "reasons": evidence.reasons(risk),
        "missing": risk.missing,
        # A level of an earlier day was computed for this page and has no page of its own.
        "url": risk.get_absolute_url() if risk.pk else "",
        "version": risk.rule_version or "",
    }


# --- trend -----------------------------------------------------------------------------------------


def _trend(series: Series, settings: TenantSettings) -> Trend | None:
    """Milestones met and engagement on one scale of 0 to 100; nothing to draw below two figures."""
    if sum(value is not None for value in [*series.met, *series.engagement]) < 2:
        return None
    days = [date.fromisoformat(each) for each in series.days]
    return trend(
        [date_format(day, "j M") for day in days],
        [
            (Half.DELIVERY, _("Delivery"), _rounded(series.met)),
            (Half.ADOPTION, _("Engagement"), _rounded(series.engagement)),
        ],
        target=settings.engagement_target,
        target_text=_("Expected %(target)s") % {"target": settings.engagement_target},
        floor=0,
        ceiling=100,
    )


def _rounded(values: list[float | None]) -> list[float | None]:
    return [None if value is None else round(value) for value in values]
