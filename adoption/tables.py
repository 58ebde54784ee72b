"""The registers of adoption, declared once for heading, sorting and export."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from pmo_portal.common.exports import Percent
from pmo_portal.common.registers import Column, Register


def audience(activity: Any) -> list[str]:
    """Whom an activity is for: its group, and its units."""
    named = [activity.group.name] if activity.group else []
    return named + [unit.name for unit in activity.units.all()]


def _percent(name: str) -> Callable[[Any], Percent | None]:
    """A share of an entry, where it is known."""

    def value(entry: Any) -> Percent | None:
        share = getattr(entry, name)
        return None if share is None else Percent(share)

    return value


# Of entries that are taken back, not deleted: files say it too, so that nobody adds them up.
WITHDRAWN = Column("withdrawn_at", _("Taken back"), sort=("withdrawn_at",))
PROGRAMME = Column("programme", _("Programme"), "programme.code", sort=("programme__code",))


def of_all(register: Register, name: str) -> Register:
    """The same register over all programmes: the programme stands after the reference."""
    first, *rest = register.columns
    return Register(name, (first, PROGRAMME, *rest), default_sort=register.default_sort)


WAVES = Register(
    "survey-waves",
    (
        Column("reference", _("ID"), sort=("number",)),
        Column("name", _("Wave"), sort=("name",)),
        Column("measure", _("Measure"), lambda wave: wave.get_measure_display(), sort=("measure",)),
        Column("closed_on", _("Closed"), sort=("closed_on",)),
        Column(
            "programme",
            _("Asked in"),
            lambda wave: wave.programme.code if wave.programme else str(_("Whole organisation")),
            sort=("programme__code",),
        ),
        Column("source", _("Source"), lambda wave: wave.get_source_display(), sort=("source",)),
        Column("shown", _("Units shown"), numeric=True, sort=("shown",)),
    ),
    default_sort="-closed_on",
)

RESULTS = Register(
    "survey-results",
    (
        Column("unit_code", _("Unit code"), "unit.code", on_page=False),
        Column("unit", _("Unit"), "unit.name", sort=("unit__path",)),
        Column("mean", _("Mean"), "mean", sort=("mean",), numeric=True),
        Column("bound", _("Bound"), "bound", on_page=False),
        Column("n", _("Answers"), "n", sort=("n",), numeric=True),
    ),
    default_sort="unit",
)

SIGNALS = Register(
    "resistance-signals",
    (
        Column("reference", _("ID"), sort=("number",)),
        Column("text", _("What was noticed"), sort=("text",)),
        Column("unit", _("Unit"), "unit.name", sort=("unit__path",)),
        Column("theme", _("Behind it"), lambda signal: signal.get_theme_display(), sort=("theme",)),
        Column(
            "source", _("Noticed by"), lambda signal: signal.get_source_display(), sort=("source",)
        ),
        Column("strength", _("Strength"), sort=("strength",), numeric=True),
        Column("effective_on", _("Noticed"), sort=("effective_on",)),
        Column("status", _("Status"), lambda signal: signal.get_status_display(), sort=("status",)),
        Column("resolved_on", _("Resolved"), sort=("resolved_on",), on_page=False),
        Column("response", _("Response"), on_page=False),
    ),
    default_sort="-effective_on",
)

_TRAINED = (
    Column("completed", _("Completed"), sort=("completed",), numeric=True),
    Column("required", _("Need it"), sort=("required",), numeric=True),
)
_PLANNED = Column(
    "planned_share", _("Planned"), _percent("planned_share"), sort=("planned_share",), numeric=True
)

TRAINING = Register(
    "training",
    (
        Column("unit", _("Unit"), "unit.name", sort=("unit__path",)),
        Column("effective_on", _("As of"), sort=("effective_on", "known_at")),
        *_TRAINED,
        Column("share", _("Share"), _percent("share"), numeric=True),
        _PLANNED,
        WITHDRAWN,
    ),
    default_sort="-effective_on",
)

IMPACTS = Register(
    "impacts",
    (
        Column("reference", _("ID"), sort=("number",)),
        Column("title", _("What changes"), sort=("title",)),
        Column("kind", _("Kind"), lambda row: row.get_kind_display(), sort=("kind",)),
        Column("units", _("Units"), lambda row: ", ".join(unit.name for unit in row.units.all())),
        Column("project", _("Project says"), "project_says", sort=("project_says",), numeric=True),
        Column("unit", _("Unit says"), "unit_says", sort=("unit_says",), numeric=True),
        Column("review_on", _("Look again"), sort=("review_on",)),
        Column("reviewed_on", _("Looked at"), on_page=False),
        Column("before", _("Today"), on_page=False),
        Column("after", _("Then"), on_page=False),
    ),
    default_sort="reference",
)

GROUPS = Register(
    "stakeholder-groups",
    (
        Column("reference", _("ID"), sort=("number",)),
        Column("name", _("Group"), sort=("name",)),
        Column("unit", _("Unit"), lambda row: row.unit.name if row.unit else "", sort=("unit__path",)),
        Column("people", _("People"), sort=("people",), numeric=True),
        Column("influence", _("Influence"), lambda row: row.get_influence_display(), sort=("influence",)),
        Column("position", _("Stand"), lambda row: row.get_position_display() or "", sort=("position",)),
        Column("wanted", _("Need to stand"), lambda row: row.get_wanted_display(), sort=("wanted",)),
        Column("planned", _("Activities"), sort=("planned",), numeric=True),
        Column("owner", _("Looked after by"), lambda row: row.owner.name if row.owner else "", sort=("owner__name",)),
        Column("evidence", _("How we know"), on_page=False),
    ),
    default_sort="-influence",
)  # fmt: skip

ACTIVITIES = Register(
    "engagement-activities",
    (
        Column("reference", _("ID"), sort=("number",)),
        Column("title", _("What is done"), sort=("title",)),
        Column("kind", _("Kind"), lambda row: row.get_kind_display(), sort=("kind",)),
        Column("purpose", _("Should move"), lambda row: row.get_purpose_display(), sort=("purpose",)),
        Column("audience", _("For"), lambda row: ", ".join(audience(row))),
        Column("planned_on", _("Planned"), sort=("planned_on",)),
        Column("held_on", _("Held"), sort=("held_on",)),
        Column("hours", _("Hours each"), sort=("hours",), numeric=True),
        Column("reached", _("Reached"), sort=("reached",), numeric=True),
        Column("owner", _("Owner"), lambda row: row.owner.name if row.owner else "", sort=("owner__name",)),
        Column("outcome", _("What came of it"), on_page=False),
    ),
    default_sort="planned_on",
)  # fmt: skip

HEADCOUNTS = Register(
    "headcounts",
    (
        Column("effective_on", _("From"), sort=("effective_on", "known_at")),
        Column("people", _("People"), sort=("people",), numeric=True),
        Column("reason", _("Why"), sort=("reason",)),
        Column("author", _("By"), lambda row: row.author.name if row.author else "", sort=("author__name",)),
        Column("known_at", _("Known since"), on_page=False),
        WITHDRAWN,
    ),
    default_sort="-effective_on",
)  # fmt: skip

HEADCOUNTS_OF_ALL = Register(
    "headcounts-all-units",
    (
        Column("unit", _("Unit"), "unit.name", sort=("unit__path", "effective_on", "known_at")),
        *HEADCOUNTS.columns,
        Column("unit_code", _("Unit code"), "unit.code", on_page=False),
    ),
    default_sort="unit",
)

IMPACTS_OF_ALL = of_all(IMPACTS, "impacts-all-programmes")
SIGNALS_OF_ALL = of_all(SIGNALS, "resistance-all-programmes")
ACTIVITIES_OF_ALL = of_all(ACTIVITIES, "engagement-all-programmes")

TRAINING_OF_ALL = Register(
    "training-all-programmes",
    (
        Column("unit", _("Unit"), "unit.name", sort=("unit__path",)),
        PROGRAMME,
        *_TRAINED,
        Column(
            "share",
            _("Share"),
            _percent("completed_share"),
            sort=("completed_share",),
            numeric=True,
        ),
        _PLANNED,
        Column("behind", _("Behind plan"), _percent("behind"), sort=("behind",), numeric=True),
        Column("effective_on", _("As of"), sort=("effective_on",)),
    ),
    default_sort="-behind",
)
