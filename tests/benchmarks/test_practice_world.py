from __future__ import annotations

import re

import numpy as np
import pytest

from benchmarks import achievable
from benchmarks.achievable import expected_shares, intervals, ratio, share, shares
from benchmarks.practice_world import BARS, main, reached
from tests.benchmarks.made_world import made_world, replay_of, written


@pytest.fixture(autouse=True)
def _fewer_draws(monkeypatch):
    monkeypatch.setattr(achievable, "DRAWS", 5)


def _said(capsys, world, replayed):
    assert main([str(world), "--replayed", str(replayed)]) == 0
    return capsys.readouterr().out


def _value(said, name, after=""):
    """The first number on the first line that begins with a name, after a heading."""
    rest = said[said.index(after) :] if after else said
    found = re.search(rf"^ *{re.escape(name)} +(-?[\d.]+|nan)", rest, re.MULTILINE)
    assert found, name
    return float(found.group(1))


def test_the_best_possible_forecast_reaches_all_of_itself(tmp_path, capsys):
    world = made_world(tmp_path / "world")

    said = _said(capsys, world, replay_of(world, tmp_path / "out"))

    for measure in ("fAUC", "fAP", "fBSS"):
        assert _value(said, measure) == 1.0
    assert "expected 1.000" in said
    assert _value(said, "best chances inside the bands") == 1.0
    assert _value(said, "sign right", "2 weeks later") == 1.0
    assert _value(said, "told less true, mean", "2 weeks later") == 0.0
    assert _value(said, "share of the best possible order", "RAID") == 1.0
    assert _value(said, "told over the best", "A disengaged unit") == 1.0
    assert "NOT REACHED" not in said.split("A disengaged unit")[0]


def test_a_coin_reaches_nothing(tmp_path, capsys):
    world = made_world(tmp_path / "world")
    rng = np.random.default_rng(1)
    out = replay_of(world, tmp_path / "out", told=lambda _chance: rng.random())

    said = _said(capsys, world, out)

    assert abs(_value(said, "fAUC")) < 0.25
    assert _value(said, "fBSS") < 0
    assert "NOT REACHED" in said


def test_the_scenario_shows_a_score_that_is_half_of_what_it_should_be(tmp_path, capsys):
    world = made_world(tmp_path / "world")
    said = _said(capsys, world, replay_of(world, tmp_path / "out", told=lambda chance: chance / 2))
    assert _value(said, "fAUC") == 1.0
    assert _value(said, "told over the best", "A disengaged unit") == 0.5
    # The ranges reach a tenth about what is told.
    assert _value(said, "best chances inside the bands") == 0.0
    assert "0.000 are reported red" in said


def test_the_slope_says_how_boldly_was_told_without_the_luck_of_what_came(tmp_path, capsys):
    world = made_world(tmp_path / "world")

    def bold(chance):
        # Twice the log-odds: half of them would have been right.
        return chance**2 / (chance**2 + (1 - chance) ** 2)

    said = _said(capsys, world, replay_of(world, tmp_path / "out", told=bold))

    slopes = re.findall(r"slope of the log-odds told .*expected +([\d.]+)", said)
    assert len(slopes) > 3
    assert {float(each) for each in slopes} == {0.5}
    assert "programmes with small units: 432 weeks" in said


def test_delivery_alone_does_not_see_the_scenario(tmp_path, capsys):
    world = made_world(tmp_path / "world")
    said = _said(capsys, world, replay_of(world, tmp_path / "out"))
    assert _value(said, "AUC gained over it") > 0.03
    assert _value(said, "told over delivery alone", "A disengaged unit") > 3


def test_effects_of_the_wrong_sign_are_counted_and_small_ones_are_not(tmp_path, capsys):
    world = made_world(tmp_path / "world")
    wrong = replay_of(world, tmp_path / "wrong", change=lambda true: -abs(true))
    said = _said(capsys, world, wrong)
    assert _value(said, "sign right", "2 weeks later") == 0.5
    assert _value(said, "told less true, mean", "2 weeks later") == pytest.approx(-0.2)


