from django.apps import AppConfig


class TenantsConfig(AppConfig):
    name = "pmo_portal.tenants"
    label = "tenants"
