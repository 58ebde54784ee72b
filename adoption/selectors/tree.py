"""The unit tree, once per question."""

from __future__ import annotations

from dataclasses import dataclass

from pmo_portal.tenants.models import BusinessUnit


@dataclass(frozen=True)
class Node:
    pk: int
    code: str
    name: str
    path: str
    headcount: int | None


class Tree:
    """All units of the tenant by id and by path: one statement, some hundred rows."""

    def __init__(self) -> None:
        rows = BusinessUnit.objects.values_list("pk", "code", "name", "path", "headcount")
        self.by_id = {row[0]: Node(*row) for row in rows}
        self.by_path = {node.path: node for node in self.by_id.values()}

    def upwards(self, unit_id: int) -> list[Node]:
        """The unit, what it is part of, and so on to the root."""
        node = self.by_id.get(unit_id)
        if node is None:
            return []
        parts = node.path.split("/")
        paths = ["/".join(parts[:depth]) for depth in range(len(parts), 0, -1)]
        return [self.by_path[path] for path in paths if path in self.by_path]

    def below(self, unit_id: int) -> list[Node]:
        node = self.by_id.get(unit_id)
        if node is None:
            return []
        return [other for path, other in self.by_path.items() if path.startswith(f"{node.path}/")]
