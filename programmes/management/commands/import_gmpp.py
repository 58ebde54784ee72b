from pmo_portal.jobs.imports.commands import ImportCommand


class Command(ImportCommand):
    help = "Import a file of the UK Government Major Projects Portfolio."
    kind_slug = "gmpp"
