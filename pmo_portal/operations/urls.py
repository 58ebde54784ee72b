from django.urls import path

from . import views

app_name = "operations"

urlpatterns = [
    path("", views.tenant_list, name="tenant_list"),
    path("new/", views.tenant_create, name="tenant_create"),
    path("tenants/<slug:slug>/", views.tenant_detail, name="tenant_detail"),
    path("tenants/<slug:slug>/suspend/", views.tenant_suspend, name="tenant_suspend"),
    path("tenants/<slug:slug>/resume/", views.tenant_resume, name="tenant_resume"),
    path("tenants/<slug:slug>/close/", views.tenant_close, name="tenant_close"),
]
