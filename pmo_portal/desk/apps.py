from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from pmo_portal.common import registry


class DeskConfig(AppConfig):
    name = "pmo_portal.desk"
    label = "desk"

    def ready(self) -> None:
        from . import panels, rules, selectors  # noqa: F401

        registry.add_reference("SV", selectors.view_by_number)
        registry.add_panel("common.register", panels.saved_views)
        registry.add_navigation(
            registry.NavigationItem(
                "portfolio",
                _("My work"),
                "desk:work_list",
                "list-check",
                0,
                action="desk.work_view",
            ),
            registry.NavigationItem(
                "tenant",
                _("Saved views"),
                "desk:view_list",
                "bookmark",
                90,
                action="desk.view_view",
            ),
        )
