"""Replays of a bundle: what is told of a day was known before it, row for row."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from adoption.models import SurveyResult
from forecasting.bundle.reading import Bundle, files_in, parse
from forecasting.in_force import shipped
from forecasting.learning import worlds
from forecasting.raid import history as raid_history
from forecasting.replay import report as replay_report, telling as replay
from pmo_portal.tenants.context import tenant_context
from pmo_portal.tenants.models import Tenant

from .test_bundle import rewritten, take_in

pytestmark = pytest.mark.django_db

WEEKS = 36
Told = dict[tuple[str, ...], tuple[str, ...]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("replayed")
    worlds.History(worlds.draw_world(8, programmes=12, weeks=WEEKS)).write(found)
    return found


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def bundle_in(folder: Path) -> Bundle:
    (bundle,) = parse(files_in(folder)).rows
    return bundle


def replayed(folder: Path, out: Path, tenant: Tenant, *, since: date | None = None) -> Path:
    take_in(folder, tenant.slug)
    with tenant_context(tenant.id):
        out.mkdir()
        replay.write(replay.replay(bundle_in(folder)), out, since=since)
    return out


def test_every_week_of_the_bundle_is_told(acme, folder, tmp_path) -> None:
    out = replayed(folder, tmp_path / "out", acme)
    told = rows_of(out / "scores.csv")
    assert {(row["programme"], row["date"]) for row in told} == {
        (row["programme"], row["date"]) for row in rows_of(folder / "snapshots.csv")
    }
    for row in told:
        assert 0 < float(row["low"]) <= float(row["probability"]) <= float(row["high"]) < 1
        assert row["stage"] == "prior"
        assert row["model"]


def test_what_the_shipped_prior_says_alone_is_written_beside_it(acme, folder, tmp_path) -> None:
    """An organisation of twelve programmes never learned enough: both say the same until its own level is known, and the same order then."""
    out = replayed(folder, tmp_path / "out", acme)
    alone = rows_of(out / "prior_scores.csv")
    told = rows_of(out / "scores.csv")
    assert [(row["programme"], row["date"]) for row in alone] == [
        (row["programme"], row["date"]) for row in told
    ]
    same = [row["model"] == shipped.digest("crisis_4w")[:12] for row in told]
    assert 0 < sum(same) < len(same)
    moved = {True: set(), False: set()}
    for by_prior, by_all, is_prior in zip(alone, told, same, strict=True):
        moved[is_prior].add(float(by_all["probability"]) - float(by_prior["probability"]))
    assert moved[True] == {0.0}
    assert len(moved[False]) > 1
    for day in {row["date"] for row in told}:
        here = [
            (float(by_prior["probability"]), float(by_all["probability"]))
            for by_prior, by_all in zip(alone, told, strict=True)
            if by_all["date"] == day
        ]
        assert sorted(here) == sorted(here, key=lambda each: each[1])


def test_what_a_later_golive_would_do_is_told_of_the_weeks_before_one(
    acme, folder, tmp_path
) -> None:
    out = replayed(folder, tmp_path / "out", acme)
    told = rows_of(out / "whatif.csv")
    assert {row["delay_weeks"] for row in told} == {str(weeks) for weeks in range(9)}
    assert {row["change"] for row in told if row["delay_weeks"] == "0"} == {"0.0"}
    dates = {(row["programme"], row["date"]): row["golive_date"] for row in rows_of(folder / "snapshots.csv")}  # fmt: skip
    for row in told:
        golive = date.fromisoformat(dates[row["programme"], row["date"]])
        assert golive > date.fromisoformat(row["date"])


def test_every_item_is_told_from_the_day_it_was_opened(acme, folder, tmp_path, monkeypatch) -> None:
    # Lessons of a large organisation look at some items; a replay tells each of them.
    monkeypatch.setattr(raid_history, "MOST_TO_LEARN", 10)
    out = replayed(folder, tmp_path / "out", acme)
    opened = {row["item"]: row["opened_date"] for row in rows_of(folder / "raid.csv")}
    told = rows_of(out / "raid_scores.csv")
    assert {row["item"] for row in told} == set(opened)
    for row in told:
        assert row["date"] >= opened[row["item"]]
        assert 0 < float(row["probability"]) < 1


def test_the_report_says_what_was_measured(acme, folder, tmp_path) -> None:
    out = replayed(folder, tmp_path / "out", acme)
    text = (out / "report.md").read_text(encoding="utf-8")
    assert text.startswith("# Replay")
    assert "12 programmes" in text


@pytest.mark.parametrize(
    ("skill", "is_warned"),
    [
        ((0.064, 0.039, 0.088), False),
        ((0.02, -0.01, 0.05), True),
        ((-0.08, -0.12, -0.05), True),
        ((0.02, None, None), True),
        ((None, None, None), False),
    ],
)
def test_the_report_warns_of_scores_without_skill(skill, is_warned) -> None:
    parts = [
        {"part": "late", "by": {"model": {"skill": (-1.0, -1.0, -1.0)}}},
        {"part": "all", "by": {"model": {"skill": skill}}},
    ]
    assert ("No skill is shown" in "".join(replay_report.warned(parts))) == is_warned


def test_the_report_warns_where_crises_come_by_lot(acme, folder, tmp_path) -> None:
    def by_lot(name: str, rows: list[dict[str, str]]) -> None:
        if name == "snapshots.csv":
            happened = np.random.default_rng(1).random(len(rows)) < 0.06
            for row, came in zip(rows, happened, strict=True):
                row["in_crisis"] = str(int(came))

    odd = rewritten(folder, tmp_path / "odd", by_lot)
    text = (replayed(odd, tmp_path / "out", acme) / "report.md").read_text(encoding="utf-8")
    assert "**No skill is shown" in text[: text.index("# RAID items")]


def test_scores_from_a_day_are_those_of_the_whole_replay(acme, borealis, folder, tmp_path) -> None:
    # Amid the four weeks from one lesson about items to the next.
    since = date(2023, 10, 2)
    outs = [
        replayed(folder, tmp_path / "whole", acme),
        replayed(folder, tmp_path / "part", borealis, since=since),
    ]
    for name in ("scores.csv", "prior_scores.csv", "raid_scores.csv", "whatif.csv"):
        whole, part = (rows_of(out / name) for out in outs)
        assert part == [row for row in whole if row["date"] >= since.isoformat()], name
        assert part


def spoilt(day: date) -> Callable[[str, list[dict[str, str]]], None]:
    """Leaks: everything after a day is turned upside down, and so is what only time can tell by then."""
    after = (day + timedelta(days=1)).isoformat()

    def change(name: str, rows: list[dict[str, str]]) -> None:
        for row in rows:
            if name == "snapshots.csv" and row["date"] >= after:
                row["in_crisis"] = "1" if row["in_crisis"] == "0" else "0"
                row["spi"] = row["cpi"] = "0.5"
                row["rag"] = "red"
            if name in ("surveys.csv", "training.csv", "flags.csv") and row["date"] >= after:
                for column in {"score", "completed", "flags"} & set(row):
                    row[column] = "1"
            if name == "milestones.csv" and max(row["planned_date"], row["actual_date"]) >= after:
                row["missed"] = "1" if row["missed"] == "0" else "0"
            if name == "raid.csv":
                for column in ("escalated_date", "closed_date"):
                    if row[column] >= after:
                        row[column] = ""

    return change


@pytest.mark.parametrize(
    "file", ["scores.csv", "prior_scores.csv", "raid_scores.csv", "whatif.csv"]
)
def test_a_planted_leak_is_refused(acme, borealis, folder, tmp_path, file) -> None:
    """What happens after a day cannot be seen in what was told up to it, in any digit."""
    day = date(2024, 1, 8)
    planted = rewritten(folder, tmp_path / "planted", spoilt(day))
    honest = rows_of(replayed(folder, tmp_path / "one", acme) / file)
    other = rows_of(replayed(planted, tmp_path / "two", borealis) / file)
    until = day.isoformat()
    before = [row for row in honest if row["date"] <= until]
    assert before == [row for row in other if row["date"] <= until]
    assert before
    assert honest != other


def answers(count: str) -> Callable[[str, list[dict[str, str]]], None]:
    def change(name: str, rows: list[dict[str, str]]) -> None:
        if name == "surveys.csv":
            for row in rows:
                row["n"] = count

    return change


def test_cells_too_small_to_be_shown_are_measured_and_never_told(acme, folder, tmp_path) -> None:
    """With six answers everywhere and a limit of seven, what is told is what would be told without surveys."""
    small = rewritten(folder, tmp_path / "small", answers("6"))
    take_in(small, acme.slug)
    bundle = bundle_in(small)
    with tenant_context(acme.id):
        found = replay.with_other_surveys(replay.replay(bundle), bundle)
        assert not SurveyResult.objects.filter(n__isnull=False).exists()
    told = found.walked.probability
    assert np.array_equal(told, found.other_surveys["none"].probability, equal_nan=True)
    assert not np.allclose(told, found.other_surveys["every"].probability, equal_nan=True)


def test_where_every_cell_may_be_shown_anonymity_costs_nothing(acme, folder, tmp_path) -> None:
    large = rewritten(folder, tmp_path / "large", answers("40"))
    take_in(large, acme.slug)
    bundle = bundle_in(large)
    with tenant_context(acme.id):
        found = replay.with_other_surveys(replay.replay(bundle), bundle)
    every = found.other_surveys["every"].probability
    assert np.allclose(found.walked.probability, every, equal_nan=True)
    assert not np.allclose(every, found.other_surveys["none"].probability, equal_nan=True)
