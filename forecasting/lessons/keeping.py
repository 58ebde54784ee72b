"""A lesson is written, and what it made comes into use where nothing speaks against it.

Only jobs and commands import this module: it needs numpy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from .. import services
from ..choices import Happening, Origin, Stage, Target
from ..in_force import challenging, holding, starting
from ..in_force.registry import enthrone
from ..in_force.standing import LESSON, Standing, standing_of
from ..learning.linear import LinearModel
from ..models import Lesson, RiskModel
from ..sharing import prior as shared_prior, records as sharing_records
from .drafting import Draft


@transaction.atomic
def keep_lesson(draft: Draft) -> RiskModel | None:
    """Write a lesson and what follows from it for the model in use.

    A model it made comes into use. Where there was enough to try one and something spoke against it, one that was learned
    before goes; a mere correction of the prior's level stays, because nothing better is known. While a remedy or a
    person's decision holds, what it made comes into use only as that allows; where what holds changed since it was
    learned, not at all, and it is learned anew the next day. What does not come into use is the challenger (`in_force.challenging`).

    Returns the model that came into use, if one did.
    """
    lesson = draft.lesson
    target = Target(lesson.target)
    champion, _before = services.both_locked(target)
    standing, challenger = standing_of(target), draft.challenger
    if not standing.is_same_as(draft.standing):
        lesson.verdict = {**lesson.verdict, "held": _held_by(standing), "overtaken": True}
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
    challenging.keep_challenger(challenger, lesson, start=start)
    starting.note_start(lesson)
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
