"""What happened to the models of a target, as entries of a timeline, and which of them may be used again."""

from __future__ import annotations

import math
from typing import Any

from django.utils.translation import gettext as _, gettext_lazy

from ..choices import Happening, ModelStatus
from ..in_force.standing import LESSON
from ..models import ModelEvent, RiskModel
from ..numbers import four
from ..sharing import words as shared_words
from . import record_words, records as record_cards
from .checks import ALARM_WORDS, input_alarm_texts
from .lessons import is_from_shared, reasons_of

REMEDY_WORDS: dict[str, Any] = {
    "level": gettext_lazy("the level is corrected"),
    "learn": gettext_lazy("everything is learned anew"),
    "fall_back": gettext_lazy("the shipped prior is used again"),
}


def event_item(event: ModelEvent) -> dict[str, Any]:
    """An event as an entry of a timeline."""
    title = str(event.get_kind_display())
    if event.target in record_cards.SLUG_OF:
        title = str(record_words.HAPPENED.get(event.kind, title))
    if event.model:
        title = f"{title}: {_('model %(number)s') % {'number': event.model.number}}"
    return {
        "on": event.happened_on,
        "title": title,
        "text": _event_text(event),
        "url": "",
        "half": "both",
        "by": str(event.by) if event.by else _("By the rules of the portal"),
    }


def _event_text(event: ModelEvent) -> str:
    details = event.details
    if event.target in record_cards.SLUG_OF:
        return record_words.event_text(event)
    if event.kind == Happening.ALARM:
        alarms = "; ".join(
            str(ALARM_WORDS[each]) for each in details.get("alarms", ()) if each in ALARM_WORDS
        )
        return f"{alarms}: {REMEDY_WORDS[details['remedy']]}."
    if event.kind in (Happening.CHOSEN, Happening.DECLINED):
        return str(details["reason"])
    if event.kind == Happening.INPUTS:
        return "; ".join(input_alarm_texts(event.target, details["inputs"]))
    if event.kind == Happening.FELL_BACK and details.get("because") == LESSON:
        return _("The test spoke against a model of your own; the next training run may differ.")
    if event.kind == Happening.SHIFTED:
        return _("The odds were multiplied by %(factor)s.") % {
            "factor": f"{math.exp(details['shift']):.2f}"
        }
    if event.kind in _SHARED:
        return _shared_text(event)
    if event.kind in (Happening.PROMOTED, Happening.REFUSED) and details.get("tried"):
        gain = details["gain"]
        words = (
            _("Gain over the shared prior in log loss: %(gain)s (80%% of such: %(low)s to %(high)s).")
            if is_from_shared(details)
            else _("Gain over the shipped prior in log loss: %(gain)s (80%% of such: %(low)s to %(high)s).")
        )  # fmt: skip
        text = words % {
            "gain": four(gain[0]),
            "low": four(gain[1]),
            "high": four(gain[2]),
        }  # fmt: skip
        against = reasons_of(details)
        if details.get("shift"):
            factor = f"{math.exp(details['shift']):.2f}"
            against.append(
                _("Put to the level since the change: odds times %(factor)s.") % {"factor": factor}
            )
        return f"{text} {' '.join(against)}".strip()
    return ""


_SHARED = (
    Happening.SHARED_USED,
    Happening.SHARED_LEFT,
    Happening.COMBINED,
    Happening.WITHDRAWN,
    Happening.GIVEN,
)


def _shared_text(event: ModelEvent) -> str:
    """What happened between this organisation and others."""
    details = event.details
    if event.kind in (Happening.SHARED_USED, Happening.SHARED_LEFT):
        return shared_words.tried_text({"shared": details}) if details.get("digest") else ""
    if event.kind == Happening.COMBINED:
        return _("Shared prior S%(number)s of %(others)s.") % {
            "number": details["number"],
            "others": shared_words.organisations_text(details["organisations"]),
        }
    if event.kind == Happening.WITHDRAWN and details.get("lacking"):
        return _("Too little happened here of late to say anything.")
    if event.kind == Happening.GIVEN:
        again = _("Renewed for the next quarter.") if details.get("again") else ""
        return f"{again} SHA-256 {details['sha256'][:12]}".strip()
    return ""


def may_be_used_again(model: RiskModel) -> bool:
    """Whether a model was in use, is no longer, and could be. A challenger comes into use from its own page, with a reason."""
    return model.status == ModelStatus.RETIRED and model.is_of_today and model.was_used
