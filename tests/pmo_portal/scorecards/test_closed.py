"""What is closed stands in no list of what goes on, and is found where that stage is asked for."""

from __future__ import annotations

import pytest

from pmo_portal.tenants.context import tenant_context
from tests.factories.adoption import TrainingProgressFactory
from tests.factories.programmes import ProgrammeFactory
from tests.factories.tenants import UnitFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _programmes(acme):
    with tenant_context(acme.id):
        for name, stage in (("FLEET", "delivery"), ("MUSEUM", "closed")):
            programme = ProgrammeFactory(name=name, code=name, stage=stage)
            TrainingProgressFactory(programme=programme, unit=UnitFactory())


def read(client, url):
    answer = client.get(url)
    assert answer.status_code == 200
    content = b"".join(answer).decode() if answer.streaming else answer.content.decode()
    return content.partition("<main")[2] or content


@pytest.mark.parametrize("url", ["/t/acme/", "/t/acme/training/"])
def test_what_is_closed_is_on_no_list_of_what_goes_on(vic, client_for, url):
    client = client_for(vic)
    for page in (read(client, url), read(client, f"{url}?format=csv")):
        assert "FLEET" in page
        assert "MUSEUM" not in page


def test_what_is_closed_is_found_by_its_stage(vic, client_for):
    client, url = client_for(vic), "/t/acme/"
    for page in (read(client, f"{url}?stage=closed"), read(client, f"{url}?stage=closed&format=csv")):  # fmt: skip
        assert "MUSEUM" in page
        assert "FLEET" not in page
