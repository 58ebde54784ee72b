"""What is learned from what was gathered, and what follows from it. Nothing is read or written.

Only jobs and commands import this module: it needs numpy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from ..choices import Stage, Target
from ..in_force import challenging, holding, level_here, starting, weeks_since
from ..in_force.registry import rates_as_values
from ..in_force.standing import Standing
from ..learning import prior
from ..learning.inputset import Matrix
from ..learning.judging.metrics import Array
from ..learning.judging.report import left_out_report, survey_report, verdict_of, walked_report
from ..learning.levels import Level
from ..learning.linear import LinearModel, Rows
from ..learning.pooling import levelled, own_model
from ..learning.raid import escalation, report as raid_report
from ..learning.raid.item_words import told_with_words
from ..learning.stages import Learned, is_enough, learn_crises
from ..learning.walk import slices, walk
from ..learning.whatif import measured_rates
from ..learning.windows import of_eight_weeks
from ..models import Lesson
from ..raid import history as raid_history
from ..raid.history import RaidHistory
from .gathering import Gathered
from .past import Past

Progress = Callable[[date], None]


@dataclass
class Draft:
    """A lesson ready to be kept, with the model it made; without one what it started from is to be used.

    Attributes:
        rows, told: what was learned from, and what models say of it that did not learn from its programme.
        start: what it was learned from as well: the shipped prior, or a shared one that was better.
        start_here: the same on the level of here, where it is told on that.
        items: the RAID item of each row, where it is about items.
        reached: the stage that so much history allows; `refused`: the model that was tried in vain, if one was.
        word: what the organisation could give to others, and what is missing for it where it is empty.
        standing: what held when it was learned, and `ruling` what follows from that; None where nothing held.
        challenger: what it made and what does not come into use.
    """

    lesson: Lesson
    model: LinearModel | None = None
    rows: Rows | None = None
    told: Matrix | None = None
    start: LinearModel | None = None
    start_here: LinearModel | None = None
    items: Array | None = None
    reached: str = Stage.PRIOR
    refused: LinearModel | None = None
    word: tuple[str, str] | None = None
    standing: Standing = field(default_factory=Standing)
    ruling: holding.Ruling | None = None
    challenger: challenging.Challenger | None = None


def learn_from(gathered: Gathered, *, at: datetime, progress: Progress | None = None) -> Draft:
    """Learn what can be learned. Nothing is read or written."""
    assumed = prior.load(gathered.target)
    if gathered.past is not None:
        draft = _about_crises(gathered, gathered.past, assumed, at, progress)
    else:
        assert gathered.items is not None
        draft = _about_items(gathered, gathered.items, assumed, at, progress)
    draft.word = starting.word_of(draft.lesson, draft.rows, assumed)
    draft.standing = gathered.standing
    start = draft.start or assumed
    if not gathered.standing.is_free:
        draft = _ruled(draft, gathered, draft.start_here or start)
    return replace(draft, challenger=_challenger_of(draft, gathered, start))


def _challenger_of(
    draft: Draft, gathered: Gathered, start: LinearModel
) -> challenging.Challenger | None:
    """What a lesson made and what does not come into use, beside what will be in use after it; None where it made none such."""
    used, ruling = gathered.used, draft.ruling
    if ruling is None:
        # A refused lesson takes what was learned before out of use as well.
        is_start = gathered.is_learned or used.number is None
        left, shift = draft.refused, 0.0
        beside, named = (draft.start_here or start, start) if is_start else (used.model, used.model)
    else:
        left, shift = ruling.left, ruling.shift
        beside = named = ruling.model or used.model
        if ruling.model is None and used.number is None:
            named = start
    if left is None:
        return None
    assert draft.rows is not None
    assert draft.told is not None
    return challenging.compared_beside(
        left,
        beside,
        draft.rows,
        draft.told,
        stage=draft.reached,
        shift=shift,
        named=named.digest,
        items=draft.items,
    )


def _ruled(draft: Draft, gathered: Gathered, start: LinearModel) -> Draft:
    """What follows from a lesson while a remedy or a person's decision holds (`in_force.holding`)."""
    standing, as_of = gathered.standing, gathered.as_of
    rows, told = draft.rows, draft.told
    assert rows is not None
    assert told is not None
    since = standing.level_since or as_of
    if gathered.past is not None:
        came = weeks_since.of_programmes(gathered.past, since, as_of)
    else:
        assert gathered.items is not None
        came = weeks_since.of_items(gathered.items, since, as_of)
    ruling = holding.rule(
        holding.Lessons(draft.model, rows, told, draft.refused),
        standing,
        used=gathered.used.model,
        is_learned=gathered.is_learned,
        start=start,
        since=came,
        as_of=as_of,
    )
    return replace(draft, ruling=ruling)


