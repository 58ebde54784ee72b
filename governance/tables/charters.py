"""Charters, reviews and go-live moves as registers."""

from typing import Any

from django.utils.translation import gettext as _now, gettext_lazy as _

from pmo_portal.common.registers import Column, Register


def _signed(function: str) -> Any:
    def name(row: Any) -> str:
        found = row.signed.get(function)
        return found.person.name if found else ""

    return name


CHARTERS = Register(
    "charters",
    (
        Column("reference", _("ID"), sort=("number",)),
        Column("programme", _("Programme"), "programme.name", sort=("programme__name",)),
        Column("edition", _("Version"), sort=("edition",), numeric=True),
        Column("status", _("State"), lambda row: row.get_status_display(), sort=("status",)),
        Column("delivery", _("Signed for delivery"), _signed("delivery")),
        Column("change", _("Signed for adoption"), _signed("change")),
        Column("agreed_on", _("Agreed"), sort=("agreed_on",)),
    ),
    default_sort="programme",
)

REVIEWS = Register(
    "reviews",
    (
        Column("reference", _("ID"), sort=("number",)),
        Column("programme", _("Programme"), "programme.name", sort=("programme__name",)),
        Column("share", _("At"), lambda row: row.get_share_display(), sort=("share",)),
        Column("status", _("State"), lambda row: row.get_status_display(), sort=("status",)),
        Column("reached_on", _("Opened"), sort=("reached_on",)),
        Column("due_on", _("Due"), sort=("due_on",)),
        Column("delivery_done_on", _("Delivery done"), sort=("delivery_done_on",)),
        Column("change_done_on", _("Adoption done"), sort=("change_done_on",)),
        Column("done_on", _("Done"), sort=("done_on",), on_page=False),
        Column("learned", _("Learned"), on_page=False),
    ),
    default_sort="due_on",
)

_MOVE = (
    Column("reference", _("ID"), sort=("number",)),
    Column("milestone", _("Go-live"), "milestone.name", sort=("milestone__name",)),
    Column("effective_on", _("Moved on"), sort=("effective_on",)),
    Column("from_on", _("From"), sort=("from_on",)),
    Column("to_on", _("To"), sort=("to_on",)),
    Column("days", _("Days"), numeric=True),
    Column("notice", _("Notice, days"), numeric=True),
    Column(
        "reason",
        _("Reason"),
        lambda row: row.get_reason_display() if row.reason else _now("Not said yet"),
        sort=("reason",),
    ),
    Column("text", _("What happened"), on_page=False),
    Column("decision", _("Decided in"), "decision.reference", on_page=False),
    Column("person", _("Moved by"), "person.name", on_page=False),
    Column(
        "close",
        _("Within two weeks of its date"),
        lambda row: _now("Yes") if row.is_close else _now("No"),
        on_page=False,
    ),
)

MOVES = Register("golive-moves", _MOVE, default_sort="-effective_on")

MOVES_OF_ALL = Register(
    "golive-moves-all-programmes",
    (
        _MOVE[0],
        Column("programme", _("Programme"), "programme.code", sort=("programme__code",)),
        *_MOVE[1:],
    ),
    default_sort="-effective_on",
)
