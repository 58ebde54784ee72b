"""The Mondays there is something to learn from."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Min, Model

from adoption.models import SurveyResult, TrainingProgress
from programmes.models import MilestoneForecast, RaidItem, RaidUpdate, ReportedFact, StatusReport

from .. import inputs

# An organisation learns from so many weeks of its own.
LOOKS_BACK = timedelta(weeks=156)


def mondays(first: date, last: date) -> list[date]:
    """The Mondays from the week of a day on that are over by another, at least one; oldest first."""
    end = last - timedelta(days=last.weekday() or 7)
    weeks = max((end - first).days // 7, 0)
    return [end - timedelta(weeks=back) for back in reversed(range(weeks + 1))]


# When anything became known, for how far back snapshots are to be taken.
_FACTS: tuple[type[Model], ...] = (
    StatusReport, ReportedFact, MilestoneForecast, RaidUpdate, SurveyResult, TrainingProgress,
)  # fmt: skip


def weeks_without_snapshot(as_of: date) -> list[date]:
    """The Mondays an organisation can learn from of which the snapshot of some programme is missing, oldest first."""
    known = [model._default_manager.aggregate(first=Min("known_at"))["first"] for model in _FACTS]
    first = min((each.date() for each in known if each is not None), default=None)
    if first is None:
        return []
    return inputs.days_not_kept(mondays(max(first, as_of - LOOKS_BACK), as_of))


def weeks_of_items(as_of: date) -> list[date]:
    """The Mondays since the first item was opened, as far back as an organisation learns from."""
    first = RaidItem.all_objects.aggregate(first=Min("opened_on"))["first"] or as_of
    return mondays(max(first, as_of - LOOKS_BACK), as_of)
