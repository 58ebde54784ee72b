"""Writes what was read, in bulk, inside the one transaction the import framework opens.

Every row keeps the day it speaks of and the moment it was known. A row of a date is known during that date;
what only time can tell (a milestone missed or reached, an item escalated or closed) is known once its date
has passed. A bundle that grew adds what is new; a row that differs from what was kept is left as it was, and
said.
"""

from .applying import apply
from .programmes import external_id_of

__all__ = ["apply", "external_id_of"]
