"""Making one prior of what organisations give: once a quarter, outside of every organisation.

Each organisation is opened in turn, so no role ever reads two at once; what is written outside of them names none. Only jobs
import this module: it needs numpy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import transaction

from pmo_portal.tenants.choices import TenantStatus
from pmo_portal.tenants.context import tenant_context
from pmo_portal.tenants.models import Tenant

from .. import services
from ..choices import Happening, Target
from ..learning import prior, sharing
from ..learning.linear import LinearModel
from ..learning.names import FEWEST_WORDS
from ..models import SharedPrior, SharedWord, SharingChoice
from . import prior as shared_prior
from .prior import fingerprint

# In the first days of a quarter; a portal that stood still then waits for the next one.
MONTHS, LAST_DAY = (1, 4, 7, 10), 7
# A new prior differs from the last one by so many organisations at least: what one of them added cannot be worked out.
FEWEST_CHANGED = 3


class Step(StrEnum):
    """What becomes of the shared prior of a target."""

    MAKE = "make"
    KEEP = "keep"
    END = "end"


@dataclass(frozen=True)
class _Given:
    """The word of one organisation, and whether it stood in the last prior as it is, or as an earlier word."""

    tenant_id: UUID
    word: dict[str, Any]
    text: str
    stays: bool
    renewed: bool


def step(before: int, stays: int, renewed: int, joined: int) -> Step:
    """What to do, by who is in the last prior that was made and who would be in the next.

    Two priors that differ by one organisation, or by two, would tell nearly what these say. So where so few came, the last one
    stays without them; where so few left, none holds until more have changed.

    Args:
        before: how many are in the last one; 0 where there was none.
        stays: how many of them still give, `renewed` of these in newer words.
        joined: how many others give.
    """
    left = before - stays
    if stays + joined < FEWEST_WORDS:
        return Step.END if left else Step.KEEP
    if not before or left + joined >= FEWEST_CHANGED:
        return Step.MAKE
    if left:
        return Step.END
    return Step.MAKE if not joined and renewed >= FEWEST_CHANGED else Step.KEEP


def is_time(target: Target, on: date) -> bool:
    """Whether a prior is to be made of what is given: in the first days of a quarter, once."""
    if on.month not in MONTHS or on.day > LAST_DAY:
        return False
    return not SharedPrior.objects.filter(target=target, made_on__gte=on.replace(day=1)).exists()


@transaction.atomic
def combine(target: Target, *, on: date) -> SharedPrior | None:
    """Make the prior of a target anew, or say that none holds any more. Returns what was written, None where nothing was.

    Called outside of every organisation.
    """
    shipped = prior.load(target)
    last = SharedPrior.objects.filter(target=target, organisations__gt=0).order_by("-number").first()  # fmt: skip
    given = _gather(target, shipped, last)
    stays = sum(each.stays for each in given)
    renewed = sum(each.renewed for each in given)
    what = step(last.organisations if last else 0, stays, renewed, len(given) - stays)
    newest = shared_prior.newest(target)
    number = newest.number + 1 if newest else 1
    if what is Step.KEEP:
        return None
    if what is Step.END:
        if newest is None or not newest.numbers:
            return None
        return SharedPrior.objects.create(target=target, number=number, made_on=on)
    about = {"version": f"S{number}", "made_on": on.isoformat()}
    model = sharing.together([each.word for each in given], shipped, about=about)
    made = SharedPrior.objects.create(
        target=target,
        number=number,
        made_on=on,
        organisations=len(given),
        numbers=model.as_dict(),
        digest=model.digest,
    )
    for each in given:
        _tell(each, given, target, made, shipped, about)
    return made


def _gather(target: Target, shipped: LinearModel, last: SharedPrior | None) -> list[_Given]:
    """What active organisations give, by opening one after the other. Who takes back meanwhile waits, and is in the next no more."""
    found = []
    for tenant in Tenant.objects.filter(status=TenantStatus.ACTIVE).order_by("pk"):
        with tenant_context(tenant.id):
            if not SharingChoice.objects.filter(target=target, gives=True).exists():
                continue
            words = SharedWord.objects.select_for_update(of=("self",)).filter(target=target)
            kept = words.exclude(given="").first()
            word = sharing.read(kept.given, shipped, target=target) if kept else None
            if kept is None or word is None or kept.given_on is None:
                continue
            stays = last is not None and kept.combined_in == last.number
            renewed = stays and last is not None and kept.given_on > last.made_on
            found.append(_Given(tenant.id, word, kept.given, stays, renewed))
    return found


def _tell(
    one: _Given,
    given: Sequence[_Given],
    target: Target,
    made: SharedPrior,
    shipped: LinearModel,
    about: dict[str, Any],
) -> None:
    """Keep with an organisation that its word was used, and what the others made: the prior it may start from itself."""
    rest = [each.word for each in given if each is not one]
    others: dict[str, Any] = {}
    if len(rest) >= FEWEST_WORDS:
        model = sharing.together(rest, shipped, about=about)
        others = {"numbers": model.as_dict(), "digest": model.digest}
    with tenant_context(one.tenant_id):
        SharedWord.objects.filter(target=target).update(combined_in=made.number, others=others)
        details = {
            "number": made.number,
            "organisations": made.organisations,
            "sha256": fingerprint(one.text),
        }
        services.note(Happening.COMBINED, target, on=made.made_on, details=details)
