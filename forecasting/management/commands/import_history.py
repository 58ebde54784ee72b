from pathlib import Path

from forecasting.bundle.reading import files_in, parse
from pmo_portal.jobs.imports import ImportKind, Parsed
from pmo_portal.jobs.imports.commands import ImportCommand


class Command(ImportCommand):
    help = "Read the weekly history of programmes from a folder of CSV files (a history bundle)."
    kind_slug = "history"
    argument = ("folder", "the folder of the bundle; only the files a bundle may have are opened")

    def read(self, kind: ImportKind, path: Path) -> Parsed:
        return parse(files_in(path))
