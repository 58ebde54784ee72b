"""Text in, domain types out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _, gettext_lazy

from pmo_portal.common.editing import Refusing
from pmo_portal.common.fields import date_input
from pmo_portal.history.forms import RecordForm
from pmo_portal.tenants.models import BusinessUnit
from pmo_portal.tenants.selectors import units, units_in_use, with_place

from .. import services, status
from ..choices import Measure, SignalSource, SignalStatus, SignalTheme, WaveSource
from ..models import ResistanceSignal, SurveyWave, TrainingProgress

# More than any organisation has; the database holds two thousand million.
MOST_PEOPLE = 10_000_000


class UnitChoice(forms.ModelChoiceField):
    """Units with their place in the tree."""

    def label_from_instance(self, obj: BusinessUnit) -> str:  # type: ignore[override]
        return with_place(obj)


class WaveForm(RecordForm):
    """What is said of a wave. Figures of an existing wave are not offered: they are never changed."""

    class Meta:
        model = SurveyWave
        fields = ("name", "note")
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}


class WaveHeadForm(Refusing, forms.ModelForm):
    """The head of a wave that is being recorded; `WaveGrid` holds its figures."""

    class Meta:
        model = SurveyWave
        fields = ("name", "measure", "closed_on", "note")
        widgets = {"closed_on": date_input(), "note": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, today: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_closed_on(self) -> Any:
        day = self.cleaned_data["closed_on"]
        if day > self.today:
            raise forms.ValidationError(
                _("A wave is recorded once it is closed: the date lies in the future.")
            )
        return day


class CellForm(Refusing, forms.Form):
    """One unit of the grid: mean and number of answers, both empty where it was not asked."""

    mean = forms.FloatField(
        label=gettext_lazy("Mean"),
        required=False,
        min_value=0,
        max_value=100,
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
    )
    n = forms.IntegerField(
        label=gettext_lazy("Answers"),
        required=False,
        min_value=0,
        max_value=MOST_PEOPLE,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, unit: BusinessUnit, **kwargs: Any) -> None:
        super().__init__(*args, prefix=unit.code, **kwargs)
        self.unit = unit
        for name, field in self.fields.items():
            field.widget.attrs["aria-label"] = f"{field.label}, {unit.name}"
            field.widget.attrs["class"] = f"pp-cell-{name}"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("mean") is not None and data.get("n") is None and "n" not in self.errors:
            self.add_error("n", _("Enter how many answered."))
        return data

    @property
    def entry(self) -> services.Entry | None:
        if self.cleaned_data.get("n") is None:
            return None
        return services.Entry(self.unit, self.cleaned_data.get("mean"), self.cleaned_data["n"])


def said_of_units_gone(
    data: Mapping[str, str] | None, fields: Iterable[str], units: Iterable[BusinessUnit]
) -> list[str]:
    """What was typed for a unit that left the list meanwhile is not dropped without a word."""
    named = {
        code
        for name, text in (data or {}).items()
        for code, _dash, field in [name.rpartition("-")]
        if field in fields and text.strip()
    }
    gone = sorted(named - {unit.code for unit in units})
    if not gone:
        return []
    return [
        _(
            "These units left the list since you opened it: %(units)s. Nothing was recorded; what you send now goes without them."
        )
        % {"units": ", ".join(gone)}
    ]


class WaveGrid:
    """All units of the tree with a line each: works without script and keeps what was typed."""

    def __init__(self, data: Any, units: Iterable[BusinessUnit]) -> None:
        self.forms = [CellForm(data, unit=unit) for unit in units]
        self.problems = said_of_units_gone(
            data, CellForm.base_fields, [form.unit for form in self.forms]
        )

    @property
    def entries(self) -> list[services.Entry]:
        return [form.entry for form in self.forms if form.is_valid() and form.entry is not None]

    def is_valid(self) -> bool:
        if not all([form.is_valid() for form in self.forms]):  # noqa: C419 - every line is checked
            return False
        by_unit = {form.unit.pk: form for form in self.forms}
        for unit, text in services.check_entries(self.entries):
            if unit is None:
                self.problems.append(text)
            else:
                by_unit[unit.pk].add_error("n", text)
        return not self.problems and not any(form.errors for form in self.forms)


class SignalForm(RecordForm):
    unit = UnitChoice(
        queryset=BusinessUnit.objects.none(),
        label=gettext_lazy("Unit"),
        empty_label=gettext_lazy("Choose a unit"),
    )

    class Meta:
        model = ResistanceSignal
        fields = ("unit", "source", "theme", "strength", "text", "effective_on", "response")
        labels = {"effective_on": gettext_lazy("Noticed on")}
        widgets = {
            "effective_on": date_input(),
            "text": forms.Textarea(attrs={"rows": 4}),
            "response": forms.Textarea(attrs={"rows": 3}),
            "strength": forms.RadioSelect,
        }

    def __init__(self, *args: Any, today: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("unit", units_in_use())
        self.today = today
        self.fields["source"].choices = [("", _("Choose")), *SignalSource.choices]  # type: ignore[attr-defined]
        self.fields["theme"].choices = [("", _("Not known")), *SignalTheme.choices]  # type: ignore[attr-defined]
        if not self.instance.pk:
            self.initial["effective_on"] = today

    def clean_effective_on(self) -> Any:
        day = self.cleaned_data["effective_on"]
        if day > self.today:
            raise forms.ValidationError(_("It cannot have been noticed in the future."))
        return day


class ResolveForm(Refusing, forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    resolved_on = forms.DateField(label=gettext_lazy("Resolved on"), widget=date_input())
    response = forms.CharField(
        label=gettext_lazy("What helped"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("What was done, so that others can learn from it."),
    )

    def __init__(self, *args: Any, signal: ResistanceSignal, today: Any, **kwargs: Any) -> None:
        initial = {"version": signal.version, "resolved_on": today, "response": signal.response}
        super().__init__(*args, initial=initial, **kwargs)
        self.signal, self.today = signal, today

    def clean_resolved_on(self) -> Any:
        day = self.cleaned_data["resolved_on"]
        if day < self.signal.effective_on:
            raise forms.ValidationError(_("It cannot be resolved before it was noticed."))
        if day > self.today:
            raise forms.ValidationError(_("The date lies in the future."))
        return day


class TrainingForm(Refusing, forms.ModelForm):
    unit = UnitChoice(
        queryset=BusinessUnit.objects.none(),
        label=gettext_lazy("Unit"),
        empty_label=gettext_lazy("Choose a unit"),
    )
    planned_percent = forms.IntegerField(
        label=gettext_lazy("Planned by then (%)"),
        required=False,
        min_value=0,
        max_value=100,
        help_text=gettext_lazy("What the training plan says for this day."),
    )

    class Meta:
        model = TrainingProgress
        fields = ("unit", "effective_on", "required", "completed")
        labels = {"effective_on": gettext_lazy("As of")}
        widgets = {"effective_on": date_input()}

    def __init__(self, *args: Any, today: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units_in_use()  # type: ignore[attr-defined]
        self.initial["effective_on"] = today
        self.today = today

    def clean_effective_on(self) -> Any:
        day = self.cleaned_data["effective_on"]
        if day > self.today:
            raise forms.ValidationError(_("The date lies in the future."))
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        percent = data.get("planned_percent")
        self.instance.planned_share = None if percent is None else percent / 100
        return data


def unit_filter(field_name: str = "unit") -> django_filters.ModelChoiceFilter:
    """Rows of one unit, by its code; last of one that is in use no more, for what was said of it stays."""
    return django_filters.ModelChoiceFilter(
        label=gettext_lazy("Unit"),
        field_name=field_name,
        to_field_name="code",
        queryset=lambda _request: units().order_by("-is_active", "path"),
        empty_label=gettext_lazy("All"),
    )


class WaveFilter(django_filters.FilterSet):
    measure = django_filters.ChoiceFilter(
        label=gettext_lazy("Measure"), choices=Measure.choices, empty_label=gettext_lazy("All")
    )
    source = django_filters.ChoiceFilter(
        label=gettext_lazy("Source"), choices=WaveSource.choices, empty_label=gettext_lazy("All")
    )
    year = django_filters.NumberFilter(
        label=gettext_lazy("Year"),
        field_name="closed_on",
        lookup_expr="year",
        # A database knows no year nought and none of five digits.
        min_value=1900,
        max_value=2200,
    )

    class Meta:
        model = SurveyWave
        fields = ("measure", "source", "year")


class TrainingNowFilter(django_filters.FilterSet):
    """Filters of `selectors.training_now`."""

    state = django_filters.ChoiceFilter(
        label=gettext_lazy("Against plan"),
        method="by_state",
        choices=(
            ("behind", gettext_lazy("Behind")),
            ("on_plan", gettext_lazy("On plan")),
            ("no_plan", gettext_lazy("No plan")),
        ),
        empty_label=gettext_lazy("All"),
    )
    unit = unit_filter()

    class Meta:
        model = TrainingProgress
        fields = ()

    def by_state(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        if value == "behind":
            return queryset.filter(behind__gt=status.TRAINING_AT_RISK)
        if value == "on_plan":
            return queryset.filter(behind__lte=status.TRAINING_AT_RISK)
        return queryset.filter(behind__isnull=True)


class SignalFilter(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(
        label=gettext_lazy("Status"), choices=SignalStatus.choices, empty_label=gettext_lazy("All")
    )
    unit = unit_filter()
    theme = django_filters.ChoiceFilter(
        label=gettext_lazy("What lies behind it"),
        choices=SignalTheme.choices,
        empty_label=gettext_lazy("All"),
    )
    source = django_filters.ChoiceFilter(
        label=gettext_lazy("How it was noticed"),
        choices=SignalSource.choices,
        empty_label=gettext_lazy("All"),
    )
    since = django_filters.DateFilter(
        label=gettext_lazy("Noticed since"),
        field_name="effective_on",
        lookup_expr="gte",
        widget=date_input(),
    )

    class Meta:
        model = ResistanceSignal
        fields = ("status", "unit", "theme", "source", "since")


class TrainingFilter(django_filters.FilterSet):
    unit = unit_filter()
    since = django_filters.DateFilter(
        label=gettext_lazy("Since"),
        field_name="effective_on",
        lookup_expr="gte",
        widget=date_input(),
    )

    class Meta:
        model = TrainingProgress
        fields = ("unit", "since")
