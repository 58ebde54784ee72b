from __future__ import annotations

from typing import Self

from django.db.models import Case, IntegerField, Value, When

from pmo_portal.tenants.models import TenantQuerySet

from .choices import LOUDEST_FIRST


class RiskQuerySet(TenantQuerySet):
    """Outcomes of the go-live rule."""

    def current(self) -> Self:
        return self.filter(is_current=True)

    def loudest_first(self) -> Self:
        order = Case(
            *(When(level=level, then=Value(rank)) for rank, level in enumerate(LOUDEST_FIRST)),
            output_field=IntegerField(),
        )
        return self.order_by(order, "golive_on", "unit__path", "pk")
