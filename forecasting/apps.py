from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from pmo_portal.common import registry


class ForecastingConfig(AppConfig):
    name = "forecasting"
    label = "forecasting"

    def ready(self) -> None:
        from pmo_portal.jobs.imports import ImportKind, register_import

        from . import panels, receivers, rules, selectors, tasks  # noqa: F401
        from .bundle import reading, writing
        from .comments import selectors as comment_selectors
        from .golive import agenda

        registry.add_subjects(agenda.asked)
        registry.add_panel("programmes.milestone", panels.milestone_outlook, order=15)
        registry.add_panel("programmes.milestone", panels.milestone_signals, order=20)
        registry.add_panel("programmes.milestone", panels.milestone_readiness, order=19)
        registry.add_panel("programmes.milestone", panels.milestone_scores, order=21)
        registry.add_panel("programmes.raid_item", panels.raid_item_score, order=15)
        registry.add_reference("LEX", comment_selectors.lexicon_by_number)
        registry.add_reference("SHR", selectors.choice_by_number)
        registry.add_reference("TOP", comment_selectors.topic_by_number)
        registry.add_panel("adoption.resistance", panels.resistance_comments, order=15)
        registry.add_panel("accounts.unit", panels.unit_comments, order=20)
        registry.add_panel("scorecards.portfolio", panels.model_alarms, order=15)
        registry.add_panel("programmes.raid_log", panels.raid_log_scores, order=15)
        registry.add_navigation(
            registry.NavigationItem(
                "together",
                _("Signals"),
                "forecasting:signal_list",
                "activity-heartbeat",
                10,
                of_programme=True,
                action="forecasting.signal_view",
            ),
            registry.NavigationItem(
                "together",
                _("Forecast"),
                "forecasting:score_detail",
                "chart-line",
                12,
                of_programme=True,
                action="forecasting.score_view",
                also=("raid-forecast", "milestone-outlook", "what-if"),
            ),
            registry.NavigationItem(
                "all_ahead",
                _("Forecasts"),
                "forecasting:score_list",
                "chart-line",
                45,
                action="forecasting.score_view",
            ),
            registry.NavigationItem(
                "all_ahead",
                _("Units at risk"),
                "forecasting:unit_score_list",
                "hierarchy-2",
                46,
                action="forecasting.score_view",
            ),
            registry.NavigationItem(
                "all_ahead",
                _("Dates likely to slip"),
                "forecasting:outlook_list",
                "calendar-event",
                47,
                action="forecasting.score_view",
            ),
            registry.NavigationItem(
                "people",
                _("Comments"),
                "forecasting:comment_programme",
                "message-2",
                25,
                of_programme=True,
                action="forecasting.comment_view",
            ),
            registry.NavigationItem(
                "all_people",
                _("Comments"),
                "forecasting:comment_list",
                "message-2",
                25,
                action="forecasting.comment_view",
            ),
            registry.NavigationItem(
                "all_ahead",
                _("Likely not to be ready"),
                "forecasting:readiness_list",
                "users",
                48,
                action="forecasting.score_view",
            ),
            registry.NavigationItem(
                "all_ahead",
                _("Models"),
                "forecasting:model_list",
                "adjustments",
                50,
                action="forecasting.score_view",
            ),
            registry.NavigationItem(
                "all_ahead",
                _("Likely to escalate"),
                "forecasting:raid_score_list",
                "alert-triangle",
                31,
                action="forecasting.score_view",
            ),
        )
        register_import(
            ImportKind(
                slug="history",
                title=_("History bundle"),
                action="programmes.programme_import",
                parse=reading.parse_archive,
                apply=writing.apply,
                help_text=_(
                    "A zip of CSV files with the weekly history of programmes: programmes.csv and snapshots.csv, and where "
                    "there are any units, surveys, comments, training, flags, milestones, raid and raid_updates."
                ),
                extensions=(".zip",),
                done_url=lambda tenant: f"/t/{tenant}/",
            )
        )
