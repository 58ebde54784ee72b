"""Hold a replay of a generated world against what is known to be true of that world.

    python manage.py replay ../shared/data/practice_world --out replayed
    python benchmarks/practice_world.py ../shared/data/practice_world --replayed replayed

A generated world has a folder `truth`: the best chance anybody could compute from the rows that were observed
(`risk.csv`), what a later go-live really does (`whatif.csv`) and how likely items really escalate (`raid.csv`). Prints
which share of the best possible forecast the replayed scores reach, each with the middle 90 % over programmes, beside
the bars. `expected` is the same without the luck of what happened to happen: the true chances stand for the outcomes.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import sys
import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.achievable import expected_shares, intervals, ratio, share, shares  # noqa: E402
from forecasting.learning.judging.evaluation import Interval, reliability  # noqa: E402
from forecasting.learning.judging.metrics import calibration_slope  # noqa: E402
from forecasting.learning.plain.table import folds  # noqa: E402

Array = npt.NDArray[Any]
Row = dict[str, str]
NAN = float("nan")
# measure -> (what must be reached, what is good); a pair of pairs is a range.
BARS: dict[str, tuple[Any, Any]] = {
    "fAUC": (0.90, 0.97),
    "fAP": (0.75, 0.90),
    "fBSS": (0.70, 0.90),
    "ECE": (0.012, 0.008),
    "near fAUC": (0.80, 0.92),
    "near fAP": (0.70, 0.88),
    "over delivery": (0.03, 0.06),
    "slice": ((0.7, 1.3), (0.85, 1.15)),
    "slice over delivery": (4.0, 6.0),
    "prior fAUC": (0.80, 0.90),
    "prior fBSS": (0.2, 0.5),
    "raid": (0.80, 0.93),
    "raid over score": (0.04, 0.06),
    "sign 2": (0.85, 0.95),
    "sign 4": (0.85, 0.92),
    "bias": (0.02, 0.01),
}
LOWER_IS_BETTER = ("ECE", "bias")
NEAR = (0, 6)
# The scenario the portal is for: a go-live in so many weeks, a schedule nothing is the matter with, and a unit whose
# last answers lie so far below the middle of the organisation.
SCENARIO_WEEKS, SOUND_SCHEDULE, DISENGAGED, ANSWERS = (1, 6), 0.95, 10.0, 5
SMOOTHED = 0.3
# Effects of a later go-live that are smaller than this are no effects.
EFFECT = 0.02
WEEKS_AHEAD, LEAST_ROWS, LEAST_EVENTS = 4, 100, 10
# Units of fewer people than this in the mean are small; as reports of replays have it.
SMALL_UNIT = 50


@dataclass(frozen=True)
class Scores:
    """Told weeks of programmes whose outcome is known, with what was true of them."""

    programme: Array
    day: Array
    told: Array
    low: Array
    high: Array
    by_prior: Array
    best: Array
    label: Array
    stage: Array
    state: Mapping[str, Array]

    def only(self, wanted: Array) -> Scores:
        rest = (each[wanted] for each in (self.programme, self.day, self.told, self.low, self.high, self.by_prior, self.best, self.label, self.stage))  # fmt: skip
        return Scores(*rest, {name: values[wanted] for name, values in self.state.items()})

    def __len__(self) -> int:
        return len(self.told)


class Missing(ValueError):
    """A file or a column is not there; the message says which."""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("world", type=Path, help="the folder of the bundle, with its truth")
    parser.add_argument("--replayed", type=Path, required=True, help="what manage.py replay wrote")
    wanted = parser.parse_args(arguments)
    try:
        scores = read_scores(wanted.world, wanted.replayed)
        show_scores(scores)
    except ValueError as error:
        print(f"Not measured. {error}", file=sys.stderr)
        return 1
    failed = False
    for show in (show_whatif, show_raid):
        try:
            show(wanted.world, wanted.replayed)
        except ValueError as error:
            failed = True
            print(f"\nNot measured. {error}", file=sys.stderr)
    return int(failed)


# --- reading ---------------------------------------------------------------------------------------------


def rows_if_any(folder: Path, name: str, columns: Iterable[str]) -> list[Row]:
    """The rows of a file that a bundle need not have."""
    if not any((folder / each).exists() for each in (name, f"{name}.gz")):
        return []
    return rows_of(folder, name, columns)


def rows_of(folder: Path, name: str, columns: Iterable[str]) -> list[Row]:
    """The rows of a file of a folder, plain or gzipped.

    Raises:
        Missing: it is not there, or has not these columns.
    """
    path = folder / name
    packed = path.with_name(f"{name}.gz")
    try:
        content = gzip.decompress(packed.read_bytes()) if not path.exists() and packed.exists() else path.read_bytes()  # fmt: skip
        text = content.decode("utf-8-sig")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise Missing(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from error  # fmt: skip
    reader = csv.DictReader(io.StringIO(text, newline=""))
    if gone := sorted(set(columns) - set(reader.fieldnames or ())):
        raise Missing(f"{path} has no column {', '.join(gone)}.")
    return list(reader)


def ordinal(text: str) -> int:
    return date.fromisoformat(text).toordinal()


def read_scores(world: Path, replayed: Path) -> Scores:
    """Usable weeks of the truth that were told.

    Raises:
        Missing: a file is missing, or none of the weeks was told.
    """
    true = [row for row in rows_of(world / "truth", "risk.csv", ("programme", "date", "p4_bayes", "label4", "usable")) if row["usable"] == "1"]  # fmt: skip
    told = {(row["programme"], row["date"]): row for row in rows_of(replayed, "scores.csv", ("programme", "date", "probability", "low", "high", "stage"))}  # fmt: skip
    alone = {(row["programme"], row["date"]): row["probability"] for row in rows_of(replayed, "prior_scores.csv", ("programme", "date", "probability"))}  # fmt: skip
    both = told.keys() & alone.keys()
    known = [row for row in true if (row["programme"], row["date"]) in both]
    if not known:
        raise Missing("No week of the truth was told. Is it the replay of this world?")
    print(f"{len(known)} of {len(true)} usable weeks of programmes were told.")
    its = [told[row["programme"], row["date"]] for row in known]
    keys = [(row["programme"], ordinal(row["date"])) for row in known]
    states = _states(world)
    people = _people(world)
    names = ("weeks", "spi", "cpi", "burn", "rag", "gap")
    empty = dict.fromkeys(names, NAN)
    return Scores(
        np.array([row["programme"] for row in known]),
        np.array([day for _programme, day in keys]),
        *(np.array([float(row[name]) for row in its]) for name in ("probability", "low", "high")),
        np.array([float(alone[row["programme"], row["date"]]) for row in known]),
        np.array([float(row["p4_bayes"]) for row in known]),
        np.array([float(row["label4"]) for row in known]),
        np.array([row["stage"] for row in its]),
        {
            **{name: np.array([states.get(key, empty)[name] for key in keys]) for name in names},
            "people": np.array([people.get(programme, NAN) for programme, _day in keys]),
        },
    )


def _people(world: Path) -> dict[str, float]:
    """How many people the units of each programme have in the mean, of those of which it is known."""
    units: dict[str, list[float]] = defaultdict(list)
    for row in rows_if_any(world, "units.csv", ("programme", "headcount")):
        if row["headcount"]:
            units[row["programme"]].append(float(row["headcount"]))
    return {programme: float(np.mean(heads)) for programme, heads in units.items()}


def _states(world: Path) -> dict[tuple[str, int], dict[str, float]]:
    """What was observed of each programme by each of its weeks: delivery, smoothed, and its least engaged unit."""
    snapshots = rows_of(world, "snapshots.csv", ("programme", "date", "spi", "cpi", "burn_ratio", "rag", "golive_date"))  # fmt: skip
    answers = sorted((ordinal(row["date"]), row["programme"], row["unit"], float(row["score"])) for row in rows_if_any(world, "surveys.csv", ("programme", "unit", "date", "score", "n")) if row["score"] and float(row["n"] or 0) >= ANSWERS)  # fmt: skip
    made: dict[tuple[str, int], dict[str, float]] = {}
    last: dict[str, dict[str, float]] = defaultdict(dict)
    smooth: dict[str, dict[str, float]] = defaultdict(dict)
    heard: list[float] = []
    at = 0
    for row in sorted(snapshots, key=lambda each: each["date"]):
        day, programme = ordinal(row["date"]), row["programme"]
        while at < len(answers) and answers[at][0] <= day:
            _day, of, unit, score = answers[at]
            last[of][unit] = score
            heard.append(score)
            at += 1
        known = smooth[programme]
        for name, column in (("spi", "spi"), ("cpi", "cpi"), ("burn", "burn_ratio")):
            if row[column]:
                value = float(row[column])
                known[name] = (1 - SMOOTHED) * known.get(name, value) + SMOOTHED * value
        units = last[programme].values()
        made[programme, day] = {
            "weeks": (ordinal(row["golive_date"]) - day) / 7 if row["golive_date"] else NAN,
            "spi": known.get("spi", NAN),
            "cpi": known.get("cpi", NAN),
            "burn": known.get("burn", NAN),
            "rag": float({"green": 0, "amber": 1, "red": 2}.get(row["rag"].lower(), NAN)),
            "gap": _middle(heard) - min(units) if units else NAN,
        }
    return made


def _middle(heard: list[float]) -> float:
    # The latest answers are enough to know the middle of an organisation.
    return float(np.median(heard[-2000:]))


# --- scores ----------------------------------------------------------------------------------------------


def show_scores(scores: Scores) -> None:
    print("\nScores, as shares of the best possible forecast:")
    later = scores.day >= np.median(scores.day)
    near = (scores.state["weeks"] >= NEAR[0]) & (scores.state["weeks"] <= NEAR[1])
    _show_part("all", scores, {"fAUC": "fAUC", "fAP": "fAP", "fBSS": "fBSS", "ECE": "ECE"})
    _show_part("the later half", scores.only(later), {})
    _show_part("six weeks before a go-live", scores.only(near), {"fAUC": "near fAUC", "fAP": "near fAP"})  # fmt: skip
    small = scores.state["people"] < SMALL_UNIT
    _show_part("programmes with small units", scores.only(small), {})
    for stage in np.unique(scores.stage):
        _show_part(f"told at stage {stage}", scores.only(scores.stage == stage), {})
    bare = np.full(len(scores), NAN)
    alone = replace(scores, told=scores.by_prior, low=bare, high=bare)
    _show_part("the shipped prior alone, as without any history", alone, {"fAUC": "prior fAUC", "fBSS": "prior fBSS"})  # fmt: skip
    _show_calibration(scores)
    delivery = delivery_only(scores)
    if delivery is not None:
        gain = intervals(lambda rows: {"gain": _auc(scores.label[rows], scores.told[rows]) - _auc(scores.label[rows], delivery[rows])}, scores.programme)["gain"]  # fmt: skip
        print(f"\nA score of delivery alone, fitted to this world: AUC {_auc(scores.label, delivery):.3f}")  # fmt: skip
        line("AUC gained over it", gain, "over delivery")
    _show_scenario(scores, delivery)


def _show_part(name: str, part: Scores, bars: Mapping[str, str]) -> None:
    if len(part) < LEAST_ROWS or not LEAST_EVENTS <= part.label.sum() < len(part):
        print(f"  {name}: too few crises to measure ({len(part)} weeks, {int(part.label.sum())} of them events)")  # fmt: skip
        return
    print(f"  {name}: {len(part)} weeks, {part.label.mean():.3f} of them before a crisis, {part.told.mean():.3f} told, {part.best.mean():.3f} at best")  # fmt: skip
    found = intervals(lambda rows: shares(part.label[rows], part.told[rows], part.best[rows]), part.programme)  # fmt: skip
    expected = expected_shares(part.told, part.best)
    for measure, value in found.items():
        more = f"; expected {expected[measure]:.3f}" if measure in expected else ""
        line(f"  {measure}", value, bars.get(measure, ""), more)
    # What came is one draw of the best chances: told too boldly is what both slopes say, not one.
    print(f"    {'slope of the log-odds told':<34} {calibration_slope(part.label, part.told):7.3f}; expected {calibration_slope(part.best, part.told):.3f}")  # fmt: skip
    if not np.isnan(part.low).any():
        held = (part.low <= part.best) & (part.best <= part.high)
        line("  best chances inside the bands", ratio(held.astype(float), np.ones(len(part)), part.programme), "", "; 0.8 is meant")  # fmt: skip


def _show_calibration(scores: Scores) -> None:
    print("\nTold and observed, in ten parts:")
    for each in reliability(scores.label, scores.told):
        print(f"  {each.told:.3f} told, {each.observed:.3f} observed ({each.low:.3f} to {each.high:.3f}), {each.rows} weeks")  # fmt: skip


def delivery_only(scores: Scores) -> Array | None:
    """What delivery data alone would have told: fitted to this world itself, on other programmes; nothing if it cannot."""
    raw = np.column_stack([scores.state[name] for name in ("spi", "cpi", "burn", "rag")])
    seen = ~np.isnan(raw)
    if not seen.any(axis=0).all() or min(scores.label.sum(), len(scores) - scores.label.sum()) < LEAST_EVENTS:  # fmt: skip
        return None
    made = np.where(seen, raw, np.nanmean(raw, axis=0))
    fold = folds(scores.programme, 5)
    told = np.full(len(scores), scores.label.mean())
    for number in np.unique(fold):
        inside, outside = fold != number, fold == number
        if len(np.unique(scores.label[inside])) == 2:
            model = make_pipeline(StandardScaler(), LogisticRegression(C=0.1)).fit(made[inside], scores.label[inside])  # fmt: skip
            told[outside] = model.predict_proba(made[outside])[:, 1]
    return told


def _show_scenario(scores: Scores, delivery: Array | None) -> None:
    state = scores.state
    inside = (state["weeks"] >= SCENARIO_WEEKS[0]) & (state["weeks"] <= SCENARIO_WEEKS[1]) & (state["spi"] >= SOUND_SCHEDULE) & (state["gap"] >= DISENGAGED)  # fmt: skip
    part = scores.only(inside)
    print(f"\nA disengaged unit, {SCENARIO_WEEKS[0]} to {SCENARIO_WEEKS[1]} weeks before a go-live, and a sound schedule: {len(part)} weeks")  # fmt: skip
    if not len(part) or not part.label.sum():
        print("  no crisis among them, or no such week: not measured")
        return
    red = float((part.state["rag"] == 2).mean())
    print(f"  observed {part.label.mean():.3f}, told {part.told.mean():.3f}, at best {part.best.mean():.3f}; {red:.3f} are reported red")  # fmt: skip
    line("told over observed", ratio(part.told, part.label, part.programme), "slice")
    line("told over the best", ratio(part.told, part.best, part.programme))
    if delivery is not None:
        line("told over delivery alone", ratio(part.told, delivery[inside], part.programme), "slice over delivery")  # fmt: skip


def _auc(label: Array, told: Array) -> float:
    return float(roc_auc_score(label, told))


# --- what-if ---------------------------------------------------------------------------------------------


def show_whatif(world: Path, replayed: Path) -> None:
    columns = ("programme", "date", "delay_weeks", "change")
    told = {_delay(row): float(row["change"]) for row in rows_of(replayed, "whatif.csv", columns)}
    true = {_delay(row): float(row["change"]) for row in rows_of(world / "truth", "whatif.csv", columns)}  # fmt: skip
    print("\nA later go-live:")
    for weeks in sorted({key[2] for key in true} - {0}):
        keys = sorted(key for key in true if key[2] == weeks and key in told)
        if not keys:
            print(f"  {weeks} weeks later: nothing told")
            continue
        ours, its = np.array([told[key] for key in keys]), np.array([true[key] for key in keys])
        group = np.array([key[0] for key in keys])
        large = np.abs(its) > EFFECT
        print(f"  {weeks} weeks later: {len(keys)} cases, the change is more than {EFFECT:.2f} in {int(large.sum())}")  # fmt: skip
        if large.any():
            right = intervals(lambda rows, at=large, a=ours, b=its: {"sign": float((np.sign(a[at][rows]) == np.sign(b[at][rows])).mean())}, group[large])["sign"]  # type: ignore[misc]  # fmt: skip
            line("  sign right", right, f"sign {weeks}")
        off = intervals(lambda rows, a=ours, b=its: {"off": float((a - b)[rows].mean())}, group)["off"]  # type: ignore[misc]  # fmt: skip
        line("  told less true, mean", off, "bias")


def _delay(row: Row) -> tuple[str, str, int]:
    return row["programme"], row["date"], int(row["delay_weeks"])


# --- RAID ------------------------------------------------------------------------------------------------


def show_raid(world: Path, replayed: Path) -> None:
    items = {row["item"]: row for row in rows_if_any(world, "raid.csv", ("item", "programme", "probability", "impact", "escalated_date"))}  # fmt: skip
    true = {(row["item"], row["date"]): float(row["weekly_escalation_p"]) for row in rows_of(world / "truth", "raid.csv", ("item", "date", "weekly_escalation_p"))}  # fmt: skip
    told = {(row["item"], row["date"]): float(row["probability"]) for row in rows_of(replayed, "raid_scores.csv", ("item", "date", "probability"))}  # fmt: skip
    print("\nRAID items that escalate within four weeks:")
    # A window must lie inside the weeks of its programme.
    end = {row["programme"]: ordinal(row["date"]) for row in sorted(rows_of(world, "snapshots.csv", ("programme", "date")), key=lambda each: each["date"])}  # fmt: skip
    keys = [key for key in sorted(true) if key in told and key[0] in items and ordinal(key[1]) + 7 * WEEKS_AHEAD <= end.get(items[key[0]]["programme"], 0)]  # fmt: skip
    label = np.array([_escalates(items[item], ordinal(day)) for item, day in keys], dtype=float)
    if not LEAST_EVENTS <= label.sum() < len(label):
        print(f"  too few to measure: {int(label.sum())} escalations within four weeks")
        return
    ours, its = np.array([told[key] for key in keys]), np.array([true[key] for key in keys])
    plain = np.array([float(items[item]["probability"] or NAN) * float(items[item]["impact"] or NAN) for item, _day in keys])  # fmt: skip
    plain = np.nan_to_num(plain, nan=float(np.nanmean(plain)))
    group = np.array([items[item]["programme"] for item, _day in keys])

    def measure(rows: Array) -> dict[str, float]:
        auc = _auc(label[rows], ours[rows])
        return {
            "share": share(auc - 0.5, _auc(label[rows], its[rows]) - 0.5),
            "gain": auc - _auc(label[rows], plain[rows]),
            "auc": auc,
        }

    found = intervals(measure, group)
    print(f"  {len(keys)} weeks of items, {label.mean():.3f} of them before an escalation, {ours.mean():.3f} told")  # fmt: skip
    line("AUC", found["auc"])
    line("share of the best possible order", found["share"], "raid")
    line("over probability x impact, AUC", found["gain"], "raid over score")


def _escalates(item: Row, day: int) -> bool:
    return bool(item["escalated_date"]) and day < ordinal(item["escalated_date"]) <= day + 7 * WEEKS_AHEAD  # fmt: skip


# --- lines -----------------------------------------------------------------------------------------------


def line(name: str, found: Interval, bar: str = "", more: str = "") -> None:
    verdict = f"  [{reached(bar, found.value)}]" if bar in BARS else ""
    print(f"  {name:<34} {found.value:7.3f} ({found.low:.3f} to {found.high:.3f}){more}{verdict}")


def reached(bar: str, value: float) -> str:
    """Whether a value reaches what is good, what it must, or neither; with both."""
    must, good = BARS[bar]

    def holds(limit: Any) -> bool:
        if isinstance(limit, tuple):
            return bool(limit[0] <= value <= limit[1])
        return bool(abs(value) <= limit if bar in LOWER_IS_BETTER else value >= limit)

    said = "good" if holds(good) else "reached" if holds(must) else "NOT REACHED"
    return f"{said}; must {_shown(must)}, good {_shown(good)}"


def _shown(limit: Any) -> str:
    return f"{limit[0]:g} to {limit[1]:g}" if isinstance(limit, tuple) else f"{limit:g}"


if __name__ == "__main__":
    sys.exit(main())
