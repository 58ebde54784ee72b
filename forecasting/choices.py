from django.db import models
from django.utils.translation import gettext_lazy as _

from pmo_portal.common.levels import State


class RiskLevel(models.TextChoices):
    """The levels of the go-live rule in words; no percentages, because none were measured."""

    HIGH = "high", _("High")
    ELEVATED = "elevated", _("Elevated")
    LOW = "low", _("Low")
    UNKNOWN = "unknown", _("Not known")


STATE_OF_LEVEL = {
    RiskLevel.HIGH: State.BAD,
    RiskLevel.ELEVATED: State.WARN,
    RiskLevel.LOW: State.OK,
    RiskLevel.UNKNOWN: State.NONE,
}
LOUDEST_FIRST = [RiskLevel.HIGH, RiskLevel.ELEVATED, RiskLevel.UNKNOWN, RiskLevel.LOW]
