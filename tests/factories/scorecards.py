"""Stored summaries. Creates inside a tenant's context or fails."""

from __future__ import annotations

from typing import Any

import factory
from factory.django import DjangoModelFactory

from pmo_portal.scorecards.models import ProgrammeSummary

from .programmes import ProgrammeFactory
from .registry import job_args


class ProgrammeSummaryFactory(DjangoModelFactory):
    """As it stands before the first computation."""

    class Meta:
        model = ProgrammeSummary

    programme = factory.SubFactory(ProgrammeFactory)


@job_args("scorecards.refresh_summaries")
def refresh_args() -> dict[str, Any]:
    return {}
