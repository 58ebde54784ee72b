from django.urls import path

from . import views
from .imports import views as imports

app_name = "jobs"

urlpatterns = [
    path("jobs/", views.job_list, name="job_list"),
    path("jobs/<str:reference>/", views.job_detail, name="job_detail"),
    path("jobs/<str:reference>/retry/", views.job_retry, name="job_retry"),
    path("imports/", imports.import_list, name="import_list"),
    path("imports/<slug:kind>/", imports.import_upload, name="import_upload"),
    path("imports/<slug:kind>/<str:reference>/", imports.import_detail, name="import_detail"),
    path(
        "imports/<slug:kind>/<str:reference>/confirm/",
        imports.import_confirm,
        name="import_confirm",
    ),
]
