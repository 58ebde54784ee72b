from __future__ import annotations

import csv
import gzip
from datetime import date, timedelta

import numpy as np
import pytest

from benchmarks import real_data
from benchmarks.public import DATASETS, worth
from benchmarks.public.cells import before, clearly, number, ranks_before
from benchmarks.real_data import main, prepared
from forecasting.learning.plain import candidates, quantiles
from tests.benchmarks.public_rows import MADE, gmpp_rows, issue_rows, kept, nyc_rows, sprint_rows

NAMES = sorted(DATASETS)


@pytest.fixture(autouse=True)
def _fewer_trees_and_draws(monkeypatch):
    monkeypatch.setattr(worth, "DRAWS", 3)
    monkeypatch.setattr(candidates, "TREES", 20)
    monkeypatch.setattr(quantiles, "TREES", 20)


def _later(name):
    """Earlier and later rows of a made-up file."""
    make, _module, when = MADE[name]
    rows = make()
    ordered = sorted({row[when] for row in rows}, key=lambda each: (number(each), each))
    cut = set(ordered[int(len(ordered) * 0.6) :])
    return [row for row in rows if row[when] not in cut], [row for row in rows if row[when] in cut]


def _told(tmp_path, name, learned, told, *more):
    arguments = ["--dataset", name, "--train", kept(tmp_path / "train.csv", learned), "--test", kept(tmp_path / "test.csv", told), "--out", tmp_path / "out.csv"]  # fmt: skip
    assert main([*map(str, arguments), *more]) == 0
    with (tmp_path / "out.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def _refused(tmp_path, capsys, name, learned, told):
    """What is said where files cannot be used; nothing is written."""
    arguments = ["--dataset", name, "--train", learned, "--test", told, "--out", tmp_path / "out.csv"]  # fmt: skip
    assert main(list(map(str, arguments))) == 1
    assert not (tmp_path / "out.csv").exists()
    return capsys.readouterr().err


@pytest.mark.parametrize("name", NAMES)
def test_every_row_to_tell_gets_a_probability_in_its_order(tmp_path, capsys, name):
    learned, told = _later(name)

    rows = _told(tmp_path, name, learned, told)

    keys = DATASETS[name].keys
    assert [tuple(row[key] for key in keys) for row in rows] == [tuple(row[key] for key in keys) for row in told]  # fmt: skip
    assert all(0 < float(row["probability"]) < 1 for row in rows)
    said = capsys.readouterr().out
    for words in ("AUC", "average precision", "Brier skill", "calibration error", "beside it, the base rate"):  # fmt: skip
        assert words in said


@pytest.mark.parametrize("name", NAMES)
def test_twice_gives_the_same_file(tmp_path, name):
    learned, told = _later(name)
    assert _told(tmp_path, name, learned, told) == _told(tmp_path, name, learned, told)


@pytest.mark.parametrize("name", NAMES)
def test_inputs_of_a_row_do_not_change_when_later_rows_come(name):
    learned, told = _later(name)
    alone = DATASETS[name].build(learned).numbers
    beside = DATASETS[name].build([*learned, *told]).numbers
    for column, values in alone.items():
        np.testing.assert_array_equal(values, beside[column][: len(learned)], err_msg=column)


@pytest.mark.parametrize("name", ["issue_delay", "sprint_delivery"])
def test_the_outcome_of_a_row_is_no_input_of_it(name):
    make, _module, _when = MADE[name]
    rows = make()
    outcome = DATASETS[name].outcomes[0]
    last = rows[-1] | {outcome: "-99"}
    before, after = (DATASETS[name].build([*rows[:-1], each]).numbers for each in (rows[-1], last))
    for column, values in before.items():
        np.testing.assert_array_equal(values, after[column], err_msg=column)


def test_totals_over_the_whole_life_of_a_project_are_not_read(tmp_path):
    learned, told = _later("nyc_capital_projects")
    planted = [row | {"total_schedule_change_days_FINAL": str(at)} for at, row in enumerate(learned)]  # fmt: skip
    assert _told(tmp_path, "nyc_capital_projects", learned, told) == _told(tmp_path, "nyc_capital_projects", planted, told)  # fmt: skip


def test_outcomes_of_the_rows_to_tell_are_not_learned_from(tmp_path):
    learned, told = _later("issue_delay")
    turned = [row | {"delaydays": "0" if row["delaydays"] != "0" else "9"} for row in told]
    without = [{name: value for name, value in row.items() if name != "delaydays"} for row in told]

    found = _told(tmp_path, "issue_delay", learned, told)

    assert found == _told(tmp_path, "issue_delay", learned, turned)
    assert found == _told(tmp_path, "issue_delay", learned, without)


def test_earlier_sprints_of_a_team_are_inputs_of_later_ones_unless_blind(tmp_path):
    learned, told = _later("sprint_delivery")
    first = min(int(row["sprintid"]) for row in told if row["boardid"] == "0")
    turned = [row | {"vel_diff": "-20"} if row["sprintid"] == str(first) else row for row in told]

    def of(rows, *more):
        return [row["probability"] for row in _told(tmp_path, "sprint_delivery", learned, rows, *more)]  # fmt: skip

    seen, changed = of(told), of(turned)
    differ = {row["boardid"] for row, one, other in zip(told, seen, changed, strict=True) if one != other}  # fmt: skip
    same = [one == other for row, one, other in zip(told, seen, changed, strict=True) if row["sprintid"] == str(first)]  # fmt: skip
    assert differ == {"0"}
    assert all(same)
    assert of(told, "--blind") == of(turned, "--blind")


def test_skill_is_found_where_there_is_some(tmp_path, capsys):
    learned, told = _later("gmpp")
    rows = _told(tmp_path, "gmpp", learned, told)
    red = {row["project_id"] for row in told if row["dca"] == "Amber/Red" and row["year"] == "2017"}
    latest = [row for row in rows if row["year"] == "2017"]
    high = np.mean([float(row["probability"]) for row in latest if row["project_id"] in red])
    low = np.mean([float(row["probability"]) for row in latest if row["project_id"] not in red])
    assert high > low + 0.3


def test_shuffled_outcomes_bring_no_skill(tmp_path):
    rows = issue_rows(150)
    outcomes = np.random.default_rng(5).permutation([row["delaydays"] for row in rows])
    rows = [row | {"delaydays": str(each)} for row, each in zip(rows, outcomes, strict=True)]
    told = _told(tmp_path, "issue_delay", rows[::2], rows[1::2])
    assert np.std([float(row["probability"]) for row in told]) < 0.1


def test_other_reports_of_the_rows_to_learn_from_are_learned_from_and_none_of_the_others():
    learned, told = _later("nyc_capital_projects")
    dataset = DATASETS["nyc_capital_projects"]
    target = dataset.targets["slip_over_180_days"]
    turned = [row | {"forecast_completion": "2031-01-01"} for row in told]

    (table, of), (other, _of) = (prepared(dataset, learned, each).table(target) for each in (told, turned))  # fmt: skip

    aside = table.aside
    assert aside.sum() >= len(learned)
    assert (of[aside] < len(learned)).all()
    assert (table.group[aside] == [learned[at]["pid"] for at in of[aside]]).all()
    np.testing.assert_array_equal(table.label[aside], other.label[aside])
    # Each beside a later report of the file to learn from, known by its date, nearer or further than the one asked for.
    assert table.known_on[aside].max() <= max(date.fromisoformat(row["as_of"]).toordinal() for row in learned)  # fmt: skip
    assert (table.known_on[aside] > table.time[aside]).all()
    assert (table.numbers["span"][~aside] == 0).all()
    asked = {(at, when) for at, when in zip(of[~aside], table.known_on[~aside], strict=True)}
    assert not asked & set(zip(of[aside], table.known_on[aside], strict=True))


def test_in_half_the_time_half_the_slip_is_as_clear():
    rows = [row | {"forecast_completion": str(date(2016, 1, 1) + timedelta(days=60 * at))} for at, row in enumerate(nyc_rows(1, 3))]  # fmt: skip
    found = DATASETS["nyc_capital_projects"].targets["slip_over_180_days"].aside(rows)
    # 60 days later in the report 180 days on are 121.7 in a year, 58.3 short of the mark of 180.
    assert found.row.tolist() == [0, 1]
    assert np.exp(found.span) == pytest.approx(180 / 365)
    assert found.label == pytest.approx(1 / (1 + np.exp(3 * 58.333 / 180)), abs=1e-4)
    assert clearly(np.array([180.0, 0.0, 360.0]), 180) == pytest.approx([0.5, 0.0474, 0.9526], abs=1e-4)  # fmt: skip


def test_quantiles_of_slips_rise(tmp_path):
    learned, told = _later("nyc_capital_projects")
    rows = _told(tmp_path, "nyc_capital_projects", learned, told)
    assert rows
    for row in rows:
        assert float(row["slip_days_p50"]) <= float(row["slip_days_p80"]) <= float(row["slip_days_p90"])  # fmt: skip


@pytest.mark.parametrize(
    ("name", "left_out", "new"),
    [
        ("issue_delay", lambda row: row["project"] == "ash", "organisations"),
        ("issue_delay", lambda row: row["openeddate"] > "2012-08", ""),
        ("nyc_capital_projects", lambda row: int(row["pid"]) % 4 == 0, "groups"),
        ("nyc_capital_projects", lambda row: row["as_of"] > "2015", ""),
        ("sprint_delivery", lambda row: int(row["sprintid"]) > 180, ""),
    ],
)
def test_it_is_seen_whether_those_to_tell_are_new(name, left_out, new):
    rows = MADE[name][0]()
    learned = [row for row in rows if not left_out(row)]
    told = [row for row in rows if left_out(row)]
    assert prepared(DATASETS[name], learned, told).new == new


@pytest.mark.parametrize("odd", ["", "next spring"])
def test_one_date_nobody_can_read_does_not_hide_that_the_rows_to_tell_are_later(tmp_path, odd):
    rows = nyc_rows()
    learned = [row for row in rows if row["as_of"] <= "2015" and int(row["pid"]) % 2]
    told = [row for row in rows if row["as_of"] > "2015" and not int(row["pid"]) % 2]
    assert prepared(DATASETS["nyc_capital_projects"], learned, told).new == ""
    learned[3] = learned[3] | {"as_of": odd}
    assert prepared(DATASETS["nyc_capital_projects"], learned, told).new == ""


def test_the_name_of_an_organisation_is_no_input_where_others_are_told():
    rows = issue_rows()
    task = prepared(DATASETS["issue_delay"], [row for row in rows if row["project"] != "ash"], [row for row in rows if row["project"] == "ash"])  # fmt: skip
    table, _of = task.table(DATASETS["issue_delay"].targets["late"])
    assert "organisation" not in table.categories
    assert set(table.group) == {"oak", "elm", "ash"}


def test_few_rows_tell_the_base_rate_and_say_so(tmp_path, capsys):
    rows = gmpp_rows(4)
    told = _told(tmp_path, "gmpp", rows[:12], rows[12:])
    assert len({row["probability"] for row in told}) == 1
    assert "too few" in capsys.readouterr().out


def test_a_level_that_is_off_raises_the_alarm(tmp_path, capsys):
    learned, told = _later("issue_delay")
    late = [row | {"delaydays": "9"} if at % 10 else row for at, row in enumerate(told)]
    _told(tmp_path, "issue_delay", learned, late)
    assert "DRIFT ALARM" in capsys.readouterr().out


def test_files_may_be_gzipped_and_hold_more_columns(tmp_path):
    learned, _told_later = _later("nyc_capital_projects")
    more = [row | {"colour": "blue"} for row in learned]
    packed = tmp_path / "train.csv.gz"
    packed.write_bytes(gzip.compress(kept(tmp_path / "plain.csv", more).read_bytes()))
    assert real_data.read(packed, DATASETS["nyc_capital_projects"]) == more


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_column_is_named(tmp_path, capsys, name):
    learned, told = _later(name)
    gone = DATASETS[name].columns[-1]
    less = [{key: value for key, value in row.items() if key != gone} for row in learned]
    said = _refused(tmp_path, capsys, name, kept(tmp_path / "a.csv", less), kept(tmp_path / "b.csv", told))  # fmt: skip
    assert f"a.csv has no column {gone}" in said


def test_outcomes_must_be_there_to_learn_from(tmp_path, capsys):
    learned, told = _later("issue_delay")
    less = [{key: value for key, value in row.items() if key != "delaydays"} for row in learned]
    said = _refused(tmp_path, capsys, "issue_delay", kept(tmp_path / "a.csv", less), kept(tmp_path / "b.csv", told))  # fmt: skip
    assert "delaydays" in said
    empty = [row | {"delaydays": ""} for row in learned]
    said = _refused(tmp_path, capsys, "issue_delay", kept(tmp_path / "a.csv", empty), kept(tmp_path / "b.csv", told))  # fmt: skip
    assert "known outcome" in said


@pytest.mark.parametrize(
    ("name", "blank", "left_out"),
    [
        ("gmpp", "whole_life_cost_gbp_m", "probability_cost_up_10_percent"),
        ("gmpp", "end_date", "probability_slip_over_180_days"),
    ],
)
def test_a_target_of_which_nothing_is_known_is_left_out_and_the_others_are_told(tmp_path, capsys, name, blank, left_out):  # fmt: skip
    learned, told = ([row | {blank: ""} for row in rows] for rows in _later(name))
    rows = _told(tmp_path, name, learned, told)
    assert len(rows) == len(told)
    assert "probability" in rows[0]
    assert left_out not in rows[0]
    assert "nothing to learn from" in capsys.readouterr().out


def test_rows_in_both_files_are_refused(tmp_path, capsys):
    rows = sprint_rows(2, 4)
    path = kept(tmp_path / "a.csv", rows)
    assert "Split the file" in _refused(tmp_path, capsys, "sprint_delivery", path, path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no column"),
        (b"as_of,pid\n", "no column"),
        (b"\xff\xfe\x00\x81", "cannot be read"),
    ],
)
def test_a_file_of_another_kind_is_refused(tmp_path, capsys, content, words):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    assert words in _refused(tmp_path, capsys, "nyc_capital_projects", path, path)


