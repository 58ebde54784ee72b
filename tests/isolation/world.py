"""A tenant with one row in every table, all of it marked, and somebody in every role."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import models

from forecasting.choices import ModelStatus
from forecasting.models import RiskModel, RiskScore
from pmo_portal.accounts.choices import Role
from pmo_portal.accounts.members import Member
from pmo_portal.jobs.imports import Outcome, Parsed, services as imports
from pmo_portal.jobs.models import Ticket, Upload
from pmo_portal.tenants.context import tenant_context
from pmo_portal.tenants.models import BusinessUnit, Tenant
from programmes.choices import ProgrammeRole
from programmes.models import Programme, ProgrammeMember
from tests.factories.accounts import make_member
from tests.factories.adoption import MOMENT, HeadcountFactory, TrainingProgressFactory
from tests.factories.forecasting import RiskModelFactory, RiskScoreFactory
from tests.factories.jobs import JobFactory
from tests.factories.registry import factory_for

from .discovery import tenant_models

# Stands in every text of the marked tenant and nowhere else.
MARKER = "Zanzibar"

# Texts that are parts of addresses, or that a constraint watches.
_NOT_MARKED = frozenset({"path", "kind", "token_hash", "sha256", "source"})

CAST = {
    "ada": ("Ada Adeyemi", Role.ADMINISTRATOR),
    "dana": ("Dana Delaney", Role.PMO_LEAD),
    "cam": ("Cam Castillo", Role.CHANGE_LEAD),
    "sam": ("Sam Sato", Role.STEERING_MEMBER),
    "spen": ("Spen Sharma", Role.SPONSOR),
    "vic": ("Vic Vance", Role.VIEWER),
    "dee": ("Dee Dawson", Role.DELIVERY_CONTRIBUTOR),
    "coe": ("Coe Clarke", Role.CHANGE_CONTRIBUTOR),
    # A contributor who works on no programme: programmes do not exist for them.
    "dov": ("Dov Danner", Role.DELIVERY_CONTRIBUTOR),
}


@dataclass
class World:
    tenant: Tenant
    rows: dict[type[models.Model], Any] = field(default_factory=dict)
    people: dict[str, Member] = field(default_factory=dict)
    import_job: Any = None
    # An entry of each kind that was taken back.
    withdrawn: dict[type[models.Model], Any] = field(default_factory=dict)

    def __getitem__(self, model: type[models.Model]) -> Any:
        return self.rows[model]


def build(tenant: Tenant, *, marked: bool) -> World:
    """Make one row in every table of a tenant, and let the two contributors work on every programme."""
    world = World(tenant)
    for handle, (name, role) in CAST.items():
        world.people[handle] = make_member(tenant, name, role)
    with tenant_context(tenant.id):
        for model in tenant_models():
            make = factory_for(model)
            assert make is not None, f"{model._meta.label} has no factory in tests/factories/."
            world.rows[model] = make()
        # The page of a unit's score wants a unit, a decision about a challenger one.
        world.rows[RiskModel] = RiskModelFactory(status=ModelStatus.CANDIDATE)
        world.rows[RiskScore] = RiskScoreFactory(unit=world.rows[BusinessUnit])
        for make in (HeadcountFactory, TrainingProgressFactory):
            world.withdrawn[make._meta.model] = make(withdrawn_at=MOMENT + timedelta(days=1))
        world.import_job = JobFactory(
            ticket__kind=imports.CHECK,
            ticket__state="done",
            args={"kind": "gmpp", "upload": world.rows[Upload].pk, "file": "file.csv"},
            result=imports.report(Parsed([]), Outcome()),
        )
        if marked:
            for model in tenant_models():
                _mark(model)
        for programme in Programme.objects.all():
            for handle, role in (
                ("dee", ProgrammeRole.CONTRIBUTOR_DELIVERY),
                ("coe", ProgrammeRole.CONTRIBUTOR_CHANGE),
            ):
                ProgrammeMember.objects.create(
                    programme=programme, person=world.people[handle].person, role=role
                )
        for row in world.rows.values():
            row.refresh_from_db()
        # Retrying and previewing want a job that has ended.
        Ticket.objects.filter(tenant=tenant, state="queued").update(state="failed")
    return world


def _mark(model: type[models.Model]) -> None:
    changes = {}
    unique = {
        name for constraint in model._meta.constraints for name in getattr(constraint, "fields", ())
    }
    for column in model._meta.concrete_fields:
        is_text = isinstance(column, (models.CharField, models.TextField))
        if not is_text or column.choices or column.name in unique | _NOT_MARKED:
            continue
        if isinstance(column, models.EmailField):
            continue
        if column.max_length is None or column.max_length >= 60:
            changes[column.name] = f"{MARKER} {column.name}"
    if changes:
        model._base_manager.update(**changes)
