"""What the login of the web may not do, whatever the application asks."""

import pytest
from django.db import DatabaseError, connection, transaction

from pmo_portal.tenants.context import tenant_context
from tests.factories.tenants import UnitFactory

pytestmark = pytest.mark.django_db


def _one(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()


def test_the_role_is_neither_super_nor_owner_nor_exempt():
    assert _one("SELECT session_user, current_user") == ("pmo_app", "pmo_app")
    assert _one(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles"
        " WHERE rolname = current_user"
    ) == (False, False, False, False)
    assert _one("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole") == (0,)
    assert _one("SELECT count(*) FROM pg_auth_members WHERE member = current_user::regrole") == (0,)


@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE tenants_businessunit",
        "ALTER TABLE tenants_businessunit DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE tenants_businessunit NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY tenants_businessunit_rls ON tenants_businessunit",
        "CREATE POLICY more ON tenants_businessunit USING (true)",
        "ALTER TABLE tenants_businessunit DISABLE TRIGGER ALL",
        "UPDATE tenants_businessunitevent SET pgh_label = 'x'",
        "DELETE FROM tenants_businessunitevent",
        "CREATE TABLE public.mine (id int)",
        "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "SET ROLE pmo_owner",
        "SET ROLE pmo_backup",
        "SET row_security = off; SELECT * FROM tenants_businessunit",
        "COPY tenants_businessunit TO PROGRAM 'cat'",
    ],
)
def test_what_would_open_the_walls_is_refused(acme, statement):
    with tenant_context(acme.id):
        UnitFactory()
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
