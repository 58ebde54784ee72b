"""What the address of the portfolio and of a scorecard may say."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from pmo_portal.common import clock
from pmo_portal.common.days import day_text
from pmo_portal.common.editing import Refusing
from pmo_portal.common.fields import date_input
from pmo_portal.common.levels import State
from programmes.choices import Half, Stage

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


class AsOfForm(Refusing, forms.Form):
    """The day a page speaks of; nothing, nonsense and the future mean today, and the page says so."""

    as_of = forms.DateField(
        label=_("As of"),
        required=False,
        widget=date_input(),
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
        return _("“%(text)s” is no day that can be shown. This is today.") % {
            "text": data["as_of"][:40]
        }
    wanted = form.cleaned_data.get("as_of")
    if wanted is not None and wanted > today:
        return _("%(day)s has not come yet. This is today.") % {"day": day_text(wanted)}
    return ""


class PortfolioForm(Refusing, forms.Form):
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
        return _going_on(found, wanted).filter(**lookups)


def _going_on(found: Any, wanted: dict[str, Any]) -> Any:
    """Without what is closed, unless a stage is asked for."""
    return found if wanted.get("stage") else found.exclude(stage=Stage.CLOSED)


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


class RoadmapForm(Refusing, forms.Form):
    portfolio = forms.ChoiceField(label=_("Portfolio"), required=False)
    stage = forms.ChoiceField(label=_("Stage"), choices=[_ANY, *Stage.choices], required=False)
    show = forms.ChoiceField(
        label=_("Show"),
        choices=[
            ("", _("all milestones")),
            ("golives", _("go-lives only")),
        ],
        required=False,
    )
    half = forms.ChoiceField(
        label=_("Half"),
        choices=[("", _("both")), *Half.choices],
        required=False,
    )
    scale = forms.ChoiceField(
        label=_("Scale"),
        choices=[("", _("months")), ("quarters", _("quarters"))],
        required=False,
    )
    first = forms.DateField(
        label=_("From"),
        required=False,
        widget=date_input(),
    )
    last = forms.DateField(
        label=_("To"),
        required=False,
        widget=date_input(),
    )
    name = forms.CharField(label=_("Name"), required=False, max_length=100)

    def __init__(self, data: QueryDict, *, portfolios: list[str]) -> None:
        super().__init__(data)
        self.fields["portfolio"].choices = [_ANY, *((name, name) for name in portfolios)]  # type: ignore[attr-defined]

    @property
    def halves(self) -> list[str]:
        half = self.cleaned_data.get("half")
        return [half] if half else [str(each) for each in Half.values]


class RoadmapFilter:
    """Filters programmes; what is drawn of them the form says itself."""

    portfolios: list[str] = []

    def __init__(self, data: QueryDict, *, queryset: Any, request: HttpRequest) -> None:
        self.form = RoadmapForm(data, portfolios=self.portfolios)

    def filter_queryset(self, found: Any) -> Any:
        wanted = self.form.cleaned_data
        lookups = {
            path: wanted[field]
            for field, path in (
                ("portfolio", "portfolio"),
                ("stage", "stage"),
                ("name", "name__icontains"),
            )
            if wanted.get(field)
        }
        return _going_on(found, wanted).filter(**lookups)


def roadmap_filter(portfolios: list[str]) -> type[RoadmapFilter]:
    return type("BoundRoadmapFilter", (RoadmapFilter,), {"portfolios": portfolios})


class HeatForm(Refusing, forms.Form):
    show = forms.ChoiceField(
        label=_("Show"),
        choices=[
            ("", _("units with change")),
            ("golives", _("units that go live")),
            ("all", _("all units")),
        ],
        required=False,
    )
    within = forms.ChoiceField(label=_("Part of"), required=False)
    portfolio = forms.ChoiceField(label=_("Portfolio"), required=False)
    first = forms.DateField(
        label=_("Weeks from"),
        required=False,
        widget=date_input(),
    )

    def __init__(
        self, data: QueryDict, *, portfolios: list[str], parts: list[tuple[str, str]]
    ) -> None:
        super().__init__(data)
        self.fields["portfolio"].choices = [_ANY, *((name, name) for name in portfolios)]  # type: ignore[attr-defined]
        self.fields["within"].choices = [_ANY, *parts]  # type: ignore[attr-defined]


class HeatFilter:
    """Filters rows of units that were read already."""

    portfolios: list[str] = []
    parts: list[tuple[str, str]] = []

    def __init__(self, data: QueryDict, *, queryset: Any, request: HttpRequest) -> None:
        self.form = HeatForm(data, portfolios=self.portfolios, parts=self.parts)

    def filter_queryset(self, found: Any) -> Any:
        wanted = self.form.cleaned_data
        path, show = wanted.get("within"), wanted.get("show")
        return type(found)(
            row
            for row in found
            if (not path or row.path == path or row.path.startswith(f"{path}/"))
            and (show == "all" or (row.has_golive if show == "golives" else row.is_touched))
        )


def heat_filter(portfolios: list[str], parts: list[tuple[str, str]]) -> type[HeatFilter]:
    return type("BoundHeatFilter", (HeatFilter,), {"portfolios": portfolios, "parts": parts})
