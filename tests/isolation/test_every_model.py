"""Every table, made in one tenant and tried from another."""

import uuid

import pytest
from django.db import DatabaseError, connection, models, transaction

from pmo_portal.tenants.context import tenant_context
from tests.factories.registry import factory_for

from .discovery import keys_within_tenant, tenant_models, trail_models

pytestmark = pytest.mark.django_db

EVERY_MODEL = pytest.mark.parametrize("model", tenant_models(), ids=lambda model: model._meta.label)


def _make(model):
    make = factory_for(model)
    assert make is not None, f"{model._meta.label} has no factory in tests/factories/."
    return make()


def _checked_now() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@EVERY_MODEL
def test_a_row_of_another_tenant_cannot_be_read_changed_or_deleted(model, acme, borealis):
    with tenant_context(acme.id):
        theirs = _make(model)
        before = model._base_manager.count()
        assert before >= 1
    with tenant_context(borealis.id):
        rows = model._base_manager.filter(pk=theirs.pk)
        assert not rows.exists()
        with pytest.raises(model.DoesNotExist):
            model._base_manager.get(pk=theirs.pk)
        assert _changed(lambda: rows.update(tenant_id=borealis.id)) == 0
        assert _changed(lambda: rows._raw_delete("default")) == 0
    assert not model._base_manager.filter(pk=theirs.pk).exists()
    with tenant_context(acme.id):
        assert model._base_manager.count() == before


def _changed(write) -> int:
    """How many rows a write touched; a right that is missing altogether touches none."""
    try:
        with transaction.atomic():
            return write() or 0
    except DatabaseError as refusal:
        if "permission denied" in str(refusal):
            return 0
        raise


@EVERY_MODEL
def test_a_row_cannot_be_written_into_another_tenant(model, acme, borealis):
    with tenant_context(borealis.id):
        mine = _make(model)
        mine.pk = uuid.uuid4() if isinstance(model._meta.pk, models.UUIDField) else None
        mine._state.adding = True
        mine.tenant_id = acme.id
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            mine.save_base(raw=True, force_insert=True)


@pytest.mark.parametrize(
    ("model", "key"),
    [(model, key) for model in tenant_models() for key in keys_within_tenant(model)],
    ids=lambda value: value._meta.label if isinstance(value, type) else value.name,
)
def test_a_key_cannot_point_into_another_tenant(model, key, acme, borealis):
    with tenant_context(acme.id):
        theirs = _make(key.related_model)
    with tenant_context(borealis.id):
        mine = _make(model)
        with pytest.raises(DatabaseError), transaction.atomic():
            model._base_manager.filter(pk=mine.pk).update(**{key.attname: theirs.pk})
            _checked_now()


def test_without_a_tenant_every_table_is_empty(acme):
    with tenant_context(acme.id):
        for model in tenant_models():
            _make(model)
    for model in [*tenant_models(), *trail_models()]:
        assert model._base_manager.count() == 0, model._meta.label


def test_trails_of_another_tenant_do_not_exist(acme, borealis):
    with tenant_context(acme.id):
        for model in tenant_models():
            _make(model)
        written = [model for model in trail_models() if model._base_manager.exists()]
    assert written
    with tenant_context(borealis.id):
        borealis_only = {
            model: set(model._base_manager.values_list("tenant", flat=True)) for model in written
        }
    assert all(tenants <= {borealis.id} for tenants in borealis_only.values())
