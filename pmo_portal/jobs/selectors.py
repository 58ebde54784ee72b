from __future__ import annotations

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
