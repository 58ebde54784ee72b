"""Columns of the portfolio and its exports."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from pmo_portal.scorecards.tables import _index


@pytest.mark.parametrize(
    ("known", "exported"), [(48.82842542318748, 48.8), (55.5, 55.5), (0.0, 0.0), (None, None)]
)
def test_engagement_is_exported_to_one_decimal(known, exported):
    row = SimpleNamespace(summary=SimpleNamespace(engagement=known))
    assert _index("engagement")(row) == exported
