"""Mounted last under `/t/<tenant>/`: what nobody else answers may be a reference such as R-114."""

from django.urls import path

from . import views

app_name = "finder"

urlpatterns = [path("<str:reference>", views.reference_find, name="reference_find")]
