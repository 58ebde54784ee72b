"""Change requests: raised by one function, assessed by both, signed by both leads, carried out, closed.

Any change of words before the second signature takes the first one off, visibly. What both leads approved is
never changed.
"""

from .carrying_out import close_change, keep_change_baseline, resume_change
from .signing import offer_change, sign_change, take_up_change, unsign_change, withdraw_change
from .words import raise_change, remove_change, revise_change, say_delivery, say_people

__all__ = [
    "close_change",
    "keep_change_baseline",
    "offer_change",
    "raise_change",
    "remove_change",
    "resume_change",
    "revise_change",
    "say_delivery",
    "say_people",
    "sign_change",
    "take_up_change",
    "unsign_change",
    "withdraw_change",
]
