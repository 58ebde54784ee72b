from django.apps import AppConfig


class EmbeddedConfig(AppConfig):
    name = "pmo_portal.embedded"
    label = "embedded"

    def ready(self) -> None:
        from .migrated import watch

        watch()
