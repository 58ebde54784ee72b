"""Replays of a bundle: what is told of a day was known before it, row for row."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from adoption.models import SurveyResult
from forecasting.bundle.reading import Bundle, files_in, parse
from forecasting.in_force import shipped
from forecasting.learning import worlds
from forecasting.raid import history as raid_history
from forecasting.replay import report as replay_report, telling as replay
from pmo_portal.tenants.context import tenant_context
from pmo_portal.tenants.services import create_tenant

from .test_bundle import rewritten, take_in

pytestmark = pytest.mark.django_db

WEEKS = 36


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


@contextmanager
def replayed(folder: Path) -> Iterator[replay.Replayed]:
    """The replay of a bundle in an organisation of its own, which is gone afterwards."""
    with transaction.atomic():
        tenant = create_tenant(slug="replayed", name="Replayed")
        take_in(folder, tenant.slug)
        with tenant_context(tenant.id):
            yield replay.replay(bundle_in(folder))
        transaction.set_rollback(True)


def written(found: replay.Replayed, out: Path, *, since: date | None = None) -> Path:
    out.mkdir()
    replay.write(found, out, since=since)
    return out


# The first lies amid the four weeks from one lesson about items to the next.
SINCE, LEAK = date(2023, 10, 2), date(2024, 1, 8)


@dataclass(frozen=True)
class Told:
    """What is told of a bundle, of its later weeks alone, and of the same bundle with leaks planted in it."""

    whole: Path
    later: Path
    planted: Path


@pytest.fixture(scope="module")
def told(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Told:
    home = tmp_path_factory.mktemp("told")
    planted = rewritten(folder, home / "bundle", spoilt(LEAK))
    with django_db_blocker.unblock():
        with replayed(folder) as found:
            whole = written(found, home / "whole")
            later = written(found, home / "later", since=SINCE)
        with replayed(planted) as found:
            return Told(whole, later, written(found, home / "planted"))


def test_every_week_of_the_bundle_is_told(told, folder) -> None:
    scores = rows_of(told.whole / "scores.csv")
    assert {(row["programme"], row["date"]) for row in scores} == {
        (row["programme"], row["date"]) for row in rows_of(folder / "snapshots.csv")
    }
    for row in scores:
        assert 0 < float(row["low"]) <= float(row["probability"]) <= float(row["high"]) < 1
        assert row["stage"] == "prior"
        assert row["model"]


def test_what_the_shipped_prior_says_alone_is_written_beside_it(told) -> None:
    """An organisation of twelve programmes never learned enough: both say the same until its own level is known, and the same order then."""
    alone = rows_of(told.whole / "prior_scores.csv")
    scores = rows_of(told.whole / "scores.csv")
    assert [(row["programme"], row["date"]) for row in alone] == [
        (row["programme"], row["date"]) for row in scores
    ]
    same = [row["model"] == shipped.digest("crisis_4w")[:12] for row in scores]
    assert 0 < sum(same) < len(same)
    moved = {True: set(), False: set()}
    for by_prior, by_all, is_prior in zip(alone, scores, same, strict=True):
        moved[is_prior].add(float(by_all["probability"]) - float(by_prior["probability"]))
    assert moved[True] == {0.0}
    assert len(moved[False]) > 1
    for day in {row["date"] for row in scores}:
        here = [
            (float(by_prior["probability"]), float(by_all["probability"]))
            for by_prior, by_all in zip(alone, scores, strict=True)
            if by_all["date"] == day
        ]
        assert sorted(here) == sorted(here, key=lambda each: each[1])


def test_what_a_later_golive_would_do_is_told_of_the_weeks_before_one(told, folder) -> None:
    rows = rows_of(told.whole / "whatif.csv")
    assert {row["delay_weeks"] for row in rows} == {str(weeks) for weeks in range(9)}
    assert {row["change"] for row in rows if row["delay_weeks"] == "0"} == {"0.0"}
    dates = {(row["programme"], row["date"]): row["golive_date"] for row in rows_of(folder / "snapshots.csv")}  # fmt: skip
    for row in rows:
        golive = date.fromisoformat(dates[row["programme"], row["date"]])
        assert golive > date.fromisoformat(row["date"])


def test_every_item_is_told_from_the_day_it_was_opened(folder, tmp_path, monkeypatch) -> None:
    # Lessons of a large organisation look at some items; a replay tells each of them.
    monkeypatch.setattr(raid_history, "MOST_TO_LEARN", 10)
    with replayed(folder) as found:
        out = written(found, tmp_path / "out")
    opened = {row["item"]: row["opened_date"] for row in rows_of(folder / "raid.csv")}
    told = rows_of(out / "raid_scores.csv")
    assert {row["item"] for row in told} == set(opened)
    for row in told:
        assert row["date"] >= opened[row["item"]]
        assert 0 < float(row["probability"]) < 1


def test_the_report_says_what_was_measured(told) -> None:
    text = (told.whole / "report.md").read_text(encoding="utf-8")
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


def test_the_report_warns_where_crises_come_by_lot(folder, tmp_path) -> None:
    def by_lot(name: str, rows: list[dict[str, str]]) -> None:
        if name == "snapshots.csv":
            happened = np.random.default_rng(1).random(len(rows)) < 0.06
            for row, came in zip(rows, happened, strict=True):
                row["in_crisis"] = str(int(came))

    odd = rewritten(folder, tmp_path / "odd", by_lot)
    with replayed(odd) as found:
        out = written(found, tmp_path / "out")
    text = (out / "report.md").read_text(encoding="utf-8")
    assert "**No skill is shown" in text[: text.index("# RAID items")]


def test_scores_from_a_day_are_those_of_the_whole_replay(told) -> None:
    for name in ("scores.csv", "prior_scores.csv", "raid_scores.csv", "whatif.csv"):
        whole, part = rows_of(told.whole / name), rows_of(told.later / name)
        assert part == [row for row in whole if row["date"] >= SINCE.isoformat()], name
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
def test_a_planted_leak_is_refused(told, file) -> None:
    """What happens after a day cannot be seen in what was told up to it, in any digit."""
    honest, other = (rows_of(out / file) for out in (told.whole, told.planted))
    until = LEAK.isoformat()
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


def test_cells_too_small_to_be_shown_are_measured_and_never_told(folder, tmp_path) -> None:
    """With six answers everywhere and a limit of seven, what is told is what would be told without surveys."""
    small = rewritten(folder, tmp_path / "small", answers("6"))
    with replayed(small) as alone:
        found = replay.with_other_surveys(alone, bundle_in(small))
        assert not SurveyResult.objects.filter(n__isnull=False).exists()
    told = found.walked.probability
    assert np.array_equal(told, found.other_surveys["none"].probability, equal_nan=True)
    assert not np.allclose(told, found.other_surveys["every"].probability, equal_nan=True)


def test_where_every_cell_may_be_shown_anonymity_costs_nothing(folder, tmp_path) -> None:
    large = rewritten(folder, tmp_path / "large", answers("40"))
    with replayed(large) as told:
        found = replay.with_other_surveys(told, bundle_in(large))
    every = found.other_surveys["every"].probability
    assert np.allclose(found.walked.probability, every, equal_nan=True)
    assert not np.allclose(every, found.other_surveys["none"].probability, equal_nan=True)
