"""A portal that is set up once, for tests that start real processes."""

import pytest

from .embedded.starting import copy_data, data_folder, free_port, made_once


@pytest.fixture(scope="session")
def prepared():
    """A stopped data folder whose database is migrated already; copy it before use."""
    return made_once("prepared")


@pytest.fixture
def data(prepared):
    """A data folder of the test's own."""
    with data_folder() as folder:
        copy_data(prepared, folder)
        yield folder


@pytest.fixture
def port():
    return str(free_port())
