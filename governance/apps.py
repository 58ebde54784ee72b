from django.apps import AppConfig

from pmo_portal.common import registry


class GovernanceConfig(AppConfig):
    name = "governance"
    label = "governance"

    def ready(self) -> None:
        from . import rules, selectors  # noqa: F401

        registry.add_reference("SG", selectors.group_by_number)
        registry.add_reference("DEC", selectors.decision_by_number)
        registry.add_reference("ACT", selectors.action_by_number)
        registry.add_searcher(selectors.search)
