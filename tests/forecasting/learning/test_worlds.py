from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from forecasting.learning import worlds


@pytest.fixture(scope="module")
def history() -> worlds.History:
    return worlds.History(worlds.draw_world(11, programmes=40, weeks=40))


def test_equal_seeds_give_equal_bundles(tmp_path: Path) -> None:
    for name in ("one", "two"):
        worlds.History(worlds.draw_world(5, programmes=8, weeks=20)).write(tmp_path / name)
    for file in sorted((tmp_path / "one").iterdir()):
        assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes()


def test_other_seeds_give_other_laws() -> None:
    assert worlds.draw_world(1).effects != worlds.draw_world(2).effects


def test_delivery_and_people_draw_their_effects_alike() -> None:
    drawn = [worlds.draw_world(seed).effects for seed in range(400)]
    sums = {
        side: np.mean([sum(each[cause] ** 2 for cause in causes) for each in drawn])
        for side, causes in worlds.SIDES.items()
    }
    assert max(sums.values()) / min(sums.values()) < 1.25
    assert any(not each["engagement_near_golive"] for each in drawn)


def test_crises_come_about_as_often_as_drawn() -> None:
    world = worlds.draw_world(21, programmes=400)
    crisis = worlds.History(world).in_crisis
    starts = crisis[:, 1:] & ~crisis[:, :-1]
    # Of all weeks, those in and after a crisis are not at risk: a little rarer than drawn.
    assert 0.6 * world.base_risk < 4 * starts.mean() < 1.05 * world.base_risk


def test_a_strong_effect_shows_in_when_crises_start() -> None:
    quiet = dict.fromkeys(worlds.CAUSES, 0.0)
    world = worlds.World(
        seed=4, programmes=400, effects={**quiet, "engagement_near_golive": 1.5}, base_risk=0.1
    )
    history = worlds.History(world)
    starts = history.in_crisis[:, 1:] & ~history.in_crisis[:, :-1]
    ahead = history.golive[:, 1:] - np.arange(1, world.weeks)
    near = np.abs(ahead) <= 4
    assert starts[near].mean() > 2 * starts[~near].mean()


def test_a_bundle_has_the_columns_of_its_format(tmp_path: Path, history: worlds.History) -> None:
    history.write(tmp_path)
    with (tmp_path / "snapshots.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 40 * 40
    assert set(rows[0]) == {
        "programme", "date", "spi", "cpi", "burn_ratio", "rag", "golive_date", "in_crisis",
    }  # fmt: skip
    assert {row["rag"] for row in rows} <= {"green", "amber", "red"}
    assert any(row["spi"] == "" for row in rows)
    with (tmp_path / "surveys.csv").open(encoding="utf-8") as file:
        assert all(int(row["n"]) >= 5 for row in csv.DictReader(file))
