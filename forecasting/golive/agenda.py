"""What signals before go-lives ask of the group: a subject of both sides at its next meeting."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext as _, gettext_lazy

from pmo_portal.common import clock
from pmo_portal.common.days import day_text

from .. import selectors
from ..models import GoLiveRisk
from .past import signals_on

_CAUSES = {
    "engagement": gettext_lazy("engagement"),
    "training": gettext_lazy("training"),
    "resistance": gettext_lazy("resistance"),
}


def asked(programme: Any, on: date) -> Iterator[tuple[str, str, str]]:
    """One subject for each go-live that units may not be ready for, as known on a day.

    An agenda keeps the sentence for good, so it names units and causes and no survey figure.
    """
    found = selectors.signals_of(programme) if on >= clock.today() else signals_on(programme, on)
    of_golive: dict[int, list[GoLiveRisk]] = {}
    for risk in found:
        if risk.is_raised:
            of_golive.setdefault(risk.milestone_id, []).append(risk)
    for risks in of_golive.values():
        golive = risks[0].milestone
        yield (
            f"signal:{golive.reference}",
            _("Readiness for %(golive)s") % {"golive": golive.name},
            _("Expected on %(day)s; may not be ready: %(units)s.")
            % {"day": day_text(risks[0].golive_on), "units": "; ".join(_named(risks))},
        )


def _named(risks: Iterable[GoLiveRisk]) -> Iterator[str]:
    for risk in risks:
        causes = ", ".join(str(_CAUSES.get(each["key"], each["key"])) for each in risk.causes)
        yield f"{risk.unit} ({causes})" if causes else str(risk.unit)
