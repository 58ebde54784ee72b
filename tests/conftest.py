"""What every test has: a database that keeps tenants apart, and passwords that cost no time."""

from __future__ import annotations

from collections.abc import Iterator

import hypothesis
import pytest
from django.test import override_settings

from tests.database import django_db_setup, for_the_module, owner_url, superuser_url

__all__ = ["django_db_setup", "for_the_module", "owner_url", "superuser_url"]

pytest_plugins = ["tests.people"]

# No test depends on how busy the machine is.
hypothesis.settings.register_profile(
    "portal", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("portal")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first, so that no worker is left alone with one of them at the end."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture(scope="session", autouse=True)
def _cheap_passwords_and_files() -> Iterator[None]:
    with override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        # Otherwise every new client looks at every static file.
        WHITENOISE_AUTOREFRESH=True,
    ):
        yield


@pytest.fixture(autouse=True)
def _files_in_a_temp_folder(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
