"""An organisation with models of its own is erased: another one's models are what they were, and are learned again alike."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection

from forecasting import lessons
from forecasting.in_force import registry
from forecasting.learning import worlds
from forecasting.models import RiskModel
from pmo_portal.operations import erasing
from pmo_portal.operations.choices import ErasureState
from pmo_portal.tenants.context import tenant_context
from pmo_portal.tenants.models import Tenant
from tests.database import login

from .test_bundle import take_in
from .test_registry import NOW, TARGET, TODAY, WEEKS, learn

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("without_reports"),
]


def _import_and_learn(tenant: Tenant, folder: Path, *, seed: int) -> None:
    folder.mkdir()
    worlds.History(worlds.draw_world(seed, programmes=40, weeks=WEEKS)).write(folder)
    with time_machine.travel(NOW, tick=False):
        take_in(folder, tenant.slug)
    assert learn(tenant) == "done"


def _learned_anew(tenant: Tenant) -> dict[str, Any]:
    with time_machine.travel(NOW, tick=False), tenant_context(tenant.id):
        gathered = lessons.gather(TARGET, TODAY)
        assert gathered is not None
        draft = lessons.learn_from(gathered, at=NOW)
        assert draft.model is not None
        return {
            "in force": registry.in_force(TARGET).model.digest,
            "anew": draft.model.digest,
            "kept": list(RiskModel.objects.order_by("pk").values_list("digest", flat=True)),
        }


def test_another_organisations_models_stay_what_they_are(acme, borealis, tmp_path, settings):
    settings.DATABASE_ERASER_URL = login("pmo_eraser", connection.settings_dict["NAME"])
    _import_and_learn(acme, tmp_path / "acme", seed=5)
    _import_and_learn(borealis, tmp_path / "borealis", seed=6)
    before = _learned_anew(borealis)
    assert before["kept"]
    with tenant_context(acme.id):
        digests = list(RiskModel.objects.values_list("digest", flat=True))
    assert digests
    assert not set(digests) & set(before["kept"])
    Tenant.objects.filter(pk=acme.pk).update(status="closed", status_since=NOW - timedelta(days=60))
    acme.refresh_from_db()
    asked = erasing.ask(acme, typed="acme", version=acme.version, at=NOW, acting=None)
    assert erasing.go_on(asked, at=NOW + timedelta(days=2)) == ErasureState.ERASED
    assert _learned_anew(borealis) == before
    with tenant_context(acme.id):
        assert not RiskModel.objects.exists()
