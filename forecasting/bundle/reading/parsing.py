"""Reads a whole bundle: its files one after the other, then what they say of each other."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from pmo_portal.common import clock
from pmo_portal.jobs.imports import DamagedFile, NotCarried, Parsed

from .checks import (
    begin_with_first_week,
    gather_units,
    keep_known,
    take_for_risks,
    tell_shared_days,
)
from .files import files_of, unpacked
from .rows import rows_of
from .tables import TABLES, Bundle


def parse_archive(content: bytes) -> Parsed:
    """Read a bundle that was sent as a zip."""
    return parse(files_of(content))


def parse(files: Mapping[str, bytes]) -> Parsed:
    """Read and check every file.

    Raises:
        DamagedFile: a required file or a column is missing, or a file is garbled; says which.
    """
    bundle, parsed = Bundle(), Parsed([])
    for name, content in unpacked(files):
        table = TABLES[name]
        if content is None:
            if table.required:
                raise DamagedFile(
                    _("The bundle has no %(name)s; it is needed.") % {"name": f"{name}.csv"}
                )
            continue
        bundle.tables[name] = list(rows_of(name, table, content, parsed))
    begin_with_first_week(bundle, parsed)
    if not {"units.csv", "units.csv.gz"} & files.keys():
        gather_units(bundle, parsed)
    take_for_risks(bundle, parsed)
    keep_known(bundle, parsed, on=clock.today())
    tell_shared_days(bundle, parsed)
    if not bundle["programmes"]:
        raise DamagedFile(_("programmes.csv names no programme."))
    parsed.rows = [bundle]
    parsed.not_carried.append(
        NotCarried(
            _("Whether a go-live took place"),
            _("A bundle tells the planned day of a go-live, not the day it happened."),
            sum(row[4] is not None for row in bundle["programmes"]),
        )
    )
    return parsed
