"""Measure the portal's training code on real public data that are laid out as a plain table.

    python benchmarks/real_data.py --dataset NAME --train FILE --test FILE --out FILE

Learns from the first file only and tells the rows of the second; `nyc_capital_projects`, `issue_delay`,
`sprint_delivery` and `gmpp` are known, with the columns of their public files. Prints what the probabilities are worth
beside the baselines, each with the middle 90 % over groups, and writes one row for each row of the second file, in
its order: its keys, a probability for each target (the first one as `probability`) and quantiles of slips in days.

An outcome that lies in a later row (the next report of a project) is looked up inside the file of its row. Rows of the
second file may look at earlier rows of either file, as a portal would have held them by then; for sprints that includes
what became of the earlier sprints of the same team. `--blind` hides the columns of outcomes in the second file.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.public import DATASETS  # noqa: E402
from benchmarks.public.cells import (  # noqa: E402
    Array,
    Dataset,
    Made,
    Row,
    Target,
    WrongFile,
    happened,
    read,
    words,
)
from benchmarks.public.worth import show_parts, show_probabilities, show_quantiles  # noqa: E402
from forecasting.learning.plain.quantiles import QUANTILES, train_quantiles  # noqa: E402
from forecasting.learning.plain.table import Table  # noqa: E402
from forecasting.learning.plain.training import Trained, train  # noqa: E402

Outcomes = Callable[[list[Row]], Array]
# Test groups are new where at most this share of them was seen in training...
FEW_SEEN = 0.2
# ... unless the test rows follow the training rows in time: then so many of them are later than so many of those.
LATER, THAN = 0.8, 0.8
NOTHING = "  There is nothing to learn from: no outcome is known. Its column is left out."


@dataclass(frozen=True)
class Task:
    """The rows of both files as one table, without labels.

    Attributes:
        is_test: whether a row is of the second file.
        group: what rows belong to, for intervals; organisations where those to tell are new, for learning.
        part: the word each row is measured apart by.
        new: whether groups to tell are new; `organisations`, `groups`, or nothing.
    """

    dataset: Dataset
    learned: list[Row]
    told: list[Row]
    made: Made
    is_test: Array
    group: Array
    organisation: Array
    part: Array
    new: str

    def table(self, target: Target) -> tuple[Table, Array]:
        """The rows of both files and after them those that stand aside, and the number of the row each is of."""
        label = _outcomes(self, target.of)
        known_on = self.made.time if target.known is None else np.nan_to_num(_outcomes(self, target.known), nan=np.inf)  # fmt: skip
        of_organisation = self.new == "organisations"
        # An organisation nobody has seen is no word to learn from.
        categories = {name: values for name, values in self.made.categories.items() if not (of_organisation and name == "organisation")}  # fmt: skip
        group = self.organisation if of_organisation else self.group
        table = Table(self.made.numbers, categories, label, group, self.made.time, known_on, self.made.record)  # fmt: skip
        count = len(table)
        if target.aside is None:
            return table, np.arange(count)
        # Of the rows to tell nothing that came later is looked at.
        aside = target.aside(self.learned)
        of = np.concatenate([np.arange(count), aside.row])
        table = table.only(of)
        return replace(
            table,
            numbers={**table.numbers, "span": np.concatenate([np.zeros(count), aside.span])},
            label=np.concatenate([label, aside.label]),
            known_on=np.concatenate([known_on, aside.known]),
            aside=np.arange(len(of)) >= count,
        ), of


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("--dataset", required=True, choices=sorted(DATASETS))
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--test", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--blind", action="store_true", help="hide the outcomes in the second file from the inputs")  # fmt: skip
    wanted = parser.parse_args(arguments)
    dataset = DATASETS[wanted.dataset]
    try:
        refuse_unwritable(wanted.out, wanted.train, wanted.test)
        learned = read(wanted.train, dataset)
        told = read(wanted.test, dataset, to_tell=True)
        columns = measure(prepared(dataset, learned, told, blind=wanted.blind))
        write(wanted.out, dataset, told, columns)
    except (OSError, ValueError) as error:
        print(f"Nothing was measured. {error}", file=sys.stderr)
        return 1
    return 0


def refuse_unwritable(path: Path, *inputs: Path) -> None:
    """Refuse a file that cannot be written, or that is read, before anything is computed for it.

    Raises:
        WrongFile: with why.
    """
    if path.is_dir():
        raise WrongFile(f"{path} is a folder. Name a file to write.")
    if not path.parent.is_dir():
        raise WrongFile(f"{path} cannot be written: there is no folder {path.parent}.")
    if not all(os.access(each, os.W_OK) for each in (path.parent, path) if each.exists()):
        raise WrongFile(f"{path} cannot be written: you may not.")
    if any(path.exists() and each.exists() and path.samefile(each) for each in inputs):
        raise WrongFile(f"{path} is read: scores would take the place of the data. Name another file to write.")  # fmt: skip


def prepared(dataset: Dataset, learned: list[Row], told: list[Row], *, blind: bool = False) -> Task:
    """Inputs of the rows of both files, and whether those to tell are of new groups.

    Raises:
        WrongFile: a row to tell was learned from.
    """
    keys = {tuple(row[key] for key in dataset.keys) for row in learned}
    if both := sum(tuple(row[key] for key in dataset.keys) in keys for row in told):
        raise WrongFile(f"{both} rows to tell are among those to learn from, by {', '.join(dataset.keys)}. Split the file so that none is in both.")  # fmt: skip
    hidden = dict.fromkeys(dataset.outcomes, "")
    rows = [*learned, *({**row, **hidden} for row in told)] if blind else [*learned, *told]
    made = dataset.build(rows)
    is_test = np.arange(len(rows)) >= len(learned)
    group = words(rows, *dataset.group)
    organisation = words(rows, dataset.organisation) if dataset.organisation else np.full(len(rows), "")  # fmt: skip
    if dataset.organisation and _are_new(organisation, is_test):
        new = "organisations"
    else:
        new = (
            "groups"
            if _are_new(group, is_test) and not _are_later(made.time, organisation, is_test)
            else ""
        )
    part = words(rows, dataset.parts) if dataset.parts else np.full(len(rows), "")
    return Task(dataset, learned, told, made, is_test, group, organisation, part, new)


def measure(task: Task) -> dict[str, Array]:
    """Learn, tell and print; the columns that were told.

    Targets after the first, and amounts, are left out where nothing is known of them.

    Raises:
        ValueError: no row to learn from has a known outcome of the first target.
    """
    kinds = {"": "in groups that are known", "groups": "in groups that are new", "organisations": "in organisations that are new"}  # fmt: skip
    print(f"{len(task.learned)} rows to learn from, {len(task.told)} to tell, {kinds[task.new]}.")
    columns: dict[str, Array] = {}
    test, dataset = task.is_test, task.dataset
    for name, target in dataset.targets.items():
        print(f"\n{name}:")
        if columns and not _is_known(task, target):
            print(NOTHING)
            continue
        chance, base = _told(task, target)
        columns["probability" if not columns else f"probability_{name}"] = chance
        label = happened(_outcomes(task, target.of)[test])
        column, what = dataset.baseline
        show_probabilities(label, chance, base, task.group[test], task.made.time[test], what, task.made.numbers[column][test])  # fmt: skip
        show_parts(label, chance, task.group[test], task.part[test])
    for name, target in dataset.amounts.items():
        print(f"\n{name}:")
        if not _is_known(task, target):
            print(NOTHING)
            continue
        table, of = task.table(target)
        learned, told = table.only(~test[of]), table.only(test[of])
        quantiles = train_quantiles(learned, new_groups=bool(task.new))(told)
        show_quantiles(told.label, quantiles, QUANTILES)
        columns |= {f"{name}_p{round(100 * share)}": quantiles[:, at] for at, share in enumerate(QUANTILES)}  # fmt: skip
    return columns


def _is_known(task: Task, target: Target) -> bool:
    """Whether any row to learn from has a known outcome."""
    return not np.isnan(target.of(task.learned)).all()


def _told(task: Task, target: Target) -> tuple[Array, float]:
    """What is told of the test rows and the share of events in training; by models of their own where they are apart."""
    table, of = task.table(target)
    test = task.is_test[of]
    parts = task.part[of] if task.dataset.apart else np.full(len(of), "")
    told = np.empty(len(of))
    for part in np.unique(parts[test]):
        of_part = parts == part
        learned = of_part & ~test
        if np.isnan(table.label[learned]).all():
            # Nothing is known of such rows: they are told by what is known of the others.
            learned = ~test
        trained = train(table.only(learned), new_groups=bool(task.new))
        _show_choice(trained, str(part))
        told[of_part & test] = trained.tell(table.only(of_part & test))
    return told[test], table.only(~test).known.share


def _show_choice(trained: Trained, part: str) -> None:
    held_out = ", ".join(f"{name} {loss:.4f}" for name, loss in sorted(trained.losses.items(), key=lambda each: each[1]))  # fmt: skip
    print(f"  {f'{part}: ' if part else ''}{trained.name} is used: {trained.why}.")
    if held_out:
        print(f"    log loss of rows held out: {held_out}")


def _outcomes(task: Task, of: Outcomes) -> Array:
    return np.concatenate([of(task.learned), of(task.told)])


def _are_new(names: Array, is_test: Array) -> bool:
    seen = np.isin(np.unique(names[is_test]), np.unique(names[~is_test]))
    return bool(seen.mean() <= FEW_SEEN)


def _are_later(time: Array, organisation: Array, is_test: Array) -> bool:
    """Whether the rows to tell follow those to learn from, in each organisation by its own time."""
    later = np.zeros(len(time), dtype=bool)
    for name in np.unique(organisation[is_test]):
        of_it = organisation == name
        # One date nobody can read must not hide when the others were.
        before = of_it & ~is_test & np.isfinite(time)
        if before.any():
            later |= of_it & (time >= np.quantile(time[before], THAN))
    return bool(later[is_test].mean() >= LATER)


def write(path: Path, dataset: Dataset, told: list[Row], columns: dict[str, Array]) -> None:
    """One row for each row that was told, in its order: all of them or none. An earlier file stays until then."""
    whole = path.resolve()
    # A pipe cannot be put in its place.
    part = whole.with_name(f"{whole.name}.part") if whole.is_file() or not whole.exists() else whole
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([*dataset.keys, *columns])
            for at, row in enumerate(told):
                writer.writerow([*(row[key] for key in dataset.keys), *(f"{values[at]:.6g}" for values in columns.values())])  # fmt: skip
        if part != whole:
            part.replace(whole)
    except BaseException:
        if part != whole:
            part.unlink(missing_ok=True)
        raise


if __name__ == "__main__":
    sys.exit(main())
