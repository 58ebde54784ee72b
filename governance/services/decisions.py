"""Questions, the views of both functions, and what was decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pmo_portal.accounts.choices import Function
from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import ask
from pmo_portal.common.tracking import acting_as
from pmo_portal.history import services as history
from pmo_portal.tenants.models import Person
from pmo_portal.tenants.services import next_reference
from programmes.events import announce

from .. import events
from ..choices import DecidedAs, DecisionStatus
from ..models import Decision, DecisionInput, DecisionOption, GroupMember, SteeringGroup


@transaction.atomic
def request_decision(
    decision: Decision, *, options: Sequence[str] = (), acting: Member | None
) -> Decision:
    """Put a question to a group, with the options there are.

    Raises:
        NotAllowed.
        ValidationError: it is needed before it was asked for, a field is missing, or there is one option only.
    """
    ask(acting, "governance.decision_create", decision.programme)
    return record_question(decision, options=options, acting=acting)


def record_question(
    decision: Decision, *, options: Sequence[str] = (), acting: Member | None
) -> Decision:
    """Keep a question that a person may record for another reason, such as minuting the meeting it came up in.

    Asks no rule: whoever calls it has asked one.
    """
    decision.number = next_reference("DEC")
    history.create(decision, acting=acting)
    _set_options(decision, options, acting=acting)
    _decision_changed(decision)
    return decision


@transaction.atomic
def revise_decision(
    decision: Decision,
    *,
    changes: Mapping[str, Any],
    options: Sequence[str] | None = None,
    version: int | None = None,
    acting: Member | None,
) -> Decision:
    """Change a question that is not decided yet.

    Raises:
        NotAllowed, EditConflict, Gone.
        ValidationError: it is decided (a new question supersedes it, the old one stays), or one option is left.
    """
    ask(acting, "governance.decision_change", decision)
    _must_wait(decision)
    before = version if version is not None else decision.version
    decision = history.revise(decision, changes=changes, version=version, acting=acting)
    if options is not None and _texts(options) != option_texts(decision):
        _set_options(decision, options, acting=acting)
        if decision.version == before:
            # Other options are another question: who has the paper open has to see them.
            with acting_as(user_id=history.user_id_of(acting), action="revise the options"):
                decision.version += 1
                decision.save(update_fields=["version"])
    _decision_changed(decision)
    return decision


@transaction.atomic
def give_input(
    decision: Decision,
    *,
    function: str,
    stance: str,
    note: str,
    on: date,
    version: int | None = None,
    acting: Member | None,
    person: Person | None = None,
) -> DecisionInput:
    """Say what one function thinks of a question; a second word revises the first.

    `version` 0 says that there was no view yet when the form was opened.

    Raises:
        NotAllowed: each function writes its own.
        EditConflict: somebody of the same function wrote meanwhile.
        ValidationError: it is decided already.
    """
    ask(acting, "governance.input_change", DecisionInput(decision=decision, function=function))
    # Holds the question, so that of two first views the second one meets the first.
    _must_wait(decision)
    given = DecisionInput.objects.filter(decision=decision, function=function).first()
    wanted = given or DecisionInput(decision=decision, function=function)
    speaker = person or (acting.person if acting else None)
    if given is not None:
        given = history.revise(
            given,
            changes={"stance": stance, "note": note, "person": speaker, "given_on": on},
            version=version,
            acting=acting,
        )
    else:
        wanted.stance, wanted.note, wanted.person, wanted.given_on = stance, note, speaker, on
        given = history.create(wanted, acting=acting)
    _decision_changed(decision)
    return given


@transaction.atomic
def decide(
    decision: Decision,
    *,
    outcome: str,
    rationale: str = "",
    chosen: int | None = None,
    on: date,
    review_on: date | None = None,
    version: int | None = None,
    decided_by: Person | None = None,
    jointly: bool = False,
    sets_status: str = "",
    meeting_of: SteeringGroup | None = None,
    acting: Member | None,
) -> Decision:
    """Record what was decided, by whom, and the function they spoke for on that day.

    `chosen` is the position of the option taken. The function is that of the seat in the group, else of the
    membership; it never changes afterwards. `sets_status` is the status of the programme by this decision.
    `meeting_of` is the group that decides it in its meeting with a quorum, so that both functions were heard: it
    may, where the question was put to none.

    Raises:
        NotAllowed: only voting members decide.
        EditConflict, Gone.
        ValidationError: it is decided or withdrawn already, or there is no outcome.
    """
    group = decision.group or meeting_of
    ask(acting, "governance.decision_decide", Decision(programme=decision.programme, group=group))
    _must_wait(decision)
    decider = decided_by or (acting.person if acting else None)
    function = DecidedAs.JOINT if jointly else _function_of(decision, decider, acting)
    revised = history.revise(
        decision,
        changes={
            "status": DecisionStatus.DECIDED,
            "outcome": outcome,
            "rationale": rationale,
            "decided_on": on,
            "decided_by": decider,
            "function_of_decider": function,
            "by_quorum": meeting_of is not None,
            "review_on": review_on,
            "sets_status": sets_status,
        },
        version=version,
        acting=acting,
        action="decide",
    )
    if chosen is not None:
        for option in revised.options.filter(position=chosen):
            history.revise(option, changes={"is_chosen": True}, acting=acting, action="decide")
    _decision_changed(revised)
    return revised


@transaction.atomic
def withdraw_decision(
    decision: Decision, *, version: int | None = None, acting: Member | None
) -> Decision:
    """Take a question back; it stays readable."""
    ask(acting, "governance.decision_change", decision)
    _must_wait(decision)
    decision = history.revise(
        decision,
        changes={"status": DecisionStatus.WITHDRAWN},
        version=version,
        acting=acting,
        action="withdraw decision",
    )
    _decision_changed(decision)
    return decision


@transaction.atomic
def remove_decision(decision: Decision, *, at: datetime, acting: Member | None) -> Decision:
    """Delete a question asked by mistake. What was decided stays.

    Raises:
        ValidationError: it was decided.
    """
    ask(acting, "governance.decision_change", decision)
    if _status_held(decision) == DecisionStatus.DECIDED:
        raise ValidationError(_("What was decided is not deleted. Ask a new question instead."))
    history.remove(decision, at=at, acting=acting)
    _decision_changed(decision)
    return decision


def _status_held(decision: Decision) -> str:
    """How the question stands, locked until the transaction ends."""
    return (
        Decision.all_objects.select_for_update(of=("self",))
        .values_list("status", flat=True)
        .get(pk=decision.pk)
    )


def _must_wait(decision: Decision) -> None:
    status = _status_held(decision)
    if status == DecisionStatus.DECIDED:
        raise ValidationError(_("This was decided already. Ask a new question to change it."))
    if status == DecisionStatus.WITHDRAWN:
        raise ValidationError(_("This question was withdrawn."))


def _function_of(decision: Decision, person: Person | None, acting: Member | None) -> str:
    if decision.group_id and person is not None:
        seat = GroupMember.objects.filter(group_id=decision.group_id, person=person).first()
        if seat is not None:
            return str(seat.function)
    return str(acting.function if acting else Function.BUSINESS)


def check_options(options: Sequence[str]) -> None:
    """Where options are written down there are at least two; going on as it is may be one of them.

    None at all is a question that is answered in words, as it comes up in a meeting.

    Raises:
        ValidationError: there is one.
    """
    if len(_texts(options)) == 1:
        raise ValidationError(
            {
                "options": _(
                    "One option is no choice. Add what else could be done; going on as it is may be the other."
                )
            }
        )


def _set_options(decision: Decision, options: Sequence[str], *, acting: Member | None) -> None:
    """Write the options down in order. Each keeps its place, so that its history tells what it said before."""
    check_options(options)
    wanted, standing = _texts(options), list(DecisionOption.objects.filter(decision=decision))
    for option, text in zip(standing, wanted, strict=False):
        history.revise(option, changes={"text": text}, acting=acting)
    for position, text in enumerate(wanted[len(standing) :], start=len(standing) + 1):
        history.create(
            DecisionOption(decision=decision, position=position, text=text), acting=acting
        )
    with acting_as(user_id=history.user_id_of(acting), action="remove option"):
        for option in standing[len(wanted) :]:
            option.delete()


def _texts(options: Iterable[str]) -> list[str]:
    return [text.strip() for text in options if text.strip()]


def option_texts(decision: Decision) -> list[str]:
    """The options as they stand, in order."""
    return list(
        DecisionOption.objects.filter(decision=decision)
        .order_by("position")
        .values_list("text", flat=True)
    )


def _decision_changed(decision: Decision) -> None:
    announce(
        events.decision_changed,
        tenant_id=decision.tenant_id,
        programme_id=decision.programme_id,
    )
