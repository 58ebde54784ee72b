"""Keeps records of what came before, and notes when what was measured here surely does not come true.

Records are what dates and readiness are told from, as models are of scores.
"""

from __future__ import annotations

from typing import Any

from . import services
from .choices import Forecast, Happening
from .models import ShortfallRecord, SlipRecord

# What an alarm leads to: the shipped is told, or nothing better is known.
SHIPPED, NOTHING = "shipped", "nothing"


def keep_and_note(record: SlipRecord | ShortfallRecord, forecast: Forecast) -> None:
    """Write a record, and note an alarm that was not there before, and from when on the shipped is told or no longer is.

    Of one day there is one record.
    """
    made: Any = type(record)
    if made.objects.filter(as_of=record.as_of).exists():
        return
    before = made.objects.filter(as_of__lt=record.as_of).order_by("-as_of", "-pk").first()
    record.save()
    was_back = before is not None and before.fallen_back
    judged, on = record.held.get("judged", {}), record.as_of
    alarms = judged.get("alarms", [])
    if alarms and alarms != (alarms_of(before) if before is not None else []):
        remedy = SHIPPED if record.fallen_back else NOTHING
        details = {"alarms": alarms, "remedy": remedy, **_figures(judged["own"])}
        services.note(Happening.ALARM, forecast, on=on, details=details)
    if record.fallen_back and not was_back:
        services.note(Happening.FELL_BACK, forecast, on=on, details=_figures(judged["own"]))
    if was_back and not record.fallen_back:
        details = _figures(judged["own"]) if "own" in judged else {}
        services.note(Happening.HOLDS, forecast, on=on, details=details)


def alarms_of(record: SlipRecord | ShortfallRecord) -> list[str]:
    """In which way what was told is surely off."""
    return list(record.held.get("judged", {}).get("alarms", ()))


def _figures(own: dict[str, Any]) -> dict[str, Any]:
    return {name: own[name] for name in ("cases", "came", "meant", "low", "high")}
