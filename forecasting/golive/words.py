"""What the rule found, in plain words. The figures come from the rule, the sentences from here."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _, ngettext

from pmo_portal.common.days import day_text

from .rule import Assessment, Cause, Inputs, Limits


def golive_phrase(inputs: Inputs) -> str:
    """How far away the go-live is: "go-live in 3 weeks"."""
    if inputs.days_left < 0:
        return _("go-live was due on %(day)s and has not happened") % {
            "day": day_text(inputs.golive_on)
        }
    return ahead_phrase(inputs.days_left)


def ahead_phrase(days: int) -> str:
    """How far away a go-live that comes is, to the nearest week: so everywhere, that no page counts to two numbers."""
    if days == 0:
        return _("go-live is today")
    if days <= 7:
        return _("go-live within a week")
    weeks = round(days / 7)
    return ngettext("go-live in %(weeks)s week", "go-live in %(weeks)s weeks", weeks) % {
        "weeks": weeks
    }


def cause_text(cause: Cause, inputs: Inputs) -> str:
    """One reason as a sentence that names unit, figure, comparison and source."""
    return f"{_CAUSES[cause.key](cause, inputs)}; {golive_phrase(inputs)}"


def _engagement(cause: Cause, inputs: Inputs) -> str:
    facts: dict[str, Any] = cause.facts
    named = {
        "unit": inputs.unit,
        "value": round(cause.value),
        "usual": round(facts["usual"]),
        "above": facts["inherited_from"],
        "source": _source(facts),
    }
    if facts["inherited_from"] and facts["usual_is_measured"]:
        text = _(
            "Engagement in %(above)s, of which %(unit)s is part, is %(value)s, "
            "the organisation's usual is %(usual)s (%(source)s)"
        )
    elif facts["inherited_from"]:
        text = _(
            "Engagement in %(above)s, of which %(unit)s is part, is %(value)s, "
            "the organisation expects %(usual)s (%(source)s)"
        )
    elif facts["usual_is_measured"]:
        text = _(
            "Engagement in %(unit)s is %(value)s, the organisation's usual is %(usual)s (%(source)s)"
        )
    else:
        text = _(
            "Engagement in %(unit)s is %(value)s, the organisation expects %(usual)s (%(source)s)"
        )
    return text % named


def _source(facts: dict[str, Any]) -> str:
    on = date.fromisoformat(facts["on"])
    wave = _("survey of %(day)s") % {"day": day_text(on)}
    if facts["is_published"]:
        return _("%(wave)s, published") % {"wave": wave}
    if facts["n"] is None:
        return wave
    answers = ngettext("%(n)s answer", "%(n)s answers", facts["n"]) % {"n": facts["n"]}
    return f"{wave}, {answers}"


def _training(cause: Cause, inputs: Inputs) -> str:
    facts: dict[str, Any] = cause.facts
    return _(
        "Training in %(unit)s is %(gap)s points behind plan: %(share)s%% of those who need it have "
        "completed it, %(planned)s%% were planned (%(day)s)"
    ) % {
        "unit": inputs.unit,
        "gap": round(100 * facts["planned"]) - round(100 * facts["share"]),
        "share": round(100 * facts["share"]),
        "planned": round(100 * facts["planned"]),
        "day": day_text(date.fromisoformat(facts["on"])),
    }


def _resistance(cause: Cause, inputs: Inputs) -> str:
    facts: dict[str, Any] = cause.facts
    signs = ngettext("%(count)s open sign", "%(count)s open signs", facts["count"]) % {
        "count": facts["count"]
    }
    return _("Resistance in %(unit)s grew by more than half in four weeks (%(signs)s)") % {
        "unit": inputs.unit,
        "signs": signs,
    }


_CAUSES = {"engagement": _engagement, "training": _training, "resistance": _resistance}


def missing_texts(assessment: Assessment, inputs: Inputs) -> list[str]:
    """What the rule did not know, as sentences."""
    words = {
        "engagement_none": _(
            "No engagement figure that may be shown for %(unit)s or a unit above it"
        ),
        "engagement_old": _("The last survey of %(unit)s is %(weeks)s weeks old"),
        "engagement_unsure": _(
            "The last survey of %(unit)s (%(value)s on %(day)s) is too old or has too few answers to be sure"
        ),
        "usual_none": _("No usual engagement of the organisation to compare %(unit)s with"),
        "training_none": _("No training figures for %(unit)s"),
        "training_plan_none": _("No training plan is on record for %(unit)s at this date"),
        "resistance_not_logged": _("No sign of resistance has been recorded in this programme"),
        "resistance_not_shown": _("Resistance in %(unit)s is not judged: too few people"),
    }
    known = inputs.engagement
    named = {
        "unit": inputs.unit,
        "weeks": round(known.age_weeks) if known else "",
        "value": round(known.shown) if known else "",
        "day": day_text(known.effective_on) if known else "",
    }
    return [words[key] % named for key in assessment.missing]


def assumptions(limits: Limits) -> list[tuple[str, str]]:
    """What the rule compares with, as names and values for people."""
    return [
        (_("Weeks before a go-live that are watched"), str(limits.window_weeks)),
        (
            _("Engagement counts as low"),
            _("%(points)s points below the organisation's usual, at least %(sure)s%% sure")
            % {
                "points": round(limits.points_below_usual),
                "sure": round(100 * limits.sureness),
            },
        ),
        (
            _("Training counts as behind"),
            _("more than %(points)s points behind plan")
            % {"points": round(100 * limits.training_gap)},
        ),
        (_("Resistance counts as grown"), _("by more than half within four weeks")),
        (_("Fewest answers that count"), str(limits.fewest_answers)),
        (
            _("A survey counts for"),
            _("%(weeks)s weeks") % {"weeks": round(limits.oldest_survey_weeks)},
        ),
        (
            _("Units that are left out"),
            _("of fewer than %(people)s people") % {"people": limits.smallest_unit},
        ),
    ]
