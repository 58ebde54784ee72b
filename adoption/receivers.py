"""Announces what was saved, however it was saved: by a service, by undo or by putting a version back."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import Signal, receiver

from pmo_portal.history import services as history

from . import events, services
from .models import Headcount, ResistanceSignal, SurveyWave, TrainingProgress

_EVENT_OF: dict[type, Signal] = {
    SurveyWave: events.survey_recorded,
    ResistanceSignal: events.signal_changed,
    TrainingProgress: events.training_recorded,
    Headcount: events.headcount_recorded,
}


@receiver(post_save, sender=SurveyWave)
@receiver(post_save, sender=ResistanceSignal)
@receiver(post_save, sender=TrainingProgress)
@receiver(post_save, sender=Headcount)
def announce(sender: type, instance: Any, **kwargs: Any) -> None:
    # Programmes of any number land in a unit.
    tenant_id, programme_id = instance.tenant_id, getattr(instance, "programme_id", None)
    event = _EVENT_OF[sender]
    transaction.on_commit(
        lambda: event.send(sender, tenant_id=tenant_id, programme_id=programme_id), robust=True
    )


history.bring_back_with(SurveyWave, services.restore_wave)
