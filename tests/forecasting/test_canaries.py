"""A canary of every source: a value that gives everything away, of a day that is asked for, which somebody only learned later.

None may reach an input of that day; and each must reach its own inputs once it is known, or it would prove nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from django.utils import timezone

from forecasting import inputs
from forecasting.learning import features
from programmes.models import MilestoneForecast, RaidUpdate
from tests.factories.adoption import (
    SignalTallyFactory,
    SurveyCommentFactory,
    SurveyResultFactory,
    SurveyWaveFactory,
    TrainingProgressFactory,
)
from tests.factories.governance import ActionFactory, DecisionFactory
from tests.factories.programmes import (
    BudgetAmountFactory,
    MilestoneFactory,
    RaidItemFactory,
    ReportedFactFactory,
    StatusReportFactory,
)

from .test_as_they_were import DAY, LATER, at, budget, late, on, planned, story, then

__all__ = ["story"]

pytestmark = pytest.mark.django_db


def figure(kind: str, ratio: float) -> Callable[[SimpleNamespace], Any]:
    return lambda s: ReportedFactFactory(
        programme=s.programme, kind=kind, ratio=ratio, source="canary", **late(-6)
    )


def surveyed(s: SimpleNamespace) -> None:
    wave = SurveyWaveFactory(programme=s.programme, closed_on=on(-1))
    SurveyResultFactory(wave=wave, unit=s.unit, mean=1.0, n=50, known_at=timezone.now())


def missed(s: SimpleNamespace) -> None:
    """Dates of weeks ago and of the weeks ahead, of which nobody had said anything."""
    for day in (-20, -10, 12, 13):
        MilestoneFactory(
            programme=s.programme, baseline_on=on(day), first_word__on=on(-90), first_word__at=timezone.now()
        )  # fmt: skip


def replanned(s: SimpleNamespace) -> None:
    MilestoneForecast.objects.create(
        milestone=s.golive,
        baseline_on=s.golive.baseline_on,
        forecast_on=on(8),
        previous_on=on(60),
        **late(-1),
    )


def overdue(s: SimpleNamespace) -> None:
    RaidUpdate.objects.create(
        item=s.their_item, status="assessed", probability=5, impact=5, review_on=on(-2), **late(-3)
    )


def spent(s: SimpleNamespace) -> None:
    for back in range(3):
        BudgetAmountFactory(
            line=s.line, month=on(-31 * back).replace(day=1), amount=9_000_00, kind="actual", **late(-2)
        )  # fmt: skip


# What is planted, and the inputs it reaches once it is known.
CANARIES: dict[str, tuple[Callable[[SimpleNamespace], Any], set[str]]] = {
    "schedule of another tool": (figure("spi", 0.01), {"spi_s", "spi_slope_6w"}),
    "cost of another tool": (figure("cpi", 0.01), {"cpi_s"}),
    "spending of another tool": (figure("burn_ratio", 2.9), {"burn_ratio_s"}),
    "money kept here": (spent, {"cpi_s", "burn_ratio_s"}),
    "size": (lambda s: ReportedFactFactory(programme=s.programme, kind="size", ratio=90.0, **late(-100)), {"log_size"}),
    "survey": (surveyed, {"eng_mean", "eng_min", "eng_low", "eng_age_w", "response_rate_s"}),
    "training": (
        lambda s: TrainingProgressFactory(**s.place, required=40, completed=0, planned_share=1.0, **late(-1)),
        {"train_gap", "train_gap_max"},
    ),
    "signals": (lambda s: SignalTallyFactory(**s.place, count=40, source="canary", **late(-1)), {"resist_4w"}),
    "comments": (
        lambda s: [SurveyCommentFactory(**s.place, wave=s.wave, resists_by_words=True, **late(-2)) for _each in range(30)],
        {"resist_text_4w"},
    ),
    "milestones": (missed, {"ms_missed_12w", "ms_due_4w"}),
    "plan version": (replanned, {"replans", "weeks_to_golive", "near_golive"}),
    "RAID items": (
        lambda s: RaidItemFactory(programme=s.programme, opened_on=on(-3), first_word__at=timezone.now()),
        {"raid_new_4w", "raid_open"},
    ),
    "words on RAID items": (overdue, {"raid_overdue_share", "raid_max_score"}),
    "decisions": (
        lambda s: DecisionFactory(programme=s.programme, requested_on=on(-300), due_on=on(-290)),
        {"decisions_outstanding_days_p80"},
    ),
    "actions": (
        lambda s: ActionFactory(programme=s.programme, agreed_on=on(-60), due_on=on(-50)),
        {"actions_overdue"},
    ),
    "status": (
        lambda s: StatusReportFactory(programme=s.programme, rating="red", **late(-1)),
        {"rag_reported", "status_age_w"},
    ),
}  # fmt: skip


@pytest.fixture
def places(story) -> SimpleNamespace:
    """The story; and of the other programme money that is kept here, and an item nobody worried about."""
    planned(story.other, on(-60))
    MilestoneForecast.objects.create(
        milestone=planned(story.other, on(-30)),
        baseline_on=on(-30),
        forecast_on=on(-30),
        actual_on=on(-30),
        **then(-30),
    )
    story.line = budget(story.other)
    story.their_item = RaidItemFactory(
        programme=story.other, opened_on=on(-40), probability=1, impact=2, first_word__at=at(on(-40))
    )  # fmt: skip
    return story


def moved(before: np.ndarray, after: np.ndarray) -> set[str]:
    """The inputs that are not the same in all rows."""
    same = (before == after) | (np.isnan(before) & np.isnan(after))
    return {
        name
        for name, is_same in zip(features.CRISIS.names, same.all(axis=0), strict=True)
        if not is_same
    }


@pytest.mark.parametrize("canary", CANARIES)
def test_what_is_known_later_never_reaches_an_input(places, canary: str) -> None:
    plant, reached = CANARIES[canary]
    days = [DAY, LATER]
    before = [inputs.read([day], with_units=True) for day in days]
    plant(places)
    after = [inputs.read([day], with_units=True) for day in days]
    assert before[0].places == after[0].places
    assert moved(before[0].raw, after[0].raw) == set()
    assert moved(before[0].unit_raw, after[0].unit_raw) == set()
    assert np.array_equal(before[0].trained, after[0].trained, equal_nan=True)
    assert reached <= moved(before[1].raw, after[1].raw)


def test_every_input_has_its_canary() -> None:
    planted = set().union(*(reached for _plant, reached in CANARIES.values()))
    # Changes of scope are counted from their signatures, which cannot be given another day: `test_scope_changes`.
    assert planted == set(features.CRISIS.names) - {"scope_changes_8w"}
