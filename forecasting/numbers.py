"""How figures of models are written."""

from __future__ import annotations


def one(value: float) -> str:
    return f"{value:.1f}".replace("-", "\u2212")


def two(value: float) -> str:
    return f"{value:.2f}".replace("-", "\u2212")


def three(value: float) -> str:
    return f"{value:.3f}".replace("-", "\u2212")


def four(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}".replace("-", "\u2212")
