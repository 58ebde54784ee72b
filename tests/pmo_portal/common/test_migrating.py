"""A fresh database is made in seconds."""

from __future__ import annotations

from django.db.migrations.loader import MigrationLoader

from pmo_portal.common.migrating import InitialMigration
from pmo_portal.embedded.migrated import digests


def test_every_app_of_ours_makes_its_first_tables_from_one_picture() -> None:
    """Also where an initial migration was written anew (decision 0029)."""
    ours = digests()
    first = [
        migration
        for (app, name), migration in MigrationLoader(None).disk_migrations.items()
        if f"{app}.{name}" in ours and migration.initial
    ]
    assert len(first) >= 11
    assert [each for each in first if not isinstance(each, InitialMigration)] == []
