"""Learning from an organisation's own past: what there is to learn from, what is learned, and what follows from it.

Only jobs and commands import this module: it needs numpy.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max

from pmo_portal.tenants.selectors import thresholds

from . import (
    challenging,
    holding,
    level_here,
    past,
    raid_history,
    services,
    shared_prior,
    sharing_records,
    starting,
)
from .choices import Happening, ModelStatus, Origin, Stage, Target
from .days import weeks_of_items
from .learning import escalation, prior, raid_report
from .learning.inputset import Matrix
from .learning.item_words import told_with_words
from .learning.levels import Level
from .learning.linear import LinearModel, Rows
from .learning.metrics import Array
from .learning.pooling import levelled, own_model
from .learning.report import ALERTS, left_out_report, survey_report, verdict_of, walked_report
from .learning.stages import Learned, is_enough, learn
from .learning.walk import EVERY, slices, walk
from .learning.whatif import measured_rates
from .learning.windows import of_eight_weeks
from .models import Lesson, RiskModel
from .past import Past
from .raid_history import RaidHistory
from .registry import InForce, enthrone, in_force, rates_as_values
from .standing import LESSON, Standing, standing_of

# As in replays.
LEARNS_EVERY = {
    Target.CRISIS_4W: timedelta(days=EVERY),
    Target.RAID_ESCALATES_4W: raid_history.RETRAINED,
}

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


def is_due(target: Target, as_of: date, *, is_asked: bool = False) -> bool:
    """Whether it is time to learn again; when somebody asks, once a day."""
    last = Lesson.objects.filter(target=target).aggregate(last=Max("as_of"))["last"]
    if last is None:
        return True
    # A model made for other inputs than today's tells nothing until it is learned anew.
    is_outdated = (
        RiskModel.objects.filter(target=target, status=ModelStatus.CHAMPION)
        .exclude(feature_set=prior.INPUTS[target].version)
        .exists()
    )
    is_soon = is_asked or is_outdated or shared_prior.is_news(target) or _is_unlevelled(target)
    return as_of - last >= (timedelta(days=1) if is_soon else LEARNS_EVERY[target])


def _is_unlevelled(target: Target) -> bool:
    """Whether the level the last lesson found is of another prior than lessons start from today."""
    level = Lesson.objects.filter(target=target).values_list("level", flat=True).first() or {}
    return bool(level) and level["of"] != shared_prior.start_of(target).digest


@dataclass(frozen=True)
class Gathered:
    """All that is needed to learn about a target, read from the database.

    Attributes:
        words: of each RAID item, as they were when it was first recorded.
        shared: a prior of other organisations that is to be tried as the start, and whether the last lesson used it.
    """

    target: Target
    as_of: date
    past: Past | None = None
    items: RaidHistory | None = None
    words: Mapping[int, str] = field(default_factory=dict)
    used: InForce | None = None
    is_learned: bool = False
    shared: shared_prior.Start | None = None
    shared_was_used: bool = False
    standing: Standing = field(default_factory=Standing)
    alerts: float = ALERTS
    small_units: Collection[int] = ()

    def __len__(self) -> int:
        """How many rows there are, whether their outcome is known or not."""
        if self.past is not None:
            return len(self.past.places)
        return len(self.items.made) if self.items is not None else 0


def gather(target: Target, as_of: date) -> Gathered:
    """Read what an organisation can learn from about a target by a day, and what holds for it."""
    champion = RiskModel.objects.filter(target=target, status=ModelStatus.CHAMPION)
    shared = shared_prior.taken(target)
    return Gathered(
        target,
        as_of,
        past=past.kept(until=as_of) if target is Target.CRISIS_4W else None,
        items=None if target is Target.CRISIS_4W else raid_history.gather(weeks_of_items(as_of)),
        words={} if target is Target.CRISIS_4W else raid_history.first_words(),
        used=in_force(target),
        is_learned=champion.filter(origin=Origin.LEARNED).exists(),
        shared=shared,
        shared_was_used=shared is not None and shared_prior.start_of(target) == shared,
        standing=standing_of(target),
        alerts=thresholds().alert_share_percent / 100,
        small_units=past.in_small_units() if target is Target.CRISIS_4W else (),
    )


def learn_from(gathered: Gathered, *, at: datetime, progress: Progress | None = None) -> Draft:
    """Learn what can be learned. Nothing is read or written."""
    assumed = prior.load(gathered.target)
    if gathered.past is not None:
        draft = _about_crises(gathered, gathered.past, assumed, at, progress)
    else:
        assert gathered.items is not None
        draft = _about_items(gathered, gathered.items, assumed, at, progress)
    draft.word = starting.word_of(draft.lesson, draft.rows, assumed)
    start = draft.start or assumed
    if not gathered.standing.is_free:
        draft = _ruled(draft, gathered, draft.start_here or start)
    assert gathered.used is not None
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
        return draft
    assert draft.rows is not None
    assert draft.told is not None
    made = challenging.measured(
        left,
        beside,
        draft.rows,
        draft.told,
        stage=draft.reached,
        shift=shift,
        named=named.digest,
        items=draft.items,
    )
    return replace(draft, challenger=made)


def _ruled(draft: Draft, gathered: Gathered, start: LinearModel) -> Draft:
    """What follows from a lesson while a remedy or a person's decision holds (`holding`)."""
    standing, used, as_of = gathered.standing, gathered.used, gathered.as_of
    assert used is not None
    rows, told = draft.rows, draft.told
    assert rows is not None
    assert told is not None
    since = standing.level_since or as_of
    weeks, raw, pool = holding.weeks_since(gathered.target, gathered, since, as_of)
    ruling = holding.rule(
        holding.Lessons(draft.model, rows, told, draft.refused),
        standing,
        used=used.model,
        is_learned=gathered.is_learned,
        start=start,
        weeks=weeks,
        raw=raw,
        pool=pool,
        as_of=as_of,
    )
    return replace(draft, standing=standing, ruling=ruling)


