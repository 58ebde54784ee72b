"""Saved views. Creates inside a tenant's context or fails."""

from __future__ import annotations

import factory
from factory.django import DjangoModelFactory

from pmo_portal.desk.models import SavedView
from pmo_portal.tenants.services import next_reference

from .accounts import UserFactory


class SavedViewFactory(DjangoModelFactory):
    class Meta:
        model = SavedView

    number = factory.LazyFunction(lambda: next_reference("SV"))
    owner = factory.SubFactory(UserFactory)
    name = factory.Sequence(lambda n: f"View {n}")
    page = "programmes:raid_all"
    query = "side=people"
    summary = "Side: People"
    is_shared = True
