"""What each target of models is called in an address, what it predicts, and what it does not say."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from ..choices import SLUG_OF, SLUGS, Target

__all__ = ["LIMITS", "PREDICTS", "SLUGS", "SLUG_OF"]

PREDICTS: dict[str, Any] = {
    Target.CRISIS_4W: gettext_lazy(
        "How likely a crisis of a programme is to begin within four weeks: an escalation of severity 4 or 5, a status set to red by "
        "decision of the board, or a go-live put off within two weeks of its date. Nothing is asked while one is open or within six "
        "weeks after."
    ),
    Target.RAID_ESCALATES_4W: gettext_lazy(
        "How likely an open RAID item is to escalate within four weeks: somebody escalates it, what it warns of occurs, its rating "
        "rises by a level, or its date is more than five working days past."
    ),
}
LIMITS: dict[str, tuple[Any, ...]] = {
    Target.CRISIS_4W: (
        gettext_lazy("It shows which programmes to look at first. It does not say what causes a crisis, nor what would prevent one."),
        gettext_lazy("People act on scores. A crisis that was prevented counts as one that never threatened."),
        gettext_lazy("What is not known is replaced by what is usual; each score names what was missing."),
        gettext_lazy("Survey figures of few answers are no input; units too small to be shown are not scored by them."),
    ),
    Target.RAID_ESCALATES_4W: (
        gettext_lazy("It shows which items to look at first. It does not say what makes an item escalate, nor that what is suggested would prevent it."),
        gettext_lazy("People act on scores. An item that was dealt with in time counts as one that never threatened, and one that somebody escalates because of its score counts as right."),
        gettext_lazy("It reads the log of an item: its rating, its dates and who owns it. What is written about it is not read, and an item nobody keeps up says little."),
        gettext_lazy("What escalates is what people say, what occurs, a rating that rises or a date that passes. An organisation that escalates sooner has more of them."),
        gettext_lazy("Risks that nobody recorded are unknown to it."),
    ),
}  # fmt: skip
