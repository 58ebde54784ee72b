"""The balance of all programmes as a register: on the page what leans, in the file every number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from pmo_portal.common.registers import Column, Register
from programmes.models import Programme

from ..weight import Key, Signal, State, leaning
from ..weight_text import LABELS, Row, heading


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
    def is_too_little(self) -> bool:
        return all(each.state == State.FEW for each in self.signals)

    @property
    def state(self) -> str:
        if self.leaning:
            return _now("Leans")
        return _now("Too few yet") if self.is_too_little else _now("Alike")

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
    sides = (("delivery", _("delivery")), ("change", _("change")))
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


BALANCE = Register(
    "balance",
    (
        Column("programme", _("Programme"), "programme.name", sort=("name",)),
        Column("code", _("Code"), "programme.code", sort=("code",), on_page=False),
        Column("told", _("What leans for two periods")),
        Column("state", _("State")),
        *_columns(),
    ),
    default_sort="programme",
)
