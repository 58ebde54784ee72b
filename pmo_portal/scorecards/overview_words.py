"""What stands above the list of programmes in words: dots and bubbles of the chart, lines of its tables, findings and notes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _, ngettext

from pmo_portal.common.money import format_short
from pmo_portal.tenants.models import Tenant

from . import quadrant
from .overview import Overview


@dataclass(frozen=True)
class Known:
    """One half of a programme in the table beside the chart."""

    now: str
    before: str
    of: str
    change: str
    way: str


@dataclass(frozen=True)
class Moved:
    name: str
    url: str
    budget: str
    delivery: Known
    adoption: Known


class Presenter:
    """Dots and lines of the tables, from programmes with summaries."""

    def __init__(self, *, tenant: Tenant, query: str = "") -> None:
        self._currency, self._query = tenant.currency, query
        self._root = reverse("scorecards:portfolio", kwargs={"tenant": tenant.slug})
        # Looked up once: a page has some hundred of them.
        self._no_data, self._new, self._unknown = _("No data"), _("New"), _("not known")
        self._of = [_("%(known)s of 4") % {"known": known} for known in range(5)]
        self._said = _("%(name)s: delivery %(delivery)s, adoption %(adoption)s")
        self._moved = _("%(now)s (%(before)s four weeks before)")

    def dots(self, programmes: Iterable[Any]) -> list[quadrant.Dot]:
        return [self._dot(each) for each in programmes]

    def lines(self, programmes: Iterable[Any]) -> list[Moved]:
        return [
            Moved(
                each.name,
                self._url(each),
                format_short(each.budget, self._currency) if each.budget else "–",
                self._half(each.summary, "delivery"),
                self._half(each.summary, "adoption"),
            )
            for each in programmes
        ]

    def twin(self, programmes: Iterable[Any]) -> list[SafeString]:
        """Rows of the table twin, each in one piece."""
        return [
            format_html(
                '<th scope="row"><a href="{}">{}</a></th><td class="pp-num">{}</td>{}{}',
                line.url,
                line.name,
                line.budget,
                _cells(line.delivery),
                _cells(line.adoption),
            )
            for line in self.lines(programmes)
        ]

    def _url(self, programme: Any) -> str:
        return f"{self._root}p/{programme.code}/{self._query}"

    def _dot(self, programme: Any) -> quadrant.Dot:
        known = programme.summary
        return quadrant.Dot(
            name=programme.name,
            code=programme.code,
            url=self._url(programme),
            budget=programme.budget,
            delivery=known.delivery_confidence,
            adoption=known.adoption_confidence,
            delivery_before=known.delivery_confidence_before,
            adoption_before=known.adoption_confidence_before,
            spoken=self._spoken(programme, known),
        )

    def _spoken(self, programme: Any, known: Any) -> str:
        said = self._said % {
            "name": programme.name,
            "delivery": self._spoken_half(known, "delivery"),
            "adoption": self._spoken_half(known, "adoption"),
        }
        if programme.budget:
            said += f", {format_short(programme.budget, self._currency)}"
        return said

    def _spoken_half(self, known: Any, half: str) -> str:
        now = getattr(known, f"{half}_confidence")
        if now is None:
            return self._unknown
        before = getattr(known, f"{half}_confidence_before")
        if before is None or round(before) == round(now):
            return _number(now)
        return self._moved % {"now": _number(now), "before": _number(before)}

    def _half(self, known: Any, half: str) -> Known:
        now = getattr(known, f"{half}_confidence")
        before = getattr(known, f"{half}_confidence_before")
        return Known(
            now=_number(now) or self._no_data,
            before=_number(before) or self._no_data,
            of=self._of[getattr(known, f"{half}_confidence_of")],
            change=self._no_data
            if now is None
            else self._new
            if before is None
            else _change(now, before),
            way=_way(now, before),
        )


def _cells(known: Known) -> SafeString:
    return format_html(
        '<td class="pp-num">{}</td><td class="pp-num">{}</td><td class="pp-num">{}</td><td>{}</td>',
        known.now,
        known.before,
        known.change,
        known.of,
    )


def bubbles(chart: quadrant.Quadrant) -> list[SafeString]:
    """Every bubble with its link and name, in one piece each."""
    return [_bubble(each) for each in chart.bubbles]


def _bubble(each: quadrant.Bubble) -> SafeString:
    name = ""
    if each.label is not None:
        name = format_html(
            '<text class="ink halo {}{}" x="{}" y="{}">{}</text>',
            each.label.anchor,
            " bold" if each.matters else "",
            each.label.x,
            each.label.y,
            each.label.text,
        )
    return format_html(
        '<a href="{}" aria-label="{}"><title>{}</title><circle class="reach" cx="{}" cy="{}" r="{}"/>'
        '<circle class="bubble bubble-{}" cx="{}" cy="{}" r="{}"/>{}</a>',
        each.dot.url,
        each.dot.spoken,
        each.dot.spoken,
        each.cx,
        each.cy,
        each.reach,
        each.look,
        each.cx,
        each.cy,
        each.radius,
        name,
    )


def _number(value: float | None) -> str:
    return "" if value is None else str(round(value))


def _change(now: float, before: float) -> str:
    """Between the figures as they are shown, so that the three add up."""
    change = round(now) - round(before)
    return f"+{change}" if change > 0 else f"−{-change}" if change else "0"


def _way(now: float | None, before: float | None) -> str:
    """The direction of the change as it is shown."""
    if now is None or before is None:
        return "none"
    change = round(now) - round(before)
    return "up" if change > 0 else "down" if change < 0 else "flat"


def chart_finding(made: Overview) -> str:
    """Above the chart: which halves run apart."""
    built, wanted = made.fields.get("built", 0), made.fields.get("wanted", 0)
    if built and wanted:
        return _(
            "Delivery is ahead of belief in %(built)s, belief ahead of delivery in %(wanted)s"
        ) % {
            "built": _programmes(built),
            "wanted": _programmes(wanted),
        }
    if built:
        return _("Delivery is ahead of belief in %(built)s") % {"built": _programmes(built)}
    if wanted:
        return _("Belief is ahead of delivery in %(wanted)s") % {"wanted": _programmes(wanted)}
    if made.fields.get("neither"):
        return _("Nowhere is one half far ahead; %(neither)s below what is expected of both") % {
            "neither": _programmes(made.fields["neither"])
        }
    if made.fields.get("both"):
        return _("Both halves are where they are expected")
    return _("No programme has figures of both halves yet")


def chart_text(made: Overview) -> str:
    """The chart in one sentence, for those who hear it."""
    fields = made.fields
    text = _(
        "Programmes by confidence in delivery and adoption: %(both)s built and believed in,"
        " %(built)s built but not believed in, %(wanted)s wanted but not built, %(neither)s neither yet"
    ) % {name: fields.get(name, 0) for name in ("both", "built", "wanted", "neither")}
    missing = made.total - sum(fields.values())
    if missing:
        text += "; " + ngettext(
            "%(count)s lacks a figure of a half", "%(count)s lack a figure of a half", missing
        ) % {"count": number_format(missing)}
    return text + "."


def chart_note(made: Overview, expected: int) -> str:
    """Under the chart: where the lines come from, how confidence is made, and what is not drawn."""
    parts = [
        _(
            "Dotted lines: the confidence of %(expected)s the organisation expects of both halves."
            " Confidence is the mean of the four figures of a half on its scorecard, each put on one"
            " scale: 75 where it is on track, 50 where it is off track, 90 at best. What is not known is left out."
        )
        % {"expected": expected}
    ]
    if made.with_figures > len(made.drawn):
        parts.append(
            _("The %(drawn)s with the largest budgets are drawn; all %(all)s are in the list.")
            % {"drawn": len(made.drawn), "all": number_format(made.total)}
        )
    if made.unknown:
        parts.append(
            ngettext(
                "%(count)s programme has a figure of neither half and is not drawn.",
                "%(count)s programmes have a figure of neither half and are not drawn.",
                made.unknown,
            )
            % {"count": number_format(made.unknown)}
        )
    return " ".join(parts)


def moved_finding(made: Overview) -> str:
    """Above the table of changes: "Adoption fell in five programmes, delivery in two"."""
    adoption, delivery = made.fell.get("adoption", 0), made.fell.get("delivery", 0)
    if adoption and delivery:
        return _("Adoption fell in %(adoption)s, delivery in %(delivery)s") % {
            "adoption": _programmes(adoption),
            "delivery": number_format(delivery),
        }
    if adoption:
        return _("Adoption fell in %(adoption)s, delivery in none") % {
            "adoption": _programmes(adoption)
        }
    if delivery:
        return _("Delivery fell in %(delivery)s, adoption in none") % {
            "delivery": _programmes(delivery)
        }
    if any(made.rose.values()):
        return _("Neither half fell in any programme")
    return _("Nothing moved in four weeks")


def _programmes(count: int) -> str:
    return ngettext("%(count)s programme", "%(count)s programmes", count) % {
        "count": number_format(count)
    }
