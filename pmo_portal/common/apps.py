from django.apps import AppConfig


class CommonConfig(AppConfig):
    name = "pmo_portal.common"
    label = "common"
