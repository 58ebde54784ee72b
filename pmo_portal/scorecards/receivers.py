"""What changes below makes a summary untrue."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import receiver

from adoption import events as adoption
from forecasting import events as forecasting
from pmo_portal.tenants.context import tenant_context
from pmo_portal.tenants.models import TenantSettings
from programmes import events as programmes

from . import services


@receiver(programmes.programme_changed)
@receiver(programmes.milestone_changed)
@receiver(programmes.raid_item_changed)
@receiver(programmes.status_reported)
@receiver(programmes.budget_changed)
@receiver(adoption.survey_recorded)
@receiver(adoption.signal_changed)
@receiver(adoption.training_recorded)
@receiver(adoption.headcount_recorded)
def mark(sender: Any, tenant_id: UUID, programme_id: int | None = None, **kwargs: Any) -> None:
    with tenant_context(tenant_id):
        services.mark_changed(programme_id)


@receiver(forecasting.signals_recomputed)
def take_over(sender: Any, tenant_id: UUID, **kwargs: Any) -> None:
    with tenant_context(tenant_id):
        services.take_over_levels()


@receiver(post_save, sender=TenantSettings)
def thresholds_changed(sender: Any, instance: TenantSettings, **kwargs: Any) -> None:
    """Every state of the tenant may be another one now."""
    tenant_id = instance.tenant_id
    transaction.on_commit(lambda: mark(None, tenant_id=tenant_id), robust=True)
