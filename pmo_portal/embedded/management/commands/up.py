"""`manage.py up`: the whole portal on a machine with only Python."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pmo_portal.embedded.data import DataFolder, Unusable, default_folder
from pmo_portal.embedded.portal import Crashed, Portal


class Command(BaseCommand):
    help = (
        "Start database, broker, worker, scheduler and web server on this machine, for trying out and"
        " development. Honours DATABASE_URL and REDIS_URL. Stop with Ctrl-C."
    )
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
        parser.add_argument("--data", type=Path, help="the folder that keeps everything (PMO_DATA)")
        parser.add_argument("--demo", action="store_true", help="with two invented organisations")
        parser.add_argument(
            "--reset", action="store_true", help="delete the data first, after asking"
        )
        parser.add_argument("--no-input", action="store_true", help="do not ask before --reset")

    def handle(self, *args: Any, **options: Any) -> None:
        data = DataFolder(options["data"].expanduser() if options["data"] else default_folder())
        # Commands in other terminals, and children, find the same folder.
        os.environ["PMO_DATA"] = str(data.path)
        try:
            data.prepare()
            with data.alone() as alone:
                if not alone:
                    raise Unusable(self._somebody_else(data))
                if options["reset"]:
                    self._reset(data, ask=not options["no_input"])
                Portal(data, say=self._say).run(port=options["port"], demo=options["demo"])
        except (Unusable, Crashed) as reason:
            raise CommandError(str(reason)) from reason

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def _somebody_else(self, data: DataFolder) -> str:
        running = data.running()
        where = running.get("address")
        who = f" (process {running['pid']})" if "pid" in running else ""
        return (
            f"The portal already runs on {data.path}{who}{f', at {where}' if where else ''}."
            " Use that one, stop it, or start a second one on another folder with --data."
        )

    def _reset(self, data: DataFolder, *, ask: bool) -> None:
        if ask:
            if not sys.stdin.isatty():
                raise Unusable("--reset asks before it deletes; without a terminal add --no-input.")
            answer = input(f"Delete the database, uploads and secrets in {data.path}? [y/N] ")
            if answer.strip().lower() not in {"y", "yes"}:
                raise Unusable("Nothing was deleted and nothing started.")
        data.reset()
        data.prepare()