def test_cells_of_another_kind_no_rows_and_no_file_are_refused(tmp_path, capsys):
    rows = nyc_rows(2, 3)
    good = kept(tmp_path / "good.csv", rows)
    odd = kept(tmp_path / "odd.csv", [row | {"as_of": "next spring"} for row in rows])
    assert "'next spring'" in _refused(tmp_path, capsys, "nyc_capital_projects", odd, good)
    bare = tmp_path / "bare.csv"
    bare.write_text(good.read_text().splitlines()[0] + "\n")
    assert "no rows" in _refused(tmp_path, capsys, "nyc_capital_projects", good, bare)
    assert "gone.csv" in _refused(tmp_path, capsys, "nyc_capital_projects", tmp_path / "gone.csv", good)  # fmt: skip
    squeezed = tmp_path / "a.csv.gz"
    squeezed.write_bytes(b"not gzipped")
    assert "cannot be read" in _refused(tmp_path, capsys, "nyc_capital_projects", squeezed, good)


@pytest.mark.parametrize("word", ["creation", "a moment nobody knows"])
def test_rows_of_a_kind_that_was_never_seen_are_told_by_the_others(tmp_path, word):
    """Issues at each moment have a model of their own, where any of that moment were learned from."""
    learned, told = _later("issue_delay")
    learned = [row for row in learned if row["prediction_time"] == "due"]
    told = [row | {"prediction_time": word} for row in told if row["prediction_time"] == "due"]
    rows = _told(tmp_path, "issue_delay", learned, told)
    assert len({row["probability"] for row in rows}) > 1


