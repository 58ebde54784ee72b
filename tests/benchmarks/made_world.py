"""A small made-up world with its truth, and replays of it."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import numpy as np

PROGRAMMES, WEEKS = 60, 40
START = date(2024, 1, 1)


def written(folder: Path, name: str, columns: list[str], rows: list[tuple]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / name).open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)


def made_world(folder: Path, *, crises: bool = True) -> Path:
    """Programmes whose schedule and engagement say how likely a crisis is."""
    rng = np.random.default_rng(11)
    weeks = [str(START + timedelta(weeks=week)) for week in range(WEEKS)]
    snapshots, surveys, units, risk, raid, hazard, whatif = [], [], [], [], [], [], []
    for number in range(PROGRAMMES):
        code, low = f"P{number:03}", number % 3 == 0
        spi = 1.05 if low else rng.choice([0.8, 1.0])
        golive = str(START + timedelta(weeks=int(rng.integers(15, 45))))
        units.append((code, f"{code}-U1", 20 if number % 5 == 0 else 200))
        for week, day in enumerate(weeks):
            ahead = (date.fromisoformat(golive) - date.fromisoformat(day)).days / 7
            chance = 0.03 + 0.25 * (spi < 0.9) + 0.4 * (low and 0 <= ahead <= 6)
            chance = float(np.clip(chance + rng.normal(0, 0.01), 0.005, 0.9))
            snapshots.append((code, day, spi, 1.0, 1.0, "green", golive, 0))
            if week % 8 == 0:
                surveys.append((code, f"{code}-U1", day, 40 if low else 65, 30))
            risk.append((code, day, chance, int(crises and rng.random() < chance), int(week < WEEKS - 4), 0))  # fmt: skip
        for day in weeks[::12]:
            true = 0.2 if number % 2 else -0.1
            whatif += [(code, day, 0, 0.3, 0.0), (code, day, 2, 0.3 + true, true)]
        item, rate = f"X{number}", 0.02 + 0.3 * (number % 4 == 0)
        end = next((at for at in range(WEEKS) if crises and rng.random() < rate / 4), None)
        raid.append((item, code, weeks[0], "risk", "cost", 3, 3, "" if end is None else weeks[end], ""))  # fmt: skip
        hazard += [(item, day, rate / 4) for day in weeks[: WEEKS if end is None else end]]
    written(folder, "snapshots.csv", ["programme", "date", "spi", "cpi", "burn_ratio", "rag", "golive_date", "in_crisis"], snapshots)  # fmt: skip
    written(folder, "units.csv", ["programme", "unit", "headcount"], units)
    written(folder, "surveys.csv", ["programme", "unit", "date", "score", "n"], surveys)
    written(folder, "raid.csv", ["item", "programme", "opened_date", "type", "category", "probability", "impact", "escalated_date", "closed_date"], raid)  # fmt: skip
    truth = folder / "truth"
    written(truth, "risk.csv", ["programme", "date", "p4_bayes", "label4", "usable", "onset"], risk)
    written(truth, "raid.csv", ["item", "date", "weekly_escalation_p"], hazard)
    written(truth, "whatif.csv", ["programme", "date", "delay_weeks", "probability_16w", "change"], whatif)  # fmt: skip
    return folder


def replay_of(world: Path, folder: Path, *, told=lambda chance: chance, change=lambda true: true) -> Path:  # fmt: skip
    """A replay that tells the truth, or what `told` and `change` make of it."""

    def read(name: str) -> list[dict[str, str]]:
        with (world / "truth" / name).open(newline="") as file:
            return list(csv.DictReader(file))

    chances = [(row["programme"], row["date"], told(float(row["p4_bayes"]))) for row in read("risk.csv")]  # fmt: skip
    scores = [(*key, chance, 0.9 * chance, 1.1 * chance, "own", "m") for *key, chance in chances]
    written(folder, "scores.csv", ["programme", "date", "probability", "low", "high", "stage", "model"], scores)  # fmt: skip
    written(folder, "prior_scores.csv", ["programme", "date", "probability"], [row[:3] for row in scores])  # fmt: skip
    raid = [(row["item"], row["date"], told(float(row["weekly_escalation_p"]))) for row in read("raid.csv")]  # fmt: skip
    written(folder, "raid_scores.csv", ["item", "date", "probability"], raid)
    effects = [(row["programme"], row["date"], row["delay_weeks"], row["probability_16w"], change(float(row["change"]))) for row in read("whatif.csv")]  # fmt: skip
    written(folder, "whatif.csv", ["programme", "date", "delay_weeks", "probability_16w", "change"], effects)  # fmt: skip
    return folder
