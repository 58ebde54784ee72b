"""What holds for the models of an organisation, in words: on cards, on pages of scores, and for leads and administrators."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from pmo_portal.common.days import long_day_text

from ..choices import Happening
from ..models import ModelEvent
from ..numbers import four
from .standing import Hold, Standing


def short(standing: Standing) -> str:
    """For a page of scores: whether they are told by a fall-back, by a person's decision, or on a corrected level."""
    event, found = standing.event, []
    if event is not None and standing.hold is not None:
        values = _values(event)
        found.append(
            {
                Hold.FELL_BACK: _("Fall-back: the shipped prior since %(day)s, after an alarm"),
                Hold.ASIDE: _("The shipped prior since %(day)s: %(name)s set the own model aside"),
                Hold.BROUGHT_BACK: _("The challenger since %(day)s: %(name)s put it into use")
                if event.kind == Happening.CHOSEN
                else _("Model %(number)s, brought back by %(name)s on %(day)s"),
            }[standing.hold]
            % values
        )
    if standing.level is not None and standing.anew is not None:
        found.append(
            _("Level corrected after an alarm on %(day)s") % {"day": long_day_text(standing.anew)}
        )
    return "; ".join(found)


def long(standing: Standing, verdict: dict[str, Any] | None = None) -> list[str]:
    """For the card of a model: what holds, since when, and what ends it.

    Args:
        verdict: of the last lesson, which says whether it was held back and how it did.
    """
    event, found = standing.event, []
    if event is not None and standing.hold is not None:
        values = _values(event)
        begun = {
            Hold.ASIDE: _("Model %(number)s was set aside by %(name)s on %(day)s."),
            Hold.FELL_BACK: _(
                "The shipped prior is used again since %(day)s: after an alarm, correcting the level and learning anew did not help."
            ),
            Hold.BROUGHT_BACK: _(
                "Model %(number)s, the challenger, was put into use by %(name)s on %(day)s."
            )
            if event.kind == Happening.CHOSEN
            else _("Model %(number)s was brought back by %(name)s on %(day)s."),
        }
        ended = {
            Hold.ASIDE: _(
                "Model training continues. No new model is used until a lead or an administrator brings a model back or allows new ones again."
            ),
            Hold.FELL_BACK: _(
                "Model training continues. A new model is used once it is clearly more accurate on what has happened since, or once a lead or an administrator allows it."
            ),
        }
        ended[Hold.BROUGHT_BACK] = ended[Hold.FELL_BACK]
        found.append(f"{begun[standing.hold] % values} {ended[standing.hold]}")
    if standing.level is not None and standing.anew is not None:
        found.append(
            _(
                "The level was corrected after an alarm on %(day)s: it is that of the weeks since %(since)s. Model training continues and is adjusted "
                "to that level, unless the new model is clearly less accurate on what has happened since than the one in use."
            )
            % {
                "day": long_day_text(standing.anew),
                "since": long_day_text(standing.level_since or standing.anew),
            }
        )
    if verdict and verdict.get("held") and (standing.hold or standing.level):
        found.append(_last(verdict))
    return found


def declined(standing: Standing) -> str:
    """For the page of champion and challenger: who set a challenger aside, why, and what ends it."""
    event = standing.declined
    if event is None:
        return ""
    return _(
        "Model %(number)s was set aside as challenger by %(name)s on %(day)s: %(reason)s Model training continues; there is no new "
        "challenger until something else comes into use, or a lead or an administrator puts it up again."
    ) % {**_values(event), "reason": _sentence(event.details["reason"])}


def _values(event: ModelEvent) -> dict[str, Any]:
    """Which model, who decided and when."""
    return {
        "number": event.model.number if event.model else "–",
        "name": event.by or "",
        "day": long_day_text(event.happened_on),
    }


def _sentence(text: str) -> str:
    """What a person wrote, with a stop at its end."""
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _last(verdict: dict[str, Any]) -> str:
    gain, events = verdict.get("after_gain"), verdict.get("after_events", 0)
    if verdict["held"] == Hold.ASIDE or gain is None:
        return _("The model of the last training run is not used.")
    return _(
        "The model of the last training run is not used: %(events)s happened since to judge it by, gain in log loss %(gain)s (80%% of such: %(low)s to %(high)s)."
    ) % {
        "events": events,
        "gain": four(gain[0]),
        "low": four(gain[1]),
        "high": four(gain[2]),
    }