@pytest.mark.parametrize("odd", ["inf", "-inf", "1e400", "-1e300", "nan", "many"])
def test_numbers_nobody_can_reckon_with_are_unknown(tmp_path, odd):
    learned, told = _later("issue_delay")
    name = "perofdelay"

    def of(value):
        each = [[row | {name: value} if at % 3 == 0 else row for at, row in enumerate(rows)] for rows in (learned, told)]  # fmt: skip
        return _told(tmp_path, "issue_delay", *each)

    assert of(odd) == of("")


@pytest.mark.parametrize("name", NAMES)
def test_the_order_of_rows_to_tell_changes_no_probability(tmp_path, name):
    learned, told = _later(name)
    assert _told(tmp_path, name, learned, told)[::-1] == _told(tmp_path, name, learned, told[::-1])


@pytest.mark.parametrize("out", ["", "gone/out.csv"])
def test_a_file_that_cannot_be_written_is_refused_before_anything_is_learned(tmp_path, capsys, out):
    learned, told = _later("gmpp")
    paths = kept(tmp_path / "a.csv", learned), kept(tmp_path / "b.csv", told)
    assert main(["--dataset", "gmpp", "--train", str(paths[0]), "--test", str(paths[1]), "--out", str(tmp_path / out)]) == 1  # fmt: skip
    said = capsys.readouterr()
    assert "folder" in said.err
    assert not said.out