def _about_crises(
    gathered: Gathered, found: Past, assumed: LinearModel, at: datetime, progress: Progress | None
) -> Draft:
    as_of, alerts = gathered.as_of, gathered.alerts
    known = found.history.known_by(as_of.toordinal())
    unfinished = found.history.unfinished_by(as_of.toordinal())
    make = own_model if is_enough(known) else None
    start, said = starting.start_of_lesson(
        gathered.shared,
        assumed,
        known,
        unfinished,
        make=make,
        was_used=gathered.shared_was_used,
        target=gathered.target,
    )
    learned = learn_crises(
        known,
        start,
        unfinished=unfinished,
        slices=slices(known),
        about=_about(start, as_of, len(known)),
        keep_refused=True,
    )
    # No shared prior was there in the weeks of the past.
    walked = walk(found.history, assumed, progress=progress)
    unasked = walk(found.without_surveys, assumed, progress=progress)
    eight = of_eight_weeks(found.history, walked, found.state)
    how: dict[str, Any] = {"alerts": alerts, "small_units": gathered.small_units}
    rates = measured_rates(found.history.rows, found.trained[:, 1], learned.model)
    lesson = Lesson(
        target=Target.CRISIS_4W,
        as_of=as_of,
        rows=learned.rows,
        programmes=learned.programmes,
        events=learned.events,
        stage=learned.stage.value,
        verdict={**verdict_of(learned.verdict), **said},
        left_out=left_out_report(known, learned, start, unfinished=unfinished, **how),
        walked={
            **walked_report(found.history, walked, eight=eight, **how),
            "surveys": survey_report(found.history, {"released": walked, "none": unasked}),
        },
        level=level_here.as_values(learned.level, of=start.digest),
        rates=rates_as_values(rates),
        computed_at=at,
    )
    return _draft(lesson, learned, known, _said(learned, known, start), start)


def _about_items(
    gathered: Gathered,
    history: RaidHistory,
    assumed: LinearModel,
    at: datetime,
    progress: Progress | None,
) -> Draft:
    as_of = gathered.as_of
    rows, escalated = history.rows(cut=as_of)
    items = history.made.items[history.known_by(as_of)[0]]
    make = escalation.maker(rows, escalated)
    start, said = starting.start_of_lesson(
        gathered.shared,
        assumed,
        rows,
        make=make,
        was_used=gathered.shared_was_used,
        target=gathered.target,
    )
    about = _about(start, as_of, len(rows))
    learned = escalation.learn_escalation(
        rows, start, escalated=escalated, about=about, keep_refused=True
    )
    told = _said(learned, rows, start)
    walked = raid_history.RaidWalked(
        history, raid_history.walk(history, assumed, progress=progress), as_of
    )
    lesson = Lesson(
        target=Target.RAID_ESCALATES_4W,
        as_of=as_of,
        rows=learned.rows,
        programmes=learned.programmes,
        events=learned.events,
        stage=learned.stage.value,
        verdict={**verdict_of(learned.verdict), **said},
        left_out={
            **raid_report.left_out_report(rows, items, learned, start, alerts=gathered.alerts),
            "words": raid_report.words_report(
                rows, told, told_with_words(rows, items, told, gathered.words)
            ),
        },
        walked=walked.report(alerts=gathered.alerts),
        computed_at=at,
    )
    return _draft(lesson, learned, rows, told, start, items)


def _said(learned: Learned, rows: Rows, start: LinearModel) -> Matrix:
    """What was told of programmes left out; by what lessons start from where nothing was tried."""
    return learned.told if len(learned.told) else start.probability(rows.raw, rows.pool)


def _draft(
    lesson: Lesson,
    learned: Learned,
    rows: Rows,
    told: Matrix,
    start: LinearModel,
    items: Array | None = None,
) -> Draft:
    return Draft(
        lesson,
        learned.model if learned.stage.value != Stage.PRIOR else None,
        rows,
        told,
        start,
        _on_level(start, learned.level) if learned.level else None,
        items,
        learned.reached.value,
        learned.refused,
    )


def _on_level(start: LinearModel, level: Level) -> LinearModel:
    """As it is told where no model is in use."""
    about = level_here.about_of(start.about, level, of=start.digest)
    return levelled(start, level, about=about)


def _about(assumed: LinearModel, as_of: date, rows: int) -> dict[str, Any]:
    """Where a model comes from, for its card and as part of its digest."""
    return {
        "assumed": False,
        "learned_on": as_of.isoformat(),
        "rows": rows,
        **starting.origin_of(assumed),
    }
