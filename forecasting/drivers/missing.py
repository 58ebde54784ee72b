"""What was not known of a programme or unit, in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy, ngettext

# Inputs that are missing together are named together, by the first of them.
_MISSING: tuple[tuple[tuple[str, ...], Any], ...] = (
    (("spi_s",), gettext_lazy("No schedule index: neither a reported one nor a budget with a milestone that is due or reached")),
    (("cpi_s",), gettext_lazy("No cost index: neither a reported one nor actual costs beside a milestone that is due or reached")),
    (("burn_ratio_s",), gettext_lazy("No spending against plan")),
    (("status_age_w",), gettext_lazy("No status report of delivery")),
    (("weeks_to_golive",), gettext_lazy("No go-live in the plan")),
    (("log_size",), gettext_lazy("No size: neither people it affects nor a reported one")),
    (("eng_mean",), gettext_lazy("No engagement figure that may be shown")),
    (("train_gap",), gettext_lazy("No training figures with a plan")),
    (("resist_4w",), gettext_lazy("No headcount, so signs of resistance cannot be weighed")),
    (("resist_text_4w",), gettext_lazy("No comments that may be read for resistance")),
    (("decisions_outstanding_days_p80",), gettext_lazy("No decisions were asked for")),
    (("raid_open",), gettext_lazy("No RAID log")),
    (("ms_missed_12w",), gettext_lazy("No milestones")),
)  # fmt: skip
# A survey this old is named as well, though a figure stands.
OLD_SURVEY_WEEKS = 6.5


def missing_texts(missing: Sequence[str], values: Mapping[str, float]) -> list[str]:
    """What was not known, as sentences; an old survey among it."""
    absent = set(missing)
    found = [str(text) for names, text in _MISSING if absent.issuperset(names)]
    age = values.get("eng_age_w", 0.0)
    if age >= OLD_SURVEY_WEEKS:
        found.append(
            ngettext("No survey for %(weeks)s week", "No survey for %(weeks)s weeks", round(age))
            % {"weeks": round(age)}
        )
    return found
