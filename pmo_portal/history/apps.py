from django.apps import AppConfig


class HistoryConfig(AppConfig):
    name = "pmo_portal.history"
    label = "history"

    def ready(self) -> None:
        from . import rules  # noqa: F401
