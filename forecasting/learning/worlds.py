"""Invented organisations, written as history bundles, from which the shipped prior is learned.

Nobody has public data that measure how low engagement and go-lives act together. So the prior is learned from
many worlds that differ in how strongly each cause acts: every effect, on either side, is drawn from the same
distribution, sometimes it is nothing, and what the model learns is what holds across all of them. It is
assumed, not measured, until an organisation's own history takes its place.

A world is seen only through what a programme office could export: weeks are missing, the reported colour comes
late and flatters, surveys are small.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .raid.invented import CHANCE_OF_NO_EFFECT, InventedRaid, raid_effects

Array = npt.NDArray[Any]

FIRST_MONDAY = date(2023, 1, 2)
MOST_UNITS = 4
# Crises of one programme are told apart by this many quiet weeks.
QUIET_WEEKS = 6

# What may drive a crisis, by side: what delivery does, what people meet near a go-live, and what is neither's alone.
# Each is measured in its own standard deviations, and both sides are drawn equally strong in sum.
SIDES = {
    "delivery": ("delivery", "cost"),
    "adoption": (
        "engagement_near_golive",
        "training_near_golive",
        "both_near_golive",
        "resistance_near_golive",
    ),
    "both": ("delivery_with_low_engagement", "size"),
}
CAUSES = tuple(cause for causes in SIDES.values() for cause in causes)
SIDE_SCALE = 1.0

# How far programmes and RAID items of one world lie apart by what no input shows, in standard deviations of log-odds:
# drawn for each world from so much to so much.
PROGRAMME_SPREAD, RAID_SPREAD = (0.1, 0.5), (0.0, 0.6)


@dataclass(frozen=True)
class World:
    """The laws of one invented organisation. Equal seeds give equal worlds and equal histories."""

    seed: int
    programmes: int = 120
    weeks: int = 60
    effects: dict[str, float] = field(default_factory=dict)
    base_risk: float = 0.08
    portfolio_spread: float = 0.3
    programme_spread: float = 0.3
    portfolios: int = 8
    noise: float = 0.035
    missing: float = 0.1
    survey_every: int = 4
    response: float = 0.35
    raid_effects: dict[str, float] = field(default_factory=dict)
    raid_risk: float = 0.025
    raid_spread: float = 0.3
    raid_updates: float = 0.15
    raid_mitigation: float = 0.1
    raid_closing: float = 0.05
    # How much longer than elsewhere what is late stays late.
    lateness: float = 1.0


def draw_world(seed: int, *, programmes: int = 120, weeks: int = 60) -> World:
    """A world with every effect drawn at random, the same way for delivery and for people."""
    rng = np.random.default_rng([seed, 1])
    scale = [SIDE_SCALE / np.sqrt(len(causes)) for causes in SIDES.values() for _ in causes]
    strengths = np.abs(rng.normal(0, scale))
    strengths[rng.random(len(CAUSES)) < CHANCE_OF_NO_EFFECT] = 0.0
    of_raid = np.random.default_rng([seed, 7])
    return World(
        seed=seed,
        programmes=programmes,
        weeks=weeks,
        effects=dict(zip(CAUSES, strengths.tolist(), strict=True)),
        base_risk=float(rng.uniform(0.03, 0.12)),
        portfolio_spread=float(rng.uniform(0.1, 0.8)),
        programme_spread=float(rng.uniform(*PROGRAMME_SPREAD)),
        portfolios=int(rng.integers(3, 10)),
        noise=float(rng.uniform(0.02, 0.06)),
        missing=float(rng.uniform(0.03, 0.2)),
        survey_every=int(rng.choice([3, 4, 4, 6, 8])),
        response=float(rng.uniform(0.2, 0.6)),
        raid_effects=raid_effects(of_raid),
        raid_risk=float(of_raid.uniform(0.008, 0.05)),
        raid_spread=float(of_raid.uniform(*RAID_SPREAD)),
        raid_updates=float(of_raid.uniform(0.07, 0.4)),
        raid_mitigation=float(of_raid.uniform(0.04, 0.2)),
        raid_closing=float(of_raid.uniform(0.02, 0.1)),
        lateness=float(np.random.default_rng([seed, 8]).lognormal(0, 0.7)),
    )


def unseen(spread: tuple[float, float]) -> float:
    """How far cases lie apart over all worlds, as a standard deviation, where each world draws its own from so much to so much."""
    low, high = spread
    return round(((high**3 - low**3) / (3 * (high - low))) ** 0.5, 2)


class History:
    """What happened in a world, week by week; arrays are programmes x weeks, or x units in between."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._rng = np.random.default_rng([world.seed, 2])
        self._people()
        self._delivery()
        self._plan()
        self._adoption()
        self._crises()

    def _people(self) -> None:
        rng, n = self._rng, self.world.programmes
        self.portfolio = rng.integers(0, self.world.portfolios, n)
        self.start = [FIRST_MONDAY + timedelta(weeks=int(week)) for week in rng.integers(0, 90, n)]
        self.size = rng.lognormal(0, 0.35, n)
        units = rng.choice([1, 2, 3, 4], n, p=[0.3, 0.3, 0.25, 0.15])
        self.present = np.arange(MOST_UNITS) < units[:, None]
        heads = np.clip(rng.lognormal(4.2, 0.7, (n, MOST_UNITS)), 12, 800).astype(int)
        self.headcount = np.where(self.present, heads, 0)
        self.share = self.headcount / self.headcount.sum(axis=1, keepdims=True)

    def _delivery(self) -> None:
        rng, n, weeks = self._rng, self.world.programmes, self.world.weeks
        of_portfolio = rng.normal(0, 0.4, self.world.portfolios)[self.portfolio]
        usual = of_portfolio + rng.normal(0, 0.5, n)
        self.stress = _wandering(rng, usual, weeks, persistence=0.92, spread=0.7)
        own = _wandering(rng, rng.normal(0, 0.5, n), weeks, persistence=0.93, spread=0.6)
        self.cost = 0.5 * self.stress + own
        noise = self.world.noise
        self.spi = 1 - 0.07 * self.stress + rng.normal(0, noise, (n, weeks))
        self.cpi = 1 - 0.06 * self.cost + rng.normal(0, noise, (n, weeks))
        self.burn = 1 + 0.05 * self.cost + rng.normal(0, noise, (n, weeks))

    def _plan(self) -> None:
        """Milestones every few weeks, and a go-live that moves more often where delivery is strained."""
        rng, n, weeks = self._rng, self.world.programmes, self.world.weeks
        self.golive_at_start = rng.integers(weeks * 2 // 5, weeks + 4, n)
        self.golive = np.empty((n, weeks), dtype=int)
        planned = self.golive_at_start.copy()
        for week in range(weeks):
            ahead = planned - week
            chance = np.where(
                (ahead > 1) & (ahead <= 20),
                0.008 + 0.03 / (1 + np.exp(1.5 - self.stress[:, week])),
                0,
            )
            planned = planned + (rng.random(n) < chance) * rng.integers(2, 9, n)
            self.golive[:, week] = planned
        gaps = rng.integers(3, 7, (n, weeks // 3))
        self.due = np.cumsum(gaps, axis=1)
        at = np.clip(self.due, 0, weeks - 1)
        strained = np.take_along_axis(self.stress, at, axis=1)
        self.missed = rng.random(self.due.shape) < 1 / (1 + np.exp(1.6 - 1.1 * strained))
        late = np.ceil(self.world.lateness * rng.integers(1, 6, self.due.shape)).astype(int)
        self.late_by = np.where(self.missed, late, 0)

    def _adoption(self) -> None:
        rng, n, weeks = self._rng, self.world.programmes, self.world.weeks
        shape = (n, MOST_UNITS)
        usual = 63 + rng.normal(0, 3, self.world.portfolios)[self.portfolio][:, None]
        usual = usual + rng.normal(0, 6, shape)
        own = _wandering(rng, np.zeros(n * MOST_UNITS), weeks, persistence=0.93, spread=5.5)
        own = own.reshape(n, MOST_UNITS, weeks)
        strain = np.clip(self.stress, 0, None)[:, None, :]
        self.engagement = np.clip(usual[:, :, None] + own - 1.5 * strain, 5, 97)
        lag = rng.uniform(0, 7, shape)[:, :, None]
        reach = np.clip(rng.beta(6, 1.6, shape), 0.3, 1)[:, :, None]
        week = np.arange(weeks)
        ready_by = self.golive_at_start[:, None, None]
        self.planned_share = np.clip((week - (ready_by - 14)) / 12, 0, 1) * np.ones(
            (n, MOST_UNITS, 1)
        )
        self.trained = reach * np.clip((week - lag - (ready_by - 14)) / 12, 0, 1)
        rate = 0.008 * self.headcount[:, :, None] * np.exp((60 - self.engagement) / 11)
        self.flags = rng.poisson(np.clip(rate, 0, 30)) * self.present[:, :, None]

    def _crises(self) -> None:
        """When crises start and end, at the base level at which they come as often as drawn.

        `hazard` is the true chance that one starts in a week in which it can, which nobody in a world knows.
        """
        rng, shape = self._rng, self.stress.shape
        pull = self._pull() + self._spreads()
        chance, lasts = rng.random(shape), rng.integers(2, 7, shape)
        low, high = -15.0, 5.0
        for _halving in range(30):
            base = (low + high) / 2
            self.hazard = 1 / (1 + np.exp(-(base + pull)))
            self.in_crisis, risk = _lived(self.hazard, chance, lasts)
            low, high = (base, high) if risk < self.world.base_risk else (low, base)

    def _pull(self) -> Array:
        """The log-odds of a crisis above the base, programmes x weeks."""
        low = np.einsum("nu,nut->nt", self.share, np.logaddexp(0, (62 - self.engagement) / 8))
        behind = np.clip(self.planned_share - self.trained, 0, 1)
        gap = np.einsum("nu,nut->nt", self.share, behind)
        ahead = self.golive - np.arange(self.world.weeks)
        near = np.where(ahead >= 0, np.clip(1 - ahead / 12, 0, 1), np.clip(1 + ahead / 8, 0, 1))
        heads = self.headcount.sum(axis=1)[:, None]
        month = np.cumsum(self.flags.sum(axis=1), axis=1).astype(float)
        month[:, 4:] = month[:, 4:] - month[:, :-4]
        resisting = np.log1p(100 * month / heads)
        causes = {
            "delivery": self.stress,
            "cost": self.cost,
            "engagement_near_golive": near * low,
            "training_near_golive": near * gap,
            "both_near_golive": near * low * gap,
            "resistance_near_golive": near * resisting,
            "delivery_with_low_engagement": np.clip(self.stress, 0, None) * low,
            "size": np.log(self.size)[:, None] * np.ones_like(self.stress),
        }
        pull = np.zeros_like(self.stress)
        for name, values in causes.items():
            pull += self.world.effects[name] * (values - values.mean()) / values.std()
        return pull

    def _spreads(self) -> Array:
        rng, world = self._rng, self.world
        of_portfolio = rng.normal(0, world.portfolio_spread, world.portfolios)[self.portfolio]
        of_programme = rng.normal(0, world.programme_spread, world.programmes)
        return (of_portfolio + of_programme)[:, None]  # type: ignore[no-any-return]

    # --- what is seen of it -----------------------------------------------------------------------

    def name(self, programme: int) -> str:
        return f"P{programme:04d}"

    def unit(self, programme: int, unit: int) -> str:
        return f"{self.name(programme)}-U{unit + 1}"

    def day(self, programme: int, week: int) -> str:
        return (self.start[programme] + timedelta(weeks=int(week))).isoformat()

    def _units(self) -> Iterator[tuple[int, int]]:
        for programme, unit in zip(*np.nonzero(self.present), strict=True):
            yield int(programme), int(unit)

    def programmes(self) -> Iterator[list[Any]]:
        for i in range(self.world.programmes):
            yield [
                self.name(i),
                f"Portfolio {self.portfolio[i] + 1}",
                self.start[i].isoformat(),
                round(float(self.size[i]), 3),
                self.day(i, self.golive_at_start[i]),
            ]

    def units(self) -> Iterator[list[Any]]:
        for i, u in self._units():
            yield [self.name(i), self.unit(i, u), int(self.headcount[i, u])]

    def snapshots(self) -> Iterator[list[Any]]:
        rng, weeks = np.random.default_rng([self.world.seed, 3]), self.world.weeks
        for i in range(self.world.programmes):
            seen = rng.random(weeks) >= self.world.missing
            colours = self._colours(i, rng)
            for t in range(weeks):
                figures: list[Any] = ["", "", ""]
                if seen[t]:
                    figures = [round(float(x[i, t]), 4) for x in (self.spi, self.cpi, self.burn)]
                golive = self.day(i, self.golive[i, t])
                yield [
                    self.name(i),
                    self.day(i, t),
                    *figures,
                    colours[t],
                    golive,
                    int(self.in_crisis[i, t]),
                ]

    def _colours(self, i: int, rng: np.random.Generator) -> list[str]:
        """What is reported: three weeks late, kinder than the truth, and slow to own up to a crisis."""
        felt = np.concatenate([self.stress[i, :1].repeat(3), self.stress[i, :-3]])
        felt = felt - 0.5 + rng.normal(0, 0.2, len(felt))
        owned = self.in_crisis[i] & (rng.random(len(felt)) < 0.5)
        red, amber = (felt > 1.3) | owned, felt > 0.6
        return ["red" if r else "amber" if a else "green" for r, a in zip(red, amber, strict=True)]

    def surveys(self) -> Iterator[list[Any]]:
        rng, world = np.random.default_rng([self.world.seed, 4]), self.world
        for i, u in self._units():
            first = int(rng.integers(0, world.survey_every))
            for t in range(first, world.weeks, world.survey_every):
                answers = int(rng.binomial(self.headcount[i, u], world.response))
                if answers < 5 or rng.random() < world.missing:
                    continue
                score = self.engagement[i, u, t] + rng.normal(0, 24 / np.sqrt(answers))
                yield [
                    self.name(i),
                    self.unit(i, u),
                    self.day(i, t),
                    round(float(np.clip(score, 0, 100)), 2),
                    answers,
                ]

    def training(self) -> Iterator[list[Any]]:
        rng = np.random.default_rng([self.world.seed, 5])
        for i, u in self._units():
            enrolled = int(self.headcount[i, u])
            for t in range(self.world.weeks):
                if rng.random() < self.world.missing:
                    continue
                completed = int(self.trained[i, u, t] * enrolled)
                planned = round(float(self.planned_share[i, u, t]), 3)
                yield [self.name(i), self.unit(i, u), self.day(i, t), completed, enrolled, planned]

    def flag_rows(self) -> Iterator[list[Any]]:
        for i, u in self._units():
            for t in np.flatnonzero(self.flags[i, u]):
                yield [self.name(i), self.unit(i, u), self.day(i, int(t)), int(self.flags[i, u, t])]

    def milestones(self) -> Iterator[list[Any]]:
        for i in range(self.world.programmes):
            for due, missed, late in zip(self.due[i], self.missed[i], self.late_by[i], strict=True):
                actual = due + late
                if due < self.world.weeks:
                    achieved = self.day(i, actual) if actual < self.world.weeks else ""
                    yield [self.name(i), self.day(i, due), int(missed), achieved]

    def raid(self) -> tuple[list[list[Any]], list[list[Any]]]:
        """The items and their updates; strained programmes open more."""
        rng, weeks = np.random.default_rng([self.world.seed, 6]), self.world.weeks
        opened = rng.poisson(0.25 + 0.2 * np.clip(self.stress, 0, None))
        programme, begun = (np.repeat(at, opened[opened > 0]) for at in np.nonzero(opened))
        return InventedRaid(self, rng, programme, begun).rows(weeks)

    def write(self, folder: Path) -> None:
        """The files of a history bundle, as its format says."""
        folder.mkdir(parents=True, exist_ok=True)
        items, updates = self.raid()
        tables: dict[str, tuple[str, Iterable[list[Any]]]] = {
            "programmes": (
                "programme,portfolio,start_date,size,planned_golive_at_start",
                self.programmes(),
            ),
            "units": ("programme,unit,headcount", self.units()),
            "snapshots": (
                "programme,date,spi,cpi,burn_ratio,rag,golive_date,in_crisis",
                self.snapshots(),
            ),
            "surveys": ("programme,unit,date,score,n", self.surveys()),
            "training": ("programme,unit,date,completed,enrolled,planned_share", self.training()),
            "flags": ("programme,unit,date,flags", self.flag_rows()),
            "milestones": ("programme,planned_date,missed,actual_date", self.milestones()),
            "raid": (
                "item,programme,opened_date,type,category,probability,impact,escalated_date,closed_date",
                items,
            ),
            "raid_updates": ("item,date,mitigation_in_place", updates),
        }
        for name, (header, rows) in tables.items():
            with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
                writer = csv.writer(file)
                writer.writerow(header.split(","))
                writer.writerows(rows)


def _wandering(
    rng: np.random.Generator, usual: Array, weeks: int, *, persistence: float, spread: float
) -> Array:
    """Series that return to their usual level, one for each, with a given standard deviation around it."""
    step = spread * np.sqrt(1 - persistence**2)
    series = np.empty((len(usual), weeks))
    now = rng.normal(0, spread, len(usual))
    for week in range(weeks):
        series[:, week] = usual + now
        now = persistence * now + rng.normal(0, step, len(usual))
    return series


def _lived(hazard: Array, chance: Array, lasts: Array) -> tuple[Array, float]:
    """Weeks in crisis, and the share of the weeks at risk that a start follows within four weeks."""
    in_crisis = np.zeros(hazard.shape, dtype=bool)
    ends = np.zeros(len(hazard), dtype=int)
    starts = at_risk = 0
    for week in range(hazard.shape[1]):
        free = (week >= ends + QUIET_WEEKS) | (ends == 0)
        begins = free & (chance[:, week] < hazard[:, week])
        ends = np.where(begins, week + lasts[:, week], ends)
        in_crisis[:, week] = week < ends
        starts, at_risk = starts + int(begins.sum()), at_risk + int(free.sum())
    return in_crisis, 4 * starts / max(at_risk, 1)
