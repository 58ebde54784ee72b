"""Amounts are integers in minor units (pence, cents); only the screen divides."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

_SIGNS = {"GBP": "£", "EUR": "€", "USD": "$"}
_STEPS = ((10**9, "bn"), (10**6, "m"), (10**3, "k"))


def format_minor(amount: int | None, currency: str) -> str:
    """In full: `£4,820,000.00`; an en dash where there is no amount."""
    if amount is None:
        return "–"
    sign, text = ("−" if amount < 0 else ""), f"{Decimal(abs(amount)) / 100:,.2f}"
    return f"{sign}{_prefix(currency)}{text}"


def format_short(amount: int | None, currency: str) -> str:
    """For cards: `£4.82m`; an en dash where there is no amount."""
    if amount is None:
        return "–"
    sign, whole = ("−" if amount < 0 else ""), Decimal(abs(amount)) / 100
    for step, letter in _STEPS:
        if whole >= step:
            places = Decimal(1) if letter == "k" else Decimal("0.01")
            number = (whole / step).quantize(places, rounding=ROUND_HALF_EVEN)
            return f"{sign}{_prefix(currency)}{number:,}{letter}"
    return f"{sign}{_prefix(currency)}{whole.quantize(Decimal(1)):,}"


def to_minor(amount: Decimal) -> int:
    """Pounds to pence, half a penny to the even one."""
    return int((amount * 100).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


def _prefix(currency: str) -> str:
    return _SIGNS.get(currency, f"{currency} ")
