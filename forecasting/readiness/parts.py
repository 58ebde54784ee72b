"""What moves the chance of a unit not to be ready, in words: parts in points that add up to it.

Nothing is computed with a model here: the parts are those that were stored with the chance (`learning.readiness.parts`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _, gettext_lazy, ngettext

from ..chance_words import plain_percent
from ..golive import evidence
from ..learning.part_names import ENGAGEMENT, PACE, SURENESS, TRAINING
from ..models import AdoptionShortfall
from ..numbers import percent
from ..points import Part

LABELS: dict[str, Any] = {
    TRAINING: gettext_lazy("Training so far"),
    PACE: gettext_lazy("Pace of training"),
    ENGAGEMENT: gettext_lazy("Engagement"),
    SURENESS: gettext_lazy("How sure surveys are"),
}
# Whose rows and whose day each part goes by.
_SUBJECT = {TRAINING: "training", PACE: "training", ENGAGEMENT: "engagement", SURENESS: "engagement"}  # fmt: skip


def parts_of(row: AdoptionShortfall) -> list[Part]:
    """What is known of a unit with what it adds, the strongest first; together with `start` the chance itself.

    Milestone, programme and tenant are read already.
    """
    programme = row.milestone.programme
    place = {"tenant": programme.tenant.slug, "code": programme.code}
    made = []
    for term in row.terms:
        name = term["name"]
        subject = _SUBJECT[name]
        made.append(
            Part(
                name,
                str(LABELS[name]),
                "adoption",
                _TEXTS[name](row.facts),
                term["share"],
                evidence.rows_of(subject, place),
                date.fromisoformat(row.facts[f"{subject}_on"]),
            )
        )
    return sorted(made, key=lambda each: -abs(each.share))


def start_text(row: AdoptionShortfall) -> str:
    """What stands at the beginning: a unit of which just these things are as they usually are."""
    facts = row.facts
    said = []
    if row.training is not None:
        said.append(
            _("%(needed)s trained, just enough to reach 85%% at the usual pace")
            % {"needed": percent(facts["needed"])}
            if facts["needed"] > 0
            else _("nobody trained yet, which is early enough to reach 85% at the usual pace")
        )
    if row.engagement is not None:
        text = (
            _("engagement at the level assumed to be usual (%(usual)s), nobody asked")
            if facts.get("usual_is_assumed")
            else _("engagement as usual here (%(usual)s), nobody asked")
        )
        said.append(text % {"usual": f"{facts['usual']:.0f}"})
    text = "; ".join(said)
    return _("A unit with %(said)s: %(start)s") % {
        "said": text,
        "start": plain_percent(row.start or 0.0),
    }


def _points(share: float) -> str:
    return f"{100 * share:.1f}".replace("-", "\u2212")


def _training(facts: dict[str, Any]) -> str:
    return _("%(share)s are trained, %(needed)s would be just enough by now") % {
        "share": percent(facts["share"]),
        "needed": percent(facts["needed"]),
    }


def _pace(facts: dict[str, Any]) -> str:
    return _("%(points)s points a week of late, %(usual)s are usual with so many left") % {
        "points": _points(facts["pace"]),
        "usual": _points(facts["pace_usual"]),
    }


def _engagement(facts: dict[str, Any]) -> str:
    text = (
        _("%(expected)s expected by then, %(usual)s are assumed to be usual; off track below %(threshold)s")
        if facts.get("usual_is_assumed")
        else _("%(expected)s expected by then, %(usual)s are usual here; off track below %(threshold)s")
    )  # fmt: skip
    return text % {
        "expected": f"{facts['engagement_expected']:.0f}",
        "usual": f"{facts['usual']:.0f}",
        "threshold": f"{facts['threshold']:.0f}",
    }


def _sureness(facts: dict[str, Any]) -> str:
    if facts["answers"] is None:
        return _("Published without the number of answers, taken as many")
    return ngettext(
        "%(count)s answer to the last survey", "%(count)s answers to the last survey", facts["answers"]
    ) % {"count": facts["answers"]}  # fmt: skip


_TEXTS: dict[str, Callable[[dict[str, Any]], str]] = {
    TRAINING: _training,
    PACE: _pace,
    ENGAGEMENT: _engagement,
    SURENESS: _sureness,
}
