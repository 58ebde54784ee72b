"""Change requests, escalations, charters and reviews that lack the word or the signature of one function."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from pmo_portal.accounts.members import Member
from pmo_portal.common.waiting import Kind, Place, Waits, asked
from programmes.choices import Half

from ...choices import CharterStatus, LineKind, Voice, other_voice
from ...models import ChangeRequest, Charter, Escalation, Review, ReviewLine, ReviewView
from .standing import address, ground, heard_in, led_in, of_voice, other_of, signs_in, why


def _halves(member: Member, on: date) -> Iterator[QuerySet[Any]]:
    """Change requests of which a function of the member has not said what they mean."""
    for voice in Voice:
        lacking = ChangeRequest.objects.unsaid(voice)
        yield _change(lacking.filter(programme__in=heard_in(member, voice)), member, voice)


def _change_signatures(member: Member, on: date) -> Iterator[QuerySet[Any]]:
    for voice in Voice:
        lacking = ChangeRequest.objects.unsigned(voice)
        mine = signs_in(member, voice).values("pk")
        yield _change(lacking.filter(programme__in=mine), member, voice)


def _change(found: QuerySet[Any], member: Member, voice: Voice) -> QuerySet[Any]:
    return asked(
        found,
        place=Place.TOGETHER,
        prefix=ChangeRequest.reference_prefix,
        title="title",
        since="effective_on",
        due="needed_by",
        ground=ground(member, voice),
        voice=voice.value,
    )


def _escalations(member: Member, on: date) -> Iterator[QuerySet[Any]]:
    """Escalations of the other function that nobody of the member's own has answered."""
    for voice in Voice:
        yield asked(
            Escalation.objects.unanswered().filter(
                raised_by=other_voice(voice), programme__in=heard_in(member, voice)
            ),
            place=Place.TOGETHER,
            prefix=Escalation.reference_prefix,
            title="title",
            since="effective_on",
            due="view_due_on",
            ground=ground(member, voice),
            voice=voice.value,
        )


def _charters(member: Member, on: date) -> Iterator[QuerySet[Any]]:
    for voice in Voice:
        ready = Charter.objects.filter(status=CharterStatus.READY)
        lacking = ready.exclude(pk__in=ready.signed(voice).order_by().values("pk"))
        yield asked(
            lacking.filter(programme__in=signs_in(member, voice).values("pk")),
            place=Place.TOGETHER,
            prefix=Charter.reference_prefix,
            title="programme__name",
            ground=ground(member, voice),
            voice=voice.value,
            size=F("edition"),
        )


def _reviews(member: Member, on: date) -> Iterator[QuerySet[Any]]:
    """Open reviews with lines of which a side has said nothing; once all are said they wait for its lead."""
    # As on the page of a review: delivery, then adoption; measures before assumptions.
    order = (
        Case(When(half=Half.DELIVERY, then=0), default=1, output_field=IntegerField()),
        Case(When(kind=LineKind.MEASURE, then=0), default=1, output_field=IntegerField()),
        "line",
    )
    for voice in Voice:
        said = ReviewView.objects.filter(function=voice).values("review_line")
        lacking = ReviewLine.objects.filter(review=OuterRef("pk")).exclude(pk__in=said)
        counted = lacking.order_by().values("review").annotate(n=Count("pk")).values("n")
        first = lacking.order_by(*order).values("line")[:1]
        heard = Q(programme__in=heard_in(member, voice))
        led = Q(programme__in=led_in(member, voice).values("pk"))
        # Who leads a side and speaks for it is asked in any case: lines are looked at only where that decides.
        mine = (heard & led) | (heard & Exists(lacking)) | (led & ~Exists(lacking))
        yield asked(
            Review.objects.open().filter(mine, **{f"{voice.value}_done_on__isnull": True}),
            place=Place.TOGETHER,
            prefix=Review.reference_prefix,
            title="programme__name",
            since="reached_on",
            due="due_on",
            ground=ground(member, voice),
            voice=voice.value,
            detail=Coalesce(Subquery(first), Value(0)),
            size=Coalesce(Subquery(counted), Value(0)),
        )


def _half_url(tenant: str, row: Waits) -> str:
    name = "change_delivery" if row.voice == Voice.DELIVERY else "change_people"
    return address(name)(tenant, row)


def _escalation_why(row: Waits) -> str:
    return _("It was escalated by %(other)s; the view of %(side)s is missing.") % {
        "other": other_of(row),
        "side": of_voice(row),
    }


def _charter_why(row: Waits) -> str:
    words = _("Version %(edition)d of the charter waits for the signature of %(side)s.")
    return words % {"edition": row.size, "side": of_voice(row)}


def _charter_url(tenant: str, row: Waits) -> str:
    place = {"tenant": tenant, "code": row.code, "edition": row.size, "voice": row.voice}
    return reverse("governance:charter_sign", kwargs=place)


def _review_why(row: Waits) -> str:
    if not row.size:
        return _("Everything is said by %(side)s; the lead says that it is done.") % {
            "side": of_voice(row)
        }
    return ngettext(
        "%(side)s has said nothing of %(count)d line yet.",
        "%(side)s has said nothing of %(count)d lines yet.",
        row.size,
    ) % {"side": Voice(row.voice).label, "count": row.size}


def _review_url(tenant: str, row: Waits) -> str:
    if not row.size:
        return address("review_detail")(tenant, row)
    place = {"tenant": tenant, "code": row.code, "reference": row.reference}
    return reverse(
        "governance:review_judge", kwargs={**place, "line": int(row.detail), "voice": row.voice}
    )


WAITING = (
    Kind(
        "halves",
        gettext_lazy("Change requests to assess"),
        _halves,
        why(gettext_lazy("What it means is not said yet by %(side)s.")),
        _half_url,
    ),
    Kind(
        "signatures",
        gettext_lazy("Change requests to sign"),
        _change_signatures,
        why(gettext_lazy("It waits for the signature of %(side)s.")),
        address("change_sign", with_voice=True),
    ),
    Kind(
        "escalations",
        gettext_lazy("Escalations to answer"),
        _escalations,
        _escalation_why,
        address("escalation_answer"),
    ),
    Kind("charters", gettext_lazy("Charters to sign"), _charters, _charter_why, _charter_url),
    Kind("reviews", gettext_lazy("Reviews of the charter"), _reviews, _review_why, _review_url),
)
