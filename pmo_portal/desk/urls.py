from django.urls import path

from .views import my_work, saved_views

app_name = "desk"

urlpatterns = [
    path("my-work/", my_work.work_list, name="work_list"),
    path("views/", saved_views.view_list, name="view_list"),
    path("views/new/", saved_views.view_create, name="view_create"),
    path("views/<str:reference>/edit/", saved_views.view_edit, name="view_edit"),
    path("views/<str:reference>/remove/", saved_views.view_remove, name="view_remove"),
]
