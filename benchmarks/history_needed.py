"""How many crises must be learned from, until a model tells nearly as well as can be.

    python -m benchmarks.history_needed [--programmes 75,150,300,600,1200] [--worlds 3] [--laws 6]
    python -m benchmarks.history_needed --bundle FOLDER

Organisations of 300 programmes and 60 weeks are invented, or the history of one is there, and inputs are read as always. What brings
crises about is then drawn anew, many times, from the shipped prior itself: a weight for each term, and a level for each
portfolio, as far from the prior as it says that organisations lie. Whether a crisis comes in four weeks follows such a law
and nothing else. Each programme is told by a model learned from the others (four of five); shares are of what the laws
themselves tell, without the luck of what happened.

So the prior is exactly right here, and the laws have the form of the model. What is missing from 1 is what so many crises
leave open to whoever learns from them with this prior: `likeliest` is the model of the portal, `mean` the mean of what its
draws say. Other sizes are made of the same programmes, fewer of them or under several names.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks import database
from benchmarks.achievable import expected_shares

Array = npt.NDArray[Any]
PROGRAMMES, WEEKS = 300, 60
# How many weeks a chance is of, and the mean of all chances.
HORIZON, BASE = 4, 0.05
WAYS, SHARES = ("likeliest", "mean"), ("fAUC", "fBSS", "ECE")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.history_needed", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("--programmes", type=numbers, default=[75, 150, 300, 600, 1200], metavar="75,150,…", help="how many an organisation has")  # fmt: skip
    parser.add_argument("--worlds", type=int, default=3, help="how many organisations are invented")
    parser.add_argument("--bundle", type=Path, help="a history bundle in their place")
    parser.add_argument("--laws", type=int, default=6, help="how many laws are drawn for each")
    wanted = parser.parse_args()
    worlds, prior = read(wanted.bundle, range(1, wanted.worlds + 1))
    print(f"{'programmes':>10} {'crises':>7}  {'':<9} {'fAUC':>22} {'fBSS':>22} {'ECE':>6}")
    for programmes in wanted.programmes:
        found = [
            one_law(of_size(rows, programmes), prior, law)
            for rows in worlds
            for law in range(wanted.laws)
        ]
        crises = np.mean([each["crises"] for each in found])
        for way in WAYS:
            told = {name: np.array([each[way][name] for each in found]) for name in SHARES}
            print(f"{programmes:>10} {crises:>7.0f}  {way:<9} {middle(told['fAUC']):>22} {middle(told['fBSS']):>22} {told['ECE'].mean():>6.3f}", flush=True)  # fmt: skip
    return 0


def numbers(text: str) -> list[int]:
    return [int(each) for each in text.split(",")]


def middle(values: Array) -> str:
    """The mean, and between which nine of ten laws lie."""
    low, high = np.quantile(values, (0.05, 0.95))
    return f"{values.mean():.3f} ({low:.3f} to {high:.3f})"


def read(bundle: Path | None, seeds: Iterable[int]) -> tuple[list[Any], Any]:
    """The rows of a bundle, or of invented organisations, one for each programme and four weeks, and the shipped prior."""
    with database.serving():
        from forecasting.choices import Target
        from forecasting.learning import prior
        from forecasting.learning.worlds import History, draw_world

        shipped = prior.load(Target.CRISIS_4W)
        if bundle is not None:
            return [rows_of(bundle, "bundle")], shipped
        found = []
        for seed in seeds:
            with tempfile.TemporaryDirectory(prefix="pmo-bench-world-") as made:
                History(draw_world(seed, programmes=PROGRAMMES, weeks=WEEKS)).write(Path(made))
                found.append(rows_of(Path(made), f"invented-{seed}"))
        return found, shipped


def rows_of(folder: Path, slug: str) -> Any:
    """The rows of every fourth week of a bundle, imported for the purpose."""
    from forecasting.bundle.reading import files_in, parse
    from forecasting.lessons import past
    from pmo_portal.jobs.imports.kinds import import_kind
    from pmo_portal.jobs.imports.services import apply
    from pmo_portal.tenants import bulk
    from pmo_portal.tenants.context import tenant_context
    from pmo_portal.tenants.services import create_tenant
    from programmes.models import StatusReport

    kind = import_kind("history")
    assert kind is not None
    with tenant_context(create_tenant(slug=slug, name=slug).id):
        bulk.plan_for_new_rows()
        apply(kind, parse(files_in(folder)))
        said = StatusReport.objects.order_by("effective_on")
        days = said.values_list("effective_on", flat=True).distinct()
        return past.read(list(days)[::HORIZON]).history.rows


def of_size(rows: Any, programmes: int) -> Any:
    """The rows of so many programmes: the first of them, or all several times under other names."""
    from forecasting.learning.linear import Rows

    names, at = np.unique(rows.group, return_inverse=True)
    taken, groups = [], []
    for turn in range(-(-programmes // len(names))):
        now = np.flatnonzero(at < programmes - turn * len(names))
        taken.append(now)
        groups.append([f"{turn}/{each}" for each in at[now]])
    wanted = rows.only(np.concatenate(taken))
    return Rows(wanted.raw, wanted.label, np.concatenate(groups), pool=wanted.pool)


def one_law(rows: Any, prior: Any, seed: int) -> dict[str, Any]:
    """Shares of what a law drawn from the prior tells, and how many crises a model was learned from in the mean."""
    from forecasting.learning.linear import sigmoid
    from forecasting.learning.pooling import FOLDS, folds, own_model

    rng = np.random.default_rng(seed)
    chance = drawn_law(rows, prior, rng)
    came = rng.random(len(chance)) < chance
    weekly = in_weeks(rows, came)
    fold = folds(rows.group)
    likeliest, mean = np.empty(len(rows)), np.empty(len(rows))
    for number in range(FOLDS):
        out = fold == number
        model = own_model(weekly.only(~np.repeat(out, HORIZON)), prior)
        raw, pool = rows.raw[out], rows.pool[out]
        likeliest[out] = model.probability(raw, pool)
        mean[out] = sigmoid(model.odds_of_members(model.standardised(raw), pool)).mean(axis=0)
    return {
        "likeliest": expected_shares(likeliest, chance),
        "mean": expected_shares(mean, chance),
        "crises": came.sum() * (1 - 1 / FOLDS),
    }


def drawn_law(rows: Any, prior: Any, rng: np.random.Generator) -> Array:
    """The true chance of each row, by weights and levels of portfolios drawn from the prior."""
    from forecasting.learning.linear import sigmoid

    weights = prior.weights + rng.normal(size=len(prior.weights)) * prior.spread[1:]
    weights = np.where(np.array(prior.inputs.directions) * weights < 0, 0.0, weights)
    names, at = np.unique(rows.pool, return_inverse=True)
    pull = prior.standardised(rows.raw) @ weights
    pull = pull + rng.normal(0, prior.about["pool_spread"], len(names))[at]
    low, high = -15.0, 5.0
    for _halving in range(40):
        level = (low + high) / 2
        low, high = (level, high) if sigmoid(level + pull).mean() < BASE else (low, level)
    return np.asarray(sigmoid(level + pull))


def in_weeks(rows: Any, came: Array) -> Any:
    """Each row as often as a horizon has weeks: a model takes what it learns from as weeks, of which so many tell of the same crisis."""
    from forecasting.learning.linear import Rows

    return Rows(
        raw=np.repeat(rows.raw, HORIZON, axis=0),
        label=np.repeat(came, HORIZON),
        group=np.repeat(rows.group, HORIZON),
        pool=np.repeat(rows.pool, HORIZON),
    )


if __name__ == "__main__":
    sys.exit(main())
