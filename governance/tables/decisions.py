"""Decisions and actions as registers."""

from django.utils.translation import gettext as _now, gettext_lazy as _

from pmo_portal.common.registers import Column, Register

_DECISION = (
    Column("reference", _("ID"), sort=("number",)),
    Column("question", _("Question"), sort=("question",)),
    Column("status", _("State"), lambda row: row.get_status_display(), sort=("status",)),
    Column("requested_on", _("Asked"), sort=("requested_on",)),
    Column("due_on", _("Needed by"), sort=("due_on",)),
    Column("decided_on", _("Decided"), sort=("decided_on",)),
    Column("voices", _("Voices heard"), lambda row: _now("%d of 2") % row.voices, sort=("voices",)),
    Column(
        "function",
        _("Decided as"),
        lambda row: row.get_function_of_decider_display(),
        on_page=False,
    ),
    Column("decided_by", _("Decided by"), "decided_by.name", on_page=False),
    Column("outcome", _("Outcome"), on_page=False),
    Column("rationale", _("Reasons"), on_page=False),
    Column("group", _("Put to"), "group.name", on_page=False),
)

DECISIONS = Register("decisions", _DECISION, default_sort="-requested_on")

DECISIONS_OF_ALL = Register(
    "decisions-all-programmes",
    (
        _DECISION[0],
        Column("programme", _("Programme"), "programme.code", sort=("programme__code",)),
        *_DECISION[1:],
    ),
    default_sort="-requested_on",
)

_LOOK = (
    Column("reference", _("ID"), sort=("number",)),
    Column("question", _("Question"), sort=("question",)),
    Column("decided_on", _("Decided"), sort=("decided_on",)),
    Column("review_on", _("Look again on"), sort=("review_on",)),
    Column("last_verdict", _("Found"), "last_word", sort=("last_verdict",)),
    Column("last_look_on", _("Looked at on"), sort=("last_look_on",), on_page=False),
    Column("outcome", _("Outcome"), on_page=False),
    Column("group", _("Put to"), "group.name", on_page=False),
)

LOOKS = Register("decisions-again", _LOOK, default_sort="review_on")

LOOKS_OF_ALL = Register(
    "decisions-again-all-programmes",
    (
        _LOOK[0],
        Column("programme", _("Programme"), "programme.code", sort=("programme__code",)),
        *_LOOK[1:],
    ),
    default_sort="review_on",
)

_ACTION = (
    Column("reference", _("ID"), sort=("number",)),
    Column("text", _("What"), sort=("text",)),
    Column("owner", _("Owner"), "owner.name", sort=("owner__name",)),
    Column("agreed_on", _("Agreed"), sort=("agreed_on",)),
    Column("due_on", _("Due"), sort=("due_on",)),
    Column("status", _("State"), lambda row: row.get_status_display(), sort=("status",)),
    Column("done_on", _("Finished"), sort=("done_on",), on_page=False),
    Column("decision", _("Out of"), "decision.reference", on_page=False),
)

ACTIONS = Register("actions", _ACTION, default_sort="due_on")

ACTIONS_OF_ALL = Register(
    "actions-all-programmes",
    (
        _ACTION[0],
        Column("programme", _("Programme"), "programme.code", sort=("programme__code",)),
        *_ACTION[1:],
    ),
    default_sort="due_on",
)
