"""Reviews: which there are, what is due, and everything looked at laid side by side over time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, F, Max, Min, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _, ngettext

from pmo_portal.accounts.members import Member
from pmo_portal.common.levels import State
from programmes.choices import Half
from programmes.models import Milestone, Programme
from programmes.selectors import programmes_for

from .. import drift
from ..charter_text import number, places_of
from ..choices import LineKind, ReviewShare, Verdict, Voice
from ..models import STATES, Charter, Review, ReviewLine, ReviewOutcome, ReviewView
from .yardsticks import known_figures

_RELATED = ("programme", "tenant", "charter", "delivery_done_by", "change_done_by")
_VIEWS = Prefetch("views", ReviewView.objects.select_related("person"))


def reviews_for(member: Member, programme: Programme | None = None) -> Any:
    """The reviews of a programme, or of every programme the member sees."""
    reviews = Review.objects.select_related(*_RELATED)
    if programme is not None:
        return reviews.filter(programme=programme)
    return reviews.filter(programme__in=programmes_for(member))


def review_by_number(member: Member, number: int) -> Review | None:
    """A review by its number, deleted ones included."""
    return (
        Review.all_objects.filter(number=number, programme__in=programmes_for(member))
        .select_related(*_RELATED)
        .first()
    )


@dataclass
class Looked:
    """One line of a review with what both sides found and what the portal knows."""

    line: ReviewLine
    views: dict[str, ReviewView]
    now: float | None
    suggested: str

    @property
    def drift(self) -> float | None:
        if self.now is None or self.line.value is None:
            return None
        return self.now - self.line.value

    @property
    def verdict(self) -> str:
        """The worst of what both sides say."""
        return drift.worst([view.verdict for view in self.views.values()])

    @property
    def state(self) -> State:
        return STATES[self.verdict]

    @property
    def word(self) -> str:
        return str(Verdict(self.verdict).label) if self.verdict else _("No word yet")

    @property
    def suggestion(self) -> str:
        return str(Verdict(self.suggested).label) if self.suggested else ""

    @property
    def now_words(self) -> str:
        return number(self.now, self.line.unit)

    @property
    def drift_words(self) -> str:
        """How far the figure moved, with no more places than it is shown with; shares move by points."""
        if self.now is None or self.line.value is None:
            return ""
        moved = round(self.now - self.line.value, places_of(self.now, self.line.value))
        sign = "+" if moved > 0 else "\N{MINUS SIGN}" if moved < 0 else ""
        unit = self.line.unit
        if unit == "%":
            unit = ngettext("point", "points", 1 if abs(moved) == 1 else 2)
        return sign + number(abs(moved), unit)

    @property
    def differs(self) -> bool:
        """The two sides do not see it alike."""
        return len({view.verdict for view in self.views.values()}) > 1

    @property
    def delivery(self) -> ReviewView | None:
        return self.views.get(Voice.DELIVERY)

    @property
    def change(self) -> ReviewView | None:
        return self.views.get(Voice.CHANGE)


def looked_at(review: Review, on: date) -> list[Looked]:
    """Every line of a review. Figures are those of the day it was done, or of `on` while it is open."""
    lines = list(review.lines.prefetch_related(_VIEWS))
    figures = (
        known_figures(review.programme, {each.figure for each in lines}, on)
        if review.is_open
        else {}
    )
    span = baseline_span(review.programme)
    found = []
    for line in lines:
        now = figures.get(line.figure) if review.is_open else line.computed
        views = {view.function: view for view in line.views.all() if view.deleted_at is None}
        found.append(Looked(line, views, now, _suggested(line, now, review, span)))
    return sorted(found, key=lambda each: _place(each.line))


def _place(line: ReviewLine) -> tuple[bool, bool, int]:
    """As on the charter: delivery, then adoption; measures before assumptions."""
    return line.half != Half.DELIVERY, line.kind != LineKind.MEASURE, line.line


def _suggested(
    line: ReviewLine, now: float | None, review: Review, span: tuple[date, date] | None
) -> str:
    if now is None or line.value is None:
        return ""
    if line.kind == LineKind.ASSUMPTION:
        return drift.judged(now - line.value, line.margin)
    if line.target is None or line.due_on is None or span is None:
        return ""
    share = drift.elapsed(review.reached_on, starts_on=span[0], ends_on=line.due_on)
    return drift.on_course(line.value, line.target, now, time_share=share)


def baseline_span(programme: Programme) -> tuple[date, date] | None:
    """From the start of a programme to its last baseline date; None where one of them is not known."""
    return baseline_spans([programme]).get(programme.pk)


def baseline_spans(programmes: Collection[Programme]) -> dict[int, tuple[date, date]]:
    """First and last day of the baseline time by programme, where both are known. One statement."""
    dates = {
        row["programme_id"]: (row["first"], row["last"])
        for row in Milestone.objects.filter(programme__in=programmes)
        .values("programme_id")
        .annotate(first=Min("baseline_on"), last=Max("baseline_on"))
        .order_by()
    }
    found = {}
    for programme in programmes:
        first, last = dates.get(programme.pk, (None, None))
        start, end = programme.starts_on or first, last or programme.ends_on
        if start and end and start < end:
            found[programme.pk] = (start, end)
    return found


@dataclass(frozen=True)
class Moment:
    """One of the three looks, opened or still to come."""

    share: int
    label: str
    day: date | None
    review: Review | None
    is_skipped: bool = False


@dataclass
class Row:
    """One assumption or measure through all three looks."""

    line: ReviewLine
    looks: dict[int, Looked] = field(default_factory=dict)

    @property
    def cells(self) -> list[Looked | None]:
        return [self.looks.get(share) for share in ReviewShare.values]


def moments_of(programme: Programme, agreed_on: date | None) -> list[Moment]:
    """The three looks of a programme in order, with the day of each where it is known."""
    reviews = {
        each.share: each
        for each in Review.objects.filter(programme=programme).select_related(*_RELATED)
    }
    span = baseline_span(programme)
    found = []
    for share in ReviewShare:
        review = reviews.get(share.value)
        day = (
            review.reached_on
            if review
            else drift.review_day(share.value, starts_on=span[0], ends_on=span[1])
            if span
            else None
        )
        skipped = review is None and bool(day and agreed_on and day < agreed_on)
        found.append(Moment(share.value, str(share.label), day, review, skipped))
    return found


def over_time(moments: list[Moment], on: date) -> list[Row]:
    """Everything that was looked at, one row each, the columns being the three looks."""
    rows: dict[tuple[str, int], Row] = {}
    for moment in moments:
        if moment.review is None:
            continue
        for look in looked_at(moment.review, on):
            key = (look.line.kind, look.line.line)
            rows.setdefault(key, Row(look.line)).looks[moment.share] = look
    return sorted(rows.values(), key=lambda row: _place(row.line))


def outcomes_of(review: Review) -> list[ReviewOutcome]:
    """Decisions and actions that came out of a review; removed ones are left out."""
    found = ReviewOutcome.objects.filter(review=review).select_related(
        "decision__programme", "decision__tenant", "action__programme", "action__tenant",
        "action__owner",
    ).order_by("pk")  # fmt: skip
    return [each for each in found if (each.decision or each.action).deleted_at is None]  # type: ignore[union-attr]


def outcome_of(review: Review, reference: str) -> ReviewOutcome | None:
    """What came out of a review, by the reference of the decision or action; what was unlinked is found too."""
    found = (
        ReviewOutcome.all_objects.filter(review=review)
        .select_related("review__programme", "decision", "action")
        .order_by(F("deleted_at").desc(nulls_first=True))
    )
    return next(
        (each for each in found if (each.decision or each.action).reference == reference),  # type: ignore[union-attr]
        None,
    )


@dataclass(frozen=True)
class Agreement:
    """What was agreed in a programme as of a day, and how many reviews were overdue then."""

    edition: int | None = None
    overdue: int = 0


def agreement_of(programme: Programme, as_of: date) -> Agreement:
    """The version that counted on a day, with the reviews overdue on it. One statement."""
    late = (
        Review.objects.filter(programme=programme, reached_on__lte=as_of, due_on__lt=as_of)
        .filter(Q(done_on__isnull=True) | Q(done_on__gt=as_of))
        .order_by()
        .values("programme")
        .annotate(count=Count("pk"))
        .values("count")
    )
    found = (
        Charter.objects.filter(programme=programme, agreed_on__lte=as_of)
        .order_by("-edition")
        .values_list("edition", Coalesce(Subquery(late), 0))
        .first()
    )
    return Agreement(*found) if found else Agreement()
