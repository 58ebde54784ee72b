from pmo_portal.jobs.imports.commands import ImportCommand


class Command(ImportCommand):
    help = "Import the published results of the Civil Service People Survey by organisation."
    kind_slug = "people-survey"
