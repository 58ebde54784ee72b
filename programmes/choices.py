from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Stage(models.TextChoices):
    DEFINITION = "definition", _("Definition")
    PLANNING = "planning", _("Planning")
    DELIVERY = "delivery", _("Delivery")
    TRANSITION = "transition", _("Transition")
    CLOSED = "closed", _("Closed")


class Half(models.TextChoices):
    """The two sides of every programme, of equal standing."""

    DELIVERY = "delivery", _("Delivery")
    ADOPTION = "adoption", _("Adoption")


class ProgrammeRole(models.TextChoices):
    CONTRIBUTOR_DELIVERY = "contributor_delivery", _("Delivery contributor")
    CONTRIBUTOR_CHANGE = "contributor_change", _("Change contributor")
    VIEWER = "viewer", _("Viewer")


class RaidKind(models.TextChoices):
    RISK = "risk", _("Risk")
    ASSUMPTION = "assumption", _("Assumption")
    ISSUE = "issue", _("Issue")
    DEPENDENCY = "dependency", _("Dependency")


RAID_PREFIX = {
    RaidKind.RISK: "R",
    RaidKind.ASSUMPTION: "A",
    RaidKind.ISSUE: "I",
    RaidKind.DEPENDENCY: "D",
}


# What an item can turn into, while its thread goes on.
CONVERSIONS = {
    RaidKind.RISK: (RaidKind.ISSUE,),
    RaidKind.ASSUMPTION: (RaidKind.RISK, RaidKind.ISSUE),
    RaidKind.DEPENDENCY: (RaidKind.ISSUE,),
    RaidKind.ISSUE: (),
}


class RaidSide(models.TextChoices):
    DELIVERY = "delivery", _("Delivery")
    PEOPLE = "people", _("Adoption")
    BOTH = "both", _("Both")


# Whose items the figures of a half count.
SIDES_OF = {
    Half.DELIVERY: (RaidSide.DELIVERY, RaidSide.BOTH),
    Half.ADOPTION: (RaidSide.PEOPLE, RaidSide.BOTH),
}


class RaidCategory(models.TextChoices):
    """What an item is about."""

    SCHEDULE = "schedule", _("Schedule")
    COST = "cost", _("Cost")
    PEOPLE = "people", _("People")
    TECHNICAL = "technical", _("Technical")
    SUPPLIER = "supplier", _("Supplier")
    SCOPE = "scope", _("Scope")
    OTHER = "other", _("Other")


class BudgetCategory(models.TextChoices):
    STAFF = "staff", _("Own staff")
    SUPPLIERS = "suppliers", _("Suppliers")
    TECHNOLOGY = "technology", _("Technology")
    TRAINING = "training", _("Training")
    ENGAGEMENT = "engagement", _("Engagement and communication")
    BACKFILL = "backfill", _("Time of the units")
    CONTINGENCY = "contingency", _("Contingency")
    OTHER = "other", _("Other")


class AmountKind(models.TextChoices):
    """What an amount of a month is. A forecast counts for months that have no actual cost yet."""

    BASELINE = "baseline", _("Baseline")
    COMMITTED = "committed", _("Committed")
    ACTUAL = "actual", _("Actual")
    FORECAST = "forecast", _("Forecast")


class Against(models.TextChoices):
    """Where a programme is expected to end against its budget; five per cent either way count as within."""

    ABOVE = "above", _("Will end above")
    WITHIN = "within", _("Will end within 5%")
    BELOW = "below", _("Will end below")
    UNKNOWN = "unknown", _("Cannot be told yet")
    UNPLANNED = "unplanned", _("No budget lines")


class Proximity(models.TextChoices):
    """When it would happen: the scale of PRINCE2."""

    IMMINENT = "imminent", _("Imminent")
    WITHIN_STAGE = "within_stage", _("Within the stage")
    WITHIN_PROGRAMME = "within_programme", _("Within the programme")
    BEYOND = "beyond", _("Beyond the programme")


class Response(models.TextChoices):
    """What is done about a risk; the other kinds have a plan in words."""

    AVOID = "avoid", _("Avoid")
    REDUCE = "reduce", _("Reduce")
    FALLBACK = "fallback", _("Prepare a fallback")
    TRANSFER = "transfer", _("Transfer")
    SHARE = "share", _("Share")
    ACCEPT = "accept", _("Accept")


class RaidStatus(models.TextChoices):
    IDENTIFIED = "identified", _("Identified")
    ASSESSED = "assessed", _("Assessed")
    RESPONSE_PLANNED = "response_planned", _("Response planned")
    MONITORING = "monitoring", _("Monitoring")
    OCCURRED = "occurred", _("Occurred")
    CLOSED = "closed", _("Closed")


RAID_ENDED = (RaidStatus.OCCURRED, RaidStatus.CLOSED)

PROBABILITY = (
    (1, _("1 Rare")),
    (2, _("2 Unlikely")),
    (3, _("3 Possible")),
    (4, _("4 Likely")),
    (5, _("5 Almost certain")),
)
IMPACT = (
    (1, _("1 Minor")),
    (2, _("2 Small")),
    (3, _("3 Medium")),
    (4, _("4 Large")),
    (5, _("5 Severe")),
)


class Rating(models.TextChoices):
    """Delivery confidence on five points; publications from 2021 on use three of them."""

    GREEN = "green", _("Green")
    AMBER_GREEN = "amber_green", _("Amber/Green")
    AMBER = "amber", _("Amber")
    AMBER_RED = "amber_red", _("Amber/Red")
    RED = "red", _("Red")
    NOT_RATED = "not_rated", _("Not rated")


class Opinion(models.TextChoices):
    """Whose word a status is. Two opinions of one day are kept apart, never merged."""

    LEAD = "lead", _("Lead of this half")
    PUBLISHED = "published", _("Published rating")
    IPA = "ipa", _("Infrastructure and Projects Authority")
    SRO = "sro", _("Senior responsible owner")


class FactKind(models.TextChoices):
    START_DATE = "start_date", _("Start date")
    END_DATE = "end_date", _("End date")
    WHOLE_LIFE_COST = "whole_life_cost", _("Whole-life cost")
    YEAR_BUDGET = "year_budget", _("Budget of the year")
    YEAR_FORECAST = "year_forecast", _("Forecast of the year")
    SPI = "spi", _("Schedule performance index")
    CPI = "cpi", _("Cost performance index")
    BURN_RATIO = "burn_ratio", _("Actual to planned spend")
    SIZE = "size", _("Size (1 is usual)")
    NARRATIVE_AIMS = "narrative_aims", _("Aims")
    NARRATIVE_RATING = "narrative_rating", _("On the rating")
    NARRATIVE_SCHEDULE = "narrative_schedule", _("On the schedule")
    NARRATIVE_VARIANCE = "narrative_variance", _("On the variance")
    NARRATIVE_BUDGET = "narrative_budget", _("On the budget")
