"""Writes to members, invitations, the directory and the thresholds."""

from .directory import create_person, create_unit, revise_person, revise_thresholds, revise_unit
from .invitations import Letter, accept, invite, open_letter, resend, withdraw
from .members import add_member, end_membership, resume_membership, revise_membership

__all__ = [
    "Letter",
    "accept",
    "add_member",
    "create_person",
    "create_unit",
    "end_membership",
    "invite",
    "open_letter",
    "resend",
    "resume_membership",
    "revise_membership",
    "revise_person",
    "revise_thresholds",
    "revise_unit",
    "withdraw",
]
