"""What happened in adoption, told after commit. All carry `tenant_id` and `programme_id` (None: the whole organisation)."""

from django.dispatch import Signal

survey_recorded = Signal()
signal_changed = Signal()
training_recorded = Signal()
comments_recorded = Signal()
headcount_recorded = Signal()
