"""Files in: upload, preview, confirm, findings, report. Each app registers the kinds of file it reads."""

from .kinds import (
    Count,
    DamagedFile,
    Finding,
    ImportKind,
    NotCarried,
    Outcome,
    Parsed,
    import_kind,
    import_kinds,
    register_import,
)

__all__ = [
    "Count",
    "DamagedFile",
    "Finding",
    "ImportKind",
    "NotCarried",
    "Outcome",
    "Parsed",
    "import_kind",
    "import_kinds",
    "register_import",
]