@pytest.mark.parametrize("of", ["a.csv", "b.csv", "same.csv"])
def test_a_file_that_is_read_is_not_written_over(tmp_path, capsys, of):
    learned, told = _later("gmpp")
    paths = kept(tmp_path / "a.csv", learned), kept(tmp_path / "b.csv", told)
    (tmp_path / "same.csv").symlink_to(tmp_path / "b.csv")
    before = [path.read_bytes() for path in paths]
    assert main(["--dataset", "gmpp", "--train", str(paths[0]), "--test", str(paths[1]), "--out", str(tmp_path / of)]) == 1  # fmt: skip
    assert "Name another file" in capsys.readouterr().err
    assert [path.read_bytes() for path in paths] == before


def test_an_earlier_file_stays_where_writing_fails_amid_the_rows(tmp_path):
    told, path = gmpp_rows(2), tmp_path / "told.csv"
    path.write_text("of an earlier run")
    with pytest.raises(IndexError):
        real_data.write(path, DATASETS["gmpp"], told, {"probability": np.full(len(told) - 1, 0.5)})
    assert [each.name for each in tmp_path.iterdir()] == ["told.csv"]
    assert path.read_text() == "of an earlier run"


def test_a_row_of_which_nobody_knows_the_time_leaves_the_others_in_order():
    time = np.array([1.0, 3.0, np.nan, 2.0])
    assert before([{"key": "a"}] * 4, "key", time) == [[], [0, 3], [], [0]]


