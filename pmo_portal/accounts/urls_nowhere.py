"""Addresses of a tenant as an outsider sees them: none."""

from django.urls import re_path

from .middleware import nowhere

urlpatterns = [re_path("", nowhere)]
