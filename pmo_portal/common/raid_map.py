"""The map of likelihood and impact as plain geometry: numbers in, coordinates out. Nothing here knows Django."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from .figures import Tick


@dataclass(frozen=True)
class Cell:
    """A field of the risk map: likelihood and impact from 1 to 5, its score, how many items stand in it."""

    likelihood: int
    impact: int
    x: float
    y: float
    size: float
    score: int
    count: int
    level: str
    url: str = ""


@dataclass(frozen=True)
class Move:
    """The way of one item over the map, with where its reference is written."""

    reference: str
    x1: float
    y1: float
    x2: float
    y2: float
    worse: bool


@dataclass(frozen=True)
class RaidMap:
    width: int
    height: int
    cells: tuple[Cell, ...]
    appetite_path: str
    moves: tuple[Move, ...]
    rows: tuple[Tick, ...]
    columns: tuple[Tick, ...]
    left: float
    bottom: float
    by_likelihood: tuple[tuple[int, tuple[Cell, ...]], ...]

    @property
    def is_linked(self) -> bool:
        return any(cell.url for cell in self.cells)

    @property
    def middle(self) -> float:
        return self.left + 2.5 * self.cells[0].size


def raid_map(
    counts: Mapping[tuple[int, int], int],
    *,
    moves: Sequence[tuple[str, tuple[int, int], tuple[int, int]]] = (),
    appetite: int = 12,
    high_from: int = 15,
    medium_from: int = 6,
    link: Callable[[int, int], str] | None = None,
    likelihood_words: Sequence[str] = ("Rare", "Unlikely", "Possible", "Likely", "Almost certain"),
    impact_words: Sequence[str] = ("Minor", "Small", "Medium", "Large", "Severe"),
) -> RaidMap:
    """The five by five map: how many items there are of each likelihood and impact, and moves from one pair to another.

    Scores of `appetite` and above need a response; the heavy line follows that border.
    """
    size, left, top = 49.0, 119.0, 4.0

    def corner(likelihood: int, impact: int) -> tuple[float, float]:
        return left + (impact - 1) * size, top + (5 - likelihood) * size

    def centre(likelihood: int, impact: int) -> tuple[float, float]:
        x, y = corner(likelihood, impact)
        return x + size / 2, y + size * 0.7

    cells = []
    for likelihood in range(5, 0, -1):
        for impact in range(1, 6):
            x, y = corner(likelihood, impact)
            score = likelihood * impact
            count = counts.get((likelihood, impact), 0)
            level = "high" if score >= high_from else "medium" if score >= medium_from else "low"
            cells.append(
                Cell(
                    likelihood,
                    impact,
                    x,
                    y,
                    size,
                    score,
                    count,
                    level,
                    link(likelihood, impact) if link and count else "",
                )
            )
    return RaidMap(
        width=int(left + 5 * size + 4),
        height=int(top + 5 * size + 62),
        cells=tuple(cells),
        appetite_path=appetite_border(appetite, size, left, top),
        moves=tuple(
            Move(
                reference,
                *centre(*start),
                *centre(*end),
                worse=end[0] * end[1] > start[0] * start[1],
            )
            for reference, start, end in moves
            if start != end
        ),
        rows=tuple(
            Tick(top + (5 - number) * size + size / 2, f"{word} {number}")
            for number, word in enumerate(likelihood_words, start=1)
        ),
        columns=tuple(
            Tick(left + (number - 1) * size + size / 2, word)
            for number, word in enumerate(impact_words, start=1)
        ),
        left=left,
        bottom=top + 5 * size,
        by_likelihood=tuple(
            (number, tuple(each for each in cells if each.likelihood == number))
            for number in range(5, 0, -1)
        ),
    )


def appetite_border(appetite: int, size: float, left: float, top: float) -> str:
    """The stepped line under and left of all fields with a score of `appetite` or more."""
    path: list[str] = []
    for likelihood in range(5, 0, -1):
        first = next((impact for impact in range(1, 6) if likelihood * impact >= appetite), 6)
        x = left + (first - 1) * size
        y = top + (5 - likelihood) * size
        path.append(f"{'L' if path else 'M'}{x:.0f} {y:.0f}")
        path.append(f"L{x:.0f} {y + size:.0f}")
        if first == 6:
            path.pop()
            break
    return " ".join(path)
