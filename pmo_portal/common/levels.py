"""The states every figure can be in, in words; templates add shape and tint.

"No data" is a state of its own: never green, never zero.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    OK = "ok", _("On track")
    WARN = "warn", _("At risk")
    BAD = "bad", _("Off track")
    NONE = "none", _("No data")
    DONE = "done", _("Done")


_SEVERITY = {State.NONE: -1, State.DONE: 0, State.OK: 1, State.WARN: 2, State.BAD: 3}


def worst(states: list[State]) -> State:
    """The worst of what is known; `NONE` when nothing is.

    States without data neither improve nor spoil the result: they are counted beside it.
    """
    known = [state for state in states if state != State.NONE]
    return max(known, key=_SEVERITY.__getitem__) if known else State.NONE
