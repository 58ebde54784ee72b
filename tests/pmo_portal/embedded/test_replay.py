"""The replay as somebody runs it at a prompt, on a database of its own."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest

from forecasting.learning import worlds

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
