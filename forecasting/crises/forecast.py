"""The score of a programme or a unit as a page shows it: the chance, its drivers with their sum, what was missing.

Everything comes from the stored score; nothing is computed with a model here.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Max
from django.utils.translation import gettext as _, ngettext

from adoption.models import TrainingProgress
from programmes.choices import FactKind
from programmes.models import ReportedFact

from .. import chance, drivers
from ..chance import Chance
from ..chance_words import band_text, percent_text
from ..choices import Stage
from ..explained import TELLING, Driver, Explained
from ..golive import evidence
from ..learning.limits import FEWEST_ALIKE
from ..learning.names import DRIVER_OF, DRIVERS, RAW, unknown_drivers
from ..models import RiskScore
from .milestones_due import Due

# A score older than this is shown as late: there is one every night.
FRESH_DAYS = 7


@dataclass(frozen=True)
class Forecast(Explained):
    """The score of a programme or a unit."""

    score: RiskScore
    missing: list[str]

    @property
    def frequency(self) -> str:
        return frequency_text(self.chance)

    @property
    def model(self) -> str:
        return model_text(self.score)

    @property
    def main(self) -> Driver | None:
        """What raises the risk most, of what is known."""
        return next(iter(self.raising), None)

    @property
    def reported(self) -> str:
        """The status that was reported, as known on the day of the score."""
        return reported_text(drivers.known_values(self.score.raw).get("rag_reported"))

    @property
    def is_cut(self) -> bool:
        """Whether the sum says more than is shown: no score is shown as certain or as impossible."""
        return abs(chance.probability_of(self.end) - self.score.probability) > 1e-6


def frequency_text(told: Chance) -> str:
    """The chance as a count of programmes, which people misread less than a percentage."""
    if not told.of_twenty:
        return _(
            "Of %(like)s programmes in this position, fewer than 1 is expected to have a crisis"
        ) % {"like": chance.LIKE}
    return ngettext(
        "Of %(like)s programmes in this position, about %(count)s is expected to have a crisis",
        "Of %(like)s programmes in this position, about %(count)s are expected to have a crisis",
        told.of_twenty,
    ) % {"like": chance.LIKE, "count": told.of_twenty}


def model_text(score: RiskScore) -> str:
    """Who says so: never without whether it was measured."""
    words = {
        Stage.PRIOR: _("Assumed, not measured: prior model %(version)s"),
        Stage.LEVELLED: _(
            "Assumed, not measured: prior model %(version)s, on the level of what happened here"
        ),
        Stage.SHARED: _("Measured in other organisations: shared prior %(version)s"),
        Stage.RECALIBRATED: _(
            "Prior model, moved by this organisation's history: model %(version)s"
        ),
        Stage.OWN: _("Measured on this organisation's history: model %(version)s"),
    }
    return words[Stage(score.stage)] % {"version": score.model_version}


def reported_text(rating: float | None) -> str:
    """The status that was reported of a programme, which is simpler to go by than a score."""
    if rating is None or math.isnan(rating):
        return _("not known")
    return drivers.rating_text(rating)


def shown(score: RiskScore) -> Chance:
    """The chance of a stored score and its band, in twentieths."""
    return chance.shown(score.probability, score.low, score.high)


def shares_of(score: RiskScore) -> dict[str, float]:
    """What each driver adds to the log-odds of a score, from the row alone."""
    shares = dict.fromkeys(DRIVERS, 0.0)
    for term in score.terms:
        key = DRIVER_OF[term["name"]]
        shares[key] = shares.get(key, 0.0) + term["share"]
    return shares


def drivers_of(
    score: RiskScore, known: drivers.Known, *, place: dict[str, str] | None = None
) -> list[Driver]:
    """Every driver with its share, the strongest first. Their sum is that of all terms of the score.

    Args:
        place: tenant and programme, for the addresses of the rows behind a driver.
    """
    unknown = unknown_drivers(RAW, score.missing)
    made = [
        Driver(
            key,
            str(drivers.LABELS[key]),
            drivers.HALVES[key],
            drivers.sentence(key, known),
            share,
            evidence.rows_of(key, place) if place else "",
            drivers.day_of(key, known),
            evidence.further_rows(key, known, place) if place else (),
            is_known=key not in unknown,
        )
        for key, share in shares_of(score).items()
    ]
    return sorted(made, key=lambda each: -abs(each.share))


def main_driver(score: RiskScore) -> str:
    """The name of what raises a score most and is known, from the row alone; empty where nothing does."""
    unknown = unknown_drivers(RAW, score.missing)
    shares = {key: share for key, share in shares_of(score).items() if key not in unknown}
    key = max(shares, key=shares.__getitem__, default="")
    return str(drivers.LABELS[key]) if key and shares[key] >= TELLING else ""


def forecast_of(
    score: RiskScore,
    *,
    units: Sequence[RiskScore] = (),
    figures_of: Mapping[str, date] | None = None,
    due: Due | None = None,
    place: dict[str, str] | None = None,
) -> Forecast:
    """A score with its words.

    Args:
        units: the scores of the units of a programme, to name the one that stands out.
        figures_of: the day of the newest figures, by driver.
        due: the milestones that were due in the twelve weeks before it.
    """
    values = drivers.known_values(score.raw)
    known = drivers.Known(
        as_of=score.as_of,
        values=values,
        unit=score.unit.name if score.unit else "",
        worst=worst_units(units),
        figures_of=figures_of or {},
        shares={term["name"]: term["share"] for term in score.terms},
        due=due,
    )
    return Forecast(
        score,
        shown(score),
        drivers_of(score, known, place=place),
        drivers.missing_texts(score.missing, values),
    )


# By which input a unit stands out, and which way is worse.
_STANDS_OUT = {"engagement": ("eng_mean", -1), "training": ("train_gap", 1), "resistance": ("resist_4w", 1)}  # fmt: skip


def worst_units(units: Sequence[RiskScore]) -> dict[str, str]:
    """The name of the unit whose people need most, by driver; none where all are alike."""
    found: dict[str, str] = {}
    read = [(each.unit.name, drivers.known_values(each.raw)) for each in units if each.unit]
    for driver, (name, sign) in _STANDS_OUT.items():
        known = [(sign * values[name], unit) for unit, values in read if name in values]
        if not known:
            continue
        worst = max(value for value, _unit in known)
        names = [unit for value, unit in known if value == worst]
        if len(names) == 1:
            found[driver] = names[0]
    return found


def figures_of(programme_ids: Collection[int], *, as_of: date) -> dict[int, dict[str, date]]:
    """The day of the newest reported indicators and training figures of programmes. Two statements."""
    found: dict[int, dict[str, date]] = {pk: {} for pk in programme_ids}
    kinds = {FactKind.SPI: "schedule", FactKind.CPI: "cost", FactKind.BURN_RATIO: "cost"}
    facts = (
        ReportedFact.objects.known_by(as_of)
        .filter(programme_id__in=programme_ids, kind__in=list(kinds), ratio__isnull=False)
        .order_by()
        .values_list("programme_id", "kind")
        .annotate(Max("effective_on"))
    )
    for programme, kind, on in facts:
        driver = kinds[FactKind(kind)]
        found[programme][driver] = max(on, found[programme].get(driver, on))
    trained = (
        TrainingProgress.objects.known_by(as_of)
        .filter(programme_id__in=programme_ids)
        .order_by()
        .values_list("programme_id")
        .annotate(Max("effective_on"))
    )
    for programme, on in trained:
        found[programme]["training"] = on
    return found


# --- further ahead ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Window:
    """The chance over some weeks from the day of a score on."""

    weeks: int
    told: Chance
    text: str

    @property
    def percent(self) -> str:
        return percent_text(self.told)

    @property
    def band(self) -> str:
        return band_text(self.told)


def windows_of(score: RiskScore) -> list[Window]:
    """The chance within two, four and eight weeks; none where eight were not told.

    Two weeks are half of the four a score is about, taken as alike; eight are these four and four more, chained.
    """
    if not score.eight:
        return []
    risk, low, high = score.eight
    four = (score.probability, score.low, score.high)
    two = [1 - math.sqrt(1 - each) for each in four]
    return [
        Window(2, chance.shown(*two), _("Half of the four weeks, as if each were alike")),
        Window(4, shown(score), _("The score itself")),
        Window(8, chance.shown(risk, max(low, score.low), max(high, risk)), _("These four weeks and four more, with the go-live as planned and the rest going on as it usually does")),
    ]  # fmt: skip


def none_alike_text(others: int) -> str:
    """Why no similar weeks are named: so many other programmes, counted to what is enough, have a past that is known."""
    if others < FEWEST_ALIKE:
        return _("It takes %(fewest)s other programmes of which is known what came of their weeks; here %(count)s are.") % {
            "fewest": FEWEST_ALIKE,
            "count": others,
        }  # fmt: skip
    return _("They are looked for in the first night of every week.")
