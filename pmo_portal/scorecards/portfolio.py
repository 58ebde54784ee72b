"""The portfolio: every programme a member sees, with both halves beside each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _, ngettext

from forecasting.choices import STATE_OF_LEVEL, RiskLevel
from forecasting.crises.running import Running
from pmo_portal.accounts.members import Member
from pmo_portal.common.batches import batches
from pmo_portal.common.days import day_text
from pmo_portal.common.levels import State
from pmo_portal.common.money import format_short
from pmo_portal.common.templatetags.portal import status
from pmo_portal.tenants.models import Tenant
from pmo_portal.tenants.selectors import thresholds
from programmes.choices import Opinion, Rating, Stage
from programmes.models import Programme
from programmes.selectors import as_they_stood, programmes_for
from programmes.status import state_of

from . import services
from .indicators import engagement_value, percent
from .models import ProgrammeSummary
from .rows import Rows

_RAISED = [RiskLevel.HIGH, RiskLevel.ELEVATED]


@dataclass
class Totals:
    """Of all programmes that are not closed, whatever the filter."""

    programmes: int = 0
    budget: int = 0
    late: int = 0
    raised: int = 0
    states: dict[tuple[str, str], int] = field(default_factory=dict)


def rows_of(member: Member, *, as_of: date, today: date) -> Any:
    """Programmes with their summaries: stored ones for today, computed ones for an earlier day."""
    found = programmes_for(member).select_related(None)
    found = found.select_related("delivery_lead", "change_lead", "summary")
    if as_of == today:
        # Columns are what lists and files show; the whole figures are for the scorecard.
        return found.defer("purpose", "summary__figures")
    return _computed(as_they_stood(found, as_of), as_of)


def _computed(programmes: list[Programme], as_of: date) -> Rows:
    settings = thresholds()
    rows = Rows()
    for batch in batches(programmes, services.BATCH):
        for summary in services.compute(batch, as_of, settings, is_today=False):
            summary.programme.summary = summary  # type: ignore[attr-defined]
            if _was_known(summary, as_of):
                rows.append(summary.programme)
    return rows


def _was_known(summary: ProgrammeSummary, as_of: date) -> bool:
    """Whether anything had been said of the programme by then."""
    return (
        any((summary.delivery_on, summary.golive_on, summary.delivery_reported))
        or summary.programme.created_at.date() <= as_of
    )


def make_true(programmes: Sequence[Any], *, today: date) -> None:
    """Replace summaries that a change has overtaken by what the facts say now; nothing is written."""
    late = [each for each in programmes if not _has_true_summary(each, today)]
    if not late:
        return
    for summary in services.compute(late, today, thresholds(), is_today=True):
        summary.programme.summary = summary  # type: ignore[attr-defined]


def for_export(rows: QuerySet[Programme] | Rows, today: date) -> Any:
    """All rows of a file are true, not only those of a page."""
    if isinstance(rows, Rows):
        return rows
    found = list(rows)
    make_true(found, today=today)
    return Rows(found)


def _has_true_summary(programme: Any, today: date) -> bool:
    summary = getattr(programme, "summary", None)
    return summary is not None and summary.is_true_of(today)


def portfolio_names(member: Member) -> list[str]:
    names = Programme.objects.visible_to(member).exclude(portfolio="")
    return list(names.order_by("portfolio").values_list("portfolio", flat=True).distinct())


def totals(rows: QuerySet[Programme] | Rows) -> Totals:
    """One statement for stored summaries."""
    return _totals_of_rows(rows) if isinstance(rows, Rows) else _totals_of_query(rows)


def _totals_of_query(rows: QuerySet[Programme]) -> Totals:
    made = Totals()
    late = Q(summary__delivery_is_late=True) | Q(summary__adoption_is_late=True)
    groups = (
        rows.exclude(stage=Stage.CLOSED)
        .select_related(None)
        .values("summary__delivery_state", "summary__adoption_state")
        .annotate(
            n=Count("pk"),
            money=Sum("budget"),
            late=Count("pk", filter=late),
            raised=Count("pk", filter=Q(summary__signal_level__in=_RAISED)),
        )
        .order_by()
    )
    for group in groups:
        states = (
            group["summary__delivery_state"] or State.NONE,
            group["summary__adoption_state"] or State.NONE,
        )
        made.states[states] = made.states.get(states, 0) + group["n"]
        made.programmes += group["n"]
        made.budget += int(group["money"] or 0)
        made.late += group["late"]
        made.raised += group["raised"]
    return made


def _totals_of_rows(rows: Iterable[Any]) -> Totals:
    made = Totals()
    for row in rows:
        if row.is_closed:
            continue
        summary = row.summary
        states = (str(summary.delivery_state), str(summary.adoption_state))
        made.states[states] = made.states.get(states, 0) + 1
        made.programmes += 1
        made.budget += row.budget or 0
        made.late += summary.delivery_is_late or summary.adoption_is_late
        made.raised += summary.signal_level in _RAISED
    return made


def lead(made: Totals, currency: str) -> str:
    """What stands under the heading."""
    parts = [
        ngettext("%(count)s open programme", "%(count)s open programmes", made.programmes)
        % {"count": made.programmes}
    ]
    if made.budget:
        parts[0] += f", {format_short(made.budget, currency)}"
    if made.raised:
        parts.append(
            ngettext(
                "%(count)s has a signal before a go-live",
                "%(count)s have a signal before a go-live",
                made.raised,
            )
            % {"count": made.raised}
        )
    if made.late:
        parts.append(
            ngettext(
                "%(count)s has figures later than promised",
                "%(count)s have figures later than promised",
                made.late,
            )
            % {"count": made.late}
        )
    return "; ".join(parts) + "."


@dataclass(slots=True)
class Row:
    """One line of the list, in ready words and chips: fifty of them are drawn at once."""

    url: str
    name: str
    under: str
    golive: SafeString
    delivery_state: SafeString
    delivery_figure: str
    delivery_said: str
    delivery_on: SafeString
    delivery_lead: str
    adoption_state: SafeString
    adoption_figure: str
    adoption_said: str
    adoption_on: SafeString
    change_lead: str

    @property
    def cells(self) -> SafeString:
        """All cells at once: fifty rows of single variables take three times as long."""
        return format_html(
            '<th scope="row" role="rowheader"><a href="{}">{}</a><small>{}</small></th>'
            '<td role="cell">{}</td>'
            '<td role="cell" class="pp-first"><span class="pp-state">{}<b>{}</b></span>'
            "<small>{}</small></td>"
            '<td role="cell">{}</td><td role="cell">{}</td>'
            '<td role="cell" class="pp-first"><span class="pp-state">{}<b>{}</b></span>'
            "<small>{}</small></td>"
            '<td role="cell">{}</td><td role="cell">{}</td>',
            self.url,
            self.name,
            self.under,
            self.golive,
            self.delivery_state,
            self.delivery_figure,
            self.delivery_said,
            self.delivery_on,
            self.delivery_lead,
            self.adoption_state,
            self.adoption_figure,
            self.adoption_said,
            self.adoption_on,
            self.change_lead,
        )


class Presenter:
    """Makes rows; what many of them share (chips, days) is made once."""

    def __init__(
        self, *, tenant: Tenant, query: str = "", crises: Mapping[int, Running] | None = None
    ) -> None:
        self._crises = crises or {}
        self._currency, self._query = tenant.currency, query
        self._root = reverse("scorecards:portfolio", kwargs={"tenant": tenant.slug})
        self._chips = {str(state): status(state, "", "wide") for state in State}
        self._signals = {
            str(level): status(
                STATE_OF_LEVEL[level], _("Signal: %(level)s") % {"level": level.label.lower()}
            )
            for level in _RAISED
        }
        self._days: dict[date, SafeString] = {}
        self._none = format_html('<span class="pp-muted">{}</span>', _("None yet"))
        self._late = _("Late figure")

    def row(self, programme: Any) -> Row:
        known = programme.summary
        under = programme.code
        if programme.budget:
            under += f", {format_short(programme.budget, self._currency)}"
        return Row(
            url=f"{self._root}p/{programme.code}/{self._query}",
            name=programme.name,
            under=under,
            golive=self._golive(programme, known),
            delivery_state=self._chips[known.delivery_state],
            delivery_figure=index(known.delivery_confidence),
            delivery_said=_together(_met(known), said(known, "delivery")),
            delivery_on=self._figure_of(known.delivery_on, is_late=known.delivery_is_late),
            delivery_lead=programme.delivery_lead.name if programme.delivery_lead else "–",
            adoption_state=self._chips[known.adoption_state],
            adoption_figure=index(known.adoption_confidence),
            adoption_said=_together(_engaged(known), said(known, "adoption")),
            adoption_on=self._figure_of(known.adoption_on, is_late=known.adoption_is_late),
            change_lead=programme.change_lead.name if programme.change_lead else "–",
        )

    def _golive(self, programme: Any, known: ProgrammeSummary) -> SafeString:
        crisis = self._crises.get(programme.pk)
        told = (
            format_html("{}<small>{}</small>", status(crisis.state, crisis.badge), crisis.brief)
            if crisis
            else ""
        )
        if known.golive_on is None:
            return format_html("{}{}", "–" if not told else "", told)
        return format_html(
            "{}<small>{}</small>{}{}",
            self._day(known.golive_on),
            known.golive_name,
            self._signals.get(known.signal_level, ""),
            told,
        )

    def _figure_of(self, on: date | None, *, is_late: bool) -> SafeString:
        if on is None:
            return self._none
        if not is_late:
            return self._day(on)
        return format_html(
            '<span class="pp-late">{}</span><small>{}</small>', self._day(on), self._late
        )

    def _day(self, on: date) -> SafeString:
        if on not in self._days:
            self._days[on] = format_html(
                '<time datetime="{}">{}</time>', on.isoformat(), day_text(on)
            )
        return self._days[on]


def index(value: float | None) -> str:
    return "–" if value is None else str(round(value))


def _together(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


def _met(known: ProgrammeSummary) -> str:
    share = percent(known.met_share)
    return _("%(share)s met") % {"share": share} if share else ""


def _engaged(known: ProgrammeSummary) -> str:
    value = engagement_value(known.engagement_low, known.engagement_high, known.engagement)
    if not value:
        return ""
    return _together(_("engagement %(value)s") % {"value": value}, _organisations(known))


def said(known: ProgrammeSummary, half: str) -> str:
    """What was reported, where that is not what the figures say, or where somebody else said it."""
    rating = getattr(known, f"{half}_reported")
    if not rating:
        return ""
    word, opinion = str(Rating(rating).label), getattr(known, f"{half}_opinion")
    if opinion != Opinion.LEAD:
        return _("Published: %(rating)s") % {"rating": word}
    if state_of(rating) == getattr(known, f"{half}_state"):
        return ""
    return _("Reported: %(rating)s") % {"rating": word}


def _organisations(known: ProgrammeSummary) -> str:
    """How many figures a spread stands for."""
    if known.engagement is not None or known.engagement_low is None or known.engagement_units < 2:
        return ""
    return ngettext("%(count)s figure", "%(count)s figures", known.engagement_units) % {
        "count": known.engagement_units
    }
