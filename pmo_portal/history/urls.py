from django.urls import path

from . import views

app_name = "history"

urlpatterns = [
    path("find/", views.reference_search, name="reference_search"),
    path("history/<str:reference>/", views.record_trail, name="record_trail"),
    path("history/<str:reference>/restore/", views.record_restore, name="record_restore"),
]
