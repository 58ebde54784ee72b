"""The drivers by name, the half each belongs to, and what is known behind it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _, gettext_lazy

from . import delivery, people
from .known import Known

LABELS: dict[str, Any] = {
    "schedule": gettext_lazy("Schedule"),
    "cost": gettext_lazy("Cost"),
    "milestones": gettext_lazy("Milestones"),
    "raid": gettext_lazy("RAID log"),
    "governance": gettext_lazy("Decisions and actions"),
    "status": gettext_lazy("Reported status"),
    "plan": gettext_lazy("Changes of plan"),
    "size": gettext_lazy("Size"),
    "engagement": gettext_lazy("Engagement"),
    "training": gettext_lazy("Training"),
    "resistance": gettext_lazy("Resistance"),
    "golive": gettext_lazy("Nearness of go-live"),
    "portfolio": gettext_lazy("Portfolio"),
}
# Which half a driver belongs to; nearness of go-live concerns both.
HALVES: dict[str, str] = {
    **dict.fromkeys(("schedule", "cost", "milestones", "raid", "status", "plan"), "delivery"),
    **dict.fromkeys(("engagement", "training", "resistance"), "adoption"),
    **dict.fromkeys(("governance", "golive", "size", "portfolio"), "both"),
}
_SENTENCES = {**delivery.SENTENCES, **people.SENTENCES}


def sentence(driver: str, known: Known) -> str:
    """What is known behind a driver, with its values."""
    return _SENTENCES[driver](known) or _("Not known; the usual value is used")
