from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from pmo_portal.common import registry


class ProgrammesConfig(AppConfig):
    name = "programmes"
    label = "programmes"

    def ready(self) -> None:
        from pmo_portal.jobs.imports import ImportKind, register_import

        from . import gmpp, imports, receivers, rules, selectors  # noqa: F401
        from .choices import RAID_PREFIX

        registry.set_programme_finder(selectors.programme_for)
        registry.add_reference("P", selectors.programme_by_number)
        registry.add_reference("M", selectors.milestone_for)
        registry.add_reference("ML", selectors.link_by_number)
        registry.add_reference("B", selectors.budget_line_for)
        registry.add_reference("SR", selectors.status_report_for)
        for kind, prefix in RAID_PREFIX.items():
            registry.add_reference(prefix, selectors.raid_finder(kind))
        registry.add_searcher(selectors.search)
        registry.add_triggers(selectors.triggers)
        item = registry.NavigationItem
        registry.add_navigation(
            item(
                "home",
                _("Details"),
                "programmes:programme_detail",
                "file-text",
                20,
                of_programme=True,
                action="programmes.programme_view",
            ),
            item(
                "delivery",
                _("Plan"),
                "programmes:milestone_list",
                "timeline",
                10,
                of_programme=True,
                action="programmes.milestone_view",
                also=("slips", "baselines"),
            ),
            item(
                "delivery",
                _("Money"),
                "programmes:money_detail",
                "report-money",
                15,
                of_programme=True,
                action="programmes.budget_view",
            ),
            item(
                "all_delivery",
                _("Money"),
                "programmes:money_all",
                "report-money",
                25,
                action="programmes.budget_view",
            ),
            item(
                "delivery",
                _("RAID"),
                "programmes:raid_list",
                "alert-triangle",
                20,
                of_programme=True,
                action="programmes.raid_view",
            ),
            item(
                "delivery",
                _("Status"),
                "programmes:status_list",
                "report",
                30,
                of_programme=True,
                action="programmes.status_view",
                also=("facts",),
            ),
            item(
                "all_delivery",
                _("RAID"),
                "programmes:raid_all",
                "alert-triangle",
                30,
                action="programmes.raid_view",
            ),
        )
        register_import(
            ImportKind(
                slug="gmpp",
                title=_("Government Major Projects Portfolio"),
                action="programmes.programme_import",
                parse=gmpp.parse,
                apply=imports.apply_gmpp,
                help_text=_(
                    "The yearly publication as a CSV file with the columns project_id, year, snapshot_date, "
                    "project_name, dept and dca, and further ones for dates, money and narratives."
                ),
                # The start page of the organisation, which the roof fills.
                done_url=lambda tenant: f"/t/{tenant}/",
            )
        )
