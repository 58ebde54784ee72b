"""The style guide: every component in every state, with invented content. Shown in development and in tests only."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from . import figures
from .editing import Refusing
from .raid_map import raid_map

MONTHS = ("Jun", "Jul", "Aug", "Sep", "Oct", "Nov")
DELIVERY = (72, 75, 79, 82, 84, 86)
ADOPTION = (58, 61, 60, 59, None, 54)


class SampleForm(Refusing, forms.Form):
    """Every kind of field once."""

    title = forms.CharField(
        label="What may happen", max_length=200, help_text="One sentence: cause, event, effect."
    )
    likelihood = forms.ChoiceField(
        label="Likelihood", choices=[("", "Choose"), (1, "1 Rare"), (5, "5 Almost certain")]
    )
    review_on = forms.DateField(
        label="Review on", widget=forms.DateInput(attrs={"type": "date"}), required=False
    )
    notes = forms.CharField(label="Notes", widget=forms.Textarea, required=False)
    side = forms.ChoiceField(
        label="Whose side",
        choices=[("delivery", "Delivery"), ("people", "People")],
        widget=forms.RadioSelect,
    )
    units = forms.MultipleChoiceField(
        label="Units touched",
        choices=[("pay", "Payroll Operations"), ("hr", "HR Services")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    paired = forms.BooleanField(
        label="Pair with the other lead", required=False, help_text="Both leads are told."
    )


class SampleFilters(Refusing, forms.Form):
    kind = forms.ChoiceField(
        label="Type", choices=[("", "All"), ("risk", "Risks"), ("issue", "Issues")], required=False
    )
    side = forms.ChoiceField(
        label="Side", choices=[("", "Both"), ("people", "People")], required=False
    )
    review = forms.ChoiceField(
        label="Review", choices=[("", "Any date"), ("14", "14 days")], required=False
    )
    owner = forms.ChoiceField(
        label="Owner", choices=[("", "Anybody"), ("me", "Me")], required=False
    )


def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component in every state; a 404 in production."""
    if not getattr(settings, "STYLEGUIDE", settings.DEBUG):
        raise Http404
    return render(request, "common/styleguide.html", sample_context(request))


styleguide.public = True  # type: ignore[attr-defined]


def sample_context(request: HttpRequest) -> dict[str, Any]:
    trend = figures.trend(
        MONTHS,
        [("delivery", "Delivery", DELIVERY), ("adoption", "Adoption", ADOPTION)],
        target=70,
        target_text="Agreed 70%",
        unit="%",
        marks=[(4, "Chair passes")],
    )
    return {
        "states": ["ok", "warn", "bad", "none", "done"],
        "trend": trend,
        "plotly_figure": {
            "data": [
                {
                    "type": "scatter",
                    "name": "Delivery",
                    "x": MONTHS,
                    "y": DELIVERY,
                    "meta": {"half": "delivery"},
                },
                {
                    "type": "scatter",
                    "name": "Adoption",
                    "x": MONTHS,
                    "y": ADOPTION,
                    "meta": {"half": "adoption"},
                },
            ],
            "layout": {"yaxis": {"range": [0, 100], "ticksuffix": "%"}},
        },
        "raid_map": raid_map(
            {(4, 4): 1, (4, 3): 1, (3, 4): 1, (2, 2): 2, (5, 3): 1},
            moves=[("R-114", (3, 4), (4, 4)), ("R-087", (2, 4), (2, 2))],
            link=lambda likelihood, impact: f"?likelihood={likelihood}&impact={impact}",
        ),
        "falling": [63, 62, 60, 58, 55, 54],
        "rising": [22, 30, None, 47, 55, 61],
        "asks": sample_asks(),
        "register": sample_register(),
        "quiet_register": sample_register(rows=(), active=[("Side", "People")], total=0),
        "bad_form": SampleForm({"title": "", "likelihood": "9"}),
        "today": date(2026, 11, 20),
        "events": [
            {
                "on": date(2026, 11, 12),
                "title": "DEC-31",
                "url": "#",
                "text": "Training for field teams moves to February.",
            },
            {
                "on": date(2026, 10, 29),
                "title": "Chair passes",
                "text": "to the change lead for the roll-out.",
                "half": "both",
            },
        ],
        "facts": [
            ("Side", "People risk"),
            ("Owner", "N. Farah"),
            ("Rating", "4 × 4"),
            ("Next review", "27 Nov 2026"),
        ],
        "numbers": [("Decisions waiting", "2"), ("Oldest", "19 days"), ("Actions late", "3 of 17")],
        "clashes": [
            {
                "name": "title",
                "label": "Title",
                "base": "Payroll",
                "mine": "Payroll",
                "theirs": "Payroll pilot",
            },
            {
                "name": "likelihood",
                "label": "Likelihood",
                "base": "3",
                "mine": "4",
                "theirs": "5",
                "clash": True,
            },
        ],
        "tabs": [
            {"label": "Details", "url": "#", "current": True},
            {"label": "Thread", "url": "#", "count": 3},
            {"label": "History", "url": "#", "count": 5},
        ],
        "heat": [
            ("Payroll Operations", (4.5, 6.2, 9.2, 7.5)),
            ("Legal Services", (0.5, 0.5, 1.0, None)),
        ],
        **sample_shell(),
    }


