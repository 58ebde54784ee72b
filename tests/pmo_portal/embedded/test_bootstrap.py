"""What the superuser prepares: roles that row-level security binds, with no right too many."""

import os

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from pmo_portal.embedded.bootstrap import ROLES, bootstrap, database_of, with_database, with_login
from pmo_portal.tenants.models import Tenant

pytestmark = [pytest.mark.django_db, pytest.mark.bootstrap]


@pytest.fixture
def superuser(superuser_url):
    with psycopg.connect(superuser_url, autocommit=True) as opened:
        yield opened


def _ask(opened, statement, *arguments):
    return opened.execute(statement, arguments or None).fetchall()


def test_the_tests_themselves_log_in_as_the_role_of_the_web():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT session_user, current_user, rolsuper, rolbypassrls FROM pg_roles"
            " WHERE rolname = current_user"
        )
        assert cursor.fetchone() == ("pmo_app", "pmo_app", False, False)


def test_each_role_has_exactly_its_attributes(superuser):
    found = _ask(
        superuser,
        "SELECT rolname, rolcanlogin, rolbypassrls, rolsuper OR rolcreatedb OR rolcreaterole"
        " OR rolreplication FROM pg_roles WHERE rolname LIKE 'pmo\\_%' ORDER BY rolname",
    )
    assert found == [
        ("pmo_app", True, False, False),
        ("pmo_backup", True, True, False),
        ("pmo_eraser", True, False, False),
        ("pmo_owner", True, False, False),
        ("pmo_worker", True, False, False),
    ]
    assert _ask(superuser, "SELECT FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member"
                           " WHERE r.rolname LIKE 'pmo\\_%'") == []  # fmt: skip


def test_only_the_owner_owns_and_nobody_else_may_create(superuser):
    owners = _ask(
        superuser,
        "SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S', 'v', 'p')",
    )
    assert owners == [("pmo_owner",)]
    may = {
        role.name
        for role in ROLES
        if superuser.execute(
            "SELECT has_schema_privilege(%s, 'public', 'CREATE')"
            " OR has_database_privilege(%s, current_database(), 'CREATE, TEMPORARY')",
            [role.name, role.name],
        ).fetchone()[0]
    }
    assert may == {"pmo_owner"}


@pytest.mark.parametrize(
    ("role", "rights"),
    [
        ("pmo_app", {"SELECT", "INSERT", "UPDATE", "DELETE"}),
        ("pmo_worker", {"SELECT", "INSERT", "UPDATE", "DELETE"}),
        ("pmo_eraser", {"SELECT", "DELETE"}),
        ("pmo_backup", {"SELECT"}),
    ],
)
def test_each_role_has_exactly_its_rights_on_tables(superuser, role, rights):
    every = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
    found = {
        right
        for right in every
        if superuser.execute(
            "SELECT has_table_privilege(%s, 'tenants_tenant', %s)", [role, right]
        ).fetchone()[0]
    }
    assert found == rights


@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE tenants_businessunit",
        "DROP POLICY tenants_businessunit_rls ON tenants_businessunit",
        "ALTER TABLE tenants_businessunit NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE tenants_businessunit DISABLE ROW LEVEL SECURITY",
        "CREATE TABLE mine (id int)",
        "CREATE TEMPORARY TABLE mine (id int)",
        "SET ROLE pmo_owner",
        "SET SESSION AUTHORIZATION pmo_backup",
    ],
)
def test_the_role_of_the_web_is_refused(statement):
    url = {**connection.get_connection_params()}
    url.pop("cursor_factory", None), url.pop("context", None)
    with (
        psycopg.connect(
            **{k: v for k, v in url.items() if k in ("dbname", "user", "password", "host", "port")}
        ) as web,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        web.execute(statement)


def test_jobs_get_more_time_than_pages(superuser):
    found = dict(
        _ask(superuser, "SELECT rolname, array_to_string(rolconfig, ',') FROM pg_roles"
                        " WHERE rolname IN ('pmo_app', 'pmo_worker')")
    )  # fmt: skip
    assert "statement_timeout=15s" in found["pmo_app"]
    assert "lock_timeout=5s" in found["pmo_app"]
    assert "idle_in_transaction_session_timeout=30s" in found["pmo_app"]
    assert "statement_timeout=120s" in found["pmo_worker"]


def test_doing_it_again_changes_nothing(superuser, superuser_url):
    def rights():
        return _ask(
            superuser,
            "SELECT relname, relacl::text FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " ORDER BY relname",
        ), _ask(superuser, "SELECT defaclacl::text FROM pg_default_acl ORDER BY 1")

    before = rights()
    bootstrap(superuser_url)
    assert rights() == before


def test_what_was_revoked_from_the_trail_stays_revoked(superuser, superuser_url):
    bootstrap(superuser_url)
    for role in ("pmo_app", "pmo_worker"):
        for right in ("UPDATE", "DELETE"):
            assert superuser.execute(
                "SELECT has_table_privilege(%s, 'accounts_membershipevent', %s)", [role, right]
            ).fetchone() == (False,)


def test_a_backup_sees_every_tenant_and_writes_nothing(superuser, superuser_url, transactional_db):
    from pmo_portal.tenants.context import tenant_context
    from pmo_portal.tenants.models import BusinessUnit

    for slug in ("acme", "borealis"):
        tenant = Tenant.objects.create(slug=slug, name=slug)
        with tenant_context(tenant.id):
            BusinessUnit.objects.create(code="FIN", name="Finance", path="FIN")
    with psycopg.connect(
        with_login(superuser_url, "pmo_backup", os.environ.get("PMO_BACKUP_PASSWORD", ""))
    ) as backup:
        assert backup.execute("SELECT count(*) FROM tenants_businessunit").fetchone() == (2,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            backup.execute("DELETE FROM tenants_businessunit")


def test_the_command_says_what_it_did(superuser_url, monkeypatch, capsys):
    monkeypatch.setenv("DATABASE_URL", superuser_url)
    call_command("bootstrap_database")
    assert database_of(superuser_url) in capsys.readouterr().out


def test_the_command_refuses_a_weak_login(owner_url, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", owner_url)
    with pytest.raises(CommandError, match="made by a superuser"):
        call_command("bootstrap_database")


def test_addresses_change_login_and_database_and_keep_the_rest():
    url = "postgres://postgres:p%40ss@db.example:5433/portal?sslmode=require"
    assert with_login(url, "pmo_app", "a:b/c") == (
        "postgres://pmo_app:a%3Ab%2Fc@db.example:5433/portal?sslmode=require"
    )
    assert with_database(url, "other") == (
        "postgres://postgres:p%40ss@db.example:5433/other?sslmode=require"
    )
    socket = "postgres://postgres@/portal?host=/tmp/a%20b"
    assert with_login(socket, "pmo_app").startswith("postgres://pmo_app@/portal?host=/tmp/a")
    assert database_of(socket) == "portal"
