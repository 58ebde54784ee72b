"""What a lesson starts from, and what it makes ready for others to start from."""

from __future__ import annotations

from typing import Any

from .. import services
from ..choices import Happening, Target
from ..learning import prior, sharing
from ..learning.linear import LinearModel, Rows
from ..models import Lesson
from ..sharing.prior import Start


def model_of(start: Start, target: Target) -> LinearModel:
    """A prior that scores can be told with.

    Raises:
        ValueError: it was made for other inputs than today's.
    """
    if start.is_shared:
        return LinearModel.from_dict(start.numbers, prior.INPUTS[target])
    return prior.load(target)


def origin_of(model: LinearModel) -> dict[str, Any]:
    """What a model that is made of this one says of the prior both come from: its digest, and what people call it.

    A prior carries its version; a model that was learned, or moved, carries what its prior was and needs to be told nothing.
    """
    if "prior" in model.about or "version" not in model.about:
        return {}
    return {"starts_from": model.digest, "prior": model.about["version"]}


def start_of_lesson(
    shared: Start | None,
    assumed: LinearModel,
    rows: Rows,
    unfinished: Rows | None = None,
    *,
    target: Target,
    make: sharing.Make | None,
    was_used: bool,
) -> tuple[LinearModel, dict[str, Any]]:
    """What a lesson starts from, and what its verdict says of a shared prior.

    Args:
        shared: the prior of other organisations that is to be tried, if one is; `was_used`: whether the last lesson used it.
        assumed: the shipped prior.
        make: how the organisation learns at its stage; None where it has too little to try anything, and then nothing that
            others found is used either: nobody could say whether it holds here.
    """
    if shared is None:
        return assumed, {}
    said: dict[str, Any] = {
        "number": shared.number,
        "organisations": shared.organisations,
        "digest": shared.digest,
        "used": False,
    }
    if make is None:
        return assumed, {"shared": said}
    model = model_of(shared, target)
    tried = sharing.tried(rows, model, assumed, unfinished=unfinished, make=make, was_used=was_used)
    gain = [tried.gain.value, tried.gain.low, tried.gain.high]
    said |= {"gain": gain, "used": tried.is_used}
    return model if tried.is_used else assumed, {"shared": said}


def word_of(lesson: Lesson, rows: Rows | None, assumed: LinearModel) -> tuple[str, str]:
    """The text an organisation could give, out of what a lesson learned from; or what is missing for it."""
    lacking = sharing.lacking(lesson.programmes, lesson.events)
    if lacking or rows is None:
        return "", lacking
    word = sharing.word_of(
        rows, assumed, target=lesson.target, programmes=lesson.programmes, events=lesson.events
    )
    return sharing.as_text(word), ""


def note_start(lesson: Lesson) -> None:
    """Note where lessons begin or cease to start from a shared prior. Asked before the lesson is saved."""
    target, said = Target(lesson.target), lesson.verdict.get("shared", {})
    last = Lesson.objects.filter(target=target).values_list("verdict", flat=True).first() or {}
    was_used, is_used = bool(last.get("shared", {}).get("used")), bool(said.get("used"))
    if was_used != is_used:
        kind = Happening.SHARED_USED if is_used else Happening.SHARED_LEFT
        services.note(kind, target, on=lesson.as_of, details=said)
