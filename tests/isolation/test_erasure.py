"""An organisation is erased: nothing of it is left anywhere, and nothing of anybody else is touched.

Every table of every organisation is filled by the factories, as elsewhere here; a table that is added later is looked at without
a word in this file. What is left is looked for by the superuser, whom no tenant binds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.db import connection, models
from django.test import Client
from django.utils import timezone
from psycopg import sql

from forecasting.models import SharedPrior
from pmo_portal.accounts.models import Membership, User
from pmo_portal.operations import eraser, erasing, selectors, tasks
from pmo_portal.operations.choices import ErasureState
from pmo_portal.operations.models import Erasure
from pmo_portal.tenants.choices import GLOBAL_MODELS
from pmo_portal.tenants.context import tenant_context
from pmo_portal.tenants.models import Person, Tenant
from programmes.models import Milestone, Programme
from tests.database import login
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.forecasting import SharedPriorFactory
from tests.factories.registry import factory_for
from tests.factories.tenants import UnitFactory
from tests.killing import held_at, kill_at
from tests.people import BACKEND

from .discovery import tenant_models, trail_models
from .world import MARKER, World

pytestmark = pytest.mark.django_db(transaction=True)

LONG_AGO = timedelta(days=40)


@pytest.fixture
def eraser_url(settings, db) -> str:
    settings.DATABASE_ERASER_URL = login("pmo_eraser", connection.settings_dict["NAME"])
    return settings.DATABASE_ERASER_URL


@pytest.fixture
def everything(superuser_url) -> Iterator[psycopg.Connection]:
    with psycopg.connect(superuser_url, autocommit=True) as connected:
        yield connected


@pytest.fixture
def neighbour(other: World) -> World:
    """Borealis, in global tables too."""
    _fill_global_tables(other)
    return other


def _fill_global_tables(world: World) -> None:
    for label in sorted(GLOBAL_MODELS):
        model = apps.get_model(label)
        if any(column.name == "tenant" for column in model._meta.concrete_fields):
            with tenant_context(world.tenant.id):
                factory_for(model)(tenant=world.tenant)


@pytest.fixture
def doomed(marked: World) -> World:
    """Acme, closed long ago, with its words in every place that may hold any."""
    with tenant_context(marked.tenant.id):
        for model in tenant_models():
            _mark_json(model)
    _fill_global_tables(marked)
    marked.tenant.name = f"{MARKER} plc"
    marked.tenant.status = "closed"
    marked.tenant.status_since = timezone.now() - LONG_AGO
    marked.tenant.save()
    return marked


def _mark_json(model: type[models.Model]) -> None:
    """The mark in every column of JSON that takes what it likes."""
    for column in model._meta.concrete_fields:
        if isinstance(column, models.JSONField):
            model._base_manager.update(**{column.name: {"said": MARKER}})


def _ask(tenant: Tenant) -> Erasure:
    tenant.refresh_from_db()
    return erasing.ask(
        tenant,
        typed=tenant.slug,
        version=tenant.version,
        at=timezone.now() - timedelta(days=2),
        acting=None,
    )


def _erase(tenant: Tenant) -> Erasure:
    asked = _ask(tenant)
    state = erasing.go_on(asked, at=timezone.now())
    asked.refresh_from_db()
    assert state == asked.state == ErasureState.ERASED, asked.fault
    return asked


def _tables(everything: psycopg.Connection) -> list[str]:
    found = everything.execute(
        "SELECT table_name FROM information_schema.tables"
        " WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1"
    )
    return [name for (name,) in found.fetchall()]


def _with_tenant(everything: psycopg.Connection) -> list[str]:
    found = everything.execute(
        "SELECT table_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND column_name = 'tenant_id' ORDER BY 1"
    )
    return [name for (name,) in found.fetchall()]


def _holding(everything: psycopg.Connection, text: str) -> list[str]:
    """Tables with a row that has a text in any of its columns."""
    return [
        name
        for name in _tables(everything)
        if everything.execute(
            sql.SQL("SELECT EXISTS (SELECT FROM {table} WHERE {table}::text LIKE %s)").format(
                table=sql.Identifier(name)
            ),
            [f"%{text}%"],
        ).fetchone()
        == (True,)
    ]


def _prints(everything: psycopg.Connection, tenant: Tenant) -> dict[str, tuple[int, str]]:
    """Number of rows and a hash of them, for every table of an organisation."""
    found = {}
    for name in _with_tenant(everything):
        rows = everything.execute(
            sql.SQL("SELECT {table}::text FROM {table} WHERE tenant_id = %s ORDER BY 1").format(
                table=sql.Identifier(name)
            ),
            [tenant.pk],
        ).fetchall()
        found[name] = len(rows), hashlib.sha256(repr(rows).encode()).hexdigest()
    return found


def test_nothing_of_it_is_left_and_nobody_else_is_touched(
    doomed: World, neighbour: World, operator, everything, eraser_url
):
    browsers = {who: Client() for who in ("dana", "vic")}
    for who, browser in browsers.items():
        browser.force_login(doomed.people[who].user, backend=BACKEND)
        session = browser.session
        session["_messages"] = f"{MARKER} was saved."
        session.save()
    # Signed with a key that the eraser does not have, as at a prompt: known by the list of who is signed in.
    elsewhere = Client()
    elsewhere.force_login(doomed.people["cam"].user, backend=BACKEND)
    cookie = elsewhere.session.session_key
    everything.execute("UPDATE django_session SET session_data = 'x' || session_data WHERE session_key = %s", [cookie])  # fmt: skip
    UserSession.objects.create(user=doomed.people["cam"].user, session_key=cookie, ip="::1")  # fmt: skip
    theirs = Client()
    theirs.force_login(neighbour.people["dana"].user, backend=BACKEND)
    # Vic works for Borealis too; Sam was there once.
    for who, active in (("vic", True), ("sam", False)):
        with tenant_context(neighbour.tenant.id):
            MembershipFactory(
                tenant=neighbour.tenant, user=doomed.people[who].user, is_active=active
            )
    with tenant_context(doomed.tenant.id):
        MembershipFactory(tenant=doomed.tenant, user=operator)
    SharedPriorFactory()
    priors = list(SharedPrior.objects.values())
    key = str(doomed.tenant.pk)
    # What is looked for is found everywhere as long as it is there; a table that stays empty would prove nothing.
    assert {model._meta.db_table for model in tenant_models()} <= set(_holding(everything, key))
    assert len(_holding(everything, MARKER)) > 60
    empty = [
        table for table, (rows, _hash) in _prints(everything, doomed.tenant).items() if not rows
    ]
    trails = {model._meta.db_table for model in trail_models()}
    assert set(empty) <= trails
    assert len(trails - set(empty)) > 30
    before = _prints(everything, neighbour.tenant)
    users_of_others = _rows_of_users(everything, "borealis.example")

    record = _erase(doomed.tenant)

    assert _holding(everything, key) == []
    assert _holding(everything, MARKER) == []
    for name in _with_tenant(everything):
        left = everything.execute(
            sql.SQL("SELECT count(*) FROM {} WHERE tenant_id = %s").format(sql.Identifier(name)),
            [doomed.tenant.pk],
        ).fetchone()
        assert left == (0,), name
    assert not Tenant.objects.filter(slug="acme").exists()
    assert _prints(everything, neighbour.tenant) == before
    assert _rows_of_users(everything, "borealis.example") == users_of_others
    assert list(SharedPrior.objects.values()) == priors
    assert set(
        User.objects.filter(email__endswith="@acme.example").values_list("name", flat=True)
    ) == {
        "Vic Vance",
        "Sam Sato",
    }
    assert User.objects.filter(pk=operator.pk).exists()
    assert _sessions(everything) == [theirs.session.session_key]
    assert browsers["vic"].get("/").url.startswith("/accounts/login/")
    assert theirs.get("/t/borealis/people/").status_code == 200
    assert record.slug == "acme"
    assert (record.logins_kept, record.logins_erased) == (3, len(doomed.people) - 1)
    assert record.done == record.total == sum(record.counts.values())


def _rows_of_users(everything: psycopg.Connection, domain: str) -> list[tuple]:
    return everything.execute(
        "SELECT u::text FROM accounts_user u WHERE email LIKE %s ORDER BY 1", [f"%{domain}"]
    ).fetchall()


def _sessions(everything: psycopg.Connection) -> list[str]:
    return [key for (key,) in everything.execute("SELECT session_key FROM django_session")]


def test_wherever_it_is_cut_off_it_ends_in_the_same_state(
    doomed: World, neighbour: World, everything, eraser_url, monkeypatch
):
    """Stopped after every single transaction and begun anew, also in the middle of a table."""
    monkeypatch.setattr(eraser, "BATCH", 20)
    before = _prints(everything, neighbour.tenant)
    counted = sum(rows for rows, _hash in _prints(everything, doomed.tenant).values())
    asked = _ask(doomed.tenant)
    runs = 0
    while asked.state != ErasureState.ERASED:
        erasing.go_on(asked, at=timezone.now(), enough=lambda: True)
        asked.refresh_from_db()
        assert asked.fault == ""
        runs += 1
        assert runs < counted
    assert runs > len(tenant_models())
    assert _holding(everything, str(doomed.tenant.pk)) == []
    assert _holding(everything, MARKER) == []
    assert _prints(everything, neighbour.tenant) == before
    # What was counted at first, not what the last run found.
    assert asked.done == asked.total == counted
    # Once more changes nothing.
    assert erasing.go_on(asked, at=timezone.now()) == ErasureState.ERASED


@pytest.mark.processes
def test_a_worker_that_is_killed_in_the_middle_leaves_nothing_undone(
    doomed: World, neighbour: World, everything, eraser_url, superuser_url
):
    """Killed while it deletes programmes: their rows are gone, they and the people are there."""
    before = _prints(everything, neighbour.tenant)
    counted = {name: rows for name, (rows, _hash) in _prints(everything, doomed.tenant).items() if rows}  # fmt: skip
    logins = selectors.logins_of(doomed.tenant)
    asked = _ask(doomed.tenant)
    programmes = Programme._meta.db_table
    kill_at(
        f"SELECT FROM {programmes} WHERE tenant_id = '{doomed.tenant.pk}' FOR UPDATE",
        "from pmo_portal.operations.tasks import erase_due\nerase_due()",
        superuser_url=superuser_url,
    )
    asked.refresh_from_db()
    assert asked.state == ErasureState.ERASING
    left = _prints(everything, doomed.tenant)
    assert 0 < asked.done == sum(counted.values()) - sum(rows for rows, _hash in left.values())
    assert left[Milestone._meta.db_table][0] == 0
    assert left[programmes][0] == counted[programmes]

    assert tasks.erase_due() == 1

    asked.refresh_from_db()
    assert (asked.state, asked.fault) == (ErasureState.ERASED, "")
    # What the record says is what there was before the first run, as if nobody had been killed.
    assert asked.counts == counted
    assert asked.done == asked.total == sum(counted.values())
    assert (asked.logins_erased, asked.logins_kept) == (logins["going"], logins["staying"])
    assert _holding(everything, str(doomed.tenant.pk)) == []
    assert _holding(everything, MARKER) == []
    assert _prints(everything, neighbour.tenant) == before


@pytest.mark.processes
def test_it_is_called_off_while_the_job_counts(
    doomed: World, everything, eraser_url, superuser_url, operator, client_for
):
    """However long counting takes: the operator is told at once, and the job sees it before the first row goes."""
    before = _prints(everything, doomed.tenant)
    asked = _ask(doomed.tenant)
    browser = client_for(operator)
    # No table of the console: only the count waits for it.
    with held_at(
        f"LOCK TABLE {Programme._meta.db_table} IN ACCESS EXCLUSIVE MODE",
        "from pmo_portal.operations.tasks import erase_due\nassert erase_due() == 0",
        superuser_url=superuser_url,
    ) as held:
        assert "call-off" in browser.get(asked.get_absolute_url()).content.decode()
        answer = browser.post(f"{asked.get_absolute_url()}call-off/")
        assert (answer.status_code, answer.url) == (303, asked.get_absolute_url())
        assert "was called off" in browser.get(answer.url).content.decode()
        held.let_go()
    asked.refresh_from_db()
    assert (asked.state, asked.begun_at, asked.fault) == (ErasureState.CALLED_OFF, None, "")
    assert _prints(everything, doomed.tenant) == before


@pytest.mark.processes
def test_whoever_calls_off_while_rows_go_is_told_at_once_that_it_is_too_late(
    doomed: World, eraser_url, superuser_url, operator, client_for
):
    asked = _ask(doomed.tenant)
    browser = client_for(operator)
    with held_at(
        f"SELECT FROM {Programme._meta.db_table} WHERE tenant_id = '{doomed.tenant.pk}' FOR UPDATE",
        "from pmo_portal.operations.tasks import erase_due\nassert erase_due() == 1",
        superuser_url=superuser_url,
    ) as held:
        answer = browser.post(f"{asked.get_absolute_url()}call-off/")
        assert answer.status_code == 409
        assert "too late" in answer.content.decode()
        held.let_go()
    asked.refresh_from_db()
    assert (asked.state, asked.called_off_at) == (ErasureState.ERASED, None)


def test_a_crash_between_the_last_row_and_the_record_is_made_good(
    doomed: World, everything, eraser_url, monkeypatch
):
    asked = _ask(doomed.tenant)
    with monkeypatch.context() as patch:
        patch.setattr(erasing, "_finish", _crash)
        with pytest.raises(RuntimeError, match="crash"):
            erasing.go_on(asked, at=timezone.now())
    asked.refresh_from_db()
    assert asked.state == ErasureState.ERASING
    assert not Tenant.objects.filter(slug="acme").exists()
    assert erasing.go_on(asked, at=timezone.now()) == ErasureState.ERASED
    assert _holding(everything, str(doomed.tenant.pk)) == []


def _crash(*args, **kwargs):
    raise RuntimeError("crash")


def test_a_batch_is_kept_or_undone_as_a_whole(doomed: World, eraser_url, monkeypatch):
    """Cut off inside the transaction that takes memberships and logins: no login is left without its organisation."""
    asked = _ask(doomed.tenant)
    with monkeypatch.context() as patch:
        patch.setattr(eraser.Eraser, "_delete_login", _crash)
        with pytest.raises(RuntimeError, match="crash"):
            erasing.go_on(asked, at=timezone.now())
    assert Membership.objects.filter(tenant=doomed.tenant).count() == len(doomed.people) + 1
    assert erasing.go_on(asked, at=timezone.now()) == ErasureState.ERASED
    assert not User.objects.filter(email__endswith="@acme.example").exists()


def test_two_do_not_erase_one_organisation_at_a_time(doomed: World, eraser_url):
    asked = _ask(doomed.tenant)
    with eraser.opened(eraser_url, doomed.tenant.pk) as first:
        assert first is not None
        assert erasing.go_on(asked, at=timezone.now()) == ErasureState.WAITING
    assert erasing.go_on(asked, at=timezone.now()) == ErasureState.ERASED


def test_what_came_in_meanwhile_goes_with_the_organisation(doomed: World, everything, eraser_url):
    """A worker that did not hear of the closing writes into a table that was emptied already."""
    asked = _ask(doomed.tenant)

    def write(step: eraser.Step) -> None:
        if step.table == Membership._meta.db_table:
            with tenant_context(doomed.tenant.pk):
                UnitFactory()

    assert erasing.go_on(asked, at=timezone.now(), told=write) == ErasureState.ERASED
    assert _holding(everything, str(doomed.tenant.pk)) == []


def test_a_login_that_another_organisation_names_stays(
    doomed: World, borealis, everything, eraser_url
):
    """Without a membership there, which no page can bring about: the database tells."""
    with tenant_context(borealis.id):
        Person.objects.create(handle="dana", name="Dana", user=doomed.people["dana"].user)
    expected = selectors.logins_of(doomed.tenant)
    record = _erase(doomed.tenant)
    assert list(User.objects.filter(email__endswith="@acme.example").values_list("name", flat=True)) == ["Dana Delaney"]  # fmt: skip
    with tenant_context(borealis.id):
        assert Person.objects.get(handle="dana").user.name == "Dana Delaney"
    # The record that stays for good counts what went, not what was to go.
    assert (record.logins_erased, record.logins_kept) == (
        expected["going"] - 1,
        expected["staying"] + 1,
    )


def test_an_organisation_that_is_not_closed_is_refused_by_the_eraser_itself(acme, eraser_url):
    with pytest.raises(eraser.Refused, match="not closed"), eraser.opened(eraser_url, acme.pk):
        pass


@pytest.mark.parametrize("role", ["pmo_backup", "postgres"])
def test_a_login_that_sees_everything_is_refused(role, acme):
    url = login(role, connection.settings_dict["NAME"])
    with pytest.raises(eraser.Refused, match="pmo_eraser"), eraser.opened(url, acme.pk):
        pass


def test_only_the_eraser_may_delete_from_trails_and_only_of_the_open_organisation(
    acme, borealis, everything, eraser_url
):
    for tenant in (acme, borealis):
        with tenant_context(tenant.id):
            UnitFactory()
    for model in trail_models():
        table = model._meta.db_table
        may = {
            role
            for role in ("pmo_app", "pmo_worker", "pmo_eraser", "pmo_backup")
            for right in ("UPDATE", "DELETE", "TRUNCATE")
            if everything.execute(
                "SELECT has_table_privilege(%s, %s, %s)", [role, table, right]
            ).fetchone()
            == (True,)
        }
        assert may == {"pmo_eraser"}, table
    table = "tenants_businessunitevent"
    for role in ("pmo_app", "pmo_worker"):
        url = login(role, connection.settings_dict["NAME"])
        with psycopg.connect(url) as bound:
            bound.execute("SELECT set_config('app.tenant', %s, true)", [str(acme.pk)])
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                bound.execute(f"DELETE FROM {table}")
    with psycopg.connect(eraser_url) as bound:
        assert bound.execute(f"DELETE FROM {table}").rowcount == 0
        bound.execute("SELECT set_config('app.tenant', %s, true)", [str(acme.pk)])
        assert bound.execute(f"DELETE FROM {table}").rowcount == 1
        bound.rollback()


@pytest.mark.parametrize("verb", ["UPDATE tenants_businessunit SET code = 'X'", "INSERT INTO tenants_counter (tenant_id, kind, value) VALUES (gen_random_uuid(), 'X', 1)"])  # fmt: skip
def test_the_eraser_writes_nothing(verb, acme, eraser_url):
    with psycopg.connect(eraser_url) as bound:
        bound.execute("SELECT set_config('app.tenant', %s, true)", [str(acme.pk)])
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            bound.execute(verb)


@pytest.mark.parametrize("role", ["pmo_app", "pmo_worker", "pmo_eraser"])
def test_nobody_deletes_the_record_of_an_erasure(role, acme, everything):
    table = Erasure._meta.db_table
    url = login(role, connection.settings_dict["NAME"])
    with psycopg.connect(url) as bound, pytest.raises(psycopg.errors.InsufficientPrivilege):
        bound.execute(f"DELETE FROM {table}")


def test_every_key_is_checked_at_the_end_of_a_transaction():
    """Circles of tables can be deleted only because of it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE contype = 'f' AND NOT condeferred"
            " AND connamespace = 'public'::regnamespace"
        )
        assert cursor.fetchall() == []


def test_every_table_with_a_tenant_has_one_key_that_batches_go_by():
    for model in apps.get_models():
        if any(column.column == "tenant_id" for column in model._meta.concrete_fields):
            assert len(model._meta.pk_fields) == 1, model._meta.label


def test_an_address_that_is_known_to_the_portal_is_free_again(doomed: World, eraser_url):
    email = doomed.people["dana"].user.email
    _erase(doomed.tenant)
    assert UserFactory(email=email).pk
