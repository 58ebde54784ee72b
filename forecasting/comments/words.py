"""What is said on the screen about comments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _, ngettext

from pmo_portal.common.figures import Trend, trend
from pmo_portal.common.levels import State

from ..learning.comments import patterns
from ..models import CommentPattern

# Shares of few comments are not exact to a point.
ROUNDED_TO = 5
FEWEST_DRAWN = 2


def _rounded(share: float | None) -> int | None:
    return None if share is None else round(100 * share / ROUNDED_TO) * ROUNDED_TO


@dataclass(frozen=True)
class ToldPattern:
    """One pattern as it is shown. Where fewer than five people wrote there is no figure."""

    row: CommentPattern

    @property
    def is_told(self) -> bool:
        return self.row.share is not None

    @property
    def theme(self) -> str:
        return self.row.get_theme_display()

    @property
    def where(self) -> str:
        return self.row.unit.name if self.row.unit else _("All units")

    @property
    def percent(self) -> int | None:
        """The share now, drawn towards a quarter by its number of comments."""
        return _rounded(self.row.share)

    @cached_property
    def shares(self) -> list[int | None]:
        """The share of each four weeks, the oldest first; None where fewer than five comments came."""
        return [_rounded(share) for share in self.row.shares]

    @property
    def known_shares(self) -> list[int]:
        """The same without gaps: waves are further apart than four weeks, and a pause is no figure."""
        return [each for each in self.shares if each is not None]

    @property
    def before(self) -> int | None:
        """The share of the latest earlier four weeks with enough comments."""
        return next((each for each in reversed(self.shares[:-1]) if each is not None), None)

    @property
    def chance(self) -> int | None:
        """The chance in percent that it rose."""
        return None if self.row.rose is None else min(round(100 * self.row.rose), 99)

    @property
    def state(self) -> State:
        return State.WARN if self.row.is_alert else State.NONE

    @property
    def word(self) -> str:
        if self.row.is_alert:
            return _("It rose")
        return _("No pattern") if self.is_told else _("Too few wrote")

    @property
    def url(self) -> str:
        place = {"tenant": self.row.programme.tenant.slug, "code": self.row.programme.code}
        return reverse("forecasting:comment_programme", kwargs=place)

    @property
    def word_with_chance(self) -> str:
        if not self.row.is_alert:
            return self.word
        return _("It rose (chance %(chance)s%%)") % {"chance": self.chance}


def comments_finding(alerts: int, programmes: int) -> str:
    """The heading of the page."""
    if not programmes:
        return _("No comments that may be read")
    if alerts:
        return ngettext(
            "Comments show one pattern that rose in four weeks",
            "Comments show %(count)s patterns that rose in four weeks",
            alerts,
        ) % {"count": alerts}
    return _("No pattern rose in what people wrote")


def figure(row: CommentPattern | None) -> Trend | None:
    """The share of comments that resist over the last twelve times four weeks; None with fewer than two figures."""
    known = windows_of(row) if row is not None else []
    if len(known) < FEWEST_DRAWN:
        return None
    return trend(
        [date_format(day, "j M") for day, _share in known],
        [("adoption", _("Resists"), [share for _day, share in known])],
        unit="%",
        floor=0,
    )


def windows_of(row: CommentPattern) -> list[tuple[date, int]]:
    """The last day and the share of each four weeks in which enough comments came, the oldest first."""
    back = range(patterns.WINDOWS - 1, -1, -1)
    ends = [row.as_of - timedelta(days=patterns.WINDOW_DAYS * each) for each in back]
    return [
        (day, share)
        for day, share in zip(ends, ToldPattern(row).shares, strict=True)
        if share is not None
    ]
