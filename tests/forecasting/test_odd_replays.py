"""Replays of bundles that are odd but valid tell every week; those that are wrong are refused in a sentence, with nothing left."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from forecasting.learning import worlds
from forecasting.replay import telling as replay

from .test_bundle import rewritten

pytestmark = pytest.mark.django_db

FILES = {"scores.csv", "prior_scores.csv", "raid_scores.csv", "whatif.csv", "report.md"}
INDICATORS = ("spi", "cpi", "burn_ratio", "rag")
Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("odd")
    worlds.History(worlds.draw_world(8, programmes=4, weeks=20)).write(found)
    return found


def rows_of(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def run(folder: Path, out: Path, *more: str) -> str:
    said = io.StringIO()
    call_command("replay", str(folder), "--out", str(out), *more, stdout=said)
    return said.getvalue()


def told(out: Path) -> set[tuple[str, str]]:
    """The programme and date of every score, each once and each possible."""
    found = set()
    for row in rows_of(out / "scores.csv"):
        assert 0 < float(row["low"]) <= float(row["probability"]) <= float(row["high"]) < 1
        assert (row["programme"], row["date"]) not in found
        found.add((row["programme"], row["date"]))
    return found


def reported(folder: Path) -> set[tuple[str, str]]:
    return {(row["programme"], row["date"]) for row in rows_of(folder / "snapshots.csv")}


def first_of(rows: Rows) -> str:
    return rows[0]["programme"]


def one_week(name: str, rows: Rows) -> None:
    if name == "snapshots.csv":
        # A late one: nothing was reported on the day the programme began.
        rows[:] = [each for each in rows if each["programme"] == first_of(rows)][-1:]


def nothing_known_of_one(name: str, rows: Rows) -> None:
    if name == "snapshots.csv":
        for row in rows:
            if row["programme"] == first_of(rows):
                row.update(dict.fromkeys(INDICATORS, ""))


def last_weeks_are_empty(name: str, rows: Rows) -> None:
    if name == "snapshots.csv":
        for row in sorted(rows, key=lambda each: each["date"])[-12:]:
            row.update(dict.fromkeys(INDICATORS, ""))


def long_names(name: str, rows: Rows) -> None:
    for row in rows:
        if "programme" in row:
            row["programme"] = f"{'A programme whose name somebody wrote out in full, with its year, ' * 2}{row['programme']}"  # fmt: skip


def started_later_than_reported(name: str, rows: Rows) -> None:
    if name == "programmes.csv":
        rows[0]["start_date"] = "2030-01-07"


def started_long_before(name: str, rows: Rows) -> None:
    if name == "programmes.csv":
        rows[0]["start_date"] = "1950-01-02"


def days_of_their_own(name: str, rows: Rows) -> None:
    """Each programme reports on another day of the week."""
    if name == "snapshots.csv":
        names = sorted({row["programme"] for row in rows})
        for row in rows:
            later = timedelta(days=names.index(row["programme"]))
            row["date"] = (date.fromisoformat(row["date"]) + later).isoformat()


def figures_beyond_all_measure(name: str, rows: Rows) -> None:
    if name == "snapshots.csv":
        for at, row in enumerate(rows):
            row.update(dict.fromkeys(INDICATORS[:3], "999999" if at % 2 else "-999999"))


@pytest.mark.parametrize(
    "change",
    [
        one_week,
        nothing_known_of_one,
        last_weeks_are_empty,
        long_names,
        started_later_than_reported,
        started_long_before,
        days_of_their_own,
        figures_beyond_all_measure,
    ],
)
def test_exactly_the_weeks_of_an_odd_bundle_are_told(folder, tmp_path, change) -> None:
    odd = rewritten(folder, tmp_path / "odd", change)
    run(odd, tmp_path / "out")
    assert told(tmp_path / "out") == reported(odd)
    assert {path.name for path in (tmp_path / "out").iterdir()} == FILES


def test_a_week_nobody_reported_is_told_between_others_and_not_after_the_last(folder, tmp_path) -> None:  # fmt: skip
    """Also where it is missing for every programme, so that no other has that day."""
    days = sorted({row["date"] for row in rows_of(folder / "snapshots.csv")})
    gone = {days[5], days[6], days[-1]}

    def leave_out(name: str, rows: Rows) -> None:
        if name == "snapshots.csv":
            rows[:] = [row for row in rows if row["date"] not in gone]

    run(rewritten(folder, tmp_path / "odd", leave_out), tmp_path / "out")
    assert {day for _programme, day in told(tmp_path / "out")} == {*days} - {days[-1]}


def test_items_are_told_in_weeks_of_their_programme_only(folder, tmp_path) -> None:
    odd = rewritten(folder, tmp_path / "odd", days_of_their_own)
    run(odd, tmp_path / "out")
    home = {row["item"]: row["programme"] for row in rows_of(folder / "raid.csv")}
    scores = rows_of(tmp_path / "out" / "raid_scores.csv")
    assert {(home[row["item"]], row["date"]) for row in scores} <= reported(odd)
    assert scores


def test_items_are_told_in_weeks_that_leave_everything_empty(folder, tmp_path) -> None:
    def open_to_the_end(name: str, rows: Rows) -> None:
        last_weeks_are_empty(name, rows)
        if name == "raid.csv":
            rows[0] |= {"escalated_date": "", "closed_date": ""}

    odd = rewritten(folder, tmp_path / "odd", open_to_the_end)
    run(odd, tmp_path / "out")
    item = rows_of(odd / "raid.csv")[0]
    last = max(day for programme, day in reported(odd) if programme == item["programme"])
    keys = {(row["item"], row["date"]) for row in rows_of(tmp_path / "out" / "raid_scores.csv")}
    assert (item["item"], last) in keys


def test_rows_that_are_left_out_are_named(folder, tmp_path) -> None:
    def spoil(name: str, rows: Rows) -> None:
        if name == "surveys.csv":
            rows[0]["score"] = "120"

    said = run(rewritten(folder, tmp_path / "odd", spoil), tmp_path / "out")
    assert "line 2: surveys.csv: score '120' is no figure from 0 to 100" in said


def other_dates(name: str, rows: Rows) -> None:
    if name == "snapshots.csv":
        for row in rows:
            row["date"] = "/".join(reversed(row["date"].split("-")))


def no_week(name: str, rows: Rows) -> None:
    if name == "snapshots.csv":
        rows.clear()


@pytest.mark.parametrize(
    ("change", "more", "said"),
    [
        (no_week, (), "snapshots.csv holds no week of any programme"),
        (other_dates, (), "line 2: snapshots.csv: date"),
        (None, ("--score-from", "2199-01-01"), "No week lies on or after 2199-01-01"),
        (None, ("--score-from", "tomorrow"), "'tomorrow' is no date like 2026-11-23"),
    ],
)
def test_what_cannot_be_told_is_refused_in_a_sentence(folder, tmp_path, change, more, said) -> None:
    odd = rewritten(folder, tmp_path / "odd", change or (lambda name, rows: None))
    with pytest.raises(CommandError) as refused:
        run(odd, tmp_path / "out", *more)
    assert said in str(refused.value)
    assert len(str(refused.value)) < 500
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_written_into_is_refused(folder, tmp_path) -> None:
    (tmp_path / "file").touch()
    for out in (tmp_path / "file", tmp_path / "file" / "out"):
        with pytest.raises(CommandError, match="file"):
            run(folder, out)


def fail(*_arguments: object, **_more: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("is_there", [False, True])
def test_nothing_is_half_written(folder, tmp_path, monkeypatch, is_there) -> None:
    out = tmp_path / "out"
    if is_there:
        out.mkdir()
        (out / "scores.csv").write_text("of an earlier run")
    monkeypatch.setattr(replay, "walked_report", fail)
    with pytest.raises(KeyboardInterrupt):
        run(folder, out)
    left = [path.read_text() for path in out.iterdir()] if is_there else []
    assert left == ["of an earlier run"] * is_there
    assert out.exists() == is_there


def test_an_earlier_replay_is_written_over(folder, tmp_path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "scores.csv").write_text("of an earlier run")
    run(folder, out)
    assert told(out) == reported(folder)
    assert {path.name for path in out.iterdir()} == FILES
