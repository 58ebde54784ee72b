"""The budget of a programme: lines of both halves, a plan in the shape of an S, and what was paid so far."""

from __future__ import annotations

import math
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from programmes import services
from programmes.choices import BudgetCategory, Half
from programmes.earned_value import next_month
from programmes.models import BudgetLine

if TYPE_CHECKING:
    from .programme import ProgrammeWriter

# Share of the whole, by half, category and words.
LINES = (
    (Half.DELIVERY, BudgetCategory.SUPPLIERS, "Supplier of the system", 0.34),
    (Half.DELIVERY, BudgetCategory.STAFF, "Project team", 0.22),
    (Half.DELIVERY, BudgetCategory.TECHNOLOGY, "Licences and hosting", 0.12),
    (Half.ADOPTION, BudgetCategory.TRAINING, "Training and coaches", 0.14),
    (Half.ADOPTION, BudgetCategory.BACKFILL, "Time of the units for learning", 0.11),
    (Half.ADOPTION, BudgetCategory.ENGAGEMENT, "Briefings, surveys, champions", 0.07),
)
# What a pound of plan costs, from programme to programme; None: nobody records what is paid.
PACES = (0.97, 1.0, 1.03, 1.08, None, 1.16)
QUARTER = 3


def write(writer: ProgrammeWriter, *, today: date) -> None:
    """Lines, plan and actual cost through the services, each known from its own day."""
    story, programme = writer.story, writer.programme
    if not story.pounds or programme.starts_on is None or programme.ends_on is None:
        return
    months = _months(programme.starts_on, programme.ends_on)
    pace = PACES[sum(map(ord, story.code)) % len(PACES)]
    begin = max(programme.starts_on, writer.day(-78))
    for half, category, name, share in LINES:
        acting = writer.acting(half)
        line = services.create_budget_line(
            BudgetLine(programme=programme, half=half, category=category, name=name), acting=acting
        )
        plan = _plan(round(story.pounds * share), months, late=half == Half.ADOPTION)
        amounts: dict[tuple[date, str], int | None] = {
            (month, str(kind)): amount
            for month, amount in plan.items()
            for kind in ("baseline", "forecast")
        }
        line = services.save_amounts(line, amounts, at=_noon(begin), on=begin, acting=acting)
        if pace is not None:
            _paid(line, plan, pace, begin, today, acting)


def _paid(
    line: BudgetLine, plan: dict[date, int], pace: float, begin: date, today: date, acting: Any
) -> None:
    """What was paid, told once a quarter, with what is committed for the next one."""
    over = [month for month in plan if next_month(month) <= today]
    for start in range(0, len(over), QUARTER):
        part = over[start : start + QUARTER]
        said = min(max(next_month(part[-1]) + timedelta(days=4), begin), today)
        cells: dict[tuple[date, str], int | None] = {
            (month, "actual"): round(plan[month] * (pace + 0.05 * math.sin(month.month)) / 100)
            * 100
            for month in part
        }
        ahead = [month for month in plan if month > part[-1]][:QUARTER]
        cells |= {(month, "committed"): round(plan[month] * 0.6 / 100) * 100 for month in ahead}
        cells |= {(month, "forecast"): round(plan[month] * pace / 100) * 100 for month in ahead}
        line = services.save_amounts(line, cells, at=_noon(said), on=said, acting=acting)


def _months(starts_on: date, ends_on: date) -> list[date]:
    found = [starts_on.replace(day=1)]
    while found[-1] < ends_on.replace(day=1):
        found.append(next_month(found[-1]))
    return found


def _plan(pounds: int, months: list[date], *, late: bool) -> dict[date, int]:
    """Pence by month; what is for people comes later, around the go-lives."""
    middle = 0.65 if late else 0.45
    weights = [
        math.exp(-(((at + 0.5) / len(months) - middle) ** 2) / 0.09) for at in range(len(months))
    ]
    total = sum(weights)
    return {
        month: round(pounds * weight / total) * 100
        for month, weight in zip(months, weights, strict=True)
    }


def _noon(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))
