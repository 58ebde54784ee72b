"""From a reason to the rows behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from ..choices import SLUG_OF, Target
from ..drivers import Known
from ..learning.names import PORTFOLIO, SCOPE_DAYS
from ..models import GoLiveRisk


@dataclass(frozen=True)
class Link:
    """A way to the rows behind a sentence."""

    label: str
    url: str


@dataclass(frozen=True)
class Reason:
    """One cause for the page: its sentence and where its figures come from."""

    key: str
    text: str
    links: list[Link]


def reasons(risk: GoLiveRisk) -> list[Reason]:
    """Every cause of a signal with links to its figures."""
    return [Reason(cause["key"], cause["text"], _links(risk, cause)) for cause in risk.causes]


def _links(risk: GoLiveRisk, cause: dict[str, Any]) -> list[Link]:
    tenant, code = risk.tenant.slug, risk.programme.code
    facts = cause.get("facts", {})
    if cause["key"] == "engagement":
        if not facts.get("wave"):
            return []
        url = reverse("adoption:wave_detail", kwargs={"tenant": tenant, "reference": facts["wave"]})
        return [Link(_("Survey %(wave)s") % {"wave": facts["wave"]}, url)]
    if cause["key"] == "training":
        url = reverse("adoption:training_list", kwargs={"tenant": tenant, "code": code})
        return [Link(_("Training of this programme"), url)]
    return [
        Link(
            reference,
            reverse(
                "adoption:signal_detail",
                kwargs={"tenant": tenant, "code": code, "reference": reference},
            ),
        )
        for reference in facts.get("references", [])
    ]


# Where the rows behind a driver of a score are.
_ROWS = {
    "schedule": "programmes:fact_list",
    "cost": "programmes:fact_list",
    "milestones": "programmes:milestone_list",
    "raid": "programmes:raid_list",
    "governance": "governance:decision_list",
    "status": "programmes:status_list",
    "plan": "programmes:milestone_list",
    "size": "programmes:programme_detail",
    "engagement": "adoption:programme_wave_list",
    "training": "adoption:training_list",
    "resistance": "adoption:signal_list",
    "golive": "programmes:milestone_list",
}


def rows_of(driver: str, place: dict[str, str]) -> str:
    """The address of the rows behind a driver of a score, in a programme; of its portfolio, where the model says what each adds."""
    if driver == PORTFOLIO:
        kwargs = {"tenant": place["tenant"], "slug": SLUG_OF[Target.CRISIS_4W]}
        return f"{reverse('forecasting:model_card', kwargs=kwargs)}#portfolios"
    return reverse(_ROWS[driver], kwargs=place)


def further_rows(driver: str, known: Known, place: dict[str, str]) -> tuple[Link, ...]:
    """Where a driver counts rows of a second kind: those very rows, in their register."""
    if driver != "plan" or not round(known.values.get("scope_changes_8w", 0)):
        return ()
    query = {
        "state": "agreed",
        "kind": "scope",
        "since": (known.as_of - timedelta(days=SCOPE_DAYS - 1)).isoformat(),
        "until": known.as_of.isoformat(),
    }
    url = reverse("governance:change_list", kwargs=place)
    return (Link(_("Those changes of scope"), f"{url}?{urlencode(query)}"),)
