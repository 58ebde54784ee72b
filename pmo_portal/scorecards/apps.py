from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from pmo_portal.common import registry


class ScorecardsConfig(AppConfig):
    name = "pmo_portal.scorecards"
    label = "scorecards"

    def ready(self) -> None:
        from . import panels, receivers, rules, tasks  # noqa: F401

        registry.add_panel("governance.meeting_pack", panels.halves_on_the_table)
        registry.add_panel("governance.judgement", panels.halves_beside_judgements)
        registry.add_panel("accounts.unit", panels.unit_reached, order=12)
        item = registry.NavigationItem
        registry.add_navigation(
            item(
                "home",
                _("Scorecard"),
                "scorecards:programme_scorecard",
                "layout-dashboard",
                0,
                of_programme=True,
                action="scorecards.scorecard_view",
            ),
            item(
                "portfolio",
                _("Portfolio"),
                "scorecards:portfolio",
                "stack-2",
                0,
                action="scorecards.portfolio_view",
            ),
            item(
                "portfolio",
                _("Roadmap"),
                "scorecards:roadmap",
                "timeline",
                1,
                action="scorecards.roadmap_view",
            ),
            item(
                "portfolio",
                _("Units by week"),
                "scorecards:unit_heat",
                "calendar-event",
                2,
                action="scorecards.heat_view",
            ),
        )
