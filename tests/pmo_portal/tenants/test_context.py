import contextlib

import pytest
from django.db import connection, transaction

from pmo_portal.tenants.context import NoTenant, current_tenant_id, tenant_context
from pmo_portal.tenants.models import BusinessUnit
from pmo_portal.tenants.services import place_unit

pytestmark = pytest.mark.django_db


def _unit(code: str) -> BusinessUnit:
    return place_unit(BusinessUnit(code=code, name=code.title()), parent=None)


def test_without_a_context_there_are_no_rows_and_no_writes(acme):
    with tenant_context(acme.id):
        _unit("FIN")
    assert BusinessUnit.objects.count() == 0
    with pytest.raises(NoTenant):
        BusinessUnit(code="HR", name="HR", path="HR").save()


def test_a_tenant_sees_its_own_rows_only(acme, borealis):
    with tenant_context(acme.id):
        mine = _unit("FIN")
    with tenant_context(borealis.id):
        assert not BusinessUnit.objects.filter(pk=mine.pk).exists()
        assert BusinessUnit.objects.filter(pk=mine.pk).update(name="Taken") == 0
        assert BusinessUnit.objects.filter(pk=mine.pk).delete()[0] == 0
    with tenant_context(acme.id):
        assert BusinessUnit.objects.get(pk=mine.pk).name == "Fin"


def test_contexts_of_one_tenant_nest_and_of_two_do_not(acme, borealis):
    with tenant_context(acme.id):
        with tenant_context(acme.id):
            assert current_tenant_id() == acme.id
        assert current_tenant_id() == acme.id
        with pytest.raises(RuntimeError, match="switch"), tenant_context(borealis.id):
            pass


@pytest.mark.parametrize("failing", [False, True])
def test_the_setting_is_gone_after_the_context_even_inside_a_transaction(acme, failing):
    with transaction.atomic():
        with contextlib.suppress(ValueError), tenant_context(acme.id):
            if failing:
                raise ValueError
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('app.tenant', true)")
            assert cursor.fetchone()[0] in ("", None)


def test_a_key_cannot_point_into_another_tenant(acme, borealis):
    with tenant_context(acme.id):
        theirs = _unit("FIN")
    with (
        tenant_context(borealis.id),
        pytest.raises(Exception, match="tenants_businessunit_parent_tenant"),
        transaction.atomic(),
    ):
        BusinessUnit(code="X", name="X", path="X", parent_id=theirs.pk).save()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_trail_cannot_be_rewritten(acme):
    with tenant_context(acme.id):
        _unit("FIN")
        trail = BusinessUnit.pgh_event_model.objects
        assert trail.count() == 1
        for tamper in (
            lambda: trail.update(pgh_label="x"),
            lambda: trail.all()._raw_delete("default"),
        ):
            with pytest.raises(Exception, match="permission denied"), transaction.atomic():
                tamper()
