from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from pmo_portal.common import registry


class ForecastingConfig(AppConfig):
    name = "forecasting"
    label = "forecasting"

    def ready(self) -> None:
        from . import panels, receivers, rules, tasks  # noqa: F401

        registry.add_panel("programmes.milestone", panels.milestone_signals, order=20)
        registry.add_navigation(
            registry.NavigationItem(
                "together",
                _("Signals"),
                "forecasting:signal_list",
                "activity-heartbeat",
                10,
                of_programme=True,
                action="forecasting.signal_view",
            )
        )
