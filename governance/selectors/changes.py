"""Change requests: registers, what is signed, what is missing, and which units they are likely to hit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _, ngettext

from adoption.models import Impact
from pmo_portal.accounts.members import Member
from pmo_portal.common.money import format_total
from pmo_portal.tenants.models import BusinessUnit
from programmes.models import Milestone, PlanBaseline, Programme, RaidItem
from programmes.selectors import programmes_for

from .. import change_text, charter_text
from ..choices import ChangeStatus, Voice
from ..models import LIVE_CHANGE_SIGNATURES, ChangeRequest, ChangeSignature

# What of a request itself is signed, beside the two halves.
CHANGE_WORDS = ("title", "what", "why", "kinds", "milestone_refs", "needed_by", "raid_item")
_RELATED = (
    "programme",
    "programme__delivery_lead",
    "programme__change_lead",
    "tenant",
    "raised_person",
    "raid_item",
    "baseline",
    "delivery_impact__said_by",
    "people_impact__said_by",
)


def changes_for(member: Member, programme: Programme | None = None) -> QuerySet[ChangeRequest]:
    """The change requests of a programme, or of every programme the member sees."""
    found = ChangeRequest.objects.select_related(*_RELATED).prefetch_related(LIVE_CHANGE_SIGNATURES)
    if programme is not None:
        return found.filter(programme=programme)
    return found.filter(programme__in=programmes_for(member))


def change_by_number(member: Member, number: int) -> ChangeRequest | None:
    """A change request by its number, removed ones included."""
    return (
        ChangeRequest.all_objects.filter(number=number, programme__in=programmes_for(member))
        .select_related(
            *_RELATED, "raid_item__programme", "raid_item__tenant",
            "baseline__programme", "baseline__tenant",
        )
        .prefetch_related(LIVE_CHANGE_SIGNATURES)
        .first()
    )  # fmt: skip


@dataclass(frozen=True)
class ChangeCounts:
    """How the requests of a register stand."""

    all: int
    open: int
    ready: int
    approved: int

    @property
    def assessing(self) -> int:
        return self.open - self.ready


def change_counts(changes: QuerySet[ChangeRequest]) -> ChangeCounts:
    """One statement."""
    counted = changes.select_related(None).aggregate(
        all=Count("pk"),
        open=Count("pk", filter=Q(status__in=(ChangeStatus.ASSESSING, ChangeStatus.READY))),
        ready=Count("pk", filter=Q(status=ChangeStatus.READY)),
        approved=Count("pk", filter=Q(status=ChangeStatus.APPROVED)),
    )
    return ChangeCounts(**counted)


def change_turns(changes: Any) -> dict[str, int]:
    """Of a register's requests: for how many it is the turn of each function. Two statements."""
    return {voice: changes.waiting_for(voice).count() for voice in Voice.values}


def milestones_touched(request: ChangeRequest) -> list[Milestone]:
    """The milestones of a request that are still in the plan, of both tracks, by their date."""
    return list(
        Milestone.objects.filter(pk__in=request.milestone_links.values("milestone"))
        .select_related("programme", "tenant")
        .order_by("forecast_on", "number")
    )


def milestones_named(programme: Programme, references: Iterable[str]) -> list[Milestone]:
    """The milestones of a programme with these references, without those that are gone."""
    numbers = [int(each.partition("-")[2]) for each in references]
    return list(Milestone.objects.filter(programme=programme, number__in=numbers))


def units_hit(request: ChangeRequest) -> list[BusinessUnit]:
    """The units change named, in the order of the tree."""
    return list(
        BusinessUnit.objects.filter(
            pk__in=request.people_impact.unit_links.values("unit")
        ).order_by("path")
    )


def trail_of_change_signatures(request: ChangeRequest) -> list[ChangeSignature]:
    """Every signature there was and is not valid any more, newest first."""
    return list(
        ChangeSignature.objects.filter(request=request, withdrawn_at__isnull=False)
        .select_related("person")
        .order_by("-signed_at", "-pk")
    )


def change_content(request: ChangeRequest) -> dict[str, Any]:
    """What is signed: every word and number of a request and of both halves, and who leads.

    Names that others may change later, and the RAID item it came out of, are no part of it.
    """
    programme = request.programme
    return {
        "reference": request.reference,
        "leads": {
            "delivery_lead": programme.delivery_lead.handle if programme.delivery_lead else "",
            "change_lead": programme.change_lead.handle if programme.change_lead else "",
        },
        "title": request.title,
        "what": request.what,
        "why": request.why,
        "kinds": sorted(request.kinds),
        "milestones": request.milestone_refs,
        "needed_by": request.needed_by.isoformat() if request.needed_by else "",
        "delivery": request.delivery_impact.content(),
        "people": request.people_impact.content(),
    }


def change_digest(request: ChangeRequest) -> str:
    return charter_text.digest(change_content(request))


