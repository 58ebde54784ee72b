"""Sessions end some time after signing in, however much is done in them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from pmo_portal.common import clock

SIGNED_IN_AT = "signed_in_at"


class SessionStore(DatabaseStore):
    """In the database, and over `SESSION_COOKIE_AGE` after signing in.

    Django counts from the last time a session was saved, and allauth sets an age anew, so both are not asked
    once somebody has signed in.
    """

    def get_expiry_date(self, **kwargs: Any) -> datetime:
        if SIGNED_IN_AT not in self:
            return super().get_expiry_date(**kwargs)
        since = datetime.fromtimestamp(self[SIGNED_IN_AT], UTC)
        return since + timedelta(seconds=settings.SESSION_COOKIE_AGE)

    def get_expiry_age(self, **kwargs: Any) -> int:
        if SIGNED_IN_AT not in self:
            return super().get_expiry_age(**kwargs)
        return int((self.get_expiry_date() - clock.now()).total_seconds())
