"""What the database itself says about tenants."""

import pytest
from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.db import connection

from pmo_portal.tenants.choices import GLOBAL_MODELS

from .discovery import keys_within_tenant, tenant_models, trail_models

pytestmark = pytest.mark.django_db

# Tables of Django and of libraries that hold no tenant's data. Literal on purpose: whoever adds a table
# without a tenant has to say so here or in tenants.choices.GLOBAL_MODELS.
LIBRARY_TABLES = {
    "account_emailaddress",
    "account_emailconfirmation",
    "accounts_user_groups",
    "accounts_user_user_permissions",
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "django_content_type",
    "django_migrations",
    "django_session",
    "mfa_authenticator",
    "pghistory_context",
    "socialaccount_socialaccount",
    "socialaccount_socialapp",
    "socialaccount_socialtoken",
    "usersessions_usersession",
}

# Unique without the tenant, because one-to-one is: a random ticket of the global queue, and database keys
# that no page, address or file ever shows. Nothing that people know or choose may stand here.
UNIQUE_WITHOUT_TENANT = {
    ("governance_deliveryimpact", "request_id"),
    ("governance_peopleimpact", "request_id"),
    ("jobs_job", "ticket_id"),
    ("scorecards_programmesummary", "programme_id"),
}

POLICY = "(tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid)"


def _rows(statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()


def _tables_with_row_security() -> set[str]:
    return {
        name
        for (name,) in _rows(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relkind IN ('r', 'p') AND relrowsecurity AND relforcerowsecurity"
        )
    }


def test_every_table_is_forced_or_on_the_literal_list():
    tables = {
        name
        for (name,) in _rows(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relkind IN ('r', 'p')"
        )
    }
    ours = {apps.get_model(label)._meta.db_table for label in GLOBAL_MODELS}
    assert tables - _tables_with_row_security() == ours | (LIBRARY_TABLES & tables)


def test_every_table_with_a_tenant_has_one_policy_for_reading_and_writing():
    with_tenant = {
        name
        for (name,) in _rows(
            "SELECT table_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND column_name = 'tenant_id'"
        )
    } - {apps.get_model(label)._meta.db_table for label in GLOBAL_MODELS}
    assert with_tenant == {model._meta.db_table for model in [*tenant_models(), *trail_models()]}
    policies = _rows(
        "SELECT tablename, cmd, permissive, roles, qual, with_check FROM pg_policies"
        " WHERE schemaname = 'public' ORDER BY tablename"
    )
    assert [policy[0] for policy in policies] == sorted(with_tenant)
    for table, *rest in policies:
        command, permissive, roles, *conditions = rest
        assert (command, permissive, conditions) == ("ALL", "PERMISSIVE", [POLICY, POLICY]), table
        assert str(roles).strip("{}[]'") == "public", table


def test_the_tenant_is_never_missing():
    nullable = _rows(
        "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public'"
        " AND column_name = 'tenant_id' AND is_nullable = 'YES'"
    )
    assert nullable == []


def test_every_key_between_tables_of_tenants_has_its_twin():
    keys = _rows(
        """
        SELECT c.conrelid::regclass::text, c.confrelid::regclass::text, c.condeferrable,
               (SELECT array_agg(a.attname ORDER BY k.i) FROM unnest(c.conkey) WITH ORDINALITY k(n, i)
                JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.n),
               (SELECT array_agg(a.attname ORDER BY k.i) FROM unnest(c.confkey) WITH ORDINALITY k(n, i)
                JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.n)
        FROM pg_constraint c WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace
        """
    )
    forced = _tables_with_row_security()
    single, twins = set(), set()
    for table, target, deferrable, columns, targets in keys:
        if table not in forced or target not in forced:
            continue
        if len(columns) == 1:
            single.add((table, columns[0], target))
        elif columns[0] == "tenant_id" and list(targets) == ["tenant_id", "id"] and deferrable:
            twins.add((table, columns[1], target))
    assert single == twins
    # The models see the same keys, so that a key without a constraint is no way around.
    wanted = {
        (model._meta.db_table, key.column, key.related_model._meta.db_table)
        for model in tenant_models()
        for key in keys_within_tenant(model)
    }
    assert wanted == twins


def test_every_unique_index_starts_with_the_tenant():
    indexes = _rows(
        """
        SELECT t.relname, i.indisprimary, a.attname, i.indnkeyatts FROM pg_index i
        JOIN pg_class t ON t.oid = i.indrelid
        LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0]
        WHERE i.indisunique AND t.relnamespace = 'public'::regnamespace
        """
    )
    forced = _tables_with_row_security()
    strays = {
        (table, column)
        for table, primary, column, _width in indexes
        if table in forced and not primary and column != "tenant_id"
    }
    assert strays == UNIQUE_WITHOUT_TENANT


def test_nothing_in_the_schema_goes_around_the_policies():
    views = _rows(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND (relkind = 'm' OR (relkind = 'v'"
        " AND NOT coalesce(reloptions, '{}') @> ARRAY['security_invoker=true']))"
    )
    definers = _rows(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef"
    )
    assert (views, definers) == ([], [])


def test_trails_can_be_written_and_read_but_not_rewritten():
    for model in trail_models():
        table = model._meta.db_table
        [rights] = _rows(
            "SELECT has_table_privilege(%s, 'SELECT'), has_table_privilege(%s, 'INSERT'),"
            " has_table_privilege(%s, 'UPDATE'), has_table_privilege(%s, 'DELETE')",
            *[table] * 4,
        )
        assert rights == (True, True, False, False), table


def test_no_generic_key_reaches_a_tenant():
    generic = [
        f"{model._meta.label}.{name}"
        for model in apps.get_models()
        for name, value in vars(model).items()
        if isinstance(value, GenericForeignKey)
    ]
    assert generic == []


def test_many_to_many_tables_are_written_by_hand():
    automatic = [
        f"{model._meta.label}.{field.name}"
        for model in tenant_models()
        for field in model._meta.local_many_to_many
        if field.remote_field.through._meta.auto_created
    ]
    assert automatic == []
