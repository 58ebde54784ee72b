"""The registers of delivery, declared once for heading, sorting and export."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from pmo_portal.common.registers import Column, Register

from .choices import Half


def in_pounds(amount: int | None) -> Decimal | None:
    """Minor units as a file holds them: a number people can add up."""
    return None if amount is None else Decimal(amount) / 100


MILESTONES = Register(
    "milestones",
    (
        Column("reference", _("ID"), sort=("number",)),
        Column("name", _("Milestone"), sort=("name",)),
        Column("track", _("Track"), lambda row: row.get_track_display(), sort=("track",)),
        Column("baseline_on", _("Baseline"), sort=("baseline_on",)),
        Column("forecast_on", _("Forecast"), sort=("forecast_on",)),
        Column("slip", _("Slip (working days)"), numeric=True),
        Column("room", _("Room (working days)"), numeric=True),
        Column("waits_for", _("Waits for"), lambda row: ", ".join(row.waits_for)),
        Column("state", _("State"), lambda row: row.state.label),
        Column("actual_on", _("Achieved"), sort=("actual_on",), on_page=False),
        Column("owner", _("Owner"), "owner.name", sort=("owner__name",)),
        Column(
            "is_golive", _("Go-live"), lambda row: _("yes") if row.is_golive else "", on_page=False
        ),
        Column(
            "units",
            _("Units"),
            lambda row: ", ".join(unit.name for unit in row.units.all()),
            on_page=False,
        ),
    ),
    default_sort="forecast_on",
)

_RAID = (
    Column("reference", _("ID"), sort=("kind", "number")),
    Column("title", _("Summary"), sort=("title",)),
    Column("kind", _("Type"), lambda row: row.get_kind_display(), on_page=False),
    Column("side", _("Side"), lambda row: row.get_side_display(), on_page=False),
    Column("category", _("Category"), lambda row: row.get_category_display(), on_page=False),
    Column("severity", _("Severity"), lambda row: row.severity_label, sort=("score",)),
    Column("probability", _("Probability"), on_page=False),
    Column("impact", _("Impact"), on_page=False),
    Column("score", _("Score"), sort=("score",), numeric=True),
    Column("status", _("Status"), lambda row: row.get_status_display(), sort=("status",)),
    Column("owner", _("Owner"), "owner.name", sort=("owner__name",)),
    Column("review_on", _("Review"), sort=("review_on",)),
    Column("cause", _("Cause"), on_page=False),
    Column("event", _("Event"), on_page=False),
    Column("effect", _("Effect"), on_page=False),
    Column("response_plan", _("What is done"), on_page=False),
    Column("opened_on", _("Opened"), on_page=False),
    Column("closed_on", _("Closed"), on_page=False),
)

RAID = Register("raid", _RAID, default_sort="-severity")

# The log of all programmes names the programme of each item.
RAID_OF_ALL = Register(
    "raid-all-programmes",
    (
        _RAID[0],
        Column("programme", _("Programme"), "programme.code", sort=("programme__code",)),
        *_RAID[1:],
    ),
    default_sort="-severity",
)

STATUS = Register(
    "status-reports",
    (
        Column("reference", _("ID"), sort=("number",)),
        Column("effective_on", _("Date"), sort=("effective_on", "number")),
        Column("half", _("Half"), lambda row: row.get_half_display(), sort=("half",)),
        Column("rating", _("Reported"), lambda row: row.get_rating_display(), sort=("rating",)),
        Column("computed", _("From the figures"), lambda row: row.computed.label),
        Column("sentence", _("In a sentence")),
        Column("author", _("By"), lambda row: row.said_by),
        Column("known_at", _("Known since"), on_page=False),
    ),
    default_sort="-effective_on",
)

FACTS = Register(
    "reported-facts",
    (
        Column("kind", _("What"), lambda row: row.get_kind_display(), sort=("kind",)),
        Column("effective_on", _("Date it speaks of"), sort=("effective_on",)),
        Column("value", _("As reported"), lambda row: row.value),
        Column("source", _("Source"), sort=("source",)),
    ),
    default_sort="-effective_on",
)

BUDGET_LINES = Register(
    "budget-lines",
    (
        Column("reference", _("ID"), sort=("number",)),
        Column("name", _("What for"), sort=("name",)),
        Column("half", _("Spent by"), lambda row: row.get_half_display(), sort=("half",)),
        Column(
            "category", _("Category"), lambda row: row.get_category_display(), sort=("category",)
        ),
        Column(
            "baseline", _("Baseline"), lambda row: in_pounds(row.sums["baseline"]), numeric=True
        ),
        Column(
            "committed", _("Committed"), lambda row: in_pounds(row.sums["committed"]), numeric=True
        ),
        Column("actual", _("Actual"), lambda row: in_pounds(row.sums["actual"]), numeric=True),
        Column(
            "forecast", _("Forecast"), lambda row: in_pounds(row.sums["forecast"]), numeric=True
        ),
        Column("note", _("Note"), on_page=False),
    ),
    default_sort="half",
)

SHARES = Register(
    "money-by-category",
    (
        Column("half", _("Spent by"), lambda row: Half(row.half).label),
        Column("category", _("Category"), "label"),
        Column("baseline", _("Baseline"), lambda row: in_pounds(row.baseline)),
        Column("committed", _("Committed"), lambda row: in_pounds(row.committed)),
        Column("actual", _("Actual"), lambda row: in_pounds(row.actual)),
        Column("forecast", _("Forecast"), lambda row: in_pounds(row.forecast)),
    ),
    default_sort="half",
)

MONEY_OF_ALL = Register(
    "money",
    (
        Column("name", _("Programme"), sort=("name",)),
        Column("bac", _("Budget (BAC)"), lambda row: in_pounds(row.performance.bac), numeric=True),
        Column("ac", _("Paid (AC)"), lambda row: in_pounds(row.performance.ac), numeric=True),
        Column("ev", _("Earned (EV)"), lambda row: in_pounds(row.performance.ev), numeric=True),
        Column(
            "eac", _("Expected (EAC)"), lambda row: in_pounds(row.performance.eac), numeric=True
        ),
        Column("vac", _("At completion"), lambda row: in_pounds(row.performance.vac), numeric=True),
        Column("cpi", _("CPI"), "performance.cpi", numeric=True),
        Column("spi_t", _("SPI(t)"), numeric=True),
    ),
    default_sort="name",
)

BASELINES = Register(
    "baselines",
    (
        Column("name", _("Baseline"), sort=("name",)),
        Column("taken_on", _("As of"), sort=("taken_on", "number")),
        Column("reason", _("Why it was kept")),
        Column("delivery", _("Delivery milestones"), sort=("delivery",), numeric=True),
        Column("adoption", _("Adoption milestones"), sort=("adoption",), numeric=True),
        Column("author", _("By"), "author.name", sort=("author__name",)),
        Column("number", _("Number"), on_page=False),
        Column("taken_at", _("Kept at"), on_page=False),
    ),
    default_sort="-taken_on",
)

MOVED = Register(
    "plan-then-and-now",
    (
        Column("reference", _("Milestone"), "milestone.reference", sort=("milestone__number",)),
        Column("name", _("Name"), "milestone.name", on_page=False),
        Column("track", _("Track"), lambda row: row.milestone.get_track_display(), on_page=False),
        Column("then", _("Then"), "then", sort=("expected_on",)),
        Column("now", _("Now"), "now", sort=("milestone__forecast_on",)),
        Column("slip", _("Slip (working days)"), "slip", numeric=True),
    ),
    default_sort="then",
)

WORDS = Register(
    "what-was-said-of-dates",
    (
        Column("milestone", _("Milestone"), "milestone.reference", sort=("milestone__number",)),
        Column("name", _("Name"), "milestone.name", on_page=False),
        Column("track", _("Track"), lambda row: row.milestone.get_track_display(), on_page=False),
        Column("effective_on", _("Said on"), sort=("effective_on", "known_at")),
        Column("previous_on", _("Before"), sort=("previous_on",)),
        Column("said", _("Then"), sort=("forecast_on",)),
        Column("change", _("Change (working days)"), numeric=True),
        Column("slip", _("After its baseline (working days)"), numeric=True),
        Column("reason", _("Why"), sort=("reason",)),
        Column("author", _("By"), "author.name", sort=("author__name",)),
        Column("baseline_on", _("Baseline"), on_page=False),
        Column("actual_on", _("Reached"), on_page=False),
        Column("known_at", _("Known since"), on_page=False),
    ),
    default_sort="-effective_on",
)
