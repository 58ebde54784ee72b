"""What a bundle is: its files, their columns and keys, and the rows that were read of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Table:
    """One file: its columns in order with how each is read, and the columns that name a row."""

    columns: Mapping[str, str]
    key: tuple[str, ...]
    required: bool = False


TABLES: dict[str, Table] = {
    "programmes": Table(
        {
            "programme": "name",
            "portfolio": "words",
            "start_date": "some_day",
            "size": "ratio",
            "planned_golive_at_start": "some_day",
        },
        ("programme",),
        required=True,
    ),
    "units": Table(
        {"programme": "name", "unit": "name", "headcount": "some_count"}, ("programme", "unit")
    ),
    "snapshots": Table(
        {
            "programme": "name",
            "date": "day",
            "spi": "ratio",
            "cpi": "ratio",
            "burn_ratio": "ratio",
            "rag": "colour",
            "golive_date": "some_day",
            "in_crisis": "yes",
        },
        ("programme", "date"),
        required=True,
    ),
    "surveys": Table(
        {"programme": "name", "unit": "name", "date": "day", "score": "index", "n": "count"},
        ("programme", "unit", "date"),
    ),
    "comments": Table({"programme": "name", "unit": "name", "date": "day", "text": "words"}, ()),
    "training": Table(
        {
            "programme": "name",
            "unit": "name",
            "date": "day",
            "completed": "count",
            "enrolled": "count",
            "planned_share": "share",
        },
        ("programme", "unit", "date"),
    ),
    "flags": Table(
        {"programme": "name", "unit": "name", "date": "day", "flags": "count"},
        ("programme", "unit", "date"),
    ),
    "milestones": Table(
        {"programme": "name", "planned_date": "day", "missed": "yes", "actual_date": "some_day"},
        # Several of a programme may be planned for one day, and have no other name.
        (),
    ),
    "raid": Table(
        {
            "item": "item",
            "programme": "name",
            "opened_date": "day",
            "type": "kind",
            "category": "words",
            "probability": "one_to_five",
            "impact": "one_to_five",
            "escalated_date": "some_day",
            "closed_date": "some_day",
        },
        ("item",),
    ),
    "raid_updates": Table(
        {"item": "item", "date": "day", "mitigation_in_place": "yes"}, ("item", "date")
    ),
}
NAMES = frozenset(f"{name}.csv{packed}" for name in TABLES for packed in ("", ".gz"))


@dataclass
class Bundle:
    """The rows of every file, in the order of its columns and of the file."""

    tables: dict[str, Rows] = field(default_factory=lambda: {name: [] for name in TABLES})

    def __getitem__(self, name: str) -> Rows:
        return self.tables[name]

    def by_programme(self, name: str) -> dict[str, Rows]:
        """Rows of a table by programme, sorted by date where there is one."""
        columns = list(TABLES[name].columns)
        at = columns.index("programme")
        found: dict[str, Rows] = {}
        for row in self[name]:
            found.setdefault(row[at], []).append(row)
        if "date" in columns:
            when = columns.index("date")
            for rows in found.values():
                rows.sort(key=lambda row: row[when])
        return found
