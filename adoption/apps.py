from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pmo_portal.common import registry


class AdoptionConfig(AppConfig):
    name = "adoption"
    label = "adoption"

    def ready(self) -> None:
        from pmo_portal.jobs.imports import ImportKind, register_import

        from . import panels, people_survey, receivers, rules, selectors, tasks  # noqa: F401

        registry.add_reference("W", selectors.wave_by_number)
        registry.add_reference("RS", selectors.signal_by_number)
        registry.add_reference("IM", selectors.impact_by_number)
        registry.add_reference("STK", selectors.group_by_number)
        registry.add_reference("EA", selectors.activity_by_number)
        registry.add_searcher(panels.search)
        registry.add_triggers(selectors.triggers)
        registry.add_panel("programmes.milestone", panels.people_touched, order=30)
        registry.add_panel("programmes.milestone", panels.milestone_people, order=32)
        registry.add_panel("accounts.unit", panels.unit_people, order=10)
        registry.add_panel("accounts.unit", panels.unit_by_programme, order=15)
        item = registry.NavigationItem
        registry.add_navigation(
            item(
                "people",
                _("Impacts"),
                "adoption:impact_list",
                "users",
                5,
                of_programme=True,
                action="adoption.impact_view",
            ),
            item(
                "people",
                _("Stakeholders"),
                "adoption:group_list",
                "users-group",
                6,
                of_programme=True,
                action="adoption.group_view",
            ),
            item(
                "people",
                _("Engagement"),
                "adoption:activity_list",
                "speakerphone",
                7,
                of_programme=True,
                action="adoption.activity_view",
            ),
            item(
                "people",
                _("Surveys"),
                "adoption:programme_wave_list",
                "messages",
                10,
                of_programme=True,
                action="adoption.survey_view",
            ),
            item(
                "people",
                _("Resistance"),
                "adoption:signal_list",
                "radar",
                20,
                of_programme=True,
                action="adoption.signal_view",
            ),
            item(
                "people",
                _("Training"),
                "adoption:training_list",
                "school",
                30,
                of_programme=True,
                action="adoption.training_view",
            ),
            item(
                "all_people",
                _("People of units"),
                "adoption:headcount_all",
                "sitemap",
                4,
                action="adoption.headcount_view",
            ),
            item(
                "all_people",
                _("Impacts"),
                "adoption:impact_all",
                "users",
                5,
                action="adoption.impact_view",
            ),
            item(
                "all_people",
                _("Engagement"),
                "adoption:activity_all",
                "speakerphone",
                7,
                action="adoption.activity_view",
            ),
            item(
                "all_people",
                _("Resistance"),
                "adoption:signal_all",
                "radar",
                20,
                action="adoption.signal_view",
            ),
            item(
                "all_people",
                _("Training"),
                "adoption:training_all",
                "school",
                30,
                action="adoption.training_view",
            ),
            item(
                "all_people",
                _("Surveys"),
                "adoption:wave_list",
                "messages",
                10,
                action="adoption.survey_view",
            ),
        )
        register_import(
            ImportKind(
                slug="people-survey",
                title=_("Civil Service People Survey"),
                action="adoption.survey_import",
                parse=people_survey.parse,
                apply=people_survey.apply,
                help_text=_(
                    "The published results by organisation and year: a CSV file with the columns "
                    "survey_year, organisation, dept and engagement_index, and further measures."
                ),
                done_url=lambda tenant: reverse("adoption:wave_list", kwargs={"tenant": tenant}),
            )
        )
