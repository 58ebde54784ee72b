from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from pmo_portal.common import registry


class GovernanceConfig(AppConfig):
    name = "governance"
    label = "governance"

    def ready(self) -> None:
        from . import panels, receivers, rules, selectors, tasks  # noqa: F401

        registry.add_reference("SG", selectors.group_by_number)
        registry.add_reference("DEC", selectors.decision_by_number)
        registry.add_reference("ACT", selectors.action_by_number)
        registry.add_reference("CH", selectors.charter_by_number)
        registry.add_reference("RV", selectors.review_by_number)
        registry.add_reference("ESC", selectors.escalation_by_number)
        registry.add_panel("programmes.raid_item", panels.escalations_about, order=30)
        registry.add_panel("programmes.milestone", panels.escalations_about, order=30)
        registry.add_reference("CR", selectors.change_by_number)
        registry.add_panel("programmes.raid_item", panels.changes_about, order=35)
        registry.add_panel("programmes.milestone", panels.changes_about, order=35)
        registry.add_panel("programmes.baseline", panels.baseline_change, order=10)
        registry.add_reference("GM", selectors.move_by_number)
        registry.add_reference("MT", selectors.meeting_by_number)
        registry.add_reference("JR", selectors.round_by_number)
        registry.add_reference("MI", selectors.item_by_number)
        registry.add_searcher(selectors.search)
        registry.add_triggers(selectors.tolerance_triggers)
        registry.add_panel("programmes.milestone", panels.golive_moves, order=10)
        registry.add_panel("programmes.milestone", panels.milestone_decisions, order=40)
        registry.add_panel("programmes.programme", panels.charter_state, order=10)
        item = registry.NavigationItem
        registry.add_navigation(
            item(
                "together",
                _("Escalations"),
                "governance:escalation_list",
                "arrow-up",
                45,
                of_programme=True,
                action="governance.escalation_view",
            ),
            item(
                "all_together",
                _("Escalations"),
                "governance:escalation_all",
                "arrow-up",
                42,
                action="governance.escalation_view",
            ),
            item(
                "together",
                _("Change requests"),
                "governance:change_list",
                "arrows-exchange",
                33,
                of_programme=True,
                action="governance.change_view",
            ),
            item(
                "all_together",
                _("Change requests"),
                "governance:change_all",
                "arrows-exchange",
                42,
                action="governance.change_view",
            ),
            item(
                "together",
                _("Charter"),
                "governance:charter_detail",
                "certificate",
                5,
                of_programme=True,
                action="governance.charter_view",
            ),
            item(
                "together",
                _("Reviews"),
                "governance:review_list",
                "clipboard-check",
                50,
                of_programme=True,
                action="governance.review_view",
            ),
            item(
                "together",
                _("Moved go-lives"),
                "governance:move_list",
                "calendar-event",
                60,
                of_programme=True,
                action="governance.move_view",
            ),
            item(
                "all_together",
                _("Charters"),
                "governance:charter_list",
                "certificate",
                45,
                action="governance.charter_view",
            ),
            item(
                "all_together",
                _("Reviews"),
                "governance:review_all",
                "clipboard-check",
                46,
                action="governance.review_view",
            ),
            item(
                "all_together",
                _("Moved go-lives"),
                "governance:move_all",
                "calendar-event",
                47,
                action="governance.move_view",
            ),
            item(
                "together",
                _("Steering"),
                "governance:group_list",
                "users-group",
                20,
                of_programme=True,
                action="governance.group_view",
            ),
            item(
                "together",
                _("Meetings"),
                "governance:meeting_list",
                "calendar-event",
                25,
                of_programme=True,
                action="governance.meeting_view",
                also=("agenda",),
            ),
            item(
                "all_together",
                _("Seats in groups"),
                "governance:seat_all",
                "users-group",
                39,
                action="governance.group_view",
            ),
            item(
                "all_together",
                _("Meetings"),
                "governance:meeting_all",
                "calendar-event",
                41,
                action="governance.meeting_view",
            ),
            item(
                "together",
                _("Decisions"),
                "governance:decision_list",
                "gavel",
                30,
                of_programme=True,
                action="governance.decision_view",
            ),
            item(
                "together",
                _("Actions"),
                "governance:action_list",
                "list-check",
                40,
                of_programme=True,
                action="governance.action_view",
            ),
            item(
                "together",
                _("Judgements"),
                "governance:judgement_list",
                "messages",
                36,
                of_programme=True,
                action="governance.judgement_view",
            ),
            item(
                "all_together",
                _("Judgements"),
                "governance:judgement_all",
                "messages",
                44,
                action="governance.judgement_view",
            ),
            item(
                "together",
                _("Balance"),
                "governance:balance_detail",
                "scale",
                35,
                of_programme=True,
                action="governance.balance_view",
            ),
            item(
                "all_together",
                _("Balance"),
                "governance:balance_all",
                "scale",
                44,
                action="governance.balance_view",
            ),
            item(
                "all_together",
                _("Actions"),
                "governance:action_all",
                "list-check",
                43,
                action="governance.action_view",
            ),
            item(
                "all_together",
                _("Decisions"),
                "governance:decision_all",
                "gavel",
                40,
                action="governance.decision_view",
            ),
        )
