"""What changes in the apps below asks for a new computation."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.dispatch import receiver

from adoption import events as adoption
from governance import events as governance
from pmo_portal.tenants.context import tenant_context
from programmes import events as programmes

from . import services


@receiver(programmes.programme_changed)
@receiver(programmes.milestone_changed)
@receiver(adoption.survey_recorded)
@receiver(adoption.signal_changed)
@receiver(adoption.training_recorded)
def ask(sender: Any, tenant_id: UUID, **kwargs: Any) -> None:
    with tenant_context(tenant_id):
        services.ask_to_recompute()
        services.ask_to_score()


@receiver(programmes.raid_item_changed)
@receiver(programmes.status_reported)
@receiver(programmes.budget_changed)
@receiver(governance.decision_changed)
@receiver(governance.action_changed)
def ask_for_scores(sender: Any, tenant_id: UUID, **kwargs: Any) -> None:
    """What the rule does not look at, but the scores do."""
    with tenant_context(tenant_id):
        services.ask_to_score()
