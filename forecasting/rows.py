"""What registers show of a score, in ready words."""

from __future__ import annotations

from collections.abc import Callable

from . import drivers
from .models import RiskScore


def score_row(*, tenant: str) -> Callable[[RiskScore], RiskScore]:
    """Adds to a score its words."""

    def present(score: RiskScore) -> RiskScore:
        place = {"tenant": tenant, "code": score.programme.code}
        words = drivers.in_words(score, place=place)
        score.words = words  # type: ignore[attr-defined]
        # What raises it most; what lowers it is on its page.
        score.main = next((each for each in words.drivers if each.raises), None)  # type: ignore[attr-defined]
        return score

    return present
