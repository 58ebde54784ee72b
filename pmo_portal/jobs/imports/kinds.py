"""What an importer is: one function that reads, one that writes. No database in here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

Text = str | Promise

# So many findings are kept to be read; the others are only counted.
FINDINGS_KEPT = 500


class DamagedFile(Exception):
    """The file cannot be read at all: nothing is imported. The message is a sentence for people."""


@dataclass(frozen=True)
class Finding:
    """Something about one row that people should know. `row` is the line of the file, 1 for the heading.

    `level` is `error` (the row, or a value of it, was left out) or `note` (carried over, worth a look).
    """

    row: int | None
    text: str
    level: str = "error"


@dataclass(frozen=True)
class NotCarried:
    """A column or kind of value that has no place here, with the reason and how often it occurs."""

    what: str
    why: str
    count: int = 0


@dataclass(frozen=True)
class Count:
    """What an import does to one kind of thing."""

    label: str
    created: int = 0
    changed: int = 0
    unchanged: int = 0


@dataclass
class Parsed:
    """A file as the importer understood it. `rows` is whatever `apply` of the same importer takes."""

    rows: Sequence[Any]
    read: int = 0
    findings: list[Finding] = field(default_factory=list)
    not_carried: list[NotCarried] = field(default_factory=list)


@dataclass
class Outcome:
    """What was written (or would be, in a preview)."""

    counts: list[Count] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def changes_nothing(self) -> bool:
        return not any(count.created or count.changed for count in self.counts)


@dataclass(frozen=True)
class ImportKind:
    """A kind of file.

    `parse` takes the bytes and raises `DamagedFile`; it runs outside any transaction and reads no database.
    `apply` runs in one transaction in the tenant's context, writes through services (`acting=None`, because
    `action` was asked before), and is idempotent. The preview runs `apply` too and rolls it back: what it
    says is what will happen.
    """

    slug: str
    title: Text
    action: str
    parse: Callable[[bytes], Parsed]
    apply: Callable[[Parsed], Outcome]
    # What the file is and which columns it has, in a sentence or two on the upload page.
    help_text: Text = ""
    extensions: tuple[str, ...] = (".csv",)
    # Said after a successful import, with this address: `done_url(tenant_slug)`.
    done_url: Callable[[str], str] | None = None


_kinds: dict[str, ImportKind] = {}


def register_import(kind: ImportKind) -> None:
    """Offer a kind of file; called in `AppConfig.ready`."""
    if kind.slug in _kinds:
        raise RuntimeError(f"Two importers named {kind.slug}.")
    _kinds[kind.slug] = kind


def import_kind(slug: str) -> ImportKind | None:
    return _kinds.get(slug)


def import_kinds() -> tuple[ImportKind, ...]:
    return tuple(_kinds.values())
