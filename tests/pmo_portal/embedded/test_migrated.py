"""A database that was made from other texts of migrations is told from one that is only behind."""

import json
import os

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from pmo_portal.embedded.data import Unusable
from pmo_portal.embedded.migrated import compare_and_note, digests

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def owner(owner_url):
    """The database of this test as its owner, who migrates."""
    opened = connection.copy()
    opened.settings_dict = {
        **connection.settings_dict,
        "USER": "pmo_owner",
        "PASSWORD": os.environ.get("PMO_OWNER_PASSWORD", ""),
    }
    yield opened
    _note(opened, json.dumps(digests()))
    opened.close()


def _note(opened, text):
    with opened.cursor() as cursor:
        cursor.execute("COMMENT ON TABLE django_migrations IS %s", [text])


def test_what_was_noted_when_the_database_was_made_holds(owner):
    """The template of the tests was migrated by the command."""
    names = set(digests())
    assert {"tenants.0001_initial", "forecasting.0001_initial"} <= names
    assert not any(name.startswith(("auth.", "sessions.")) for name in names)
    compare_and_note(owner, digests())


def test_a_migration_that_was_added_is_only_not_applied_yet(owner):
    compare_and_note(owner, {**digests(), "desk.0002_more": "of tomorrow"})


def test_an_older_version_in_between_forgets_nothing(owner):
    tomorrow = {**digests(), "desk.0002_more": "of tomorrow"}
    compare_and_note(owner, tomorrow)
    recorder = MigrationRecorder(owner)
    recorder.record_applied("desk", "0002_more")
    try:
        compare_and_note(owner, digests())
        compare_and_note(owner, tomorrow)
    finally:
        recorder.record_unapplied("desk", "0002_more")


def test_one_that_was_written_anew_is_refused_by_name_and_stays_refused(owner):
    anew = {**digests(), "desk.0001_initial": "written anew"}
    for _ in range(2):
        with pytest.raises(
            Unusable, match=r"\(desk.0001_initial\), and cannot be brought up to date"
        ):
            compare_and_note(owner, anew)
    compare_and_note(owner, digests())


def test_a_database_of_which_nobody_noted_what_it_was_made_from_is_refused(owner):
    _note(owner, None)
    with pytest.raises(Unusable, match=r"\(accounts.0001_initial and \d+ more\)"):
        compare_and_note(owner, digests())
