from django.apps import AppConfig

from pmo_portal.common import registry


class HistoryConfig(AppConfig):
    name = "pmo_portal.history"
    label = "history"

    def ready(self) -> None:
        from . import rules, views  # noqa: F401

        # Pages of the ground lie below this app and reach it through the registry.
        registry.set_conflict_page(views.conflict_page)
        registry.add_panel("accounts.record", views.trail_panel)
