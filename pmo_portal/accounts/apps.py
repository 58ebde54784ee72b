from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from pmo_portal.common import registry


class AccountsConfig(AppConfig):
    name = "pmo_portal.accounts"
    label = "accounts"

    def ready(self) -> None:
        from . import receivers, rules, selectors  # noqa: F401

        registry.add_reference("INV", selectors.invitation_by_number)
        registry.add_searcher(selectors.search)
        item = registry.NavigationItem
        registry.add_navigation(
            item(
                "tenant",
                _("Units"),
                "accounts:unit_list",
                "hierarchy-2",
                20,
                action="accounts.directory_view",
            ),
            item(
                "tenant",
                _("People"),
                "accounts:person_list",
                "users",
                30,
                action="accounts.directory_view",
            ),
            item(
                "tenant",
                _("Thresholds"),
                "accounts:thresholds_detail",
                "adjustments",
                40,
                action="accounts.thresholds_view",
            ),
            item(
                "admin",
                _("Members"),
                "accounts:member_list",
                "user-shield",
                10,
                action="accounts.membership_view",
            ),
            item(
                "admin",
                _("Invitations"),
                "accounts:invitation_list",
                "mail",
                20,
                action="accounts.invitation_view",
            ),
        )
