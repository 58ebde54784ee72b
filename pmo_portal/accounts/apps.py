from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "pmo_portal.accounts"
    label = "accounts"

    def ready(self) -> None:
        from . import rules  # noqa: F401
