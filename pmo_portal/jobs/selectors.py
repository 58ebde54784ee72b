from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from pmo_portal.accounts.choices import Role
from pmo_portal.accounts.members import Member

from .models import Job


def jobs_for(member: Member) -> QuerySet[Job]:
    """Administrators see every job, others those they asked for and those of the portal itself."""
    jobs = Job.objects.select_related("ticket", "requested_by", "tenant")
    if member.has(Role.ADMINISTRATOR):
        return jobs
    return jobs.filter(requested_by=member.user) | jobs.filter(requested_by__isnull=True)


def job_by_number(member: Member, number: int) -> Job | None:
    return jobs_for(member).filter(number=number).first()


def waits_since(slot: str) -> datetime | None:
    """Since when the job of a slot has waited for workers, where that is longer than usual."""
    job = Job.objects.select_related("ticket").filter(slot=slot).first()
    return job.ticket.run_at if job is not None and job.waits_long else None
