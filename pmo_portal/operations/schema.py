"""What the catalogue of the database says about tables with a tenant: which there are, and what points at what.

Asked instead of written down, so that a table that is added later is erased like every other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any

# Runs a statement on whatever login and gives its rows.
Ask = Callable[[str], Sequence[tuple[Any, ...]]]

_TABLES = """
    SELECT c.relname,
           (SELECT k.attname FROM pg_index i
            JOIN pg_attribute k ON k.attrelid = c.oid AND k.attnum = i.indkey[0]
            WHERE i.indrelid = c.oid AND i.indisprimary)
    FROM pg_class c
    JOIN pg_attribute t ON t.attrelid = c.oid AND t.attname = 'tenant_id' AND NOT t.attisdropped
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
    ORDER BY c.relname
"""
# Keys of one column; the twins of two columns point the same way.
_KEYS = """
    SELECT child.relname, mine.attname, parent.relname, theirs.attname
    FROM pg_constraint k
    JOIN pg_class child ON child.oid = k.conrelid
    JOIN pg_class parent ON parent.oid = k.confrelid
    JOIN pg_attribute mine ON mine.attrelid = child.oid AND mine.attnum = k.conkey[1]
    JOIN pg_attribute theirs ON theirs.attrelid = parent.oid AND theirs.attnum = k.confkey[1]
    WHERE k.contype = 'f' AND cardinality(k.conkey) = 1
      AND k.connamespace = 'public'::regnamespace
    ORDER BY 1, 2
"""


@dataclass(frozen=True)
class Table:
    """A table with a tenant, and its primary key."""

    name: str
    key: str


@dataclass(frozen=True)
class Key:
    """A foreign key: `child.column` points at `parent.target`."""

    child: str
    column: str
    parent: str
    target: str


def tables(ask: Ask) -> list[Table]:
    """Every table with a tenant, trails and global ones among them."""
    return [Table(name, key) for name, key in ask(_TABLES)]


def keys(ask: Ask) -> list[Key]:
    return [Key(*row) for row in ask(_KEYS)]


def children_first(
    names: Sequence[str], points_at: Mapping[str, set[str]]
) -> list[tuple[list[str], bool]]:
    """Tables in an order in which nothing goes before what points at it.

    Tables that point at each other in a circle, or one at itself, cannot be taken apart: they come as one group, marked.

    Args:
        names: of the tables.
        points_at: for a table those it has foreign keys to; others than `names` do not count.
    """
    reached = {name: _reached(name, points_at) for name in names}
    circle = {
        name: frozenset(
            [name, *(other for other in reached[name] if name in reached.get(other, ()))]
        )
        for name in names
    }
    sorter: TopologicalSorter[frozenset[str]] = TopologicalSorter()
    for name in names:
        sorter.add(circle[name])
        for parent in points_at.get(name, set()) & circle.keys():
            if circle[parent] != circle[name]:
                sorter.add(circle[parent], circle[name])
    return [
        (sorted(group), any(name in reached[name] for name in group))
        for group in sorter.static_order()
    ]


def _reached(name: str, points_at: Mapping[str, set[str]]) -> set[str]:
    """What can be come to from a table along its keys; itself only by a circle."""
    found: set[str] = set()
    waiting = list(points_at.get(name, ()))
    while waiting:
        other = waiting.pop()
        if other not in found:
            found.add(other)
            waiting += points_at.get(other, ())
    return found


def parents(found: Sequence[Key]) -> dict[str, set[str]]:
    """For each table those it points at."""
    points_at: dict[str, set[str]] = defaultdict(set)
    for key in found:
        points_at[key.child].add(key.parent)
    return points_at
