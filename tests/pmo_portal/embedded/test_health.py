"""`/livez`, `/readyz`, and the headers of every answer."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection
from django.test import override_settings

from pmo_portal import health
from pmo_portal.celery import app


def test_livez_looks_at_nothing(client, django_assert_num_queries):
    answer = client.get("/livez")
    assert answer.json() == {"status": "ok"}


@pytest.mark.django_db
def test_readyz_says_what_it_checked(client):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ready",
        "checks": {"role": "ok", "row_level_security": "ok", "migrations": "ok", "redis": "ok"},
    }
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
@override_settings(CACHE_URL="redis://127.0.0.1:1/0")
def test_without_redis_it_is_degraded_and_still_ready(client):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "degraded"


@pytest.mark.django_db
def test_without_the_server_of_messages_it_is_degraded_though_the_cache_answers(
    client, monkeypatch
):
    monkeypatch.setattr(app.conf, "broker_write_url", "redis://127.0.0.1:1/0")
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["checks"]["redis"]) == ("degraded", "down")


@pytest.mark.django_db
def test_a_strong_login_is_not_ready(client, monkeypatch):
    monkeypatch.setattr(health, "role_faults", lambda: ["login is a superuser"])
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["role"] == ["login is a superuser"]


@pytest.mark.django_db
def test_a_table_that_is_not_forced_is_not_ready(client, owner_url, transactional_db):
    import psycopg

    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute("ALTER TABLE tenants_person NO FORCE ROW LEVEL SECURITY")
        try:
            answer = client.get("/readyz")
        finally:
            owner.execute("ALTER TABLE tenants_person FORCE ROW LEVEL SECURITY")
    assert answer.status_code == 503
    assert answer.json()["checks"]["row_level_security"] == "1 tables open"


@pytest.mark.django_db
def test_a_database_that_is_gone_is_not_ready(client, monkeypatch):
    def gone():
        raise DatabaseError("gone")

    monkeypatch.setattr(health, "role_faults", gone)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] == "unreachable"


@pytest.mark.django_db
def test_missing_migrations_are_not_ready(client, monkeypatch):
    monkeypatch.setattr(
        health.MigrationExecutor, "migration_plan", lambda self, targets: [object()]
    )
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["migrations"] == "1 not applied"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/livez", "/accounts/login/", "/nothing-here", "/t/nobody/"])
def test_every_answer_carries_the_security_headers(client, path):
    answer = client.get(path)
    policy = answer["Content-Security-Policy"]
    for part in (
        "default-src 'self'", "script-src 'self'", "object-src 'none'", "base-uri 'none'",
        "frame-ancestors 'none'", "form-action 'self'",
    ):  # fmt: skip
        assert part in policy
    assert "unsafe-eval" not in policy
    assert "script-src 'self';" in f"{policy};"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Frame-Options"] == "DENY"
    assert len(answer["X-Request-ID"]) == 36


@pytest.mark.django_db
def test_a_request_id_from_outside_is_not_believed(client):
    assert client.get("/livez", headers={"X-Request-ID": "forged"})["X-Request-ID"] != "forged"


@pytest.mark.django_db
def test_the_login_of_the_tests_has_no_faults():
    assert health.role_faults() == []
    assert health.unprotected_tables() == []
    assert connection.settings_dict["USER"] == "pmo_app"


def test_where_a_table_is_open_nothing_starts(monkeypatch):
    monkeypatch.setattr(health, "role_faults", list)
    monkeypatch.setattr(health, "unprotected_tables", lambda: ["tenants_person"])
    with pytest.raises(ImproperlyConfigured, match=r"refuses to start.*tenants_person"):
        health.refuse_a_strong_login()
