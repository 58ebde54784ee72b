"""Removing what somebody else has open: nothing is passed over, and no two versions bear one number."""

from __future__ import annotations

from datetime import date

import pytest

from pmo_portal.common import clock
from pmo_portal.history.services import Gone
from pmo_portal.tenants.context import tenant_context
from programmes import services
from programmes.models import RaidItem
from tests.factories.programmes import RaidItemFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("day_of_stories")]
ON = date(2026, 6, 1)


@pytest.fixture
def item(acme):
    with tenant_context(acme.id):
        yield RaidItemFactory(title="Supplier late")


def opened(item: RaidItem) -> RaidItem:
    """The item as somebody read it who is slow."""
    return RaidItem.all_objects.get(pk=item.pk)


def test_a_removal_counts_on_from_what_was_saved_meanwhile(item):
    slow = opened(item)
    services.revise_raid_item(
        opened(item), changes={"title": "Supplier stopped"}, version=1, on=ON, at=clock.now(), acting=None
    )  # fmt: skip
    services.remove_raid_item(slow, at=clock.now(), acting=None)
    now = opened(item)
    assert (now.version, now.title, now.deleted_at is None) == (3, "Supplier stopped", False)


def test_what_was_removed_meanwhile_stays_as_it_was_left(item):
    slow = opened(item)
    first = clock.now()
    services.remove_raid_item(opened(item), at=first, acting=None)
    services.remove_raid_item(slow, at=clock.now(), acting=None)
    now = opened(item)
    assert (now.version, now.deleted_at) == (2, first)
    assert slow.deleted_at == first


def test_a_word_for_the_thread_says_how_the_item_stands_now(item):
    slow = opened(item)
    services.revise_raid_item(
        opened(item), changes={"status": "closed"}, version=1, on=ON, at=clock.now(), acting=None
    )  # fmt: skip
    update = services.add_raid_update(
        slow, text="Heard nothing.", on=ON, at=clock.now(), acting=None
    )
    assert update.status == "closed"


def test_no_word_is_added_to_what_was_removed(item):
    slow = opened(item)
    services.remove_raid_item(opened(item), at=clock.now(), acting=None)
    with pytest.raises(Gone):
        services.add_raid_update(slow, text="Heard nothing.", on=ON, at=clock.now(), acting=None)


def test_an_undo_pressed_twice_leads_to_the_record(item, dana, client_for):
    services.remove_raid_item(item, at=clock.now(), acting=None)
    browser, undo = client_for(dana), f"/t/acme/history/{item.reference}/restore/"
    for _time in range(2):
        answer = browser.post(undo)
        assert (answer.status_code, answer.url) == (303, item.get_absolute_url())
    assert opened(item).version == 3
