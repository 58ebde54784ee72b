"""Which days the portal knows. Pages look months and years back from a day, and ahead of it; there must be such days."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2199, 12, 31)


def is_known(day: date) -> bool:
    return FIRST_DAY <= day <= LAST_DAY


def check_day(day: date) -> None:
    """Refuse a day no page could show, as a typing error makes it: 0226 or 20226 for 2026.

    Raises:
        ValidationError.
    """
    if not is_known(day):
        raise ValidationError(
            _("Give a day of the years %(first)s to %(last)s.")
            % {"first": FIRST_DAY.year, "last": LAST_DAY.year}
        )
