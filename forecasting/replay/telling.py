"""Replays a history bundle: imports it, walks it week by week, and writes what would have been said.

What is written for a day was learned from what was known before it. The rows are those of the bundle: its
programmes, its days.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from pmo_portal.common import clock
from programmes.models import Programme, ProgrammeUnit

from .. import inputs
from ..bundle import SOURCE
from ..bundle.reading import Bundle
from ..bundle.writing import external_id_of
from ..choices import FARTHEST_GOLIVE, Target
from ..learning import prior
from ..learning.features import CRISIS
from ..learning.judging.report import survey_report, walked_report
from ..learning.walk import Walked, walk
from ..learning.whatif import DELAYS, State, measured_rates, project
from ..learning.windows import of_eight_weeks
from ..lessons import past
from ..lessons.past import Past, Weeks
from ..raid import history as raid_history
from . import report as replay_report

Progress = Callable[[str], None]
WEEK = timedelta(weeks=1)
# A longer break is no weeks that are missing: the programme rested, or a date is wrong.
LONGEST_GAP = timedelta(weeks=26)


@dataclass(frozen=True)
class Replayed:
    """A walk over the past of an organisation, with the names its programmes had where they came from.

    Attributes:
        other_surveys: the same walk if survey cells too small to be shown were inputs as well ("every"), and
            without any survey ("none"). They are measured and never told to anybody.
    """

    past: Past
    walked: Walked
    names: Mapping[int, str]
    other_surveys: Mapping[str, Walked] = field(default_factory=dict)

    def told(self, *, since: date | None = None) -> Iterable[int]:
        """The rows something was told of, from a day on, by programme and day."""
        rows = range(len(self.past.places))
        wanted = (
            at
            for at in rows
            if self.walked.turn[at] >= 0 and (since is None or self.past.places[at][1] >= since)
        )
        return sorted(wanted, key=lambda at: (self.names[self.past.places[at][0]], self.past.places[at][1]))  # fmt: skip


def weeks_of(bundle: Bundle, names: Mapping[int, str]) -> Weeks:
    """The days each programme of a bundle is told on: those of its rows, and the weeks between them nobody reported.

    A row that leaves every indicator empty is a week like any other: that nothing was said is known of it too.
    """
    rows = bundle.by_programme("snapshots")
    spoken = {pk: [row[1] for row in rows.get(name, ())] for pk, name in names.items()}
    return Weeks(spoken, {pk: frozenset(_without_gaps(said)) for pk, said in spoken.items()})


def _without_gaps(said: Sequence[date]) -> Iterator[date]:
    yield from said
    for last, following in pairwise(said):
        day = last + WEEK
        while day < following <= last + LONGEST_GAP:
            yield day
            day += WEEK


def replay(bundle: Bundle, *, progress: Progress = lambda _text: None) -> Replayed:
    """Read the inputs of every week of a bundle that was imported, and walk them."""
    assumed = prior.load(Target.CRISIS_4W)
    names = _names_of(bundle)
    weeks = weeks_of(bundle, names)
    days = sorted(set().union(*weeks.wanted.values()))
    progress(f"Reading what was known on {len(days)} days.")
    found = past.read(days, weeks=weeks)
    progress(f"Walking {len(found.places)} weeks of programmes.")
    return Replayed(found, walk(found.history, assumed), names)


def _names_of(bundle: Bundle) -> dict[int, str]:
    """The programmes of a bundle with the names they have there."""
    kept = dict(Programme.all_objects.filter(source=SOURCE).values_list("external_id", "pk"))
    return {kept[external_id_of(row[0])]: row[0] for row in bundle["programmes"]}


def with_other_surveys(replayed: Replayed, bundle: Bundle) -> Replayed:
    """Add what anonymity costs and what surveys are worth.

    Cells that are too small are not in the database, not even here: they come from the bundle itself.
    """
    assumed = prior.load(Target.CRISIS_4W)
    every = inputs.surveyed(replayed.past.places, _waves_of(bundle, replayed.names))
    walks = {
        "every": walk(replayed.past.with_surveys(every), assumed),
        "none": walk(replayed.past.without_surveys, assumed),
    }
    return replace(replayed, other_surveys=walks)


def _waves_of(bundle: Bundle, names: Mapping[int, str]) -> inputs.Waves:
    units = {
        (names[programme], name): (programme, unit)
        for programme, unit, name in ProgrammeUnit.objects.values_list(
            "programme_id", "unit_id", "unit__name"
        )
    }
    found: inputs.Waves = {}
    for programme, unit, on, score, n in sorted(bundle["surveys"], key=lambda row: row[2]):
        key = units.get((programme, unit))
        if key is not None:
            found.setdefault(key, []).append((on, clock.end_of(on), score, n))
    return found


def write(
    replayed: Replayed,
    out: Path,
    *,
    since: date | None = None,
    progress: Progress = lambda _text: None,
) -> None:
    """Write the files of a replay into a folder.

    Args:
        since: nothing is written of earlier days; they are learned from all the same.
    """
    _write(out / "scores.csv", SCORES, _score_rows(replayed, since))
    _write(out / "prior_scores.csv", PRIOR, _prior_rows(replayed, since))
    progress("Scores of programmes written.")
    items = _raid_walked(replayed, since)
    told = (
        (each.item, each.day.isoformat(), round(each.probability, 6)) for each in items.scores()
    )
    _write(out / "raid_scores.csv", RAID, told)
    progress("Scores of RAID items written.")
    _write(out / "whatif.csv", WHATIF, _whatif_rows(replayed, since))
    progress("What later go-lives would do written.")
    history = replayed.past.history
    found = walked_report(
        history,
        replayed.walked,
        since=since,
        small_units=past.in_small_units(),
        eight=of_eight_weeks(history, replayed.walked, replayed.past.state),
    )
    found["surveys"] = survey_report(
        history, {"released": replayed.walked, **replayed.other_surveys}, since=since
    )
    text = (
        replay_report.in_words(found)
        + "\n"
        + replay_report.raid_in_words(items.report(since=since))
    )
    (out / "report.md").write_text(text, encoding="utf-8")


@contextmanager
def written_whole(out: Path) -> Iterator[Path]:
    """A folder to write files into: all of them come to `out` at the end, and none where something goes wrong before.

    Raises:
        OSError: `out` cannot be made or written into.
    """
    is_new = not out.exists()
    out.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix=".replay-", dir=out) as made:
            yield Path(made)
            for path in sorted(Path(made).iterdir()):
                path.replace(out / path.name)
    except BaseException:
        if is_new:
            with suppress(OSError):
                out.rmdir()
        raise


SCORES = ("programme", "date", "probability", "low", "high", "stage", "model")
# What the shipped prior alone would have said: how an organisation without any history is told.
PRIOR = ("programme", "date", "probability")
RAID = ("item", "date", "probability")
WHATIF = ("programme", "date", "delay_weeks", "probability_16w", "change")


def _score_rows(replayed: Replayed, since: date | None) -> Iterable[Sequence[Any]]:
    walked = replayed.walked
    digests = [learned.model.digest[:12] for _day, learned in walked.learned]
    for at in replayed.told(since=since):
        programme, day = replayed.past.places[at]
        yield (
            replayed.names[programme],
            day.isoformat(),
            round(float(walked.probability[at]), 6),
            round(float(walked.low[at]), 6),
            round(float(walked.high[at]), 6),
            walked.stage(at).value,
            digests[walked.turn[at]],
        )


def _prior_rows(replayed: Replayed, since: date | None) -> Iterable[Sequence[Any]]:
    for at in replayed.told(since=since):
        programme, day = replayed.past.places[at]
        probability = round(float(replayed.walked.by_prior[at]), 6)
        yield replayed.names[programme], day.isoformat(), probability


def _raid_walked(replayed: Replayed, since: date | None) -> raid_history.RaidWalked:
    rows = replayed.past.history.rows
    signals = dict(zip(replayed.past.places, rows.raw, strict=True))
    days = sorted({day for _programme, day in replayed.past.places})
    watched = {
        programme: date.fromordinal(said[-1])
        for programme, said in replayed.past.history.spoken.items()
        if said
    }
    return raid_history.walked(days, signals=signals, watched=watched, score_from=since)  # type: ignore[arg-type]


def _whatif_rows(replayed: Replayed, since: date | None) -> Iterable[Sequence[Any]]:
    """Every week in which a go-live is near, each by the model of its day and the rates known by then."""
    found, walked = replayed.past, replayed.walked
    rows = found.history.rows
    assert rows.day is not None
    assert rows.pool is not None
    trained = found.state
    to_go = rows.raw[:, CRISIS.names.index("weeks_to_golive")]
    with np.errstate(invalid="ignore"):
        wanted = (to_go > 0) & (to_go <= FARTHEST_GOLIVE) & (walked.turn >= 0)
    if since is not None:
        wanted &= rows.day >= since.toordinal()
    for turn, (day, learned) in enumerate(walked.learned):
        now = np.flatnonzero(wanted & (walked.turn == turn))
        if not len(now):
            continue
        earlier = rows.day < day.toordinal()
        rates = measured_rates(rows.only(earlier), found.trained[earlier, 1], learned.model)
        state = State(rows.raw[now], trained[now], list(rows.pool[now]))
        told = project(state, learned.model, rates)
        for at, row in enumerate(now):
            programme, on = found.places[row]
            for which, delay in enumerate(DELAYS):
                yield (
                    replayed.names[programme],
                    on.isoformat(),
                    delay,
                    round(float(told.probability[at, which]), 6),
                    round(float(told.change[at, which]), 6),
                )


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
