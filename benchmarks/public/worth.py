"""Print what probabilities and quantiles were worth, beside the plainest alternatives."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from forecasting.learning.judging.evaluation import measures, weights_of_draws
from forecasting.learning.linear import logit, sigmoid, solve, with_level

from .cells import Array

DRAWS = 100
MEASURES = (("auc", "AUC"), ("ap", "average precision"), ("skill", "Brier skill"), ("error", "calibration error"), ("slope", "calibration slope"))  # fmt: skip
# The alarm: observed over expected events is off by more than this, and so is its 95 % interval over groups.
OFF = 0.1


def show_probabilities(
    label: Array,
    told: Array,
    base: float,
    group: Array,
    time: Array,
    baseline: str,
    ranking: Array,
) -> None:
    """Print the worth of probabilities, of the base rate and of a plain ranking, with the middle 90 % over groups.

    Args:
        base: the share of events in training.
    """
    seen = ~np.isnan(label)
    if not 0 < label[seen].sum() < seen.sum():
        print("  Not measured: the rows to tell do not hold both outcomes.")
        return
    y, p, of_group = label[seen], told[seen], group[seen]
    found = measures(y, p, of_group, draws=DRAWS)
    print(f"  {len(y)} rows with an outcome, {y.mean():.3f} of them events; {base:.3f} in training")
    for name, words in MEASURES:
        each = found[name]
        print(f"  {words:<20} {each.value:6.3f} ({each.low:.3f} to {each.high:.3f})")
    share = y.mean()
    print(f"  beside it, the base rate of training: AUC 0.500, average precision {share:.3f}, Brier skill {1 - ((base - y) ** 2).mean() / (share * (1 - share)):.3f}, calibration error {abs(base - share):.3f}")  # fmt: skip
    _show_ranking(y, ranking[seen], of_group, baseline)
    _show_drift(y, p, time[seen], of_group)


def show_parts(label: Array, told: Array, group: Array, part: Array) -> None:
    """Print the worth of probabilities in each part of the rows, where there are several."""
    for name in np.unique(part) if len(np.unique(part)) > 1 else ():
        seen = (part == name) & ~np.isnan(label)
        if not 0 < label[seen].sum() < seen.sum():
            continue
        found = measures(label[seen], told[seen], group[seen], draws=DRAWS)
        auc, skill = found["auc"], found["skill"]
        print(f"  at {name}: AUC {auc.value:.3f} ({auc.low:.3f} to {auc.high:.3f}), Brier skill {skill.value:.3f} ({skill.low:.3f} to {skill.high:.3f}), calibration error {found['error'].value:.3f}")  # fmt: skip


def _show_ranking(label: Array, values: Array, group: Array, what: str) -> None:
    if np.isnan(values).all():
        print(f"  beside it, {what}: not known of any of these rows")
        return
    middle = float(np.nanmedian(values))
    found = measures(label, sigmoid(np.nan_to_num(values, nan=middle) / (np.nanstd(values) or 1.0)), group, draws=DRAWS)  # fmt: skip
    auc, precision = found["auc"], found["ap"]
    print(f"  beside it, {what}: AUC {auc.value:.3f} ({auc.low:.3f} to {auc.high:.3f}), average precision {precision.value:.3f}")  # fmt: skip


def _show_drift(label: Array, told: Array, time: Array, group: Array) -> None:
    """Whether more or fewer events came than were told, and what is left once the level is set right."""
    ratio = label.sum() / told.sum()
    drawn, at = weights_of_draws(group)
    low, high = np.quantile(
        (drawn @ np.bincount(at, label)) / (drawn @ np.bincount(at, told)), [0.025, 0.975]
    )
    off = not low <= 1 <= high and abs(ratio - 1) > OFF
    print(f"  observed over expected {ratio:.2f} ({low:.2f} to {high:.2f}, 95 %)" + ("; DRIFT ALARM: the level needs to be set right" if off else ""))  # fmt: skip
    if not off:
        return
    earlier = time == time.min() if len(np.unique(time)) > 1 else np.zeros(len(time), dtype=bool)
    names, at = np.unique(group, return_inverse=True)
    first = earlier if earlier.mean() > 0.1 else (np.random.default_rng(len(names)).permutation(len(names)) % 2 == 0)[at]  # fmt: skip
    y = label[~first]
    if not first.any() or not 0 < y.sum() < len(y):
        return
    moved = solve(with_level(logit(told[first])[:, None]), label[first], penalty=np.array([1.0, 1e9]), towards=np.array([0.0, 1.0]))  # fmt: skip
    after = sigmoid(logit(told[~first]) + moved[0])
    against = y.mean() * (1 - y.mean())
    where = "the first of these rows in time" if first is earlier else "half of the groups"
    print(f"  with the level set right on {where}, of the others: Brier skill {1 - ((after - y) ** 2).mean() / against:.3f}, was {1 - ((told[~first] - y) ** 2).mean() / against:.3f}")  # fmt: skip


def show_quantiles(amount: Array, told: Array, shares: Sequence[float]) -> None:
    """Print how often an amount stayed within each quantile, and its loss against saying that nothing changes."""
    seen = ~np.isnan(amount)
    if not seen.any():
        print("  Not measured: no row to tell has an outcome.")
        return
    for at, share in enumerate(shares):
        off = amount[seen] - told[seen, at]
        plan = pinball(amount[seen], share)
        # Where no date moved, saying that none does was without a loss.
        beside = f"{pinball(off, share) / plan:.3f} of that of the date planned" if plan else f"{pinball(off, share):.1f} days, that of the date planned none"  # fmt: skip
        print(f"  P{round(100 * share)}: covers {(off <= 0).mean():.3f}; pinball loss {beside}")


def pinball(off: Array, share: float) -> float:
    return float(np.maximum(share * off, (share - 1) * off).mean())
