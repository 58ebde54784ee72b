"""A portal that is set up once, for tests that start real processes."""

import signal

import pytest

from .embedded.starting import Up, copy_data, data_folder, free_port


@pytest.fixture(scope="session")
def prepared():
    """A stopped data folder whose database is migrated already; copy it before use."""
    with data_folder() as data:
        with Up(data, "--port", str(free_port())) as portal:
            portal.wait_until_ready()
            portal.stop(signal.SIGTERM)
        yield data


@pytest.fixture
def data(prepared):
    """A data folder of the test's own."""
    with data_folder() as folder:
        copy_data(prepared, folder)
        yield folder


@pytest.fixture
def port():
    return str(free_port())
