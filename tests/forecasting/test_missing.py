"""What is left of the scores when much of what they look at is missing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from forecasting.bundle.reading import files_in, parse
from forecasting.learning import worlds
from forecasting.learning.judging.metrics import quality
from forecasting.replay import telling as replay
from pmo_portal.tenants.context import tenant_context
from pmo_portal.tenants.models import Tenant

from .test_bundle import rewritten, take_in

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An organisation in which schedule and people bring crises about alike."""
    effects = dict.fromkeys(worlds.CAUSES, 0.7)
    world = worlds.World(seed=3, programmes=120, weeks=44, effects=effects, base_risk=0.1)
    found = tmp_path_factory.mktemp("world")
    worlds.History(world).write(found)
    return found


def skill(tenant: Tenant, folder: Path) -> float:
    """The Brier skill of all weeks, told week by week from what was known before each."""
    take_in(folder, tenant.slug)
    (bundle,) = parse(files_in(folder)).rows
    with tenant_context(tenant.id):
        found = replay.replay(bundle)
    history = found.past.history
    known = history.is_known & (found.walked.turn >= 0)
    return quality(history.rows.label[known], found.walked.probability[known]).skill


def three_weeks_of_ten_and_every_survey_gone(name: str, rows: list[dict[str, str]]) -> None:
    if name == "surveys.csv":
        rows.clear()
    elif name == "snapshots.csv":
        kept = np.random.default_rng(0).random(len(rows)) >= 0.3
        rows[:] = [row for row, is_kept in zip(rows, kept, strict=True) if is_kept]


def test_skill_falls_gracefully(acme, borealis, folder, tmp_path) -> None:
    poor = rewritten(folder, tmp_path / "poor", three_weeks_of_ten_and_every_survey_gone)
    whole = skill(acme, folder)
    left = skill(borealis, poor)
    assert 0.6 * whole < left < whole
