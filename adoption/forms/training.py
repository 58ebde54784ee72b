"""The sheet on which the training of every unit of a programme is entered at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _, gettext_lazy

from pmo_portal.common.days import day_text
from pmo_portal.common.editing import Refusing
from pmo_portal.common.fields import date_input
from pmo_portal.tenants.models import BusinessUnit

from ..models import TrainingProgress
from ..services import TrainingEntry
from .records import MOST_PEOPLE, said_of_units_gone


class TrainingDayForm(Refusing, forms.Form):
    effective_on = forms.DateField(label=gettext_lazy("As of"), widget=date_input())

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, initial={"effective_on": today}, **kwargs)
        self.today = today

    def clean_effective_on(self) -> date:
        day: date = self.cleaned_data["effective_on"]
        if day > self.today:
            raise forms.ValidationError(_("The date lies in the future."))
        return day


class TrainingLine(Refusing, forms.Form):
    """One unit of the sheet. It starts from what is known, and is recorded only if somebody changed it.

    Args:
        newest: the entry that is in force; None where there is none.
        seen: the entry somebody looked at while they typed.
    """

    completed = forms.IntegerField(
        label=gettext_lazy("Completed"), required=False, min_value=0, max_value=MOST_PEOPLE
    )
    required = forms.IntegerField(
        label=gettext_lazy("Need it"), required=False, min_value=1, max_value=MOST_PEOPLE
    )
    planned = forms.IntegerField(
        label=gettext_lazy("Planned (%)"), required=False, min_value=0, max_value=100
    )

    def __init__(
        self,
        data: Any,
        *,
        unit: BusinessUnit,
        newest: TrainingProgress | None,
        seen: TrainingProgress | None,
    ) -> None:
        super().__init__(data, prefix=unit.code, initial=_values(seen))
        self.unit, self.newest, self.seen = unit, newest, seen
        for field in self.fields.values():
            field.widget.attrs |= {
                "aria-label": f"{field.label}, {unit.name}",
                "inputmode": "numeric",
            }

    @property
    def seen_name(self) -> str:
        return self.add_prefix("seen")

    @property
    def stamp(self) -> str:
        """What the page remembers of the entry it shows."""
        return self.newest.known_at.isoformat() if self.newest else ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.has_changed() or self.errors:
            return data
        completed, required = data.get("completed"), data.get("required")
        if required is None:
            self.add_error("required", _("Enter how many people need it."))
        if completed is None:
            self.add_error("completed", _("Enter how many completed it; 0 if nobody did."))
        if required is not None and completed is not None and completed > required:
            self.add_error("completed", _("More people cannot complete it than need it."))
        return data

    def passed_over(self, newest: TrainingProgress | None) -> None:
        """Say what a colleague recorded or took back; the next time it is saved, that was seen."""
        self.newest = newest
        if newest is None:
            text = _("In the meantime the entry you saw was withdrawn, and none is left. Save again to record yours.")  # fmt: skip
            self.add_error("completed", text)
            return
        if self.seen is not None and newest.known_at < self.seen.known_at:
            text = _(
                "In the meantime the entry you saw was withdrawn, and %(completed)d of %(required)d as of %(day)s count again. Save again to record yours."
            )
        else:
            text = _(
                "Meanwhile %(completed)d of %(required)d were recorded as of %(day)s. Save again to record yours after it."
            )
        self.add_error(
            "completed",
            text
            % {
                "completed": newest.completed,
                "required": newest.required,
                "day": day_text(newest.effective_on),
            },
        )

    @property
    def entry(self) -> TrainingEntry | None:
        if not self.has_changed():
            return None
        data = self.cleaned_data
        return TrainingEntry(
            self.unit,
            data["required"],
            data["completed"],
            None if data.get("planned") is None else data["planned"] / 100,
            self.seen.known_at if self.seen else None,
        )


class TrainingSheet:
    """A line for every unit of a programme: works without script and keeps what was typed."""

    def __init__(
        self,
        data: Any,
        units: Sequence[BusinessUnit],
        entries: Iterable[TrainingProgress],
        newest: Mapping[int, TrainingProgress],
    ) -> None:
        by_stamp = {(each.unit_id, each.known_at): each for each in entries}
        self.lines = []
        for unit in units:
            seen = newest.get(unit.pk)
            if data is not None:
                said = _moment(data.get(f"{unit.code}-seen", ""))
                seen = by_stamp.get((unit.pk, said)) if said else None
            self.lines.append(TrainingLine(data, unit=unit, newest=newest.get(unit.pk), seen=seen))
        self.problems = said_of_units_gone(data, TrainingLine.base_fields, units)

    def is_valid(self) -> bool:
        # Every line is checked.
        return all([line.is_valid() for line in self.lines]) and not self.problems  # noqa: C419

    @property
    def entries(self) -> list[TrainingEntry]:
        return [line.entry for line in self.lines if line.entry is not None]

    def passed_over(self, newest: Mapping[int, TrainingProgress | None]) -> None:
        for line in self.lines:
            if line.unit.pk in newest:
                line.passed_over(newest[line.unit.pk])


def _values(entry: TrainingProgress | None) -> dict[str, int | None]:
    if entry is None:
        return {}
    planned = None if entry.planned_share is None else round(100 * entry.planned_share)
    return {"completed": entry.completed, "required": entry.required, "planned": planned}


def _moment(text: str) -> datetime | None:
    try:
        return parse_datetime(text)
    except ValueError:
        return None
