"""Tickets, jobs and uploads."""

from __future__ import annotations

from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from pmo_portal.jobs.models import Job, Ticket, Upload
from pmo_portal.tenants.context import current_tenant_id
from pmo_portal.tenants.services import next_reference

from .accounts import InvitationFactory
from .registry import job_args


class TicketFactory(DjangoModelFactory):
    class Meta:
        model = Ticket

    tenant_id = factory.LazyFunction(current_tenant_id)
    kind = "jobs.purge_deleted"
    created_at = factory.LazyFunction(timezone.now)
    run_at = factory.LazyFunction(timezone.now)


class JobFactory(DjangoModelFactory):
    class Meta:
        model = Job

    ticket = factory.SubFactory(TicketFactory)
    number = factory.LazyFunction(lambda: next_reference("J"))
    slot = factory.Sequence(lambda n: f"slot-{n}")
    title = factory.Sequence(lambda n: f"Job {n}")
    created_at = factory.LazyFunction(timezone.now)


class UploadFactory(DjangoModelFactory):
    class Meta:
        model = Upload

    name = "file.csv"
    sha256 = "0" * 64
    content = b"a,b\n1,2\n"
    created_at = factory.LazyFunction(timezone.now)


@job_args("jobs.purge_deleted")
@job_args("jobs.remove_uploads")
def purge_args() -> dict[str, Any]:
    return {"night": "2026-11-23"}


@job_args("jobs.check_import")
@job_args("jobs.apply_import")
def import_args() -> dict[str, Any]:
    upload = UploadFactory()
    return {"kind": "gmpp", "upload": upload.pk, "file": upload.name, "checked": "J-1"}


@job_args("jobs.send_invitation")
def invitation_args() -> dict[str, Any]:
    return {"invitation": InvitationFactory().number, "origin": "https://portal.example"}
