from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from pmo_portal.common import clock
from pmo_portal.jobs import services


class Command(BaseCommand):
    help = "Nudge jobs that nobody picked up and those whose worker died."

    def handle(self, *args: Any, **options: Any) -> None:
        nudged = services.sweep(at=clock.now())
        self.stdout.write(f"{nudged} jobs nudged.")
