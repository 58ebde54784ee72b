from django.apps import AppConfig

from pmo_portal.common import registry


class ProgrammesConfig(AppConfig):
    name = "programmes"
    label = "programmes"

    def ready(self) -> None:
        from . import rules, selectors  # noqa: F401
        from .choices import RAID_PREFIX

        registry.set_programme_finder(selectors.programme_for)
        registry.add_reference("P", selectors.programme_by_number)
        registry.add_reference("M", selectors.milestone_for)
        registry.add_reference("SR", selectors.status_report_for)
        for kind, prefix in RAID_PREFIX.items():
            registry.add_reference(prefix, selectors.raid_finder(kind))
        registry.add_searcher(selectors.search)
