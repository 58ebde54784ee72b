"""Units and milestones of a record count for who else has it open: nobody's links are lost without a word."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from pmo_portal.history.services import EditConflict
from programmes import services
from programmes.models import MilestoneUnit, RaidItemUnit
from tests.factories.programmes import MilestoneFactory, ProgrammeFactory, RaidItemFactory
from tests.factories.tenants import UnitFactory

pytestmark = pytest.mark.django_db

WHEN = {"at": datetime(2026, 6, 5, 9, tzinfo=UTC), "on": date(2026, 6, 5)}


def test_links_of_a_raid_item_raise_its_version(in_acme) -> None:
    item, unit, milestone = RaidItemFactory(), UnitFactory(), MilestoneFactory()

    def save(version: int, units=(), milestones=(), **changes):
        links = {"units": units, "milestones": milestones}
        return services.revise_raid_item(
            item, changes=changes, version=version, acting=None, **links, **WHEN
        )

    assert save(1, units=[unit]).version == 2
    with pytest.raises(EditConflict):
        save(1, title="Other")
    assert save(2, units=[unit]).version == 2
    assert save(2, [unit], [milestone]).version == 3
    assert save(3, title="Other").version == 4
    assert not item.units.exists()


def test_units_of_a_milestone_raise_its_version(in_acme) -> None:
    milestone, unit = MilestoneFactory(), UnitFactory()

    def save(version: int, units=(), **changes):
        return services.revise_milestone(
            milestone, changes=changes, version=version, units=units, acting=None, **WHEN
        )

    assert save(1, units=[unit]).version == 2
    with pytest.raises(EditConflict):
        save(1, name="Other")
    assert save(2, units=[unit]).version == 2
    assert save(2, name="Other").version == 3


@pytest.mark.parametrize(
    ("made", "revise", "links", "also"),
    [
        (RaidItemFactory, services.revise_raid_item, RaidItemUnit, {"milestones": ()}),
        (MilestoneFactory, services.revise_milestone, MilestoneUnit, {}),
    ],
)
def test_each_unit_that_comes_or_goes_is_kept_in_the_trail(
    in_acme, made, revise, links, also
) -> None:
    record, one, two = made(), UnitFactory(), UnitFactory()
    for units in ([one], [one, two], [two], [two]):
        record = revise(record, changes={}, units=units, acting=None, **also, **WHEN)
    events = links.pgh_event_model.objects.order_by("pgh_id")
    assert list(events.values_list("pgh_label", "unit")) == [
        ("insert", one.pk),
        ("insert", two.pk),
        ("delete", one.pk),
    ]


def test_units_of_a_programme_raise_its_version(in_acme) -> None:
    programme, unit = ProgrammeFactory(), UnitFactory()

    def save(version: int, units=(), **changes):
        return services.revise_programme(
            programme, changes=changes, version=version, units=units, acting=None
        )

    assert save(1, units=[unit]).version == 2
    with pytest.raises(EditConflict):
        save(1, name="Other")
    assert save(2, units=[unit]).version == 2
    assert save(2, name="Other").version == 3
