"""Units of a record count for who else has it open: nobody's units are lost without a word."""

from __future__ import annotations

import pytest

from adoption import services
from adoption.models import ActivityUnit, ImpactUnit
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


@pytest.mark.parametrize(
    ("made", "revise", "links"),
    [
        (ImpactFactory, services.revise_impact, ImpactUnit),
        (EngagementActivityFactory, services.revise_activity, ActivityUnit),
    ],
)
def test_each_unit_that_comes_or_goes_is_kept_in_the_trail(in_acme, made, revise, links) -> None:
    record, one, two = made(), UnitFactory(), UnitFactory()
    for units in ([one], [one, two], [two], [two]):
        record = revise(record, changes={}, units=units, acting=None)
    events = links.pgh_event_model.objects.order_by("pgh_id")
    assert list(events.values_list("pgh_label", "unit")) == [
        ("insert", one.pk),
        ("insert", two.pk),
        ("delete", one.pk),
    ]
