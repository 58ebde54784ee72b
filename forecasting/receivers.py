"""What changes in the apps below asks for a new computation."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import receiver

from adoption import events as adoption
from governance import events as governance
from pmo_portal.tenants.context import tenant_context
from programmes import events as programmes

from . import services
from .models import CommentLexicon, CommentTag


@receiver(programmes.programme_changed)
@receiver(programmes.milestone_changed)
@receiver(adoption.survey_recorded)
@receiver(adoption.signal_changed)
@receiver(adoption.training_recorded)
@receiver(adoption.headcount_recorded)
def ask(sender: Any, tenant_id: UUID, **kwargs: Any) -> None:
    """What the go-live rule looks at changed; the scores look at it too."""
    with tenant_context(tenant_id):
        services.ask_to_recompute()
        services.ask_to_score()


@receiver(adoption.survey_recorded)
@receiver(adoption.comments_recorded)
def ask_to_read(sender: Any, tenant_id: UUID, **kwargs: Any) -> None:
    """New words to read, or a wave was withdrawn with what was written in it; the scores read them too."""
    with tenant_context(tenant_id):
        services.ask_to_read_comments()
        services.ask_to_score()


@receiver(programmes.raid_item_changed)
@receiver(programmes.status_reported)
@receiver(programmes.budget_changed)
@receiver(governance.decision_changed)
@receiver(governance.action_changed)
@receiver(governance.change_request_changed)
@receiver(governance.escalation_changed)
def ask_for_scores(sender: Any, tenant_id: UUID, **kwargs: Any) -> None:
    """What the rule does not look at, but the scores do."""
    with tenant_context(tenant_id):
        services.ask_to_score()


@receiver(post_save, sender=CommentLexicon)
@receiver(post_save, sender=CommentTag)
def ask_to_read_again(sender: type, instance: Any, **kwargs: Any) -> None:
    """Other words, or a tag, however they came: by a service, by undo or by putting a version back."""
    tenant_id = instance.tenant_id
    transaction.on_commit(lambda: _read_in(tenant_id), robust=True)


def _read_in(tenant_id: UUID) -> None:
    with tenant_context(tenant_id):
        services.ask_to_read_comments()
