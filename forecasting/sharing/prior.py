"""What lessons of an organisation start from: the shipped prior, or one that other organisations made together.

Read without numpy, for pages too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from ..choices import Stage, Target
from ..in_force import shipped
from ..in_force.standing import Hold, Standing, standing_of
from ..models import Lesson, RiskModel, SharedPrior, SharedWord, SharingChoice


def fingerprint(text: str) -> str:
    """SHA-256 of a text as it is given."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Start:
    """A prior as plain numbers.

    Attributes:
        number: of a shared one; None for the shipped prior.
        organisations: how many made it.
    """

    numbers: Mapping[str, Any]
    digest: str
    number: int | None = None
    organisations: int = 0

    @property
    def is_shared(self) -> bool:
        return self.number is not None

    @property
    def stage(self) -> Stage:
        return Stage.SHARED if self.is_shared else Stage.PRIOR

    @property
    def version(self) -> str:
        """What people call it."""
        return str(self.numbers["about"]["version"])


def shipped_start(target: Target) -> Start:
    """The prior that comes with the portal."""
    return Start(shipped.numbers(target), shipped.digest(target))


def newest(target: Target) -> SharedPrior | None:
    """The last row about a target: a prior, or that none holds. One statement."""
    return SharedPrior.objects.filter(target=target).order_by("-number").first()


def offered(target: Target) -> Start | None:
    """The shared prior this organisation may start from; None where there is none.

    Who gave is offered what the others made, never its own words back: learning from the same rows twice would be too sure of
    itself, and a test on these rows would test nothing. Two statements.
    """
    made = newest(target)
    if made is None or not made.numbers:
        return None
    if made.numbers["feature_set"] != shipped.numbers(target)["feature_set"]:
        return None
    own = SharedWord.objects.filter(target=target, combined_in=made.number).first()
    if own is None:
        return Start(made.numbers, made.digest, made.number, made.organisations)
    if not own.others:
        return None
    numbers, digest = own.others["numbers"], own.others["digest"]
    return Start(numbers, digest, made.number, numbers["about"]["organisations"])


def taken(target: Target) -> Start | None:
    """The shared prior that lessons are to try; None where the organisation takes none, or something holds. At most four statements."""
    if not SharingChoice.objects.filter(target=target, takes=True).exists():
        return None
    return _unless_held(target, standing_of(target))


def _unless_held(target: Target, standing: Standing) -> Start | None:
    """After an alarm, or a person's word that the shipped prior is to be used, it is the shipped one."""
    return None if standing.hold in (Hold.FELL_BACK, Hold.ASIDE) else offered(target)


def start_of(target: Target) -> Start:
    """What lessons start from, and what is told where there is no model: shared only where the last lesson found it better here."""
    found = taken(target)
    if found is None:
        return shipped_start(target)
    return found if said_of(_last_verdict(target), found) else shipped_start(target)


def started(model: RiskModel) -> Start:
    """The prior a model was learned or moved from. No statement for the shipped prior, else at most three.

    What the others made for an organisation that gave is kept until the next shared prior. After that it is told with the
    numbers of all of them together, the nearest that are kept. What nothing is known of is told as the shipped prior.
    """
    target, about = Target(model.target), model.numbers["about"]
    digest = about.get("starts_from")
    if digest is None or digest == shipped.digest(target):
        return shipped_start(target)
    now = offered(target)
    if now is not None and now.digest == digest:
        return now
    named = Q(digest=digest) | Q(numbers__about__version=about.get("prior", ""))
    made = SharedPrior.objects.filter(named, target=target).exclude(digest="").first()
    if made is None:
        return shipped_start(target)
    others = made.organisations - (made.digest != digest)
    return Start(made.numbers, digest, made.number, others)


def starts(
    targets: Iterable[Target], standings: Mapping[Target, Standing], lessons: Mapping[str, Lesson]
) -> dict[Target, Start]:
    """As `start_of`, where standings and last lessons are read already. One statement, and two for each target that takes."""
    taking = set(SharingChoice.objects.filter(takes=True).values_list("target", flat=True))
    made = {}
    for target in targets:
        found = _unless_held(target, standings[target]) if target in taking else None
        lesson = lessons.get(target)
        is_used = found is not None and said_of(lesson.verdict if lesson else None, found)
        made[target] = found if found is not None and is_used else shipped_start(target)
    return made


def said_of(verdict: Mapping[str, Any] | None, start: Start) -> bool:
    """Whether a lesson tried this very prior and found its start to be better."""
    said = (verdict or {}).get("shared", {})
    return bool(said.get("used")) and said.get("digest") == start.digest


def is_news(target: Target) -> bool:
    """Whether the last lesson tried another shared prior than there is now, or one that is no longer wanted."""
    wanted = taken(target)
    said = (_last_verdict(target) or {}).get("shared", {})
    return said.get("digest") != (wanted.digest if wanted else None)


def _last_verdict(target: Target) -> dict[str, Any] | None:
    return Lesson.objects.filter(target=target).values_list("verdict", flat=True).first()
