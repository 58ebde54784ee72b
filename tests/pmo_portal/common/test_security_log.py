"""The security log says who took a file and who was refused, by ids."""

from __future__ import annotations

import logging

import pytest

pytestmark = pytest.mark.django_db


@pytest.fixture
def noted(caplog):
    caplog.set_level(logging.INFO, logger="pmo_portal.security")

    def read(event: str) -> list[dict[str, str]]:
        lines = [line.msg for line in caplog.records if line.name == "pmo_portal.security"]
        wanted = ("register", "rows", "view", "user", "tenant")
        return [
            {name: line[name] for name in wanted if name in line}
            for line in lines
            if line["event"] == event
        ]

    return read


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_leaves_one_line(ada, vic, client_for, noted, kind):
    assert client_for(ada).get(f"/t/acme/admin/members/?format={kind}").status_code == 200
    ids = {"user": str(ada.user.pk), "tenant": str(ada.tenant.pk)}
    assert noted("exported") == [{"register": "members", "rows": "2", **ids}]


def test_a_refusal_leaves_one_line(vic, client_for, noted):
    assert client_for(vic).get("/t/acme/admin/members/?format=csv").status_code == 403
    ids = {"user": str(vic.user.pk), "tenant": str(vic.tenant.pk)}
    assert noted("refused") == [{"view": "accounts:member_list", **ids}]
    assert not noted("exported")


@pytest.mark.parametrize("forecast", ["crisis", "dates"])
def test_the_numbers_of_a_forecast_leave_one_line(vic, client_for, noted, forecast):
    answer = client_for(vic).get(f"/t/acme/forecasts/models/{forecast}/export/")
    name = answer["Content-Disposition"].split('"')[1].removesuffix(".json")
    ids = {"user": str(vic.user.pk), "tenant": str(vic.tenant.pk)}
    assert noted("exported") == [{"register": name, **ids}]
