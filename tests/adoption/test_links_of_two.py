"""Units of a record count for who else has it open: nobody's units are lost without a word."""

from __future__ import annotations

import pytest

from adoption import services
from pmo_portal.history.services import EditConflict
from tests.factories.adoption import EngagementActivityFactory, ImpactFactory
from tests.factories.tenants import UnitFactory

pytestmark = pytest.mark.django_db


def test_units_of_an_impact_raise_its_version(in_acme) -> None:
    impact, unit = ImpactFactory(), UnitFactory()

    def save(version: int, units=(), **changes):
        return services.revise_impact(
            impact, changes=changes, version=version, units=units, acting=None
        )

    assert save(1, units=[unit]).version == 2
    with pytest.raises(EditConflict):
        save(1, title="Other")
    assert save(2, units=[unit]).version == 2
    assert save(2, title="Other").version == 3


def test_units_of_an_activity_raise_its_version(in_acme) -> None:
    activity, unit = EngagementActivityFactory(), UnitFactory()

    def save(version: int, units=(), **changes):
        return services.revise_activity(
            activity, changes=changes, version=version, units=units, acting=None
        )

    assert save(1, units=[unit]).version == 2
    with pytest.raises(EditConflict):
        save(1, title="Other")
    assert save(2, units=[unit]).version == 2
    assert save(2, title="Other").version == 3
