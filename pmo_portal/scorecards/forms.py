"""What the address of the portfolio and of a scorecard may say."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from pmo_portal.common import clock
from pmo_portal.common.levels import State
from programmes.choices import Stage

_ANY = ("", _("Any"))
_STATES = [
    _ANY,
    (State.BAD, State.BAD.label),
    (State.WARN, State.WARN.label),
    (State.OK, State.OK.label),
    (State.NONE, State.NONE.label),
]
_WINDOWS = [
    _ANY,
    ("4", _("within 4 weeks")),
    ("8", _("within 8 weeks")),
    ("13", _("within 13 weeks")),
    ("26", _("within 26 weeks")),
    ("overdue", _("date has passed")),
]


class AsOfForm(forms.Form):
    """The day a page speaks of; nothing, nonsense and the future mean today, and the page says so."""

    as_of = forms.DateField(
        label=_("As of"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


def day_asked_for(data: QueryDict, *, today: date) -> date:
    form = AsOfForm(data)
    form.is_valid()
    wanted = form.cleaned_data.get("as_of")
    return min(wanted, today) if wanted else today


def day_notice(data: QueryDict, *, today: date) -> str:
    """Why the page shows today although another day was asked for; empty where it shows what was asked."""
    form = AsOfForm(data)
    if not form.is_valid():
        return _("“%(text)s” is no date. This is today.") % {"text": data["as_of"][:40]}
    wanted = form.cleaned_data.get("as_of")
    if wanted is not None and wanted > today:
        return _("%(day)s has not come yet. This is today.") % {"day": date_format(wanted, "j M Y")}
    return ""


class PortfolioForm(forms.Form):
    portfolio = forms.ChoiceField(label=_("Portfolio"), required=False)
    golive = forms.ChoiceField(label=_("Go-live"), choices=_WINDOWS, required=False)
    stage = forms.ChoiceField(label=_("Stage"), choices=[_ANY, *Stage.choices], required=False)
    delivery = forms.ChoiceField(label=_("Delivery"), choices=_STATES, required=False)
    adoption = forms.ChoiceField(label=_("Adoption"), choices=_STATES, required=False)
    late = forms.ChoiceField(
        label=_("Figures"),
        choices=[
            _ANY,
            ("none", _("none late")),
            ("delivery", _("late from delivery")),
            ("adoption", _("late from people")),
        ],
        required=False,
    )
    name = forms.CharField(label=_("Name"), required=False, max_length=100)

    field_order = ["portfolio", "golive", "delivery", "adoption", "stage", "late", "name"]

    def __init__(self, data: QueryDict, *, portfolios: list[str]) -> None:
        super().__init__(data)
        self.fields["portfolio"].choices = [_ANY, *((name, name) for name in portfolios)]  # type: ignore[attr-defined]


class PortfolioFilter:
    """Filters programmes with summaries, stored or computed; made by `register_page` for each request."""

    portfolios: list[str] = []

    def __init__(self, data: QueryDict, *, queryset: Any, request: HttpRequest) -> None:
        self.form = PortfolioForm(data, portfolios=self.portfolios)
        self._today = clock.today()
        self._on = day_asked_for(data, today=self._today)

    def filter_queryset(self, found: Any) -> Any:
        wanted = self.form.cleaned_data
        lookups: dict[str, Any] = {}
        for field, path in _PATHS.items():
            if wanted.get(field):
                lookups[path] = wanted[field]
        window = wanted.get("golive")
        if window == "overdue":
            lookups["summary__golive_on__lt"] = self._on
        elif window:
            lookups["summary__golive_on__range"] = (
                self._on,
                self._on + timedelta(weeks=int(window)),
            )
        late = wanted.get("late")
        if late == "none":
            lookups.update(summary__delivery_is_late=False, summary__adoption_is_late=False)
        elif late:
            lookups[f"summary__{late}_is_late"] = True
        return found.filter(**lookups) if lookups else found


_PATHS = {
    "portfolio": "portfolio",
    "stage": "stage",
    "delivery": "summary__delivery_state",
    "adoption": "summary__adoption_state",
    "name": "name__icontains",
}


def portfolio_filter(portfolios: list[str]) -> type[PortfolioFilter]:
    """The filter with the portfolios of this tenant as choices."""
    return type("BoundPortfolioFilter", (PortfolioFilter,), {"portfolios": portfolios})
