"""The figures of a half in words: four for delivery, four for adoption, never one without the other."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _, ngettext

from pmo_portal.common.days import day_text
from pmo_portal.common.levels import State
from pmo_portal.tenants.models import TenantSettings
from programmes.choices import Half, Opinion, Rating
from programmes.models import Programme
from programmes.status import state_of

from .figures import Figures, Reported
from .limits import MET_ON_TRACK, PUBLISHED_RHYTHM_DAYS
from .summaries import is_late, rhythm


@dataclass(frozen=True)
class Indicator:
    """One row of a half."""

    label: str
    value: str
    note: str
    state: str
    url: str
    word: str = ""
    late: str = ""
    spark: list[float | None] = field(default_factory=list)
    on: date | None = None

    @property
    def line(self) -> list[float | None]:
        """Earlier figures, where there are enough for a line."""
        return self.spark if sum(value is not None for value in self.spark) > 1 else []

    @property
    def told(self) -> str:
        """The note with the day the figure is of; a late figure says its day itself."""
        return self.note if self.on is None or self.late else f"{self.note}, {day_text(self.on)}"


class Rows:
    """Where the rows behind the figures of a programme are."""

    def __init__(self, programme: Programme) -> None:
        self._at = {"tenant": programme.tenant.slug, "code": programme.code}

    def to(self, name: str, query: str = "", **more: str) -> str:
        return reverse(name, kwargs={**self._at, **more}) + query


def delivery_rows(
    programme: Programme, figures: Figures, settings: TenantSettings
) -> list[Indicator]:
    known, rows = figures.delivery, Rows(programme)
    days = settings.delivery_rhythm_days
    plan_url = rows.to("programmes:milestone_list")
    late_plan = _late(known.plan_on, figures.as_of, days, programme)
    return [
        Indicator(
            _("Milestones met"),
            percent(known.share),
            _("%(met)s of %(due)s due, on time or late; expected %(expected)s%%")
            % {"met": known.met, "due": known.due, "expected": MET_ON_TRACK}
            if known.due
            else _("None due yet")
            if known.plan_on
            else _("No milestones yet"),
            known.met_state,
            plan_url,
            late=late_plan,
            spark=figures.series.met,
            on=known.plan_on,
        ),
        Indicator(
            _("Largest slip"),
            _working_days(known.slip),
            _slip_note(figures),
            known.slip_state,
            rows.to("programmes:milestone_detail", reference=known.slip_reference)
            if known.slip_reference
            else plan_url,
            spark=figures.series.slip,
            on=known.plan_on,
        ),
        Indicator(
            _("Red RAID items"),
            str(known.red) if known.log_on else "",
            _("of %(open)s open; red from a score of %(appetite)s")
            % {"open": known.open, "appetite": settings.raid_appetite}
            if known.log_on
            else _("No log of the delivery side yet"),
            known.red_state,
            rows.to("programmes:raid_list"),
            late=_late(known.log_on, figures.as_of, 2 * days, programme),
            spark=figures.series.red,
            on=known.log_on,
        ),
        _reported_row(programme, figures, Half.DELIVERY, days, rows),
    ]


def adoption_rows(
    programme: Programme, figures: Figures, settings: TenantSettings
) -> list[Indicator]:
    known, rows = figures.adoption, Rows(programme)
    days = settings.adoption_rhythm_days
    survey_days = PUBLISHED_RHYTHM_DAYS if known.is_published else settings.survey_rhythm_days
    return [
        Indicator(
            _("Engagement"),
            engagement_value(known.low, known.high, known.mean),
            _engagement_note(figures, settings),
            known.engagement_state,
            rows.to("adoption:programme_wave_list"),
            late=_late(known.engagement_on, figures.as_of, survey_days, programme),
            spark=figures.series.engagement,
            on=known.engagement_on,
        ),
        Indicator(
            _("Training completed"),
            percent(known.trained),
            _training_note(figures),
            known.training_state,
            rows.to("adoption:training_list"),
            late=_late(known.training_on, figures.as_of, days, programme),
            spark=figures.series.trained,
            on=known.training_on,
        ),
        Indicator(
            _("Open signs of resistance"),
            str(known.signs) if known.resistance_on else "",
            _signs_note(figures),
            known.resistance_state,
            rows.to("adoption:signal_list"),
            spark=figures.series.signs,
            on=known.resistance_on,
        ),
        _reported_row(programme, figures, Half.ADOPTION, days, rows),
    ]


# A row whose word says it all has no number; an empty one would be shown as missing.
NOTHING = "\u00a0"


# --- pieces ----------------------------------------------------------------------------------------


def percent(share: float | None) -> str:
    return "" if share is None else f"{number_format(round(share))}%"


def engagement_value(low: float | None, high: float | None, mean: float | None) -> str:
    """One number where there is one, else from lowest to highest."""
    if mean is not None:
        return str(round(mean))
    if low is None or high is None:
        return ""
    return str(round(low)) if round(low) == round(high) else f"{round(low)}–{round(high)}"


def rating_word(rating: str) -> str:
    return str(Rating(rating).label)


def _working_days(slip: int | None) -> str:
    if slip is None:
        return ""
    sign = "+" if slip > 0 else "−" if slip < 0 else ""
    return ngettext("%(days)s day", "%(days)s days", abs(slip)) % {"days": f"{sign}{abs(slip)}"}


def _slip_note(figures: Figures) -> str:
    known = figures.delivery
    if known.slip is None:
        return _("No milestone is open") if known.plan_on else _("No milestones yet")
    if known.slip <= 0 and known.is_overdue:
        return _("%(name)s: its date has passed") % {"name": known.slip_name}
    if known.slip <= 0:
        return _("No open milestone is behind its baseline")
    return _("%(name)s, in working days") % {"name": known.slip_name}


def _engagement_note(figures: Figures, settings: TenantSettings) -> str:
    known = figures.adoption
    if known.low is None:
        if not known.of_units:
            return _("Nobody said which units it lands in")
        return _("No survey figure that may be shown")
    parts = []
    if known.is_published:
        parts.append(_("published"))
    if known.n:
        parts.append(
            ngettext("%(n)s answer", "%(n)s answers", known.n) % {"n": number_format(known.n)}
        )
    if known.mean is None:
        parts.append(
            ngettext("%(units)s organisation", "%(units)s organisations", known.units)
            % {"units": known.units}
            if known.is_published
            else ngettext("%(units)s unit", "%(units)s units", known.units) % {"units": known.units}
        )
        parts.append(_("lowest to highest"))
    elif known.units < known.of_units:
        parts.append(
            _("%(units)s of %(all)s units") % {"units": known.units, "all": known.of_units}
        )
    if known.lowest is not None and round(known.lowest) != round(known.high or known.lowest):
        parts.append(
            _("lowest %(unit)s %(value)s")
            % {"unit": known.lowest_name, "value": round(known.lowest)}
        )
    if known.inherited:
        parts.append(
            ngettext(
                "%(count)s unit shown as the one above",
                "%(count)s units shown as the one above",
                known.inherited,
            )
            % {"count": known.inherited}
        )
    parts.append(_("expected %(target)s") % {"target": settings.engagement_target})
    return capfirst(", ".join(parts))


def _training_note(figures: Figures) -> str:
    known = figures.adoption
    if not known.required:
        return _("Nobody has noted any training yet")
    text = _("%(completed)s of %(required)s people") % {
        "completed": number_format(known.completed, force_grouping=True),
        "required": number_format(known.required, force_grouping=True),
    }
    if known.planned is None:
        return _("%(people)s; nobody said what was planned") % {"people": text}
    text = _("%(people)s, %(planned)s%% planned by now") % {
        "people": text,
        "planned": round(known.planned),
    }
    if not known.behind_name:
        return text
    return _("%(text)s, furthest behind %(unit)s") % {"text": text, "unit": known.behind_name}


def _signs_note(figures: Figures) -> str:
    known = figures.adoption
    if not known.resistance_on:
        return _("Nobody has noted any yet")
    if not known.signs:
        return _("All that were noted are resolved")
    return ", ".join(f"{name} {count}" for name, count in known.signs_by_unit) or _(
        "in other units"
    )


def _reported_row(
    programme: Programme, figures: Figures, half: str, days: int, rows: Rows
) -> Indicator:
    """What somebody said of the half, with what the figures say beside it."""
    reports = figures.reports(half)
    said = figures.reported(half)
    url = rows.to("programmes:status_list", f"?half={half}")
    if said is None:
        return Indicator(_("Status reported"), "", _("Nobody has reported yet"), State.NONE, url)
    computed = State(figures.delivery_state if half == Half.DELIVERY else figures.adoption_state)
    note = _who(said)
    others = [each for each in reports[1:] if each.on == said.on and each.opinion != said.opinion]
    for other in others:
        note += "; " + f"{_who(other)}: {rating_word(other.rating)}"
    state = state_of(said.rating)
    if said.opinion == Opinion.LEAD and computed not in (State.NONE, state):
        note += "; " + _("the figures say: %(state)s") % {"state": computed.label}
    return Indicator(
        _("Status reported"),
        NOTHING,
        note,
        state,
        url,
        word=rating_word(said.rating),
        late=_late(said.on, figures.as_of, rhythm(said, days), programme),
        spark=[_height(each.rating) for each in reversed(_own(reports, said.opinion))],
        on=said.on,
    )


def _own(reports: list[Reported], opinion: str) -> list[Reported]:
    return [each for each in reports if each.opinion == opinion]


_HEIGHTS: dict[str, float] = {
    Rating.GREEN: 5,
    Rating.AMBER_GREEN: 4,
    Rating.AMBER: 3,
    Rating.AMBER_RED: 2,
    Rating.RED: 1,
}


def _height(rating: str) -> float | None:
    """Where a rating stands on its scale, for the small line only."""
    return _HEIGHTS.get(rating)


def _who(said: Reported) -> str:
    if said.opinion == Opinion.LEAD:
        return said.author or _("Lead")
    return str(Opinion(said.opinion).label)


def _late(on: date | None, as_of: date, days: int, programme: Programme) -> str:
    if not is_late(on, as_of, days, is_closed=programme.is_closed):
        return ""
    return _("Late figure, %(day)s") % {"day": day_text(on)}


def reported_by(figures: Figures, half: str) -> str:
    """Under the heading of a half: who spoke last, and when."""
    said = figures.reported(half)
    if said is None:
        return _("Nobody has reported yet")
    if said.opinion == Opinion.LEAD:
        return _("Reported by %(who)s, %(day)s") % {"who": _who(said), "day": day_text(said.on)}
    return f"{_who(said)}, {day_text(said.on)}"
