"""Which text of each migration a database was made from.

Until the first release initial migrations are rewritten in place (decision 0029). A database made before has other tables
under the same names of migrations, so that nothing seems to be left to do, and pages fail one by one.
"""

from __future__ import annotations

import hashlib
import inspect
import json
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models.signals import pre_migrate

from .data import Unusable

# The note is a comment in the database, so that it goes wherever that goes.
_READ = "SELECT obj_description('django_migrations'::regclass, 'pg_class')"
_WRITE = "COMMENT ON TABLE django_migrations IS %s"


def watch() -> None:
    """Compare and note whenever migrations are about to run."""
    # Django tells every app that has tables; once is enough.
    pre_migrate.connect(
        _before_migrations, sender=apps.get_app_config("tenants"), dispatch_uid="migrated"
    )


def _before_migrations(using: str, **more: Any) -> None:
    compare_and_note(connections[using], digests())


def digests() -> dict[str, str]:
    """Of each migration of the portal's own apps, by its name."""
    loader = MigrationLoader(None)
    found = {}
    for (app, name), migration in loader.disk_migrations.items():
        path = Path(inspect.getfile(type(migration)))
        if path.is_relative_to(settings.BASE_DIR) and "site-packages" not in path.parts:
            found[f"{app}.{name}"] = _digest(path.read_text(encoding="utf-8"))
    return found


def _digest(text: str) -> str:
    """Of a text that was read, so that line ends of another system make no other one."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def compare_and_note(connection: BaseDatabaseWrapper, current: dict[str, str]) -> None:
    """Before anything is applied, note what will be: a start that is cut off can then go on.

    Raises:
        Unusable: what was applied here was written anew since, or nobody noted what it was.
    """
    recorder = MigrationRecorder(connection)
    applied = {f"{app}.{name}" for app, name in recorder.applied_migrations()} & set(current)
    recorder.ensure_schema()
    noted = _read(connection)
    other = sorted(name for name in applied if noted.get(name) != current[name])
    if other:
        raise Unusable(
            "This database was made by another version of the portal, whose tables may differ"
            f" ({other[0]}{f' and {len(other) - 1} more' if other[1:] else ''}), and cannot be brought up to date."
            " Nothing was changed. Use the version that made it. Else, where the portal keeps the database in a folder of its"
            " own, choose another one with `up --data`, or delete what is in it with `up --reset`; and where the database is"
            " yours, make a new one."
        )
    with connection.cursor() as cursor:
        # What a later version applied stays noted: it may come back after this one.
        cursor.execute(_WRITE, [json.dumps({**noted, **current})])


def _read(connection: BaseDatabaseWrapper) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(_READ)
        (text,) = cursor.fetchone()
    return dict(json.loads(text)) if text else {}