def sample_shell() -> dict[str, Any]:
    """What the context processor of the shell gives a tenant page."""

    def item(label: str, icon: str, *, current: bool = False) -> dict[str, Any]:
        return {"label": label, "url": "#main", "icon": icon, "current": current}

    return {
        "tenant": SimpleNamespace(slug="northshire", name="Northshire Council", is_demo=True),
        "programme": SimpleNamespace(code="FHR", name="Finance & HR Platform"),
        "tenant_choices": [
            {"label": "Northshire Council", "url": "#", "current": True},
            {"label": "Harbour Trust", "url": "#", "current": False},
        ],
        "programme_choices": [
            {"label": "Finance & HR Platform", "url": "#", "current": True},
            {"label": "Adult Social Care Records", "url": "#", "current": False},
        ],
        "navigation": [
            {
                "label": "",
                "key": "home",
                "items": [item("Scorecard", "layout-dashboard", current=True)],
            },
            {
                "label": "Delivery",
                "key": "delivery",
                "items": [
                    item("Plan", "timeline"),
                    item("RAID", "alert-triangle"),
                    item("Status", "flag"),
                ],
            },
            {
                "label": "People",
                "key": "people",
                "items": [
                    item("Impacts", "users"),
                    item("Surveys", "messages"),
                    item("Resistance", "activity"),
                ],
            },
            {
                "label": "Together",
                "key": "together",
                "items": [
                    item("Steering", "users-group"),
                    item("Decisions", "gavel"),
                    item("Actions", "list-check"),
                ],
            },
        ],
    }


def sample_asks() -> list[dict[str, str]]:
    return [
        {
            "title": "Agree to move the Payroll go-live from 7 to 21 December",
            "note": "Asked by both leads. Cost £38k, 18 points of readiness.",
            "url": "#",
            "state": "warn",
            "label": "Due today",
        },
        {
            "title": "Note the supplier's recovery plan",
            "note": "Rehearsal 3 is on 1 December.",
            "url": "#",
            "state": "none",
            "label": "For information",
        },
    ]


def sample_register(
    rows: tuple[dict[str, str], ...] | None = None,
    active: list[tuple[str, str]] | None = None,
    total: int = 112,
) -> SimpleNamespace:
    """Stands for a RegisterPage."""
    if rows is None:
        rows = (
            {
                "ref": "R-114",
                "title": "Payroll staff do not trust the parallel run",
                "half": "people",
                "state": "bad",
                "word": "High",
            },
            {
                "ref": "I-31",
                "title": "Checks fail on absence records",
                "half": "delivery",
                "state": "warn",
                "word": "Medium",
            },
            {
                "ref": "D-22",
                "title": "Single sign-on before training",
                "half": "both",
                "state": "ok",
                "word": "Low",
            },
        )
    return SimpleNamespace(
        headings=[
            sample_heading("ref", "ID"),
            sample_heading("title", "Summary"),
            sample_heading("severity", "Severity", "descending"),
            sample_heading("owner", "Owner"),
        ],
        rows=rows,
        total=total,
        sort="-severity",
        form=SampleFilters({"owner": "me"}, auto_id="quiet_%s")
        if active
        else SampleFilters(auto_id="filter_%s"),
        clear_url="?",
        csv_url="?format=csv",
        xlsx_url="?format=xlsx",
        previous_url="",
        next_url="?page=2",
        is_filtered=bool(active),
        active_filters=active or [],
        page=SimpleNamespace(
            start_index=1, end_index=50, paginator=SimpleNamespace(num_pages=3 if rows else 1)
        ),
    )


def sample_heading(key: str, label: str, aria_sort: str = "") -> SimpleNamespace:
    return SimpleNamespace(
        key=key, label=label, url=f"?sort={key}", aria_sort=aria_sort, numeric=False
    )
