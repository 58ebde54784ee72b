"""Files that were checked and wait for whoever sent them to say that they are to be imported."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import CharField, Exists, IntegerField, OuterRef, QuerySet, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Concat, TruncDate
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy

from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import can
from pmo_portal.common.waiting import Ground, Kind, Place, Waits, asked

from ..choices import JobState
from ..models import Job, Upload
from .kinds import import_kinds
from .services import APPLY, CHECK


def _checked(member: Member, on: date) -> Iterator[QuerySet[Any]]:
    """Previews of files the member sent, may import and has not; the file is still kept and would change something."""
    kinds = [kind.slug for kind in import_kinds() if can(member, kind.action)]
    confirmed = Job.objects.filter(
        slot=Concat(
            Value(f"{APPLY}:J-"), Cast(OuterRef("number"), CharField()), output_field=CharField()
        )
    )
    kept = Upload.objects.filter(pk=Cast(OuterRef("w_upload"), IntegerField()))
    checked = Job.objects.filter(
        requested_by=member.user,
        ticket__kind=CHECK,
        ticket__state=JobState.DONE,
        args__kind__in=kinds,
        result__changes_nothing=False,
    ).annotate(w_upload=KT("args__upload"))
    yield asked(
        checked.filter(Exists(kept), ~Exists(confirmed)),
        place=Place.TOGETHER,
        prefix="J",
        programme=None,
        title="title",
        since=TruncDate("finished_at"),
        ground=Ground.SENDER,
        detail=KT("args__kind"),
    )


def _url(tenant: str, row: Waits) -> str:
    place = {"tenant": tenant, "kind": row.detail, "reference": row.reference}
    return reverse("jobs:import_detail", kwargs=place)


def _why(row: Waits) -> str:
    return _("The file was checked. Nothing is written before you say so.")


WAITING = (Kind("imports", gettext_lazy("Files to import"), _checked, _why, _url),)
