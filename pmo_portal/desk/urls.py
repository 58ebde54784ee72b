from django.urls import path

from . import views

app_name = "desk"

urlpatterns = [
    path("views/", views.view_list, name="view_list"),
    path("views/new/", views.view_create, name="view_create"),
    path("views/<str:reference>/edit/", views.view_edit, name="view_edit"),
    path("views/<str:reference>/remove/", views.view_remove, name="view_remove"),
]
