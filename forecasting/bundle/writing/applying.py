"""Writes a whole bundle: every subject in its order, then whoever has to know is told."""

from __future__ import annotations

from django.db import connection

from pmo_portal.jobs.imports import Outcome, Parsed
from pmo_portal.tenants.context import current_tenant_id
from programmes import events

from ... import services
from .. import SOURCE
from .adding import Writing
from .happened import write_crises
from .indicators import write_indicators, write_ratings
from .people import write_comments, write_surveys, write_tallies, write_training
from .plan import write_golives, write_milestones
from .programmes import write_programmes, write_units
from .raid import write_raid


def apply(parsed: Parsed) -> Outcome:
    """Write a bundle. Repeating it changes nothing."""
    (bundle,) = parsed.rows
    outcome = Outcome()
    # Two imports at once would each find the same rows missing.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext(%s))", [f"{SOURCE}:{current_tenant_id()}"]
        )
    writing = Writing(bundle, outcome)
    write_programmes(writing)
    write_units(writing)
    write_indicators(writing)
    write_ratings(writing)
    write_golives(writing)
    write_milestones(writing)
    write_raid(writing)
    write_crises(writing)
    write_surveys(writing)
    write_training(writing)
    write_tallies(writing)
    write_comments(writing)
    if not outcome.changes_nothing:
        events.announce(events.programme_changed, tenant_id=current_tenant_id(), programme_id=None)
        services.ask_to_learn(because="import")
        services.ask_to_read_comments()
    return outcome
