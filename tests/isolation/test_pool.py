"""Threads, random tenants, random aborts, and a pool that hands the same two connections to all."""

import random
import threading

import psycopg
import pytest
from django.db import connection
from psycopg_pool import ConnectionPool

from pmo_portal.tenants.context import tenant_context
from pmo_portal.tenants.models import BusinessUnit, Tenant
from tests.factories.tenants import UnitFactory

THREADS, TURNS = 6, 40


class Abort(Exception):
    pass


@pytest.fixture
def tenants(transactional_db) -> list[Tenant]:
    made = [Tenant.objects.create(slug=f"pool-{n}", name=f"Pool {n}") for n in range(5)]
    for tenant in made:
        with tenant_context(tenant.id):
            UnitFactory.create_batch(3)
    return made


def _in_threads(work) -> list[str]:
    """Run a function that returns what went wrong in several threads at once."""
    wrong: list[str] = []

    def run(seed: int) -> None:
        try:
            wrong.extend(work(random.Random(seed)))
        except Exception as error:  # noqa: BLE001  (whatever it is belongs to the findings)
            wrong.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[seed]) for seed in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


def test_our_own_contexts_never_show_a_foreign_row(tenants):
    def work(dice: random.Random) -> list[str]:
        wrong = []
        for _turn in range(TURNS):
            tenant = dice.choice(tenants)
            try:
                with tenant_context(tenant.id):
                    owners = set(BusinessUnit.objects.values_list("tenant", flat=True))
                    if owners != {tenant.id}:
                        wrong.append(f"{tenant} saw {owners}")
                    if dice.random() < 0.2:
                        raise Abort
            except Abort:
                pass
            if BusinessUnit.objects.exists():
                wrong.append("rows without a tenant")
        return wrong

    assert _in_threads(work) == []


def test_a_pool_of_two_carries_nothing_from_one_borrower_to_the_next(tenants):
    settings = connection.get_connection_params()
    wanted = ("dbname", "user", "password", "host", "port")
    where = psycopg.conninfo.make_conninfo(
        **{name: settings[name] for name in wanted if settings.get(name)}
    )
    with ConnectionPool(where, min_size=1, max_size=2, open=True) as pool:

        def work(dice: random.Random) -> list[str]:
            wrong = []
            for _turn in range(TURNS):
                tenant = dice.choice(tenants)
                with pool.connection() as borrowed:
                    alone = borrowed.execute("SELECT count(*) FROM tenants_businessunit")
                    if alone.fetchone() != (0,):
                        wrong.append("a connection came with a tenant")
                    borrowed.rollback()
                    try:
                        with borrowed.transaction():
                            borrowed.execute(
                                "SELECT set_config('app.tenant', %s, true)", [str(tenant.id)]
                            )
                            found = borrowed.execute(
                                "SELECT DISTINCT tenant_id FROM tenants_businessunit"
                            ).fetchall()
                            if found != [(tenant.id,)]:
                                wrong.append(f"{tenant} saw {found}")
                            if dice.random() < 0.2:
                                raise Abort
                    except Abort:
                        pass
            return wrong

        assert _in_threads(work) == []