def test_where_no_date_moved_the_loss_is_told_in_days(capsys):
    worth.show_quantiles(np.zeros(4), np.full((4, 1), 10.0), [0.8])
    assert "pinball loss 2.0 days, that of the date planned none" in capsys.readouterr().out


def test_a_baseline_of_which_nothing_is_known_is_said_to_be_so(tmp_path, capsys):
    learned, told = _later("issue_delay")
    _told(tmp_path, "issue_delay", learned, [row | {"perofdelay": ""} for row in told])
    assert "not known of any of these rows" in capsys.readouterr().out


def test_a_value_is_ranked_among_the_earlier_ones_of_its_own_project_only():
    values = np.array([1.0, 2.0, 3.0, 2.0, 9.0, 2.5])
    name = np.array(["a", "a", "a", "a", "b", "a"], dtype=object)
    time = np.array([1.0, 2.0, 2.0, 5.0, 1.0, 4.0])

    ranks = ranks_before(values, name, time, least=1)

    # Values of the same day and of other projects are not looked at, nor is what comes later.
    assert np.isnan(ranks[[0, 4]]).all()
    assert ranks[1] == ranks[2] == 1
    assert ranks[5] == pytest.approx(2 / 3)
    assert ranks[3] == pytest.approx(1.5 / 4)