def change_lacks(request: ChangeRequest) -> list[str]:
    """What a request lacks before it can be signed, in sentences."""
    words = {
        "delivery_lead": _("Name the delivery lead: two people sign."),
        "change_lead": _("Name the change lead: two people sign."),
        "delivery": _("Delivery has not described the impact on plan and money yet."),
        "delivery_scope": _("It touches the scope: delivery says how."),
        "delivery_time": _("It touches the time: delivery says how many working days."),
        "delivery_cost": _("It touches the cost: delivery says how much."),
        "delivery_quality": _("It touches the quality: delivery says how."),
        "delivery_benefit": _("It touches the benefit: delivery says how."),
        "people": _("Adoption has not described the impact on people yet."),
    }
    return [words[key] for key in change_text.missing(change_content(request))]


@dataclass(frozen=True)
class SuggestedUnit:
    """A unit a request is likely to hit, and the records that say so."""

    unit: BusinessUnit
    because: tuple[str, ...]

    @property
    def why(self) -> str:
        return ", ".join(self.because)


def suggested_units(request: ChangeRequest) -> list[SuggestedUnit]:
    """The units of the milestones it touches and of the impacts that come with them; where it touches none, those
    of every impact of the programme and the units the programme lands in."""
    impacts = Impact.objects.filter(programme=request.programme).order_by("number")
    touched = Milestone.objects.filter(
        pk__in=request.milestone_links.values("milestone")
    ).prefetch_related("units")
    because: dict[BusinessUnit, list[str]] = {}
    milestones = list(touched.order_by("number"))
    if milestones:
        impacts = impacts.filter(milestone__in=milestones)
        for milestone in milestones:
            _note(because, milestone.units.all(), milestone.reference)
    for impact in impacts.prefetch_related("units"):
        _note(because, impact.units.all(), impact.reference)
    if not milestones:
        units = BusinessUnit.objects.filter(
            pk__in=request.programme.unit_links.values("unit"), is_active=True
        )
        _note(because, units, request.programme.code)
    return [
        SuggestedUnit(unit, tuple(reasons))
        for unit, reasons in sorted(because.items(), key=lambda each: each[0].path)
        if unit.is_active
    ]


def _note(
    because: dict[BusinessUnit, list[str]], units: Iterable[BusinessUnit], reference: str
) -> None:
    for unit in units:
        because.setdefault(unit, []).append(reference)


def delivery_words(request: ChangeRequest) -> str:
    """What delivery says, a line for each thing; empty while it has said nothing."""
    impact = request.delivery_impact
    lines = []
    if impact.days is not None:
        lines.append(days_words(impact.days))
    if impact.cost is not None:
        cost = format_total(impact.cost, request.tenant.currency)
        lines.append(_("Cost: %(cost)s") % {"cost": cost})
    lines += _labelled(impact, ("scope", "quality", "benefit"))
    return _half_words(impact, lines)


def people_words(request: ChangeRequest) -> str:
    """What change says, a line for each thing; empty while it has said nothing."""
    impact = request.people_impact
    lines = [impact.words] if impact.words else []
    if impact.unit_codes:
        lines.append(_("Units hit: %(units)s") % {"units": ", ".join(impact.unit_codes)})
    if impact.hours is not None:
        lines.append(_("Hours of their time: %(hours)s") % {"hours": f"{impact.hours:,}"})
    if impact.severity is not None:
        lines.append(str(impact.get_severity_display()))
    lines += _labelled(impact, ("training", "communications"))
    return _half_words(impact, lines)


def days_words(days: int) -> str:
    """Working days as people say them: later, earlier, or on the same day."""
    if not days:
        return _("No date moves")
    count = abs(days)
    text = (
        ngettext("%(count)s working day later", "%(count)s working days later", count)
        if days > 0
        else ngettext("%(count)s working day earlier", "%(count)s working days earlier", count)
    )
    return text % {"count": count}


def _labelled(impact: Any, names: Iterable[str]) -> list[str]:
    labels = ((name, str(impact._meta.get_field(name).verbose_name)) for name in names)
    return [
        f"{label[:1].upper()}{label[1:]}: {getattr(impact, name)}"
        for name, label in labels
        if getattr(impact, name)
    ]


def _half_words(impact: Any, lines: list[str]) -> str:
    if impact.nothing_because:
        lines = [_("Nothing, because: %(why)s") % {"why": impact.nothing_because}]
    return "\n".join(lines)


def changes_about(item: object) -> list[ChangeRequest]:
    """Of a milestone, a RAID item or a baseline, newest first."""
    found = ChangeRequest.objects.select_related(
        "programme", "tenant", "delivery_impact", "people_impact"
    ).prefetch_related(LIVE_CHANGE_SIGNATURES)
    if isinstance(item, Milestone):
        found = found.filter(milestone_links__milestone=item)
    elif isinstance(item, RaidItem):
        found = found.filter(raid_item=item)
    elif isinstance(item, PlanBaseline):
        found = found.filter(baseline=item)
    else:
        raise TypeError(f"No change requests of {type(item).__name__}.")
    return list(found.order_by("-effective_on", "-number"))


def waiting_changes(programme: Programme) -> list[ChangeRequest]:
    """The open requests of a programme: those that wait for signatures first, then by when they are needed."""
    found = (
        ChangeRequest.objects.open()
        .filter(programme=programme)
        .select_related("programme", "tenant", "delivery_impact", "people_impact")
        .prefetch_related(LIVE_CHANGE_SIGNATURES)
        .order_by("-status", F("needed_by").asc(nulls_last=True), "number")
    )
    return list(found)
