"""The management command of an importer: the same reading and writing as in the browser, at once."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from pmo_portal.common.tracking import acting_as
from pmo_portal.tenants.context import tenant_context
from pmo_portal.tenants.models import Tenant

from . import services
from .kinds import DamagedFile, Finding, ImportKind, Outcome, Parsed, import_kind

# More findings than this are only counted on the terminal.
SHOWN = 40


def in_lines(findings: Sequence[Finding], most: int = SHOWN) -> Iterator[str]:
    """What people should know of a file, a line for each row; of many, the first."""
    for finding in findings[:most]:
        where = f"line {finding.row}: " if finding.row else ""
        yield f"- {where}{finding.text}"
    if len(findings) > most:
        yield f"- and {len(findings) - most} more findings"


class ImportCommand(BaseCommand):
    """Subclasses name the kind. Nothing is written when the file is damaged."""

    kind_slug = ""
    # What the argument is called and what it names.
    argument = ("file", "the CSV file to read")

    def add_arguments(self, parser: ArgumentParser) -> None:
        name, text = self.argument
        parser.add_argument("path", metavar=name, type=Path, help=text)
        parser.add_argument("--tenant", required=True, help="short name of the organisation")
        parser.add_argument(
            "--preview", action="store_true", help="say what would change, write nothing"
        )

    def read(self, kind: ImportKind, path: Path) -> Parsed:
        """Read and check what the argument names."""
        return kind.parse(path.read_bytes())

    def handle(self, *args: Any, **options: Any) -> None:
        kind = import_kind(self.kind_slug)
        assert kind is not None
        tenant = Tenant.objects.filter(slug=options["tenant"]).first()
        if tenant is None or not tenant.is_active:
            raise CommandError(f"There is no active organisation called {options['tenant']!r}.")
        try:
            parsed = self.read(kind, options["path"])
        except OSError as error:
            raise CommandError(f"The file cannot be read: {error}") from None
        except DamagedFile as damage:
            raise CommandError(f"Nothing was imported. {damage}") from None
        with (
            tenant_context(tenant.id),
            acting_as(user_id=None, action=f"import {options['path'].name}"),
        ):
            apply = services.preview if options["preview"] else services.apply
            outcome = apply(kind, parsed)
        self.say(parsed, outcome)

    def say(self, parsed: Parsed, outcome: Outcome) -> None:
        self.stdout.write(f"{parsed.read} rows read.")
        for count in outcome.counts:
            self.stdout.write(
                f"{count.label}: {count.created} new, {count.changed} changed, {count.unchanged} unchanged"
            )
        for line in in_lines([*parsed.findings, *outcome.findings]):
            self.stdout.write(line)
        for left in parsed.not_carried:
            self.stdout.write(f"Not carried over: {left.what} ({left.count}): {left.why}")
        if outcome.changes_nothing:
            self.stdout.write("Everything was here already; nothing changed.")
