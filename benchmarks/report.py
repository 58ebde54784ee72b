"""The figures as a table, and what is wrong with them."""

from __future__ import annotations

from itertools import pairwise

from .pages import Measured

MOST_GROWTH = 1.5


def table(measured: list[Measured]) -> str:
    """One line for each page, one group of columns for each size."""
    head = f"{'page':<26}"
    for each in measured:
        head += f" | {each.programmes:>5} programmes: ms  bare  times  statements      kB"
    head += " | growth"
    lines = ["", head, "-" * len(head)]
    for number, page in enumerate(measured[0].pages):
        line = f"{page.name:<26}"
        for each in measured:
            found = each.pages[number]
            line += (
                f" | {found.milliseconds:>20.1f} {found.bare_milliseconds:>5.1f} {found.times_bare:>6.1f}"
                f" {found.statements:>11} {found.size / 1000:>7.1f}"
            )
        last = measured[-1].pages[number]
        line += f" | {last.milliseconds / page.milliseconds:.2f}"
        lines.append(line)
    lines += [
        "",
        "ms: the whole request on the server, median. bare: a Django view that renders as many rows from one",
        "statement behind the same middleware. Statements without those of session and user.",
    ]
    return "\n".join([*lines, *_work(measured)])


def _work(measured: list[Measured]) -> list[str]:
    """The nightly work: what it takes in all and for each programme."""
    head = f"{'nightly work':<26}"
    for each in measured:
        head += f" | {each.programmes:>5} programmes: s  ms each  statements"
    lines = ["", head + " | growth", "-" * (len(head) + 9)]
    for number, first in enumerate(measured[0].work):
        line = f"{first.name:<26}"
        for each in measured:
            found = each.work[number]
            line += (
                f" | {found.seconds:>19.2f} {found.milliseconds_each:>8.2f} {found.statements:>11}"
            )
        growth = measured[-1].work[number].milliseconds_each / first.milliseconds_each
        lines.append(f"{line} | {growth:.2f}")
    lines.append(
        "Growth: of the time for each programme. Fewer than 1 where a fixed part is shared by more."
    )
    return lines


def complaints(measured: list[Measured]) -> list[str]:
    """Pages whose statements or time grow with the portfolio, and work that grows faster than it."""
    found = []
    for small, large in pairwise(measured):
        for one, other in zip(small.pages, large.pages, strict=True):
            if one.statements != other.statements:
                found.append(
                    f"{one.name}: {one.statements} statements with {small.programmes} programmes,"
                    f" {other.statements} with {large.programmes}."
                )
            if other.milliseconds >= MOST_GROWTH * one.milliseconds:
                found.append(
                    f"{one.name}: {one.milliseconds:.1f} ms with {small.programmes} programmes,"
                    f" {other.milliseconds:.1f} ms with {large.programmes}."
                )
        for done, more in zip(small.work, large.work, strict=True):
            if more.milliseconds_each >= MOST_GROWTH * done.milliseconds_each:
                found.append(
                    f"{done.name}: {done.milliseconds_each:.2f} ms for each of {small.programmes} programmes,"
                    f" {more.milliseconds_each:.2f} ms for each of {large.programmes}."
                )
    return found
