from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from pmo_portal.accounts.models import User
from pmo_portal.accounts.services.members import note_proven
from pmo_portal.common import clock
from pmo_portal.scorecards.demo.load import PASSWORD, load
from pmo_portal.scorecards.demo.stories import organisation
from pmo_portal.tenants import bulk
from pmo_portal.tenants.models import Tenant

OPERATOR = "ops@portal.example"
ORGANISATIONS = ("northshire", "brightwater")


class Command(BaseCommand):
    help = "Make two invented organisations with eighteen months of history up to today, one with an older past."

    def handle(self, *args: Any, **options: Any) -> None:
        # All or nothing: of an organisation that is there, everything is.
        with transaction.atomic():
            self._seed()

    def _seed(self) -> None:
        bulk.plan_for_new_rows()
        now, today = clock.now(), clock.today()
        for slug in ORGANISATIONS:
            told = organisation(slug)
            if Tenant.objects.filter(slug=slug).exists():
                self.stdout.write(f"{told.name} is there already; nothing was changed.")
                continue
            load(told, today=today, now=now)
            self.stdout.write(f"{told.name}: {len(told.stories)} programmes.")
        if not User.objects.filter(email=OPERATOR).exists():
            operator = User.objects.create_user(
                OPERATOR, PASSWORD, name="Olive Operator", is_operator=True
            )
            note_proven(operator, OPERATOR)
