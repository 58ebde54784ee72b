from __future__ import annotations

import time
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from forecasting.bundle.reading import files_in, parse
from pmo_portal.jobs.imports import DamagedFile, Parsed
from pmo_portal.jobs.imports.commands import in_lines
from pmo_portal.jobs.imports.kinds import import_kind
from pmo_portal.jobs.imports.services import apply
from pmo_portal.tenants import bulk
from pmo_portal.tenants.context import tenant_context
from pmo_portal.tenants.services import create_tenant


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"'{text}' is no date like 2026-11-23.") from None


class Command(BaseCommand):
    help = (
        "Walk a history bundle week by week as if it were happening: what the scores would have said, learned from "
        "what was known before each week. Works on a database of its own, which is taken away afterwards."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="the folder of the bundle")
        parser.add_argument("--out", type=Path, required=True, help="the folder to write into")
        parser.add_argument(
            "--score-from",
            type=_day,
            metavar="YYYY-MM-DD",
            help="write scores from this day on; earlier weeks are only learned from",
        )
        parser.add_argument(
            "--check",
            action="store_true",
            help="only look whether the bundle can be read and the scores be written; asks no database",
        )

    def handle(
        self,
        *args: Any,
        folder: Path,
        out: Path,
        score_from: date | None,
        check: bool,
        **options: Any,
    ) -> None:
        # They need numpy, which other commands do without.
        from forecasting.replay import telling as replay

        if out.exists() and not out.is_dir():
            raise CommandError(f"{out} is a file; name a folder to write into.")
        try:
            parsed = parse(files_in(folder))
        except DamagedFile as damage:
            raise CommandError(str(damage)) from damage
        _refuse_without_weeks(parsed, score_from)
        try:
            _try_to_write(out)
            if check:
                return
            with replay.written_whole(out) as made:
                self._walk(parsed, made, score_from)
        except OSError as error:
            raise CommandError(f"{out} cannot be written into: {error.strerror}.") from error
        self.stdout.write(f"Done: {out}")

    def _walk(self, parsed: Parsed, made: Path, score_from: date | None) -> None:
        from forecasting.replay import telling as replay

        started = time.perf_counter()

        def say(text: str) -> None:
            self.stdout.write(f"{time.perf_counter() - started:6.1f} s  {text}")

        (bundle,) = parsed.rows
        tenant = create_tenant(slug="replay", name="Replay")
        with tenant_context(tenant.id):
            bulk.plan_for_new_rows()
            kind = import_kind("history")
            assert kind is not None
            outcome = apply(kind, parsed)
            for line in in_lines([*parsed.findings, *outcome.findings]):
                self.stdout.write(line)
            say("Imported.")
            replayed = replay.replay(bundle, progress=say)
            replayed = replay.with_other_surveys(replayed, bundle)
            say("Walked again with every survey cell, and with none.")
            replay.write(replayed, made, since=score_from, progress=say)


def _try_to_write(out: Path) -> None:
    """Write something where the folder is or will be, and take it away again.

    Raises:
        OSError: that cannot be done.
    """
    nearest = next(each for each in (out, *out.parents) if each.exists())
    with TemporaryDirectory(prefix=".replay-", dir=nearest):
        pass


def _refuse_without_weeks(parsed: Parsed, score_from: date | None) -> None:
    """Refuse a bundle of which no week can be told.

    Raises:
        CommandError: there is none, or none so late.
    """
    days = [row[1] for row in parsed.rows[0]["snapshots"]]
    if not days:
        wrong = "".join(f"\n{line}" for line in in_lines(parsed.findings, most=3))
        raise CommandError(f"snapshots.csv holds no week of any programme.{wrong}")
    if score_from is not None and score_from > max(days):
        raise CommandError(
            f"No week lies on or after {score_from}: those of the bundle go from {min(days)} to {max(days)}."
        )
