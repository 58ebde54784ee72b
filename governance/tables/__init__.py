"""The registers of governance, declared once for heading, sorting and export."""

from .balance import BALANCE, COUNTED, BalanceRow
from .changes import CHANGES, CHANGES_OF_ALL
from .charters import CHARTERS, MOVES, MOVES_OF_ALL, REVIEWS
from .decisions import ACTIONS, ACTIONS_OF_ALL, DECISIONS, DECISIONS_OF_ALL, LOOKS, LOOKS_OF_ALL
from .escalations import ESCALATIONS, ESCALATIONS_OF_ALL
from .groups import SEATS, SEATS_OF_ALL
from .judgements import ROUNDS, ROUNDS_OF_ALL
from .meetings import ITEMS, ITEMS_OF_ALL, MEETINGS, MEETINGS_OF_ALL

__all__ = [
    "CHANGES",
    "CHANGES_OF_ALL",
    "ESCALATIONS",
    "ESCALATIONS_OF_ALL",
    "ACTIONS",
    "BALANCE",
    "COUNTED",
    "BalanceRow",
    "ACTIONS_OF_ALL",
    "CHARTERS",
    "DECISIONS",
    "DECISIONS_OF_ALL",
    "LOOKS",
    "ROUNDS",
    "ROUNDS_OF_ALL",
    "LOOKS_OF_ALL",
    "ITEMS",
    "ITEMS_OF_ALL",
    "SEATS",
    "SEATS_OF_ALL",
    "MEETINGS",
    "MEETINGS_OF_ALL",
    "MOVES",
    "MOVES_OF_ALL",
    "REVIEWS",
]
