from __future__ import annotations

import pytest

from forecasting import lessons

from .weeks import no_walk


@pytest.fixture
def without_reports(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a lesson measures of itself for its card takes most of its time and changes no model."""
    monkeypatch.setattr(lessons.drafting, "walk", no_walk)
    monkeypatch.setattr(lessons.drafting, "left_out_report", lambda *_values, **_more: {})
