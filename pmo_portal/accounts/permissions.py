"""One place that decides: `can(member, action, object)`.

Each app states its rules in its own `rules.py`; they answer yes, or no with the sentence that people
are shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from .choices import Role
from .members import Member


@dataclass(frozen=True)
class Answer:
    """Yes, or no with a reason in a whole sentence."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed


YES = Answer(True)


def allow() -> Answer:
    return YES


def deny(reason: str) -> Answer:
    return Answer(False, reason)


Rule = Callable[[Member, Any], Answer]

_rules: dict[str, Rule] = {}


class NotAllowed(PermissionDenied):
    """The member may see the thing but not do this to it; carries the sentence to show."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.reason)
        self.reason = answer.reason


def rule(action: str) -> Callable[[Rule], Rule]:
    """Register the rule of an action, named `app.noun_verb`."""

    def register(function: Rule) -> Rule:
        if action in _rules:
            raise RuntimeError(f"Two rules for {action}.")
        _rules[action] = function
        return function

    return register


def can(member: Member, action: str, obj: Any = None) -> Answer:
    """Whether a member may do something, to an object or in general.

    A write in a tenant that is not active is refused whatever the role.

    Raises:
        LookupError: nobody stated a rule for the action.
    """
    try:
        decide = _rules[action]
    except KeyError:
        raise LookupError(f"No rule for {action!r}.") from None
    if not member.tenant.is_active and not action.endswith("_view"):
        return deny(_("This organisation is suspended: records can be read, not changed."))
    return decide(member, obj)


def require(member: Member, action: str, obj: Any = None) -> None:
    """Stop here unless the member may.

    Raises:
        NotAllowed: with the reason.
    """
    answer = can(member, action, obj)
    if not answer:
        raise NotAllowed(answer)


def ask(acting: Member | None, action: str, obj: Any = None) -> None:
    """As `require`, where a person acts: what jobs and imports do is asked of nobody.

    Raises:
        NotAllowed: the person may not.
    """
    if acting is not None:
        require(acting, action, obj)


def stated_rules() -> frozenset[str]:
    """Every action somebody stated a rule for."""
    return frozenset(_rules)


def any_member(member: Member, obj: Any) -> Answer:
    """Whoever belongs to the tenant."""
    return allow()


def only_administrators(member: Member, obj: Any) -> Answer:
    if member.has(Role.ADMINISTRATOR):
        return allow()
    return deny(_("Only administrators of the organisation can do this. Ask one of them."))
