"""Erasing at a prompt, for operators with a shell."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from pmo_portal.common import clock
from pmo_portal.operations import erasing, selectors
from pmo_portal.operations.choices import ErasureState
from pmo_portal.operations.models import Erasure
from pmo_portal.tenants.models import Tenant


class Command(BaseCommand):
    help = (
        "Ask for a closed organisation to be erased, and erase it once that is due: 30 days after closing and a day after it was"
        " asked for. Cut off and called again, it goes on. Needs the login of pmo_eraser (DATABASE_ERASER_URL)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="the short name of the organisation")
        parser.add_argument("--confirm", required=True, help="the short name once more")

    def handle(self, *args: Any, **options: Any) -> None:
        slug = options["slug"]
        if options["confirm"] != slug:
            raise CommandError("--confirm needs the short name exactly as it is.")
        erasure = self._asked(slug)
        if erasure.due_at > clock.now():
            self.stdout.write(
                f"{erasure.reference}: {slug} will be erased from {erasure.due_at:%Y-%m-%d %H:%M %Z} on,"
                " by the worker or by this command. Until it begins it can be called off in the console."
            )
            return
        faults: list[str] = []
        state = erasing.go_on(
            erasure,
            at=clock.now(),
            told=lambda step: self.stdout.write(f"{step.table}: {step.rows}"),
            stopped=faults.append,
        )
        erasure.refresh_from_db()
        if faults:
            raise CommandError(faults[0])
        if state == ErasureState.CALLED_OFF:
            raise CommandError(f"{erasure.reference} was called off meanwhile.")
        if state != ErasureState.ERASED:
            raise CommandError(f"{erasure.reference} is being erased by another process.")
        self.stdout.write(
            f"{erasure.reference}: {slug} is erased, {erasure.total} rows and {erasure.logins_erased} logins."
        )

    def _asked(self, slug: str) -> Erasure:
        """The open erasure of an organisation; asked for now where there is none."""
        # Its last step takes the organisation before the record says so.
        open_one = selectors.erasures().filter(slug=slug, organisation__isnull=False).first()
        if open_one is not None:
            return open_one
        tenant = Tenant.objects.filter(slug=slug).first()
        if tenant is None:
            raise CommandError(f"There is no organisation {slug}.")
        try:
            return erasing.ask(
                tenant, typed=slug, version=tenant.version, at=clock.now(), acting=None
            )
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
