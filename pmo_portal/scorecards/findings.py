"""Headings: what the figures show, in one sentence that is true of them. Figures in, words out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.text import capfirst
from django.utils.translation import gettext as _, gettext_lazy as _lazy, ngettext

from pmo_portal.common.levels import State
from programmes.choices import Opinion, Rating

from .confidence import OF_FIGURES, Confidence
from .facts import STEPS
from .figures import Adoption, Delivery, Figures, Reported, Series

# Points of a scale of 0 to 100 below which two figures that were counted, not asked for, are the same.
SAME = 2.0

Values = Sequence[float | None]


def direction(values: Values, *, steps: int = STEPS) -> str:
    """`up`, `down` or `flat` over the last known figures; empty where there are fewer than two.

    Of milestones met and people trained: all of them are counted, so no chance of who answered is in them.
    Engagement has one, and another rule (`facts.way`).
    """
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return ""
    change = known[-1] - known[-min(len(known), steps + 1)]
    if abs(change) < SAME:
        return "flat"
    return "up" if change > 0 else "down"


def delivery_finding(known: Delivery, said: Reported | None = None) -> str:
    """Of plan and log together; what was reported where there is neither."""
    plan = _plan_part(known)
    if not plan and not known.log_on:
        return _reported(said) or _("No figures from delivery yet")
    if not known.log_on:
        return plan
    if known.red:
        log = ngettext("%(count)s RAID item is red", "%(count)s RAID items are red", known.red) % {
            "count": known.red
        }
    else:
        log = _("no RAID item is red")
    if not plan:
        return capfirst(log)
    return _("%(plan)s, %(log)s") % {"plan": plan, "log": log}


def _plan_part(known: Delivery) -> str:
    if known.plan_on is None:
        return ""
    if known.slip is None:
        return _("Every milestone is met")
    if known.slip > 0:
        return ngettext(
            "The plan slips by %(days)s day", "The plan slips by %(days)s days", known.slip
        ) % {"days": known.slip}
    if known.is_overdue:
        return _("A milestone is past its date")
    return _("The plan holds")


def _reported(said: Reported | None) -> str:
    """A half without figures of its own is what somebody said of it."""
    if said is None:
        return ""
    rating = str(Rating(said.rating).label)
    if said.opinion == Opinion.LEAD:
        return _("Reported as %(rating)s, no figures yet") % {"rating": rating}
    return _("Published as %(rating)s, no figures of our own") % {"rating": rating}


def adoption_finding(known: Adoption, series: Series, said: Reported | None = None) -> str:
    """Of training and engagement together: "Training climbs, engagement falls"."""
    training = {
        "up": _("Training climbs"),
        "down": _("Training falls back"),
        "flat": _("Training stands still"),
    }.get(direction(series.trained), "")
    engagement = _engagement_part(known, series)
    if training and engagement:
        return _("%(training)s, %(engagement)s") % {
            "training": training,
            "engagement": engagement,
        }
    if known.low is None and not training and not known.resistance_on:
        return _reported(said) or _("No figures from people yet")
    return capfirst(engagement)


def _engagement_part(known: Adoption, series: Series) -> str:
    if known.low is None:
        return _("engagement is not known")
    if known.mean is None:
        return _("engagement lies between %(low)s and %(high)s") % {
            "low": round(known.low),
            "high": round(known.high or known.low),
        }
    lately, since = series.engagement_lately, series.engagement_since
    moved = ("up", "down")
    # A fall in small steps is one: the line beside the heading shows it.
    way = f"{since} since" if lately not in moved and since in moved else lately
    moving = {
        "up": _("engagement rises to %(value)s"),
        "down": _("engagement falls to %(value)s"),
        "up since": _("engagement rose to %(value)s over the months shown"),
        "down since": _("engagement fell to %(value)s over the months shown"),
        "flat": _("engagement is about the same at %(value)s"),
        "unsure": _("engagement is not surely different at %(value)s"),
    }.get(way, _("engagement is %(value)s"))
    return moving % {"value": round(known.mean)}


def programme_finding(figures: Figures) -> str:
    """Of both halves together: the heading of the scorecard."""
    delivery, adoption = State(figures.delivery_state), State(figures.adoption_state)
    if delivery == adoption:
        return {
            State.OK: _("Delivery and people are both on track"),
            State.WARN: _("Delivery and people are both at risk"),
            State.BAD: _("Delivery and people are both off track"),
        }.get(delivery, _("Neither half has figures yet"))
    if State.NONE in (delivery, adoption):
        if adoption == State.NONE:
            return _("Delivery is %(state)s, people are not known") % {"state": _lower(delivery)}
        return _("People are %(state)s, delivery is not known") % {"state": _lower(adoption)}
    if delivery == State.OK:
        return _("Delivery is on track, people are %(state)s") % {"state": _lower(adoption)}
    if adoption == State.OK:
        return _("People are on track, delivery is %(state)s") % {"state": _lower(delivery)}
    return _("Delivery is %(delivery)s, people are %(people)s") % {
        "delivery": _lower(delivery),
        "people": _lower(adoption),
    }


def _lower(state: State) -> str:
    return str(state.label).lower()


def trend_finding(series: Series) -> str:
    """Of the two lines since their first figures: "Delivery rises, engagement falls"."""
    span = len(series.days)
    words = {"up": _("rises"), "down": _("falls"), "flat": _("holds")}
    delivery = words.get(direction(series.met, steps=span))
    of_people = {"flat": _("is about the same"), "unsure": _("is not surely different")}
    people = (words | of_people).get(series.engagement_since)
    if delivery and people:
        return _("Delivery %(delivery)s, engagement %(people)s") % {
            "delivery": delivery,
            "people": people,
        }
    if delivery:
        return _("Delivery %(delivery)s, engagement has no line yet") % {"delivery": delivery}
    if people:
        return _("Engagement %(people)s, delivery has no line yet") % {"people": people}
    return _("Too few figures for a line yet")


def portfolio_finding(counts: Mapping[tuple[str, str], int]) -> str:
    """Of the states of both halves of all programmes, by (delivery, adoption)."""
    total = sum(counts.values())
    if not total:
        return _("No programmes yet")
    unready = sum(
        count
        for (delivery, adoption), count in counts.items()
        if delivery == State.OK and adoption in (State.WARN, State.BAD)
    )
    if unready:
        return ngettext(
            "%(count)s programme delivers on track while its people are at risk or off track",
            "%(count)s programmes deliver on track while their people are at risk or off track",
            unready,
        ) % {"count": unready}
    off = sum(count for states, count in counts.items() if State.BAD in states)
    if off:
        return ngettext(
            "%(count)s programme is off track in one half or both",
            "%(count)s programmes are off track in one half or both",
            off,
        ) % {"count": off}
    unknown = sum(count for states, count in counts.items() if State.NONE in states)
    if unknown:
        return ngettext(
            "One half of %(count)s programme is not known",
            "One half of %(count)s programmes is not known",
            unknown,
        ) % {"count": unknown}
    if counts.get((State.OK, State.OK)) == total:
        return _("Every programme is on track in both halves")
    return _("No programme is off track")


def table_finding(counts: Mapping[tuple[str, str], int]) -> str:
    """Above the list: how many are off track with people, and how many with delivery."""
    people = sum(count for states, count in counts.items() if states[1] == State.BAD)
    delivery = sum(count for states, count in counts.items() if states[0] == State.BAD)
    if not people and not delivery:
        return _("No half is off track")
    return _("Off track: people of %(people)s, delivery of %(delivery)s") % {
        "people": _programmes(people),
        "delivery": _programmes(delivery),
    }


def _programmes(count: int) -> str:
    return ngettext("%(count)s programme", "%(count)s programmes", count) % {"count": count}


_PARTS = {
    "met": _lazy("milestones met"),
    "slip": _lazy("largest slip"),
    "red": _lazy("red RAID items"),
    "engagement": _lazy("engagement"),
    "training": _lazy("training"),
    "resistance": _lazy("resistance"),
    "reported": _lazy("status reported"),
}


def confidence_words(found: Confidence) -> str:
    """Where the figure of a half on the portfolio comes from: its value and each part of it."""
    if found.value is None:
        return _("No confidence yet: none of its %(all)s figures is known.") % {"all": OF_FIGURES}
    parts = ", ".join(
        f"{_PARTS[key]} {_('not known') if value is None else round(value)}"
        for key, value in found.parts
    )
    return _(
        "Confidence %(value)s of 100, the mean of %(known)s of %(all)s figures: %(parts)s."
    ) % {
        "value": round(found.value),
        "known": found.known,
        "all": OF_FIGURES,
        "parts": parts,
    }
