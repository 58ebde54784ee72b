"""Amounts are integers in minor units (pence, cents); only the screen divides."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Decimal

_SIGNS = {"GBP": "£", "EUR": "€", "USD": "$"}
# In minor units.
PENCE_BELOW = 10_000_00
_STEPS = ((10**9, "bn"), (10**6, "m"), (10**3, "k"))


def format_minor(amount: int | None, currency: str) -> str:
    """In full: `£4,820,000.00`; an en dash where there is no amount."""
    if amount is None:
        return "–"
    sign, text = ("−" if amount < 0 else ""), f"{Decimal(abs(amount)) / 100:,.2f}"
    return f"{sign}{_prefix(currency)}{text}"


def format_total(amount: int | None, currency: str) -> str:
    """For sums: `£4,820,000`. Pence are left out from ten thousand on, where nobody reads them."""
    if amount is None or abs(amount) < PENCE_BELOW:
        return format_minor(amount, currency)
    sign, whole = ("−" if amount < 0 else ""), Decimal(abs(amount)) / 100
    return f"{sign}{_prefix(currency)}{whole.quantize(Decimal(1), rounding=ROUND_HALF_EVEN):,}"


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


def short_sum(one: int, other: int, currency: str) -> tuple[str, str, str]:
    """Two amounts and their sum in short, so that what is written adds up: the parts are rounded as the largest of the
    three is written, and the sum is that of the rounded parts. Below ten thousand, where that would leave nothing of a
    part, all are whole.
    """
    largest = max(abs(one), abs(other), abs(one + other))
    if largest < PENCE_BELOW:
        grain, write = 100, _whole
    else:
        step = next(step for step, _letter in _STEPS if largest >= 100 * step)
        # A thousand has no decimals, what is above has two.
        grain, write = max(step, 10**5), format_short
    first, second = (grain * round(Decimal(each) / grain) for each in (one, other))
    return write(first, currency), write(second, currency), write(first + second, currency)


def _whole(amount: int, currency: str) -> str:
    return f"{'−' if amount < 0 else ''}{_prefix(currency)}{abs(amount) // 100:,}"


def to_minor(amount: Decimal) -> int:
    """Pounds to pence, half a penny to the even one."""
    return int((amount * 100).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


_CLUTTER = re.compile(r"[\s\u00a0£€$]|[A-Z]{3}")
_NUMBER = re.compile(r"-?\d{1,3}(,\d{3})*(\.\d{1,2})?|-?\d+(\.\d{1,2})?")


def parse(text: str) -> int:
    """An amount as people type or paste it, in minor units: `£1,200.50`, `1 200`, `-40`, `(40)`.

    Raises:
        ValueError: it is no amount, or has more than two decimals; a thousand is `1,000` or `1000`.
    """
    plain = _CLUTTER.sub("", text).replace("−", "-")
    if plain.startswith("(") and plain.endswith(")"):
        plain = f"-{plain[1:-1]}"
    if not _NUMBER.fullmatch(plain):
        raise ValueError(text)
    whole, _point, pence = plain.replace(",", "").partition(".")
    # As a whole number: a decimal of thirty digits would not be rounded but refused by the interpreter.
    return int(f"{whole}{pence:0<2}")


def typed(amount: int | None) -> str:
    """An amount as it stands in a field to be typed over: `1200.50`, without pence where there are none."""
    if amount is None:
        return ""
    whole, rest = divmod(abs(amount), 100)
    sign = "-" if amount < 0 else ""
    return f"{sign}{whole}.{rest:02}" if rest else f"{sign}{whole}"


def rough(amount: int) -> int:
    """To three figures and no pence, for what is assumed and not known to the penny."""
    return round(amount, min(3 - len(str(abs(amount))), -2))


def sign(currency: str) -> str:
    """As it stands before an amount, for labels of fields."""
    return _prefix(currency).strip()


def _prefix(currency: str) -> str:
    return _SIGNS.get(currency, f"{currency} ")
