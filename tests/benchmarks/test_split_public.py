from __future__ import annotations

import csv

import pytest

from benchmarks.split_public import main
from tests.benchmarks.public_rows import kept, nyc_rows, sprint_rows


def _split(tmp_path, rows, *how):
    source = kept(tmp_path / "file.csv", rows)
    paths = [tmp_path / "train.csv", tmp_path / "test.csv"]
    assert main([str(source), "--train", str(paths[0]), "--test", str(paths[1]), *how]) == 0
    parts = []
    for path in paths:
        with path.open(newline="") as file:
            parts.append(list(csv.DictReader(file)))
    assert sorted(map(repr, [*parts[0], *parts[1]])) == sorted(map(repr, rows))
    return parts


def test_rows_from_a_day_on_are_later_than_all_others(tmp_path):
    train, test = _split(tmp_path, nyc_rows(), "--from", "as_of=2015-06-01")
    assert train
    assert max(row["as_of"] for row in train) < "2015-06-01" <= min(row["as_of"] for row in test)


def test_the_last_quarter_is_that_of_each_team_and_by_number(tmp_path):
    train, test = _split(tmp_path, sprint_rows(3, 24), "--last-quarter", "sprintid", "--within", "project,boardid")  # fmt: skip
    for team in ("0", "1", "2"):
        learned, told = ({int(row["sprintid"]) for row in part if row["boardid"] == team} for part in (train, test))  # fmt: skip
        assert max(learned) < min(told)
        assert (len(learned), len(told)) == (18, 6)


@pytest.mark.parametrize("how", [("--only", "pid=3,5,7"), ("--every-fourth", "pid")])
def test_groups_left_out_are_not_learned_from(tmp_path, how):
    train, test = _split(tmp_path, nyc_rows(12, 3), *how)
    learned, told = ({row["pid"] for row in part} for part in (train, test))
    assert len(told) == 3
    assert not learned & told


def test_a_column_or_a_file_that_is_not_there_is_named(tmp_path, capsys):
    source = str(kept(tmp_path / "file.csv", nyc_rows(2, 2)))
    rest = ["--train", str(tmp_path / "a"), "--test", str(tmp_path / "b"), "--every-fourth", "colour"]  # fmt: skip
    assert main([source, *rest]) == 1
    assert "colour" in capsys.readouterr().err
    assert main([str(tmp_path / "gone.csv"), *rest]) == 1
    assert "gone.csv" in capsys.readouterr().err


def test_the_file_that_is_read_stays_what_it_is(tmp_path, capsys):
    source = kept(tmp_path / "file.csv", nyc_rows(2, 2))
    before = source.read_bytes()
    for train, test in (("file.csv", "b.csv"), ("a.csv", "file.csv"), ("a.csv", "a.csv")):
        files = ["--train", str(tmp_path / train), "--test", str(tmp_path / test)]
        assert main([str(source), *files, "--every-fourth", "pid"]) == 1
        assert "Name three files" in capsys.readouterr().err
    assert source.read_bytes() == before
    nowhere = ["--train", str(tmp_path / "gone" / "a.csv"), "--test", str(tmp_path / "b.csv")]
    assert main([str(source), *nowhere, "--every-fourth", "pid"]) == 1
    assert "a.csv cannot be written" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main([str(source), *nowhere, "--from", "as_of"])
    assert "a column and a value" in capsys.readouterr().err
