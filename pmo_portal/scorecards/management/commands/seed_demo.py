from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from pmo_portal.accounts.models import User
from pmo_portal.accounts.services.members import note_proven
from pmo_portal.common import clock
from pmo_portal.scorecards.demo.brightwater import BRIGHTWATER
from pmo_portal.scorecards.demo.load import PASSWORD, load
from pmo_portal.scorecards.demo.northshire import NORTHSHIRE
from pmo_portal.tenants.models import Tenant

OPERATOR = "ops@portal.example"


class Command(BaseCommand):
    help = "Make two invented organisations with eighteen months of history up to today."

    def handle(self, *args: Any, **options: Any) -> None:
        now, today = clock.now(), clock.today()
        for organisation in (NORTHSHIRE, BRIGHTWATER):
            if Tenant.objects.filter(slug=organisation.slug).exists():
                self.stdout.write(f"{organisation.name} is there already; nothing was changed.")
                continue
            load(organisation, today=today, now=now)
            self.stdout.write(f"{organisation.name}: {len(organisation.stories)} programmes.")
        with transaction.atomic():
            if not User.objects.filter(email=OPERATOR).exists():
                operator = User.objects.create_user(
                    OPERATOR, PASSWORD, name="Olive Operator", is_operator=True
                )
                note_proven(operator, OPERATOR)
