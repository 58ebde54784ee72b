"""The figures of both halves of a programme, as they are kept and shown: numbers and days, no words.

They travel as JSON in the stored summary; names of days end in `on`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, Self

from pmo_portal.common.levels import State

from . import facts


class Stored:
    """From JSON and back; days as ISO text."""

    @classmethod
    def from_json(cls, data: dict[str, Any] | None) -> Self | None:
        if data is None:
            return None
        values = {each.name: data[each.name] for each in fields(cls)}  # type: ignore[arg-type]
        for name, value in values.items():
            if value is not None and (name == "on" or name.endswith("_on")):
                values[name] = date.fromisoformat(value)
        return cls(**values)

    def to_json(self) -> dict[str, Any]:
        return {each.name: _plain(getattr(self, each.name)) for each in fields(self)}  # type: ignore[arg-type]


def _plain(value: Any) -> Any:
    if isinstance(value, Stored):
        return value.to_json()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return value


@dataclass
class Reported(Stored):
    """What somebody said of a half, with what the figures said on that day."""

    rating: str
    opinion: str
    sentence: str
    author: str
    on: date
    computed: str
    reference: str


@dataclass
class Delivery(Stored):
    met: int = 0
    due: int = 0
    slip: int | None = None
    slip_name: str = ""
    slip_reference: str = ""
    is_overdue: bool = False
    plan_on: date | None = None
    red: int = 0
    open: int = 0
    # Of all sides, for "all 46 items".
    open_all: int = 0
    log_on: date | None = None
    met_state: str = State.NONE
    slip_state: str = State.NONE
    red_state: str = State.NONE

    @property
    def share(self) -> float | None:
        return 100 * self.met / self.due if self.due else None


@dataclass
class Adoption(Stored):
    low: float | None = None
    high: float | None = None
    mean: float | None = None
    # The unit with the lowest figure, where there are several.
    lowest: float | None = None
    lowest_name: str = ""
    units: int = 0
    of_units: int = 0
    inherited: int = 0
    n: int | None = None
    engagement_on: date | None = None
    wave: str = ""
    is_published: bool = False
    completed: int = 0
    required: int = 0
    planned: float | None = None
    # The unit furthest behind its plan, where there are several.
    behind_name: str = ""
    training_on: date | None = None
    signs: int = 0
    signs_by_unit: list[list[Any]] = field(default_factory=list)
    resistance: float | None = None
    resistance_on: date | None = None
    met: int = 0
    due: int = 0
    plan_on: date | None = None
    red: int = 0
    slip_state: str = State.NONE
    red_state: str = State.NONE
    engagement_state: str = State.NONE
    training_state: str = State.NONE
    resistance_state: str = State.NONE
    # [unit id, name, people, lowest, highest, state]: what may be shown of each unit it lands in.
    by_unit: list[list[Any]] = field(default_factory=list)

    @property
    def trained(self) -> float | None:
        """Percent of those who need it."""
        return 100 * self.completed / self.required if self.required else None

    @property
    def milestones_share(self) -> float | None:
        return 100 * self.met / self.due if self.due else None

    def take(self, engagement: facts.Engagement) -> None:
        self.low, self.high, self.mean = engagement.low, engagement.high, engagement.mean
        self.units, self.of_units = engagement.units, engagement.of_units
        self.inherited, self.n = engagement.inherited, engagement.n
        self.engagement_on, self.wave = engagement.on, engagement.wave
        self.is_published = engagement.is_published


@dataclass
class Series(Stored):
    """Earlier figures at some days, oldest first; None is a gap."""

    days: list[str] = field(default_factory=list)
    met: list[float | None] = field(default_factory=list)
    slip: list[float | None] = field(default_factory=list)
    red: list[float | None] = field(default_factory=list)
    engagement: list[float | None] = field(default_factory=list)
    trained: list[float | None] = field(default_factory=list)
    signs: list[float | None] = field(default_factory=list)
    # `adoption.engagement.way` over the last figures and since the first; empty where there are fewer than two.
    engagement_lately: str = ""
    engagement_since: str = ""


@dataclass
class Figures:
    """Everything a scorecard or a portfolio row says of one programme on a day."""

    as_of: date
    delivery: Delivery
    adoption: Adoption
    series: Series
    delivery_reports: list[Reported] = field(default_factory=list)
    adoption_reports: list[Reported] = field(default_factory=list)
    delivery_state: str = State.NONE
    adoption_state: str = State.NONE
    golive_on: date | None = None
    golive_name: str = ""

    def to_json(self) -> dict[str, Any]:
        return {
            "as_of": self.as_of.isoformat(),
            "delivery": self.delivery.to_json(),
            "adoption": self.adoption.to_json(),
            "series": self.series.to_json(),
            "delivery_reports": [each.to_json() for each in self.delivery_reports],
            "adoption_reports": [each.to_json() for each in self.adoption_reports],
            "delivery_state": str(self.delivery_state),
            "adoption_state": str(self.adoption_state),
            "golive_on": self.golive_on.isoformat() if self.golive_on else None,
            "golive_name": self.golive_name,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Figures:
        delivery, adoption = (
            Delivery.from_json(data["delivery"]),
            Adoption.from_json(data["adoption"]),
        )
        series = Series.from_json(data["series"])
        assert delivery is not None
        assert adoption is not None
        assert series is not None
        return cls(
            as_of=date.fromisoformat(data["as_of"]),
            delivery=delivery,
            adoption=adoption,
            series=series,
            delivery_reports=_reports(data["delivery_reports"]),
            adoption_reports=_reports(data["adoption_reports"]),
            delivery_state=data["delivery_state"],
            adoption_state=data["adoption_state"],
            golive_on=date.fromisoformat(data["golive_on"]) if data["golive_on"] else None,
            golive_name=data["golive_name"],
        )

    def reports(self, half: str) -> list[Reported]:
        """Of a half, newest first: the lead's own word before published and assurance opinions of a day."""
        return self.delivery_reports if half == "delivery" else self.adoption_reports

    def reported(self, half: str) -> Reported | None:
        reports = self.reports(half)
        return reports[0] if reports else None


def _reports(rows: list[dict[str, Any]]) -> list[Reported]:
    return [each for each in (Reported.from_json(row) for row in rows) if each is not None]