def test_weeks_that_were_not_told_are_counted(tmp_path, capsys):
    world = made_world(tmp_path / "world")
    out = replay_of(world, tmp_path / "out")
    lines = (out / "scores.csv").read_text().splitlines()
    (out / "scores.csv").write_text("\n".join(lines[: len(lines) // 2]) + "\n")
    told, of = map(int, re.match(r"(\d+) of (\d+) usable weeks", _said(capsys, world, out)).groups())  # fmt: skip
    assert 0 < told < of == 60 * 36


def test_a_world_without_crises_is_not_measured_and_does_not_break(tmp_path, capsys):
    world = made_world(tmp_path / "world", crises=False)
    said = _said(capsys, world, replay_of(world, tmp_path / "out"))
    assert "too few crises to measure" in said
    assert "too few to measure: 0 escalations" in said


@pytest.mark.parametrize("gone", ["world/truth/risk.csv", "world/snapshots.csv", "out/scores.csv", "out/whatif.csv"])  # fmt: skip
def test_a_missing_file_is_named(tmp_path, capsys, gone):
    world = made_world(tmp_path / "world")
    replay_of(world, tmp_path / "out")
    (tmp_path / gone).unlink()
    assert main([str(world), "--replayed", str(tmp_path / "out")]) == 1
    assert gone.rsplit("/", 1)[1] in capsys.readouterr().err


@pytest.mark.parametrize("gone", ["surveys.csv", "raid.csv", "units.csv"])
def test_files_a_bundle_need_not_have_may_be_absent(tmp_path, capsys, gone):
    world = made_world(tmp_path / "world")
    out = replay_of(world, tmp_path / "out")
    (world / gone).unlink()
    assert "fAUC" in _said(capsys, world, out)


def test_what_is_told_of_items_is_measured_where_nothing_is_of_a_later_golive(tmp_path, capsys):
    world = made_world(tmp_path / "world")
    out = replay_of(world, tmp_path / "out")
    (world / "truth" / "whatif.csv").unlink()
    assert main([str(world), "--replayed", str(out)]) == 1
    said = capsys.readouterr()
    assert "whatif.csv" in said.err
    assert "share of the best possible order" in said.out


def test_cells_of_another_kind_are_refused_in_a_sentence(tmp_path, capsys):
    world = made_world(tmp_path / "world")
    out = replay_of(world, tmp_path / "out")
    path = out / "scores.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert "fAUC" in _said(capsys, world, out)
    path.write_bytes(b"\xff\xfe" + path.read_bytes())
    assert main([str(world), "--replayed", str(out)]) == 1
    assert "scores.csv cannot be read" in capsys.readouterr().err


def test_a_missing_column_and_the_replay_of_another_world_are_named(tmp_path, capsys):
    world = made_world(tmp_path / "world")
    out = replay_of(world, tmp_path / "out")
    written(out, "scores.csv", ["programme", "date", "low", "high", "stage"], [])
    assert main([str(world), "--replayed", str(out)]) == 1
    assert "no column probability" in capsys.readouterr().err
    written(out, "scores.csv", ["programme", "date", "probability", "low", "high", "stage"], [("Q", "2024-01-01", 0.1, 0.1, 0.2, "own")])  # fmt: skip
    assert main([str(world), "--replayed", str(out)]) == 1
    assert "Is it the replay of this world?" in capsys.readouterr().err


def test_expected_shares_are_those_of_very_many_outcomes():
    rng = np.random.default_rng(2)
    best = rng.beta(1, 9, 400_000)
    told = np.clip(0.6 * best + 0.4 * rng.beta(1, 9, len(best)), 0.001, 0.999)
    label = (rng.random(len(best)) < best).astype(float)
    measured, expected = shares(label, told, best), expected_shares(told, best)
    for name, value in expected.items():
        assert measured[name] == pytest.approx(value, abs=0.02)


def test_there_is_no_share_of_nothing():
    assert np.isnan(share(0.1, 0.0))
    with pytest.raises(ValueError, match="Both outcomes"):
        shares(np.zeros(5), np.full(5, 0.1), np.full(5, 0.1))


def test_intervals_are_over_groups_and_leave_out_draws_that_cannot_be_measured():
    values = np.repeat([0.0, 1.0], 50)
    group = np.repeat(["a", "b"], 50)

    def measure(rows):
        if not values[rows].any():
            raise ValueError
        return {"mean": float(values[rows].mean())}

    found = intervals(measure, group)["mean"]
    assert found.value == 0.5
    assert 0.5 <= found.low <= found.high <= 1.0


def test_told_over_observed():
    group = np.repeat(np.arange(10), 10)
    outcome = np.tile([1.0] + [0.0] * 9, 10)
    found = ratio(np.full(100, 0.2), outcome, group)
    assert (found.value, found.low, found.high) == pytest.approx((2.0, 2.0, 2.0))
    assert np.isnan(ratio(np.full(100, 0.2), np.zeros(100), group).value)


@pytest.mark.parametrize(
    ("bar", "value", "said"),
    [
        ("fAUC", 0.98, "good"),
        ("fAUC", 0.93, "reached"),
        ("fAUC", 0.5, "NOT REACHED"),
        ("ECE", 0.005, "good"),
        ("ECE", 0.05, "NOT REACHED"),
        ("bias", -0.015, "reached"),
        ("bias", -0.05, "NOT REACHED"),
        ("slice", 1.0, "good"),
        ("slice", 0.75, "reached"),
        ("slice", 2.0, "NOT REACHED"),
    ],
)
def test_bars(bar, value, said):
    assert reached(bar, value).startswith(said)
    assert bar in BARS
