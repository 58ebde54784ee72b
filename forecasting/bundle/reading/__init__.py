"""Reads a bundle: exactly the files it may have, each row checked, nothing of it written. No database in here.

A file or column that is missing stops the import. A row that cannot be understood is left out and named.
"""

from .files import files_in, files_of
from .parsing import parse, parse_archive
from .tables import NAMES, TABLES, Bundle

__all__ = ["NAMES", "TABLES", "Bundle", "files_in", "files_of", "parse", "parse_archive"]
