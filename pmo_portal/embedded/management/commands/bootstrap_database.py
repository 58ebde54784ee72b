"""`manage.py bootstrap_database`: what a superuser does once for a database."""

from __future__ import annotations

import os
from typing import Any

import psycopg
from django.core.management.base import BaseCommand, CommandError

from pmo_portal.embedded.bootstrap import LOGINS, bootstrap, database_of, is_superuser
from pmo_portal.embedded.environment import read_secret


class Command(BaseCommand):
    help = (
        "Make the roles pmo_owner, pmo_app, pmo_worker, pmo_eraser and pmo_backup, the"
        " database and its default rights. Log in as superuser (DATABASE_URL). Passwords come from"
        " PMO_OWNER_PASSWORD and so on, or the same names with _FILE; what is not given stays as it is."
    )
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def handle(self, *args: Any, **options: Any) -> None:
        url = os.environ["DATABASE_URL"]
        try:
            if not is_superuser(url):
                raise CommandError(
                    "Roles are made by a superuser; the login of DATABASE_URL is none."
                )
            passwords = {role: read_secret(f"{role.upper()}_PASSWORD") for role in LOGINS}
            bootstrap(url, passwords=passwords)
        except psycopg.Error as error:
            raise CommandError(f"The database refused: {error}") from error
        self.stdout.write(f"Roles and rights of the database {database_of(url)} are in place.")
