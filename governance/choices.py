from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Cadence(models.TextChoices):
    WEEKLY = "weekly", _("Weekly")
    FORTNIGHTLY = "fortnightly", _("Fortnightly")
    MONTHLY = "monthly", _("Monthly")
    QUARTERLY = "quarterly", _("Quarterly")


class Voice(models.TextChoices):
    """The two functions whose input a decision needs."""

    DELIVERY = "delivery", _("Delivery")
    CHANGE = "change", _("Change")


class DecidedAs(models.TextChoices):
    """The function that decided, as it was at the time."""

    DELIVERY = "delivery", _("Delivery")
    CHANGE = "change", _("Change")
    BUSINESS = "business", _("Business")
    JOINT = "joint", _("Jointly")


class DecisionStatus(models.TextChoices):
    REQUESTED = "requested", _("Asked for")
    DECIDED = "decided", _("Decided")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Stance(models.TextChoices):
    SUPPORTS = "supports", _("Supports")
    CONDITIONS = "conditions", _("Supports with conditions")
    OBJECTS = "objects", _("Objects")


class ActionStatus(models.TextChoices):
    OPEN = "open", _("Open")
    DONE = "done", _("Done")
    DROPPED = "dropped", _("Dropped")
