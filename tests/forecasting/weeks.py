"""An organisation whose weeks go by: scored, watched and learned from each Monday by the services of the jobs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import numpy as np

from forecasting import lessons, watching
from forecasting.choices import EventKind, Target
from forecasting.crises import scoring
from forecasting.in_force import registry
from forecasting.learning import prior
from forecasting.learning.features import CRISIS
from forecasting.learning.linear import sigmoid
from forecasting.learning.walk import Walked
from forecasting.models import ModelEvent, ReportedEvent, RiskScore, RiskSnapshot
from pmo_portal.tenants.context import current_tenant_id
from tests.factories.programmes import ProgrammeFactory

TARGET = Target.CRISIS_4W
FIRST = date(2025, 1, 6)
# Programmes are worse off than usual, so that some dozens of them have as many crises as hundreds.
RISKIER = 1.5
# Portfolios differ by this from the prior, in log-odds: own models are better than it.
APART = 0.8


def no_walk(history, assumed, **_values) -> Walked:
    """Nothing is told of the past: the backtest of a lesson is a report and changes no model."""
    unknown = np.full(len(history.rows), np.nan)
    return Walked(unknown, unknown, unknown, unknown, np.full(len(unknown), -1))


class Weeks:
    """Programmes of two portfolios whose crises come as the shipped prior has it, more in one and fewer in the other;
    times `rate`."""

    def __init__(self, programmes: int, *, seed: int = 1) -> None:
        self.rng = np.random.default_rng(seed)
        made = [ProgrammeFactory(portfolio="NS"[at % 2]) for at in range(programmes)]
        self.programmes = [each.pk for each in made]
        self.portfolio = {each.pk: each.portfolio for each in made}
        self.model = prior.load(TARGET)
        self.own = self.rng.normal(0, RISKIER, size=programmes)
        self.day = FIRST
        self.quiet_until = np.full(programmes, 0)
        # Day, what was told to be expected within the week, what truly was, and what came.
        self.diary: list[tuple[date, float, float, int]] = []

    def go(self, weeks: int, *, rate: float = 1.0, learns: bool = True) -> Iterator[date]:
        """Let weeks go by: in the night of each Monday watching and learning, then scores, then what happens."""
        for _week in range(weeks):
            watching.keep_findings(watching.look(self.day), on=self.day)
            if learns and self.day > FIRST:
                self.learn()
            self._score(rate)
            yield self.day
            self.day += timedelta(weeks=1)

    def run(self, weeks: int, **values) -> None:
        for _day in self.go(weeks, **values):
            pass

    def learn(self) -> None:
        gathered = lessons.gather(TARGET, self.day)
        lessons.keep_lesson(lessons.learn_from(gathered, at=self._at))

    @property
    def _at(self) -> datetime:
        return datetime.combine(self.day, datetime.min.time(), tzinfo=UTC) + timedelta(hours=3)

    def _score(self, rate: float) -> None:
        raw = self._inputs()
        RiskSnapshot.objects.bulk_create(
            RiskSnapshot(
                tenant_id=current_tenant_id(),
                programme_id=programme,
                as_of=self.day,
                feature_set=CRISIS.version,
                raw=raw[at].tolist(),
                trained=[0.5, 0.5],
                taken_at=self._at,
            )
            for at, programme in enumerate(self.programmes)
        )
        used = registry.in_force(TARGET)
        keys = [(programme, None) for programme in self.programmes]
        scores = scoring.scores_of(used, keys, raw, {}, self.portfolio, as_of=self.day, at=self._at)
        for score in scores:
            score.tenant_id, score.is_current = current_tenant_id(), False
        RiskScore.objects.bulk_create(scores)
        asked = self.quiet_until <= self.day.toordinal()
        apart = np.where(np.arange(len(raw)) % 2, APART, -APART)
        truth = 1 - (1 - sigmoid(self.model.log_odds(raw) + apart)) ** 0.25
        truth = np.clip(rate * truth, 0, 0.9)
        told = 1 - (1 - np.array([score.probability for score in scores])) ** 0.25
        came = asked & (self.rng.random(len(raw)) < truth)
        self.diary.append(
            (self.day, float(told[asked].sum()), float(truth[asked].sum()), int(came.sum()))
        )
        self._happen(np.flatnonzero(came))

    def _inputs(self):
        """What is usual, with each programme's own schedule and engagement going up and down."""
        raw = np.tile(self.model.reference, (len(self.programmes), 1))
        noise = self.rng.normal(size=(2, len(self.programmes)))
        at = CRISIS.names.index
        raw[:, at("spi_s")] = 0.84 - 0.1 * self.own - 0.04 * noise[0]
        raw[:, at("raid_overdue_share")] = np.clip(0.3 + 0.15 * self.own + 0.1 * noise[1], 0, 1)
        raw[:, at("ms_missed_12w")] = np.clip(0.45 + 0.2 * self.own, 0, 1)
        return raw

    def _happen(self, hit) -> None:
        rows = []
        for index in hit:
            on = self.day + timedelta(days=int(self.rng.integers(1, 7)))
            self.quiet_until[index] = on.toordinal() + 42
            for kind in (EventKind.CRISIS_BEGAN, EventKind.CRISIS_ENDED):
                rows.append(
                    ReportedEvent(
                        tenant_id=current_tenant_id(),
                        programme_id=self.programmes[index],
                        kind=kind,
                        source="history bundle",
                        effective_on=on,
                        known_at=datetime.combine(on, datetime.min.time(), tzinfo=UTC),
                    )
                )
        ReportedEvent.objects.bulk_create(rows)

    # --- what came of it ------------------------------------------------------------------------

    def kinds(self, *, since: date = FIRST) -> list[str]:
        return list(
            ModelEvent.objects.filter(target=TARGET, happened_on__gte=since)
            .order_by("happened_on", "pk")
            .values_list("kind", flat=True)
        )

    def off(self, since: date) -> float:
        """By how much what was to come from a day on differs from what was told; without what chance did."""
        told, truth = (sum(row[at] for row in self.diary if row[0] >= since) for at in (1, 2))
        return truth / told - 1
