"""The two pages of the roof, in a browser without script."""

from __future__ import annotations

import pytest
import time_machine

from pmo_portal.tenants.context import tenant_context

from .stories import TODAY, moment, payroll

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _day():
    with time_machine.travel(moment(TODAY), tick=False):
        yield


def test_smoke(acme, vic, client_for):
    with tenant_context(acme.id):
        payroll()
    page = client_for(vic).get("/t/acme/")
    assert page.status_code == 200
    page = client_for(vic).get("/t/acme/p/PAY/")
    assert page.status_code == 200
    print(page.content.decode())
