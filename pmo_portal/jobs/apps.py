from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from pmo_portal.common import registry


class JobsConfig(AppConfig):
    name = "pmo_portal.jobs"
    label = "jobs"

    def ready(self) -> None:
        from . import housekeeping, mail, rules, selectors  # noqa: F401
        from .imports import panels, services, tasks  # noqa: F401

        for kind in (services.CHECK, services.APPLY):
            registry.add_panel(f"jobs.{kind}", panels.link_to_report)
        registry.add_reference("J", selectors.job_by_number)
        registry.add_navigation(
            registry.NavigationItem(
                "tenant", _("Jobs"), "jobs:job_list", "clock", 60, action="jobs.job_view"
            ),
            registry.NavigationItem(
                "tenant",
                _("Imports"),
                "jobs:import_list",
                "file-import",
                50,
                action="jobs.import_view",
            ),
        )
