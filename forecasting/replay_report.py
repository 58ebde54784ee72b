"""What a replay was worth, as a page of text: measures with intervals, beside what is simpler to say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np

from .learning.evaluation import Interval, measures, reliability
from .learning.features import CRISIS
from .learning.metrics import Array
from .learning.stages import Stage, count_events
from .learning.walk import History, Walked

# Fewer crises than this say nothing about a part.
FEWEST = 10
SIX_WEEKS = 6.0
FIRST_WEEKS = 84
# An alert is given to so many of a hundred programmes each week.
ALERTS = 0.1


def report(history: History, walked: Walked, *, since: date | None = None) -> str:
    """The report, in Markdown."""
    rows, told = history.rows, walked.probability
    assert rows.day is not None
    known = history.is_known & (walked.turn >= 0)
    if since is not None:
        known &= rows.day >= since.toordinal()
    lines = ["# Replay", ""]
    if since is not None:
        lines += [f"Scores from {since.isoformat()}; earlier weeks were only learned from.", ""]
    lines += [
        (
            f"{len(np.unique(rows.group))} programmes, {len(rows)} weeks of programmes; "
            f"{int(known.sum())} of them with a known outcome were told, {count_events(rows.only(known))} crises among them."
        ),
        "",
    ]
    label = rows.label
    if not 0 < label[known].sum() < known.sum():
        return "\n".join(
            [*lines, "Nothing can be measured: one of the two outcomes never happened.", ""]
        )
    lines += ["## How good the scores were", "", *_measured(history, walked, known), ""]
    lines += ["AUC: 0.5 is a coin. Brier skill: 0 is the base rate, 1 is perfect. In brackets the middle 90 % over programmes.", ""]  # fmt: skip
    lines += ["## Told and observed", "", *_reliability(label[known], told[known]), ""]
    lines += ["## Alerts", "", _alerts(rows.day[known], label[known], told[known]), ""]
    lines += ["## What was learned", "", *_learned(walked), ""]
    return "\n".join(lines)


def _measured(history: History, walked: Walked, known: Array) -> Iterator[str]:
    rows = history.rows
    assert rows.day is not None
    yield from _table_head(
        ["Part", "Told by", "Weeks", "Share", "AUC", "AP", "Brier skill", "Calibration error"]
    )
    colour = np.nan_to_num(rows.raw[:, CRISIS.names.index("rag_reported")])
    for part, mask in _parts(history, walked).items():
        wanted = mask & known
        if count_events(rows.only(wanted)) < FEWEST if wanted.any() else True:
            continue
        for who, told in (
            ("the portal", walked.probability),
            ("the shipped prior", walked.by_prior),
            ("the reported colour", colour),
        ):
            found = measures(rows.label[wanted], told[wanted], rows.group[wanted])
            is_chance = who != "the reported colour"
            yield _row(
                [
                    part,
                    who,
                    str(int(wanted.sum())),
                    f"{rows.label[wanted].mean():.3f}",
                    _shown(found["auc"]),
                    _shown(found["ap"]),
                    _shown(found["skill"]) if is_chance else "",
                    _shown(found["error"]) if is_chance else "",
                ]
            )


def _parts(history: History, walked: Walked) -> dict[str, Array]:
    """Parts of the weeks that are measured apart."""
    rows = history.rows
    assert rows.day is not None
    to_go = rows.raw[:, CRISIS.names.index("weeks_to_golive")]
    size = rows.raw[:, CRISIS.names.index("log_size")]
    _names, at = np.unique(rows.group, return_inverse=True)
    first = np.full(at.max(initial=-1) + 1, np.iinfo(np.int64).max)
    np.minimum.at(first, at, rows.day)
    is_own = np.array(
        [turn >= 0 and walked.learned[turn][1].stage is not Stage.PRIOR for turn in walked.turn],
        dtype=bool,
    )
    with np.errstate(invalid="ignore"):
        return {
            "all": np.ones(len(rows), dtype=bool),
            "six weeks before a go-live": (to_go >= 0) & (to_go <= SIX_WEEKS),
            "after the go-live": to_go < 0,
            "first twelve weeks": rows.day - first[at] < FIRST_WEEKS,
            "small programmes": size < -0.5,
            "told by the prior": ~is_own,
            "told by an own model": is_own,
        }


def _reliability(label: Array, told: Array) -> Iterator[str]:
    yield from _table_head(["Weeks", "Told", "Observed", "90 % of such a share"])
    for each in reliability(label, told):
        yield _row(
            [
                str(each.rows),
                f"{each.told:.3f}",
                f"{each.observed:.3f}",
                f"{each.low:.3f} to {each.high:.3f}",
            ]
        )


def _alerts(day: Array, label: Array, told: Array) -> str:
    """What an alert to the loudest programmes of each week would have been worth."""
    chosen = np.zeros(len(day), dtype=bool)
    for each in np.unique(day):
        week = np.flatnonzero(day == each)
        count = int(np.ceil(ALERTS * len(week)))
        chosen[week[np.argsort(-told[week], kind="stable")[:count]]] = True
    hits, base = label[chosen].mean(), label.mean()
    found = label[chosen].sum() / label.sum()
    return (
        f"Alerts to the {ALERTS:.0%} of programmes with the highest risk each week: {hits:.0%} of them were followed by a "
        f"crisis within four weeks ({base:.1%} of all weeks were), and {found:.0%} of the weeks before a crisis had one."
    )


def _learned(walked: Walked) -> Iterator[str]:
    yield from _table_head(["From", "Stage", "Weeks", "Programmes", "Crises", "Gain over the prior", "Slope", "Against"])  # fmt: skip
    for day, each in walked.learned:
        verdict = each.verdict
        yield _row(
            [
                day.isoformat(),
                each.stage.value,
                str(each.rows),
                str(each.programmes),
                str(each.events),
                f"{verdict.gain.value:.4f} ({verdict.gain.low:.4f} to {verdict.gain.high:.4f})"
                if verdict
                else "",
                f"{verdict.slope:.2f}" if verdict else "",
                ", ".join(verdict.reasons) if verdict else "too little history",
            ]
        )


def _table_head(names: Sequence[str]) -> Iterator[str]:
    yield _row(names)
    yield _row(["---"] * len(names))


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _shown(found: Interval) -> str:
    return f"{found.value:.3f} ({found.low:.3f} to {found.high:.3f})"
