from django.urls import path

from .views import erasures, tenants

app_name = "operations"

urlpatterns = [
    path("", tenants.tenant_list, name="tenant_list"),
    path("new/", tenants.tenant_create, name="tenant_create"),
    path("tenants/<slug:slug>/", tenants.tenant_detail, name="tenant_detail"),
    path(
        "tenants/<slug:slug>/administrator/",
        tenants.tenant_administrator,
        name="tenant_administrator",
    ),
    path("tenants/<slug:slug>/suspend/", tenants.tenant_suspend, name="tenant_suspend"),
    path("tenants/<slug:slug>/resume/", tenants.tenant_resume, name="tenant_resume"),
    path("tenants/<slug:slug>/close/", tenants.tenant_close, name="tenant_close"),
    path("tenants/<slug:slug>/erase/", erasures.erasure_create, name="erasure_create"),
    path("erasures/", erasures.erasure_list, name="erasure_list"),
    path("erasures/<str:reference>/", erasures.erasure_detail, name="erasure_detail"),
    path("erasures/<str:reference>/call-off/", erasures.erasure_call_off, name="erasure_call_off"),
]
