from __future__ import annotations

import pytest
from django.core.cache import cache

from pmo_portal.jobs import services as jobs

from .world import World, build


@pytest.fixture(autouse=True)
def _quiet(monkeypatch):
    """No broker, and no memory of the rate limits of other tests."""
    cache.clear()
    monkeypatch.setattr(jobs, "nudge", lambda *args: True)


@pytest.fixture
def marked(acme) -> World:
    """Acme, with something in every table and a mark in every text."""
    return build(acme, marked=True)


@pytest.fixture
def other(borealis) -> World:
    """Borealis, as full as Acme and without the mark."""
    return build(borealis, marked=False)
