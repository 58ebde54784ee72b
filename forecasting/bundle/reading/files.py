"""The files of a bundle: found in a folder or a zip by their exact names, and unpacked up to a limit."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from pmo_portal.jobs.imports import DamagedFile

from .tables import NAMES, TABLES

# Of all files together, unpacked; a bundle of 1,000 programmes and 60 weeks has about 20 MB.
MAX_BYTES = 200 * 1024 * 1024

# What every program packs with. The others have damages of their own kinds, and nobody needs them.
_READ_HERE = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}


def files_in(folder: Path) -> dict[str, bytes]:
    """The files of a bundle in a folder: those a bundle may have, by their exact names, and no other.

    Raises:
        DamagedFile: it is no folder, or a file cannot be read.
    """
    if not folder.is_dir():
        raise DamagedFile(_("%(folder)s is no folder.") % {"folder": folder})
    found = {}
    for name in sorted(NAMES):
        path = folder / name
        try:
            found[name] = path.read_bytes()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise DamagedFile(
                _("%(name)s cannot be read: %(why)s.") % {"name": name, "why": error.strerror}
            ) from None
    return found


def files_of(archive: bytes) -> dict[str, bytes]:
    """The files of a bundle in a zip: at its top, or all in its one folder, and no other.

    A folder counts only where it holds `programmes.csv` and nothing of a bundle lies at the top: a folder
    beside the bundle may have files of the same names.

    Raises:
        DamagedFile: it is no zip, is damaged, or unpacks to more than a bundle can be.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            found: dict[str, bytes] = {}
            left = MAX_BYTES
            for name, member in _members(opened).items():
                if member.compress_type not in _READ_HERE:
                    raise DamagedFile(
                        _("%(name)s is packed in a way that is not read here. Make a plain zip.")
                        % {"name": member.filename}
                    )
                with opened.open(member) as file:
                    found[name] = _at_most(file, name, left)
                left -= len(found[name])
            return found
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise DamagedFile(_("The zip cannot be unpacked: %(why)s.") % {"why": error}) from None


def _members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The members that are files of the bundle, by their plain names; nothing is opened."""
    by_folder: dict[str, dict[str, zipfile.ZipInfo]] = {}
    for member in archive.infolist():
        folder, slash, name = member.filename.rpartition("/")
        is_odd = "/" in folder or folder in (".", "..") or (slash and not folder)
        if name not in NAMES or is_odd:
            continue
        inside = by_folder.setdefault(folder, {})
        if name in inside:
            raise DamagedFile(
                _("The zip has %(name)s twice. Keep one.") % {"name": member.filename}
            )
        inside[name] = member
    if "" in by_folder:
        return by_folder[""]
    bundles = [
        inside
        for inside in by_folder.values()
        if {"programmes.csv", "programmes.csv.gz"} & {*inside}
    ]
    if len(bundles) > 1:
        raise DamagedFile(_("The zip holds more than one bundle. Send them one by one."))
    return bundles[0] if bundles else {}


def _at_most(file: Any, name: str, limit: int) -> bytes:
    content: bytes = file.read(limit + 1)
    if len(content) > limit:
        raise DamagedFile(
            _("The files of the bundle unpack to more than %(limit)s MB, %(name)s among them.")
            % {"limit": MAX_BYTES // (1024 * 1024), "name": name}
        )
    return content


def unpacked(files: Mapping[str, bytes]) -> Iterator[tuple[str, bytes | None]]:
    """Each table's file in turn, unpacked; None where the bundle has none.

    Raises:
        DamagedFile: one is there twice, is damaged, or all together are more than a bundle can be.
    """
    left = MAX_BYTES
    for name in TABLES:
        content = _unpacked(files, name, left)
        left = max(0, left - len(content or b""))
        yield name, content


def _unpacked(files: Mapping[str, bytes], table: str, limit: int) -> bytes | None:
    plain, packed = files.get(f"{table}.csv"), files.get(f"{table}.csv.gz")
    if plain is not None and packed is not None:
        raise DamagedFile(
            _("%(name)s is there twice, packed and unpacked. Keep one.") % {"name": f"{table}.csv"}
        )
    if packed is None:
        return plain
    try:
        with gzip.open(io.BytesIO(packed)) as file:
            return _at_most(file, f"{table}.csv.gz", limit)
    except (OSError, EOFError, zlib.error) as error:
        raise DamagedFile(
            _("%(name)s cannot be unpacked: %(why)s.") % {"name": f"{table}.csv.gz", "why": error}
        ) from None
