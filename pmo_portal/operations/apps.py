from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "pmo_portal.operations"
    label = "operations"
