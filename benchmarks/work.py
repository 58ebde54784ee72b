"""What the nightly work takes for each programme: it may grow with the portfolio, but not faster than it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from forecasting import inputs
from forecasting.choices import Stage, Target
from forecasting.crises import scoring
from forecasting.in_force import challenging
from forecasting.learning import prior
from forecasting.models import Lesson, RiskScore, RiskSnapshot
from pmo_portal.common import clock
from pmo_portal.tenants.context import tenant_context
from pmo_portal.tenants.models import Tenant

from .counting import Counted

RUNS = 3


@dataclass
class Work:
    """A piece of work over all programmes of a tenant."""

    name: str
    seconds: float
    programmes: int
    statements: int

    @property
    def milliseconds_each(self) -> float:
        return 1000 * self.seconds / self.programmes


def measure(tenant: Tenant, size: int) -> list[Work]:
    """Inputs of one day, of the weeks of the trend, and all scores with what they are written to."""
    today = clock.today()
    weeks = [today - timedelta(weeks=back) for back in range(12)]
    with tenant_context(tenant.id):
        return [
            _work("inputs of one day", size, lambda: inputs.read([today])),
            _work("with those of units", size, lambda: inputs.read([today], with_units=True)),
            _work("inputs of twelve weeks", size, lambda: inputs.read(weeks)),
            _work("all scores, first night", size, _score, before=_forget),
            _work("all scores, later nights", size, _score, before=_forget_scores),
        ]


def leave_a_challenger(tenant: Tenant) -> None:
    """The shipped prior on a level of its own, as a lesson would leave it."""
    today = clock.today()
    with tenant_context(tenant.id):
        assumed = prior.load(Target.CRISIS_4W)
        left = replace(assumed, intercept=assumed.intercept + 0.5)
        lesson = Lesson(
            target=Target.CRISIS_4W, as_of=today, rows=1, events=1, stage=Stage.PRIOR, computed_at=clock.now()
        )  # fmt: skip
        made = challenging.Challenger(left, Stage.RECALIBRATED)
        challenging.keep_challenger(made, lesson, start=assumed.digest)


def _score() -> None:
    today, now = clock.today(), clock.now()
    scoring.keep_scores(scoring.compute_scores(as_of=today, at=now))


def _forget() -> None:
    _forget_scores()
    RiskSnapshot.objects.all().delete()


def _forget_scores() -> None:
    RiskScore.objects.all().delete()


def _work(
    name: str, size: int, do: Callable[[], Any], *, before: Callable[[], Any] = lambda: None
) -> Work:
    """The middle one of some runs, and the statements of the last."""
    times, statements = [], 0
    for _run in range(RUNS):
        before()
        with Counted() as counted:
            started = time.perf_counter()
            do()
            times.append(time.perf_counter() - started)
        statements = counted.statements
    return Work(name, statistics.median(times), size, statements)
