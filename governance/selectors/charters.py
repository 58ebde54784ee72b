"""Charters: the one that counts, what it says in the form that is signed, and what changed between versions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from pmo_portal.accounts.members import Member
from pmo_portal.common.days import day_text
from pmo_portal.history.differences import Piece, pieces
from programmes.models import Programme
from programmes.selectors import programmes_for

from .. import charter_text
from ..choices import CharterStatus, Voice
from ..models import LIVE_SIGNATURES, Charter, CharterAssumption, CharterSignature, SuccessMeasure

_NOT_TEXT = ("status", "agreed_on")
TEXT_FIELDS = tuple(name for name in Charter.edited_fields if name not in _NOT_TEXT)
_RELATED = ("programme", "programme__delivery_lead", "programme__change_lead", "tenant")


def charters_of(programme: Programme) -> list[Charter]:
    """Every version of a programme's charter, newest first, with its valid signatures."""
    return list(
        Charter.objects.filter(programme=programme)
        .select_related(*_RELATED)
        .prefetch_related(LIVE_SIGNATURES)
        .order_by("-edition")
    )


def charters_for(member: Member) -> QuerySet[Charter]:
    """What is agreed and what is being written in every programme the member sees."""
    return (
        Charter.objects.filter(programme__in=programmes_for(member))
        .exclude(status=CharterStatus.SUPERSEDED)
        .select_related(*_RELATED)
        .prefetch_related(LIVE_SIGNATURES)
    )


def charter_by_number(member: Member, number: int) -> Charter | None:
    """A version of a charter by its number, deleted ones included."""
    return (
        Charter.all_objects.filter(number=number, programme__in=programmes_for(member))
        .select_related(*_RELATED)
        .prefetch_related(LIVE_SIGNATURES)
        .first()
    )


def agreed_charter(programme: Programme) -> Charter | None:
    return Charter.objects.agreed().filter(programme=programme).select_related(*_RELATED).first()


def measures_of(charter: Charter) -> list[SuccessMeasure]:
    return list(SuccessMeasure.objects.filter(charter=charter).order_by("-half", "line"))


def assumptions_of(charter: Charter) -> list[CharterAssumption]:
    return list(CharterAssumption.objects.filter(charter=charter).order_by("-half", "line"))


def trail_of_signatures(charter: Charter) -> QuerySet[CharterSignature]:
    """Every signature there was, withdrawn ones too, newest first."""
    return (
        CharterSignature.objects.filter(charter=charter)
        .select_related("person")
        .order_by("-signed_at", "-pk")
    )


def content_of(charter: Charter) -> dict[str, Any]:
    """What is signed: every word and number of a version, and who leads."""
    programme = charter.programme
    measures = SuccessMeasure.objects.filter(charter=charter).order_by("line")
    assumptions = CharterAssumption.objects.filter(charter=charter).order_by("line")
    return {
        "programme": programme.code,
        "edition": charter.edition,
        "leads": {
            "delivery_lead": programme.delivery_lead.handle if programme.delivery_lead else "",
            "change_lead": programme.change_lead.handle if programme.change_lead else "",
        },
        **{name: getattr(charter, name) for name in TEXT_FIELDS},
        "measures": [_row(each) for each in measures],
        "assumptions": [_row(each) for each in assumptions],
    }


def _row(line: SuccessMeasure | CharterAssumption) -> dict[str, Any]:
    values = {name: getattr(line, name) for name in line.edited_fields}
    if "due_on" in values:
        values["due_on"] = values["due_on"].isoformat()
    return {"line": line.line, **values}


def digest_of(charter: Charter) -> str:
    return charter_text.digest(content_of(charter))


def what_is_missing(charter: Charter) -> list[str]:
    """What a version lacks before it can be signed, in sentences."""
    words = {
        "purpose": _("Say what the programme is for."),
        "objectives": _("Name the objectives."),
        "delivery_lead": _("Name the delivery lead: the charter is an agreement of two people."),
        "change_lead": _("Name the change lead: the charter is an agreement of two people."),
        "measure_delivery": _("Add a success measure of delivery."),
        "measure_adoption": _(
            "Add a success measure of adoption: delivered and not used is no success."
        ),
    }
    return [words[key] for key in charter_text.missing(content_of(charter))]


@dataclass(frozen=True)
class Changed:
    """One thing that differs between two versions; `before` or `after` empty where there is none."""

    label: str
    before: str
    after: str

    @property
    def pieces(self) -> list[Piece]:
        """Both merged, word by word."""
        return pieces(self.before, self.after)


def changes_between(before: Charter, after: Charter) -> list[Changed]:
    """Every field, measure and assumption that differs between two versions, in words."""
    found = []
    for name in TEXT_FIELDS:
        old, new = (_said(getattr(each, name)) for each in (before, after))
        if old != new:
            found.append(Changed(label_of(name), old, new))
    for title, rows in (
        (_("Success measure"), measures_of),
        (_("Assumption"), assumptions_of),
    ):
        lines = [
            [{"line": row.line, "words": in_words(row)} for row in rows(each)]  # type: ignore[operator]
            for each in (before, after)
        ]
        for old_row, new_row in charter_text.matched(*lines):
            old = old_row["words"] if old_row else ""
            new = new_row["words"] if new_row else ""
            if old != new:
                found.append(Changed(title, old, new))
    return found


def label_of(name: str) -> str:
    """How a field of the charter is called on the page."""
    field: Any = Charter._meta.get_field(name)
    label = str(field.verbose_name)
    if name.startswith("tolerance_"):
        return _("Tolerance: %(what)s") % {"what": label}
    return capfirst(label)


def _said(value: Any) -> str:
    return "" if value is None else str(value)


def in_words(row: SuccessMeasure | CharterAssumption) -> str:
    """A line of a charter in one sentence."""
    if isinstance(row, SuccessMeasure):
        return _("%(side)s: %(name)s, from %(start)s to %(target)s by %(day)s. %(how)s") % {
            "side": row.get_half_display(),
            "name": row.name,
            "start": row.start_words,
            "target": row.target_words,
            "day": day_text(row.due_on),
            "how": row.how,
        }
    return _("%(side)s: %(text)s (%(value)s)") % {
        "side": row.get_half_display(),
        "text": row.text,
        "value": row.value_words,
    }


@dataclass(frozen=True)
class Standing:
    """How the charter of a programme stands, for lists and scorecards."""

    agreed: Charter | None = None
    open: Charter | None = None
    waits_for: tuple[str, ...] = ()


def charter_standing(programme_ids: Collection[int]) -> Mapping[int, Standing]:
    """Agreed and open version of each programme, and whose signature an open one waits for. Two statements."""
    found: dict[int, dict[str, Any]] = {pk: {} for pk in programme_ids}
    rows = (
        Charter.objects.filter(programme_id__in=list(programme_ids))
        .exclude(status=CharterStatus.SUPERSEDED)
        .select_related("programme", "tenant")
        .prefetch_related(LIVE_SIGNATURES)
    )
    for charter in rows:
        if charter.is_agreed:
            found[charter.programme_id]["agreed"] = charter
            continue
        found[charter.programme_id]["open"] = charter
        if charter.status == CharterStatus.READY:
            found[charter.programme_id]["waits_for"] = tuple(
                voice for voice in Voice.values if voice not in charter.signed
            )
    return {pk: Standing(**values) for pk, values in found.items()}