def _about_crises(
    gathered: Gathered, found: Past, assumed: LinearModel, at: datetime, progress: Progress | None
) -> Draft:
    as_of, alerts = gathered.as_of, gathered.alerts
    known = found.history.known_by(as_of.toordinal())
    unfinished = found.history.unfinished_by(as_of.toordinal())
    make = own_model if is_enough(known) else None
    start, said = starting.chosen(gathered, gathered.target, assumed, known, unfinished, make=make)
    learned = learn(
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
    start, said = starting.chosen(gathered, gathered.target, assumed, rows, make=make)
    about = _about(start, as_of, len(rows))
    learned = escalation.learn(rows, start, escalated=escalated, about=about, keep_refused=True)
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


# --- keeping ------------------------------------------------------------------------------------------------


@transaction.atomic
def keep(draft: Draft) -> RiskModel | None:
    """Write a lesson and what follows from it for the model in use.

    A model it made comes into use. Where there was enough to try one and something spoke against it, one that was learned
    before goes; a mere correction of the prior's level stays, because nothing better is known. While a remedy or a
    person's decision holds, what it made comes into use only as that allows; where what holds changed since it was
    learned, not at all. What does not come into use is the challenger (`challenging`).

    Returns the model that came into use, if one did.
    """
    lesson = draft.lesson
    target = Target(lesson.target)
    champion, _before = services.both_locked(target)
    standing, challenger = standing_of(target), draft.challenger
    if not standing.is_same_as(draft.standing):
        lesson.verdict = {**lesson.verdict, "held": _held_by(standing)}
        if draft.model is not None and challenger is None:
            challenger = challenging.Challenger(draft.model, lesson.stage)
    elif draft.ruling is not None:
        _keep_ruled(draft, draft.ruling, standing)
    elif draft.model is not None:
        _promote(draft.model, lesson, lesson.verdict, standing)
    else:
        if lesson.verdict.get("tried"):
            services.note(Happening.REFUSED, target, on=lesson.as_of, details=lesson.verdict)
        if champion is not None and champion.origin == Origin.LEARNED:
            services.retire(target)
            details = {"because": LESSON}
            services.note(
                Happening.FELL_BACK, target, on=lesson.as_of, model=champion, details=details
            )
    start = draft.start.digest if draft.start else shared_prior.shipped_start(target).digest
    challenging.keep(challenger, lesson, start=start)
    starting.note(lesson)
    lesson.save()
    if draft.word is not None:
        text, lacking = draft.word
        sharing_records.make_ready(target, text, lacking=lacking, on=lesson.as_of)
    return lesson.model


def _held_by(standing: Standing) -> str:
    """What keeps a lesson back that was learned while something else held."""
    if standing.hold:
        return standing.hold.value
    return "level" if standing.level else "changed"


def _promote(
    model: LinearModel,
    lesson: Lesson,
    details: Mapping[str, Any],
    standing: Standing,
    ends: Sequence[str] = (),
) -> None:
    """Put what a lesson made into use.

    Args:
        ends: what of that which holds it brings to an end, besides a person's word on a challenger.
    """
    target = Target(lesson.target)
    ended = [*ends, *(["declined"] if standing.declined else [])]
    lesson.model = enthrone(
        model, target, stage=lesson.stage, origin=Origin.LEARNED, on=lesson.as_of, lesson=lesson
    )
    said = {**details, **({"ends": ended} if ended else {})}
    services.note(Happening.PROMOTED, target, on=lesson.as_of, model=lesson.model, details=said)


def _keep_ruled(draft: Draft, ruling: holding.Ruling, standing: Standing) -> None:
    """Write what follows from a lesson while something holds; a lesson that is held back is no event."""
    lesson, target = draft.lesson, Target(draft.lesson.target)
    details = dict(ruling.details or {})
    lesson.verdict = {**lesson.verdict, **details}
    if ruling.model is None:
        if draft.model is None and lesson.verdict.get("tried"):
            services.note(Happening.REFUSED, target, on=lesson.as_of, details=lesson.verdict)
        return
    if not ruling.is_prior:
        _promote(ruling.model, lesson, lesson.verdict, standing, ruling.ends)
        return
    lesson.model = enthrone(
        ruling.model,
        target,
        stage=Stage.RECALIBRATED,
        origin=Origin.SHIFTED,
        on=lesson.as_of,
    )
    # The level of the same weeks, known better by now: no new remedy.
    again = {"shift": details["shift"], "since": details["level_since"], "again": True}
    services.note(Happening.SHIFTED, target, on=lesson.as_of, model=lesson.model, details=again)
