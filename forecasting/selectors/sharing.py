"""What an organisation decided on learning together with others, and what came of it."""

from __future__ import annotations

from pmo_portal.accounts.members import Member

from ..choices import Target
from ..in_force.standing import standing_of
from ..models import Lesson, SharedWord, SharingChoice
from ..sharing import prior as shared_prior
from ..sharing.words import Sharing


def choice_of(target: Target) -> SharingChoice:
    """What was decided for a target; where nobody decided, a record that is not saved."""
    return SharingChoice.objects.filter(target=target).first() or SharingChoice.undecided(target)


def choice_by_number(member: Member, number: int) -> SharingChoice | None:
    """A choice about sharing by its number; None where there is none."""
    return SharingChoice.objects.filter(number=number).first()


def word_of(target: Target) -> SharedWord:
    """What is given or could be; where no lesson made anything ready, a record that is not saved."""
    return SharedWord.objects.filter(target=target).first() or SharedWord(target=target)


def sharing_of(target: Target) -> Sharing:
    """Everything about a target. Seven statements at most."""
    return Sharing(
        target,
        choice_of(target),
        word_of(target),
        shared_prior.newest(target),
        shared_prior.offered(target),
        standing_of(target),
        Lesson.objects.filter(target=target).defer("walked", "left_out", "rates").first(),
    )


def sharings() -> list[Sharing]:
    """Of every target. The same number of statements however much there is."""
    return [sharing_of(target) for target in Target]
