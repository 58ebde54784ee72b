"""What followed where a go-live was near and people were not ready, of this organisation's own past."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from ..learning.limits import FEWEST_EVENTS
from ..models import Lesson

# With fewer weeks in the case asked about a share says nothing.
FEWEST_WEEKS = 20


@dataclass(frozen=True)
class Case:
    """One of the four cases of a table: weeks, and how many of them came before a crisis."""

    weeks: int
    before: int
    low: float
    high: float

    @property
    def text(self) -> str:
        if not self.weeks:
            return "–"
        return _("%(share)s%% (%(before)s of %(weeks)s weeks; %(low)s%% to %(high)s%%)") % {
            "share": f"{100 * self.before / self.weeks:.0f}",
            "before": self.before,
            "weeks": self.weeks,
            "low": f"{100 * self.low:.0f}",
            "high": f"{100 * self.high:.0f}",
        }


@dataclass(frozen=True)
class Combination:
    """What followed where a go-live was near and people were not ready, of this organisation's own past."""

    title: str
    low: str
    high: str
    sentence: str
    # Near and not ready, near and ready, far and not ready, far and ready.
    cases: tuple[Case, ...]


def combinations(lesson: Lesson | None) -> list[Combination]:
    """The tables of engagement and training before go-lives; none where nothing was learned from."""
    words = {
        "engagement": (_("Low engagement near a go-live"), _("6 points below usual"), _("Not so low")),
        "training": (_("Training behind plan near a go-live"), _("20 points behind"), _("Less behind")),
    }  # fmt: skip
    known = {
        "engagement": _("In your data this combination preceded %(some)s of %(all)s crises. Of the %(weeks)s weeks in which engagement was known, %(base)s%% came before one; other weeks are left out."),
        "training": _("In your data this combination preceded %(some)s of %(all)s crises. Of the %(weeks)s weeks in which training was known, %(base)s%% came before one; other weeks are left out."),
    }  # fmt: skip
    found = []
    for each in lesson.left_out.get("combinations", ()) if lesson else ():
        cells = each["cells"]
        cases = tuple(Case(c["weeks"], c["before"], c["from"], c["to"]) for c in cells)
        enough = each["events"] >= FEWEST_EVENTS and cells[0]["weeks"] >= FEWEST_WEEKS
        sentence = (
            known[each["subject"]]
            % {
                "some": cells[0]["events"], "all": each["events"], "base": f"{100 * each['base']:.0f}",
                "weeks": sum(cell["weeks"] for cell in cells),
            }
            if enough
            else _("Not enough history: what the scores assume about it is the shipped assumption.")
        )  # fmt: skip
        found.append(Combination(*words[each["subject"]], sentence, cases))
    return found
