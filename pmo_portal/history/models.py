"""Bases for what people edit (`Record`) and for what is known about a day (`Fact`)."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from pmo_portal.common.clock import end_of
from pmo_portal.tenants.models import Person, TenantModel, TenantQuerySet


class RecordQuerySet(TenantQuerySet):
    def alive(self) -> Self:
        return self.filter(deleted_at__isnull=True)


class LiveManager(models.Manager.from_queryset(RecordQuerySet)):  # type: ignore[misc]
    """Hides what was deleted."""

    def get_queryset(self) -> RecordQuerySet:
        return super().get_queryset().alive()  # type: ignore[no-any-return]


def live_manager(queryset: type[RecordQuerySet]) -> Any:
    """A manager of a record's own queryset that hides what was deleted."""
    return type(f"Live{queryset.__name__}", (LiveManager.from_queryset(queryset),), {})()


class Record(TenantModel):
    """Something people create, edit, delete and get back.

    `version` counts edits: a form carries the version it was opened with, and a save on an older one is
    refused and shown. Deleting hides for 30 days, then the record is purged.
    """

    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True, editable=False)

    objects = LiveManager()
    all_objects = RecordQuerySet.as_manager()

    class Meta:
        abstract = True

    # What a reference of this kind starts with, for example "R"; subclasses say so or compute it.
    reference_prefix = ""
    # Named on pages of history and conflict: which fields people edit, in order.
    edited_fields: tuple[str, ...] = ()
    # Which of them are amounts in minor units.
    money_fields: ClassVar[tuple[str, ...]] = ()
    # Names of relations to records without a page of their own; the history of this one tells theirs too.
    told_with: ClassVar[tuple[str, ...]] = ()
    # The rule that is asked before an earlier version is put back.
    change_action = ""

    @property
    def reference(self) -> str:
        """What people call it; empty for what has no number of its own, such as one function's view."""
        number = getattr(self, "number", None)
        return f"{self.reference_prefix}-{number}" if number is not None else ""

    def get_absolute_url(self) -> str:
        raise NotImplementedError


class FactQuerySet(TenantQuerySet):
    def known_by(self, as_of: date) -> Self:
        """What was known at the end of a day and spoke of that day or an earlier one."""
        return self.filter(known_at__lte=end_of(as_of), effective_on__lte=as_of)


class Fact(models.Model):
    """Mixin: when something became known, and of which day it speaks.

    As-of reads use these two and nothing else; the audit trail has its own time.
    """

    effective_on = models.DateField(_("date it speaks of"))
    known_at = models.DateTimeField(_("known since"), editable=False)

    class Meta:
        abstract = True


class WithdrawableQuerySet(FactQuerySet):
    def known_by(self, as_of: date) -> Self:
        """Also without what had been taken back by the end of that day."""
        known = super().known_by(as_of)
        return known.filter(Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=end_of(as_of)))

    def standing(self) -> Self:
        """Without what was taken back, whatever day it speaks of."""
        return self.filter(withdrawn_at__isnull=True)

    def with_later_words(self) -> Self:
        """Each with `has_later_word`: whether something recorded after it stands of the same subject and day."""
        same = {name: OuterRef(name) for name in (*self.model.subject_fields, "effective_on")}
        later = self.model._default_manager.standing().filter(
            **same, known_at__gte=OuterRef("known_at")
        )
        return self.annotate(has_later_word=Exists(later.exclude(pk=OuterRef("pk"))))


class WithdrawableFact(Fact):
    """Mixin: a fact people add and can take back, known from `known_at` until `withdrawn_at`.

    Nothing of it is ever changed or deleted, so that every day keeps saying what was known on it. What is brought
    back is a new entry.
    """

    withdrawn_at = models.DateTimeField(_("taken back"), null=True, editable=False)
    withdrawn_by = models.ForeignKey(
        Person,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("taken back by"),
    )

    # Of entries with the same of these and the same day the one recorded last counts.
    subject_fields: ClassVar[tuple[str, ...]] = ()

    class Meta:
        abstract = True
