from django.apps import AppConfig

from pmo_portal.common import registry


class OperationsConfig(AppConfig):
    name = "pmo_portal.operations"
    label = "operations"

    def ready(self) -> None:
        registry.set_operator_console("operations:tenant_list")
