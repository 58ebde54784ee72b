"""What happened in forecasting, told after commit, with `tenant_id`."""

from django.dispatch import Signal

# Levels of a tenant were computed and at least one outcome changed.
signals_recomputed = Signal()
