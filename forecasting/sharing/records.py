"""Writes about learning together: what people decide, and what a lesson makes ready to be given."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import require
from pmo_portal.common import clock
from pmo_portal.history import selectors as trails, services as history

from .. import services
from ..choices import Happening, Target
from ..models import SharedWord, SharingChoice
from .prior import fingerprint


@transaction.atomic
def decide(
    choice: SharingChoice,
    *,
    changes: Mapping[str, Any],
    acting: Member,
    on: date,
    version: int | None = None,
    seen: str = "",
    note: str = "",
) -> SharingChoice:
    """Begin or stop to give, and to take. What was given is deleted at once where giving stops.

    The first version is always that nothing is given or taken, so that it can be put back.

    Args:
        version: the one the form was opened with.
        seen: the fingerprint of the text whoever agrees was shown; that very text is given.

    Raises:
        NotAllowed, EditConflict.
        ValidationError: there is nothing to give, or it is not what was shown.
    """
    require(acting, "forecasting.sharing_change", choice)
    target = Target(choice.target)
    # As it stands: a form has written into the record it was opened with.
    current = SharingChoice.objects.select_for_update(of=("self",)).filter(target=target).first()
    if current is None:
        current = history.create(SharingChoice.undecided(target), acting=None)
    gave, took = current.gives, current.takes
    decided = history.revise(current, changes=changes, version=version, acting=acting, action=note)
    if decided.gives and not gave:
        _give(target, seen=seen, acting=acting, on=on)
    elif gave and not decided.gives:
        _withdraw(target, acting=acting, on=on)
    if decided.takes != took:
        services.ask_to_learn(because="asked", acting=acting)
        # What others found is told no longer from now on; that something is tried waits for a lesson.
        services.ask_to_score(acting=acting)
    return decided


def put_back_choice(
    choice: SharingChoice, *, changes: Mapping[str, Any], acting: Member, note: str = ""
) -> SharingChoice:
    """Put an earlier choice back. To give again is agreed to where the numbers are shown.

    Raises:
        NotAllowed.
        ValidationError: it would give.
    """
    return decide(choice, changes=changes, acting=acting, on=clock.today(), note=note)


@transaction.atomic
def undo(choice: SharingChoice, *, version: int, acting: Member) -> SharingChoice:
    """Take the last decision back: what was decided as of `version` holds again.

    Raises:
        NotAllowed.
        ValidationError: it was decided differently in the meantime, or it would give.
    """
    target = Target(choice.target)
    current = SharingChoice.objects.select_for_update(of=("self",)).filter(target=target).first()
    before = trails.values_at(current, version) if current else None
    if current is None or before is None or current.version != version + 1:
        raise ValidationError(
            _("Someone decided differently in the meantime; this is the current state.")
        )
    changes = {name: before[name] for name in SharingChoice.edited_fields}
    return history.put_back(current, changes=changes, version=version, acting=acting)


history.put_back_with(SharingChoice, put_back_choice)


def _word_of(target: Target) -> SharedWord | None:
    return SharedWord.objects.select_for_update(of=("self",)).filter(target=target).first()


def _give(target: Target, *, seen: str, acting: Member, on: date) -> None:
    word = _word_of(target)
    if word is None or not word.ready:
        raise ValidationError({"gives": _("There is nothing to contribute yet.")})
    if not seen:
        raise ValidationError(
            {"gives": _("To give is agreed to where the numbers are shown: on the page of the choice itself.")}
        )  # fmt: skip
    if fingerprint(word.ready) != seen:
        raise ValidationError(
            {"gives": _("The numbers have changed since this page was opened. They are shown as they are now: agree to these.")}
        )  # fmt: skip
    word.given, word.given_on = word.ready, on
    word.save(update_fields=["given", "given_on"])
    details = {"sha256": seen}
    services.note(Happening.GIVEN, target, on=on, acting=acting, details=details)


def _withdraw(target: Target, *, acting: Member, on: date) -> None:
    word = _word_of(target)
    if word is not None and word.given:
        _delete_given(word)
        word.save()
        services.note(Happening.WITHDRAWN, target, on=on, acting=acting)


def _delete_given(word: SharedWord) -> None:
    # `combined_in` stays: whoever was part of a mean cannot start from it.
    word.given, word.given_on, word.others = "", None, {}


@transaction.atomic
def make_ready(target: Target, text: str, *, lacking: str, on: date) -> SharedWord:
    """Keep what a lesson has to give, empty where it has nothing.

    What is given is renewed once in the last month of a quarter. Priors are made in the first days of one (`sharing.combining`), so
    what is given can be seen before it is used. Where there is nothing to give any more, giving ends.
    """
    # In the order in which `decide` takes them.
    choice = SharingChoice.objects.select_for_update(of=("self",)).filter(target=target).first()
    word = _word_of(target) or SharedWord(target=target)
    word.ready, word.ready_on, word.lacking = text, on, lacking
    if choice is not None and word.given and not text:
        _delete_given(word)
        history.revise(choice, changes={"gives": False}, acting=None)
        services.note(Happening.WITHDRAWN, target, on=on, details={"lacking": lacking})
    elif word.given_on and word.given != text and _is_to_renew(word.given_on, on):
        word.given, word.given_on = text, on
        details = {"sha256": fingerprint(text), "again": True}
        services.note(Happening.GIVEN, target, on=on, details=details)
    word.save()
    return word


def _is_to_renew(given_on: date, on: date) -> bool:
    is_last_month = on.month % 3 == 0
    return is_last_month and (given_on.year, given_on.month) != (on.year, on.month)
