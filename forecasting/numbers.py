"""How figures of models are written: what rounds to nothing has no sign."""

from __future__ import annotations


def one(value: float) -> str:
    """To one decimal, with a true minus."""
    return f"{value:z.1f}".replace("-", "\u2212")


def two(value: float) -> str:
    """To two decimals, with a true minus."""
    return f"{value:z.2f}".replace("-", "\u2212")


def three(value: float) -> str:
    """To three decimals, with a true minus."""
    return f"{value:z.3f}".replace("-", "\u2212")


def four(value: float | None) -> str:
    """To four decimals, with a true minus; an en dash for what is not known."""
    return "–" if value is None else f"{value:z.4f}".replace("-", "\u2212")


def percent(share: float) -> str:
    """A share of 0 to 1 in whole percent."""
    return f"{100 * share:.0f}%"
