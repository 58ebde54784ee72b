"""Pieces of forecasting on the pages of lower apps."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from pmo_portal.accounts.permissions import can
from pmo_portal.common import clock
from pmo_portal.common.registry import Panel

from . import figures, selectors, services
from .choices import Target
from .comments import selectors as comment_selectors, words as comment_words
from .crises import forecast, trends
from .crises.running import running_of
from .dates import outlooks
from .golive import evidence
from .raid import forecast as raid_forecast
from .readiness import rows as readiness_rows
from .tables.scores import score_row


def milestone_signals(request: HttpRequest, milestone: Any) -> Panel | None:
    """On a go-live: the level of every unit it touches, with the reasons."""
    if not milestone.is_golive or milestone.actual_on is not None:
        return None
    risks = list(selectors.signals_before(milestone))
    if not risks:
        return None
    return Panel(
        "forecasting/_milestone_signals.html",
        {"rows": [(risk, evidence.reasons(risk)) for risk in risks]},
    )


def milestone_readiness(request: HttpRequest, milestone: Any) -> Panel | None:
    """On a go-live that comes: how likely each unit is not to be ready two weeks before."""
    if not milestone.is_golive or milestone.actual_on is not None:
        return None
    rows = readiness_rows.shown(selectors.shortfalls_before(milestone))
    return Panel("forecasting/_readiness.html", {"readiness": rows}) if rows else None


def milestone_scores(request: HttpRequest, milestone: Any) -> Panel | None:
    """On a go-live: the risk of the programme, and of each unit this go-live touches."""
    if not milestone.is_golive or milestone.actual_on is not None:
        return None
    programme = milestone.programme
    scores = selectors.scores_of(programme)
    touched = {unit.pk for unit in milestone.units.all()}
    crisis = running_of(programme, on=clock.today())
    rows = [
        score_row(each, {})
        for each in scores
        if each.unit_id is None or not touched or each.unit_id in touched
    ]
    if programme.is_closed or not (rows or crisis):
        return None
    if crisis is not None:
        link = crisis.link(tenant=programme.tenant.slug, code=programme.code)
        return Panel("forecasting/_standing.html", {"crisis": crisis, "crisis_rows": link})
    services.mark_shown([row.score for row in rows], at=clock.now())
    holds = selectors.what_holds(Target.CRISIS_4W)
    return Panel("forecasting/_milestone_scores.html", {"rows": rows, **holds})


# Bars of fewer working days, or points, are not drawn larger.
LEAST_DAYS = LEAST_POINTS = 10


def milestone_outlook(request: HttpRequest, milestone: Any) -> Panel | None:
    """On an open milestone: by when it is likely to be reached."""
    row = selectors.outlook_of(milestone) if milestone.actual_on is None else None
    if row is None:
        return None
    pk = milestone.programme_id
    told = outlooks.Outlook(row, forecast.figures_of([pk], as_of=row.as_of)[pk])
    return Panel(
        "forecasting/_milestone_outlook.html",
        {
            "told": told,
            **trends.of_outlook(row),
            "figure": figures.date_range(told.marks),
            "bars": figures.driver_bars(
                [
                    (line.part.label, line.part.points)
                    for line in told.lines
                    if line.part.whole_points
                ],
                digits=0,
                least=LEAST_POINTS,
            ),
            "bars_text": told.spoken,
            "date_bars": figures.driver_bars(
                [(each.label, each.share) for each in told.chain.steps if each.share],
                digits=0,
                least=LEAST_DAYS,
            ),
            "is_late": (clock.today() - row.as_of).days > forecast.FRESH_DAYS,
        },
    )


def raid_item_score(request: HttpRequest, item: Any) -> Panel | None:
    """On an open item: how likely it is to escalate, why, and what the rule suggests."""
    score = selectors.raid_score_of(item) if item.is_open else None
    if score is None:
        return None
    return Panel(
        "forecasting/_raid_score.html",
        {
            "told": raid_forecast.raid_forecast(
                score, is_usual_assumed=selectors.usual_engagement(score.as_of) is None
            ),
            **trends.shown(score, trends.levels_of(score)),
            **selectors.what_holds(Target.RAID_ESCALATES_4W),
            "is_late": (clock.today() - score.as_of).days > forecast.FRESH_DAYS,
            "list_url": raid_forecast.list_url(item.programme),
        },
    )


def model_alarms(request: HttpRequest, portfolio: Any) -> Panel | None:
    """On the first page of an organisation: what its leads and administrators are to know of the models in use."""
    member = request.member  # type: ignore[attr-defined]
    if not can(member, "forecasting.model_change"):
        return None
    today = clock.today()
    notices = [(card, card.notice(today)) for card in selectors.cards()]
    notices = [(card, told) for card, told in notices if told]
    return Panel("forecasting/_model_alarms.html", {"notices": notices}) if notices else None


LISTED = 5


def raid_log_scores(request: HttpRequest, programme: Any) -> Panel | None:
    """On the RAID log of a programme: the items that are likeliest to escalate."""
    member = request.member  # type: ignore[attr-defined]
    scores = selectors.raid_scores_for(member, programme).order_by("-probability", "pk")[:LISTED]
    rows = [raid_forecast.raid_forecast(each) for each in scores]
    if not rows:
        return None
    return Panel(
        "forecasting/_raid_log_scores.html",
        {
            "rows": rows,
            **selectors.what_holds(Target.RAID_ESCALATES_4W),
            "list_url": raid_forecast.list_url(programme),
        },
    )


def resistance_comments(request: HttpRequest, programme: Any) -> Panel | None:
    """On the resistance of a programme: what rose in what people wrote."""
    resisting = comment_selectors.resisting_in(programme)
    if resisting is None:
        return None
    member = request.member  # type: ignore[attr-defined]
    rows = comment_selectors.patterns_for(member, programme)
    resisting.programme = programme
    return Panel(
        "forecasting/_resistance_comments.html",
        {
            "told": comment_words.ToldPattern(resisting),
            "alerts": [
                comment_words.ToldPattern(each)
                for each in comment_selectors.alerts_in(rows, LISTED)
            ],
        },
    )


def unit_comments(request: HttpRequest, unit: Any) -> Panel | None:
    """On a unit: what people write there about the programmes the member sees."""
    member = request.member  # type: ignore[attr-defined]
    rows = [
        comment_words.ToldPattern(each) for each in comment_selectors.themes_of_unit(member, unit)
    ]
    return Panel("forecasting/_unit_comments.html", {"rows": rows}) if rows else None
