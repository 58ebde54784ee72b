"""The replay as somebody runs it at a prompt, on a database of its own."""

import csv
import signal
import subprocess
import sys
import time
from pathlib import Path
from unittest.mock import Mock

import psycopg
import pytest

import manage
from forecasting.learning import worlds
from pmo_portal.embedded import temporary

from .starting import ROOT, clean_environment, data_folder

pytestmark = pytest.mark.processes


def replay(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "replay", *map(str, arguments)],
        cwd=ROOT,
        env=clean_environment(**environment),
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def test_a_bundle_is_replayed_beside_whatever_else_there_is(tmp_path):
    bundle = tmp_path / "bundle"
    worlds.History(worlds.draw_world(3, programmes=5, weeks=16)).write(bundle)
    with data_folder("pmo-replay-") as place:
        place.mkdir()
        place.chmod(0o711)
        done = replay(bundle, "--out", tmp_path / "out", TMPDIR=str(place))
        left = list(place.iterdir())
    assert done.returncode == 0, done.stderr
    assert not left
    with (tmp_path / "out" / "scores.csv").open(encoding="utf-8") as file:
        assert len(list(csv.DictReader(file))) == 5 * 16
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "scores.csv", "prior_scores.csv", "raid_scores.csv", "whatif.csv", "report.md",
    }  # fmt: skip


def test_a_folder_without_a_bundle_is_refused_in_words(tmp_path):
    done = replay(tmp_path, "--out", tmp_path / "out")
    assert done.returncode == 1
    assert "programmes.csv" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_what_is_wrong_with_a_bundle_is_said_before_a_server_is_started(
    tmp_path, monkeypatch, capfd
):
    monkeypatch.setattr(temporary, "temporary_database", Mock(side_effect=AssertionError))
    bundle, file = tmp_path / "bundle", tmp_path / "file"
    worlds.History(worlds.draw_world(3, programmes=2, weeks=8)).write(bundle)
    file.touch()
    wrong = {
        "is no folder": (tmp_path / "none", tmp_path / "out", 1),
        "programmes.csv": (tmp_path, tmp_path / "out", 1),
        "is a file": (bundle, file, 1),
        "cannot be written into": (bundle, file / "out", 1),
        "unrecognized arguments": (bundle, tmp_path / "out", 2, "--odd"),
    }
    for words, (folder, out, code, *more) in wrong.items():
        arguments = ["manage.py", "replay", str(folder), "--out", str(out), *more]
        monkeypatch.setattr(sys, "argv", arguments)
        monkeypatch.chdir(ROOT)
        with pytest.raises(SystemExit) as ended:
            manage.main()
        assert ended.value.code == code
        assert words in capfd.readouterr().err
        assert not (tmp_path / "out").exists()


def test_nothing_is_left_of_a_replay_somebody_ends(tmp_path):
    bundle = tmp_path / "bundle"
    worlds.History(worlds.draw_world(3, programmes=40, weeks=40)).write(bundle)
    with data_folder("pmo-replay-") as place:
        place.mkdir()
        place.chmod(0o711)
        started = subprocess.Popen(
            [sys.executable, "manage.py", "replay", str(bundle), "--out", str(tmp_path / "out")],
            cwd=ROOT,
            env=clean_environment(TMPDIR=str(place)),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        # The folder to write into is there once the bundle is being imported.
        until = time.monotonic() + 200
        while not (tmp_path / "out").exists() and time.monotonic() < until:
            time.sleep(0.05)
        started.send_signal(signal.SIGTERM)
        told, said = started.communicate(timeout=60)
        left = list(place.iterdir())
    assert (started.returncode, said) == (130, "Interrupted.\n"), told
    assert not left
    assert not (tmp_path / "out").exists()


def test_what_fails_because_somebody_ended_the_run_counts_as_ended(monkeypatch):
    monkeypatch.setattr(temporary, "PostgresServer", Mock())
    for step in ("embedded_logins", "migrate", "_lift_limits"):
        monkeypatch.setattr(temporary, step, Mock())
    with pytest.raises(KeyboardInterrupt), temporary.temporary_database():
        try:
            signal.raise_signal(signal.SIGINT)
        finally:
            raise psycopg.OperationalError("another command is already in progress")


def test_a_database_for_one_run_has_all_the_time_it_needs():
    with temporary.temporary_database() as logins, psycopg.connect(logins.worker) as connection:
        found = [connection.execute(f"SHOW {limit}").fetchone() for limit in temporary.LIMITS]
    assert found == [("0",)] * len(temporary.LIMITS)
