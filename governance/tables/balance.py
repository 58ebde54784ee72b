"""The balance of all programmes as a register: on the page what leans, in the file every number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from pmo_portal.common.registers import Column, Register
from programmes.models import Programme

from ..balance import Key, Signal, Standing, leaning, standing
from ..balance_text import LABELS, STANDINGS, Row, heading


@dataclass(frozen=True)
class BalanceRow:
    """One programme with its signals."""

    programme: Programme
    signals: list[Signal]

    @property
    def leaning(self) -> list[Row]:
        return [Row(each) for each in leaning(self.signals)]

    @property
    def heading(self) -> str:
        return heading([Row(each) for each in self.signals])

    @property
    def standing(self) -> Standing:
        return standing(self.signals)

    @property
    def state(self) -> str:
        return str(STANDINGS[self.standing])

    @property
    def told(self) -> str:
        told = [f"{row.finding}. {row.sentence}" for row in self.leaning]
        return " ".join(told) or self.heading

    def number(self, key: Key, side: str) -> str:
        row = next(Row(each) for each in self.signals if each.key == key)
        return str(getattr(row, side))


def _number(key: Key, side: str) -> Callable[[Any], str]:
    return lambda row: row.number(key, side)


def _columns() -> tuple[Column, ...]:
    """Two for each signal, delivery and change."""
    sides = (("delivery", _("delivery")), ("change", _("adoption")))
    return tuple(
        Column(
            f"{key}_{side}",
            format_lazy("{signal}: {side}", signal=LABELS[key], side=name),
            _number(key, side),
            on_page=False,
        )
        for key in Key
        for side, name in sides
    )


# Orders that need the signals of every programme, not of those of the page alone.
COUNTED = frozenset({"told", "state"})

BALANCE = Register(
    "balance",
    (
        Column("programme", _("Programme"), "programme.name", sort=("name",)),
        Column("code", _("Code"), "programme.code", sort=("code",), on_page=False),
        Column("told", _("What leans for two periods"), sort=("leaning", "name")),
        Column("state", _("State"), sort=("rank", "name")),
        *_columns(),
    ),
    default_sort="programme",
)
