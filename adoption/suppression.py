"""Which survey figures may leave, decided once for a whole wave. No Django in here.

Figures of a unit include those of the units below it. A figure may leave if at least k people
answered (A1); a parent that is shown must not give away what is hidden among its children by
subtraction (A3); what lies below a hidden unit stays hidden (A4); and no sum or difference of all that
is shown may isolate a group of one to k-1 answers (A5). Means take no part in that, so it tells nothing about
them (A17). What everybody said alike is told by no figure and by no difference of figures (A10). Decision
records 0006 and 0069 list the rules by these names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

# The ends of the scale are bands: a mean beyond them is kept and shown as the bound.
LOWEST_MEAN, HIGHEST_MEAN = 5.0, 95.0
# A mean as near to an end as this says what (nearly) everybody answered.
OF_ONE_VOICE = 1.0


@dataclass(frozen=True)
class Cell:
    """One unit of a wave. `path` is the place in the unit tree (`OPS/CLAIMS`), `n` how many answered."""

    path: str
    n: int
    mean: float | None = None


class Inconsistent(ValueError):
    """The units below one have more answers than it has itself."""

    def __init__(self, path: str, own: int, below: int) -> None:
        super().__init__(f"{path} has {own} answers, the units below it {below}.")
        self.path, self.own, self.below = path, own, below


def upwards(path: str) -> set[str]:
    """A path and all those above it."""
    parts = path.split("/")
    return {"/".join(parts[:depth]) for depth in range(1, len(parts) + 1)}


def parents(paths: Iterable[str]) -> dict[str, str | None]:
    """For every path the nearest path above it that is among them too."""
    known = set(paths)
    found: dict[str, str | None] = {}
    for path in known:
        above = path
        while "/" in above:
            above = above.rsplit("/", 1)[0]
            if above in known:
                break
        found[path] = above if above != path and above in known else None
    return found


def children_of(paths: Iterable[str]) -> dict[str | None, list[str]]:
    """The other way round; `None` holds the roots. Children come in the order of their paths."""
    below: dict[str | None, list[str]] = {}
    for path, parent in sorted(parents(paths).items()):
        below.setdefault(parent, []).append(path)
    return below


def check(cells: Mapping[str, Cell]) -> None:
    """Make sure that figures of a unit can include those below it.

    Raises:
        Inconsistent: for the first unit, by path, that has fewer answers than the units below it.
    """
    for parent, below in sorted(children_of(cells).items(), key=lambda entry: entry[0] or ""):
        if parent is None:
            continue
        total = sum(cells[path].n for path in below)
        if total > cells[parent].n:
            raise Inconsistent(parent, cells[parent].n, total)


def rolled_up(cells: Mapping[str, Cell]) -> dict[str, Cell]:
    """The cells and, for every unit above them that has no figure of its own, the weighted mean of those below."""
    above: set[str] = set()
    for path in cells:
        above.update(upwards(path))
    full = dict(cells)
    for path in sorted(above - cells.keys(), key=lambda each: each.count("/"), reverse=True):
        below = [
            cell
            for other, cell in full.items()
            if other.startswith(f"{path}/") and "/" not in other[len(path) + 1 :]
        ]
        answered = [cell for cell in below if cell.n and cell.mean is not None]
        n = sum(cell.n for cell in answered)
        mean = (
            sum(cell.n * cell.mean for cell in answered if cell.mean is not None) / n if n else None
        )
        full[path] = Cell(path, n, mean)
    return full


def released(cells: Mapping[str, Cell], k: int) -> frozenset[str]:
    """The paths whose figures may be shown. Fails closed: when in doubt, none.

    Raises:
        Inconsistent: see `check`.
    """
    check(cells)
    below = children_of(cells)
    shown: set[str] = set()
    # Roots are the children of nothing that is shown: between them nothing can be subtracted.
    waiting = [path for path in below.get(None, []) if cells[path].n >= k]
    shown.update(waiting)
    while waiting:
        parent = waiting.pop()
        visible = _visible_children(parent, below.get(parent, []), cells, k)
        shown.update(visible)
        waiting.extend(visible)
    return frozenset(shown) if is_closed(cells, shown, k) else frozenset()


def _visible_children(
    parent: str, children: list[str], cells: Mapping[str, Cell], k: int
) -> list[str]:
    """A1 and A3 for the children of one released parent.

    People directly in the parent, or in units below it without a figure of their own, count as a child
    that is never shown.
    """
    visible = [path for path in children if cells[path].n >= k]
    hidden = cells[parent].n - sum(cells[path].n for path in visible)
    by_size = sorted(visible, key=lambda path: (cells[path].n, path))
    while 0 < hidden < k and by_size:
        smallest = by_size.pop(0)
        visible.remove(smallest)
        hidden += cells[smallest].n
    return visible


def is_closed(cells: Mapping[str, Cell], shown: Iterable[str], k: int) -> bool:
    """Whether nothing below k can be computed from what is shown (A5).

    Shown units are nested or apart, so everything that can be added and subtracted out of them is built of
    the remainders: a shown unit without the shown units next below it. Those are disjoint, hence a group can
    be isolated exactly when it is a union of remainders, and it suffices that each of them is empty or has
    at least k answers.
    """
    shown_set = set(shown)
    nearest = parents(shown_set)
    remainder = {path: cells[path].n for path in shown_set}
    for path, parent in nearest.items():
        if parent is not None:
            remainder[parent] -= cells[path].n
    return all(n == 0 or n >= k for n in remainder.values())


def kept(cells: Mapping[str, Cell], k: int) -> dict[str, Cell]:
    """What of a wave may be shown, as it may be shown: the figures released, none that tells what everybody said.

    Raises:
        Inconsistent: see `check`.
    """
    shown = set(released(cells, k))
    below = children_of(cells)
    for path in sorted(shown):
        visible = [child for child in below.get(path, []) if child in shown]
        for gone in _of_one_voice(path, visible, cells):
            shown = {each for each in shown if each != gone and not each.startswith(f"{gone}/")}
    return {path: replace(cells[path], mean=_bounded(_mean(cells[path]))) for path in shown}


def _of_one_voice(parent: str, visible: list[str], cells: Mapping[str, Cell]) -> list[str]:
    """A10 for the children of one released parent: which of them are hidden after all.

    Those of one voice, and the smallest others as long as what is left of the parent without its shown
    children is of one voice: subtraction would tell it.
    """
    gone = [path for path in visible if _is_of_one_voice(_mean(cells[path]))]
    others = [path for path in visible if path not in gone]
    n = cells[parent].n - sum(cells[path].n for path in others)
    total = cells[parent].n * _mean(cells[parent])
    total -= sum(cells[path].n * _mean(cells[path]) for path in others)
    for path in sorted(others, key=lambda path: (cells[path].n, path)):
        if not n or not _is_of_one_voice(total / n):
            break
        gone.append(path)
        n += cells[path].n
        total += cells[path].n * _mean(cells[path])
    return gone


def _mean(cell: Cell) -> float:
    """Of a cell that is shown: whoever answered has a mean."""
    assert cell.mean is not None
    return cell.mean


def _is_of_one_voice(mean: float) -> bool:
    return mean <= OF_ONE_VOICE or mean >= 100 - OF_ONE_VOICE


def _bounded(mean: float) -> float:
    return min(max(mean, LOWEST_MEAN), HIGHEST_MEAN)
