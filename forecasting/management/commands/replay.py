from __future__ import annotations

import time
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from forecasting.bundle.reading import files_in, parse
from pmo_portal.jobs.imports import DamagedFile
from pmo_portal.jobs.imports.kinds import import_kind
from pmo_portal.jobs.imports.services import apply
from pmo_portal.tenants.context import tenant_context
from pmo_portal.tenants.services import create_tenant


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
            type=date.fromisoformat,
            metavar="YYYY-MM-DD",
            help="write scores from this day on; earlier weeks are only learned from",
        )

    def handle(
        self, *args: Any, folder: Path, out: Path, score_from: date | None, **options: Any
    ) -> None:
        # They need numpy, which other commands do without.
        from forecasting import replay

        started = time.perf_counter()

        def say(text: str) -> None:
            self.stdout.write(f"{time.perf_counter() - started:6.1f} s  {text}")

        if out.exists() and not out.is_dir():
            raise CommandError(f"{out} is a file; name a folder to write into.")
        try:
            parsed = parse(files_in(folder))
        except DamagedFile as damage:
            raise CommandError(str(damage)) from damage
        tenant = create_tenant(slug="replay", name="Replay")
        with tenant_context(tenant.id):
            kind = import_kind("history")
            assert kind is not None
            apply(kind, parsed)
            say("Imported.")
            days = replay.reported_days()
            if not days:
                raise CommandError("The bundle holds no week of any programme.")
            replayed = replay.replay(days, progress=say)
            replayed = replay.with_other_surveys(replayed, parsed.rows[0])
            say("Walked again with every survey cell, and with none.")
            replay.write(replayed, out, since=score_from, progress=say)
        say(f"Done: {out}")
