"""A model of the registry in words: what it was learned from, whether it was put to the test, what it is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from ..choices import Target
from ..models import RiskModel
from ..sharing import words as shared_words
from ..sharing.prior import Start, shipped_start
from .lessons import counted, verdict_words
from .targets import SLUG_OF
from .weights import Term, pools, terms, unmeasured


@dataclass(frozen=True)
class Registered:
    """One model, in use or not, and the prior it was learned from."""

    model: RiskModel
    start: Start | None = None

    @property
    def began(self) -> Start:
        """What it was learned or moved from; the shipped prior where nothing is said."""
        return self.start or shipped_start(self.target)

    @property
    def started(self) -> str:
        """The same in words."""
        return shared_words.started_text(self.began)

    @property
    def target(self) -> Target:
        return Target(self.model.target)

    @property
    def slug(self) -> str:
        return SLUG_OF[self.model.target]

    @property
    def name(self) -> str:
        return _("Model %(number)s") % {"number": self.model.number}

    @property
    def history(self) -> str:
        """What there was to learn from; empty where only a level was corrected."""
        if not self.model.rows:
            return ""
        return counted(self.target, self.model.events, self.model.programmes)

    @property
    def verdict(self) -> str:
        verdict = self.model.measured.get("verdict") or {}
        return verdict_words(verdict, chosen=self.model.approved_by is not None)

    @property
    def approval(self) -> str:
        """Who put it into use; empty for one that never was."""
        if self.model.approved_by:
            return str(self.model.approved_by)
        return _("By the rules of the portal") if self.model.was_used else ""

    @property
    def terms(self) -> list[Term]:
        """Every term with its weight, the strongest first; none where it was made for other inputs than today's."""
        if not self.model.is_of_today:
            return []
        return terms(self.target, self.model.numbers, self.began.numbers)

    @property
    def unmeasured(self) -> str:
        return unmeasured(self.began)

    @property
    def pools(self) -> list[tuple[str, float]]:
        return pools(self.model.numbers)

    def as_values(self) -> dict[str, Any]:
        """All there is to know of it, for whoever wants to check it."""
        model = self.model
        return {
            "target": model.target,
            "number": model.number,
            "status": model.status,
            "stage": model.stage,
            "origin": model.origin,
            "made_on": model.made_on,
            "approved_by": str(model.approved_by) if model.approved_by else None,
            "sha256": model.digest,
            "libraries": model.libraries,
            "starts_from": shared_words.started_values(self.began),
            "learned_from": {
                "rows": model.rows,
                "programmes": model.programmes,
                "events": model.events,
            },
            "measured": model.measured,
            "model": model.numbers,
        }
