"""What is in use and what holds: models and their lessons, checks and events, and what is told from records."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from ..cards import ModelCard, no_better_text
from ..cards.records import RecordCard
from ..choices import Forecast, Happening, ModelStatus, Target
from ..in_force import words as standing_words
from ..in_force.standing import standing_of, standings
from ..models import Lesson, ModelCheck, ModelEvent, RiskModel, ShortfallRecord, SlipRecord
from ..sharing import prior as shared_prior
from ..sharing.prior import Start
from .dates import slip_record
from .ready import shortfall_record

_WORKING = [ModelStatus.CHAMPION, ModelStatus.CANDIDATE]


def cards() -> list[ModelCard]:
    """What is in use for every target, and what holds. Five statements, two for each target that takes a shared prior, and three for each model learned from one."""
    models = {
        (each.target, each.status): each
        for each in RiskModel.objects.filter(status__in=_WORKING).select_related("approved_by")
    }
    lessons = _last_of_each(Lesson)
    checks = _last_of_each(ModelCheck)
    held = standings()
    first = shared_prior.starts(Target, held, lessons)
    return [
        ModelCard(
            target,
            models.get((target, ModelStatus.CHAMPION)),
            lessons.get(target),
            checks.get(target),
            held[target],
            models.get((target, ModelStatus.CANDIDATE)),
            first[target],
            _learned_from(models.get((target, ModelStatus.CHAMPION))),
        )
        for target in Target
    ]


def _learned_from(champion: RiskModel | None) -> Start | None:
    return shared_prior.started(champion) if champion else None


def _last_of_each(model: Any) -> dict[str, Any]:
    """The newest row of every target."""
    rows = model.objects.order_by("target", "-as_of", "-pk").distinct("target")
    return {row.target: row for row in rows}


def card_of(target: Target) -> ModelCard:
    """What is in use for a target, its challenger, and what holds. Five statements, two where it takes a shared prior, and three where its model was learned from one."""
    lesson, held = Lesson.objects.filter(target=target).first(), standing_of(target)
    lessons = {target.value: lesson} if lesson else {}
    working = RiskModel.objects.filter(target=target, status__in=_WORKING)
    models = {each.status: each for each in working.select_related("approved_by")}
    return ModelCard(
        target,
        models.get(ModelStatus.CHAMPION),
        lesson,
        ModelCheck.objects.filter(target=target).first(),
        held,
        models.get(ModelStatus.CANDIDATE),
        shared_prior.starts([target], {target: held}, lessons)[target],
        _learned_from(models.get(ModelStatus.CHAMPION)),
    )


def what_holds(target: Target) -> dict[str, Any]:
    """For a page of scores: whether they are told by a fall-back or on a corrected level, or were not shown to rank better
    than what is simpler does, which then stands beside them. Two statements.
    """
    standing = standing_of(target)
    no_better = no_better_text(target, last_lesson(target)) if standing.is_free else ""
    return {"holds": standing_words.short(standing) or no_better, "is_no_better": bool(no_better)}


def last_lesson(target: Target) -> Lesson | None:
    """What was learned last about a target; without the long reports of it."""
    return Lesson.objects.filter(target=target).defer("walked", "rates").first()


def record_cards() -> list[RecordCard]:
    """What is told from records, of dates and of readiness. Two statements."""
    return [record_card_of(Forecast.MILESTONE_SLIP), record_card_of(Forecast.ADOPTION_SHORTFALL)]


def record_card_of(forecast: Forecast) -> RecordCard:
    """What is told for a forecast without a model of weights. One statement."""
    record = slip_record() if forecast is Forecast.MILESTONE_SLIP else shortfall_record()
    return RecordCard(forecast, record)


def records_of(forecast: Forecast, count: int = 26) -> list[Any]:
    """The last records of a forecast, the newest first. One statement."""
    made: Any = SlipRecord if forecast is Forecast.MILESTONE_SLIP else ShortfallRecord
    return list(made.objects.order_by("-as_of", "-pk")[:count])


def events_of(
    target: Target | Forecast, count: int = 30, *, kinds: Collection[Happening] = ()
) -> list[ModelEvent]:
    """What happened to the models of a target of late, the newest first; of some kinds, or all."""
    rows = ModelEvent.objects.filter(target=target).select_related("model", "by")
    return list((rows.filter(kind__in=kinds) if kinds else rows)[:count])


def models_of(target: Target) -> QuerySet[RiskModel]:
    """Every model that was made for a target, the newest first; without its numbers."""
    made = RiskModel.objects.filter(target=target).select_related("approved_by")
    return made.defer("numbers")


def model_by_number(target: Target, number: int) -> RiskModel | None:
    """A model of the registry with its numbers; None where there is none of that number, or none any more."""
    made = RiskModel.objects.filter(target=target, number=number)
    return made.select_related("approved_by").first()


def was_challenger(target: Target, number: int) -> bool:
    """Whether a number was that of a challenger, which may have been removed since."""
    return Lesson.objects.filter(target=target, challenger=number).exists()


def checks_of(target: Target, count: int = 26) -> list[ModelCheck]:
    """The last weekly checks, oldest first."""
    return list(ModelCheck.objects.filter(target=target)[:count])[::-1]
