"""The register of forecasts, declared once for heading, sorting and export."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, F, OrderBy, Q, When
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from pmo_portal.common.exports import Percent
from pmo_portal.common.levels import State
from pmo_portal.common.registers import Column, Register

from .. import cards, chance, drivers
from ..chance import Chance
from ..chance_words import band_text, percent_cell, percent_text, plain_cell
from ..choices import STATE_OF_LEVEL, RiskLevel
from ..crises import forecast
from ..crises.running import Running
from ..explained import end_of
from ..models import RiskOutcome, RiskScore


@dataclass(frozen=True)
class ScoreRow:
    """One score as a row: what is exported is what is shown, in steps of five points.

    `crisis` is why nothing is forecast; the row then tells that instead of a chance and its level.
    """

    score: RiskScore
    url: str
    crisis: Running | None

    @property
    def chance(self) -> Chance:
        return forecast.shown(self.score)

    @property
    def percent(self) -> str:
        return "" if self.crisis else percent_text(self.chance)

    @property
    def cell(self) -> Percent | str:
        """The same for files."""
        return "" if self.crisis else told_cell(self)

    @property
    def shares(self) -> dict[str, float]:
        """What each driver adds to the log-odds; nothing where nothing is forecast."""
        return {} if self.crisis else forecast.shares_of(self.score)

    @property
    def band(self) -> str:
        return "" if self.crisis else band_text(self.chance)

    @property
    def reported(self) -> str:
        """The status that was reported, of scores read for a list (`selectors.scores_for`)."""
        return forecast.reported_text(self.score.rated)  # type: ignore[attr-defined]

    @property
    def state(self) -> State:
        return self.crisis.state if self.crisis else STATE_OF_LEVEL[RiskLevel(self.score.level)]

    @property
    def badge(self) -> str:
        return self.crisis.badge if self.crisis else self.score.get_level_display()

    @property
    def level(self) -> str:
        """The level, or the whole sentence in its place, as files hold it."""
        return self.crisis.text if self.crisis else self.score.get_level_display()

    @property
    def direction(self) -> str:
        """Where the chance has been going; nothing where none is told."""
        return "" if self.crisis else self.score.get_direction_display()

    @property
    def main(self) -> str:
        return "" if self.crisis else forecast.main_driver(self.score)

    @property
    def missing(self) -> str:
        """What was not known, in words."""
        return "; ".join(drivers.missing_texts(self.score.missing, {}))

    @property
    def made_by(self) -> str:
        return forecast.model_text(self.score)


def score_row(score: RiskScore, crises: Mapping[int, Running]) -> ScoreRow:
    """Args:
    crises: of programmes of which nothing is forecast now (`crises.running`).
    """
    kwargs = {"tenant": score.programme.tenant.slug, "code": score.programme.code}
    url = (
        reverse("forecasting:score_unit", kwargs={**kwargs, "unit": score.unit.code})
        if score.unit
        else reverse("forecasting:score_detail", kwargs=kwargs)
    )
    return ScoreRow(score, url, crises.get(score.programme_id))


def _unit(row: Any) -> str:
    return row.score.unit.name if row.score.unit else str(_("All units"))


def told_cell(row: Any) -> Percent | str:
    """The risk as a page shows it."""
    return percent_cell(row.chance)


def _share(key: str, label: Any) -> Column:
    """What one driver adds; nothing where it is no part of the sum."""

    def value(row: Any) -> float | None:
        share = row.shares.get(key)
        return None if share is None else round(share, 6)

    return Column(
        f"share_{key}",
        format_lazy(_("{driver}, log-odds"), driver=label),
        value,
        numeric=True,
        on_page=False,
    )


def sum_columns(labels: Mapping[str, Any]) -> tuple[Column, ...]:
    """What is usual, and how the drivers add up to the risk, as on the page of a score. Rows have `score` and `shares`."""

    def start(row: Any) -> float | None:
        return row.score.start if row.shares else None

    def end(row: Any) -> float | None:
        return end_of(row.score, row.shares) if row.shares else None

    def told(odds: float | None) -> Percent | None:
        return None if odds is None else plain_cell(chance.probability_of(odds))

    def rounded(odds: float | None) -> float | None:
        return None if odds is None else round(odds, 6)

    return (
        Column("usual", _("Usual"), lambda row: plain_cell(row.score.base), numeric=True, on_page=False),
        Column("start", _("Start, log-odds"), lambda row: rounded(start(row)), numeric=True, on_page=False),
        Column("start_told", _("Start"), lambda row: told(start(row)), numeric=True, on_page=False),
        *(_share(key, label) for key, label in labels.items()),
        Column("sum", _("Sum, log-odds"), lambda row: rounded(end(row)), numeric=True, on_page=False),
        Column("sum_told", _("Sum"), lambda row: told(end(row)), numeric=True, on_page=False),
    )  # fmt: skip


_NAMES = ("programme__name", "unit__name")
# What nobody is told of a programme in a crisis.
_NOT_TOLD = frozenset({"risk", "level", "band", "trend"})


@dataclass(frozen=True)
class ScoreRegister(Register):
    """A register of scores. Sorted by what is not told of programmes in a crisis (`crises.running`), their rows come last
    whichever way, by their names: their place would give the number away.
    """

    in_crisis: tuple[int, ...] = ()

    def order(self, wanted: str) -> tuple[str, list[Any]]:
        chosen, order = super().order(wanted)
        if not self.in_crisis or chosen.lstrip("-") not in _NOT_TOLD:
            return chosen, order
        *told, last = order
        silent = Q(programme__in=self.in_crisis)
        return chosen, [
            Case(When(silent, then=1), default=0).asc(),
            *(
                OrderBy(
                    Case(When(~silent, then=each.expression)),
                    descending=each.descending,
                    nulls_last=True,
                )
                for each in told
            ),
            *(Case(When(silent, then=F(name))).asc() for name in _NAMES),
            last,
        ]


_SUM = sum_columns(drivers.LABELS)

# What is simpler to go by. Pages show it where scores were not shown to rank better.
_REPORTED = Column("reported", _("Reported status"), "reported", on_page=False)
_TREND = Column("trend", _("Trend"), "direction", sort=("direction",))

SCORES = ScoreRegister(
    "forecasts",
    (
        Column(
            "programme",
            _("Programme"),
            "score.programme.name",
            sort=_NAMES,
        ),
        Column("code", _("Code"), "score.programme.code", on_page=False),
        Column("unit", _("Unit"), _unit, on_page=False),
        Column("risk", _("Risk in four weeks"), "cell", sort=("probability",), numeric=True),
        Column("level", _("Level"), "level", sort=("probability",)),
        Column("band", _("Likely range"), "band", sort=("low", "high")),
        _TREND,
        Column("main", _("Raised most by"), "main"),
        *_SUM,
        _REPORTED,
        Column("missing", _("Not known"), "missing", on_page=False),
        Column("as_of", _("As of"), "score.as_of", sort=("as_of",)),
        Column("made_by", _("Made by"), "made_by", on_page=False),
    ),
    default_sort="-risk",
)


UNIT_SCORES = ScoreRegister(
    "units-at-risk",
    (
        Column("unit", _("Unit"), "score.unit.name", sort=("unit__name", "programme__name")),
        Column("unit_code", _("Code of the unit"), "score.unit.code", on_page=False),
        Column("risk", _("Risk in four weeks"), "cell", sort=("probability",), numeric=True),
        Column("level", _("Level"), "level", sort=("probability",)),
        Column("programme", _("Programme"), "score.programme.name", sort=_NAMES),
        Column("code", _("Code"), "score.programme.code", on_page=False),
        Column("band", _("Likely range"), "band", sort=("low", "high")),
        _TREND,
        Column("main", _("Raised most by"), "main"),
        *_SUM,
        _REPORTED,
        Column("missing", _("Not known"), "missing"),
        Column("as_of", _("As of"), "score.as_of", sort=("as_of",), on_page=False),
        Column("made_by", _("Made by"), "made_by", on_page=False),
    ),
    default_sort="-risk",
)  # fmt: skip


def outcome_told(outcome: Any) -> Percent:
    """What was told of something whose outcome is known, to a tenth of a point."""
    return Percent(round(outcome.probability, 3), 1)


def _came(outcome: RiskOutcome) -> Any:
    return _("A crisis") if outcome.happened else _("No crisis")


MODELS = Register(
    "models-made-here",
    (
        Column("number", _("Model"), sort=("number",)),
        Column("stage", _("Stage"), lambda row: row.get_stage_display(), sort=("stage", "number")),
        Column(
            "origin", _("Made by"), lambda row: row.get_origin_display(), sort=("origin", "number")
        ),
        Column("made_on", _("Made on"), sort=("made_on", "number")),
        Column(
            "status", _("Status"), lambda row: row.get_status_display(), sort=("status", "number")
        ),
        Column(
            "approved_by",
            _("Approved by"),
            lambda row: cards.Registered(row).approval,
            sort=("approved_by__name", "number"),
        ),
        Column("rows", _("Rows with a known outcome"), numeric=True, on_page=False),
        Column("programmes", _("Programmes"), numeric=True, on_page=False),
        Column("events", _("Events"), numeric=True, on_page=False),
        Column("digest", _("Fingerprint (SHA-256)"), on_page=False),
    ),
    default_sort="-number",
)

# What a challenger would tell, beside what is told; rows of `in_force.differences.Difference`, in their own order.
DIFFERENCES = Register(
    "champion-and-challenger",
    (
        Column("subject", _("What is scored"), "label"),
        Column("programme", _("Programme"), "programme.name"),
        Column("code", _("Code"), "programme.code"),
        Column("told", _("Forecast now"), lambda row: plain_cell(row.told)),
        Column("level", _("Level now"), lambda row: row.level.label),
        Column("would", _("By the challenger"), lambda row: plain_cell(row.would)),
        Column("would_level", _("Level by the challenger"), lambda row: row.would_level.label),
        Column(
            "points", _("Change in points"), lambda row: round(100 * row.change, 1), numeric=True
        ),
    ),
    default_sort="subject",
)

MEASURED = Register(
    "backtest",
    (
        Column("part", _("Part")),
        Column("teller", _("Forecast by")),
        Column("measure", _("Measure")),
        Column("value", _("Value"), numeric=True),
        Column("low", _("From"), numeric=True),
        Column("high", _("To"), numeric=True),
        Column("rows", _("Rows"), numeric=True),
    ),
    default_sort="part",
)

OUTCOMES = Register(
    "outcomes-of-scores",
    (
        Column("programme", _("Programme"), "programme.name", sort=("programme__name",)),
        Column("code", _("Code"), "programme.code", on_page=False),
        Column("as_of", _("Forecast on"), "as_of", sort=("as_of", "programme__name")),
        Column("told", _("Risk forecast"), outcome_told, sort=("probability",), numeric=True),
        Column("happened", _("Within four weeks"), _came, sort=("happened",)),
        Column("touch", _("What people did"), lambda row: row.get_touch_display(), sort=("touch",)),
        Column("stage", _("Forecast by"), lambda row: row.get_stage_display(), sort=("stage",)),
        Column("known_on", _("Known on"), "known_on", sort=("known_on",)),
    ),
    default_sort="-as_of",
)
